"""What wrong gradients do to a network that learns by them."""

from collections.abc import Mapping, Sequence
from functools import lru_cache

import numpy as np
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from backprop.classroom.display import picture
from backprop.classroom.museum import Run
from backprop.classroom.style import BLUE, GREY, INK, NARROW, ORANGE, WIDTH

GOOD = 450  # of 500 held-out digits
LOW = 100  # below so many the exact count depends on the last digit of a rounding
SHOWN = (0.1, 20)  # losses beyond these are drawn at the edge


@picture
def ranked_runs(
    runs: Mapping[str, Run], cosines: Mapping[str, float], right: Sequence[Run]
) -> tuple[Figure, str]:
    """Draw how many held-out digits each named run got right, and its gradient's cosine.

    `right` holds runs by the right gradient, with several seeds; their spread is a grey band.
    """
    if not runs or not right:
        raise ValueError("there are no runs; one by a wrong gradient and one by the right one")
    names = sorted(runs, key=lambda name: runs[name].right)
    counts = np.array([runs[name].right for name in names])
    good = counts >= GOOD
    places = np.arange(len(names))
    figure = Figure(figsize=(WIDTH, 0.9 + 0.17 * len(names)))
    left, side = figure.subplots(1, 2, sharey=True, width_ratios=(3, 1))
    left.axvspan(*_ends(right), color=GREY, alpha=0.5, linewidth=0, label="right gradient")
    left.axvline(GOOD, color=INK, linewidth=1, linestyle=(0, (4, 3)), label=f"{GOOD} of 500")
    for axes, values in ((left, counts), (side, np.array([cosines[name] for name in names]))):
        axes.plot(values[good], places[good], "o", color=BLUE, markersize=5)
        axes.plot(values[~good], places[~good], "x", color=ORANGE, markersize=5)
    left.set(xlim=(-10, 510), xlabel="held-out digits right, of 500", yticks=places)
    left.set_yticklabels(names, fontsize=8)
    left.set_ylim(-0.8, len(names) - 0.2)
    side.axvline(0, color=GREY, linewidth=1)
    side.set(xlim=(-1.1, 1.1), xticks=(-1, 0, 1), xlabel="cosine")
    figure.legend(loc="outside upper center", ncols=2)
    low, high = _ends(right)
    return figure, (
        f"{good.sum()} of {len(names)} wrong gradients get at least {GOOD} of 500 held-out digits "
        f"right; the right gradient gets {low} to {high}"
    )


@picture
def beside_the_right(run: Run, right: Run) -> tuple[Figure, str, dict[str, str]]:
    """Draw loss and share of shut gates against steps, for one run and the right one.

    All calls draw on one figure, since to make it takes longer than to draw it.
    """
    figure, curves = _panels()
    for one, (loss, shut) in zip((right, run), curves, strict=True):
        loss.set_data(one.steps, np.log10(np.clip(one.loss, *SHOWN)).round(9))
        shut.set_data(one.steps, one.shut)
    figure.axes[1].set_xlim(0, right.steps[-1])
    words = f"{_outcome(run)} The right gradient: {_outcome(right)}"
    return figure, words[0].upper() + words[1:], _numbers(run)


@lru_cache(maxsize=1)
def _panels() -> tuple[Figure, list[tuple[Line2D, Line2D]]]:
    """Return a figure of two panels, and in both an empty curve for the right run and the other."""
    figure = Figure(figsize=(NARROW, 3.7), layout="none")
    top, below = figure.subplots(2, 1, sharex=True)
    figure.subplots_adjust(left=0.14, right=0.97, bottom=0.13, top=0.93, hspace=0.32)
    curves = []
    for look, colour, label in (("-", BLUE, "right"), ("--", ORANGE, "wrong")):
        (loss,) = top.plot([], look, color=colour, label=label, clip_on=False)
        (shut,) = below.plot([], look, color=colour)
        curves.append((loss, shut))
    top.set(title="Loss", ylim=np.log10(SHOWN))
    top.set_yticks([-1, 0, 1], ["0.1", "1", "10"])
    top.legend(loc="upper right", ncols=2, handlelength=1.5, columnspacing=1, borderaxespad=0)
    below.set(title="Share of gates shut", ylim=(0, 1.02), xlabel="step", xticks=[0, 100, 200])
    below.set_yticks([0, 0.5, 1], ["0%", "50%", "100%"])
    return figure, curves


def _ends(runs: Sequence[Run]) -> tuple[int, int]:
    counts = [run.right for run in runs]
    return min(counts), max(counts)


def _numbers(run: Run) -> dict[str, str]:
    """Return how a run ended; what the last digit of a rounding decides is left open."""
    loss = f"{run.loss[-1]:#.2g}" if run.loss[-1] < 100 else "above 100"
    return {
        "loss": "too large" if run.diverged else loss,
        "gates shut": "not counted" if run.diverged else f"{run.shut[-1]:.0%}",
        "dead units": "not counted" if run.diverged else str(run.dead),
        "right of 500": str(run.right) if run.right >= LOW else f"under {LOW}",
    }


def _outcome(run: Run) -> str:
    """Say in one sentence how a run ended."""
    if run.diverged:
        return f"stopped after step {run.steps[-1]} at numbers too large for a computer."
    loss, shut, dead, right = _numbers(run).values()
    units = f"unit{'s' * (run.dead != 1)}"
    return f"loss {loss}, {shut} of the gates shut, {dead} {units} dead, {right} of 500 right."
