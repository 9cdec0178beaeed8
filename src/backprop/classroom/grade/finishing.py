"""From the marks to what is handed out: tables, reports, and the list of what wants a look."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, replace
from pathlib import Path

from backprop.classroom.grade import tables
from backprop.classroom.grade.marking import FOR_QUESTION, question
from backprop.classroom.grade.notebooks import SHEETS
from backprop.classroom.grade.records import Record, file_name, write
from backprop.classroom.grade.reports import page
from backprop.classroom.grade.roster import ACCEPTED


@dataclass(frozen=True)
class Lists:
    """What an instructor has beside the notebooks; None or empty is what was not handed in."""

    roster: dict[str, tables.Row]
    gradebook: list[tables.Row] | None
    questions: dict[tuple[str, str], float] | None


def read_lists(roster: Path | None, gradebook: Path | None, questions: Path | None) -> Lists:
    """Read the tables, if there are any."""
    people = tables.read_table(roster, "id") if roster else []
    return Lists(
        {row["id"].strip(): row for row in people},
        tables.read_table(gradebook, tables.LOGIN) if gradebook else None,
        tables.questions(questions, SHEETS, FOR_QUESTION) if questions else None,
    )


def finish(
    records: Sequence[Record],
    results: Path,
    lists: Lists,
    unclear: list[str],
    everybody: bool = True,
) -> list[str]:
    """Write tables and reports, and return what needs the instructor's eye.

    A shard is not everybody: who is missing is said when shards are merged.
    """
    look = [f"{r.student}, {r.sheet}: {r.needs_you}" for r in records if r.needs_you] + unclear
    if lists.questions is not None:
        look += _without_a_pair(records, lists.questions)
        records = [_with_question(record, lists.questions) for record in records]
    for record in records:
        name = file_name(record.student)
        write(results / "reports" / record.sheet / f"{name}.html", page(record))
        at = results / "gradescope" / record.sheet / name / "results.json"
        write(at, tables.gradescope(record))
    write(results / "grades.csv", tables.nbgrader(records, lists.roster))
    if lists.gradebook is not None:
        text, remarks = tables.canvas(records, lists.gradebook)
        write(results / "canvas.csv", text)
        look += remarks
    if lists.roster and everybody:
        look += _attendance(records, lists.roster.keys())
    return look


def _with_question(record: Record, questions: Mapping[tuple[str, str], float]) -> Record:
    """Return a record with the points that a person gave; what is kept has them not."""
    mark = question(questions.get((record.student, record.sheet)))
    return replace(record, marks=[*record.marks, mark])


def _without_a_pair(
    records: Sequence[Record], questions: Mapping[tuple[str, str], float]
) -> list[str]:
    """Say who has a notebook and no points for the question, and the other way round."""
    graded = {(record.student, record.sheet): None for record in records}
    unread = [f"{', '.join(one)}: the question has no points yet" for one in graded]
    unread = [line for line, one in zip(unread, graded, strict=True) if one not in questions]
    strange = [one for one in questions if one not in graded]
    return unread + [f"{', '.join(one)}: points for the question, no notebook" for one in strange]


def _attendance(records: Sequence[Record], roster: Set[str]) -> list[str]:
    """Say who is not in the roster, and sheet by sheet who in it has handed in nothing."""
    handed_in: dict[str, set[str]] = {}
    for record in records:
        handed_in.setdefault(record.sheet, set()).add(record.student)
    everybody = set().union(*handed_in.values())
    strangers = [f"{student}: not in the roster" for student in sorted(everybody - roster)]
    hint = [f"the names of files: {ACCEPTED}"] if strangers else []
    absent = {sheet: sorted(roster - there) for sheet, there in handed_in.items()}
    return [
        *strangers,
        *hint,
        *(f"{sheet}: nothing from {', '.join(who)}" for sheet, who in absent.items() if who),
    ]
