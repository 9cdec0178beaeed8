"""Softmax and cross-entropy: from logits to probabilities to one number, and back.

The two belong together. Apart, each has an awkward derivative and can overflow; together the
gradient is P - Y, and nothing overflows. The loss is a mean over the batch, and its backward
pass holds the only 1/N of the package.
"""

import numpy as np
import numpy.typing as npt

from backprop.arrays import Array, as_floats, as_labels, require_finite, require_shape


@np.errstate(over="ignore")
def softmax(Z: npt.ArrayLike) -> Array:
    """Return the probabilities that belong to logits, row by row: (N, C) -> (N, C); eq-P.

    Each row sums to 1, up to rounding, and holds nothing below 0; a logit far below the largest
    has probability 0. Subtracting a row's largest logit from all of them changes nothing in the
    ratio and keeps exp from overflowing. Raises TypeError or ValueError if Z does not fit,
    NotFiniteError if it holds NaN or infinity.
    """
    exponentials = np.exp(_shifted(Z))
    return (exponentials / exponentials.sum(axis=0)).T


class SoftmaxCrossEntropy:
    """L = -mean(log P[i, y_i]) with P = softmax(Z): how surprised the network is by the truth.

    Takes logits, not probabilities. After `forward`, `P` (N, C) holds the probabilities.
    """

    @np.errstate(over="ignore")
    def forward(self, Z: npt.ArrayLike, y: npt.ArrayLike) -> float:
        """Return the mean loss of logits Z (N, C) and integer labels y (N,); eq-loss.

        Raises TypeError or ValueError if Z or y does not fit, NotFiniteError if Z or the loss is
        not finite.
        """
        shifted = _shifted(Z)
        classes, N = shifted.shape
        self.y = as_labels(y, N, classes).copy()
        exponentials = np.exp(shifted)
        totals = exponentials.sum(axis=0)
        self.P = (exponentials / totals).T
        # log P = shifted - log(total), without taking the log of a P that rounded to 0
        loss = (np.log(totals) - shifted[self.y, np.arange(N)]).sum() / N
        require_finite("the loss", loss)
        return float(loss)

    def backward(self) -> Array:
        """Return dZ = (P - Y) / N, the derivative of the loss for the logits: (N, C)."""
        if not hasattr(self, "P"):
            raise RuntimeError("SoftmaxCrossEntropy has no P yet: call forward first")
        dZ = self.P.copy("K")  # as P lies in memory, class by class
        dZ[np.arange(len(dZ)), self.y] -= 1  # P - Y, with Y one-hot
        return dZ / len(dZ)  # eq-dZ2


def _shifted(Z: npt.ArrayLike) -> Array:
    """Return the logits minus the largest of their row, all <= 0, turned round: (N, C) -> (C, N).

    There are few classes and many examples, and NumPy is quick along long rows: with the classes
    as rows, each maximum and each sum is C - 1 operations on N numbers, and not N on C.
    """
    Z = as_floats("Z", Z)
    require_shape("Z", Z, ("N", "C"))
    require_finite("Z", Z)
    shifted = Z.T.copy()
    shifted -= shifted.max(axis=0)  # may overflow: -inf has probability 0, which is right
    return shifted
