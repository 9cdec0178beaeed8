"""The commands of the grader as an instructor may mistype them, its tables, and its wire."""

import csv
import json
import os
import re
import struct
from contextlib import suppress
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sheets import read, sheets
from submissions import RIGHT, notebook

from backprop.classroom.grade import notebooks, sandbox, tables
from backprop.classroom.grade.__main__ import (
    LOOK,
    NO_SANDBOX,
    UNUSABLE,
    WELL,
    _parser,
    main,
)
from backprop.classroom.grade.inside import wire
from backprop.classroom.grade.marking import FOR_QUESTION, Mark
from backprop.classroom.grade.process import PATIENCE, Limits
from backprop.classroom.grade.records import Record, load_all, save
from backprop.classroom.grade.roster import whose
from backprop.classroom.grade.syscalls import PROCESSORS, REFUSED, seccomp_filter


def record(student, earned=4, sheet="linear-layer", course="c", **more):
    parts = [
        {"name": "dX", "earned": earned - 2, "out_of": 2, "message": "right"},
        {"name": "dW", "earned": 2, "out_of": 4, "message": "wrong"},
    ]
    marks = [Mark("linear_backward", 6, earned, parts, [["Result", "said"]])]
    return Record(student, sheet, f"{student}.ipynb", course, "k", marks, **more)


@pytest.fixture
def course(tmp_path):
    """A folder with one notebook, and a seed."""
    (tmp_path / "submitted").mkdir()
    (tmp_path / "submitted" / "anna.ipynb").write_bytes(notebook(RIGHT))
    (tmp_path / "seed.txt").write_text("geheim")
    return tmp_path


# --- what cannot be used is refused in one line that says what is wanted


def refused(capsys, *words):
    status = main([str(word) for word in words])
    said = capsys.readouterr()
    assert status == UNUSABLE
    assert said.out == ""
    assert said.err.startswith("grade: ")
    return said.err.removeprefix("grade: ").strip()


def test_bad_input_gets_a_kind_word(course, capsys):
    submitted, results = course / "submitted", course / "results"

    def said(*more, folder=submitted, into=results):
        return refused(capsys, "run", folder, into, *more)

    assert said(folder=course / "nowhere") == f"there is no folder {course / 'nowhere'}"
    assert "there is no sheet 'lineal'; there are forward-pass, softmax" in said(
        "--sheet", "lineal"
    )
    assert said("--jobs", "0") == "--jobs is 0; more than 0 is wanted"
    assert said("--seconds", "nan") == "--seconds is nan; more than 0 is wanted"
    assert said("--shard", "3/2") == "--shard is '3/2'; two numbers such as 2/3 are wanted"
    assert "lies in" in said(into=submitted / "results")
    assert said("--seed-file", course / "other.txt").startswith(
        f"there is no {course / 'other.txt'}; wanted is a file with your course's own secret"
    )
    (course / "bytes.txt").write_bytes(b"\xff\xfe")
    assert "seed file cannot be read" in said("--seed-file", course / "bytes.txt")
    (course / "empty.txt").write_text(" \n")
    assert "empty.txt is empty; wanted is a file with your course's own secret" in said(
        "--seed-file", course / "empty.txt"
    )
    (course / "results.txt").write_text("")
    assert "results.txt is a file" in said(into=course / "results.txt")
    (course / "hollow").mkdir()
    assert said(folder=course / "hollow") == f"there is no notebook in {course / 'hollow'}"
    assert not results.exists()


def test_lists_that_cannot_be_read_are_named_before_anything_is_run(course, capsys):
    words = ["run", course / "submitted", course / "results"]
    (course / "list.csv").write_text("name,mail\nAnna,a@b.c\n")
    assert refused(capsys, *words, "--roster", course / "list.csv").endswith(
        "list.csv has no column 'id'; its columns are name, mail"
    )
    assert "no column 'SIS Login ID'" in refused(capsys, *words, "--canvas", course / "list.csv")
    assert "cannot be read" in refused(capsys, *words, "--roster", course / "none.csv")
    (course / "bytes.csv").write_bytes(b"id\n\xff\xfe\n")
    assert "cannot be read" in refused(capsys, *words, "--roster", course / "bytes.csv")


def test_without_a_sandbox_nothing_is_run(course, capsys, monkeypatch):
    monkeypatch.setenv("PATH", str(course))
    sandbox.walls.cache_clear()
    assert main(["run", str(course / "submitted"), str(course / "results")]) == NO_SANDBOX
    sandbox.walls.cache_clear()
    said = capsys.readouterr().err
    assert "bubblewrap (the command bwrap) is not installed" in said
    assert "--trust" in said
    assert not (course / "results" / "marks").exists()


@pytest.mark.skipif(os.name == "nt", reason="Windows runs no submissions")
def test_who_trusts_the_submissions_may_run_them_without(course, capsys, monkeypatch):
    monkeypatch.setenv("PATH", str(course))
    words = ["run", str(course / "submitted"), str(course / "results"), "--trust", "--jobs", "1"]
    assert main(words) == WELL
    (one,) = load_all(course / "results")
    assert (one.student, one.earned) == ("anna", 6)


def test_an_upload_gets_a_result_whatever_it_is(course, monkeypatch):
    monkeypatch.setenv("PATH", str(course))
    upload, result = course / "upload", course / "out" / "results.json"
    upload.mkdir()
    words = ["one", str(upload), str(result), "--sheet", "linear-layer", "--trust"]
    words += ["--seed-file", str(course / "seed.txt")]

    def said():
        assert main(words) == WELL
        return json.loads(result.read_text(encoding="utf-8"))

    (upload / "answers.py").write_text(RIGHT)
    none = said()
    assert (none["score"], none["output"]) == (
        0,
        "hand in one notebook for linear-layer; there is none",
    )
    (upload / "linear-layer.ipynb").write_bytes(notebook(RIGHT))
    (upload / "other.ipynb").write_bytes(notebook("print(1)"))
    assert said()["score"] == 6
    assert '"score": -' not in result.read_text()
    (upload / "linear-layer (1).ipynb").write_bytes(notebook(RIGHT))
    assert "2 that could be it: linear-layer (1).ipynb, linear-layer.ipynb" in said()["output"]


def test_an_upload_needs_a_sheet_and_a_file_to_write(course, capsys):
    upload, result = course / "submitted", course / "results.json"
    assert refused(capsys, "one", upload, result) == ("say which sheet it is: --sheet linear-layer")
    assert "is a folder; the name of a file" in refused(
        capsys, "one", upload, course, "--sheet", "softmax"
    )


def test_commands_explain_themselves(capsys):
    for words in (["--help"], ["run", "--help"], ["merge", "--help"], []):
        with pytest.raises(SystemExit):
            main(words)
    assert "submitted" in capsys.readouterr().out


# --- shards


def test_what_does_not_belong_together_is_not_merged(tmp_path, capsys):
    one, two, both = tmp_path / "one", tmp_path / "two", tmp_path / "both"
    save(record("anna"), one)
    assert refused(capsys, "merge", both, one, two) == f"there are no marks in {two}"
    save(record("anna", earned=3), two)
    said = refused(capsys, "merge", both, one, two)
    assert said == "anna has two different marks for linear-layer"
    save(record("anna"), two)
    save(record("bert", course="other"), two)
    assert "graded with different seeds, limits or versions" in refused(
        capsys, "merge", both, one, two
    )
    next(two.rglob("bert.json")).write_text('{"student": 1')
    assert "bert.json holds no marks" in refused(capsys, "merge", both, one, two)
    assert not both.exists()


def test_merging_needs_the_instructor_where_grading_did(tmp_path, capsys):
    save(record("anna"), tmp_path / "one")
    save(record("bert", needs_you="a link"), tmp_path / "two")
    words = ["merge", *(str(tmp_path / name) for name in ("both", "one", "two"))]
    assert main(words) == LOOK
    assert "look at bert, linear-layer: a link" in capsys.readouterr().out
    assert [one.student for one in load_all(tmp_path / "both")] == ["anna", "bert"]


# --- tables


def lines(path):
    return path.read_text(encoding="utf-8").splitlines()


def test_the_table_for_nbgrader_knows_the_roster(tmp_path, capsys):
    save(record("anna"), tmp_path / "one")
    save(record("stranger"), tmp_path / "one")
    (tmp_path / "roster.csv").write_text(
        "\ufeffid,first_name,last_name,email\nanna,Anna,=SUM(A1),anna@b.c\nbert,Bert,B,b@b.c\n",
        encoding="utf-8",
    )
    words = ["merge", str(tmp_path / "all"), str(tmp_path / "one"), "--roster"]
    assert main([*words, str(tmp_path / "roster.csv")]) == LOOK
    said = capsys.readouterr().out
    assert "look at stranger: not in the roster" in said
    assert "look at linear-layer: nothing from bert" in said
    rows = list(csv.DictReader(lines(tmp_path / "all" / "grades.csv")))
    assert rows[0] == {
        "assignment": "linear-layer",
        "student_id": "anna",
        "last_name": "'=SUM(A1)",
        "first_name": "Anna",
        "email": "anna@b.c",
        "raw_score": "4",
        "late_submission_penalty": "0",
        "score": "4",
        "max_score": "6",
    }


def test_the_table_for_canvas_keeps_its_people_and_its_columns(tmp_path, capsys):
    save(record("anna1"), tmp_path / "one")
    save(record("anna1", sheet="softmax"), tmp_path / "one")
    save(record("stranger"), tmp_path / "one")
    (tmp_path / "canvas.csv").write_text(
        "Student,ID,SIS User ID,SIS Login ID,Section,linear-layer (123),Final Score\n"
        "    Points Possible,,,,,6,\n"
        '"A, Anna",17,u1,anna1,S1,,90\n"B, Bert",18,u2,bert2,S1,-3,80\n'
    )
    words = ["merge", str(tmp_path / "all"), str(tmp_path / "one"), "--canvas"]
    assert main([*words, str(tmp_path / "canvas.csv")]) == LOOK
    assert "look at stranger: not in the Canvas gradebook" in capsys.readouterr().out
    rows = list(csv.reader(lines(tmp_path / "all" / "canvas.csv")))
    assert rows == [
        [
            "Student",
            "ID",
            "SIS User ID",
            "SIS Login ID",
            "Section",
            "linear-layer (123)",
            "softmax",
        ],
        ["    Points Possible", "", "", "", "", "6", "6"],
        ["A, Anna", "17", "u1", "anna1", "S1", "4", "4"],
        ["B, Bert", "18", "u2", "bert2", "S1", "-3", ""],  # an empty cell would delete the mark
    ]


def test_a_gradebook_may_have_two_columns_for_a_name_and_semicolons(tmp_path):
    (tmp_path / "canvas.csv").write_text(
        "LastName;FirstName;ID;SIS Login ID;Section;linear-layer (1)\n"
        "    Points Possible;;;;;9,5\nA;Anna;17;anna;S1;\n"
    )
    gradebook = tables.read_table(tmp_path / "canvas.csv", tables.LOGIN)
    text, remarks = tables.canvas([record("anna")], gradebook)
    assert remarks == ["linear-layer (1): 6 points here, 9,5 in Canvas"]
    assert text.splitlines() == [
        "LastName,FirstName,ID,SIS Login ID,Section,linear-layer (1)",
        "    Points Possible,,,,,6",
        "A,Anna,17,anna,S1,4",
    ]


def test_other_points_in_canvas_are_remarked_on():
    gradebook = [
        {"Student": "    Points Possible", tables.LOGIN: "", "linear-layer (1)": "9.0"},
        {"Student": "Anna", tables.LOGIN: "anna", "linear-layer (1)": ""},
    ]
    both = [record("anna"), record("anna", sheet="softmax")]
    assert tables.canvas(both, gradebook)[1] == ["linear-layer (1): 6 points here, 9.0 in Canvas"]
    gradebook[0]["linear-layer (1)"] = "6"
    assert tables.canvas(both, gradebook)[1] == []


def test_points_for_the_question_join_the_others(tmp_path, capsys):
    for student in ("anna", "bert"):
        save(record(student), tmp_path / "one")
    (tmp_path / "read.csv").write_text("id,sheet,points\nanna,linear-layer,2.5\nzoe,softmax,1\n")
    words = ["merge", str(tmp_path / "all"), str(tmp_path / "one")]
    assert main(words) == WELL
    page = tmp_path / "all" / "reports" / "linear-layer" / "anna.html"
    assert (
        "A person reads the answer: _ of 3 points, which are not counted here." in page.read_text()
    )
    assert main([*words, "--questions", str(tmp_path / "read.csv")]) == LOOK
    said = capsys.readouterr().out
    assert "look at bert, linear-layer: the question has no points yet" in said
    assert "look at zoe, softmax: points for the question, no notebook" in said
    rows = list(csv.DictReader(lines(tmp_path / "all" / "grades.csv")))
    assert [(row["score"], row["max_score"]) for row in rows] == [("6.5", "9"), ("4", "9")]
    assert "linear-layer: 6.5 of 9 points" in page.read_text()
    assert "_ of 3" not in page.read_text()
    assert [one.out_of for one in load_all(tmp_path / "all")] == [6, 6]  # marks stay the grader's


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("anna,linear,1", "line 2: 'linear' is none of forward-pass, softmax"),
        ("anna,softmax,4", "line 2: '4' is not from 0 to 3"),
        ("anna,softmax,-1", "line 2: '-1' is not from 0 to 3"),
        ("anna,softmax,nan", "line 2: 'nan' is not from 0 to 3"),
        ("anna,softmax,", "line 2: '' is not from 0 to 3"),
        ("anna,softmax,1\nanna,softmax,2", "line 3: anna has points for softmax already"),
    ],
)
def test_points_for_the_question_that_cannot_be_are_refused(tmp_path, row, message):
    (tmp_path / "read.csv").write_text(f"id,sheet,points\n{row}\n")
    with pytest.raises(tables.TableError, match=re.escape(message)):
        tables.questions(tmp_path / "read.csv", notebooks.SHEETS, FOR_QUESTION)


def test_a_person_gives_what_the_sheets_say():
    for sheet in sheets():
        cells = [c for c in read(sheet).cells if c.cell_type == "markdown"]
        given = [c.metadata["nbgrader"].get("points", 0) for c in cells if "nbgrader" in c.metadata]
        assert sum(given) == FOR_QUESTION


# --- whose a file is


ROSTER = {
    "anna1": {"first_name": "Anna", "last_name": "Müller-Au", "lms_user_id": "123"},
    "b_b": {"first_name": "Bert", "last_name": "Bond", "email": "bert@example.org"},
    "c1": {"first_name": "Cy", "last_name": "Clark"},
    "c2": {"first_name": "Cy", "last_name": "Clark"},
    "456": {},
}


@pytest.mark.parametrize(
    ("name", "ids"),
    [
        ("anna1", ["anna1"]),
        ("mullerauanna_9_456_relu-gate", ["anna1"]),
        ("mullerauanna_LATE_9_456_relu-gate", ["anna1"]),
        (
            "another_123_456_b_b",
            ["anna1"],
        ),  # the platform's number counts, the rest is the student's
        ("nobody_9_8_b_b", []),
        ("Anna Müller-Au_77_assignsubmission_file_", ["anna1"]),
        ("Müller-Au Anna_123_assignsubmission_file_anna1.ipynb", ["anna1"]),
        ("Participant 456_456_assignsubmission_file_", []),
        ("Cy Clark_77_assignsubmission_file_", ["c1", "c2"]),
        ("relu-gate_B_B", ["b_b"]),
        ("bert@example.org_relu-gate", ["b_b"]),
        ("anna1x", []),
        ("Anna", []),
    ],
)
def test_the_name_of_a_file_says_whose_it_is(name, ids):
    assert whose(name, ROSTER) == ids


def test_the_sheet_stands_in_the_names_that_platforms_make(tmp_path):
    for name in ("a_1_2_relu-gate-1.ipynb", "b_1_2_softmax (2).ipynb", "c_1_2_mysoftmaxes.ipynb"):
        (tmp_path / name).write_bytes(notebook("1"))
    assert [one.sheet for one in notebooks.find(tmp_path)[0]] == ["relu-gate", "softmax", ""]


@given(st.text())
def test_no_cell_is_a_formula_or_a_second_line(text):
    (cells,) = list(csv.reader(tables.written(["a"], [{"a": text}]).splitlines()[1:])) or [[""]]
    assert not "".join(cells).lstrip().startswith(("=", "+", "-", "@"))


# --- the wire


def sent(value):
    return wire.unpack(BytesIO(wire.pack(value)).read)


@pytest.mark.parametrize(
    "value",
    [None, True, 3, -2.5, "a\nb", [1, [2.5, "c"]], (1, ()), {"a": [], "b": {"c": (None,)}}],
)
def test_plain_values_come_through(value):
    assert sent(value) == value


@pytest.mark.parametrize("kind", ["?", "b", "H", "i", "q", "e", "f", "d", "D", ">f8", ">i4"])
@pytest.mark.parametrize("shape", [(), (0,), (3,), (2, 3), (0, 5), (1, 2, 1)])
def test_arrays_come_through(kind, shape):
    array = (10 * np.random.default_rng(0).random(shape)).astype(kind)
    got = sent([array, array.T])
    for one, other in zip(got, (array, array.T), strict=True):
        np.testing.assert_array_equal(one, other)
        assert one.dtype == array.dtype.newbyteorder("=")
        one[...] = 0  # it is no view of anything


def test_what_is_not_plain_arrives_as_the_name_of_its_type():
    class Odd(str):
        pass

    class Lying(tuple):
        def __len__(self):
            return 9

        def __iter__(self):
            return iter([3, 4])

    class Twice(dict):
        def items(self):
            return [("a", 1), ("a", 2)]

    assert type(sent(object())).__name__ == "object"
    assert type(sent(x for x in [1])).__name__ == "generator"
    assert sent(Lying((1, 2))) == (3, 4)
    assert sent(Twice()) == {"a": 2}
    assert type(sent(10**30)).__name__ == "int"
    assert sent(Odd("x")) == "x"
    assert sent(np.array(["a"])).dtype == object
    assert sent(np.array([object()])).dtype == object
    assert sent(np.zeros(2, "datetime64[s]")).dtype == object


@pytest.mark.parametrize(
    ("value", "said"),
    [(np.zeros(wire.ENTRIES + 1), "entries"), ("x" * wire.HEADER, "too long")],
)
def test_what_is_too_large_is_not_sent(value, said):
    with pytest.raises(wire.WireError, match=said):
        wire.pack(value)


def frame(header, payload=b""):
    said = header if isinstance(header, bytes) else json.dumps(header).encode()
    return BytesIO(struct.pack("<I", len(said)) + said + payload)


@pytest.mark.parametrize(
    "header",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"[" * 100_000,
        [],
        [1, 2, 3],
        [None, [["O", [1]]]],
        [None, [["<f8", [-1]]]],
        [None, [["<f8", [2.0]]]],
        [None, [["<f8", ["2"]]]],
        [None, [["<f8", [True]]]],
        [None, [["<f8", [1 << 20, 1 << 20]]]],
        [None, [["<f8", [1 << 18, 0, 1 << 60]]]],
        [None, [["<f8", [1]]] * 3],
        [None, [["<f8", [0] * 50]]],
        [None, [["V8", [1]]]],
        [None, [["<f8,<f8", [1]]]],
        [None, [[["<f8"], [1]]]],
        [None, [[{"names": []}, [1]]]],
        [{"array": None}, []],
        [{"list": [{"array": None}] * 2}, [["<f8", [1]]]],
        [{"list": 7}, []],
        [{"dict": [[1]]}, []],
        [{"dict": 1}, []],
        [{"pickle": "x"}, []],
        [{"a": 1, "b": 2}, []],
        [{}, []],
        [[1], []],
        b'[{"list": [1' + b"0" * 5000 + b"]}, []]",
        json.dumps([None, []]).replace("null", '{"list": [' * 50 + "]}" * 50).encode(),
        b'[{"list": [1e999, NaN]}, [["<f8", [1e999]]]]',
        b'[null, [["<f8", [NaN]]]]',
    ],
)
def test_what_is_no_message_is_refused_before_anything_is_made_of_it(header):
    with pytest.raises(wire.WireError):
        wire.unpack(frame(header, bytes(64)).read)


def test_a_header_without_end_is_not_waited_for():
    with pytest.raises(wire.WireError, match="4294967295 bytes"):
        wire.unpack(BytesIO(b"\xff" * 100).read)


@given(st.binary(max_size=300))
def test_no_bytes_at_all_make_anything_else_than_a_value_or_a_wire_error(data):
    with suppress(wire.WireError):
        wire.unpack(frame(data, bytes(64)).read)


# --- the filter


@pytest.mark.parametrize("processor", PROCESSORS)
def test_the_filter_refuses_what_is_listed_and_nothing_else(processor):
    column, audit = PROCESSORS[processor]
    refused_calls = {row[column] for row in REFUSED.values()} - {None}
    for number in range(500):
        verdict = verdict_of(seccomp_filter(processor), number, audit)
        assert verdict == (0x00050001 if number in refused_calls else 0x7FFF0000)
    assert verdict_of(seccomp_filter(processor), 1, 0x40000003) == 0x80000000
    assert verdict_of(seccomp_filter(processor), 0x40000001, audit) == 0x00050001


def verdict_of(program, number, audit):
    """What the kernel would answer: the filter, run line by line."""
    lines = [struct.unpack_from("=HBBI", program, k) for k in range(0, len(program), 8)]
    at = value = 0
    while True:
        code, yes, no, k = lines[at]
        at += 1
        if code == 0x20:
            value = {0: number, 4: audit}[k]
        elif code == 0x15:
            at += yes if value == k else no
        elif code == 0x35:
            at += yes if value >= k else no
        else:
            return k


def test_an_unknown_processor_has_no_filter():
    assert seccomp_filter("z80") == b""


def test_the_page_tells_of_every_option_and_every_bound():
    page = (Path(__file__).parent.parent / "exercises" / "grading.md").read_text(encoding="utf-8")
    commands = _parser()._subparsers._group_actions[0].choices.values()
    actions = [action for command in commands for action in command._actions]
    named = {name for action in actions for name in action.option_strings if name[:2] == "--"}
    assert all(name in page for name in named - {"--help"})
    limits = Limits()
    for words in (
        f"--seconds {limits.seconds:g}",
        f"--total {limits.total:g}",
        f"--memory {limits.memory >> 20}",
        f"{wire.ENTRIES:,} numbers",
        f"{notebooks.CODE:,} characters of code",
        f"{notebooks.CELLS:,} cells",
        f"{notebooks.SIZE >> 20} MiB",
        f"| {WELL} | everything was graded |",
        f"| {NO_SANDBOX} | there is no sandbox",
    ):
        assert words in " ".join(page.split()), words
    assert PATIENCE == 4
