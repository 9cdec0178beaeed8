"""Grading that cannot be fooled: a folder full of submissions is graded once, by the command."""

import csv
import json
import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest
from submissions import HONEST, HOSTILE, RIGHT, ZEROS, notebook

from backprop.classroom.grade.__main__ import LOOK, NO_SANDBOX, UNUSABLE, WELL, main
from backprop.classroom.grade.grading import try_out
from backprop.classroom.grade.process import Limits
from backprop.classroom.grade.records import file_name, load_all
from backprop.classroom.grade.sandbox import NoSandboxError

GRADE = [sys.executable, "-m", "backprop.classroom.grade"]
LIMITS = ["--seconds", "0.5", "--total", "3", "--memory", "600"]
SECRET = "geheim"


def sandbox_missing():
    try:
        try_out(Limits(), trust=False)
    except NoSandboxError as error:
        return str(error)
    return ""


MISSING = sandbox_missing()
in_a_sandbox = pytest.mark.skipif(bool(MISSING), reason=f"no sandbox here: {MISSING}")


@pytest.fixture(scope="session")
def seed_file(tmp_path_factory):
    path = tmp_path_factory.mktemp("course") / "seed.txt"
    path.write_text(f"{SECRET}\n")
    return path


def run(submitted, results, seed_file, *more):
    """Grade as the command does, in a process of its own; return what it ended with, and said."""
    words = ["run", str(submitted), str(results), "--seed-file", str(seed_file), *LIMITS, *more]
    done = subprocess.run([*GRADE, *words], capture_output=True, text=True, timeout=300)
    return done.returncode, done.stdout + done.stderr


@pytest.fixture(scope="session")
def graded(tmp_path_factory, seed_file):
    """All submissions, graded once: the folder, the results, and what the command said."""
    folder, results = tmp_path_factory.mktemp("graded"), tmp_path_factory.mktemp("results")
    submitted = folder / "submitted"
    submitted.mkdir()
    for name, (_, *cells) in (HONEST | HOSTILE).items():
        (submitted / f"{name}.ipynb").write_bytes(notebook(*cells))
    said = run(submitted, results, seed_file, "--sheet", "linear-layer", "--jobs", "3")
    return submitted, results, said


@pytest.fixture(scope="session")
def records(graded):
    return {record.student: record for record in load_all(graded[1])}


@in_a_sandbox
@pytest.mark.parametrize("name", HONEST | HOSTILE)
def test_each_submission_earns_what_its_answer_deserves(records, name):
    earned, *_ = (HONEST | HOSTILE)[name]
    record = records[name]
    assert (record.earned, record.out_of) == (earned, 6), (record.marks, record.notes)


@in_a_sandbox
def test_nothing_needs_the_instructor_and_nothing_is_left_running(graded, records):
    submitted, _, (status, said) = graded
    assert status == WELL, said
    assert len(records) == len(HONEST | HOSTILE)
    for process in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            assert b"/grader/run.py" not in process.read_bytes()
        except OSError:
            pass  # it ended meanwhile
