"""A network while one example learns: what is computed now, and what has been computed before."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch

from backprop.arrays import Array, Labels
from backprop.classroom.display import picture
from backprop.classroom.figures.diagrams import label_place
from backprop.classroom.steps import Parameters, Place, Step, learning_steps, number
from backprop.classroom.style import BLUE, GREEN, GREY, INK, NARROW, PALE, RUST

LETTERS = (("x",), ("b", "z", "a", "da", "dz"), ("b", "z", "p", "dz"))  # in each column, downwards
COLOURS = {"forward": BLUE, "backward": RUST, "update": GREEN}
BOX, LINE, ROW = 0.88, 0.165, 1.14  # inches
INPUT = 0.5  # the width of an input's box, which holds one number
GAP = (NARROW - 0.06 - INPUT - 2 * BOX) / 2  # between two columns


@picture
def one_step(
    X: Array, y: Labels, parameters: Parameters, learning_rate: float, place: int
) -> tuple[Figure, str, dict[str, str]]:
    """Draw the network at one of the computations by which it learns from one example X (1, D).

    What was computed before stands in its box; what is computed now is in colour, with the edges
    that it goes along. Each parameter that has not been updated yet is the old one.
    """
    steps = learning_steps(X, y, parameters, learning_rate)
    if place not in range(1, len(steps) + 1):
        raise ValueError(f"the step is {place}; one from 1 to {len(steps)} is wanted")
    now = steps[place - 1]
    rows = len(parameters.W1), *parameters.W2.shape
    height = 0.4 + ROW * max(rows) + 1.15
    figure = Figure(figsize=(NARROW, height), layout="none")
    axes = figure.add_axes((0, 0, 1, 1), xlim=(0, NARROW), ylim=(height, 0))
    axes.set_axis_off()
    colour = COLOURS[now.phase]
    axes.text(0.05, 0.18, now.phase.capitalize(), color=colour, weight="bold", va="center")
    counted = f"step {place} of {len(steps)}"
    axes.text(NARROW - 0.05, 0.18, counted, ha="right", va="center", fontsize=10)

    written = _given(X, parameters)
    for step in steps[:place]:
        written |= step.writes
    _draw_network(axes, rows, written, now)
    _draw_equation(axes, height - 1.1, now)
    lines = "; ".join(now.lines)
    words = f"{now.phase.capitalize()}, {now.what}: {lines}."
    return figure, words, {"phase": now.phase, "what": now.what, "computed": lines}


def _middles(rows: Sequence[int]) -> list[list[tuple[float, float]]]:
    """Return the middle of each box, column by column."""
    lefts = (0.03, 0.03 + INPUT + GAP, NARROW - 0.03 - BOX)
    return [
        [
            (left + _wide(column) / 2, 0.4 + ROW * (row + 0.5 + (max(rows) - size) / 2))
            for row in range(size)
        ]
        for column, (left, size) in enumerate(zip(lefts, rows, strict=True))
    ]


def _wide(column: int) -> float:
    return BOX if column else INPUT


def _given(X: Array, parameters: Parameters) -> dict[Place, float]:
    """Return what is known before anything is computed."""
    biases = enumerate((parameters.b1, parameters.b2), start=1)
    given: dict[Place, float] = {(0, i, "x"): x for i, x in enumerate(X[0])}
    return given | {(column, j, "b"): b for column, bias in biases for j, b in enumerate(bias)}


def _draw_network(
    axes: Axes, rows: Sequence[int], written: Mapping[Place, float], now: Step
) -> None:
    """Draw every edge, and then every box, so many in each column."""
    middles = _middles(rows)
    for layer, sizes in enumerate(pairwise(rows)):
        for i, j in np.ndindex(sizes):
            (x0, y0), (x1, y1) = middles[layer][i], middles[layer + 1][j]
            ends = (x0 + _wide(layer) / 2, y0), (x1 - BOX / 2, y1)
            _draw_edge(axes, ends, label_place(*sizes), now.edges.get((layer, i, j)), now.phase)
    for column, nodes in enumerate(middles):
        for row, middle in enumerate(nodes):
            _draw_box(axes, middle, (column, row), written, now)


def _draw_box(
    axes: Axes,
    middle: tuple[float, float],
    node: tuple[int, int],
    written: Mapping[Place, float],
    now: Step,
) -> None:
    """Draw an input, unit or class, with the numbers that are known of it."""
    (x, y), letters, wide = middle, LETTERS[node[0]], _wide(node[0])
    left, right, high = x - wide / 2, x + wide / 2, LINE * len(letters) + 0.1
    shut = written.get((*node, "z"), 1) <= 0 and (*node, "a") in written
    look: dict[str, Any] = {"facecolor": PALE, "edgecolor": GREY, "linestyle": "--"} if shut else {}
    style = {"facecolor": "white", "edgecolor": GREY, "linewidth": 1} | look
    shape = "round,pad=0,rounding_size=0.06"
    axes.add_patch(FancyBboxPatch((left, y - high / 2), wide, high, boxstyle=shape, **style))
    name = ("input {}", "unit {}", "class {}")[node[0]].format(node[1] + (node[0] < 2))
    axes.text(x, y - high / 2 - 0.03, f"{name}, shut" if shut else name, ha="center", fontsize=8.5)
    for line, letter in enumerate(letters):
        place, level = (*node, letter), y + LINE * (line - (len(letters) - 1) / 2)
        look = {"fontsize": 9, "va": "center"}
        if place in now.writes:
            look |= {"color": COLOURS[now.phase]}
            frame = {"facecolor": "none", "edgecolor": COLOURS[now.phase], "linewidth": 1.2}
            corner = (left + 0.03, level - LINE / 2)
            axes.add_patch(FancyBboxPatch(corner, wide - 0.06, LINE, boxstyle=shape, **frame))
        if place in written:
            axes.text(left + 0.06, level, letter, **look)
            axes.text(right - 0.06, level, number(written[place]), ha="right", **look)


def _draw_edge(
    axes: Axes,
    ends: tuple[tuple[float, float], tuple[float, float]],
    along: float,
    value: float | None,
    phase: str,
) -> None:
    """Draw an edge; if something goes along it now, as an arrow with the number that counts."""
    (x0, y0), (x1, y1) = ends
    if value is None:
        axes.plot([x0, x1], [y0, y1], color=PALE, linewidth=1, zorder=0)
        return
    tail, head = reversed(ends) if phase == "backward" else ends
    style = {"backward": "--", "update": ":"}.get(phase, "-")
    arrow = {"arrowstyle": "-|>", "color": COLOURS[phase], "linewidth": 1.6, "linestyle": style}
    arrow |= {"shrinkA": 0, "shrinkB": 0, "mutation_scale": 8}
    axes.annotate("", head, tail, arrowprops=arrow)
    paper = {"facecolor": "white", "edgecolor": "none", "pad": 1.2}
    look = {"color": COLOURS[phase], "fontsize": 8.5, "ha": "center", "va": "center"}
    x, y = x0 + along * (x1 - x0), y0 + along * (y1 - y0)
    axes.text(x, y, number(value), bbox=paper, zorder=4, **look)


def _draw_equation(axes: Axes, top: float, now: Step) -> None:
    """Write the equation of a step, and below it the same with its numbers."""
    band = {
        "facecolor": PALE,
        "edgecolor": "none",
        "alpha": 0.6,
        "boxstyle": "round,pad=0,rounding_size=0.06",
    }
    axes.add_patch(FancyBboxPatch((0.03, top), NARROW - 0.06, 1.07, **band))
    axes.text(0.12, top + 0.17, now.what, va="center", weight="bold", fontsize=10)
    axes.text(NARROW - 0.12, top + 0.17, now.equation, va="center", ha="right", fontsize=11)
    for k, line in enumerate(now.lines):
        axes.text(0.12, top + 0.43 + 0.22 * k, line, va="center", fontsize=9, color=INK)
