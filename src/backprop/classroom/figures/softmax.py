"""Softmax and the losses behind it: what each derivative is made of, and where it vanishes."""

from collections.abc import Callable, Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure

from backprop.arrays import Array, require_shape
from backprop.classroom.display import picture
from backprop.classroom.style import BLUE, INK, ORANGE, WIDTH

SIGNED = LinearSegmentedColormap.from_list("signed", [ORANGE, "white", BLUE])

# Takes the logits (C,) and the label of one example; returns the loss and its derivative (C,).
OneLoss = Callable[[Array, int], tuple[float, Array]]


@picture
def softmax_jacobian(p: Array) -> tuple[Figure, str]:
    """Draw how diag(p) minus p times its transpose makes the Jacobian of softmax, for p (C,)."""
    require_shape("p", p, ("C",))
    parts = (
        (r"$\mathrm{diag}(p)$", np.diag(p)),
        (r"$p\,p^\top$", np.outer(p, p)),
        (r"$J$", np.diag(p) - np.outer(p, p)),
    )
    figure = Figure(figsize=(WIDTH, 2.5))
    panels = figure.subplots(1, 3)
    for axes, (title, matrix) in zip(panels, parts, strict=True):
        _numbered_cells(axes, matrix)
        axes.set_title(title, loc="center", fontsize=13)
    for axes, sign in zip(panels[1:], ("\N{MINUS SIGN}", "="), strict=True):
        axes.text(-0.14, 0.5, sign, transform=axes.transAxes, ha="center", va="center", fontsize=16)
    panels[0].set_ylabel("probability $k$")
    panels[1].set_xlabel("logit $j$")
    total = np.abs(parts[2][1].sum(axis=1)).max()
    return figure, (
        f"Jacobian of softmax for {len(p)} classes; "
        f"diagonal positive, the rest negative; each row sums to {total:.4f}"
    )


def _numbered_cells(axes: Axes, matrix: Array) -> None:
    """Draw a matrix as cells, blue above 0 and orange below, with the number in each."""
    axes.imshow(matrix, cmap=SIGNED, vmin=-1.4, vmax=1.4)
    axes.grid(False)
    axes.spines[:].set_visible(False)
    places = np.arange(len(matrix))
    axes.set_xticks(places)
    axes.set_yticks(places)
    axes.tick_params(length=0)
    for (row, column), value in np.ndenumerate(matrix):
        number = f"{value:.4f}".replace("-", "\N{MINUS SIGN}") if value else "0"
        axes.text(column, row, number, ha="center", va="center", color=INK, fontsize=10)


@picture
def losses_by_gap(losses: Mapping[str, OneLoss]) -> tuple[Figure, str]:
    """Draw losses of two classes, and their derivative for the label's logit, by the logit gap.

    The gap is the label's logit minus the other one, from -8 to 8.
    """
    gaps = np.linspace(-8, 8, 321)
    figure = Figure(figsize=(WIDTH, 3))
    left, right = figure.subplots(1, 2)
    words = []
    for (name, loss), style in zip(losses.items(), ("-", "--", ":"), strict=False):
        pairs = [loss(np.array([gap, 0.0]), 0) for gap in gaps]
        left.plot(gaps, [value for value, _ in pairs], style, label=name)
        right.plot(gaps, [slope[0] for _, slope in pairs], style, label=name)
        words.append(f"{name} has slope {pairs[0][1][0]:.4f} at a gap of -8")
    left.set(title="The loss", ylim=(0, None))
    right.set(title="Its slope for the label's logit", ylim=(-1.05, 0.1))
    for axes in (left, right):
        axes.set_xlabel("label's logit minus the other")
        axes.axvline(0, color=INK, lw=0.8)
    ground = {"facecolor": "white", "edgecolor": "none", "framealpha": 1}  # hides the line at 0
    left.legend(frameon=True, borderaxespad=0, **ground)
    return figure, "; ".join(words)
