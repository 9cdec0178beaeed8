"""Dead units: how many there are under which conditions, and what could bring one back."""

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure

from backprop.arrays import as_floats, require_shape
from backprop.classroom.display import picture
from backprop.classroom.style import BLUE, INK, NARROW, ORANGE, RUST, WIDTH

ALIVE_TO_DEAD = LinearSegmentedColormap.from_list("alive to dead", ["white", ORANGE])


@picture
def dead_shares(
    shares: npt.ArrayLike, biases: Sequence[float], learning_rates: Sequence[float]
) -> tuple[Figure, str]:
    """Draw the share of dead units, from 0 to 1, with a row for each initial bias.

    The columns are the learning rates. Each cell holds its share in per cent.
    """
    shares = as_floats("shares", shares)
    wanted = (len(biases), len(learning_rates))
    require_shape("shares", shares, wanted, "a row for each bias, a column for each rate")
    if not ((shares >= 0) & (shares <= 1)).all():
        raise ValueError("shares holds a number outside 0 to 1; shares of the units are wanted")
    figure = Figure(figsize=(WIDTH, 0.9 + 0.52 * len(biases)))
    axes = figure.subplots()
    axes.imshow(shares, cmap=ALIVE_TO_DEAD, vmin=0, vmax=1.9, aspect="auto")
    for (row, column), share in np.ndenumerate(shares):
        axes.text(column, row, f"{share:.0%}", ha="center", va="center", color=INK)
    axes.grid(False)
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0)
    axes.set_xticks(range(wanted[1]), [f"{rate:g}" for rate in learning_rates])
    names = [f"{bias:g}".replace("-", "\N{MINUS SIGN}") for bias in biases]
    axes.set_yticks(range(wanted[0]), names)
    axes.set(xlabel="learning rate", ylabel="initial bias")
    ranges = [
        f"{bias:g}: {row[0]:.0%} to {row[-1]:.0%}" for bias, row in zip(biases, shares, strict=True)
    ]
    return figure, (
        f"dead units by initial bias, from the learning rate {learning_rates[0]:g} "
        f"to {learning_rates[-1]:g}: {'; '.join(ranges)}"
    )


@picture
def open_shares(
    gates: npt.NDArray[np.bool_], loss: float, right: str
) -> tuple[Figure, str, dict[str, str]]:
    """Draw for each unit the share of the examples (rows of `gates`) that find its gate open.

    Units are sorted by it, and dead ones crossed. `loss` and `right` say how the network fares.
    """
    gates = np.asarray(gates) > 0
    require_shape("gates", gates, ("examples", "units"))
    shares = np.sort(gates.mean(axis=0))
    units, dead = len(shares), int((shares == 0).sum())
    figure = Figure(figsize=(NARROW, 3.2), layout="none")
    axes = figure.add_axes((0.15, 0.16, 0.82, 0.72))
    axes.bar(np.arange(units), shares, width=0.8, color=BLUE)
    axes.plot(np.arange(dead), np.full(dead, 0.025), "x", color=RUST, markersize=4, clip_on=False)
    axes.set(xlim=(-1, units), ylim=(0, 1), yticks=(0, 0.5, 1), xticks=[])
    axes.set_yticklabels(["0%", "50%", "100%"])
    axes.set_title("How many of the examples open a unit")
    axes.set_xlabel(f"{units} hidden units, sorted; dead ones crossed", labelpad=6)
    numbers = {"dead units": str(dead), "loss": f"{loss:.2g}", "right": right}
    words = (
        f"{dead} of {units} units {'is' if dead == 1 else 'are'} dead. "
        f"The loss is {loss:.2g}, and {right} are right."
    )
    return figure, words, numbers


@picture
def ways_out(peaks: Mapping[str, npt.ArrayLike]) -> tuple[Figure, str]:
    """Draw, for up to four ways to go on training, the largest pre-activation of a dead unit.

    Each is given as its values step by step. Above 0 the unit is open for some example.
    """
    if not 1 <= len(peaks) <= 4:
        raise ValueError(f"peaks holds {len(peaks)} ways; from one to four can be drawn")
    figure = Figure(figsize=(WIDTH, 3.4))
    axes = figure.subplots()
    words = []
    for (name, values), style in zip(peaks.items(), ("-", "--", ":", "-."), strict=False):
        values = as_floats(name, values)
        require_shape(name, values, ("steps",))
        axes.plot(values, style, label=name)
        opened = np.flatnonzero(values > 0)
        words.append(f"{name}: " + (f"open from step {opened[0]}" if opened.size else "shut"))
    axes.axhline(0, color=INK, lw=0.8)
    left, right = axes.get_xlim()
    axes.text(right, 0, " open", color=BLUE, va="bottom", ha="left")
    axes.text(right, 0, " shut", color=INK, va="top", ha="left")
    axes.set(xlabel="step", ylabel="largest pre-activation", xlim=(max(left, 0), right))
    figure.legend(loc="outside upper center", ncols=2, handlelength=3.2)
    return figure, "; ".join(words)
