"""The worked example: the numbers that the book computes on paper, and what others made of them.

Two examples, two inputs, three hidden units, two classes. Each unit but the first has its gate
shut for one of the examples, and none has it shut for both. PyTorch, JAX and scikit-learn were
asked once for the gradients, by tests/oracle/make_oracle.py; their answers are stored with the
package.
"""

import json
from importlib.resources import files
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from backprop.arrays import Array, Labels
from backprop.layers import Linear, ReLU
from backprop.losses import SoftmaxCrossEntropy
from backprop.network import Network
from backprop.optimizers import SGD

LEARNING_RATE = 0.5
STORED = files("backprop") / "data" / "worked-example.json"


class Example(NamedTuple):
    """A batch and the parameters of a network, under the book's letters."""

    X: Array
    y: Labels
    W1: Array
    b1: Array
    W2: Array
    b2: Array


def worked_example() -> Example:
    """Return the batch X (2, 2), y (2,) and the parameters, as new arrays at every call."""
    return Example(
        X=np.array([[1.0, -2.0], [-1.0, -1.5]]),
        y=np.array([0, 1]),
        W1=np.array([[0.3, -0.7, 0.5], [-0.4, 0.2, -0.3]]),
        b1=np.array([0.1, 0.6, -0.2]),
        W2=np.array([[0.7, -0.2], [-0.5, 0.8], [0.6, 0.4]]),
        b2=np.array([-0.1, 0.3]),
    )


def stored_answers(about: str) -> dict[str, Any]:
    """Return what other libraries answered, all in float64, arrays as arrays.

    "gradients": "PyTorch" and "JAX", each with `version`, `loss`, the arrays `dX`, `dW1`, `db1`,
    `dW2`, `db2`, and `loss_after`, the loss after one step of gradient descent with LEARNING_RATE.
    "one output": the same from scikit-learn, whose networks have one output for two classes; no
    `dX`. "slope at 0": that of each way to write ReLU. "cross-entropy": `loss` and `dZ` of each
    way to call it on the batch. "programs": the SHA-256 of each program that asked.
    """
    stored = json.loads(STORED.read_text(encoding="utf-8"))
    if about not in stored:
        raise ValueError(f"about is {about!r}; one of {', '.join(map(repr, stored))} is wanted")
    return _with_arrays(stored[about])


def stored_gradients() -> dict[str, dict[str, Any]]:
    """Return what "PyTorch" and "JAX" found for the batch: stored_answers("gradients")."""
    return stored_answers("gradients")


def _with_arrays(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _with_arrays(part) for name, part in value.items()}
    return np.array(value) if isinstance(value, list) else value


def every_array() -> dict[str, npt.NDArray[Any]]:
    """Return every array of one step on the batch, by its name, as step_arrays does."""
    return step_arrays(*worked_example(), LEARNING_RATE)


def step_arrays(
    X: Array, y: Labels, W1: Array, b1: Array, W2: Array, b2: Array, learning_rate: float
) -> dict[str, npt.NDArray[Any]]:
    """Return every array of one step of gradient descent, by its name: "X" to "dW1" and "new W1".

    "losses" holds the loss of each example, and "G" the gates, as 0 and 1.
    """
    hidden, gate, output = Linear.from_arrays(W1, b1), ReLU(), Linear.from_arrays(W2, b2)
    network, loss = Network([hidden, gate, output]), SoftmaxCrossEntropy()
    arrays = {"X": X, "y": y, **{name: V.copy() for name, V in network.parameters.items()}}

    arrays["Z1"] = hidden.forward(X).round(12) + 0.0  # or rounding would open a gate that is at 0
    arrays["A1"] = gate.forward(arrays["Z1"])
    arrays["Z2"] = output.forward(arrays["A1"])
    arrays["L"] = np.array(loss.forward(arrays["Z2"], y))
    arrays |= {"G": gate.gate.astype(int), "P": loss.P}
    arrays["losses"] = -np.log(loss.P[np.arange(len(y)), y])

    arrays["dZ2"] = loss.backward()
    arrays["dA1"] = output.backward(arrays["dZ2"])
    arrays["dZ1"] = gate.backward(arrays["dA1"])
    hidden.backward(arrays["dZ1"])
    arrays |= network.gradients

    SGD(network, learning_rate).step()
    arrays |= {f"new {name}": V for name, V in network.parameters.items()}
    return arrays | {"new L": np.array(loss.forward(network.forward(X), y))}
