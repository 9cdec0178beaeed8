"""Activation functions, and what their slopes look like."""

from functools import lru_cache

import numpy as np
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from backprop.classroom.display import picture
from backprop.classroom.style import BLUE, GREY, INK, NARROW, ORANGE, WIDTH
from backprop.layers import Layer


@picture
def function_and_slope(layer: Layer, name: str) -> tuple[Figure, str]:
    """Draw an activation beside its slope, both read off the layer itself, on [-3, 3]."""
    z = np.linspace(-3, 3, 601)
    a = layer.forward(z)
    slope = layer.backward(np.ones_like(z))
    figure = Figure(figsize=(WIDTH, 2.7))
    left, right = figure.subplots(1, 2)
    left.plot(z, a, color=BLUE)
    left.set(title=f"{name}: what goes on", xlabel="pre-activation z", ylabel="activation a")
    jumps = np.abs(np.diff(slope)) > 0.1
    right.plot(z, np.where(np.append(jumps, False), np.nan, slope), color=ORANGE)
    right.set(title="Its slope: what comes back", xlabel="pre-activation z", ylabel="slope")
    right.set_ylim(-0.15, max(1.15, slope.max() + 0.1))
    if jumps.any():
        at = int(np.flatnonzero(jumps)[0])
        right.plot(z[at], slope[at], "o", color=ORANGE)
        right.plot(z[at], slope[at + 1], "o", color=ORANGE, markerfacecolor="white")
    return figure, f"{name} beside its slope; slope {slope[0]:.3g} at -3 and {slope[-1]:.3g} at 3"


@picture
def point_and_slope(layer: Layer, z: float) -> tuple[Figure, str, dict[str, str]]:
    """Draw an activation with its tangent at z, above its slope with the same point marked.

    All calls draw on one figure, since to make it takes longer than to draw it.
    """
    if not np.isfinite(z):
        raise ValueError(f"z is {z}; a finite number is wanted")
    reach = max(4.0, abs(z) + 1)
    line = np.linspace(-reach, reach, 801)
    curve, slopes = layer.forward(line).round(9), layer.backward(np.ones_like(line)).round(9)
    a = layer.forward(np.array([z])).item()
    slope = layer.backward(np.ones(1)).item()

    figure, curves, points = _panels()
    jumps = np.append(np.abs(np.diff(slopes)) > 0.1, False)
    curves[0].set_data(line, curve)
    curves[1].set_data(line, np.where(jumps, np.nan, slopes))
    curves[2].set_data([-reach, reach], a + slope * np.array([-reach - z, reach - z]).round(9))
    for (dot, drop), value in zip(points, (a, slope), strict=True):
        dot.set_data([z], [value])
        drop.set_data([z, z], [0, value])
    figure.axes[0].set_ylim(-1.3, max(3.2, a + 1))
    figure.axes[1].set_xlim(-reach, reach)
    flat = " Exactly 0: nothing comes back." if slope == 0 else ""
    numbers = {"activation": _three(a), "slope": _three(slope)}
    words = f"{_three(z)} goes in, {_three(a)} goes on. The slope is {_three(slope)}.{flat}"
    return figure, words, numbers


@lru_cache(maxsize=1)
def _panels() -> tuple[Figure, list[Line2D], list[tuple[Line2D, Line2D]]]:
    """Return a figure of two panels, its three lines, and in each panel a dot and its drop to 0."""
    figure = Figure(figsize=(NARROW, 4.2), layout="none")
    top, below = figure.subplots(2, 1, sharex=True, height_ratios=(3, 2))
    figure.subplots_adjust(left=0.12, right=0.97, bottom=0.12, top=0.93, hspace=0.28)
    lines = [
        *top.plot([], color=BLUE),
        *below.plot([], color=ORANGE),
        *top.plot([], "--", color=ORANGE, linewidth=1.5),
    ]
    points = []
    for axes, colour in ((top, BLUE), (below, ORANGE)):
        axes.axvline(0, color=GREY, linewidth=0.8)
        (drop,) = axes.plot([], ":", color=INK, linewidth=1)
        (dot,) = axes.plot([], "o", color=colour, markersize=8, clip_on=False)
        points.append((dot, drop))
    top.set(title="What goes on")
    below.set(title="What comes back: the slope", ylim=(-0.12, 1.15), yticks=(0, 0.5, 1))
    below.set_xlabel("pre-activation z", labelpad=1)
    return figure, lines, points


def _three(number: float) -> str:
    return f"{number:.3g}".replace("-", "\N{MINUS SIGN}")
