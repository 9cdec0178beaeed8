"""A tape drawn line by line: how each value was made, what it is, and its derivative."""

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch

from backprop.arrays import Array
from backprop.classroom.display import picture
from backprop.classroom.style import BLUE, GREY, INK, PALE, RUST, WIDTH
from backprop.classroom.tape import Value

LINE = 0.165  # inches for a row of numbers
NUMBER, MADE, VALUE, SLOPE = 1.12, 1.3, 2.7, 4.6  # where the columns begin, in inches


@picture
def tape_lines(loss: Value, names: dict[str, Value]) -> tuple[Figure, str]:
    """Draw the tape of a loss after its backward pass, a line for each value, the first on top.

    `names` gives letters to some of the values, which other lines then use; a value without one
    is called by its line, as in "(9) + b2". Arcs on the left lead to each value from where it was
    read; where a value was read more than once, they are thick and dashed.
    """
    if not hasattr(loss, "grad"):
        raise ValueError("this tape has no derivatives yet: call backward first")
    tape = loss.tape()
    letters = {value.time: name for name, value in names.items()}
    called = {value.time: letters.get(value.time, f"({k})") for k, value in enumerate(tape, 1)}
    heights = [LINE * len(np.atleast_2d(value.data)) + 0.09 for value in tape]
    tops = 0.36 + np.cumsum([0.0, *heights])
    middles = {value.time: (tops[k] + tops[k + 1]) / 2 for k, value in enumerate(tape)}

    figure = Figure(figsize=(WIDTH, tops[-1] + 0.08))
    figure.set_layout_engine("none")
    axes = figure.add_axes((0, 0, 1, 1), xlim=(0, WIDTH), ylim=(tops[-1] + 0.08, 0))
    axes.set_axis_off()
    for place, title, colour in (
        (MADE, "how it was made", INK),
        (VALUE + 0.12, "value", INK),
        (SLOPE + 0.03, "derivative of the loss", RUST),
    ):
        axes.text(place, 0.2, title, color=colour, weight="bold", fontsize=10)
    for k, value in enumerate(tape):
        if k % 2 == 0:
            axes.axhspan(tops[k], tops[k + 1], xmin=NUMBER / WIDTH - 0.04, color=PALE, alpha=0.5)
        made = _made(value, called, letters.get(value.time))
        _draw_line(axes, middles[value.time], k + 1, made, value, named=value.time in letters)
    readers = _readers(tape)
    for value in tape:
        for reader in readers[value.time]:
            _draw_arc(axes, middles[value.time], middles[reader], len(readers[value.time]) > 1)
    forks = [called[value.time] for value in tape if len(readers[value.time]) > 1]
    return figure, (
        f"a tape of {len(tape)} lines, loss {loss.data.item():.4f}; "
        f"read more than once: {', '.join(forks) or 'nothing'}"
    )


def _made(value: Value, called: Mapping[int, str], name: str | None) -> str:
    """Say how a value was made from those before it, by what these are called."""
    made = value.made.format(*(called[source.time] for source, _ in value.sources))
    words = made.replace("((", "(").replace("))", ")").replace("-", "\N{MINUS SIGN}")
    if not name:
        return words
    return f"{name} = {words}" if value.sources else name


def _draw_line(
    axes: Axes, level: float, number: int, made: str, value: Value, *, named: bool
) -> None:
    """Write a line of the tape: its number, how its value was made, the value, the derivative."""
    axes.text(NUMBER, level, str(number), ha="right", va="center", fontsize=8.5)
    axes.text(MADE, level, made, va="center", fontsize=9.5, weight="bold" if named else None)
    _write(axes, VALUE, level, value.data, INK)
    _write(axes, SLOPE, level, value.grad, RUST)


def _readers(tape: list[Value]) -> dict[int, list[int]]:
    """Return, by the time of each value, the times of those that read it, once for each read."""
    readers: dict[int, list[int]] = {value.time: [] for value in tape}
    for value in tape:
        for source, _ in value.sources:
            readers[source.time].append(value.time)
    return readers


def _write(axes: Axes, left: float, level: float, array: Array, colour: str) -> None:
    """Write an array, its rows below each other."""
    rows = np.atleast_2d(array)
    for i, j in np.ndindex(rows.shape):
        y = level + LINE * (i - (len(rows) - 1) / 2)
        number = f"{rows[i, j]:.3f}".replace("-", "\N{MINUS SIGN}") if rows[i, j] else "0"
        axes.text(
            left + 0.5 + 0.58 * j, y, number, color=colour, ha="right", va="center", fontsize=9
        )


def _draw_arc(axes: Axes, source: float, reader: float, fork: bool) -> None:
    """Draw an arc on the left from the line of a value to that of its reader."""
    bend = -min(0.45, 0.75 / (reader - source) ** 0.5)
    axes.add_patch(
        FancyArrowPatch(
            (0.95, source),
            (0.95, reader),
            connectionstyle=f"arc3,rad={-bend}",
            arrowstyle="-|>,head_width=1.6,head_length=3",
            shrinkA=0,
            shrinkB=0,
            color=BLUE if fork else GREY,
            linewidth=1.6 if fork else 0.8,
            linestyle="--" if fork else "-",
        )
    )
