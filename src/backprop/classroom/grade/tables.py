"""The marks as other programs want them: for nbgrader and Moodle, for Canvas, for Gradescope."""

import csv
import io
import json
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from backprop.classroom.grade.records import Record

NBGRADER = (
    "assignment",
    "student_id",
    "last_name",
    "first_name",
    "email",
    "raw_score",
    "late_submission_penalty",
    "score",
    "max_score",
)
FORMULA = tuple("=+-@\uff1d\uff0b\uff0d\uff20")  # the last four as East Asia writes them
LOGIN = "SIS Login ID"
POSSIBLE = "    Points Possible"  # with the spaces that Canvas writes
IDENTITY = ("Student", "LastName", "FirstName", "ID", "SIS User ID", LOGIN, "Section")
NUMBER = re.compile(r"[-+]?\d[\d.,]*")
Row = dict[str, str]


class TableError(Exception):
    """A table that was handed in is not the one that is wanted."""


def harmless(text: str) -> str:
    """Return a cell on one line that no spreadsheet takes for a formula."""
    line = " ".join(text.split())
    if line.startswith(FORMULA) and not NUMBER.fullmatch(line):
        return f"'{line}"
    return " " * (len(text) - len(text.lstrip(" "))) + line


def written(columns: Sequence[str], rows: Iterable[Mapping[str, object]]) -> str:
    """Return rows as CSV, with nothing in them that could be taken for a formula."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    for row in ({name: name for name in columns}, *rows):
        cells = (row.get(name, "") for name in columns)
        writer.writerow([harmless(c) if isinstance(c, str) else f"{c:g}" for c in cells])
    return text.getvalue()


def read_table(path: Path, column: str) -> list[Row]:
    """Read a CSV, with commas or semicolons, whose heading has this column, or raise TableError."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            heading = file.readline()
            file.seek(0)
            reader = csv.DictReader(file, delimiter=max(",;", key=heading.count))
            rows = [{k: v or "" for k, v in row.items() if k} for row in reader]
            columns = list(reader.fieldnames or [])
    except (OSError, ValueError, csv.Error) as error:
        raise TableError(f"{path} cannot be read: {error}") from None
    if column not in columns:
        found = ", ".join(columns) or "none"
        raise TableError(f"{path} has no column {column!r}; its columns are {found}")
    return rows


def nbgrader(records: Iterable[Record], roster: Mapping[str, Row]) -> str:
    """Return the marks in the columns of `nbgrader export`; Moodle maps its e-mail to people."""
    rows = []
    for record in records:
        person = roster.get(record.student, {})
        rows.append(
            {name: person.get(name, "") for name in ("last_name", "first_name", "email")}
            | {"assignment": record.sheet, "student_id": record.student}
            | {"raw_score": record.earned, "late_submission_penalty": 0.0}
            | {"score": record.earned, "max_score": record.out_of}
        )
    return written(NBGRADER, rows)


def questions(path: Path, sheets: Sequence[str], most: float) -> dict[tuple[str, str], float]:
    """Read a CSV with the columns id, sheet, points: what a person gave for a sheet's question."""
    found: dict[tuple[str, str], float] = {}
    for number, row in enumerate(read_table(path, "id"), start=2):
        student, sheet, points = (row.get(name, "").strip() for name in ("id", "sheet", "points"))
        if sheet not in sheets:
            raise TableError(f"{path}, line {number}: {sheet!r} is none of {', '.join(sheets)}")
        try:
            given = float(points)
        except ValueError:
            given = math.nan
        if not 0 <= given <= most:
            raise TableError(f"{path}, line {number}: {points!r} is not from 0 to {most:g}")
        if (student, sheet) in found:
            raise TableError(f"{path}, line {number}: {student} has points for {sheet} already")
        found[student, sheet] = given
    return found


def canvas(records: Sequence[Record], gradebook: Sequence[Row]) -> tuple[str, list[str]]:
    """Return a file for Canvas to import, and remarks on what its gradebook has otherwise.

    Students are found by their SIS Login ID. A sheet goes into the column that is named after it,
    whatever number Canvas put behind the name, or into a new one. Who has no marks here keeps what
    stands there, since Canvas takes an empty cell for a mark to be deleted.
    """
    sheets = sorted({record.sheet for record in records})
    titles = {sheet: _title(sheet, gradebook) for sheet in sheets}
    marks = {(record.student, record.sheet): record.earned for record in records}
    columns = [name for name in IDENTITY if not gradebook or name in gradebook[0]]
    possible: dict[str, object] = {columns[0]: POSSIBLE}
    possible |= {titles[record.sheet]: record.out_of for record in records}
    people = [row for row in gradebook if row[LOGIN].strip()]
    rows: list[dict[str, object]] = [possible]
    for person in people:
        row: dict[str, object] = {name: person[name] for name in columns}
        for sheet, title in titles.items():
            row[title] = marks.get((person[LOGIN].strip(), sheet), person.get(title, ""))
        rows.append(row)
    known = {person[LOGIN].strip() for person in people}
    strangers = sorted({record.student for record in records} - known)
    remarks = [f"{student}: not in the Canvas gradebook" for student in strangers]
    remarks += _other_points(possible, gradebook)
    return written([*columns, *titles.values()], rows), remarks


def _other_points(possible: Mapping[str, object], gradebook: Sequence[Row]) -> list[str]:
    """Remark on columns in which Canvas counts out of another number of points."""
    theirs = next(
        (row for row in gradebook if POSSIBLE.strip() in map(str.strip, row.values())), {}
    )
    remarks = []
    for title, points in possible.items():
        with suppress(ValueError):  # no number, or a column that Canvas does not have yet
            if points != POSSIBLE and float(theirs.get(title, "").replace(",", ".")) != points:
                remarks.append(
                    f"{title}: {points:g} points here, {theirs[title].strip()} in Canvas"
                )
    return remarks


def _title(sheet: str, gradebook: Sequence[Row]) -> str:
    titles = gradebook[0] if gradebook else ()
    return next((name for name in titles if name == sheet or name.startswith(f"{sheet} (")), sheet)


def gradescope(record: Record) -> str:
    """Return results.json as Gradescope reads it: one test for each part of an answer."""
    tests = []
    for mark in record.marks:
        lost = sum(part["earned"] for part in mark.parts) - mark.earned
        for part in mark.parts:
            tests.append(
                {
                    "name": f"{mark.exercise}: {part['name']}",
                    "score": part["earned"],
                    "max_score": part["out_of"],
                    "output": part["message"],
                    "visibility": "visible",
                }
            )
        said = "\n\n".join(f"{heading}. {text}" for heading, text in mark.sections)
        tests.append(
            {
                "name": f"{mark.exercise}: what the check says",
                "score": 0 - lost,  # 0 without a sign
                "max_score": 0,
                "output": said,
                "visibility": "visible",
            }
        )
    report = {"score": record.earned, "output": "\n".join(record.notes), "tests": tests}
    return json.dumps(report, indent=1, ensure_ascii=False) + "\n"
