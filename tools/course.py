"""Make the folder of a course for nbgrader: `make course COURSE=../my-course ROSTER=roster.csv`.

It holds the sheets as sources, a gradebook with the students and the due dates, and a seed that
only the course knows, from which the hidden tests draw their arrays. What is in it can be changed
with nbgrader's own commands. With --release it makes exercises/release/ anew instead, the
notebooks that the pages offer: `make release`.
"""

import argparse
import csv
import os
import re
import secrets
import shutil
import sys
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import nbformat
from nbgrader.api import Gradebook
from nbgrader.apps import NbGraderAPI
from nbgrader.coursedir import CourseDirectory
from sheets import RELEASE, for_course, read, sheets

from backprop.classroom.checks import CONFIG, SEED

# nbgrader calls its neighbour alembic by name.
os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"

COLUMNS = ("first_name", "last_name", "email", "lms_user_id")
SETTINGS = """\
c = get_config()
c.CourseDirectory.course_id = "backprop"
c.Execute.timeout = 30  # seconds that a cell may take
c.Execute.interrupt_on_timeout = True  # and goes on with the next
c.Execute.iopub_timeout = 30  # nor is more waited for what it prints
c.Execute.shutdown_kernel = "immediate"  # a loop that hears nothing is not asked to end


# Of a copied cell nbgrader leaves marks that are empty, and would stop there for all.
def let_copies_be(notebook, resources):
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader") == {}:
            del cell.metadata["nbgrader"]
    return notebook, resources


c.Autograde.sanitize_preprocessors.insert(2, let_copies_be)  # behind DeduplicateIds
"""


class RosterError(ValueError):
    """The list of students cannot be used."""


def students(roster: Path) -> dict[str, dict[str, str]]:
    """Read a CSV with a column `id`, and if you like first_name, last_name, email, lms_user_id."""
    with open(roster, encoding="utf-8-sig", newline="") as file:
        table = csv.DictReader(file, skipinitialspace=True)
        if "id" not in (table.fieldnames or []):
            columns = ", ".join(table.fieldnames or []) or "nothing"
            raise RosterError(f"{roster} has the columns {columns}; a column id is wanted")
        rows = list(table)
    found: dict[str, dict[str, str]] = {}
    for number, row in enumerate(rows, 2):
        name = (row["id"] or "").strip()
        if not re.fullmatch(r"\w[\w.@-]*", name):
            raise RosterError(f"{roster}, line {number}: {name!r} can't be the name of a folder")
        if name in found:
            raise RosterError(f"{roster}, line {number}: {name} stands there twice")
        found[name] = {key: row[key].strip() for key in COLUMNS if row.get(key)}
    return found


def make(
    folder: Path,
    seed: int,
    roster: Path | None = None,
    due: datetime | None = None,
    every: int = 7,
) -> None:
    """Write the course: each sheet is due `every` days after the one before it."""
    if folder.exists() and any(folder.iterdir()):
        raise FileExistsError(f"{folder} is not empty; name a folder that is not there yet")
    enrolled = students(roster) if roster else {}
    for name in sheets():
        place = folder / "source" / name
        place.mkdir(parents=True)
        nbformat.write(for_course(read(name)), place / f"{name}.ipynb")
    (folder / "submitted").mkdir()
    (folder / CONFIG).write_text(SETTINGS, encoding="utf-8")
    (folder / SEED).write_text(f"{seed}\n", encoding="utf-8")
    with Gradebook(f"sqlite:///{folder.resolve() / 'gradebook.db'}") as book:
        for number, name in enumerate(sheets()):
            when = due and due + number * timedelta(days=every)
            book.add_assignment(name, duedate=when)
        for name, about in enrolled.items():
            book.add_student(name, **about)


def deadline(text: str) -> datetime:
    """Return a moment; a day without a time ends at its last minute."""
    when = datetime.fromisoformat(text)
    return when if len(text) > len("2027-01-15") else when.replace(hour=23, minute=59)


def release() -> None:
    """Let nbgrader make the students' notebooks of all sheets, and keep them with the book."""
    shutil.rmtree(RELEASE, ignore_errors=True)
    RELEASE.mkdir()
    with TemporaryDirectory() as temporary:
        folder = Path(temporary) / "course"
        make(folder, seed=0)
        api = NbGraderAPI(CourseDirectory(root=str(folder)))
        for name in sheets():
            done = api.generate_assignment(name)
            if not done["success"]:
                raise RuntimeError(f"nbgrader refuses {name}:\n{done['error']}\n{done['log']}")
            made = nbformat.read(folder / "release" / name / f"{name}.ipynb", as_version=4)
            nbformat.write(made, RELEASE / f"{name}.ipynb")


def main(arguments: list[str] | None = None) -> None:
    """Read the command line, and make a course or the release."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path, nargs="?", help="where the course will be")
    parser.add_argument("--seed", type=int, help="of the hidden tests; drawn if not given")
    parser.add_argument("--roster", type=Path, help="a CSV with the columns id, first_name, ...")
    parser.add_argument("--due", type=deadline, help="of the first sheet, in UTC: 2027-01-15")
    parser.add_argument("--every", type=int, default=7, help="days from sheet to sheet")
    parser.add_argument("--release", action="store_true", help="make exercises/release/ anew")
    given = parser.parse_args(arguments)
    if given.release:
        release()
        return
    if given.folder is None:
        parser.error("name the folder of the course, as in make course COURSE=../my-course")
    seed = secrets.randbelow(2**32) if given.seed is None else given.seed
    try:
        make(given.folder, seed, given.roster, given.due, given.every)
    except (RosterError, FileExistsError, FileNotFoundError) as error:
        sys.exit(str(error))
    print(f"{given.folder} holds {len(sheets())} sheets. The seed of its hidden tests, {seed},")
    print(f"stands in its {SEED}; keep it to yourself.")


if __name__ == "__main__":
    main()
