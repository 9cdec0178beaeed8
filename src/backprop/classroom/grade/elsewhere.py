"""A function that looks as if it were here, and runs in the sandbox: what the check is handed.

The check draws the arguments, knows the answers and compares, all out here. Only arguments go in,
and only plain values come out.
"""

from typing import Any

import numpy as np

from backprop.classroom.diagnosis.calling import ElsewhereError
from backprop.classroom.grade.inside.lenient import Decider, Lenient
from backprop.classroom.grade.process import LATE, EndedError, Process

TEXT = 600  # characters of what a submission says that are passed on


class StubElsewhereError(ElsewhereError, NotImplementedError):
    """The function, or one that it calls, is still the stub; the text is that one's name."""


class Elsewhere:
    """The student's function of this name. Calling it asks the process; so do not trust it."""

    def __init__(self, process: Process, name: str) -> None:
        self.__name__ = name
        self.ended = ""
        self.late = False
        self._process = process

    def __call__(self, *arguments: Any) -> Any:
        """Return what the function returns in there; raises ElsewhereError if it does not."""
        if self.ended:
            raise ElsewhereError(self.ended)
        try:
            forgiving = any(isinstance(value, Lenient) for value in arguments)
            self._process.say([Decider.truth if forgiving else None, list(arguments)])
            match self._process.hear():
                case ("returned", value, [*after]):
                    _change(arguments, after)
                    return value
                case ("stub", str(said)):
                    raise StubElsewhereError(plain(said))
                case ("raised", str(said)):
                    raise ElsewhereError(plain(said))
                case ("late", str(said)):
                    self.late = True
                    raise EndedError(plain(said))
                case _:
                    raise EndedError("it wrote to the grader what is no answer")
        except EndedError as error:
            self.ended = str(error)
            self.late |= self.ended == LATE
            raise ElsewhereError(self.ended) from None


def plain(text: str, length: int = TEXT) -> str:
    """Return the start of a text from a submission, without what only a terminal understands."""
    start = text[:length]
    return "".join(letter if letter.isprintable() or letter == "\n" else "?" for letter in start)


def _change(arguments: tuple[Any, ...], after: list[Any]) -> None:
    """Do to the arguments what was done to them in there, so that it does not go unnoticed."""
    for here, there in zip(arguments, after, strict=False):
        alike = isinstance(here, np.ndarray) and isinstance(there, np.ndarray)
        if alike and here.shape == there.shape and here.dtype == there.dtype:
            here[...] = there
