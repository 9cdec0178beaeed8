"""Softmax, the loss of any logits, and the way back through both."""

import numpy as np

from backprop.arrays import Array, Labels
from backprop.classroom.diagnose import diagnose_softmax_cross_entropy
from backprop.classroom.exercises.entry import Exercise, Function, Question, Wrong, sizes
from backprop.losses import SoftmaxCrossEntropy, softmax


def _logits(rng: np.random.Generator, k: int) -> Question:
    """Draw logits (N, C). In every third call two rows lie near 1,000 and -1,000."""
    N, C = sizes(rng, 2, k)
    Z = 2 * rng.standard_normal((N, C))
    if k % 3 == 2:
        Z[0] += 1000
        Z[1] -= 1000
    return {"Z": Z}


def _labelled(rng: np.random.Generator, k: int) -> Question:
    """Draw logits (N, C) and labels (N,). In every third call one label is 900 logits behind."""
    Z = _logits(rng, k)["Z"]
    y = rng.integers(0, Z.shape[1], len(Z))
    if k % 3 == 2:
        Z[0, y[0]] = Z[0].max() - 900
    return {"Z": Z, "y": y}


@np.errstate(all="ignore")
def _over(Z: Array, axis: int | None, shift: int | None) -> Array:
    """Return exp(Z - its largest along `shift`), divided by its sum over `axis`."""
    exponentials = np.exp(Z - Z.max(axis=shift, keepdims=True))
    return exponentials / exponentials.sum(axis=axis, keepdims=True)


@np.errstate(all="ignore")
def _plain(Z: Array, axis: int | None = 1, keepdims: bool = True) -> Array:
    """Return softmax as it stands on paper."""
    exponentials = np.exp(Z)
    return exponentials / exponentials.sum(axis=axis, keepdims=keepdims)


@np.errstate(all="ignore")
def _without_keepdims(Z: Array, largest: bool, total: bool) -> Array:
    """Return softmax with the dimension kept for the largest of a row, or for its total, or not."""
    exponentials = np.exp(Z - Z.max(axis=1, keepdims=largest))
    return exponentials / exponentials.sum(axis=1, keepdims=total)


@np.errstate(all="ignore")
def _unshifted(Z: Array, y: Labels) -> float:
    """Return the loss by the logits, of which nothing is subtracted."""
    return float((np.log(np.exp(Z).sum(axis=1)) - Z[np.arange(len(y)), y]).mean())


def _loss(Z: Array, y: Labels) -> float:
    return SoftmaxCrossEntropy().forward(Z, y)


def _gradient(Z: Array, y: Labels) -> Array:
    loss = SoftmaxCrossEntropy()
    loss.forward(Z, y)
    return loss.backward()


def _log_of(probabilities: Function, plus: float = 0.0) -> Function:
    """Return the loss as minus the logarithm of the label's probability."""

    @np.errstate(all="ignore")
    def loss(Z: Array, y: Labels) -> float:
        return float(-np.log(probabilities(Z)[np.arange(len(y)), y] + plus).mean())

    return loss


def _clipped(least: float) -> Function:
    """Return softmax with no probability below the least."""
    return lambda Z: np.maximum(softmax(Z), least)


@np.errstate(all="ignore")
def _of_each(Z: Array, y: Labels) -> Array:
    """Return one loss an example, by the logarithm of the label's probability."""
    return -np.log(softmax(Z)[np.arange(len(y)), y])


def _of_each_stable(Z: Array, y: Labels) -> Array:
    """Return one loss an example, by the logits."""
    rest = Z - Z.max(axis=1, keepdims=True)
    return np.log(np.exp(rest).sum(axis=1)) - rest[np.arange(len(y)), y]


def _minus_logits(Z: Array, y: Labels) -> float:
    return float(-Z[np.arange(len(y)), y].mean())


@np.errstate(all="ignore")
def _columns(Z: Array, y: Labels) -> float:
    return float(-np.log(softmax(Z)[:, y]).mean())


SOFTMAX = (
    Exercise(
        name="softmax",
        sheet="softmax",
        points={"P": 3},
        draw=_logits,
        solve=softmax,
        wrong=(
            Wrong(
                name="nothing-subtracted",
                answers=(_plain,),
                instead="right on paper; but exp overflows at logits of about 710, and infinity "
                "over infinity is not a number",
                hints=(
                    "Try it on the logits (1000, 1001), and print `np.exp` of them.",
                    "What may you take away from all the logits of a row without changing the "
                    "probabilities?",
                    "Subtract the largest logit of each row: `Z - Z.max(axis=1, keepdims=True)`.",
                ),
                worth=1,
            ),
            Wrong(
                name="global-maximum",
                answers=(lambda Z: _over(Z, 1, None),),
                instead="right until two rows lie far apart: you subtract the largest logit of the "
                "batch, and in the lower row every exponential rounds to 0",
                hints=(
                    "Try a batch with the rows (1000, 1001) and (0, 1).",
                    "Each row may have its own number subtracted.",
                    "Subtract the largest logit of each row: `Z - Z.max(axis=1, keepdims=True)`.",
                ),
                worth=1,
            ),
            Wrong(
                name="softmax-over-batch",
                answers=(
                    lambda Z: _over(Z, 0, 0),
                    lambda Z: _over(Z, 0, 1),
                    lambda Z: _over(Z, 0, None),
                    lambda Z: _plain(Z, axis=0),
                ),
                instead="a softmax down the columns: each class hands out its 1 among the examples",
                hints=(
                    "Print the sums of your rows. What should they be?",
                    "A row is an example, and its classes share a total of 1.",
                    "Sum along the rows, `axis=1`, with `keepdims=True`.",
                ),
            ),
            Wrong(
                name="softmax-over-everything",
                answers=(
                    lambda Z: _over(Z, None, None),
                    lambda Z: _over(Z, None, 1),
                    lambda Z: _plain(Z, axis=None),
                ),
                instead="a softmax over the whole batch, whose examples share one total of 1",
                hints=(
                    "Print the sums of your rows. What should they be?",
                    "A row is an example, and its classes share a total of 1.",
                    "Sum along the rows, `axis=1`, with `keepdims=True`.",
                ),
            ),
            Wrong(
                name="maximum-of-columns",
                answers=(lambda Z: _over(Z, 1, 0),),
                instead="a softmax of other logits: you subtract the largest of each column, and "
                "so another number from each class",
                hints=(
                    "Which numbers may you subtract without changing the probabilities?",
                    "All the classes of an example have to lose the same.",
                    "Subtract the largest logit of each row: `Z - Z.max(axis=1, keepdims=True)`.",
                ),
            ),
            Wrong(
                name="keepdims-forgotten",
                answers=(
                    lambda Z: _without_keepdims(Z, True, False),
                    lambda Z: _without_keepdims(Z, False, True),
                    lambda Z: _without_keepdims(Z, False, False),
                    lambda Z: _plain(Z, keepdims=False),
                ),
                instead="what belongs to a row is given to a column: without `keepdims=True` the "
                "sums of the rows, or their largest logits, line up with the columns, and it runs "
                "only if N equals C",
                hints=(
                    "Try a batch of 3 examples and 2 classes.",
                    "Which shape do the sums of the rows have, and which do they need to have? And "
                    "the largest logits?",
                    "Keep them as a column: `.max(axis=1, keepdims=True)` and "
                    "`.sum(axis=1, keepdims=True)`.",
                ),
            ),
        ),
    ),
    Exercise(
        name="cross_entropy",
        sheet="softmax",
        points={"loss": 3},
        draw=_labelled,
        solve=_loss,
        wrong=(
            Wrong(
                name="nothing-subtracted",
                answers=(_log_of(_plain), _unshifted),
                instead="right on paper; but exp overflows at logits of about 710, and rounds to 0 "
                "at logits of about -750",
                hints=(
                    "Try it on the logits (1000, 1001), and print `np.exp` of them.",
                    "What may you take away from all the logits of a row without changing the "
                    "loss?",
                    "With c the row maximum it is `np.log(np.exp(z - c).sum()) - (z[y] - c)`.",
                ),
                worth=1,
            ),
            Wrong(
                name="log-of-zero",
                answers=(_log_of(softmax),),
                instead="right on paper; but a probability can round to 0, and its logarithm is "
                "minus infinity",
                hints=(
                    "Try it on the logits (0, 800) with the label 0. The loss is 800.",
                    "Can you get to the logarithm of a probability without the probability?",
                    "With c the row maximum it is `np.log(np.exp(z - c).sum()) - (z[y] - c)`.",
                ),
                worth=1,
            ),
            Wrong(
                name="small-number-added",
                answers=(
                    *(_log_of(softmax, small) for small in (1e-8, 1e-9, 1e-10, 1e-12)),
                    *(_log_of(_clipped(small)) for small in (1e-7, 1e-9, 1e-12, 1e-15)),
                ),
                instead="the loss of other probabilities: a small number was added below the "
                "logarithm, or a least one set, and with it the loss cannot rise far, nor show a "
                "slope there",
                hints=(
                    "Try it on the logits (0, 800) with the label 0. The loss is 800.",
                    "Can you get to the logarithm of a probability without the probability?",
                    "With c the row maximum it is `np.log(np.exp(z - c).sum()) - (z[y] - c)`.",
                ),
                worth=1,
            ),
            Wrong(
                name="sum-for-mean",
                answers=(lambda Z, y: _loss(Z, y) * len(Z),),
                instead="the sum of the losses",
                hints=(
                    "Give your function every example twice. Should the loss double?",
                    "The batch pays the mean over its examples.",
                    "Divide by the number of examples, or take `.mean()`.",
                ),
            ),
            Wrong(
                name="mean-left-out",
                answers=(_of_each_stable, _of_each),
                instead="one loss for each example, and not yet their mean",
                hints=(
                    "Print the shape of what you return. A loss is one number.",
                    "The batch pays the mean over its examples.",
                    "Take `.mean()` of what you have.",
                ),
            ),
            Wrong(
                name="last-example-only",
                answers=(lambda Z, y: _of_each_stable(Z, y)[-1] / len(y),),
                instead="the share of the last example of the batch",
                hints=(
                    "Put the examples in another order. Does your loss change? Should it?",
                    "In a loop over the examples, each one overwrites those before.",
                    "Start from 0 and add up: `loss += ...`, and divide by N after the loop.",
                ),
            ),
            Wrong(
                name="softmax-twice",
                answers=(
                    lambda Z, y: _loss(softmax(Z), y),
                    lambda Z, y: _loss(_plain(Z), y),
                ),
                instead="the loss at the softmax of the softmax",
                hints=(
                    "How small does your loss get where the network is sure, and right?",
                    "Probabilities went into softmax as if they were logits.",
                    "Z holds logits already: apply softmax to them once.",
                ),
            ),
            Wrong(
                name="logits-for-probabilities",
                answers=(_log_of(lambda Z: Z), _minus_logits),
                instead="the loss of the logits as if they were probabilities",
                hints=(
                    "Print one row of Z. Does it sum to 1, and is each entry above 0?",
                    "The loss is made of the probability of the label, and Z holds logits.",
                    "Softmax comes between, as in `z[y] - np.log(np.exp(z).sum())` for log p; "
                    "with c the row maximum it is `(z[y] - c) - np.log(np.exp(z - c).sum())`.",
                ),
            ),
            Wrong(
                name="mean-over-entries",
                answers=(lambda Z, y: _loss(Z, y) / Z.shape[1],),
                instead="divided by N C, the number of entries, and not by the number of examples",
                hints=(
                    "By what do you divide? Try it with 4 classes and then with 2.",
                    "With one-hot labels most terms are 0, and a mean still counts them.",
                    "Divide by N alone.",
                ),
            ),
            Wrong(
                name="sign-forgotten",
                answers=(lambda Z, y: -_loss(Z, y),),
                instead="the mean of log p, without its minus",
                hints=(
                    "Is your loss positive or negative? Is it small when the network is right?",
                    "The logarithm of a number between 0 and 1 is negative.",
                    "Put a minus in front.",
                ),
            ),
            Wrong(
                name="columns-for-entries",
                answers=(_columns,),
                instead="a mean over whole columns: `P[:, y]` takes the columns of the labels from "
                "every row",
                hints=(
                    "Print the shape of what you take the mean of. It should be (N,).",
                    "From each row one entry is wanted, that of its own label.",
                    "Index both: `[np.arange(len(y)), y]`.",
                ),
            ),
        ),
    ),
    Exercise(
        name="softmax_cross_entropy_backward",
        sheet="softmax",
        points={"dZ": 3},
        draw=_labelled,
        solve=_gradient,
        diagnose=diagnose_softmax_cross_entropy,
    ),
)
