"""The asker's network as a program of named lines, forward and backward, and how one is swapped.

Each line is a function whose parameters are the names of what it reads, so that a wrong line can
stand in the place of the right one. A line that reads its own name comes on top of it, as in
`dW2 = dW2 / N`. Rows are examples. The test of this module holds the program against `Network`.
"""

import ast
import copy
import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache, partial
from itertools import islice
from typing import Any

import numpy as np

from backprop.arrays import Array, Labels
from backprop.layers import Layer, ReLU
from backprop.losses import softmax

Line = Callable[..., Any]
Values = dict[str, Any]

PARTS = ("dW1", "db1", "dW2", "db2")

RIGHT: dict[str, Line] = {
    "Z1": lambda X, W1, b1: X @ W1 + b1,
    "A1": lambda f, Z1: f(Z1),
    "Z2": lambda A1, W2, b2: A1 @ W2 + b2,
    "P": lambda Z2: softmax(Z2),
    "error": lambda P, Y: P - Y,
    "dZ2": lambda error, N: error / N,
    "dW2": lambda A1, dZ2: A1.T @ dZ2,
    "db2": lambda dZ2: dZ2.sum(axis=0),
    "decay2": lambda weight_decay, W2: weight_decay * W2,
    "dA1": lambda dZ2, W2: dZ2 @ W2.T,
    "slope": lambda f_slope, Z1: f_slope(Z1),
    "dZ1": lambda dA1, slope: dA1 * slope,
    "dW1": lambda X, dZ1: X.T @ dZ1,
    "db1": lambda dZ1: dZ1.sum(axis=0),
    "decay1": lambda weight_decay, W1: weight_decay * W1,
    "answer": lambda dW1, decay1, db1, dW2, decay2, db2: (dW1 + decay1, db1, dW2 + decay2, db2),
}
STEPS = tuple(RIGHT)
PLACES = {step: place for place, step in enumerate(STEPS)}


@cache
def reads(line: Line) -> tuple[str, ...]:
    """Return the names of the values that a line reads: its parameters."""
    return tuple(inspect.signature(line).parameters)


def setting(
    activation: Layer,
    y: Labels,
    classes: int,
    *,
    weight_decay: float = 0.0,
    learning_rate: float = 0.1,
    at_zero: float | None = None,
) -> Values:
    """Return what every line may read besides arrays: sizes, labels as rows, the activation.

    `at_zero` is the slope that stands at a kink, where it is a convention; None takes the
    package's. `y` (N,) holds the labels, from 0 to classes - 1.
    """
    return {
        "y": y,
        "Y": np.eye(classes)[y],
        "N": len(y),
        "C": classes,
        "f": copy.copy(activation).forward,
        **at_kink(activation, at_zero),
        "alpha": getattr(activation, "slope", 0.0),
        "weight_decay": weight_decay,
        "learning_rate": learning_rate,
    }


def at_kink(activation: Layer, at_zero: float | None = None) -> Values:
    """Return the functions that take a side at the kink: the slopes, and which gates are open."""
    return {
        "f_slope": partial(slope_of, copy.copy(activation), at_zero=at_zero),
        "relu_slope": partial(slope_of, ReLU(), at_zero=at_zero),
        "is_open": np.greater_equal if at_zero == 1 else np.greater,
    }


def slope_of(layer: Layer, Z: Array, at_zero: float | None = None) -> Array:
    """Return the slope of an activation at each entry of Z, the shape unchanged."""
    layer.forward(Z)
    slope = layer.backward(np.ones_like(Z))
    if at_zero is not None and hasattr(layer, "gate"):
        slope = np.where(Z == 0, at_zero, slope)
    return slope


def run(
    given: Values,
    changed: Mapping[str, Sequence[Line]] | None = None,
    known: Values | None = None,
    new: Iterable[str] = STEPS,
) -> Values:
    """Run the program on `given` and return every value by its name.

    Steps that are given are not computed, nor those for which something is not there, so that a
    part of the program runs on what that part needs. `changed` holds, for a step, the lines that
    take its place or come on top. Whatever a wrong line raises is raised. `known` are the values
    of a run that was the same but for the steps in `new`; what does not hang on these is kept.
    """
    changed, values, stale = changed or {}, dict(known or {}) | given, set(new)
    first = min(PLACES[step] for step in stale)  # what comes before hangs on nothing new
    for step, right in islice(RIGHT.items(), first, None):
        if step in given or not (step in stale or _hangs_on(stale, right, changed.get(step, ()))):
            continue
        stale.add(step)
        values.pop(step, None)
        for line in _ordered(step, right, changed[step]) if step in changed else (right,):
            try:
                arguments = [values[name] for name in reads(line)]
            except KeyError:
                continue
            values[step] = line(*arguments)
    return values


def _hangs_on(stale: set[str], right: Line, lines: Sequence[Line]) -> bool:
    """Say whether a line reads something that is not up to date."""
    if not stale.isdisjoint(reads(right)):
        return True
    return bool(lines) and not all(stale.isdisjoint(reads(line)) for line in lines)


def _ordered(step: str, right: Line, lines: Sequence[Line]) -> list[Line]:
    """Return what runs in a step: the line in the right one's place, and those on top."""
    instead = [line for line in lines if step not in reads(line)] or [right]
    return instead[:1] + [line for line in lines if step in reads(line)]


@cache
def text(line: Line) -> str:
    """Return the source of a line's right-hand side, as it stands in the file."""
    code = line.__code__
    for node in _lambdas(code.co_filename):
        arguments = tuple(argument.arg for argument in node.args.args)
        if node.lineno == code.co_firstlineno and arguments == reads(line):
            return ast.unparse(node.body)
    raise ValueError(f"{line!r} is no lambda that can be read in {code.co_filename}")


@cache
def _lambdas(path: str) -> list[ast.Lambda]:
    with open(path, encoding="utf-8") as file:
        tree = ast.parse(file.read())
    return [node for node in ast.walk(tree) if isinstance(node, ast.Lambda)]
