"""What the cells below an exercise show while it is unfinished: results so far, and no errors.

A cell that calls the reader's functions fails where one of them is not written, or is wrong. Inside
of `with SoFar()` it says in a sentence what it waits for instead, for the check above has said what
is wrong already.
"""

import re
import traceback
from types import TracebackType
from typing import Any

from backprop.arrays import Array
from backprop.classroom.diagnosis.calling import read
from backprop.classroom.diagnosis.words import several
from backprop.classroom.display import Matrices
from backprop.classroom.exercises import EXERCISES

DEEPEST = 2  # dimensions that can be set as a matrix


class SoFar:
    """A block that ends with a kind sentence where it would end with an error.

    `parts` holds the arrays of an answer that are there, by name.
    """

    def __init__(self) -> None:
        self.parts: dict[str, Array] = {}

    def __enter__(self) -> "SoFar":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        where: TracebackType | None,
    ) -> bool:
        if isinstance(error, Exception):
            print(waits_for(error))
        return isinstance(error, Exception)  # whoever presses stop means it

    def read(self, answer: Any, *names: str) -> None:
        """Keep the parts of an answer that are arrays, and name the others; None is no array."""
        self.parts = dict(read(answer, names).parts)
        missing = [name for name in names if name not in self.parts]
        if missing:
            print(f"No array yet: {several(missing)}.")

    def show(self, answer: Any, *names: str) -> None:
        """Show the parts of an answer that are arrays, set as on paper, and name the others."""
        from IPython.display import display  # there is one wherever a sheet runs

        self.read(answer, *names)
        deep = [name for name, array in self.parts.items() if array.ndim > DEEPEST]
        if deep:
            print(f"Not a matrix: {several(deep)}, of more than {DEEPEST} dimensions.")
        flat = {name: array for name, array in self.parts.items() if name not in deep}
        if flat:
            display(Matrices(**{_on_paper(name): array for name, array in flat.items()}))


def waits_for(error: Exception) -> str:
    """Say what a cell waits for that ended with this error."""
    if isinstance(error, NotImplementedError):
        stub = traceback.extract_tb(error.__traceback__)[-1].name
        return f"This cell waits for {stub}, which is not written yet."
    if isinstance(error, NameError) and error.name in EXERCISES:
        return (
            f"This cell waits for {error.name}, which is not defined. Run the cell that defines "
            "it, and mend that one first if it fails."
        )
    said = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    return f"This cell cannot go on with what it is given ({said}). The check says more."


def _on_paper(name: str) -> str:
    """Give a name its index: dW1 is written dW_1."""
    return re.sub(r"(?<=\D)(\d)$", r"_\1", name)
