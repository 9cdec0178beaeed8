"""The exercise sheets: their source, what students get of it, and what nbgrader needs to know."""

import re

import nbformat
import numpy as np
import pytest
from outputs import code
from sheets import PAGE_ONLY, RELEASE, SOURCE, for_course, for_page, plain, read, sheets

from backprop.classroom.checks import check
from backprop.classroom.exercises import EXERCISES
from backprop.classroom.mistakes import CATALOGUE

STUB = r"\1# YOUR CODE HERE\n\1raise NotImplementedError()"  # nbgrader's
SOLUTION = re.compile(r"^( *)### BEGIN SOLUTION\n.*?### END SOLUTION$", re.DOTALL | re.MULTILINE)
HIDDEN = re.compile(r"### BEGIN HIDDEN TESTS\n.*?### END HIDDEN TESTS", re.DOTALL)


@pytest.fixture(params=sheets())
def name(request):
    return request.param


@pytest.fixture
def sheet(name):
    return read(name)


@pytest.fixture
def released(name):
    return nbformat.read(RELEASE / f"{name}.ipynb", as_version=4)


def about(cell):
    """Return what nbgrader knows of a cell; empty if it knows nothing."""
    return cell.metadata.get("nbgrader", {})


def page_only(cell):
    return PAGE_ONLY in cell.metadata.get("tags", [])


def stubs(notebook):
    return [cell for cell in code(notebook) if about(cell).get("solution")]


def function(cell):
    """Return the name of the function that a cell defines."""
    return re.search(r"^def (\w+)\(", cell.source, re.MULTILINE)[1]


def expected(cell):
    """Return the source that nbgrader should make of a cell, by a second, shorter program."""
    if about(cell).get("solution") and cell.cell_type == "markdown":
        return "YOUR ANSWER HERE"
    return HIDDEN.sub("", SOLUTION.sub(STUB, cell.source)).rstrip("\n")


def test_there_is_a_source_a_release_and_an_exercise_for_each_sheet_and_no_other():
    stems = [{path.stem for path in place.glob("*.ipynb")} for place in (SOURCE, RELEASE)]
    assert stems == [set(sheets())] * 2
    assert {exercise.sheet for exercise in EXERCISES.values()} == set(sheets())


def test_every_exercise_has_a_stub_a_check_and_points(name, sheet):
    cells = code(sheet)
    exercises = [exercise for exercise in EXERCISES.values() if exercise.sheet == name]
    assert [function(cell) for cell in stubs(sheet)] == [one.name for one in exercises]
    for stub, exercise in zip(stubs(sheet), exercises, strict=True):
        place = cells.index(stub)
        below = f"the second cell below the stub of {exercise.name}"
        assert cells[place + 1].source == f"check({exercise.name})"
        assert f"\ngrade({exercise.name})\n" in cells[place + 2].source, f"{below} grades it"
        given, wanted = about(cells[place + 2]).get("points"), sum(exercise.points.values())
        assert given == wanted, f"{below} gives {given} points, the exercise is worth {wanted}"
        (graded,) = [cell for cell in for_page(sheet, name).cells if cell.id == cells[place + 2].id]
        assert graded.metadata.tags == ["remove-cell"]


def promised(exercise):
    """Say what an exercise is worth, and each part of its answer if there are several."""
    each = set(exercise.points.values())
    listed = ", ".join(f"`{part}` {points}" for part, points in exercise.points.items())
    parts = f"{min(each)} for each part" if len(each) == 1 else listed
    whole = f"`{exercise.name}` {sum(exercise.points.values())}"
    return f"{whole} ({parts})" if len(exercise.points) > 1 else whole


OPENING = re.compile(
    r"""\A# .+

.+

:::{admonition} This sheet
:class: tip
\*\*You write\*\* (?P<written>.+), and the answer to a question\.\\
\*\*You need\*\* .+, and a pencil\.\\
\*\*Difficulty:\*\* (?P<difficulty>[123]) of 3\. \*\*Time:\*\* (?P<minutes>\d+) minutes\. (?#
)\*\*Points:\*\* (?P<points>\d+): (?P<parts>.+), the question 3\.
:::\Z"""
)


def test_every_sheet_opens_alike_and_promises_the_points_that_it_gives(name, sheet):
    opening = OPENING.match(sheet.cells[0].source)
    assert opening, "word the first cell as that of another sheet"
    given = [about(cell).get("points", 0) for cell in sheet.cells]
    assert int(opening["points"]) == sum(given)
    exercises = [exercise for exercise in EXERCISES.values() if exercise.sheet == name]
    assert opening["parts"] == ", ".join(map(promised, exercises))
    assert re.findall(r"`(\w+)`", opening["written"]) == [one.name for one in exercises]
    (thought,) = [cell for cell in sheet.cells if about(cell).get("grade_id") == "thought"]
    assert about(thought)["points"] == 3


def test_nbgrader_finds_all_that_its_third_schema_wants(sheet):
    marked = [cell for cell in sheet.cells if about(cell)]
    names = [about(cell)["grade_id"] for cell in marked]
    again = {one for one in names if names.count(one) > 1}
    assert not again, f"give each cell a grade_id of its own; more than one has {again}"
    for cell in marked:
        assert about(cell).keys() - {"points"} == {
            *("grade", "grade_id", "locked", "schema_version", "solution", "task")
        }
        assert about(cell)["schema_version"] == 3
        assert about(cell)["grade"] == ("points" in about(cell))
        assert about(cell)["locked"] != about(cell)["solution"]


def test_a_release_is_what_nbgrader_makes_of_the_source(name, sheet, released):
    wanted = [(cell.id, cell.cell_type, expected(cell)) for cell in for_course(sheet).cells]
    found = [(cell.id, cell.cell_type, cell.source.rstrip("\n")) for cell in released.cells]
    assert found == wanted, "run `make release`"


def test_no_release_holds_a_solution_a_hidden_test_or_an_output(sheet, released):
    text = "\n".join(cell.source for cell in released.cells)
    assert not re.search(r"SOLUTION|HIDDEN|grade\(|seed=", text)
    assert all(cell.outputs == [] for cell in code(released))
    secrets = [SOLUTION.search(cell.source)[0] for cell in stubs(sheet)]
    secrets += [cell.source for cell in sheet.cells if page_only(cell)]
    secrets += [c.source for c in sheet.cells if c.cell_type == "markdown" and about(c)]
    lines = {line.strip() for secret in secrets for line in secret.splitlines()}
    visible = "\n".join(
        cell.source for cell in sheet.cells if not about(cell) and not page_only(cell)
    )
    telling = {line for line in lines if len(line) > 24 and line not in visible}
    assert telling
    assert not [line for line in telling if line in text]


def test_a_release_is_plain_markdown(released):
    text = "\n".join(cell.source for cell in released.cells if cell.cell_type == "markdown")
    assert not re.search(r"^(:::|```\{)|\{[\w:]+\}`|\]\((?!https?:)|\$\$ \(", text, re.MULTILINE)


def test_a_release_runs_up_to_its_first_stub_and_every_check_waits(released):
    names = {}
    waiting = stubs(released)
    for cell in code(released)[: code(released).index(waiting[0])]:
        exec(compile(cell.source, "a sheet", "exec"), names)
    for stub in waiting:
        exec(compile(stub.source, "a sheet", "exec"), names)
        result = check(names[function(stub)])
        assert str(result).startswith(f"{function(stub)} is not written yet: 0 of ")
        assert not result.written


def test_the_solution_of_a_sheet_needs_numpy_alone_and_earns_every_point(sheet):
    names = {"np": np}
    for stub in stubs(sheet):
        exec(compile(stub.source, "a sheet", "exec"), names)
        for seed in (0, 1, 77_000_000_007):
            assert check(names[function(stub)], seed=seed).correct


@pytest.mark.parametrize(
    ("book", "jupyter"),
    [
        ("```{exercise-start}\n:label: ex-a\n```\n\nTry.\n\n```{exercise-end}\n```", "Try."),
        (":::{admonition} A\n:class: tip\nOne.\n\nTwo.\n:::", "**A.**\n\nOne.\n\nTwo."),
        (
            ":::{admonition} Hint 1\n:class: solution dropdown\nOne.\n:::\n\n"
            ":::{admonition} Hint 2\n:class: solution dropdown\nTwo.\n:::",
            "<details>\n<summary>Hint 1</summary>\n\nOne.\n\n</details>\n\n"
            "<details>\n<summary>Hint 2</summary>\n\nTwo.\n\n</details>",
        ),
        ("See [](softmax.ipynb).", "See *Turn any logits into a loss*."),
        ("See [there](../../chapters/the-relu.ipynb#a-part).", "See there."),
    ],
)
def test_what_only_the_book_understands_is_made_plain(book, jupyter):
    assert plain(book) == jupyter


def test_a_page_has_its_solutions_folded_and_none_of_nbgraders_marks(name, sheet):
    page = for_page(sheet, name)
    assert "END SOLUTION" not in "".join(cell.source for cell in page.cells)
    how = page.cells.pop(1)
    assert f"<../release/{name}.ipynb>" in how.source
    for before, after in zip(sheet.cells, page.cells, strict=True):
        if before in stubs(sheet):
            source = before.source.replace("    ### BEGIN SOLUTION\n", "")
            source = source.replace("\n    ### END SOLUTION", "")
            folded = f":class: solution dropdown\n```python\n{source}\n```\n:::"
            assert after.source == f":::{{admonition}} Solution\n{folded}"
        else:
            assert after.source == before.source


def test_all_that_is_folded_on_a_page_is_folded_in_one_way(name, sheet):
    page = for_page(sheet, name)
    text = "\n".join(cell.source for cell in page.cells if cell.cell_type == "markdown")
    assert not re.search(r"\{dropdown\}|<details>|\{toggle\}", text)
    assert not any("hide-input" in cell.metadata.get("tags", []) for cell in page.cells)
    kinds = r"^(?::::|```)\{(?:admonition|solution-start)\} (.+)\n:class: (?:solution )?dropdown$"
    folded = re.findall(kinds, text, re.MULTILINE)
    assert {first.split()[0].split("-sheet")[0] for first in folded} == {"Hint", "Solution", "ex"}


def test_hints_are_counted_and_say_whose_they_are():
    for name in sheets():
        for cell in read(name).cells:
            numbers = [int(k) for k in re.findall(r"\} Hint (\d)", cell.source)]
            whose = cell.source.count("on the task\n:class: solution dropdown")
            assert whose == len(numbers)  # or it could be a hint of the check's report above it
            assert numbers == list(range(1, len(numbers) + 1))
            assert len(numbers) != 1


@pytest.mark.parametrize("left", ["stubs", "errors"])
def test_a_sheet_that_is_not_filled_in_runs_to_its_end(monkeypatch, capsys, released, left):
    """Each cell but the checks of a function that is not there ends without an error."""
    monkeypatch.setattr("backprop.train", lambda *_, **__: None)
    names = {"__name__": "__main__"}
    waiting = stubs(released)
    for cell in code(released):
        if left == "stubs" or not (cell in waiting or cell.source.startswith("check(")):
            exec(compile(cell.source, "a sheet", "exec"), names)
    said = capsys.readouterr().out
    wanted = "is not written yet" if left == "stubs" else "is not defined"
    assert re.search(rf"This cell waits for \w+, which {wanted}", said), "it has no cell with SoFar"


def drawn(name, count=300):
    """Yield what the cell below the first draws for the numbers from 0 on."""
    source = compile(code(read(name))[1].source, name, "exec")
    for number in range(count):
        names = {"np": np, "number": number, "Matrices": dict, "print": lambda _: None}
        exec(source, names)
        yield names


def test_every_warm_up_has_open_and_shut_gates_whatever_the_number():
    for net in drawn("forward-pass"):
        Z1 = net["X"] @ net["W1"] + net["b1"]
        assert Z1.min() < 0 < Z1.max()
    for net in drawn("relu-gate"):
        assert sorted(net["Z"].ravel()) == [-3, -2, 0, 1, 2, 3]


def test_of_two_gates_the_way_back_meets_one_open_and_one_shut_whatever_the_number():
    for net in drawn("whole-backward-pass"):
        Z1 = net["X"] @ net["W1"] + net["b1"]
        dA1 = (0.5 - np.eye(2)[net["y"]]) @ net["W2"].T
        assert sorted(np.sign(Z1[0])) == [-1, 1]
        assert (dA1 != 0).all()  # or it would not matter that a gate is shut
        assert (np.maximum(0, Z1) @ net["W2"] + net["b2"] == 0).all()


GUIDE = (SOURCE.parent / "guide.md").read_text(encoding="utf-8")


def test_the_guide_gives_each_sheet_as_it_is(name, sheet):
    """Its row in the guide's table, and its entry below, say what its first cell says."""
    row = re.search(rf"^\| \[\]\(source/{name}\.ipynb\) \|(.*)\|$", GUIDE, re.MULTILINE)
    assert row, f"give {name} a row in the table of exercises/guide.md"
    opening = OPENING.match(sheet.cells[0].source)
    given = [entry.strip() for entry in row[1].split("|")]
    assert given == [opening["difficulty"], opening["minutes"], opening["points"]]
    entry = re.search(rf"^\[\]\(source/{name}\.ipynb\)\n: (.*)", GUIDE, re.MULTILINE)
    assert entry, f"say in exercises/guide.md what {name} teaches, as of the others"
    assert re.findall(r"`(\w+)`", entry[1]) == [function(stub) for stub in stubs(sheet)]


def test_every_mistake_that_the_guide_names_is_known():
    listed = GUIDE.partition("## What each teaches")[2].partition("\n## ")[0]
    known = set(CATALOGUE) | {wrong.name for one in EXERCISES.values() for wrong in one.wrong}
    named = set(re.findall(r"`([a-z\w]+(?:-\w+)+)`", listed))
    assert len(named) > 20
    assert named <= known, named - known
