"""What becomes of a network that learns by somebody else's gradient, right or wrong.

Whatever the gradient, everything around it is the same: the digits, the starting weights, the
order of the examples and the learning rate. So two runs with one seed differ by the gradient alone.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from backprop.arrays import Array, Labels, NotFiniteError
from backprop.datasets import load_digits
from backprop.layers import Linear, ReLU
from backprop.losses import softmax
from backprop.network import Network
from backprop.optimizers import SGD
from backprop.training import evaluate

# (X, y, W1, b1, W2, b2) -> (dW1, db1, dW2, db2), or a dict with these names
Gradients = Sequence[npt.ArrayLike] | Mapping[str, npt.ArrayLike]
Backward = Callable[[Array, Labels, Array, Array, Array, Array], Gradients]

UNITS = 32
EPOCHS = 5
BATCH = 32
LEARNING_RATE = 0.2
EVERY = 10  # steps between two looks at the whole training data


@dataclass
class Run:
    """What was seen on the way, one entry a look, and at the end.

    `right` counts held-out digits, of 500. A step that would have written NaN or infinity is
    refused and ends the run, `diverged`; the network keeps its last weights.
    """

    steps: list[int] = field(default_factory=list)
    loss: list[float] = field(default_factory=list)  # over all training examples
    shut: list[float] = field(default_factory=list)  # share of the gates, over the same
    dead: int = 0  # units shut for all of them, at the last look
    right: int = 0
    diverged: bool = False


def right_gradient(
    X: Array, y: Labels, W1: Array, b1: Array, W2: Array, b2: Array
) -> tuple[Array, ...]:
    """Return dW1, db1, dW2, db2 by the equations of the book, in as many lines as it takes."""
    Z1 = X @ W1 + b1
    A1 = np.maximum(0, Z1)
    dZ2 = (softmax(A1 @ W2 + b2) - np.eye(len(b2))[y]) / len(X)  # eq-dZ2
    dZ1 = dZ2 @ W2.T * (Z1 > 0)  # eq-relu-dZ
    return X.T @ dZ1, dZ1.sum(axis=0), A1.T @ dZ2, dZ2.sum(axis=0)


def fresh_network(rng: np.random.Generator) -> Network:
    """Return the network that every run starts from, 64 inputs, 32 units, 10 classes."""
    return Network([Linear(64, UNITS, rng=rng), ReLU(), Linear(UNITS, 10, rng=rng)])


def learn(backward: Backward = right_gradient, seed: int = 0) -> Run:
    """Train on the digits by the gradients that `backward` returns, and say what was seen.

    `backward` gets copies of the parameters: only the step that follows changes the network.
    """
    digits = load_digits()
    rng = np.random.default_rng(seed)
    network = fresh_network(rng)
    sgd = SGD(network, LEARNING_RATE)
    run = Run()
    try:
        for step, batch in enumerate(_batches(len(digits.X_train), rng)):
            if step % EVERY == 0:
                _look(run, step, network, digits.X_train, digits.y_train)
            with np.errstate(all="ignore"):  # what is not finite ends the run below
                gradients = backward(digits.X_train[batch], digits.y_train[batch], *copies(network))
            _put(network, gradients)
            sgd.step()
        _look(run, step + 1, network, digits.X_train, digits.y_train)
    except NotFiniteError:
        run.diverged = True
    run.right = int((network.predict(digits.X_test) == digits.y_test).sum())
    return run


def copies(network: Network) -> list[Array]:
    """Return copies of W1, b1, W2, b2."""
    return [array.copy() for array in network.parameters.values()]


def cosine(one: Sequence[npt.ArrayLike], other: Sequence[npt.ArrayLike]) -> float:
    """Return the cosine of the angle between two lists of gradients, each seen as one arrow."""
    u, v = (np.concatenate([np.ravel(array) for array in arrays]) for arrays in (one, other))
    length = float(np.linalg.norm(u) * np.linalg.norm(v))
    return float(u @ v) / length if length else 0.0


def _batches(examples: int, rng: np.random.Generator) -> Iterator[npt.NDArray[np.intp]]:
    """Give the mini-batches of all epochs, one after another."""
    for _ in range(EPOCHS):
        order = rng.permutation(examples)
        yield from (order[start : start + BATCH] for start in range(0, examples, BATCH))


def _put(network: Network, gradients: Gradients) -> None:
    """Store dW1, db1, dW2, db2 where a backward pass would have left them."""
    if isinstance(gradients, Mapping):
        gradients = [gradients[name] for name in ("dW1", "db1", "dW2", "db2")]
    hidden, _, output = network.layers
    hidden.dW, hidden.db, output.dW, output.db = map(np.asarray, gradients)


def _look(run: Run, step: int, network: Network, X: Array, y: Labels) -> None:
    loss, _ = evaluate(network, X, y)
    gate = network.layers[1].gate
    run.steps.append(step)
    run.loss.append(loss)
    run.shut.append(float(1 - gate.mean()))
    run.dead = int((~gate).all(axis=0).sum())
