"""What a nudge does: the loss against one weight, and a fork where two slopes are added."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from backprop.arrays import Array, Labels, require_shape
from backprop.classroom.display import picture
from backprop.classroom.style import BLUE, GREY, INK, ORANGE, RUST, WIDTH
from backprop.layers import ReLU
from backprop.losses import SoftmaxCrossEntropy
from backprop.network import Network


@picture
def loss_and_tangent(
    network: Network, X: Array, y: Labels, name: str, index: tuple[int, ...], reach: float = 2.0
) -> tuple[Figure, str]:
    """Draw the loss against one parameter, such as "W1" (0, 0), with its tangent where it stands.

    Vertical lines stand where some gate opens or shuts. The network is left as it was.
    """
    at = network.parameters[name][index]
    loss, slope = _loss_and_gates(network, X, y)[0], network.gradients[f"d{name}"][index]
    values = at + reach * np.linspace(-1, 1, 400)  # an even number: `at` itself is not among them
    try:
        losses, gates = [], []
        for value in values:
            network.parameters[name][index] = value
            there, open_there = _loss_and_gates(network, X, y)
            losses.append(there)
            gates.append(open_there)
    finally:
        network.parameters[name][index] = at
        _loss_and_gates(network, X, y)
    turns = values[:-1][(np.diff(np.array(gates, dtype=int), axis=0) != 0).any(axis=1)]

    figure = Figure(figsize=(WIDTH, 3.2))
    axes = figure.subplots()
    axes.plot(values, losses, color=BLUE, label="loss")
    near = at + reach * np.array([-0.5, 0.5])
    axes.plot(near, loss + slope * (near - at), "--", color=ORANGE, label="tangent")
    axes.plot(at, loss, "o", color=INK)
    axes.annotate(f"slope {_short(slope)}", (at, loss), (8, 8), textcoords="offset points")
    for turn in turns:
        axes.axvline(turn, color=GREY, linestyle=":", linewidth=1.5)
        words = axes.get_xaxis_transform()
        axes.text(turn, 0.03, " a gate opens or shuts", transform=words, fontsize=9.5)
    axes.set(title="One weight, and the loss", xlabel=f"the weight ${_letter(name, index)}$")
    axes.set_ylabel("loss")
    axes.legend(loc="upper right")
    return figure, f"loss against {name}{list(index)}: slope {slope:.4f} at {at:.4g}"


def _loss_and_gates(network: Network, X: Array, y: Labels) -> tuple[float, Array]:
    """Run the network forward and backward; return the loss, and every gate in one row."""
    loss = SoftmaxCrossEntropy()
    value = loss.forward(network.forward(X), y)
    network.backward(loss.backward())
    gates = [layer.gate.ravel() for layer in network.layers if isinstance(layer, ReLU)]
    return value, np.concatenate([np.empty(0, dtype=bool), *gates])


@picture
def fork(network: Network, X: Array, y: Labels, unit: int) -> tuple[Figure, str]:
    """Draw the paths from one activation of one example, X (1, D), through each logit to the loss.

    On each edge stands its local slope, beside each path their product, and under all the sum.
    """
    require_shape("X", X, (1, "D"), "the fork is drawn for one example")
    loss, A = SoftmaxCrossEntropy(), network.forward(X)
    output = network.layers[-1]
    value = loss.forward(A, y)
    slopes = np.stack([output.W[unit], loss.backward()[0]])  # to the logits; to the loss
    products = slopes.prod(axis=0)
    logits, paths = A[0], len(products)

    figure = Figure(figsize=(WIDTH, 1.25 * paths + 0.6))
    axes = figure.subplots()
    axes.set_axis_off()
    axes.set(xlim=(-0.25, 2.25), ylim=(paths - 0.02, -0.45))
    middle = (paths - 1) / 2
    for k, (first, second) in enumerate(slopes.T):
        _draw_slope(axes, (0.22, middle), (0.86, k), first)
        _draw_slope(axes, (1.14, k), (1.85, middle), second)
        _draw_box(axes, (1, k), f"logit of class {k}\n{_short(logits[k])}")
        words = f"path {k + 1}:  {_short(first)} · {_factor(second)} = {_short(products[k])}"
        level = k - 0.31 if k <= middle else k + 0.38
        axes.text(1, level, words, color=RUST, ha="center", fontsize=10)
    _draw_box(axes, (0, middle), f"activation {unit + 1}\n{_short(output.X[0, unit])}")
    _draw_box(axes, (2, middle), f"loss\n{_short(value)}")
    total = " + ".join(map(_factor, products))
    words = f"slope of the loss for activation {unit + 1}:  {total} = {_short(products.sum())}"
    axes.text(1, paths - 0.2, words, ha="center", color=RUST, fontsize=11)
    return figure, f"{paths} paths from activation {unit + 1}, which add up to {products.sum():.4f}"


def _draw_box(axes: Axes, place: tuple[float, float], words: str) -> None:
    """Write a value in a box."""
    box = {"boxstyle": "round,pad=0.4", "facecolor": "white", "edgecolor": BLUE, "linewidth": 1.6}
    axes.text(*place, words, ha="center", va="center", bbox=box, zorder=3)


def _draw_slope(
    axes: Axes, start: tuple[float, float], end: tuple[float, float], slope: float
) -> None:
    """Draw an arrow with its local slope in the middle."""
    arrow = {"arrowstyle": "->", "color": GREY, "shrinkA": 0, "shrinkB": 0}
    axes.annotate("", end, start, arrowprops=arrow, zorder=1)
    paper = {"facecolor": "white", "edgecolor": "none", "pad": 1}
    middle = (np.array(start) + np.array(end)) / 2
    axes.text(*middle, _short(slope), ha="center", va="center", fontsize=10, bbox=paper)


def _letter(name: str, index: tuple[int, ...]) -> str:
    """Write an entry of a parameter as on paper, counting from 1: W_{1,11}."""
    entries = "".join(str(i + 1) for i in index)
    return f"{name[0]}_{{{name[1:]},{entries}}}"


def _short(number: float) -> str:
    """Write a number with four decimals at most, and a true minus sign."""
    short = f"{number:.4f}".rstrip("0").rstrip(".")
    return short.replace("-", "\N{MINUS SIGN}")


def _factor(number: float) -> str:
    """Write a number as it stands behind a sign: in brackets if it has one of its own."""
    return f"({_short(number)})" if number < 0 else _short(number)
