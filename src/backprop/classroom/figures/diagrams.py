"""A network drawn from itself, every value and every derivative in its place."""

from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch

from backprop.arrays import Array, Labels, as_floats, require_shape
from backprop.classroom.display import picture
from backprop.classroom.style import BLUE, GREY, INK, PALE, RUST, WIDTH
from backprop.layers import Linear, ReLU
from backprop.losses import SoftmaxCrossEntropy
from backprop.network import Network


@picture
def network_diagram(
    network: Network, X: Array, y: Labels, *, gradients: bool = True
) -> tuple[Figure, str]:
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
    axes.set(xlim=(-0.27, len(columns) - 0.73), ylim=(tallest - 0.25, -0.72))
    places = [
        [(k, row + (tallest - len(column)) / 2) for row in range(len(column))]
        for k, column in enumerate(columns)
    ]
    for k, layer in enumerate(layer for layer in network.layers if isinstance(layer, Linear)):
        for i, j in np.ndindex(layer.W.shape):
            shut = columns[k][i].shut or columns[k + 1][j].shut
            slope = layer.dW[i, j] if gradients else None
            _draw_edge(axes, places[k][i], places[k + 1][j], layer.W[i, j], slope, shut)
    titles = ["inputs", *["hidden units"] * (len(columns) - 2), "outputs"]
    for k, (title, column) in enumerate(zip(titles, columns, strict=True)):
        axes.text(k, -0.62, title, ha="center", weight="bold")
        for node, place in zip(column, places[k], strict=True):
            _draw_node(axes, place, node, gradients)
    axes.text(-0.25, tallest - 0.32, "value, flowing forward", color=INK, fontsize=10)
    if gradients:
        words = "derivative of the loss, flowing back"
        axes.text(len(columns) - 0.75, tallest - 0.32, words, color=RUST, ha="right", fontsize=10)
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


def _draw_node(axes: Axes, place: tuple[float, float], node: _Node, gradients: bool) -> None:
    """Draw a box: values in ink on the left, derivatives in orange on the right."""
    x, y = place
    width, height = (0.5 if gradients else 0.3), 0.19 * len(node.rows) + 0.1
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
        left, right = x - width / 2 + 0.03, x + width / 2 - 0.03
        axes.text(left, level, f"${letter}$", va="center", fontsize=11)
        axes.text(left + 0.225, level, _short(value), va="center", ha="right", fontsize=9.5)
        if gradients and slope is not None:
            number = {"color": RUST, "va": "center", "ha": "right", "fontsize": 9.5}
            axes.text(right, level, _short(slope), **number)
    if node.note:
        axes.text(x, y - height / 2 - 0.04, node.note, ha="center", va="bottom", fontsize=9)


def _draw_edge(
    axes: Axes,
    start: tuple[float, float],
    end: tuple[float, float],
    weight: float,
    slope: float | None,
    shut: bool,
) -> None:
    """Draw an edge from box to box, as thick as its weight, with the weight written on it."""
    (x0, y0), (x1, y1) = start, end
    x0, x1 = x0 + 0.25, x1 - 0.25
    dashes = (0, (3, 3)) if shut else "-"
    thickness = 0.6 + 2 * abs(weight)
    axes.plot([x0, x1], [y0, y1], color="#c3c9d0", lw=thickness, ls=dashes, zorder=0)
    x, y = x0 + 0.25 * (x1 - x0), y0 + 0.25 * (y1 - y0)  # a quarter on: there no two edges cross
    paper = {"facecolor": "white", "edgecolor": "none", "pad": 0.4}
    text = {"ha": "center", "fontsize": 8.5, "bbox": paper}
    if slope is None:
        axes.text(x, y, _short(weight), va="center", **text)
    else:
        axes.text(x, y, _short(weight), va="bottom", **text)
        axes.text(x, y, _short(slope), color=RUST, va="top", **text)


def _short(number: float) -> str:
    """Write a number with two decimals and a true minus sign; an exact 0 as just that."""
    return f"{number:.2f}".replace("-", "\N{MINUS SIGN}") if number else "0"
