"""Several kinds of network, run several times at each of several settings."""

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
from matplotlib.figure import Figure
from matplotlib.ticker import NullLocator

from backprop.arrays import as_floats, require_finite, require_shape
from backprop.classroom.display import picture
from backprop.classroom.style import BLUE, GREEN, MARKERS, ORANGE, PURPLE, WIDTH, plain_decimals

LOOKS = tuple(zip((BLUE, ORANGE, GREEN, PURPLE), ("-", "--", ":", "-."), MARKERS, strict=True))


@picture
def runs_compared(
    settings: Sequence[float],
    runs: Mapping[str, npt.ArrayLike],
    *,
    xlabel: str,
    ylabel: str,
    logarithmic: bool = False,
    highest: float = np.inf,
) -> tuple[Figure, str]:
    """Draw every run as a mark, and a line through the medians, for up to four names.

    `runs` holds, for each name, a row for each setting and a column for each run (S, R). What is
    above `highest` is drawn there, since a run that diverges differs from machine to machine.
    """
    if not 1 <= len(runs) <= len(LOOKS):
        raise ValueError(f"{len(runs)} names to compare; 1 to {len(LOOKS)} are wanted")
    figure = Figure(figsize=(WIDTH, 3.2))
    axes = figure.subplots()
    lowest = []
    for (name, found), (color, line, marker) in zip(runs.items(), LOOKS, strict=False):
        array = as_floats(name, found)
        require_shape(name, array, (len(settings), "runs"), "a row for each setting")
        require_finite(name, array)
        array = np.minimum(array, highest)
        median = np.median(array, axis=1)
        axes.plot(settings, median, line, color=color, marker=marker, label=name)
        axes.plot(settings, array, marker, color=color, markersize=4, alpha=0.6)
        best = int(median.argmin())
        lowest.append(f"{name} {median[best]:.2g} at {settings[best]:g}")
    if logarithmic:
        axes.set(xscale="log", yscale="log")
        axes.xaxis.set_minor_locator(NullLocator())
        plain_decimals(axes.yaxis)
    axes.set(xlabel=xlabel, ylabel=ylabel)
    axes.set_xticks(settings, [f"{setting:g}" for setting in settings])
    figure.legend(loc="outside upper center", ncols=len(runs), handlelength=3.2)
    return figure, f"{ylabel}, lowest medians: {'; '.join(lowest)}"
