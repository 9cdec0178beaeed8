"""Activation functions, and what their slopes look like."""

import numpy as np
from matplotlib.figure import Figure

from backprop.classroom.display import picture
from backprop.classroom.style import BLUE, ORANGE, WIDTH
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
    left.set(title=f"{name}: what goes on", xlabel="pre-activation $z$", ylabel="activation $a$")
    jumps = np.abs(np.diff(slope)) > 0.1
    right.plot(z, np.where(np.append(jumps, False), np.nan, slope), color=ORANGE)
    right.set(title="Its slope: what comes back", xlabel="pre-activation $z$", ylabel="slope")
    right.set_ylim(-0.15, max(1.15, slope.max() + 0.1))
    if jumps.any():
        at = int(np.flatnonzero(jumps)[0])
        right.plot(z[at], slope[at], "o", color=ORANGE)
        right.plot(z[at], slope[at + 1], "o", color=ORANGE, markerfacecolor="white")
    return figure, f"{name} beside its slope; slope {slope[0]:.3g} at -3 and {slope[-1]:.3g} at 3"
