"""Softmax, the loss of any logits, and the way back through both."""

from typing import Any

import numpy as np

from backprop.arrays import Array
from backprop.classroom.exercises.entry import Exercise, Wrong
from backprop.losses import softmax


def _logits(rng: np.random.Generator) -> dict[str, Any]:
    """Draw logits (5, 3): two rows near 1,000, so that exp overflows, and one near -1,000."""
    Z = 2 * rng.standard_normal((5, 3))
    Z[rng.permutation(5)[:3]] += np.array([[1000.0], [1003.0], [-1000.0]])
    return {"Z": Z}


@np.errstate(all="ignore")
def _over(Z: Array, axis: int | None, shift: Any) -> Array:
    """Return exp(Z - shift), divided by its sum over an axis."""
    exponentials = np.exp(Z - shift)
    return exponentials / exponentials.sum(axis=axis, keepdims=True)


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
                answer=lambda Z: _over(Z, 1, 0),
                instead="right on paper, but exp overflows at logits of about 710, and infinity "
                "over infinity is not a number",
                hints=(
                    "Try it on the logits (1000, 1001), and print `np.exp` of them.",
                    "What may you take away from all the logits of a row without changing the "
                    "probabilities?",
                    "Subtract the largest logit of each row: `Z - Z.max(axis=1, keepdims=True)`.",
                ),
            ),
        ),
    ),
)
