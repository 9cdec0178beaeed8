"""What is kept of each graded submission: a small JSON file a student and sheet, written at once.

It is all that the tables and reports are made from, and what a second run looks at: the key says
from which notebook, questions, limits and version of the code the marks came.
"""

import hashlib
import json
import os
import tempfile
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

import numpy as np

import backprop
from backprop.classroom.grade.marking import Mark

MARKS = "marks"


class RecordError(Exception):
    """Records cannot be read, or do not belong together."""


@dataclass
class Record:
    """The marks of one student for one sheet. `file` is the notebook's path in the folder."""

    student: str
    sheet: str
    file: str
    course: str
    key: str
    marks: list[Mark]
    notes: list[str] = field(default_factory=list)
    needs_you: str = ""

    @property
    def earned(self) -> float:
        """The points of all exercises."""
        return sum(mark.earned for mark in self.marks)

    @property
    def out_of(self) -> float:
        """The points that could be earned."""
        return sum(mark.out_of for mark in self.marks)


def course_of(secret: str, settings: Any) -> str:
    """Return what tells one way of grading from another, and gives the seed away to nobody."""
    said = f"{secret}\n{settings}\n{np.__version__}\n{_code()}"
    return hashlib.sha256(said.encode()).hexdigest()[:16]


@lru_cache(maxsize=1)
def _code() -> str:
    """Return what changes with any line of the package: then all is graded again."""
    digest = hashlib.sha256()
    for path in sorted(Path(backprop.__file__).parent.rglob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def key_of(course: str, data: bytes) -> str:
    """Return what tells whether a notebook has been graded in this way."""
    return hashlib.sha256(course.encode() + data).hexdigest()


def file_name(name: str) -> str:
    """Return a name that is safe for a file, and different for different names."""
    safe = quote(name, safe=" @+,()")
    if len(safe) > 100 or safe.startswith((".", " ", "-")) or safe != safe.strip(". "):
        safe = hashlib.sha256(name.encode()).hexdigest()[:12] + "-" + quote(name[:20], safe="")
    return safe


def place(results: Path, student: str, sheet: str) -> Path:
    """Return where a record is kept."""
    return results / MARKS / sheet / f"{file_name(student)}.json"


def load(path: Path) -> Record:
    """Read a record; raises RecordError if the file holds none."""
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
        marks = [Mark(**mark) for mark in said.pop("marks")]
        return Record(**said, marks=marks)
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise RecordError(f"{path} holds no marks: {error}") from None


def load_all(results: Path) -> list[Record]:
    """Read every record below a folder, by sheet and student."""
    paths = sorted((results / MARKS).glob("*/*.json"))
    return sorted(map(load, paths), key=lambda record: (record.sheet, record.student))


def save(record: Record, results: Path) -> None:
    """Keep a record."""
    text = json.dumps(asdict(record), indent=1, ensure_ascii=False)
    write(place(results, record.student, record.sheet), text + "\n")


def write(path: Path, text: str) -> None:
    """Write a file, or leave it as it was: nobody ever sees half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    number, draft = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")
    try:
        with os.fdopen(number, "w", encoding="utf-8", newline="") as file:
            file.write(text)
        os.chmod(draft, 0o644)
        os.replace(draft, path)
    except BaseException:
        os.unlink(draft)
        raise
