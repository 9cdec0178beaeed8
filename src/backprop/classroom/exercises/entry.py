"""What is known of one function that students write, and of the classic wrong ways to write it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from backprop.classroom.diagnosis.words import Diagnosis

Function = Callable[..., Any]
Question = dict[str, Any]  # the arguments of one call, by name and in order


@dataclass(frozen=True, eq=False)
class Wrong:
    """A classic wrong answer, in one or more spellings, each a function to be called.

    `instead` says what is computed; the last of the `hints` is the mend. `worth` is what an answer
    earns that is right on paper and fails in a computer, in an exercise with one part.
    """

    name: str
    answers: tuple[Function, ...]
    instead: str
    hints: tuple[str, ...]
    worth: int = 0


@dataclass(frozen=True, eq=False)
class Exercise:
    """A function to be written, under this name, in the sheet of this name.

    `points` are given for each part of the answer, in the order in which the parts are returned.
    `draw(rng, k)` makes the arguments of the k-th call, all of them arrays; `solve` is the right
    answer to them, by the package. What is wrong is explained by `diagnose`, which is called with
    the function, `seed` and `time_limit`; where there is none, by the list of `wrong` answers.
    """

    name: str
    sheet: str
    points: Mapping[str, int]
    draw: Callable[[np.random.Generator, int], Question]
    solve: Function
    wrong: tuple[Wrong, ...] = ()
    diagnose: Callable[..., Diagnosis] | None = None


def sizes(rng: np.random.Generator, count: int, k: int) -> list[int]:
    """Draw sizes from 2 to 6, all different; in every odd call all the same.

    Where sizes differ, a product that is not meant does not run; where they agree, it does, and
    its numbers give it away.
    """
    drawn = (2 + rng.permutation(5)[:count]).tolist()
    return drawn[:1] * count if k % 2 else drawn
