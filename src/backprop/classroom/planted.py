"""A backward pass with three mistakes of the catalogue planted in it, to be found by a reader.

A seed decides which three, and each stands in a line of its own. A line is judged by what it reads:
it is wrong if the right line would make something else of the same arrays, however wrong these may
be already.
"""

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from backprop.arrays import Array, Labels
from backprop.classroom.diagnosis.layout import written
from backprop.classroom.diagnosis.words import several
from backprop.classroom.mistakes import CATALOGUE
from backprop.classroom.mistakes.program import RIGHT, Line, Values, reads, run, setting
from backprop.layers import ReLU

LINES = ("dZ2", "dW2", "db2", "dA1", "dZ1", "dW1", "db1")
STEPS_IN = {line: (line,) for line in LINES} | {"dZ2": ("error", "dZ2"), "dZ1": ("slope", "dZ1")}
FORWARD = ("Z1", "A1", "Z2", "P")
PLANTED = 3
SIZES = (6, 3, 5, 4)  # N, D, H, C
NAMES = {"f": "relu", "f_slope": "relu_slope"}

# The mistakes that hide well: shapes fit, and the loss as a rule still falls.
KINDS = (
    ("sign-flipped", "dZ2"),
    ("mean-missing", "dZ2"),
    ("mean-over-everything", "dZ2"),
    ("slope-on-top-of-error", "dZ2"),
    ("pre-activation-in-dW2", "dW2"),
    ("mean-twice-on-weights", "dW2"),
    ("bias-averaged", "db2"),
    ("bias-of-last-example", "db2"),
    ("mean-not-carried-on", "dA1"),
    ("sign-flipped-in-hidden-layer", "dA1"),
    ("mask-missing", "dZ1"),
    ("mask-reversed", "dZ1"),
    ("activation-on-gradient", "dZ1"),
    ("mask-of-whole-unit", "dZ1"),
    ("value-for-slope", "dZ1"),
    ("weights-before-the-slope", "dW1"),
    ("mean-twice-on-weights", "dW1"),
    ("bias-before-the-slope", "db1"),
    ("bias-averaged", "db1"),
    ("bias-of-last-example", "db1"),
)


@dataclass(frozen=True, eq=False)
class Planted:
    """A backward pass in which some lines are wrong; `mistakes` holds their names, by line."""

    mistakes: Mapping[str, str]

    @property
    def lines(self) -> dict[str, list[Line]]:
        """The wrong lines, by the step of the program in which they stand."""
        return {
            step: [CATALOGUE[name].lines[step]]
            for line, name in self.mistakes.items()
            for step in STEPS_IN[line]
            if step in CATALOGUE[name].lines
        }

    def values(
        self, X: Array, y: Labels, W1: Array, b1: Array, W2: Array, b2: Array
    ) -> dict[str, Array]:
        """Return every array of a forward and backward pass, by name: X (N, D), y (N,), ..."""
        arrays: Values = {"X": X, "W1": W1, "b1": b1, "W2": W2, "b2": b2}
        found = run(setting(ReLU(), y, len(b2)) | arrays, self.lines)
        return {name: found[name] for name in ("X", "Y", "W2", *FORWARD, *LINES)}

    def backward(
        self, X: Array, y: Labels, W1: Array, b1: Array, W2: Array, b2: Array
    ) -> tuple[Array, ...]:
        """Return dW1, db1, dW2, db2, wrong as they are: X (N, D), y (N,), W1 (D, H), ..."""
        found = self.values(X, y, W1, b1, W2, b2)
        return tuple(found[name] for name in ("dW1", "db1", "dW2", "db2"))

    def found(self, *lines: str) -> str:
        """Say how many of the lines named are among the wrong ones, and not which."""
        unknown = [line for line in lines if line not in LINES]
        if unknown:
            raise ValueError(f"there is no line {unknown[0]!r}; there are {several(LINES)}")
        if len(set(lines)) != len(self.mistakes):
            return f"Name {len(self.mistakes)} different lines; you name {len(set(lines))}."
        good = len(set(lines) & set(self.mistakes))
        return f"{good} of the {len(self.mistakes)} lines that you name are wrong lines."

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        return {"text/markdown": f"```python\n{self!r}\n```", "text/plain": repr(self)}

    def __repr__(self) -> str:
        steps = (*FORWARD, *LINES)
        body = "".join(f"    {step} = {self._text(step)}\n" for step in steps)
        return (
            "def backward(X, y, W1, b1, W2, b2):\n"
            "    N, C, Y = len(X), len(b2), np.eye(len(b2))[y]\n"
            f"{body}    return dW1, db1, dW2, db2"
        )

    def _text(self, name: str) -> str:
        """Return the right-hand side of a line, steps that have no line of their own inside."""
        tree = ast.parse(self._step(name), mode="eval").body
        return ast.unparse(_Inside(self).visit(tree))

    def _step(self, step: str) -> str:
        """Return a step as source; what comes on top of the right line is put around it."""
        right = written(RIGHT[step], "rows", NAMES)
        if step not in self.lines:
            return right
        (line,) = self.lines[step]
        wrong = written(line, "rows", NAMES)
        if step not in reads(line):
            return wrong
        return ast.unparse(_Named(step, right).visit(ast.parse(wrong, mode="eval").body))


class _Named(ast.NodeTransformer):
    """Put an expression in the place of a name."""

    def __init__(self, name: str, source: str) -> None:
        self.name, self.tree = name, ast.parse(source, mode="eval").body

    def visit_Name(self, node: ast.Name) -> ast.AST:
        return self.tree if node.id == self.name else node


class _Inside(ast.NodeTransformer):
    """Put the expressions for `error` and `slope` in the place of their names."""

    def __init__(self, planted: Planted) -> None:
        self.planted = planted

    def visit_Name(self, node: ast.Name) -> ast.AST:
        if node.id not in ("error", "slope"):
            return node
        return ast.parse(self.planted._step(node.id), mode="eval").body


def batch(rng: np.random.Generator, sizes: Sequence[int] = SIZES) -> tuple[Any, ...]:
    """Draw X (N, D), y (N,), W1 (D, H), b1 (H,), W2 (H, C), b2 (C,)."""
    N, D, H, C = sizes
    W1, b1, W2, b2 = (rng.standard_normal(shape) for shape in ((D, H), H, (H, C), C))
    return rng.standard_normal((N, D)), rng.integers(0, C, N), W1, b1, W2, b2


def plant(seed: int) -> Planted:
    """Return a backward pass with three mistakes, drawn from a seed; each of them shows."""
    return drawn(np.random.default_rng(seed))


def drawn(rng: np.random.Generator) -> Planted:
    """Draw three mistakes in three lines, until each of the three makes a difference."""
    while True:
        kinds = [KINDS[k] for k in rng.permutation(len(KINDS))[:PLANTED]]
        planted = Planted({line: name for name, line in kinds})
        shown = wrong_in(planted.values(*batch(np.random.default_rng(0))))
        if len(planted.mistakes) == PLANTED and shown == set(planted.mistakes):
            return planted


def wrong_in(values: Mapping[str, Array]) -> set[str]:
    """Return the names of the lines that make of what they read what the right line would not."""
    given = dict(values) | {"N": len(values["X"])} | setting_of_slope()
    wrong = set()
    for line in LINES:
        known = given.copy()
        for step in STEPS_IN[line]:
            known[step] = RIGHT[step](*(known[name] for name in reads(RIGHT[step])))
        if not np.allclose(known[line], values[line]):
            wrong.add(line)
    return wrong


def setting_of_slope() -> Values:
    """Return the slope function that the line for dZ1 reads."""
    return {"f_slope": setting(ReLU(), np.zeros(1, int), 1)["f_slope"]}
