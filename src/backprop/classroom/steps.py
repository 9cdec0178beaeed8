"""One example learns, a computation at a time: forward, backward, update, with every number.

What a step says is computed by the layers of the package, for any small network with one hidden
layer of ReLU; nothing is typed in.
"""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np

from backprop.arrays import Array, Labels, as_floats, require_shape
from backprop.classroom.example import step_arrays

Place = tuple[int, int, str]  # column, row and letter of a number in the diagram
Edge = tuple[int, int, int]  # which weight matrix, and the row and column of the entry
MINUS = "\N{MINUS SIGN}"
VECTORS = {"x": "X", "z1": "Z1", "a": "A1", "gate": "G", "z2": "Z2", "p": "P"}
VECTORS |= {"dz2": "dZ2", "da": "dA1", "dz1": "dZ1"}


class Parameters(NamedTuple):
    """The weights and biases of a network with one hidden layer."""

    W1: Array
    b1: Array
    W2: Array
    b2: Array


class Step(NamedTuple):
    """One computation: what it finds, by which equation, from which numbers, and what it touches.

    `writes` says which number then stands at which place, `edges` along which edges it goes, each
    with the number that is written on it.
    """

    phase: str
    what: str
    equation: str
    lines: list[str]
    writes: Mapping[Place, float]
    edges: Mapping[Edge, float]


def learning_steps(X: Array, y: Labels, parameters: Parameters, learning_rate: float) -> list[Step]:
    """Return all computations of one step of gradient descent on one example, X (1, D), y (1,)."""
    require_shape("X", as_floats("X", X), (1, "D"), "one example learns")
    arrays = _arrays(X, y, parameters, learning_rate)
    return [*_forward(arrays), *_backward(arrays), *_update(arrays, learning_rate)]


def number(value: float) -> str:
    """Write a number with at most four decimals and a true minus sign."""
    text = f"{value:.4f}".rstrip("0").rstrip(".")
    return (text.removeprefix("-") if text == "-0" else text).replace("-", MINUS)


def _arrays(X: Array, y: Labels, parameters: Parameters, rate: float) -> dict[str, Array]:
    """Return every array of the step by its name, those of the one example as vectors."""
    arrays = step_arrays(X, y, *parameters, rate)
    return arrays | {vector: arrays[name][0] for vector, name in VECTORS.items()}


def _forward(of: dict[str, Array]) -> Iterator[Step]:
    """Give what is computed from the inputs to the loss."""
    for j, z in enumerate(of["z1"]):
        line = f"{_terms(of['x'], of['W1'][:, j])} + {_signed(of['b1'][j])} = {number(z)}"
        edges = {(0, i, j): w for i, w in enumerate(of["W1"][:, j])}
        equation = "$Z_1 = X W_1 + b_1$"
        yield Step("forward", f"z of unit {j + 1}", equation, [line], {(1, j, "z"): z}, edges)
    lines = [f"max(0, {number(z)}) = {number(a)}" for z, a in zip(of["z1"], of["a"], strict=True)]
    yield Step("forward", "a of the units", r"$A_1 = \max(0, Z_1)$", lines, _all(1, "a", of), {})
    for k, z in enumerate(of["z2"]):
        line = f"{_terms(of['a'], of['W2'][:, k])} + {_signed(of['b2'][k])} = {number(z)}"
        edges = {(1, j, k): w for j, w in enumerate(of["W2"][:, k])}
        equation = "$Z_2 = A_1 W_2 + b_2$"
        yield Step("forward", f"z of class {k}", equation, [line], {(2, k, "z"): z}, edges)
    equation, lines = r"$P = \mathrm{softmax}(Z_2)$", [_list(of["p"])]
    yield Step("forward", "p of the classes", equation, lines, _all(2, "p", of), {})
    p = of["p"][of["y"][0]]
    line = f"{MINUS}log {number(p)} = {number(of['L'].item())}"
    yield Step("forward", "loss", r"$L = -\,\log\, p_y$", [line], {(2, of["y"][0], "p"): p}, {})


def _backward(of: dict[str, Array]) -> Iterator[Step]:
    """Give what is computed from the loss back to the first weights."""
    Y = np.eye(len(of["p"]), dtype=int)[of["y"][0]]
    lines = [
        f"{number(p)} {MINUS} {one} = {number(dz)}"
        for p, one, dz in zip(of["p"], Y, of["dz2"], strict=True)
    ]
    writes = {(2, k, "dz"): dz for k, dz in enumerate(of["dz2"])}
    yield Step("backward", "dz of the classes", "$dZ_2 = P - Y$", lines, writes, {})
    for j, a in enumerate(of["a"]):
        what, equation = f"dW, unit {j + 1} to the classes", r"$dW_2 = A_1^\top\, dZ_2$"
        lines = [f"{number(a)}·{_signed(dz)} = {number(a * dz)}" for dz in of["dz2"]]
        edges = {(1, j, k): dw for k, dw in enumerate(of["dW2"][j])}
        yield Step("backward", what, equation, lines, {}, edges)
    yield Step("backward", "db of the classes", "$db_2 = dZ_2$", [_list(of["dz2"])], writes, {})
    for j, da in enumerate(of["da"]):
        line = f"{_terms(of['dz2'], of['W2'][j])} = {number(da)}"
        edges = {(1, j, k): w for k, w in enumerate(of["W2"][j])}
        equation = r"$dA_1 = dZ_2\, W_2^\top$"
        yield Step("backward", f"da of unit {j + 1}", equation, [line], {(1, j, "da"): da}, edges)
    lines = [
        f"{number(da)}·{int(gate)} = {number(dz)}"
        for da, gate, dz in zip(of["da"], of["gate"], of["dz1"], strict=True)
    ]
    writes = {(1, j, "dz"): dz for j, dz in enumerate(of["dz1"])}
    equation = r"$dZ_1 = dA_1 \odot [Z_1 > 0]$"
    yield Step("backward", "dz of the units", equation, lines, writes, {})
    for j, dz in enumerate(of["dz1"]):
        what, equation = f"dW, inputs to unit {j + 1}", r"$dW_1 = X^\top\, dZ_1$"
        lines = [f"{number(x)}·{_signed(dz)} = {number(x * dz)}" for x in of["x"]]
        edges = {(0, i, j): dw for i, dw in enumerate(of["dW1"][:, j])}
        yield Step("backward", what, equation, lines, {}, edges)
    yield Step("backward", "db of the units", "$db_1 = dZ_1$", [_list(of["dz1"])], writes, {})


def _update(of: dict[str, Array], rate: float) -> Iterator[Step]:
    """Give the steps of the parameters, and what they did to the loss."""
    for layer, name in enumerate(("W1", "W2")):
        old, slope, new = of[name][0, 0], of[f"d{name}"][0, 0], of[f"new {name}"]
        line = f"{number(old)} {MINUS} {number(rate)}·{_signed(slope)} = {number(new[0, 0])}"
        letter = f"W_{name[1]}"
        equation = rf"${letter} \leftarrow {letter} - \eta\, d{letter}$"
        lines = [line, "and so for the others"]
        yield Step("update", f"new {name}", equation, lines, {}, dict(_edges(layer, new)))
    for column, name in enumerate(("b1", "b2"), start=1):
        letter = f"b_{name[1]}"
        equation = rf"${letter} \leftarrow {letter} - \eta\, d{letter}$"
        new = of[f"new {name}"]
        writes = {(column, j, "b"): b for j, b in enumerate(new)}
        yield Step("update", f"new {name}", equation, [_list(new)], writes, {})
    line = f"{number(of['L'].item())} before, {number(of['new L'].item())} now"
    yield Step("update", "loss", r"$L = -\,\log\, p_y$, forward again", [line], {}, {})


def _all(column: int, letter: str, of: dict[str, Array]) -> dict[Place, float]:
    return {(column, row, letter): value for row, value in enumerate(of[letter])}


def _edges(layer: int, matrix: Array) -> Iterator[tuple[Edge, Any]]:
    for (row, column), value in np.ndenumerate(matrix):
        yield (layer, row, column), value


def _terms(these: Array, those: Array) -> str:
    """Write a sum of products."""
    pairs = zip(these, those, strict=True)
    return " + ".join(f"{_signed(one)}·{_signed(other)}" for one, other in pairs)


def _signed(value: float) -> str:
    """Write a number, in brackets if it is negative."""
    return f"({number(value)})" if value < 0 else number(value)


def _list(values: Array) -> str:
    return ", ".join(map(number, values))
