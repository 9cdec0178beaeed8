"""What training did: curves, digits, and regions of decision."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, PercentFormatter

from backprop.arrays import Array, Labels, as_floats, as_labels, require_shape
from backprop.classroom.display import picture
from backprop.classroom.style import BLUE, CLASSES, INK, MARKERS, NARROW, WIDTH, plain_decimals
from backprop.losses import softmax
from backprop.network import Network
from backprop.training import History

EDGE = "#14181e"  # of points, which stand on a ground of their own colour
REACHES = (1.6, -1.6, 1.2, -1.2, 2.0, -2.0)  # where on its line a gate's number may stand
APART = 0.45  # numbers that far from each other don't touch


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
    plain_decimals(left.yaxis)
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
def digits(X: Array, captions: list[str], most: int = 8) -> tuple[Figure, str]:
    """Draw digits (N, 64), ink dark, each with its caption above it, in rows of at most so many."""
    X = as_floats("X", X)
    require_shape("X", X, ("N", 64))
    if len(captions) != len(X):
        raise ValueError(f"{len(captions)} captions for {len(X)} digits; one for each is wanted")
    rows = -(-len(X) // most)
    columns = -(-len(X) // rows)
    lines = 1 + max(caption.count("\n") for caption in captions)
    figure = Figure(figsize=(WIDTH, rows * (min(WIDTH / columns, 1.0) + 0.05 + 0.18 * lines)))
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
    figure = Figure(figsize=(NARROW, 3.9))
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
    figure = Figure(figsize=(NARROW, 5.75), layout="none")
    axes = figure.add_axes((0.14, 0.366, 0.84, 0.58))
    right = _draw_regions(axes, network, X, y, shaded=False)
    axes.set_title("Points, regions and gates", pad=7)
    axes.xaxis.labelpad, axes.yaxis.labelpad = 1, -3
    _draw_gates(axes, hidden.W.round(6), hidden.b.round(6))  # last bits differ between processors
    _draw_loss(figure.add_axes((0.14, 0.088, 0.81, 0.148)), losses, until)
    network.forward(X)
    dead = int((~relu.gate).all(axis=0).sum())
    numbers = {
        "loss": f"{losses[-1]:.2f}",
        f"right of {len(y)}": str(right),
        "gates open": f"{relu.gate.mean():.0%}",
        "dead units": str(dead),
    }
    words = (
        f"The loss is {losses[-1]:.2f}; {right} of {len(y)} points lie in their own region, "
        f"{relu.gate.mean():.0%} of the gates are open, and of the units {dead or 'none'} "
        f"{'are' if dead > 1 else 'is'} dead."
    )
    return figure, words, numbers


def _draw_regions(axes: Axes, network: Network, X: Array, y: Labels, *, shaded: bool = True) -> int:
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
    Z = network.forward(points)
    if Z.shape[1] > len(CLASSES):
        raise ValueError(f"the network has {Z.shape[1]} classes; at most {len(CLASSES)} are drawn")
    colours = np.array([to_rgb(colour) for colour in CLASSES])
    certainty = softmax(Z).max(axis=1, keepdims=True) if shaded else 0.75
    wash = 1 - 0.55 * certainty * (1 - colours[Z.argmax(axis=1)])
    axes.imshow(
        wash.reshape(300, 300, 3), origin="lower", extent=(left, right, low, high), aspect="equal"
    )
    for label in range(y.max() + 1):
        look = {"c": CLASSES[label], "marker": MARKERS[label], "edgecolors": EDGE}
        axes.scatter(*X[y == label].T, s=24, linewidths=0.9, **look)
    axes.grid(False)
    axes.set(xlabel="x\N{SUBSCRIPT ONE}", ylabel="x\N{SUBSCRIPT TWO}")
    return int((network.predict(X) == y).sum())


def _draw_loss(axes: Axes, losses: Sequence[float], until: int) -> None:
    """Draw the loss before each epoch and after the last."""
    epochs, curve = len(losses) - 1, np.round(losses, 6)
    axes.plot(curve, color=BLUE)
    axes.plot(epochs, curve[-1], "o", color=BLUE, clip_on=False)
    top = 0.2 * np.floor(curve.max() / 0.2 + 1)
    axes.set(xlim=(0, max(until, epochs)), ylim=(0, top), yticks=(0, top / 2, top))
    axes.set_xlabel("epoch", labelpad=1)
    axes.set_title("Loss", pad=6)


def _draw_gates(axes: Axes, W: Array, b: Array) -> None:
    """Draw the lines on which the pre-activations X W + b are 0, with arrows to where they open.

    Each bears the number of its unit, away from the numbers of the others.
    """
    axes.autoscale(enable=False)
    taken: list[Array] = []
    for j, (w, bias) in enumerate(zip(W.T, b, strict=True)):
        length = float(np.hypot(*w))
        if not length:
            continue  # without weights a gate is open everywhere, or nowhere
        side = w / length
        foot, along = -bias * side / length, np.array([-side[1], side[0]])
        places = [foot + reach * along for reach in REACHES]
        inside = [place for place in places if axes.viewLim.padded(-0.2).contains(*place)]
        place = max(inside or places, key=lambda one: _room(one, taken))
        taken.append(place)
        _draw_gate(axes, place, side, f"{j + 1}")


def _room(place: Array, taken: Sequence[Array]) -> float:
    """Return the distance to the nearest of the places that are taken, or what is enough."""
    return min([APART, *(float(np.hypot(*(place - other))) for other in taken)])


def _draw_gate(axes: Axes, place: Array, side: Array, name: str) -> None:
    """Draw the line through a place across a direction, an arrow that way, and a name."""
    axes.axline(
        place, place + np.array([-side[1], side[0]]), color=INK, linewidth=1.2, linestyle="--"
    )
    arrow = {"arrowstyle": "-|>", "color": INK, "shrinkA": 0, "shrinkB": 0}
    axes.annotate("", place + 0.45 * side, place, arrowprops=arrow, annotation_clip=True)
    paper = {
        "facecolor": "white",
        "edgecolor": INK,
        "boxstyle": "circle,pad=0.15",
        "linewidth": 0.8,
    }
    axes.text(*place, name, ha="center", va="center", fontsize=9, bbox=paper, clip_on=True)
