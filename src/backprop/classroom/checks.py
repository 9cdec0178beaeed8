"""The check below each exercise: how many points an answer earns, and what is wrong with it.

The function is called, on copies of arguments that are drawn from a seed, and nothing else is
asked of it: so it may as well be a proxy for one that runs elsewhere. A course that gives marks
takes a seed of its own, and answers learnt by heart earn nothing.
"""

import os
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

import numpy as np

from backprop.arrays import require_between
from backprop.classroom.diagnosis.calling import UNWRITTEN, OutOfTimeError, in_time, raised_in
from backprop.classroom.diagnosis.words import STRAY, Diagnosis, several
from backprop.classroom.exercises import EXERCISES, Exercise
from backprop.classroom.exercises.judging import judge

# each takes one point off, whatever the parts earn
TAKEN_OFF = {"inputs-changed": "it changes its arguments", STRAY: "a line of it raises"}
SEED = "seed.txt"
CONFIG = "nbgrader_config.py"  # it marks the folder of a course


@dataclass(frozen=True)
class Part:
    """One part of an answer: what it earned, of how many points, and why in a few words."""

    name: str
    earned: float
    out_of: float
    message: str


@dataclass(frozen=True)
class Result:
    """What an answer is worth, part by part; print it, or let a notebook show it.

    `written` is False for a stub, and for what calls one, which is the function that it
    `waits_for`. `mistakes` are names of known mistakes.
    """

    exercise: str
    parts: tuple[Part, ...]
    written: bool
    mistakes: tuple[str, ...]
    diagnosis: Diagnosis | None
    waits_for: str = ""

    @property
    def out_of(self) -> float:
        """The points that a right answer earns."""
        return sum(part.out_of for part in self.parts)

    @property
    def earned(self) -> float:
        """The points that this one earns."""
        return sum(part.earned for part in self.parts) - self.lost

    @property
    def lost(self) -> float:
        """The points taken off, of what there is to take from."""
        whole = sum(part.earned for part in self.parts)
        return min(whole, len(self._faults))

    @property
    def _faults(self) -> list[str]:
        """What takes points off."""
        return [why for name, why in TAKEN_OFF.items() if name in self.mistakes]

    @property
    def correct(self) -> bool:
        """Whether nothing is wrong."""
        return self.earned == self.out_of

    @property
    def headline(self) -> str:
        """The points in one sentence."""
        if self.waits_for:
            why = f"{self.exercise} waits for {self.waits_for}, which is {UNWRITTEN}"
            return f"{why}: 0 of {self.out_of:g} points."
        if not self.written:
            return f"{self.exercise} is not written yet: 0 of {self.out_of:g} points."
        off = f" ({self.lost:g} taken off: {several(self._faults)})" if self.lost else ""
        return f"{self.exercise}: {self.earned:g} of {self.out_of:g} points{off}."

    def text(self, steps: int = 1) -> str:
        """Return all of it as text, with the first `steps` of the hints that lead to the mend."""
        if self.diagnosis is None:
            return self.headline
        return f"{self.headline}\n\n{self.diagnosis.text(steps, f'check({self.exercise})')}"

    def __str__(self) -> str:
        return self.text()

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        more = self.diagnosis._repr_mimebundle_()["text/html"] if self.diagnosis else ""
        html = f"<p><strong>{escape(self.headline)}</strong></p>\n{more}"
        return {"text/html": html, "text/plain": str(self)}

    __repr__ = __str__


def check(
    function: Callable[..., Any],
    name: str | None = None,
    *,
    seed: int = 0,
    time_limit: float = 5.0,
) -> Result:
    """Say what `function` earns as an answer to the exercise of this name, by default its own.

    It is called on arrays that are drawn from `seed`, and its answers are compared with the right
    ones to one part in 10,000. It has `time_limit` seconds for all its calls; what it prints is
    shown for the first of them. Raises TypeError or ValueError if there is no such function,
    exercise or seed.
    """
    if not callable(function):
        raise TypeError(f"{function!r} can't be called; hand in the function itself, without ()")
    name = name or getattr(function, "__name__", None)
    if name not in EXERCISES:
        raise ValueError(f"there is no exercise {name!r}; there are {several(list(EXERCISES))}")
    if not isinstance(seed, int | np.integer) or isinstance(seed, bool) or seed < 0:
        raise ValueError(f"seed is {seed!r}; a whole number of at least 0 is wanted")
    if require_between("time_limit", time_limit, 0) == 0:
        raise ValueError("time_limit is 0; a number of seconds above 0 is wanted")
    exercise = EXERCISES[name]
    if stub := _stub_in(exercise, function, time_limit):
        parts = tuple(Part(k, 0, points, UNWRITTEN) for k, points in exercise.points.items())
        own = stub in (name, getattr(function, "__name__", name))
        return Result(name, parts, False, (), None, "" if own else stub)
    with open(os.devnull, "w") as nowhere, redirect_stdout(nowhere):
        if exercise.diagnose is not None:
            diagnosis = exercise.diagnose(function, seed=seed, time_limit=time_limit)
        else:
            diagnosis = judge(exercise, function, seed, time_limit)
    return Result(name, _parts(exercise, diagnosis), True, diagnosis.mistakes, diagnosis)


def grade(function: Callable[..., Any], name: str | None = None) -> float:
    """Show what `check` says with the seed of the course, and return the points.

    For the graded cells of nbgrader: a number at the end of such a cell is what it earns, and
    anything on stderr, such as a warning, would make it 0. What the function prints is left out.
    The seed is not in the cell, because the feedback shows it.
    """
    from IPython.display import display  # there is one wherever nbgrader runs

    with open(os.devnull, "w") as nowhere, redirect_stdout(nowhere), redirect_stderr(nowhere):
        result = check(function, name, seed=course_seed(Path.cwd()))
    display(result)
    return result.earned


def course_seed(place: Path) -> int:
    """Return the number in the seed.txt of the nbgrader course around `place`; 0 without one.

    Raises ValueError if there is something else in it.
    """
    for folder in (place, *place.parents):
        if (folder / CONFIG).is_file() and (folder / SEED).is_file():
            text = (folder / SEED).read_text(encoding="utf-8").strip()
            if not text.isdecimal():
                raise ValueError(f"{folder / SEED} holds {text!r}; a whole number is wanted")
            return int(text)
    return 0


def _stub_in(exercise: Exercise, function: Callable[..., Any], time_limit: float) -> str:
    """Return which function raises NotImplementedError in a call, this one or one that it calls.

    Empty if none does; what else the call does is seen later.
    """
    question = exercise.draw(np.random.default_rng(0), 0)

    def asked() -> str:
        try:
            with np.errstate(all="ignore"):
                function(*(np.array(value) for value in question.values()))
        except NotImplementedError as error:
            return raised_in(error)
        except BaseException:
            return ""
        return ""

    try:
        return str(in_time(asked, time_limit))
    except OutOfTimeError:
        return ""


def _parts(exercise: Exercise, diagnosis: Diagnosis) -> tuple[Part, ...]:
    worth = sum(wrong.worth for wrong in exercise.wrong if (wrong.name,) == diagnosis.mistakes)
    return tuple(
        Part(name, points, points, "right")
        if diagnosis.parts[name]
        else Part(name, worth, points, _why(diagnosis.reasons.get(name, "")))
        for name, points in exercise.points.items()
    )


def _why(reason: str) -> str:
    """Say in a few words why a part earns nothing."""
    if reason.endswith(UNWRITTEN):
        return UNWRITTEN
    return f"wrong: {reason}" if reason else "wrong"
