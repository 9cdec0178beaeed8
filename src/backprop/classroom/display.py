"""How a page receives what a cell made: pictures with words, source code, matrices and tables.

Each class says the same twice, once for eyes (an image, highlighted code, set mathematics) and
once as plain text, which is what a terminal shows and what the tests compare.
"""

import inspect
import re
import textwrap
from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from functools import cached_property, lru_cache, wraps
from io import BytesIO
from pathlib import Path
from typing import Any, ParamSpec

import matplotlib.image
import matplotlib.style
import numpy as np
import numpy.typing as npt
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.figure import Figure

from backprop.classroom.style import LOOK

ONE = r"[-\N{MINUS SIGN}]?\d[\d,]*(?:\.\d+)?(?:e[-+]?\d+)?(?: ?%| of \d+)?"
NUMBERS = re.compile(rf"{ONE}(?:(?:, | to ){ONE})*")

Arguments = ParamSpec("Arguments")


class Picture:
    """A figure as a page shows it: a PNG, and in words what it shows for who can't see it.

    `figure` is the Matplotlib figure, to change or to save as you like. `numbers` may hold what
    stands in it by name, ready to be read: {"loss": "0.35"}.
    """

    def __init__(
        self, figure: Figure, words: str, numbers: Mapping[str, str] | None = None
    ) -> None:
        self.figure = figure
        self.words = words
        self.numbers = dict(numbers or {})
        self.pixels = _draw(figure)

    @cached_property
    def png(self) -> bytes:
        """The picture as the bytes of a PNG file."""
        buffer = BytesIO()
        about: Any = {"Software": None}
        matplotlib.image.imsave(
            buffer, self.pixels, format="png", origin="upper", dpi=self.figure.dpi, metadata=about
        )
        return buffer.getvalue()

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        return {"image/png": self.png, "text/plain": self.words}

    def __repr__(self) -> str:
        return self.words


def _draw(figure: Figure) -> npt.NDArray[np.uint8]:
    """Return the pixels of a figure, (height, width, 4)."""
    layout = figure.get_layout_engine()
    if layout:
        layout.execute(figure)
        figure.set_layout_engine("none")  # or drawing does it again
    renderer = _renderer(*figure.canvas.get_width_height(), figure.dpi)
    renderer.clear()
    figure.draw(renderer)
    if layout:
        figure.set_layout_engine(layout)
    return np.array(renderer.buffer_rgba())


@lru_cache(maxsize=1)
def _renderer(width: int, height: int, dpi: float) -> RendererAgg:
    """Return what draws; the frames of an interactive figure share it, and the sizes of letters."""
    return RendererAgg(width, height, dpi)


def picture(
    draw: Callable[Arguments, tuple[Figure, str] | tuple[Figure, str, Mapping[str, str]]],
) -> Callable[Arguments, Picture]:
    """Turn a function that draws a figure, and says what it shows, into one returning a Picture.

    The function returns the figure, the words, and, if it has any, numbers by name. It draws in
    the book's look, whatever style the reader has set, and leaves theirs alone.
    """

    @wraps(draw)
    def drawn(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Picture:
        with matplotlib.style.context(["default", LOOK]):
            return Picture(*draw(*args, **kwargs))

    return drawn


class Source:
    """The source of a function or class, as a page shows it: highlighted, docstring and all.

    A Path stands for a whole file of Python. Below the source stand links to the equations that
    its comments name, such as "# eq-dW".
    """

    def __init__(self, thing: Callable[..., Any] | Path) -> None:
        source = thing.read_text("utf-8") if isinstance(thing, Path) else inspect.getsource(thing)
        self.text = textwrap.dedent(source).rstrip()

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        labels = dict.fromkeys(re.findall(r"\beq-[\w-]+", self.text))
        links = ", ".join(f"`{label}` is {{eq}}`{label}`" for label in labels)
        code = f"```python\n{self.text}\n```"
        return {
            "text/markdown": f"{code}\n\nEquations: {links}." if labels else code,
            "text/plain": self.text,
        }

    def __repr__(self) -> str:
        return self.text


class Matrices:
    """Named arrays, set as on paper: `Matrices(Z_1=Z1, A_1=A1)`; an exact 0 is written as 0.

    The decimal points of a column stand below each other.
    """

    def __init__(self, **arrays: npt.ArrayLike) -> None:
        self.arrays = {name: np.array(array) for name, array in arrays.items()}

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        lines = [f"{_letter(name)} &= {_latex(array)}" for name, array in self.arrays.items()]
        body = r" \\[1ex] ".join(lines)
        return {
            "text/latex": rf"$$\begin{{aligned}} {body} \end{{aligned}}$$",
            "text/plain": repr(self),
        }

    def __repr__(self) -> str:
        with np.printoptions(precision=4, suppress=True):
            return "\n".join(
                f"{name} =\n{array + 0.0}" if array.ndim else f"{name} = {_number(array.item())}"
                for name, array in self.arrays.items()
            )


def _letter(name: str) -> str:
    """Set `dZ_2` as mathematics, and `first_row` as words."""
    head, _, index = name.partition("_")
    if len(head) > 2:
        return rf"\text{{{name.replace('_', ' ')}}}"
    return f"{head}_{{{index}}}" if len(index) > 1 else name


def _latex(array: npt.NDArray[Any]) -> str:
    if array.ndim == 0:
        return _number(array.item())
    columns = [_in_line([_number(entry) for entry in column]) for column in np.atleast_2d(array).T]
    rows = [" & ".join(row) for row in zip(*columns, strict=True)]
    body = r" \\ ".join(rows)
    return rf"\left( \begin{{array}}{{{'r' * len(columns)}}} {body} \end{{array}} \right)"


def _in_line(column: Sequence[str]) -> list[str]:
    """Fill up numbers that are set to the right, so that their decimal points are in a line."""
    ends = [number[number.find(".") :] if "." in number else "" for number in column]
    longest = max(ends, key=len)
    missing = [longest[len(end) :] for end in ends]
    return [
        rf"{number}\phantom{{{rest}}}" if rest else number
        for number, rest in zip(column, missing, strict=True)
    ]


def _number(value: float) -> str:
    if value and abs(value) < 0.00005:
        return "0.0000"  # small, and not an exact 0
    return f"{value:.4f}".rstrip("0").rstrip(".") if value else "0"


class Table:
    """Rows of words and numbers under a header, in which words may hold mathematics, "$Z_1$".

    Numbers are rounded to four decimals. Integers, an exact 0, and a Fraction that needs no more
    than four are written exactly, so fewer than four decimals say that nothing was rounded.
    Commas part the thousands.
    """

    def __init__(self, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        self.header = list(header)
        self.rows = [[_entry(entry) for entry in row] for row in rows]
        for k, row in enumerate(self.rows):
            if len(row) != len(self.header):
                raise ValueError(f"row {k} has {len(row)} entries, the header {len(self.header)}")
        self.is_number = [
            all(_is_number(entry) for entry in column if entry)
            for column in zip(*self.rows, strict=True)
        ] or [False] * len(self.header)

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        rule = ["---:" if right else ":---" for right in self.is_number]
        body = [
            [_minus(entry) if _is_number(entry) else entry.replace("|", r"\|") for entry in row]
            for row in self.rows
        ]
        lines = [f"| {' | '.join(line)} |" for line in [self.header, rule, *body]]
        return {"text/markdown": "\n".join(lines), "text/plain": repr(self)}

    def __repr__(self) -> str:
        lines = [[entry.replace("$", "") for entry in line] for line in [self.header, *self.rows]]
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        return "\n".join(
            "  ".join(
                entry.rjust(width) if right else entry.ljust(width)
                for entry, width, right in zip(line, widths, self.is_number, strict=True)
            ).rstrip()
            for line in lines
        )


def _entry(value: Any) -> str:
    """Write what stands in a cell of a table."""
    if isinstance(value, int | np.integer) and not isinstance(value, bool):
        return f"{value:,}"
    if not isinstance(value, float | np.floating | Fraction):
        return str(value)
    text = f"{float(value):.4f}"
    if isinstance(value, Fraction) and Fraction(text) == value:
        text = text.rstrip("0").rstrip(".")
    return text if value else "0"


def _is_number(entry: str) -> bool:
    """Say whether an entry of a table is a number, or several, whatever the minus sign."""
    return bool(NUMBERS.fullmatch(entry))


def _minus(number: str) -> str:
    return number.replace("-", "\N{MINUS SIGN}")
