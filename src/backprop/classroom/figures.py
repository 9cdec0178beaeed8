"""Every picture of the book is one call here, and returns a Picture.

Each function draws what it is given: networks are drawn from their own weights, values and
gradients, so that a figure cannot disagree with the code beside it.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap, to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch
from matplotlib.ticker import MaxNLocator, PercentFormatter

from backprop.arrays import Array, Labels, require_shape
from backprop.classroom.display import picture
from backprop.classroom.style import (
    BLUE,
    CLASSES,
    GREY,
    INK,
    MARKERS,
    ORANGE,
    PALE,
    WIDTH,
)
from backprop.layers import Layer, Linear, ReLU
from backprop.losses import SoftmaxCrossEntropy
from backprop.network import Network
from backprop.training import History


@picture
def function_and_slope(layer: Layer, name: str) -> tuple[Figure, str]:
    """Draw an activation beside its slope, both read off the layer itself, on [-3, 3]."""
    z = np.linspace(-3, 3, 601)
    a = layer.forward(z)
    slope = layer.backward(np.ones_like(z))
    figure = Figure(figsize=(WIDTH, 2.7))
    left, right = figure.subplots(1, 2)
    left.plot(z, a, color=BLUE)
    left.set(title=f"{name}: what goes on", xlabel="pre-activation $z$", ylabel="activation $a$")
    jumps = np.abs(np.diff(slope)) > 0.1
    right.plot(z, np.where(np.append(jumps, False), np.nan, slope), color=ORANGE)
    right.set(
        title="Its slope: what comes back", xlabel="pre-activation $z$", ylabel="slope $da/dz$"
    )
    right.set_ylim(-0.15, max(1.15, slope.max() + 0.1))
    if jumps.any():
        at = int(np.flatnonzero(jumps)[0])
        right.plot(z[at], slope[at], "o", color=ORANGE)
        right.plot(z[at], slope[at + 1], "o", color=ORANGE, markerfacecolor="white")
    return figure, f"{name} beside its slope; slope {slope[0]:.3g} at -3 and {slope[-1]:.3g} at 3"


@picture
def gate_map(gates: npt.NDArray[np.bool_]) -> tuple[Figure, str]:
    """Draw which gates are open: examples (rows) by units (columns), with the share of each."""
    examples, units = gates.shape
    figure = Figure(figsize=(WIDTH, 4.2))
    axes = figure.subplots(
        2, 2, sharex="col", sharey="row", height_ratios=(1, 4), width_ratios=(5, 1)
    )
    (top, corner), (grid, side) = axes
    corner.remove()
    grid.imshow(
        gates,
        cmap=ListedColormap([PALE, BLUE]),
        aspect="auto",
        interpolation="nearest",
        extent=(0.5, units + 0.5, examples + 0.5, 0.5),
    )
    for axes in (grid, top, side):
        axes.grid(False)
    grid.set(xlabel="hidden unit", ylabel="example")
    top.bar(np.arange(1, units + 1), gates.mean(axis=0), color=BLUE, width=0.8)
    top.set(title="Share of examples for which each unit's gate is open", ylim=(0, 1))
    side.barh(np.arange(1, examples + 1), gates.mean(axis=1), color=BLUE, height=1)
    side.set(xlim=(0, 1), xlabel="share of\nunits open")
    for axis in (top.yaxis, side.xaxis):
        axis.set_major_formatter(PercentFormatter(1))
        axis.set_ticks([0, 0.5, 1])
    dead, silent = (~gates).all(axis=0).sum(), (~gates).all(axis=1).sum()
    return figure, (
        f"{examples} examples by {units} units: {1 - gates.mean():.1%} of the gates are shut; "
        f"units shut for all examples: {dead}; examples with all units shut: {silent}"
    )


@picture
def learning_curves(history: History) -> tuple[Figure, str]:
    """Draw loss and share of mistakes against epochs, for training and validation."""
    epochs = np.arange(1, len(history.loss) + 1)
    figure = Figure(figsize=(WIDTH, 3))
    left, right = figure.subplots(1, 2)
    for name, style, loss, accuracy in (
        ("training", "-", history.loss, history.accuracy),
        ("held out", "--", history.validation_loss, history.validation_accuracy),
    ):
        if loss:
            left.plot(epochs, loss, style, label=name)
            right.plot(epochs, 1 - np.array(accuracy), style, label=name)
    left.set(title="Loss", xlabel="epoch", yscale="log")
    right.set(title="Share of mistakes", xlabel="epoch", ylim=(0, None))
    right.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    for axes in (left, right):
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    right.legend()
    return figure, (
        f"{len(epochs)} epochs: training loss from {history.loss[0]:.3g} to {history.loss[-1]:.3g}"
    )


@picture
def digits(X: Array, captions: list[str], columns: int = 8) -> tuple[Figure, str]:
    """Draw digits (N, 64) in rows, ink dark, each with its caption above it."""
    rows = -(-len(X) // columns)
    figure = Figure(figsize=(WIDTH, rows * (WIDTH / columns + 0.45)))
    grid = figure.subplots(rows, columns, squeeze=False).ravel()
    for axes in grid:
        axes.set_axis_off()
    for axes, pixels, caption in zip(grid, X, captions, strict=False):
        axes.imshow(pixels.reshape(8, 8), cmap="Greys", vmin=0, vmax=1)
        axes.set_title(caption, fontsize=9, fontweight="normal", loc="center")
    return figure, "; ".join(caption.replace("\n", " ") for caption in captions)


@picture
def decision_regions(network: Network, X: Array, y: Labels) -> tuple[Figure, str]:
    """Draw the examples (N, 2) over the class that the network gives to each point around."""
    margin = 0.15 * np.ptp(X, axis=0)
    (left, low), (right, high) = X.min(axis=0) - margin, X.max(axis=0) + margin
    columns, rows = np.meshgrid(np.linspace(left, right, 300), np.linspace(low, high, 300))
    points = np.column_stack([columns.ravel(), rows.ravel()])
    P = network.predict_proba(points)
    colours = np.array([to_rgb(colour) for colour in CLASSES])
    certainty = P.max(axis=1, keepdims=True)
    wash = 1 - 0.55 * certainty * (1 - colours[P.argmax(axis=1)])
    figure = Figure(figsize=(WIDTH, 4.6))
    axes = figure.subplots()
    axes.imshow(
        wash.reshape(300, 300, 3), origin="lower", extent=(left, right, low, high), aspect="equal"
    )
    for label in range(y.max() + 1):
        axes.scatter(
            *X[y == label].T, s=22, c=CLASSES[label], marker=MARKERS[label], edgecolors="white"
        )
    axes.grid(False)
    axes.set(xlabel="$x_1$", ylabel="$x_2$")
    right_answers = int((network.predict(X) == y).sum())
    return figure, f"decision regions; {right_answers} of {len(y)} points lie in their own region"


@picture
def network_diagram(
    network: Network, X: Array, y: Labels, *, gradients: bool = True
) -> tuple[Figure, str]:
    """Draw a small network for one example, X (1, D) and y (1,), read off the network itself.

    Each box holds the values that flow forward and, beside them, the derivative of the loss for
    each; each edge its weight, and that weight's derivative. What touches a shut gate is dashed.
    """
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
        axes.text(len(columns) - 0.75, tallest - 0.32, words, color=ORANGE, ha="right", fontsize=10)
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
        axes.text(left + 0.205, level, _short(value), va="center", ha="right", fontsize=9.5)
        if gradients and slope is not None:
            number = {"color": ORANGE, "va": "center", "ha": "right", "fontsize": 9.5}
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
        axes.text(x, y, _short(slope), color=ORANGE, va="top", **text)


def _short(number: float) -> str:
    """Write a number with two decimals and a true minus sign; an exact 0 as just that."""
    return f"{number:.2f}".replace("-", "\N{MINUS SIGN}") if number else "0"
