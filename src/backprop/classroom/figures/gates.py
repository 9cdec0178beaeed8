"""Which gates are open, and for whom."""

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from backprop.arrays import Array, Labels, as_floats, require_shape
from backprop.classroom.display import picture
from backprop.classroom.style import BLUE, INK, NARROW, PALE, RUST, WIDTH
from backprop.layers import Linear, ReLU
from backprop.losses import SoftmaxCrossEntropy


@picture
def gate_map(gates: npt.NDArray[np.bool_]) -> tuple[Figure, str]:
    """Draw which gates are open: examples (rows) by units (columns), with the share of each."""
    gates = np.asarray(gates) > 0
    require_shape("gates", gates, ("examples", "units"))
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
    top.set(title="Share of examples for which each gate is open", ylim=(0, 1))
    side.barh(np.arange(1, examples + 1), gates.mean(axis=1), color=BLUE, height=1)
    side.set(xlim=(0, 1), xlabel="share of\nunits open")
    for axis, ticks in ((top.yaxis, (0, 0.5, 1)), (side.xaxis, (0, 1))):
        axis.set_major_formatter(PercentFormatter(1))
        axis.set_ticks(ticks)
    dead, silent = (~gates).all(axis=0).sum(), (~gates).all(axis=1).sum()
    return figure, (
        f"{examples} examples by {units} units: {1 - gates.mean():.1%} of the gates are shut; "
        f"units shut for all examples: {dead}; examples with all units shut: {silent}"
    )


@picture
def gates_of_one(
    X: Array, y: Labels, W1: Array, b1: Array, W2: Array, b2: Array
) -> tuple[Figure, str, dict[str, str]]:
    """Draw where the pre-activations of one example X (1, D) lie, and what comes back to each.

    Of each hidden unit: z on an axis that is shut to the left of 0, the derivative of the loss
    that arrives (da), and what of it the gate lets through (dz).
    """
    Z, open_gates, dA, dZ = _there_and_back(X, y, Linear.from_arrays(W1, b1), (W2, b2))
    units = len(Z)
    figure = Figure(figsize=(NARROW, 0.95 + 0.62 * units), layout="none")
    axes = figure.add_axes((0.13, 0.17, 0.43, 0.71), xlim=(-5.6, 3.6), ylim=(units - 0.4, -0.6))
    axes.axvspan(-5.6, 0, color=PALE, alpha=0.7, linewidth=0)
    axes.axvline(0, color=INK, linewidth=0.8)
    axes.set_yticks(range(units), [f"unit {j + 1}" for j in range(units)])
    axes.set_xticks([-4, -2, 0, 2], ["\N{MINUS SIGN}4", "\N{MINUS SIGN}2", "0", "2"])
    axes.tick_params(length=0)
    axes.set_xlabel("pre-activation z", labelpad=1)
    axes.text(-2.8, -0.7, "shut", ha="center")
    axes.text(1.8, -0.7, "open", ha="center", color=BLUE)
    for place, title in ((1.45, "arrives: da"), (2.0, "passes: dz")):
        axes.text(place, 1.04, title, ha="right", transform=axes.transAxes, color=RUST, fontsize=10)
    for j, numbers in enumerate(zip(Z, open_gates, dA, dZ, strict=True)):
        _draw_unit(axes, j, *numbers)
    listed = {
        name: ", ".join(map(_number, values)) for name, values in (("z", Z), ("da", dA), ("dz", dZ))
    }
    told = "; ".join(f"{name} is {values}" for name, values in listed.items())
    return figure, f"{_shut(open_gates)} For units 1 to {units}, {told}.", listed


def _there_and_back(
    X: Array, y: Labels, hidden: Linear, output: tuple[Array, Array]
) -> tuple[Array, Array, Array, Array]:
    """Return z, whether the gate is open, da and dz of each hidden unit, for one example."""
    require_shape("X", as_floats("X", X), (1, "D"), "the gates are those of one example")
    relu, last, loss = ReLU(), Linear.from_arrays(*output), SoftmaxCrossEntropy()
    Z = hidden.forward(X).round(12) + 0.0  # what is rounding is an exact 0, and its gate shut
    loss.forward(last.forward(relu.forward(Z)), y)
    dA = last.backward(loss.backward())
    return Z[0], relu.gate[0], dA[0], relu.backward(dA)[0]


def _draw_unit(axes: Axes, row: int, z: float, is_open: bool, da: float, dz: float) -> None:
    """Draw where z lies, what arrives, and an arrow to what passes or a bar before it."""
    look = {"marker": "o", "color": BLUE} if is_open else {"marker": "X", "color": INK}
    place = np.clip(z, -5.4, 3.4)
    axes.plot([0, place], [row, row], color=look["color"], linestyle="-" if is_open else ":")
    axes.plot(place, row, markersize=9, clip_on=False, **look)
    beside_zero = np.clip(z, 1, 2.6) if is_open else np.clip(z, -4.4, -1.2)
    axes.text(beside_zero, row - 0.2, _number(z), ha="center", fontsize=10)
    beside = axes.get_yaxis_transform()
    for right, slope in ((1.36, da), (1.97, dz)):
        words = {"ha": "right", "va": "center", "color": RUST, "transform": beside}
        axes.text(right, row, _number(slope), **words)
    style = "->" if is_open else "|-|,widthA=0,widthB=0.4"
    end, arrow = (1.64 if is_open else 1.5), {"arrowstyle": style, "color": RUST}
    axes.annotate("", (end, row), (1.4, row), xycoords=beside, arrowprops=arrow)


def _shut(open_gates: Array) -> str:
    """Say in a sentence which units are shut."""
    *most, last = [str(j + 1) for j in np.flatnonzero(~open_gates)] or [""]
    if most:
        return f"Units {', '.join(most)} and {last} are shut."
    return f"Unit {last} is shut." if last else "No unit is shut."


def _number(value: float) -> str:
    """Write a number with two decimals, and an exact 0 as just that."""
    return f"{value:.2f}".replace("-", "\N{MINUS SIGN}") if value else "0"
