"""The backward pass of a linear layer."""

from typing import Any

import numpy as np

from backprop.arrays import Array
from backprop.classroom.diagnose import diagnose_linear
from backprop.classroom.exercises.entry import Exercise
from backprop.layers import Linear


def _draw(rng: np.random.Generator) -> dict[str, Any]:
    """Draw dZ (4, 2), X (4, 3), W (3, 2)."""
    return {name: rng.standard_normal(shape) for name, shape in _SHAPES.items()}


_SHAPES = {"dZ": (4, 2), "X": (4, 3), "W": (3, 2)}


def _solve(dZ: Array, X: Array, W: Array) -> tuple[Array, Array, Array]:
    layer = Linear.from_arrays(W, np.zeros(W.shape[1]))
    layer.forward(X)
    dX = layer.backward(dZ)
    return dX, layer.dW, layer.db


LINEAR = (
    Exercise(
        name="linear_backward",
        sheet="linear-layer",
        points={"dX": 2, "dW": 2, "db": 2},
        draw=_draw,
        solve=_solve,
        diagnose=diagnose_linear,
    ),
)
