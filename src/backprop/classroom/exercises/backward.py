"""The way back: a linear layer, ReLU and its leaky relative, and the whole of the network."""

from functools import partial

import numpy as np

from backprop.arrays import Array, Labels
from backprop.classroom.diagnose import diagnose, diagnose_linear, diagnose_relu
from backprop.classroom.exercises.entry import Exercise, Question, sizes
from backprop.layers import Layer, LeakyReLU, Linear, ReLU
from backprop.losses import SoftmaxCrossEntropy
from backprop.network import Network

LEAKY = LeakyReLU(0.1)


def _layer(rng: np.random.Generator, k: int) -> Question:
    """Draw dZ (N, H), X (N, D), W (D, H)."""
    N, D, H = sizes(rng, 3, k)
    shapes = {"dZ": (N, H), "X": (N, D), "W": (D, H)}
    return {name: rng.standard_normal(shape) for name, shape in shapes.items()}


def _gates(rng: np.random.Generator, k: int) -> Question:
    """Draw dA and Z, both (N, H)."""
    shape = sizes(rng, 2, k)
    return {name: rng.standard_normal(shape) for name in ("dA", "Z")}


def _network(rng: np.random.Generator, k: int) -> Question:
    """Draw X (N, D), y (N,), W1 (D, H), b1 (H,), W2 (H, C), b2 (C,)."""
    N, D, H, C = sizes(rng, 4, k)
    shapes = {"W1": (D, H), "b1": (H,), "W2": (H, C), "b2": (C,)}
    return {
        "X": rng.standard_normal((N, D)),
        "y": rng.integers(0, C, N),
        **{name: rng.standard_normal(shape) for name, shape in shapes.items()},
    }


def _linear(dZ: Array, X: Array, W: Array) -> tuple[Array, Array, Array]:
    layer = Linear.from_arrays(W, np.zeros(W.shape[1]))
    layer.forward(X)
    dX = layer.backward(dZ)
    return dX, layer.dW, layer.db


def _through(layer: Layer, dA: Array, Z: Array) -> Array:
    layer.forward(Z)
    return layer.backward(dA)


def _backward(X: Array, y: Labels, W1: Array, b1: Array, W2: Array, b2: Array) -> dict[str, Array]:
    network = Network([Linear.from_arrays(W1, b1), ReLU(), Linear.from_arrays(W2, b2)])
    loss = SoftmaxCrossEntropy()
    loss.forward(network.forward(X), y)
    network.backward(loss.backward())
    return network.gradients


BACKWARD = (
    Exercise(
        name="linear_backward",
        sheet="linear-layer",
        points={"dX": 2, "dW": 2, "db": 2},
        draw=_layer,
        solve=_linear,
        diagnose=diagnose_linear,
    ),
    Exercise(
        name="relu_backward",
        sheet="relu-gate",
        points={"dZ": 3},
        draw=_gates,
        solve=partial(_through, ReLU()),
        diagnose=diagnose_relu,
    ),
    Exercise(
        name="leaky_relu_backward",
        sheet="relu-gate",
        points={"dZ": 2},
        draw=_gates,
        solve=partial(_through, LEAKY),
        diagnose=partial(diagnose_relu, activation=LEAKY),
    ),
    Exercise(
        name="backward",
        sheet="whole-backward-pass",
        points={"dW1": 3, "db1": 2, "dW2": 3, "db2": 2},
        draw=_network,
        solve=_backward,
        diagnose=diagnose,
    ),
)
