"""nbgrader's whole way, with the commands that an instructor types: `make test-course`.

It is not part of `make test`: nbgrader lives in an environment of its own, and each of its commands
takes seconds to start. It makes a course, releases a sheet, hands in five answers, one of them with
every cell twice, grades them, and reads the marks and the feedback.
"""

import csv
import os
import re
import subprocess
from html import unescape

import nbformat
import pytest
from test_book import ROOT

BIN = ROOT / ".venv-course" / ("Scripts" if os.name == "nt" else "bin")
STUB = "    # YOUR CODE HERE\n    raise NotImplementedError()"
SHEET = "linear-layer"
ROSTER = (
    "id,first_name,last_name,email\nada,Ada,One,ada@example.org\nbo,Bo,Two,bo@example.org\n"
    "cy,Cy,Three,\ndee,Dee,Four,\neve,Eve,Five,\n"
)
ANSWERS = {  # what stands in the place of the stub, and what it earns, of 6 points
    "ada": ("    return dZ @ W.T, X.T @ dZ, dZ.sum(axis=0)", 6),
    "bo": ("    return dZ @ W.T, X.T @ dZ, dZ.mean(axis=0)", 4),
    "cy": (STUB, 0),
    "dee": ("    return dZ @@ W", 0),
    "eve": ("    print(1 / np.float64(0)); return dZ @ W, X.T @ dZ, dZ.sum(axis=0)", 4),
}


def typed(line, folder=ROOT, good=True):
    """Run a line in a folder, with the course's environment first in the path."""
    done = subprocess.run(
        line.split(),
        cwd=folder,
        env=os.environ | {"PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode == 0) == good, done.stdout + done.stderr
    return done.stdout + done.stderr


def hand_in(course):
    """Let each student fill in the stub of the released sheet."""
    for student, (body, _) in ANSWERS.items():
        notebook = nbformat.read(course / "release" / SHEET / f"{SHEET}.ipynb", as_version=4)
        for cell in notebook.cells:
            cell.source = cell.source.replace(STUB, body)
        if student == "ada":  # who comes first, so that nbgrader would stop at once
            copies = [nbformat.from_dict(cell | {"id": f"{cell.id}-2"}) for cell in notebook.cells]
            notebook.cells += copies
        place = course / "submitted" / student / SHEET
        place.mkdir(parents=True)
        nbformat.write(notebook, place / f"{SHEET}.ipynb")


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A course in which everything was typed that the guide tells an instructor to type."""
    folder = tmp_path_factory.mktemp("nbgrader")
    course, roster = folder / "course", folder / "roster.csv"
    roster.write_text(ROSTER)
    made = "python tools/course.py {} --roster {} --due 2027-01-15 --seed 4711"
    typed(made.format(course, roster))
    typed(f"nbgrader generate_assignment {SHEET}", course)
    hand_in(course)
    typed(f"nbgrader autograde {SHEET}", course)
    typed(f"nbgrader generate_feedback {SHEET}", course)
    typed("nbgrader export", course)
    return course


def test_every_answer_gets_what_it_deserves(course):
    with (course / "grades.csv").open() as file:
        rows = [row for row in csv.DictReader(file) if row["assignment"] == SHEET]
    assert {row["student_id"]: float(row["score"]) for row in rows} == {
        student: points for student, (_, points) in ANSWERS.items()
    }
    assert {row["max_score"] for row in rows} == {"9.0"}
    assert {row["duedate"] for row in rows} == {"2027-01-29 23:59:00"}
    assert {row["email"] for row in rows} == {"ada@example.org", "bo@example.org", ""}


def feedback(course, student):
    page = (course / "feedback" / student / SHEET / f"{SHEET}.html").read_text(encoding="utf-8")
    return unescape(re.sub(r"<[^>]+>", "", page))


def test_the_feedback_names_the_mistake_and_keeps_the_seed(course):
    assert "A mean over the examples, which divides by N a second time" in feedback(course, "bo")
    assert "dX through W as it stands, not transposed" in feedback(course, "eve")
    assert "linear_backward is not written yet: 0 of 6 points." in feedback(course, "cy")
    assert not any("4711" in feedback(course, student) for student in ANSWERS)


def test_every_sheet_can_be_released_and_the_book_holds_what_comes_out(course):
    for path in (ROOT / "exercises" / "source").glob("*.ipynb"):
        typed(f"nbgrader generate_assignment {path.stem} --force", course)
        made = (course / "release" / path.stem / path.name).read_text(encoding="utf-8")
        kept = (ROOT / "exercises" / "release" / path.name).read_text(encoding="utf-8")
        assert nbformat.reads(made, 4) == nbformat.reads(kept, 4)


@pytest.mark.parametrize(
    ("roster", "message"),
    [
        ("name\nAda\n", "has the columns name; a column id is wanted"),
        ("", "has the columns nothing; a column id is wanted"),
        ("id\nada\nada\n", "line 3: ada stands there twice"),
        ("id\n../ada\n", "line 2: '../ada' can't be the name of a folder"),
    ],
)
def test_a_roster_that_cannot_be_used_is_refused(tmp_path, roster, message):
    (tmp_path / "roster.csv").write_text(roster)
    made = f"python tools/course.py {tmp_path / 'course'} --roster {tmp_path / 'roster.csv'}"
    assert message in typed(made, good=False)
    assert not (tmp_path / "course").exists()


def test_a_folder_that_is_in_use_is_left_alone(tmp_path):
    (tmp_path / "precious").touch()
    said = typed(f"python tools/course.py {tmp_path}", good=False)
    assert "is not empty; name a folder that is not there yet" in said
    assert [path.name for path in tmp_path.iterdir()] == ["precious"]
    assert "name the folder of the course" in typed("python tools/course.py", good=False)
