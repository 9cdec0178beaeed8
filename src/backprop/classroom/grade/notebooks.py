"""Finding what was handed in, and reading it as what it is: data from someone else.

Two layouts are known: a file for each student, and a folder for each student, in which the
notebooks may lie deeper, as in nbgrader's submitted/<student>/<sheet>/<file>.ipynb. Links are not
followed, and nothing is opened that is no ordinary file of a reasonable size.
"""

import json
import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from backprop.classroom.exercises import EXERCISES

SHEETS = tuple(dict.fromkeys(exercise.sheet for exercise in EXERCISES.values()))
SIZE = 10 << 20  # bytes of a notebook with its outputs, at most
CODE = 150_000  # characters of code in it, at most
CELLS = 2_000  # at most
# No link is followed and no pipe waited for, where the system knows how. Windows has the last.
FLAGS = ("O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC", "O_BINARY")
DEPTH = 4  # folders in a student's folder
FILES = 50  # notebooks in it that are looked at
Cell = tuple[int, str]  # the number of a code cell, and what stands in it


class NotebookError(Exception):
    """What was handed in cannot be read; the text says why, to the student."""


@dataclass(frozen=True)
class Submission:
    """One notebook of one student; `sheet` is empty as long as nobody knows which it is."""

    student: str
    sheet: str
    path: Path


def find(folder: Path, sheet: str | None = None) -> tuple[list[Submission], list[str]]:
    """Return what lies in a folder, in order, and what is none; with a sheet, only of that one."""
    found, strange = [], []
    for entry in _sorted(folder):
        student = legible(entry.name)
        if entry.is_dir(follow_symlinks=False):
            paths = _several(entry)
            found += [_one(student, path, folder, sheet) for path in paths]
            strange += [] if paths else [f"{student}: handed in no notebook that can be read"]
        elif entry.name.endswith(".ipynb"):
            path = Path(entry.path)
            found.append(_one(student.removesuffix(".ipynb"), path, folder, sheet))
        elif entry.is_symlink():
            strange.append(f"{student}: it is a link, and was not followed")
    return [one for one in found if sheet in (None, one.sheet)], strange


def legible(name: str) -> str:
    """Return the name of a file as it can be printed."""
    text = os.fsencode(name).decode(errors="replace")
    return "".join(
        letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text
    )


def _several(folder: os.DirEntry[str] | Path) -> list[Path]:
    """Return the notebooks in a student's folder; none if it cannot be read."""
    try:
        return list(islice(_notebooks(folder, DEPTH), FILES))
    except OSError:
        return []


def _sorted(folder: Any) -> list[os.DirEntry[str]]:
    with os.scandir(folder) as entries:
        seen = [entry for entry in entries if not entry.name.startswith(".")]
    return sorted(seen, key=lambda entry: entry.name)


def _notebooks(folder: os.DirEntry[str] | Path, depth: int) -> Iterator[Path]:
    for entry in _sorted(folder):
        if entry.is_dir(follow_symlinks=False):
            yield from _notebooks(entry, depth - 1) if depth else ()
        elif entry.name.endswith(".ipynb"):
            yield Path(entry.path)


def _one(student: str, path: Path, folder: Path, sheet: str | None) -> Submission:
    """Return a submission with its sheet, as its path says, or else its code."""
    within = path.relative_to(folder)
    named = [part for part in (*within.parts[1:-1], within.stem) if part in SHEETS]
    named += [one for one in SHEETS if re.search(rf"(?<![^\W_]){one}(?![^\W_])", within.stem)]
    return Submission(student, named[0] if named else sheet or _guessed(path), path)


def upload(folder: Path, sheet: str) -> Submission:
    """Return the notebook that one student has uploaded; raises NotebookError if none is meant."""
    paths = _several(folder)
    meant = [path for path in paths if _one("", path, folder.parent, None).sheet == sheet]
    if len(meant or paths) == 1:
        return Submission("you", sheet, *(meant or paths))
    names = ", ".join(legible(path.name) for path in meant or paths)
    are = "are" if paths else "is"
    found = f"{len(meant or paths)} that could be it: {names}" if paths else "none"
    raise NotebookError(f"hand in one notebook for {sheet}; there {are} {found}")


def _guessed(path: Path) -> str:
    """Return the sheet most of whose functions a notebook defines; empty if it defines none."""
    try:
        code = "\n".join(source for _, source in read(path))
    except NotebookError:
        return ""
    defined = set(re.findall(r"^def (\w+)\(", code, re.MULTILINE))
    count = dict.fromkeys(SHEETS, 0)
    for exercise in EXERCISES.values():
        count[exercise.sheet] += exercise.name in defined
    best = max(count, key=lambda name: count[name])
    return best if count[best] else ""


def read(path: Path) -> list[Cell]:
    """Return the code cells of a notebook; raises NotebookError if it is none."""
    return cells(contents(path))


def contents(path: Path) -> bytes:
    """Return the bytes of an ordinary file; raises NotebookError for anything else."""
    try:
        if not stat.S_ISREG(path.lstat().st_mode):
            raise NotebookError("it is a link, a folder or a device, and not an ordinary file")
        number = os.open(path, sum(getattr(os, name, 0) for name in FLAGS))
    except OSError as error:
        raise NotebookError(f"the file cannot be read: {error.strerror}") from None
    with os.fdopen(number, "rb") as file:
        data = file.read(SIZE + 1)
    if len(data) > SIZE:
        raise NotebookError(f"the file is larger than {SIZE >> 20} MiB")
    return data


def cells(data: bytes) -> list[Cell]:
    """Return the code cells in the bytes of a notebook; raises NotebookError if it is none."""
    try:
        notebook = json.loads(data)
        found = notebook.get("cells") or [
            cell for sheet in notebook.get("worksheets", []) for cell in sheet["cells"]
        ]
        code = [cell for cell in found if cell["cell_type"] == "code"]
        sources = ["".join(cell.get("source", cell.get("input", ""))) for cell in code]
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise NotebookError("the file is not a notebook") from None
    if not found:
        raise NotebookError("the notebook has no cells")
    if sum(map(len, sources)) > CODE or len(sources) > CELLS:
        raise NotebookError(
            f"the notebook has more than {CODE:,} characters of code, or {CELLS:,} cells"
        )
    return list(enumerate(sources, start=1))
