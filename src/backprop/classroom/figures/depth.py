"""What becomes of a signal on its way through many layers."""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
from matplotlib.figure import Figure
from matplotlib.ticker import MultipleLocator

from backprop.arrays import as_floats, require_finite, require_shape
from backprop.classroom.display import picture
from backprop.classroom.style import BLUE, GREEN, ORANGE, WIDTH

LOOKS = ((BLUE, "-", "o"), (GREEN, "--", "s"), (ORANGE, ":", "^"))


@picture
def sizes_by_layer(
    sizes: Mapping[str, Mapping[str, npt.ArrayLike]], size_of: str
) -> tuple[Figure, str]:
    """Draw sizes against layers on a logarithmic scale: {panel: {curve: (seeds, layers + 1)}}.

    Column 0 is the input of the first layer. A curve is the median over the seeds, its band
    reaches from the smallest to the largest. Up to three panels of up to three curves each.
    """
    for kind, given in (("panels", sizes), *(("curves", curves) for curves in sizes.values())):
        if not 1 <= len(given) <= len(LOOKS):
            raise ValueError(f"{len(given)} {kind} are given; 1 to {len(LOOKS)} are drawn")
    figure = Figure(figsize=(WIDTH, 3.9))
    panels = figure.subplots(1, len(sizes), sharex=True, sharey=True, squeeze=False)[0]
    words = []
    for axes, (panel, curves) in zip(panels, sizes.items(), strict=True):
        ends = []
        for (name, given), (color, style, marker) in zip(curves.items(), LOOKS, strict=False):
            array = as_floats(f"{panel}, {name}", given)
            require_shape(f"{panel}, {name}", array, ("seeds", "layers"))
            require_finite(f"{panel}, {name}", array)
            if array.min() <= 0:
                raise ValueError(f"{panel}, {name} holds {array.min():g}; sizes above 0 are drawn")
            layers = np.arange(array.shape[1])
            middle = np.median(array, axis=0)
            axes.fill_between(layers, array.min(axis=0), array.max(axis=0), color=color, alpha=0.25)
            every = max(1, array.shape[1] // 5)
            axes.plot(
                layers, middle, style, color=color, marker=marker, markevery=every, label=name
            )
            ends.append(
                f"{name} {_power(middle[0])} at layer 0 and {_power(middle[-1])} at the top"
            )
        axes.set(title=panel, yscale="log", xlabel="layer")
        axes.xaxis.set_major_locator(MultipleLocator(10))
        words.append(f"{panel}: {', '.join(ends)}")
    panels[0].set_ylabel(size_of)
    handles, labels = panels[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside upper center", ncols=3, handlelength=3.2)
    return figure, "; ".join(words)


def _power(size: float) -> str:
    """Write a size as the nearest power of ten, which rounding on another machine can't change."""
    return f"1e{round(np.log10(size)):d}"
