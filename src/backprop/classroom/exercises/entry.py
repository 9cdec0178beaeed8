"""What is known of one function that students write, and of the classic wrong ways to write it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from backprop.classroom.diagnosis.words import Diagnosis

Function = Callable[..., Any]


@dataclass(frozen=True, eq=False)
class Wrong:
    """A classic wrong answer: it is called like the right one, and returns what students return.

    `instead` completes "It is ..."; the last of the `hints` is the mend.
    """

    name: str
    answer: Function
    instead: str
    hints: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Exercise:
    """A function to be written, under this name, in the sheet of this name.

    `points` are given for each part of the answer, in the order in which the parts are returned.
    `draw` makes the arguments of one call, all of them arrays, in order; `solve` is the right
    answer to them, by the package. What is wrong is explained by `diagnose`, which is called with
    the function, `seed` and `time_limit`; where there is none, by the list of `wrong` answers.
    """

    name: str
    sheet: str
    points: Mapping[str, int]
    draw: Callable[[np.random.Generator], dict[str, Any]]
    solve: Function
    wrong: tuple[Wrong, ...] = ()
    diagnose: Callable[..., Diagnosis] | None = None

    @property
    def arguments(self) -> tuple[str, ...]:
        """The names of the arguments, in order."""
        return tuple(self.draw(np.random.default_rng(0)))
