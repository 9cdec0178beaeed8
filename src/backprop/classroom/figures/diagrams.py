"""A network drawn from itself, every value and every derivative in its place."""

from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch, Rectangle

from backprop.arrays import Array, Labels, as_floats, require_shape
from backprop.classroom.display import picture
from backprop.classroom.style import BLUE, GREY, INK, PALE, RUST, WIDTH
from backprop.layers import Linear, ReLU
from backprop.losses import SoftmaxCrossEntropy
from backprop.network import Network

HALF = 0.23  # of the width of a box, when its column is 1 from the next


@picture
def network_diagram(network: Network, X: Array, y: Labels) -> tuple[Figure, str]:
    """Draw a small network for one example, X (1, D) and y (1,), read off the network itself.

    Each box holds the values that flow forward and, beside them, the derivative of the loss for
    each; each edge its weight, and that weight's derivative. What touches a shut gate is dashed.
    """
    X = as_floats("X", X)
    columns = _columns(network, X, y)
    tallest = max(map(len, columns))
    figure = Figure(figsize=(WIDTH, 1.3 * tallest + 0.6))
    axes = figure.subplots()
    axes.set_axis_off()
    axes.set(xlim=(-0.25, len(columns) - 0.75), ylim=(tallest - 0.4, -0.56))
    places = [
        [(k, row + (tallest - len(column)) / 2) for row in range(len(column))]
        for k, column in enumerate(columns)
    ]
    for k, layer in enumerate(layer for layer in network.layers if isinstance(layer, Linear)):
        for i, j in np.ndindex(layer.W.shape):
            shut = columns[k][i].shut or columns[k + 1][j].shut
            ends = places[k][i], places[k + 1][j]
            numbers = layer.W[i, j], layer.dW[i, j]
            _draw_edge(axes, ends, label_place(*layer.W.shape), numbers, shut)
    titles = ["inputs", *["hidden units"] * (len(columns) - 2), "outputs"]
    for k, (title, column) in enumerate(zip(titles, columns, strict=True)):
        axes.text(k, -0.49, title, ha="center", weight="bold")
        for node, place in zip(column, places[k], strict=True):
            _draw_node(axes, place, node)
    axes.text(-0.23, tallest - 0.44, "value, flowing forward", color=INK, fontsize=10)
    words = "derivative of the loss, flowing back"
    axes.text(len(columns) - 0.77, tallest - 0.44, words, color=RUST, ha="right", fontsize=10)
    shut_names = [node.name for column in columns for node in column if node.note == "shut"]
    return figure, f"{network!r} on one example; gates shut: {', '.join(shut_names) or 'none'}"


class _Node(NamedTuple):
    """A box of the diagram: a row for each number in it, (letter, value, derivative)."""

    name: str
    rows: list[tuple[str, float, float | None]]
    note: str = ""

    @property
    def shut(self) -> bool:
        return self.note == "shut"


def _columns(network: Network, X: Array, y: Labels) -> list[list[_Node]]:
    """Run the network forward and backward on one example, and sort what flows into boxes."""
    require_shape("X", X, (1, "D"), "the diagram shows one example")
    loss, values = SoftmaxCrossEntropy(), [X]
    for layer in network.layers:
        values.append(layer.forward(values[-1]))
    loss.forward(values[-1], y)
    slopes = [loss.backward()]
    for layer in reversed(network.layers):
        slopes.insert(0, layer.backward(slopes[0]))

    columns = [[_Node(f"x{j + 1}", [("x", X[0, j], slopes[0][0, j])]) for j in range(X.size)]]
    for layer, value, slope in zip(network.layers, values[1:], slopes[1:], strict=True):
        if isinstance(layer, Linear):
            columns.append([_Node(f"unit {j + 1}", []) for j in range(value.size)])
        for j, node in enumerate(columns[-1]):
            node.rows.append(("z" if isinstance(layer, Linear) else "a", value[0, j], slope[0, j]))
            if isinstance(layer, ReLU) and not layer.gate[0, j]:
                columns[-1][j] = node._replace(note="shut")
    for j, node in enumerate(columns[-1]):
        node.rows.append(("p", loss.P[0, j], None))
    columns[-1][y[0]] = columns[-1][y[0]]._replace(note="the label")
    return columns


def _draw_node(axes: Axes, place: tuple[float, float], node: _Node) -> None:
    """Draw a box: values in ink on the left, derivatives in orange on the right."""
    x, y = place
    width, height = 2 * HALF, 0.19 * len(node.rows) + 0.1
    box = FancyBboxPatch(
        (x - width / 2, y - height / 2),
        width,
        height,
        boxstyle="round,pad=0,rounding_size=0.04",
        facecolor=PALE if node.shut else "white",
        edgecolor=GREY if node.shut else BLUE,
        linestyle="--" if node.shut else "-",
        linewidth=1.2 if node.shut else 1.8,
    )
    axes.add_patch(box)
    for row, (letter, value, slope) in enumerate(node.rows):
        level = y + 0.19 * (row - (len(node.rows) - 1) / 2)
        left, right = x - width / 2 + 0.02, x + width / 2 - 0.02
        axes.text(left, level, f"${letter}$", va="center", fontsize=11)
        axes.text(left + 0.22, level, _short(value), va="center", ha="right", fontsize=9.5)
        if slope is not None:
            number = {"color": RUST, "va": "center", "ha": "right", "fontsize": 9.5}
            axes.text(right, level, _short(slope), **number)
    if node.note:
        axes.text(x, y - height / 2 - 0.04, node.note, ha="center", va="bottom", fontsize=9)


def label_place(lefts: int, rights: int) -> float:
    """Return how far along the edges between two columns of boxes their numbers stand, 0 to 1.

    There they are as far from each other as can be, all by the same distance.
    """
    near = 1 / (1 + min(lefts, rights))  # from the column with more boxes
    return near if lefts >= rights else 1 - near


def _draw_edge(
    axes: Axes,
    ends: tuple[tuple[float, float], tuple[float, float]],
    along: float,
    numbers: tuple[float, float],
    shut: bool,
) -> None:
    """Draw an edge from box to box, as thick as its weight, with its numbers on white paper."""
    (x0, y0), (x1, y1) = ends
    x0, x1 = x0 + HALF, x1 - HALF
    look = {"lw": 0.6 + 2 * abs(numbers[0]), "ls": (0, (3, 3)) if shut else "-"}
    axes.plot([x0, x1], [y0, y1], color="#c3c9d0", zorder=0, **look)
    x, y = x0 + along * (x1 - x0), y0 + along * (y1 - y0)
    axes.add_patch(Rectangle((x - 0.085, y - 0.11), 0.17, 0.22, color="white", zorder=0.5))
    for number, level, colour in zip(numbers, (y - 0.05, y + 0.055), (INK, RUST), strict=True):
        look = {"ha": "center", "va": "center", "fontsize": 9}
        axes.text(x, level, _short(number), color=colour, **look)


def _short(number: float) -> str:
    """Write a number with two decimals and a true minus sign; an exact 0 as just that."""
    return f"{number:.2f}".replace("-", "\N{MINUS SIGN}") if number else "0"
