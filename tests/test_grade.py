"""Grading that cannot be fooled: a folder full of submissions is graded once, by the command."""

import csv
import ctypes
import json
import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import time
from contextlib import chdir, contextmanager
from functools import partial
from pathlib import Path

import nbformat
import numpy as np
import pytest
from sheets import RELEASE, for_course, read, sheets
from submissions import HONEST, HOSTILE, RIGHT, ZEROS, notebook

from backprop.classroom.grade.__main__ import LOOK, WELL, main
from backprop.classroom.grade.grading import try_out
from backprop.classroom.grade.process import EndedError, Limits, Process
from backprop.classroom.grade.records import file_name, load_all
from backprop.classroom.grade.sandbox import NoSandboxError, sandboxed

GRADE = [sys.executable, "-m", "backprop.classroom.grade"]
SECONDS = 0.4
LIMITS = ["--seconds", f"{SECONDS}", "--total", "1.6", "--memory", "600", "--jobs", "1"]
SECRET = "geheim"


def sandbox_missing():
    try:
        try_out(Limits(), trust=False)
    except NoSandboxError as error:
        return str(error)
    return ""


MISSING = sandbox_missing()
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="submissions are run on Linux")
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
    """All submissions, graded once: the folder, the results, what was said, and what still runs."""
    folder, results = tmp_path_factory.mktemp("graded"), tmp_path_factory.mktemp("results")
    submitted = folder / "submitted"
    submitted.mkdir()
    for name, (_, *cells) in (HONEST | HOSTILE).items():
        (submitted / f"{name}.ipynb").write_bytes(notebook(*cells))
    with orphans_adopted():
        status, said = run(submitted, results, seed_file, "--sheet", "linear-layer", "--jobs", "2")
        running = still_running()
    assert status == LOOK, said
    return submitted, results, said, running


@contextmanager
def orphans_adopted():
    """Become the parent of every process that a run leaves behind, and of nobody else's."""
    adopt = partial(ctypes.CDLL(None).prctl, 36)  # PR_SET_CHILD_SUBREAPER
    adopt(1)
    yield
    adopt(0)


def still_running():
    """The commands of adopted sandboxes that are there after a while; those that ended are not."""
    for _ in range(50):
        found = [Path(f"/proc/{child}/cmdline") for child in children(os.getpid())]
        found = [path.read_bytes() for path in found if path.exists()]
        found = [command for command in found if b"run.py" in command]
        if not found:
            break
        time.sleep(0.1)
    return found


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
def test_nothing_is_left_running(graded, records):
    assert len(records) == len(HONEST | HOSTILE)
    assert graded[3] == []


@in_a_sandbox
def test_marks_that_were_lost_to_the_clock_are_listed(graded):
    lost = ["a loop in it", "a loop that hears nothing"]
    listed = [line.split(", ")[0] for line in graded[2].splitlines() if "look at" in line]
    assert {f"  look at {name}" for name in lost} <= set(listed)
    late = {name for name in listed if HONEST.get(name[10:], (0,))[0] == 6}
    assert not late


@in_a_sandbox
def test_the_mistake_is_named_and_the_line_is_quoted(graded, records):
    (mark,) = records["1 over N again"].marks
    assert [part["earned"] for part in mark.parts] == [2, 0, 2]
    assert mark.parts[1]["message"] == "wrong: mean-twice-on-weights"
    (mark,) = records["error in it"].marks
    assert "NameError: name 'dz' is not defined" in str(mark.sections)
    assert "in line 2 of cell 1:\\n    return dZ @ W.T" in str(mark.sections)
    late = f"it had not ended after {SECONDS} seconds, in line 2 of cell 1"
    assert late in str(records["a loop in it"])
    assert records["crashes in a cell"].notes == [
        "cell 1: it ended Python; the statement was left out"
    ]
    assert records["a deaf loop in a cell"].notes == [
        "cell 1: its time was over; the statement was left out"
    ]


@in_a_sandbox
def test_nothing_that_a_submission_says_is_markup_or_moves_a_cursor(graded):
    page = (graded[1] / "reports" / "linear-layer" / "errors elsewhere.html").read_text()
    assert "&lt;script&gt;alert(1)" in page
    every = [path for path in graded[1].rglob("*") if path.is_file()]
    texts = [path.read_text(encoding="utf-8") for path in every]
    assert len(every) == 3 * len(HONEST | HOSTILE) + 1
    assert not any("<script" in text for text in texts if text.startswith("<!doctype"))
    assert not any("\x1b" in text or "\\u001b" in text for text in texts)


@in_a_sandbox
def test_gradescope_gets_a_test_for_each_part(graded):
    path = graded[1] / "gradescope" / "linear-layer" / "input changed" / "results.json"
    said = json.loads(path.read_text(encoding="utf-8"))
    tests = said["tests"]
    assert said["score"] == 5 == sum(test["score"] for test in tests)
    assert sum(test["max_score"] for test in tests) == 6
    assert all(
        set(test) >= {"name", "score", "max_score", "output", "visibility"} for test in tests
    )
    assert "changes what it was given: X." in tests[-1]["output"]


# --- the folder: what else may lie there, and that one costs the others nothing


@pytest.fixture(scope="session")
def odd_folder(tmp_path_factory):
    """A folder as it comes back from a class: one student does well, and nobody else."""
    folder = tmp_path_factory.mktemp("odd") / "submitted"
    for student in ("anna", "link", "two", "none", "misnamed", "empty", "<b>=1+1"):
        (folder / student / "linear-layer").mkdir(parents=True)
    good = folder / "anna" / "linear-layer" / "linear-layer.ipynb"
    good.write_bytes(notebook(RIGHT))
    (good.parent / ".ipynb_checkpoints").mkdir()
    (good.parent / ".ipynb_checkpoints" / "linear-layer.ipynb").write_bytes(notebook(ZEROS))
    (good.parent / "timestamp.txt").write_text("2026-11-24")
    (folder / "link" / "linear-layer" / "linear-layer.ipynb").symlink_to(good)
    (folder / "linked folder").symlink_to(folder / "anna", target_is_directory=True)
    for name in ("first.ipynb", "second.ipynb"):
        (folder / "two" / "linear-layer" / name).write_bytes(notebook(RIGHT))
    (folder / "misnamed" / "linear-layer" / "softmax.ipynb").write_bytes(notebook(RIGHT))
    (folder / "empty" / "linear-layer" / "linear-layer.ipynb").write_bytes(b"")
    (folder / "<b>=1+1" / "linear-layer" / "linear-layer.ipynb").write_bytes(notebook(RIGHT))
    os.mkfifo(folder / "fifo.ipynb")
    with socket.socket(socket.AF_UNIX) as door, chdir(folder):
        door.bind("socket.ipynb")  # the name of a socket has to be short
    if os.geteuid() == 0:
        os.mknod(folder / "device.ipynb", stat.S_IFCHR | 0o666, os.makedev(1, 5))  # zeros for ever
    for name, data in {
        "not a notebook": b"PK\x03\x04",
        "a list": b"[]",
        "deep": b"[" * 10**5,
        "no cells": b'{"cells": []}',
        "odd cells": b'{"cells": [7]}',
        "huge": b" " * (11 << 20),
        "much code": notebook("#" * 200_000),
        "many cells": notebook(*["1"] * 3000),
        "half a letter": notebook("\ud800", RIGHT),
        "n" * 200: notebook(RIGHT),
        "-rf": notebook(RIGHT),
        "old": b'{"nbformat": 3, "worksheets": [{"cells": [{"cell_type": "code", "input": '
        + json.dumps(RIGHT).encode()
        + b"}]}]}",
    }.items():
        (folder / f"{name}.ipynb").write_bytes(data)
    (folder / os.fsdecode(b"\xff\xfe.ipynb")).write_bytes(notebook(RIGHT))
    return folder


@in_a_sandbox
def test_whatever_lies_in_the_folder_costs_only_its_own_marks(odd_folder, seed_file, tmp_path):
    options = ["--sheet", "linear-layer"]
    status, said = run(odd_folder, tmp_path, seed_file, *options)
    marks = {record.student: record for record in load_all(tmp_path)}
    well = {"anna", "misnamed", "<b>=1+1", "n" * 200, "-rf", "old", "half a letter", "\ufffd\ufffd"}
    assert {name for name, record in marks.items() if record.earned} == well
    assert all(marks[name].earned == 6 for name in well)
    assert status == LOOK
    for line in (
        "link, linear-layer: it is a link, a folder or a device, and not an ordinary file",
        "fifo, linear-layer: it is a link",
        "socket, linear-layer: it is a link",
        "huge, linear-layer: the file is larger than 10 MiB",
        "much code, linear-layer: the notebook has more than 150,000 characters of code",
        "many cells, linear-layer: the notebook has more than 150,000 characters of code",
        "deep, linear-layer: the file is not a notebook",
        "no cells, linear-layer: the notebook has no cells",
        "empty, linear-layer: the file is not a notebook",
        "two: 2 notebooks for linear-layer: first.ipynb, second.ipynb",
        "none: handed in no notebook that can be read",
        "linked folder: it is a link",
    ):
        assert f"look at {line}" in said
    table = (tmp_path / "grades.csv").read_text(encoding="utf-8")
    assert "\nlinear-layer,'-rf,,,,6,0,6,6\n" in table
    assert not any(
        cell.startswith(("=", "+", "-", "@"))
        for row in csv.reader(table.splitlines())
        for cell in row
    )


def test_names_of_files_are_safe_and_all_different():
    names = [
        "..",
        ".",
        "a/b",
        "a%2Fb",
        "-rf",
        ".hidden",
        "x" * 300,
        "x" * 301,
        " ",
        "é",
        "CON ",
        "a",
    ]
    safe = [file_name(name) for name in names]
    assert len({name.lower() for name in safe}) == len(names)
    assert not any("/" in name or name.startswith((".", "-", " ")) for name in safe)
    assert max(map(len, safe)) < 150


# --- once more, in parts, and after an accident


def marks_in(results):
    return {
        path.relative_to(results): path.read_bytes() for path in (results / "marks").rglob("*.json")
    }


@pytest.fixture(scope="session")
def small_class(tmp_path_factory):
    """Four students, in the layout of nbgrader; one of them has handed in two sheets."""
    folder = tmp_path_factory.mktemp("class") / "submitted"
    relu = "def relu_backward(dA, Z):\n    return dA * (Z > 0)\n"
    for number, name in enumerate(("1 over N again", "mean for sum", "input changed", "stub")):
        hand_in(folder, f"student{number}", "linear-layer", HONEST[name][1])
    hand_in(folder, "student1", "relu-gate", relu)
    return folder


def hand_in(folder, student, sheet, answer):
    place = folder / student / sheet
    place.mkdir(parents=True)
    (place / f"{sheet}.ipynb").write_bytes(notebook(answer))


@pytest.fixture(scope="session")
def whole(small_class, seed_file, tmp_path_factory):
    """The results of the small class, graded in one go."""
    results = tmp_path_factory.mktemp("whole")
    assert run(small_class, results, seed_file)[0] == WELL
    return results


@in_a_sandbox
def test_two_shards_merged_are_the_whole(small_class, seed_file, whole, tmp_path):
    one, two, both = tmp_path / "one", tmp_path / "two", tmp_path / "both"
    roster = tmp_path / "roster.csv"
    roster.write_text("\n".join(["id", *(path.stem for path in small_class.iterdir())]))
    words = ["--shard", "1/2", "--roster", str(roster)]  # the others are not missed yet
    assert run(small_class, one, seed_file, *words)[0] == WELL
    assert run(small_class, two, seed_file, "--shard", "2/2")[0] == WELL
    assert (len(marks_in(one)), len(marks_in(two))) == (2, 3)
    assert main(["merge", str(both), str(one), str(two)]) == WELL
    assert marks_in(both) == marks_in(whole)
    for name in ("grades.csv", "reports/linear-layer/student3.html"):
        assert (both / name).read_bytes() == (whole / name).read_bytes()


def children(parent):
    """The processes that a process has started, and that still run."""
    listed = Path(f"/proc/{parent}/task/{parent}/children")
    return listed.read_text().split()


@in_a_sandbox
def test_a_run_that_was_killed_goes_on_where_it_was(small_class, seed_file, whole, tmp_path):
    words = ["run", str(small_class), str(tmp_path), "--seed-file", str(seed_file), *LIMITS]
    with subprocess.Popen([*GRADE, *words], stderr=subprocess.DEVNULL) as killed:
        while not marks_in(tmp_path):
            time.sleep(0.05)
        workers = children(killed.pid)
        killed.send_signal(signal.SIGKILL)
    assert workers
    for _ in range(100):
        if not any(Path(f"/proc/{worker}").exists() for worker in workers):
            break
        time.sleep(0.1)
    else:
        pytest.fail("a worker lives on")
    before = {path: (tmp_path / path).stat().st_mtime_ns for path in marks_in(tmp_path)}
    assert 0 < len(before) < 5
    assert run(small_class, tmp_path, seed_file)[0] == WELL
    assert marks_in(tmp_path) == marks_in(whole)
    kept = [path for path, when in before.items() if (tmp_path / path).stat().st_mtime_ns == when]
    assert len(kept) >= len(before) - 1  # one may have been written after the kill


@in_a_sandbox
def test_only_what_changed_is_graded_again(small_class, seed_file, whole, tmp_path):
    submitted, results = tmp_path / "submitted", tmp_path / "results"
    shutil.copytree(small_class, submitted)
    shutil.copytree(whole, results)
    changed = submitted / "student1" / "linear-layer" / "linear-layer.ipynb"
    changed.write_bytes(notebook(RIGHT))
    before = {path: (results / path).stat().st_mtime_ns for path in marks_in(results)}
    assert run(submitted, results, seed_file)[0] == WELL
    new = [path.name for path, t in before.items() if (results / path).stat().st_mtime_ns != t]
    assert new == ["student1.json"]
    assert {r.earned for r in load_all(results) if r.student == "student1"} == {3, 6}


@in_a_sandbox
def test_every_sheet_as_released_earns_nothing_and_solved_earns_everything(seed_file, tmp_path):
    for sheet in sheets():
        for student in ("blank", "solved"):
            (tmp_path / "submitted" / student / sheet).mkdir(parents=True)
        file = Path(sheet, f"{sheet}.ipynb")
        shutil.copy(RELEASE / file.name, tmp_path / "submitted" / "blank" / file)
        nbformat.write(for_course(read(sheet)), tmp_path / "submitted" / "solved" / file)
    assert run(tmp_path / "submitted", tmp_path / "results", seed_file)[0] == WELL
    graded = load_all(tmp_path / "results")
    assert len(graded) == 2 * len(sheets())
    for record in graded:
        assert record.earned == (record.out_of if record.student == "solved" else 0), record
        blank = {part["message"] for mark in record.marks for part in mark.parts}
        assert blank == ({"right"} if record.student == "solved" else {"not written yet"})
        assert record.notes == []


# --- one process


def heard(*cells, name="f", arguments=((),), trust=False, **limits):
    """Run cells, call the function once with each of the arguments; return all that is heard."""
    limits = Limits(**{"seconds": 1.0, "total": 5.0, "memory": 600 << 20} | limits)
    task = {"cells": list(enumerate(cells, 1)), "skip": [], "name": name, **vars(limits)}
    said = []
    with Process(limits, trust) as process:
        process.say(task)
        while not said or said[-1][0] != "ready":
            said.append(process.hear())
        for given in arguments:
            process.say([None, list(given)])
            said.append(process.hear())
    return [one for one in said if one[0] != "at"]


@pytest.fixture(params=[False, True], ids=["in a sandbox", "trusted"])
def trust(request):
    """Both ways to run a program."""
    if MISSING and not request.param:
        pytest.skip(f"no sandbox here: {MISSING}")
    return request.param


def test_a_process_is_the_same_in_and_out_of_the_sandbox(trust):
    said = heard(
        "import backprop, matplotlib.pyplot as plt\nfor x in plt.plot(3): pass",
        "with plt.rc_context() as x: plt.show()[1].set(x=[backprop.softmax])",
        "from backprop.classroom.checks import check",
        "def f(a): return a.sum(), {'n': [a, 1.5, None]}",
        "check(f)\nprint(1)\ninput()",
        arguments=[(np.arange(6).reshape(2, 3),), (np.float32(2),)],
        trust=trust,
    )
    assert said[0] == (
        "ready",
        True,
        ["cell 5: EOFError: EOF when reading a line, in line 3 of cell 5:\n    input()"],
    )
    assert said[1][1][0] == 15
    assert said[1][1][1]["n"][1:] == [1.5, None]
    np.testing.assert_array_equal(said[1][1][1]["n"][0], [[0, 1, 2], [3, 4, 5]])
    assert said[2][1][0].dtype == np.float32


def test_only_the_first_cause_is_told(trust):
    ready = heard(
        "def f()\n    return a, 1",
        "f()\nx, y = f()\nz = x + y",
        "import matplotlib.pyplot as plt\nfig, (a, b) = plt.subplots(2)\na + 1",
        "def g(): raise NotImplementedError\nw = g()\nw + 1",
        "plt.plot(u)\nu = u + 1",
        "1 / 0",
        arguments=(),
        trust=trust,
    )[0]
    assert [fault.partition(", in line")[0].partition(" (")[0] for fault in ready[2]] == [
        "cell 1: SyntaxError: expected ':'",
        "cell 5: NameError: name 'u' is not defined",
        "cell 6: ZeroDivisionError: division by zero",
    ]


def test_limits_hold_for_trusted_programs_too(trust):
    assert "OutOfTime" not in str(heard("def f(): return 1", trust=trust))
    late = heard("def f():\n    while True: pass", trust=trust, seconds=0.2)
    assert late[1] == (
        "late",
        "it had not ended after 0.2 seconds, in line 2 of cell 1:\n    while True: pass",
    )
    full = heard("def f(): return len(b'x' * 10**9)", trust=trust)
    assert full[1][1].startswith("MemoryError")


@in_a_sandbox
def test_a_sleeper_who_hears_nothing_is_not_waited_for():
    deaf = "import signal, time\nsignal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))\n"
    with pytest.raises(EndedError, match="its time was over"):
        heard(deaf + "time.sleep(10**6)", total=0.5)


@in_a_sandbox
def test_bubblewrap_is_asked_for_every_wall():
    command = sandboxed(3, 4)
    for wall in ("ipc", "pid", "net", "uts"):
        assert f"--unshare-{wall}" in command
    assert {"--die-with-parent", "--new-session", "--clearenv", "--seccomp"} <= set(command)
    inside = [command[k + 2] for k, word in enumerate(command) if word.endswith("-bind")]
    assert all("backprop" not in Path(place).parts for place in inside)
    assert {command[k] for k, word in enumerate(command) if word.endswith("-bind")} == {"--ro-bind"}
