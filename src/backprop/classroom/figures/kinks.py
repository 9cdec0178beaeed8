"""What happens at the kink of ReLU, and what two repairs make of it."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure

from backprop.arrays import Array
from backprop.classroom.display import picture
from backprop.classroom.style import BLUE, GREEN, INK, ORANGE, WIDTH

Function = Callable[[Array], Array]


@picture
def subgradients(slopes: Sequence[float]) -> tuple[Figure, str]:
    """Draw ReLU, and through its kink a line of each slope: solid if it stays on or below ReLU."""
    u = np.linspace(-2, 2, 401)
    relu = np.maximum(0, u)
    figure = Figure(figsize=(WIDTH, 3))
    axes = figure.subplots()
    axes.plot(u, relu, color=INK, lw=4, label="ReLU")
    seen = set()
    for g in slopes:
        fits = bool((g * u <= relu + 1e-12).all())
        label = "stays on or below ReLU" if fits else "cuts through ReLU"
        look = {"color": BLUE, "ls": "-"} if fits else {"color": ORANGE, "ls": "--"}
        axes.plot(u, g * u, lw=1.6, label=None if label in seen else label, **look)
        axes.annotate(
            f"{g:g}".replace("-", "\N{MINUS SIGN}"),
            (2.06, 2 * g),
            color=look["color"],
            va="center",
            annotation_clip=False,
        )
        seen.add(label)
    axes.set(xlim=(-2, 2), ylim=(-1.3, 2.75), xlabel="u")
    axes.legend(loc="upper left")
    good = [f"{g:g}" for g in slopes if (g * u <= relu + 1e-12).all()]
    return figure, f"lines through the kink that stay on or below ReLU: slopes {', '.join(good)}"


@picture
def functions_and_slopes(
    pairs: Mapping[str, tuple[Function, Function]],
) -> tuple[Figure, str]:
    """Draw up to three functions beside their slopes on [-1.5, 1.5]: {name: (function, slope)}."""
    z = np.linspace(-1.5, 1.5, 601)
    figure = Figure(figsize=(WIDTH, 3))
    left, right = figure.subplots(1, 2)
    looks = ((BLUE, "-"), (ORANGE, "--"), (GREEN, ":"))  # what is drawn later lets these show
    words = []
    for (name, (function, slope)), (color, style) in zip(pairs.items(), looks, strict=False):
        values = slope(z)
        jumps = np.append(np.abs(np.diff(values)) > 0.1, False)
        left.plot(z, function(z), style, color=color, label=name)
        right.plot(z, np.where(jumps, np.nan, values), style, color=color)
        words.append(f"{name}: slope {values[0]:.3g} on the left and {values[-1]:.3g} on the right")
    left.set(title="What goes on", xlabel="pre-activation z")
    right.set(title="What comes back: the slope", xlabel="pre-activation z", ylim=(-0.1, 1.15))
    for axes in (left, right):
        axes.axvline(0, color=INK, lw=0.8)
    left.legend(loc="upper left")
    return figure, "; ".join(words)
