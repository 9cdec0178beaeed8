"""A folder of submissions, graded on all cores; what was graded before is not graded again.

Each worker is a process that grades one submission after the other and writes its record. Nobody
but the records holds any state: so a run may be killed at any time, and started again.
"""

import multiprocessing
import os
import signal
import warnings
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import Any

from backprop.classroom.exercises import EXERCISES
from backprop.classroom.grade.marking import mark, nothing
from backprop.classroom.grade.notebooks import (
    Cell,
    NotebookError,
    Submission,
    cells,
    contents,
    legible,
)
from backprop.classroom.grade.process import EndedError, Limits, Process
from backprop.classroom.grade.records import (
    Record,
    RecordError,
    course_of,
    key_of,
    load,
    place,
    save,
)
from backprop.classroom.grade.sandbox import NoSandboxError

ROUNDS = 3  # after a worker was killed, the rest is tried again


@dataclass(frozen=True)
class Job:
    """How everything is graded: the secret, the limits, and where to and where from."""

    folder: Path
    results: Path
    secret: str
    limits: Limits
    trust: bool

    @property
    def course(self) -> str:
        """What tells this way of grading from another."""
        return course_of(self.secret, (self.limits, self.trust))


def try_out(limits: Limits, trust: bool) -> None:
    """Run a notebook of one line; raises NoSandboxError if that does not work here."""
    task = {"cells": [(1, "def f(): return 7")], "skip": [], "name": "f", **vars(limits)}
    with Process(limits, trust) as process:
        try:
            process.say(task)
            while process.hear()[0] != "ready":
                pass
            process.say([None, []])
            if process.hear()[1] == 7:
                return
        except EndedError:
            pass
        raise NoSandboxError(f"a trial did not run: {process.words().strip()}")


def pick(found: Iterable[Submission]) -> tuple[list[Submission], list[str]]:
    """Return one submission for each student and sheet, and a line on what is none.

    A student who handed in two notebooks for one sheet gets no marks until one is taken away.
    """
    groups: dict[tuple[str, str], list[Submission]] = {}
    for one in found:
        groups.setdefault((one.student, one.sheet), []).append(one)
    chosen = [ones[0] for (_, sheet), ones in groups.items() if sheet and len(ones) == 1]
    unclear = []
    for (student, sheet), ones in groups.items():
        names = ", ".join(legible(one.path.name) for one in ones)
        if not sheet:
            unclear.append(f"{student}: no sheet is known that {names} could be")
        elif len(ones) > 1:
            unclear.append(f"{student}: {len(ones)} notebooks for {sheet}: {names}")
    return chosen, unclear


def kept(one: Submission, job: Job) -> Record | None:
    """Return the record of a submission, if it was made from these bytes and in this way."""
    try:
        record = load(place(job.results, one.student, one.sheet))
        return record if record.key == key_of(job.course, contents(one.path)) else None
    except (RecordError, NotebookError):
        return None


def grade(one: Submission, job: Job) -> Record:
    """Make the record of a submission, and keep it. Whatever happens, the others go on."""
    try:
        data = contents(one.path)
        record = _graded(one, job, cells(data), key_of(job.course, data))
    except NotebookError as error:
        record = empty(one, job, str(error))
    except Exception as error:  # a fault of the grader, and not of the others
        record = empty(one, job, f"the grader failed, {type(error).__name__}: {error}")
    save(record, job.results)
    return record


def _graded(one: Submission, job: Job, code: Sequence[Cell], key: str) -> Record:
    marks, notes = mark(code, one.sheet, job.secret, job.limits, job.trust)
    needs_you = "; ".join(dict.fromkeys(mark.needs_you for mark in marks if mark.needs_you))
    return Record(one.student, one.sheet, _file(one, job), job.course, key, marks, notes, needs_you)


def empty(one: Submission, job: Job, why: str) -> Record:
    """Return the record of what could not be graded. Without a key, it will be tried again."""
    exercises = [exercise for exercise in EXERCISES.values() if exercise.sheet == one.sheet]
    marks = [nothing(exercise, why) for exercise in exercises]
    return Record(one.student, one.sheet, _file(one, job), "", "", marks, [why], why)


def _file(one: Submission, job: Job) -> str:
    return legible(str(one.path.relative_to(job.folder)))


def grade_all(chosen: Sequence[Submission], job: Job, workers: int) -> Iterator[Record]:
    """Yield the records, in no order: first those that are kept, then others as they are made."""
    left = []
    for one in chosen:
        if record := kept(one, job):
            yield record
        else:
            left.append(one)
    if left:
        try_out(job.limits, job.trust)
    for _ in range(ROUNDS):
        done: set[tuple[str, str]] = set()
        try:
            for record in _in_parallel(left, job, workers):
                done.add((record.student, record.sheet))
                yield record
        except BrokenProcessPool:  # somebody killed a worker
            left = [one for one in left if (one.student, one.sheet) not in done]
        else:
            return
    raise RecordError(
        "workers were killed again and again, perhaps for want of memory; run the same command "
        "once more with fewer --jobs: what is graded is kept"
    )


def _in_parallel(left: Sequence[Submission], job: Job, workers: int) -> Iterator[Record]:
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(workers, mp_context=context, initializer=_prepare)
    try:
        for done in as_completed([pool.submit(grade, one, job) for one in left]):
            yield done.result()
    finally:
        pool.shutdown(cancel_futures=True)


def _prepare() -> None:
    """Leave Ctrl-C to the one who started the workers, warn of no numbers, outlive nobody."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    warnings.simplefilter("ignore")
    Thread(target=_end_with, args=[multiprocessing.parent_process()], daemon=True).start()


def _end_with(parent: Any) -> None:
    """Wait for the end of the one who started this worker, and end too, with its sandbox."""
    parent.join()
    os._exit(1)
