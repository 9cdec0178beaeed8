"""One training step, by this package and by what a reader might use instead.

Each function takes the starting weights and biases and one batch, and returns a `Step`: `run()`
takes one step of plain gradient descent on the mean cross-entropy, `parameters()` returns W1, b1,
W2, b2, ... as NumPy arrays. All of them compute the same numbers, which a test checks. `products`
alone computes nothing: it is the step's matrix products and no more, the limit for NumPy.
"""

from collections.abc import Callable
from itertools import chain
from typing import NamedTuple

import numpy as np

from backprop import SGD, Linear, Network, ReLU, SoftmaxCrossEntropy

RATE = 0.1


class Step(NamedTuple):
    """How to take a step, and how to see what it did."""

    run: Callable[[], object]
    parameters: Callable[[], list[np.ndarray]]


def this_package(weights, biases, X, y):
    """As `train` of this package does it."""
    layers = chain.from_iterable(
        (Linear.from_arrays(W, b), ReLU()) for W, b in zip(weights, biases, strict=True)
    )
    network, loss = Network(list(layers)[:-1]), SoftmaxCrossEntropy()
    optimizer = SGD(network, RATE)

    def run():
        loss.forward(network.forward(X), y)
        network.backward(loss.backward(), inputs=False)
        optimizer.step()

    return Step(run, lambda: list(network.parameters.values()))


def products(weights, biases, X, y):
    """Only the matrix products, each into an array that is there already; X has no gradient."""
    shapes = [(len(X), X.shape[1]), *((len(X), W.shape[1]) for W in weights)]
    A, dA = ([np.ones(shape, X.dtype) for shape in shapes] for _ in range(2))
    dW = [np.empty_like(W) for W in weights]

    def run():
        for i, W in enumerate(weights):
            np.matmul(A[i], W, out=A[i + 1])
        for i, W in reversed(list(enumerate(weights))):
            np.matmul(A[i].T, dA[i + 1], out=dW[i])
            if i:
                np.matmul(dA[i + 1], W.T, out=dA[i])

    return Step(run, list)


def textbook(weights, biases, X, y):
    """NumPy as a textbook writes it, without classes, checks or tricks."""
    weights, biases = [W.copy() for W in weights], [b.copy() for b in biases]
    rows, last = np.arange(len(X)), len(weights) - 1

    def run():
        A = [X]
        for i, (W, b) in enumerate(zip(weights, biases, strict=True)):
            Z = A[i] @ W + b
            A.append(np.maximum(Z, 0) if i < last else Z)
        P = np.exp(A[-1] - A[-1].max(axis=1, keepdims=True))
        P /= P.sum(axis=1, keepdims=True)
        loss = -np.log(P[rows, y]).mean()
        P[rows, y] -= 1
        dZ = P / len(X)
        for i in range(last, -1, -1):
            dW, db = A[i].T @ dZ, dZ.sum(axis=0)
            if i:
                dZ = dZ @ weights[i].T
                dZ[A[i] <= 0] = 0
            weights[i] -= RATE * dW
            biases[i] -= RATE * db
        return loss

    return Step(run, lambda: list(chain.from_iterable(zip(weights, biases, strict=True))))


def pytorch(weights, biases, X, y):
    """PyTorch without a compiler, as its own tutorial writes it."""
    import torch

    torch.set_num_threads(1)
    layers = []
    for W, b in zip(weights, biases, strict=True):
        linear = torch.nn.Linear(*W.shape)
        linear.weight = torch.nn.Parameter(torch.tensor(W.T))
        linear.bias = torch.nn.Parameter(torch.tensor(b))
        layers += [linear, torch.nn.ReLU()]
    model = torch.nn.Sequential(*layers[:-1])
    optimizer = torch.optim.SGD(model.parameters(), lr=RATE)
    X, y = torch.from_numpy(X), torch.from_numpy(y)

    def run():
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(model(X), y).backward()
        optimizer.step()

    return Step(run, lambda: [p.detach().numpy().T for p in model.parameters()])


def jax(weights, biases, X, y):
    """JAX, the whole step compiled."""
    import jax

    def loss(parameters):
        A = X
        for W, b in parameters[:-1]:
            A = jax.nn.relu(A @ W + b)
        W, b = parameters[-1]
        log_P = jax.nn.log_softmax(A @ W + b)
        return -log_P[np.arange(len(X)), y].mean()

    def step(parameters):
        return jax.tree.map(lambda p, d: p - RATE * d, parameters, jax.grad(loss)(parameters))

    compiled = jax.jit(step)
    state = [jax.device_put(list(zip(weights, biases, strict=True)))]

    def run():
        state[0] = jax.block_until_ready(compiled(state[0]))

    return Step(run, lambda: [np.asarray(p) for p in chain.from_iterable(state[0])])


def scikit_learn(weights, biases, X, y):
    """scikit-learn, by its method for one batch at a time."""
    from sklearn.neural_network import MLPClassifier

    hidden = [W.shape[1] for W in weights[:-1]]
    plain = {"momentum": 0, "nesterovs_momentum": False, "alpha": 0, "shuffle": False}
    model = MLPClassifier(hidden, solver="sgd", learning_rate_init=RATE, batch_size=len(X), **plain)
    model.partial_fit(X, y, classes=np.arange(weights[-1].shape[1]))
    for mine, given in zip(model.coefs_ + model.intercepts_, [*weights, *biases], strict=True):
        mine[...] = given

    def run():
        model.partial_fit(X, y)

    pairs = zip(model.coefs_, model.intercepts_, strict=True)
    parameters = list(chain.from_iterable(pairs))
    return Step(run, lambda: parameters)


# what it is called in the table, what makes it, and the package that it needs
OTHERS = [
    ("bare matrix products", products, "numpy"),
    ("textbook NumPy", textbook, "numpy"),
    ("PyTorch", pytorch, "torch"),
    ("compiled JAX", jax, "jax"),
    ("scikit-learn", scikit_learn, "sklearn"),
]
