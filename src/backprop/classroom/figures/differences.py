"""How wrong a numerical derivative is, for steps of every size."""

from collections.abc import Callable
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from backprop.arrays import Array
from backprop.classroom.display import picture
from backprop.classroom.style import BLUE, GREY, INK, NARROW, ORANGE, WIDTH

FLOOR = 1e-13  # what is smaller is rounding, and may differ from processor to processor
STEPS = 10.0 ** np.arange(-16, 0)


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
        xlabel="step h",
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


@picture
def two_differences(
    f: Callable[[float], float], u: float, slope: float, h: float
) -> tuple[Figure, str, dict[str, str]]:
    """Draw f around u as far as a step h reaches, and below it the errors of steps of every size.

    `slope` is the true one. Forward and central differences are taken of f itself. All calls draw
    on one figure, since to make it takes longer than to draw it.
    """
    if not 0 < h < np.inf:
        raise ValueError(f"h is {h}; a step above 0 is wanted")
    figure, lines, points, here = _panels()
    at, around = f(u), np.linspace(-1.4, 1.4, 113)
    lines["seen"].set_data(around, [(f(u + one * h) - at) / h for one in around])
    lines["true"].set_data(around, around * round(float(slope), 9))
    lines["three"].set_data([-1, 0, 1], [(f(u + one * h) - at) / h for one in (-1, 0, 1)])
    here.set_xdata([h, h])
    numbers = {}
    for name in ("forward", "central"):
        lines[name].set_data(STEPS, [_error(f, u, slope, step, name) for step in STEPS])
        error = _error(f, u, slope, h, name)
        points[name].set_data([h], [error])
        written = f"{error:.1e}" if error > FLOOR else f"below {FLOOR:.0e}"
        numbers[name] = written.replace("-", "\N{MINUS SIGN}")
    told = ", ".join(f"{name} {error}" for name, error in numbers.items())
    return figure, f"Errors of the two differences: {told}.", numbers


@lru_cache(maxsize=1)
def _panels() -> tuple[Figure, dict[str, Line2D], dict[str, Line2D], Line2D]:
    """Return a figure of two panels, its lines, the points on two of them, and where h stands."""
    figure = Figure(figsize=(NARROW, 4.6), layout="none")
    top, below = figure.subplots(2, 1)
    figure.subplots_adjust(left=0.19, right=0.95, bottom=0.11, top=0.94, hspace=0.55)
    lines, points = {}, {}
    (lines["seen"],) = top.plot([], color=BLUE)
    (lines["true"],) = top.plot([], "--", color=GREY, linewidth=1)
    (lines["three"],) = top.plot([], "o", color=BLUE)
    top.set(title="What the two differences see", xlim=(-1.54, 1.54), ylim=(-0.7, 0.7))
    top.set_xticks((-1, 0, 1), ["u \N{MINUS SIGN} h", "u", "u + h"])
    top.set(ylabel="change of f, over h", yticks=(-0.5, 0, 0.5))
    looks = {"forward": ("-", "o", 10, BLUE), "central": ("--", "s", 5, ORANGE)}
    for name, (line, marker, size, colour) in looks.items():
        (lines[name],) = below.loglog([], line, color=colour, label=name, linewidth=1.5)
        look = {"color": colour, "markersize": size, "clip_on": False, "zorder": 3}
        (points[name],) = below.plot([], marker, **look)
    here = below.axvline(1, color=INK, linewidth=0.8)
    below.set(title="Error", xlabel="step h", xlim=(3e-17, 0.3), ylim=(FLOOR / 3, 3))
    for axis, powers in ((below.xaxis, range(-16, 0, 5)), (below.yaxis, range(-12, 1, 4))):
        names = [f"1e{power}".replace("-", "\N{MINUS SIGN}") for power in powers]
        axis.set_ticks([10.0**power for power in powers], names)
    below.minorticks_off()
    below.legend(loc="lower left", handlelength=2, borderaxespad=0)
    return figure, lines, points, here


def _error(f: Callable[[float], float], u: float, slope: float, h: float, name: str) -> float:
    """Return the error of one difference, to two digits."""
    back = h if name == "central" else 0.0
    found = (f(u + h) - f(u - back)) / (h + back)
    return max(float(f"{abs(found - slope):.1e}"), FLOOR)
