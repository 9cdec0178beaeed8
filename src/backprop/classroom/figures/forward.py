"""What flows forward: a batch as tables of numbers, and a logit as a function of one input."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from backprop.arrays import Array, Labels, require_shape
from backprop.classroom.display import picture
from backprop.classroom.style import BLUE, GREY, INK, ORANGE, PALE, WIDTH
from backprop.layers import ReLU
from backprop.losses import SoftmaxCrossEntropy
from backprop.network import Network

CELL, HIGH = 0.5, 0.32  # a cell of a table, in inches


@picture
def batch_tables(network: Network, X: Array, y: Labels) -> tuple[Figure, str]:
    """Draw every array of a pass through Linear, ReLU, Linear and the loss: a row an example.

    Entries that a shut gate made 0 are grey with a dashed border; in P the label's entry is framed.
    """
    loss, values = SoftmaxCrossEntropy(), [X]
    for layer in network.layers:
        values.append(layer.forward(values[-1]))
    L = loss.forward(values[-1], y)
    labels = np.eye(values[-1].shape[1], dtype=bool)[y]
    losses = -np.log(loss.P[labels])[:, None]

    rows = len(X) * HIGH
    figure = Figure(figsize=(WIDTH, 2 * rows + 1.75))
    axes = figure.subplots()
    axes.set_axis_off()
    axes.set(xlim=(0, WIDTH), ylim=(2 * rows + 1.75, 0), aspect="equal")
    X, Z1, A1, Z2 = values
    above = [
        ("$X$", X, None),
        ("$Z_1 = X W_1 + b_1$", Z1, None),
        ("$A_1 = \\max(0, Z_1)$", A1, Z1 <= 0),
    ]
    below = [
        ("$Z_2 = A_1 W_2 + b_2$", Z2, None),
        ("$P$, softmax", loss.P, None),
        ("$-\\log p_y$", losses, None),
        ("$L$, the mean", np.array([[L]]), None),
    ]
    _draw_line(axes, 0.35, above)
    _draw_line(axes, rows + 1.3, below, framed=labels)
    shut = int((Z1 <= 0).sum())
    return figure, f"{len(X)} examples forward: {shut} of {Z1.size} gates shut, loss {L:.4f}"


def _draw_line(axes: Axes, top: float, tables: list, framed: Array | None = None) -> None:
    """Draw tables (title, array, which entries are shut) from left to right, with arrows between.

    All begin below the same level, with one row of each for each example.
    """
    widths = [array.shape[1] * CELL for _, array, _ in tables]
    gap = (WIDTH - 0.95 - sum(widths)) / (len(tables) - 1)
    examples, left = len(tables[0][1]), 0.85
    for i in range(examples):
        axes.text(0, top + (i + 0.5) * HIGH, f"example {i + 1}", va="center", fontsize=9.5)
    for place, ((title, array, shut), width) in enumerate(zip(tables, widths, strict=True)):
        start = top + (examples - len(array)) * HIGH / 2
        middle = left + width / 2
        axes.text(middle, top - 0.14, title, ha="center", va="baseline", fontsize=10)
        frame = framed if title.startswith("$P") else None
        _draw_table(axes, left, start, array, shut, frame)
        if array.size > 1:
            size = f"{len(array)}, {array.shape[1]}" if array.shape[1] > 1 else f"{len(array)},"
            below = top + examples * HIGH + 0.22
            axes.text(middle, below, f"({size})", ha="center", color=INK, fontsize=8.5)
        if place:
            axes.annotate(
                "",
                (left - 0.06, top + examples * HIGH / 2),
                (left - gap + 0.06, top + examples * HIGH / 2),
                arrowprops={"arrowstyle": "->", "color": GREY},
            )
        left += width + gap


def _draw_table(
    axes: Axes, left: float, top: float, array: Array, shut: Array | None, framed: Array | None
) -> None:
    """Draw one array, cell by cell."""
    for i, j in np.ndindex(array.shape):
        closed = shut is not None and shut[i, j]
        cell = {"edgecolor": GREY, "linestyle": "--", "facecolor": PALE} if closed else {}
        if framed is not None and framed[i, j]:
            cell = {"edgecolor": INK, "linewidth": 2.2, "zorder": 3, "facecolor": "white"}
        style = {"edgecolor": BLUE, "facecolor": "white", "linewidth": 1} | cell
        axes.add_patch(Rectangle((left + j * CELL, top + i * HIGH), CELL, HIGH, **style))
        number = f"{array[i, j]:.2f}".replace("-", "\N{MINUS SIGN}") if array[i, j] else "0"
        middle = (left + (j + 0.5) * CELL, top + (i + 0.5) * HIGH)
        axes.text(*middle, number, ha="center", va="center", fontsize=9.5, zorder=4)


@picture
def along_one_input(network: Network, X: Array, logit: int) -> tuple[Figure, str]:
    """Draw one logit while the first input of X (1, D) varies, with and without its ReLUs."""
    require_shape("X", X, (1, "D"), "all but the first input of one example stay as they are")
    line = Network([layer for layer in network.layers if not isinstance(layer, ReLU)])
    x = np.linspace(-4, 4, 800)
    sweep = np.repeat(X, len(x), axis=0)
    sweep[:, 0] = x
    bent = network.forward(sweep)[:, logit]
    gates = np.hstack([layer.gate for layer in network.layers if isinstance(layer, ReLU)])
    bends = np.flatnonzero((gates[1:] != gates[:-1]).any(axis=1))

    figure = Figure(figsize=(WIDTH, 3.1))
    axes = figure.subplots()
    axes.plot(x, line.forward(sweep)[:, logit], "--", color=ORANGE, label="without ReLU")
    axes.plot(x, bent, color=BLUE, label="with ReLU")
    axes.plot(x[bends], bent[bends], "o", color=BLUE, label="a gate opens or shuts")
    axes.set(title=f"The logit of class {logit}", xlabel="first input", ylabel="logit")
    axes.legend()
    return figure, f"the logit of class {logit} with ReLU bends {len(bends)} times on [-4, 4]"
