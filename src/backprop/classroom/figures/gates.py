"""Which gates are open, and for whom."""

import numpy as np
import numpy.typing as npt
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from backprop.arrays import require_shape
from backprop.classroom.display import picture
from backprop.classroom.style import BLUE, PALE, WIDTH


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
    for axis in (top.yaxis, side.xaxis):
        axis.set_major_formatter(PercentFormatter(1))
        axis.set_ticks([0, 0.5, 1])
    dead, silent = (~gates).all(axis=0).sum(), (~gates).all(axis=1).sum()
    return figure, (
        f"{examples} examples by {units} units: {1 - gates.mean():.1%} of the gates are shut; "
        f"units shut for all examples: {dead}; examples with all units shut: {silent}"
    )
