"""Which lines of a backward pass are wrong? Each is judged by the arrays that it reads."""

import numpy as np

from backprop.arrays import Array
from backprop.classroom.exercises.entry import Exercise, Question, Wrong
from backprop.classroom.planted import LINES, batch, drawn, wrong_in

ARGUMENTS = ("X", "Y", "Z1", "A1", "P", "W2", *LINES)


def _values(rng: np.random.Generator, k: int) -> Question:
    """Draw a network and a batch, and every array of a backward pass with three mistakes in it.

    Within seven calls each line is wrong once and right once, so that whoever always says the same
    of a line earns nothing for it.
    """
    wrong, right = LINES[k % len(LINES)], LINES[(k + 3) % len(LINES)]
    planted = drawn(rng)
    while wrong not in planted.mistakes or right in planted.mistakes:
        planted = drawn(rng)
    while True:
        values = planted.values(*batch(rng))
        if wrong_in(values) == set(planted.mistakes):
            return {name: values[name] for name in ARGUMENTS}


def _flags(*arrays: Array) -> tuple[bool, ...]:
    values = dict(zip(ARGUMENTS, arrays, strict=True))
    wrong = wrong_in(values)
    return tuple(line in wrong for line in LINES)


def _against_the_truth(*arrays: Array) -> tuple[bool, ...]:
    """Compare with the right gradients of the same network, which also blames all that follows."""
    values = dict(zip(ARGUMENTS, arrays, strict=True))
    X, Y, Z1, A1, P, W2 = (values[name] for name in ARGUMENTS[:6])
    dZ2 = (P - Y) / len(X)
    dA1 = dZ2 @ W2.T
    dZ1 = dA1 * (Z1 > 0)
    right = (dZ2, A1.T @ dZ2, dZ2.sum(axis=0), dA1, dZ1, X.T @ dZ1, dZ1.sum(axis=0))
    return tuple(not np.allclose(one, values[line]) for one, line in zip(right, LINES, strict=True))


PLANTED = (
    Exercise(
        name="wrong_lines",
        sheet="planted-mistakes",
        points=dict.fromkeys(LINES, 1),
        draw=_values,
        solve=_flags,
        wrong=(
            Wrong(
                name="blamed-for-what-came-before",
                answers=(_against_the_truth,),
                instead="a comparison with the right gradient, and so it blames every line that "
                "comes after a wrong one",
                hints=(
                    "If only dZ2 is wrong, which lines do you accuse?",
                    "A line can only be blamed for what it makes of the arrays that it reads.",
                    "Compute each line anew from the arrays that were handed over, as in "
                    "`dZ2.sum(axis=0)` for db2, and never from your own.",
                ),
            ),
            Wrong(
                name="right-for-wrong",
                answers=(lambda *arrays: tuple(not flag for flag in _flags(*arrays)),),
                instead="true for the lines that are right",
                hints=(
                    "What should the answer be if nothing is wrong?",
                    "True should stand for a wrong line.",
                    "Put `not` in front of each comparison.",
                ),
            ),
        ),
    ),
)
