"""What training did: curves, digits, and regions of decision."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, PercentFormatter

from backprop.arrays import Array, Labels, as_floats, as_labels, require_shape
from backprop.classroom.display import picture
from backprop.classroom.style import BLUE, CLASSES, INK, MARKERS, NARROW, WIDTH
from backprop.network import Network
from backprop.training import History


@picture
def learning_curves(history: History) -> tuple[Figure, str]:
    """Draw loss and share of mistakes against epochs, for training and validation."""
    if not history.loss:
        raise ValueError("the history is empty: no epoch was finished, and there is no curve")
    figure = Figure(figsize=(WIDTH, 3))
    left, right = figure.subplots(1, 2)
    for name, style, loss, accuracy in (
        ("training", "-", history.loss, history.accuracy),
        ("held out", "--", history.validation_loss, history.validation_accuracy),
    ):
        if loss:
            epochs = np.arange(1, len(loss) + 1)
            left.plot(epochs, loss, style, label=name)
            right.plot(epochs, 1 - np.array(accuracy), style, label=name)
    left.set(title="Loss", xlabel="epoch", yscale="log")
    right.set(title="Share of mistakes", xlabel="epoch", ylim=(0, None))
    right.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    for axes in (left, right):
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    right.legend()
    return figure, (
        f"{len(history.loss)} epochs: "
        f"training loss from {history.loss[0]:.3g} to {history.loss[-1]:.3g}"
    )


@picture
def digits(X: Array, captions: list[str], columns: int = 8) -> tuple[Figure, str]:
    """Draw digits (N, 64) in rows, ink dark, each with its caption above it."""
    X = as_floats("X", X)
    require_shape("X", X, ("N", 64))
    if len(captions) != len(X):
        raise ValueError(f"{len(captions)} captions for {len(X)} digits; one for each is wanted")
    rows = -(-len(X) // columns)
    lines = 1 + max(caption.count("\n") for caption in captions)
    figure = Figure(figsize=(WIDTH, rows * (WIDTH / columns + 0.05 + 0.18 * lines)))
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
    figure = Figure(figsize=(WIDTH, 4.6))
    right_answers = _draw_regions(figure.subplots(), network, X, y)
    return figure, f"decision regions; {right_answers} of {len(y)} points lie in their own region"


@picture
def training_so_far(
    network: Network, X: Array, y: Labels, losses: Sequence[float], until: int
) -> tuple[Figure, str, dict[str, str]]:
    """Draw the regions of a network with one hidden layer, the line of each gate, and the loss.

    `losses` holds the loss before each epoch and after the last; their axis reaches to `until`.
    """
    hidden, relu = network.layers[:2]
    figure = Figure(figsize=(NARROW, 5.4), layout="none")
    axes = figure.add_axes((0.12, 0.37, 0.86, 0.6))
    right = _draw_regions(axes, network, X, y, size=14, shaded=False)
    limits = {"xlim": axes.get_xlim(), "ylim": axes.get_ylim()}
    W, biases = hidden.W.round(6), hidden.b.round(6)  # the last bits differ between processors
    for j, (w, b) in enumerate(zip(W.T, biases, strict=True)):
        _draw_gate(axes, w, b, f"{j + 1}")
    axes.set(**limits)
    axes.set_xlabel("x\N{SUBSCRIPT ONE}", labelpad=1)
    axes.set_ylabel("x\N{SUBSCRIPT TWO}", labelpad=-4)
    below = figure.add_axes((0.12, 0.09, 0.83, 0.19))
    epochs = len(losses) - 1
    curve = np.round(losses, 6)
    below.plot(curve, color=BLUE)
    below.plot(epochs, curve[-1], "o", color=BLUE, clip_on=False)
    below.set(xlim=(0, max(until, epochs)), ylim=(0, curve.max()), xlabel="epoch")
    below.set_title("Loss", pad=3)
    network.forward(X)
    dead = int((~relu.gate).all(axis=0).sum())
    numbers = {
        "loss": f"{losses[-1]:.2f}",
        f"right of {len(y)}": str(right),
        "gates open": f"{relu.gate.mean():.0%}",
        "dead units": str(dead),
    }
    words = (
        f"Loss {losses[-1]:.2f}; {right} of {len(y)} points lie in their own region, "
        f"{relu.gate.mean():.0%} of the gates are open, {dead} units are dead."
    )
    return figure, words, numbers


def _draw_regions(
    axes: Axes, network: Network, X: Array, y: Labels, *, size: float = 22, shaded: bool = True
) -> int:
    """Draw regions and examples; return how many of these lie in their own region.

    If `shaded`, the colour of a point is the fuller the higher its probability.
    """
    X = as_floats("X", X)
    require_shape("X", X, ("N", 2))
    y = as_labels(y, len(X), len(CLASSES))
    margin = 0.15 * np.ptp(X, axis=0)
    (left, low), (right, high) = X.min(axis=0) - margin, X.max(axis=0) + margin
    columns, rows = np.meshgrid(np.linspace(left, right, 300), np.linspace(low, high, 300))
    points = np.column_stack([columns.ravel(), rows.ravel()])
    P = network.predict_proba(points)
    if P.shape[1] > len(CLASSES):
        raise ValueError(f"the network has {P.shape[1]} classes; at most {len(CLASSES)} are drawn")
    colours = np.array([to_rgb(colour) for colour in CLASSES])
    certainty = P.max(axis=1, keepdims=True) if shaded else 0.75
    wash = 1 - 0.55 * certainty * (1 - colours[P.argmax(axis=1)])
    axes.imshow(
        wash.reshape(300, 300, 3), origin="lower", extent=(left, right, low, high), aspect="equal"
    )
    for label in range(y.max() + 1):
        axes.scatter(
            *X[y == label].T, s=size, c=CLASSES[label], marker=MARKERS[label], edgecolors="white"
        )
    axes.grid(False)
    axes.set(xlabel="$x_1$", ylabel="$x_2$")
    return int((network.predict(X) == y).sum())


def _draw_gate(axes: Axes, w: Array, b: float, name: str) -> None:
    """Draw the line on which a unit's pre-activation w x + b is 0, with an arrow where it opens."""
    length = float(np.hypot(*w))
    if not length:
        return
    side = w / length
    along = np.array([-side[1], side[0]])
    foot = -b * side / length + 1.6 * along
    axes.axline(foot, foot + along, color=INK, linewidth=1.2, linestyle="--")
    arrow = {"arrowstyle": "-|>", "color": INK, "shrinkA": 0, "shrinkB": 0}
    axes.annotate("", foot + 0.4 * side, foot, arrowprops=arrow, annotation_clip=True)
    paper = {
        "facecolor": "white",
        "edgecolor": INK,
        "boxstyle": "circle,pad=0.15",
        "linewidth": 0.8,
    }
    axes.text(*foot, name, ha="center", va="center", fontsize=9, bbox=paper, clip_on=True)
