"""What becomes of a signal on its way through many layers."""

from collections.abc import Mapping, Sequence
from itertools import pairwise, product
from math import prod

import numpy as np
import numpy.typing as npt
from matplotlib.figure import Figure
from matplotlib.ticker import MultipleLocator

from backprop.arrays import as_floats, require_count, require_finite, require_shape
from backprop.classroom.display import picture
from backprop.classroom.style import BLUE, GREEN, GREY, ORANGE, WIDTH

LOOKS = ((BLUE, "-", "o"), (GREEN, "--", "s"), (ORANGE, ":", "^"))


@picture
def open_paths(gates: Sequence[npt.NDArray[np.bool_]], *, inputs: int) -> tuple[Figure, str]:
    """Draw every path through layers of gates, for one example, and which of them are open.

    `gates` holds one array a layer, True where the unit is open; all units see all of the layer
    below.
    """
    require_count("inputs", inputs)
    columns = [np.ones(inputs, bool), *(np.asarray(layer) > 0 for layer in gates)]
    for k, layer in enumerate(columns):
        require_shape(f"gates[{k - 1}]", layer, ("units",), "the gates of one example")
    tallest = max(map(len, columns))
    heights = [(tallest - len(layer)) / 2 + np.arange(len(layer)) for layer in columns]
    counts = [int(layer.sum()) for layer in columns]
    figure = Figure(figsize=(WIDTH, 0.55 * tallest + 0.9))
    axes = figure.subplots()
    axes.set_axis_off()
    for k, (below, above) in enumerate(pairwise(heights)):
        for i, j in product(range(len(below)), range(len(above))):
            on = all(counts) and columns[k][i] and columns[k + 1][j]
            look = {"color": BLUE, "lw": 2.2} if on else {"color": GREY, "lw": 0.7, "alpha": 0.6}
            axes.plot([k, k + 1], [below[i], above[j]], zorder=1 + on, **look)
    for k, (layer, height) in enumerate(zip(columns, heights, strict=True)):
        fill = [BLUE if is_open else "white" for is_open in layer]
        axes.scatter(np.full(len(layer), k), height, 260, fill, edgecolors=GREY, zorder=3)
        axes.scatter(np.full((~layer).sum(), k), height[~layer], 90, GREY, marker="x", zorder=4)
        axes.text(k, -0.85, f"layer {k}" if k else "inputs", ha="center", weight="bold")
    axes.set(xlim=(-0.3, len(gates) + 0.3), ylim=(tallest - 0.5, -1))
    paths, through = prod(map(len, columns)), prod(counts)
    shut = [f"{k}.{j + 1}" for k, layer in enumerate(columns) for j in np.flatnonzero(~layer)]
    return figure, f"{through} of {paths} paths are open; shut units: {', '.join(shut) or 'none'}"


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
