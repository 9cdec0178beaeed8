"""The worked example as a sheet of paper: every array of one step, in boxes to write in."""

import re
from io import BytesIO
from itertools import pairwise, product
from typing import Any

import matplotlib.style
import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Circle, Rectangle

from backprop.classroom.example import LEARNING_RATE, every_array
from backprop.classroom.style import GREY, INK, LOOK

WIDE, HIGH = 210, 297  # A4; every length is in millimetres, down from the top left corner
LEFT, RIGHT = 12, 198
BOX, SMALL = (14.5, 9), (10, 6.5)  # a box to write in, and one for what is given
PAPER = LOOK | {
    "font.family": "STIXGeneral",
    "font.size": 12,
    "mathtext.fontset": "stix",
    "figure.constrained_layout.use": False,
    "pdf.fonttype": 42,  # letters stay letters
    "pdf.compression": 0,  # which differs from machine to machine: the same bytes on each
}

READING = (
    "Two examples, $N = 2$; where there are two rows for them, a row is an example. Carry six "
    "decimals, write down four.\nlog is the natural logarithm, the key ln. Once you have $Z_1$: "
    "which numbers below will be exactly 0?"
)
FORMULAS = (
    r"$Z_1 = X W_1 + b_1$",
    r"$G = [Z_1 > 0]$",
    r"$A_1 = \max(0, Z_1)$",
    r"$Z_2 = A_1 W_2 + b_2$",
    r"$P_{ik} = e^{Z_{2,ik}} \,/\, \Sigma_m\, e^{Z_{2,im}}$",
    r"$L = -\frac{1}{N} \,\Sigma_i \,\log P_{i y_i}$",
    rf"$W \leftarrow W - \eta\,dW$,  $\eta = {LEARNING_RATE}$",
    r"$dZ_2 = (P - Y) \,/\, N$",
    r"$dW_2 = A_1^\top\, dZ_2$",
    r"$db_{2,k} = \Sigma_i\, dZ_{2,ik}$",
    r"$dA_1 = dZ_2\, W_2^\top$",
    r"$dZ_1 = dA_1 \odot G$, entry by entry",
    r"$dW_1 = X^\top\, dZ_1$",
    r"$db_{1,j} = \Sigma_i\, dZ_{1,ij}$",
)
SOURCE = "From the book \u201cDoes ReLU kill gradient descent?\u201d. CC BY 4.0."
AGAIN = (
    "Biases move as weights do. "
    "For the new $L$, go through Forward again, on the back of the sheet."
)
HEADINGS = {"Given": 80, "Forward": 113, "Backward": 173, "One step": 243}
GIVEN = {"X": 12, "y": 44, "W1": 65, "b1": 106, "W2": 147, "b2": 178}  # from the left
SLOTS = (12, 59.5, 107, 154.5)  # where grids begin from the left, and from the top:
ROWS = {
    122: ("Z1", "G", "A1", "Z2"),
    149: ("P", "losses", "L"),
    182: ("dZ2", "dW2", "db2", "dA1"),
    218: ("dZ1", "dW1", "db1"),
    252: ("new W1", "new b1", "new W2", "new b2"),
    270: ("", "", "", "new L"),
}


def worksheet(filled: bool = False) -> bytes:
    """Return the worksheet as a PDF of one A4 page: boxes to fill in, or filled as a solution."""
    arrays = every_array()
    with matplotlib.style.context(["default", PAPER]):
        figure = Figure(figsize=(WIDE / 25.4, HIGH / 25.4))
        axes = figure.add_axes((0, 0, 1, 1), xlim=(0, WIDE), ylim=(HIGH, 0))
        axes.set_axis_off()
        _draw_head(axes, filled)
        _draw_network(axes, 33)
        for k, formula in enumerate(FORMULAS):
            axes.text(84 + 60 * (k // 7), 35.5 + 6.3 * (k % 7), formula, va="center")
        for name, left in GIVEN.items():
            _draw_grid(axes, (left, 89), name, arrays[name], SMALL)
        for top, names in ROWS.items():
            for left, name in zip(SLOTS, names, strict=False):
                if name:
                    _draw_grid(axes, (left, top), name, arrays[name], BOX, filled)
        buffer = BytesIO()
        nothing = {"CreationDate": None, "Creator": None, "Producer": None}
        figure.savefig(buffer, format="pdf", metadata=nothing)
    return buffer.getvalue()


def _draw_head(axes: Axes, filled: bool) -> None:
    """Write the title, a line for the name, how to read the grids, and the headings."""
    title = "One step of a ReLU network, by hand"
    axes.text(LEFT, 18, title + (": solution" if filled else ""), fontsize=17, weight="bold")
    if not filled:
        axes.text(120, 18, "Name")
        axes.plot([133, RIGHT], [18.5, 18.5], color=INK, lw=0.8)
    axes.text(LEFT, 26, READING, fontsize=11, va="center", linespacing=1.4)
    axes.text(LEFT, HIGH - 9, SOURCE, fontsize=9)
    axes.text(RIGHT, HEADINGS["One step"] - 1.5, AGAIN, fontsize=9.5, ha="right")
    for heading, level in HEADINGS.items():
        axes.text(LEFT, level, heading, weight="bold", fontsize=14, va="center")
        axes.plot([LEFT + 26, RIGHT], [level, level], color=GREY, lw=0.8)


def _draw_network(axes: Axes, top: float) -> None:
    """Draw two inputs, three hidden units and two classes, and every edge between them."""
    layers = [
        [(LEFT + 7 + 21 * k, top + 5 + 13 * (row + (3 - size) / 2)) for row in range(size)]
        for k, size in enumerate((2, 3, 2))
    ]
    for starts, ends in pairwise(layers):
        for (x0, y0), (x1, y1) in product(starts, ends):
            axes.plot([x0, x1], [y0, y1], color=GREY, lw=0.8, zorder=1)
    for layer, name in zip(layers, ("inputs", "hidden units", "classes"), strict=True):
        first = 0 if name == "classes" else 1
        for number, place in enumerate(layer, start=first):
            axes.add_patch(Circle(place, 3.6, facecolor="white", edgecolor=INK, zorder=2))
            axes.text(*place, str(number), ha="center", va="center_baseline")
        axes.text(layer[0][0], top + 40, name, ha="center", fontsize=10.5)


def _draw_grid(
    axes: Axes,
    corner: tuple[float, float],
    name: str,
    array: npt.NDArray[Any],
    box: tuple[float, float],
    filled: bool = True,
) -> None:
    """Draw an array as boxes, with its letter and shape above it."""
    (left, top), (wide, high) = corner, box
    shape = str(array.shape) if array.shape else ""
    axes.text(left, top - 1.8, f"{_letter(name)}  {shape}", fontsize=11)
    rows = array[:, None] if name in ("y", "losses") else np.atleast_2d(array)
    for (row, column), value in np.ndenumerate(rows):
        x, y = left + column * wide, top + row * high
        axes.add_patch(Rectangle((x, y), wide, high, facecolor="none", edgecolor=INK, lw=0.8))
        if filled:
            middle = (x + wide / 2, y + high / 2)
            number = _written(value, 4 if box == BOX else 1)
            axes.text(*middle, number, ha="center", va="center_baseline", fontsize=10.5)


def _letter(name: str) -> str:
    """Write the name of an array as on paper: "new W1" with its letter set as mathematics."""
    *new, letter = name.split()
    on_paper = re.sub(r"(\d)", r"_\1", letter).replace("losses", r"-\log P_{i y_i}")
    return " ".join([*new, f"${on_paper}$"])


def _written(value: Any, decimals: int) -> str:
    """Write a number with so many decimals; an integer, and an exact 0, as just that."""
    text = f"{value:.{decimals}f}" if value and value.dtype.kind == "f" else str(int(value))
    return text.replace("-", "\N{MINUS SIGN}")
