"""How wrong a numerical derivative is, for steps of every size."""

import numpy as np
import numpy.typing as npt
from matplotlib.figure import Figure

from backprop.arrays import Array
from backprop.classroom.display import picture
from backprop.classroom.style import INK, WIDTH

FLOOR = 1e-13  # what is smaller is rounding, and may differ from processor to processor


@picture
def error_curves(
    steps: Array, errors: dict[str, npt.ArrayLike], best: dict[str, float]
) -> tuple[Figure, str]:
    """Draw named errors (one for each step) against the steps, both on logarithmic scales.

    Errors are drawn to two digits, and those below 1e-13 at 1e-13.
    `best` holds, for some of the names, the step that theory calls best: a vertical line.
    """
    figure = Figure(figsize=(WIDTH, 4))
    axes = figure.subplots()
    looks = (("-o", 7), ("--s", 4), (":^", 4.5))  # circles show around squares
    for (name, error), (look, size) in zip(errors.items(), looks, strict=False):
        drawn = [max(float(f"{one:.1e}"), FLOOR) for one in np.asarray(error)]
        axes.loglog(steps, drawn, look, label=name, markersize=size)
    for name, step in best.items():
        axes.axvline(step, color=INK, linewidth=1, linestyle=(0, (4, 3)), zorder=0)
        axes.text(step * 1.3, 40, f"best for\n{name}", va="center", fontsize=9.5)
    axes.set(
        xlabel="step $h$",
        ylabel="error of the derivative",
        ylim=(FLOOR / 3, 2e3),
        xticks=10.0 ** np.arange(-16, 0, 3),
        yticks=10.0 ** np.arange(-12, 1, 3),
    )
    axes.minorticks_off()
    figure.legend(loc="outside upper center", ncols=3, handlelength=3.2)
    largest = steps.argmax()
    ends = ", ".join(f"{name} {np.take(error, largest):.1e}" for name, error in errors.items())
    return figure, (
        f"errors for {len(steps)} steps, from {steps.min():.0e} to {steps.max():.0e}; "
        f"at the largest: {ends}"
    )
