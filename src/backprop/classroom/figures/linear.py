"""Which entries meet in the gradients of a linear layer."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from backprop.arrays import Array
from backprop.classroom.display import picture
from backprop.classroom.style import BLUE, INK, ORANGE, PALE, WIDTH

HEIGHT = 0.55  # of a cell, when its width is 1
GAP = 0.7  # between two arrays
AROUND = 1.85  # for the words above and below the arrays


class _Table(NamedTuple):
    """An array as it is drawn; `marked` are the entries that meet, and `color` is theirs."""

    name: str
    values: Array
    marked: npt.NDArray[np.bool_]
    color: str


class _Row(NamedTuple):
    """One line of the picture: the factors whose marked entries meet in that of the result."""

    title: str
    factors: list[_Table]
    result: _Table
    index: tuple[int, ...]

    @property
    def height(self) -> float:
        return HEIGHT * max(len(table.values) for table in [*self.factors, self.result])

    @property
    def width(self) -> float:
        return sum(table.values.shape[1] + GAP for table in [*self.factors, self.result]) - GAP


@picture
def entries_that_meet(
    X: Array, W: Array, dZ: Array, *, example: int, column: int, unit: int
) -> tuple[Figure, str]:
    """Draw which entries meet in one entry of dW, of db and of dX of the layer Z = X W + b.

    X (N, D), W (D, H), dZ (N, H). The entries are dW[column, unit], db[unit] and
    dX[example, column]; what each is the sum of is framed, and the sum written below it.
    """
    i, j, k = example, column, unit
    x_column, z_column = _table("X", X, np.s_[:, j], BLUE), _table("dZ", dZ, np.s_[:, k], ORANGE)
    z_row, w_row = _table("dZ", dZ, np.s_[i, :], ORANGE), _table("W", W, np.s_[j, :], BLUE)
    dW = _table("dW", X.T @ dZ, np.s_[j, k], ORANGE)
    db = _table("db", dZ.sum(axis=0, keepdims=True), np.s_[:, k], ORANGE)
    dX = _table("dX", dZ @ W.T, np.s_[i, j], ORANGE)
    rows = [
        _Row("A weight: a column of X meets a column of dZ", [x_column, z_column], dW, (j, k)),
        _Row("A bias: a column of dZ alone", [z_column], db, (k,)),
        _Row("An input: a row of dZ meets a row of W", [z_row, w_row], dX, (i, j)),
    ]
    width = max(row.width for row in rows)
    height = sum(row.height + AROUND for row in rows) - 0.4
    figure = Figure(figsize=(WIDTH, WIDTH * height / width))
    axes = figure.subplots()
    axes.set_axis_off()
    axes.set(xlim=(-0.03, width + 0.03), ylim=(height, 0))
    top = 0.0
    for row in rows:
        _draw_row(axes, top, row)
        top += row.height + AROUND
    values = [f"{row.result.name}{list(row.index)} = {_marked(row.result)[0]:.4f}" for row in rows]
    return figure, f"{', '.join(values)}: each the sum of the products of framed entries"


def _draw_row(axes: Axes, top: float, row: _Row) -> None:
    """Draw the title, the factors, the result, and the sum written out."""
    axes.text(0, top + 0.2, row.title, va="center", weight="bold")
    middle = top + 0.85 + row.height / 2
    left = 0.0
    signs = ["and"] * (len(row.factors) - 1) + [r"$\rightarrow$", ""]
    for table, sign in zip([*row.factors, row.result], signs, strict=True):
        _draw_table(axes, left, middle - HEIGHT * len(table.values) / 2, table)
        left += table.values.shape[1] + GAP
        axes.text(left - GAP / 2, middle, sign, ha="center", va="center")
    bottom = top + 0.85 + row.height
    axes.text(0, bottom + 0.3, _sum(row), va="center", fontsize=10.5)


def _table(name: str, values: Array, place: object, color: str) -> _Table:
    marked = np.zeros(values.shape, dtype=bool)
    marked[place] = True
    return _Table(name, values, marked, color)


def _draw_table(axes: Axes, left: float, top: float, table: _Table) -> None:
    """Draw an array with its name above it; frame and set in bold what is marked."""
    axes.text(left, top - 0.2, f"${table.name}$", color=INK, va="center")
    for (i, j), value in np.ndenumerate(table.values):
        marked = table.marked[i, j]
        box = Rectangle(
            (left + j + 0.03, top + HEIGHT * i + 0.03),
            0.94,
            HEIGHT - 0.06,
            facecolor="white" if marked else PALE,
            edgecolor=table.color if marked else PALE,
            linewidth=2.2,
        )
        axes.add_patch(box)
        place, weight = (left + j + 0.5, top + HEIGHT * (i + 0.52)), "bold" if marked else "normal"
        axes.text(*place, _short(value), ha="center", va="center", fontsize=9, weight=weight)


def _sum(row: _Row) -> str:
    """Write out the marked entry of the result: its letter, the products, and their sum."""
    below = "".join(str(place + 1) for place in row.index)
    products = zip(*(map(_term, _marked(table)) for table in row.factors), strict=True)
    terms = " + ".join(map(" · ".join, products))
    return rf"${row.result.name}_{{{below}}}$ = {terms} = {_short(_marked(row.result)[0])}"


def _marked(table: _Table) -> Array:
    return table.values[table.marked]


def _term(value: float) -> str:
    return _short(value) if value >= 0 else f"({_short(value)})"


def _short(value: float) -> str:
    """Write a number with at most four decimals and a true minus sign."""
    return f"{value:.4f}".rstrip("0").rstrip(".").replace("-", "\N{MINUS SIGN}")
