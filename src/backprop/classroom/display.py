"""How a page receives what a cell made: pictures with words, source code, and matrices.

Each class says the same twice, once for eyes (an image, highlighted code, set mathematics) and
once as plain text, which is what a terminal shows and what the tests compare.
"""

import inspect
import textwrap
from collections.abc import Callable
from functools import wraps
from io import BytesIO
from typing import Any, ParamSpec

import matplotlib.style
import numpy as np
import numpy.typing as npt
from matplotlib.figure import Figure

from backprop.classroom.style import LOOK

Arguments = ParamSpec("Arguments")


class Picture:
    """A figure as a page shows it: a PNG, and in words what it shows for who can't see it.

    `figure` is the Matplotlib figure, to change or to save as you like.
    """

    def __init__(self, figure: Figure, words: str) -> None:
        self.figure = figure
        self.words = words
        buffer = BytesIO()
        figure.savefig(buffer, format="png", metadata={"Software": None})
        self.png = buffer.getvalue()

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        return {"image/png": self.png, "text/plain": self.words}

    def __repr__(self) -> str:
        return self.words


def picture(
    draw: Callable[Arguments, tuple[Figure, str]],
) -> Callable[Arguments, Picture]:
    """Turn a function that draws a figure, and says what it shows, into one returning a Picture.

    It draws in the book's look, whatever style the reader has set, and leaves theirs alone.
    """

    @wraps(draw)
    def drawn(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Picture:
        with matplotlib.style.context(["default", LOOK]):
            return Picture(*draw(*args, **kwargs))

    return drawn


class Source:
    """The source of a function or class, as a page shows it: highlighted, docstring and all."""

    def __init__(self, thing: Callable[..., Any]) -> None:
        self.text = textwrap.dedent(inspect.getsource(thing)).rstrip()

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        return {"text/markdown": f"```python\n{self.text}\n```", "text/plain": self.text}

    def __repr__(self) -> str:
        return self.text


class Matrices:
    """Named arrays, set as on paper: `Matrices(Z_1=Z1, A_1=A1)`; an exact 0 is written as 0."""

    def __init__(self, **arrays: npt.ArrayLike) -> None:
        self.arrays = {name: np.asarray(array) for name, array in arrays.items()}

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        lines = [f"{name} &= {_latex(array)}" for name, array in self.arrays.items()]
        body = r" \\[1ex] ".join(lines)
        return {
            "text/latex": rf"$$\begin{{aligned}} {body} \end{{aligned}}$$",
            "text/plain": repr(self),
        }

    def __repr__(self) -> str:
        with np.printoptions(precision=4, suppress=True):
            return "\n".join(f"{name} =\n{array + 0.0}" for name, array in self.arrays.items())


def _latex(array: npt.NDArray[Any]) -> str:
    if array.ndim == 0:
        return _number(array[()])
    rows = [" & ".join(map(_number, row)) for row in np.atleast_2d(array)]
    return r"\begin{pmatrix} " + r" \\ ".join(rows) + r" \end{pmatrix}"


def _number(value: float) -> str:
    return f"{value:.4f}".rstrip("0").rstrip(".") if value else "0"
