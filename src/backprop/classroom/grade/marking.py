"""What one submission earns: each exercise is answered by a process of its own.

The judge is `backprop.classroom.checks.check`, the same that stands under each exercise, with the
instructor's seed in place of the public one. Here nothing is judged.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from backprop.classroom.checks import check
from backprop.classroom.exercises import EXERCISES, Exercise
from backprop.classroom.grade.elsewhere import Elsewhere, plain
from backprop.classroom.grade.notebooks import Cell
from backprop.classroom.grade.process import LATE, PATIENCE, EndedError, Limits, Process

TRIES = 4  # a statement that ends Python is left out, and the notebook run again
TEXT = 3000  # characters that a student reads in one place
FOR_QUESTION = 3  # points of each sheet, which a person gives
QUESTION = "The question"  # what they stand under, beside the exercises
TIMED_OUT = (LATE, "it had not ended after")


@dataclass
class Mark:
    """What one exercise earned. `needs_you` says why an instructor should look at it."""

    exercise: str
    out_of: float
    earned: float = 0
    parts: list[dict[str, Any]] = field(default_factory=list)
    sections: list[tuple[str, str]] = field(default_factory=list)
    needs_you: str = ""


@dataclass
class Notebook:
    """The cells of one notebook, and what was learnt of them while they ran."""

    cells: Sequence[Cell]
    skip: list[tuple[int, int]] = field(default_factory=list)  # cell, statement
    notes: dict[str, bool] = field(default_factory=dict)  # and whether Python ended there


def seed_of(secret: str, exercise: str) -> int:
    """Return the seed of an exercise's questions. They are the same for all students."""
    return int.from_bytes(hashlib.sha256(f"{secret}\n{exercise}".encode()).digest()[:6])


def mark(
    cells: Sequence[Cell], sheet: str, secret: str, limits: Limits, trust: bool = False
) -> tuple[list[Mark], list[str]]:
    """Return the marks of every exercise of a sheet, and notes on cells that did not run.

    An error in a cell is no news to who has every point: most often the sheet itself uses there
    what is absent here.
    """
    notebook = Notebook(cells)
    exercises = [exercise for exercise in EXERCISES.values() if exercise.sheet == sheet]
    marks = [_answered(notebook, exercise, secret, limits, trust) for exercise in exercises]
    whole = all(one.earned == one.out_of for one in marks)
    notes = [note for note, ended in notebook.notes.items() if ended or not whole]
    for one in marks:
        if one.earned < one.out_of and not one.needs_you:
            late = [note for note in notes if any(words in note for words in TIMED_OUT)]
            one.needs_you = late[0].splitlines()[0] if late else ""
    return marks, notes


def question(points: float | None) -> Mark:
    """Return the mark that a person gave for a sheet's question; None if nobody has read it."""
    said = "not read yet" if points is None else "read by a person"
    part = {"name": "answer", "earned": points or 0, "out_of": FOR_QUESTION, "message": said}
    return Mark(QUESTION, FOR_QUESTION, points or 0, [part])


def _answered(
    notebook: Notebook, exercise: Exercise, secret: str, limits: Limits, trust: bool
) -> Mark:
    """Run the notebook until it stands, and have its function checked."""
    while len(notebook.skip) < TRIES:
        with Process(limits, trust) as process:
            function = _started(process, notebook, exercise, limits)
            if isinstance(function, Elsewhere):
                return _checked(function, exercise, secret, limits)
        if isinstance(function, str):
            return nothing(exercise, function)
    return nothing(exercise, "the notebook ended Python again and again")


def _started(
    process: Process, notebook: Notebook, exercise: Exercise, limits: Limits
) -> Elsewhere | str | None:
    """Run the cells; return the function, or why there is none, or None to try again."""
    task = {"cells": list(notebook.cells), "skip": notebook.skip, "name": exercise.name}
    at: tuple[int, int] | None = None
    try:
        process.say(task | asdict(limits))
        while True:
            match process.hear():
                case ("at", int(cell), int(statement)):
                    at = (cell, statement)
                case ("ready", there, [*faults]):
                    told = [plain(fault) for fault in faults[:20] if isinstance(fault, str)]
                    notebook.notes |= dict.fromkeys(told, False)
                    missing = f"the notebook defines no function {exercise.name}"
                    return Elsewhere(process, exercise.name) if there is True else missing
                case _:
                    return "it wrote to the grader what is no answer"
    except EndedError as error:
        if at is None:
            return f"the notebook could not be run: {error} {process.words()}"
        notebook.skip.append(at)
        what = "statement" if at[1] else "cell"
        notebook.notes[f"cell {at[0]}: {error}; the {what} was left out"] = True
        return None


def _checked(function: Elsewhere, exercise: Exercise, secret: str, limits: Limits) -> Mark:
    """Have a function checked that runs elsewhere."""
    try:
        result = check(
            function,
            exercise.name,
            seed=seed_of(secret, exercise.name),
            time_limit=PATIENCE * limits.total + 10,  # the process is stopped before
        )
    except Exception as error:  # the check is not made for a crash, and nobody else pays for one
        failed = nothing(exercise, "the check itself failed on this answer")
        said = plain(f"{type(error).__name__}: {error}")
        failed.needs_you = f"{exercise.name}: the check failed, {said}"
        return failed
    parts = [asdict(part) for part in result.parts]
    sections = result.diagnosis.sections if result.diagnosis else ()
    said = [("Result", result.headline)]
    said += [(heading, plain(text, TEXT)) for heading, text in sections]
    needs_you = f"{exercise.name}: {LATE}" if function.late else ""
    return Mark(exercise.name, result.out_of, result.earned, parts, said, needs_you)


def nothing(exercise: Exercise, why: str) -> Mark:
    """Return the mark of an answer that is not there."""
    parts = [
        {"name": name, "earned": 0, "out_of": points, "message": why}
        for name, points in exercise.points.items()
    ]
    out_of = sum(exercise.points.values())
    return Mark(exercise.name, out_of, 0, parts, [("Result", f"{exercise.name}: {why}.")])
