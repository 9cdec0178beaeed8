"""The training loop: shuffle, cut into mini-batches, forward, backward, step, and again.

What it saw on the way is returned as a History, which the figures of the book can plot.
"""

from __future__ import annotations  # so that np.random loads when it is used, and not now

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from backprop.arrays import (
    Array,
    Labels,
    NotFiniteError,
    as_floats,
    as_labels,
    require_count,
    require_finite,
    require_generator,
    require_shape,
)
from backprop.losses import SoftmaxCrossEntropy
from backprop.network import Network, require_network
from backprop.optimizers import SGD, Optimizer


@dataclass
class History:
    """One entry an epoch. Losses are means; accuracies are shares of examples, from 0 to 1.

    `loss` and `accuracy` are taken during the epoch, each mini-batch before its own step;
    `validation_loss` and `validation_accuracy` at its end, and only if there is validation data.
    """

    loss: list[float] = field(default_factory=list)
    accuracy: list[float] = field(default_factory=list)
    validation_loss: list[float] = field(default_factory=list)
    validation_accuracy: list[float] = field(default_factory=list)


class DivergedError(ArithmeticError):
    """Training met NaN or infinity. The network keeps its last finite weights.

    `history` is what was recorded until then.
    """

    history: History


def evaluate(network: Network, X: npt.ArrayLike, y: npt.ArrayLike) -> tuple[float, float]:
    """Return the mean loss and the share of right answers on X (N, D), y (N,)."""
    require_network(network)
    Z = network.forward(X)
    y = as_labels(y, *Z.shape)
    return SoftmaxCrossEntropy().forward(Z, y), float((Z.argmax(axis=1) == y).mean())


def train(
    network: Network,
    X: npt.ArrayLike,
    y: npt.ArrayLike,
    *,
    optimizer: Optimizer | None = None,
    epochs: int = 10,
    batch_size: int = 32,
    validation: tuple[npt.ArrayLike, npt.ArrayLike] | None = None,
    rng: np.random.Generator | None = None,
    progress: bool = True,
) -> History:
    """Train the network in place on X (N, D) with labels y (N,) and return the History.

    Without `optimizer` it is SGD(network, learning_rate=0.1); without `rng`, the examples are
    shuffled by np.random.default_rng(0), so that two calls agree. `progress` shows a bar.

    Raises DivergedError when a loss, a gradient or a step is not finite; TypeError or ValueError
    when the data do not fit, before anything is changed.
    """
    require_network(network)
    X = as_floats("X", X, network.dtype)
    require_shape("X", X, ("N", "D"))
    require_finite("X", X)
    y = as_labels(y, len(X), network.forward(X[:1]).shape[1])
    optimizer = SGD(network, learning_rate=0.1) if optimizer is None else optimizer
    if not isinstance(optimizer, Optimizer):
        raise TypeError(f"optimizer is {optimizer!r}; one such as SGD(network, 0.1) is wanted")
    if optimizer.network is not network:
        raise ValueError("the optimizer belongs to another network; make it from this one")
    require_count("epochs", epochs)
    require_count("batch_size", batch_size)
    rng = np.random.default_rng(0) if rng is None else rng
    require_generator(rng)
    history = History()
    if validation is not None:
        if not (isinstance(validation, tuple | list) and len(validation) == 2):
            raise TypeError("validation is no pair; (X, y) is wanted")
        evaluate(network, *validation)  # an error in the validation data now, not after an epoch

    from tqdm import tqdm  # imported here, so that `import backprop` costs no more than NumPy

    # `disable` is passed only to switch the bar off: otherwise TQDM_DISABLE decides, as tests need
    bar = tqdm(range(1, epochs + 1), unit="epoch", **({} if progress else {"disable": True}))
    with bar:
        for epoch in bar:
            try:
                _one_epoch(network, optimizer, X, y, int(batch_size), rng, history)
                if validation is not None:
                    loss, accuracy = evaluate(network, *validation)
                    history.validation_loss.append(loss)
                    history.validation_accuracy.append(accuracy)
            except NotFiniteError as error:
                raise _diverged(epoch, optimizer, history, error) from error
            bar.set_postfix(loss=f"{history.loss[-1]:.4f}")
    return history


def _diverged(
    epoch: int, optimizer: Optimizer, history: History, error: NotFiniteError
) -> DivergedError:
    """Return the error that says what happened, what is kept, and what to try."""
    diverged = DivergedError(
        f"training diverged in epoch {epoch} ({error}). The network keeps its last finite weights, "
        "and .history what was recorded. Try a smaller learning rate than "
        f"{optimizer.learning_rate:g}, smaller weights, or inputs of about 1."
    )
    diverged.history = history
    return diverged


def _one_epoch(
    network: Network,
    optimizer: Optimizer,
    X: Array,
    y: Labels,
    batch_size: int,
    rng: np.random.Generator,
    history: History,
) -> None:
    """Take one shuffled pass over the data, a step for each mini-batch, and record it."""
    objective = SoftmaxCrossEntropy()
    order = rng.permutation(len(X))
    total_loss, right = 0.0, 0
    for start in range(0, len(X), batch_size):
        batch = order[start : start + batch_size]
        Z, labels = network.forward(X[batch]), y[batch]
        total_loss += len(batch) * objective.forward(Z, labels)
        right += int(np.count_nonzero(Z.argmax(axis=1) == labels))
        network.backward(objective.backward(), inputs=False)
        optimizer.step()
    history.loss.append(total_loss / len(X))
    history.accuracy.append(right / len(X))
