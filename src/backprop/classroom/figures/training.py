"""What training did: curves, digits, and regions of decision."""

import numpy as np
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, PercentFormatter

from backprop.arrays import Array, Labels, as_floats, as_labels, require_shape
from backprop.classroom.display import picture
from backprop.classroom.style import CLASSES, MARKERS, WIDTH
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
