"""Where the time of a training step goes."""

from collections.abc import Mapping

import numpy as np
from matplotlib.figure import Figure

from backprop.classroom.display import picture
from backprop.classroom.style import CLASSES, INK, WIDTH

HATCHES = ("", "//", "..", "xx")


@picture
def time_shares(times: Mapping[str, Mapping[str, float]]) -> tuple[Figure, str]:
    """Draw a bar for each network, cut into the shares of its parts: {"2-8-3": {"loss": 9.1}}.

    Up to four parts, the same for every network, in any unit of time.
    """
    names = [list(parts) for parts in times.values()]
    if not names or any(these != names[0] for these in names) or not 1 <= len(names[0]) <= 4:
        raise ValueError("times hold one to four parts, the same for every network")
    shares = np.array([list(parts.values()) for parts in times.values()], dtype=float)
    if not (np.isfinite(shares).all() and (shares >= 0).all() and shares.any(axis=1).all()):
        raise ValueError("times are finite, none is negative, and not all of a network are 0")
    shares /= shares.sum(axis=1, keepdims=True)

    figure = Figure(figsize=(WIDTH, 1.3 + 0.5 * len(times)))
    axes = figure.subplots()
    left = np.zeros(len(times))
    for share, part, color, hatch in zip(shares.T, names[0], CLASSES, HATCHES, strict=False):
        style = {"color": color, "hatch": hatch, "edgecolor": "white", "linewidth": 1}
        axes.barh(list(times), share, left=left, height=0.6, label=part, **style)
        left += share
    for row, share in enumerate(shares[:, 0]):
        box = {"facecolor": "white", "edgecolor": "none", "pad": 1.5}
        axes.text(0.01, row, f"{share:.0%}", color=INK, va="center", fontsize=10, bbox=box)
    axes.invert_yaxis()
    axes.grid(visible=False)
    axes.set(xlim=(0, 1), xlabel="share of the time of one training step")
    axes.xaxis.set_major_formatter(lambda share, _: f"{share:.0%}")
    figure.legend(loc="outside upper right", ncols=len(names[0]), columnspacing=1)
    words = ", ".join(
        f"{name} {share:.0%}" for name, share in zip(times, shares[:, 0], strict=True)
    )
    return figure, f"share of {names[0][0]}: {words}"
