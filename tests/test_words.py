"""What a diagnosis says: lines that a learner could write, and nothing that a sheet has not."""

import re

import nbformat
import numpy as np
import pytest
from test_book import ROOT

from backprop.classroom import diagnose as pieces
from backprop.classroom.diagnosis.chapters import SECTIONS
from backprop.classroom.diagnosis.spelling import WITHIN, spelled
from backprop.classroom.diagnosis.words import PLACES, Speaker, as_html
from backprop.classroom.mistakes import CATALOGUE
from backprop.classroom.mistakes.program import RIGHT, reads, run, setting
from backprop.layers import LeakyReLU, ReLU, Sigmoid, Tanh
from backprop.losses import softmax

LEAKY = LeakyReLU(0.25)
PIECES = (pieces.RELU, pieces.LINEAR, pieces.SOFTMAX)
KNOWN_IDS = [piece.name for piece in PIECES]
KNOWN = {  # what each sheet lays before whoever writes its function
    "linear_backward": {"dZ", "X", "W", "b", "dX", "dW", "db"},
    "relu_backward": {"dA", "Z", "A", "dZ"},
    "softmax_cross_entropy_backward": {"Z", "y", "Y", "P", "dZ"},
}


def values(activation, lines):
    rng = np.random.default_rng(0)
    shapes = {"X": (3, 3), "W1": (3, 3), "b1": (3,), "W2": (3, 3), "b2": (3,)}
    given = {name: rng.standard_normal(shape) for name, shape in shapes.items()}
    return run(setting(activation, np.array([2, 0, 1]), 3, weight_decay=0.3) | given, lines)


@pytest.mark.parametrize("activation", [ReLU(), LEAKY, Sigmoid(), Tanh()], ids=repr)
def test_a_line_in_a_learners_words_gives_the_numbers_of_the_line(activation):
    sigmoid = Sigmoid().forward
    for mistake in CATALOGUE.values():
        if not mistake.applies(activation, weight_decay=0.3):
            continue
        found = values(activation, {step: [line] for step, line in mistake.lines.items()})
        names = {k: v for k, v in found.items() if k not in ("f", "f_slope", "error", "slope")}
        for step, line in mistake.lines.items():
            if step in reads(line):
                continue  # it comes on top of the right one
            code = spelled(step, line, activation, "rows", {}, decays=True)
            host = WITHIN.get(step, step)
            assert code.startswith("return " if step == "answer" else f"{host} = ")
            names |= {"np": np, "softmax": softmax, "sigmoid": sigmoid}
            said = eval(code.removeprefix("return ").removeprefix(f"{host} = "), names)
            parts = (said, found[host]) if step == "answer" else ([said], [found[host]])
            for one, other in zip(*parts, strict=True):
                np.testing.assert_allclose(one, other)


def test_without_weight_decay_no_line_speaks_of_it():
    said = spelled("answer", RIGHT["answer"], ReLU(), "rows", {})
    assert said == "return dW1, db1, dW2, db2"


def test_in_columns_what_is_put_in_twice_is_turned_once():
    line = CATALOGUE["mask-without-bias"].lines["slope"]
    said = spelled("slope", line, Sigmoid(), "columns", {})
    assert said == "dZ1 = dA1 * (sigmoid(W1 @ X) * (1 - sigmoid(W1 @ X)))"


@pytest.mark.parametrize("activation", [ReLU(), LEAKY], ids=repr)
@pytest.mark.parametrize("piece", [pieces.LINEAR, pieces.RELU, pieces.SOFTMAX], ids=KNOWN)
def test_no_sheet_is_told_of_what_it_does_not_have(piece, activation):
    speaker = Speaker(piece, activation, "rows")
    bench = pieces._bench(piece, activation, 0.0, 0)
    assert len(bench.candidates) > 10
    for candidate in bench.candidates:
        lines = {step: line for step, (line,) in candidate.lines.items()}
        sections = speaker.mistake(candidate.mistakes[0], lines, 0.1, "")
        said = "\n".join(f"{heading}. {text}" for heading, text in sections)
        arrays = set(re.findall(r"\bd?[XYyPWbZA][12]?\b", said)) - {"A"}  # the article
        assert arrays <= KNOWN[piece.name], said
        assert not re.search(r"eq-|error [=/@]|slope\(|decay|alpha|\bfour\b", said)
        assert [heading for heading, text in sections if not text] == []


def test_whoever_is_told_of_a_chapter_finds_the_equation_there():
    stands = {}
    for path in (ROOT / "chapters").glob("*.ipynb"):
        title = section = ""
        for cell in nbformat.read(path, as_version=4).cells:
            for line in cell.source.splitlines() if cell.cell_type == "markdown" else ():
                title = line.removeprefix("# ") if line.startswith("# ") else title
                section = re.sub("^#+ ", "", line) if line.startswith("#") else section
                if label := re.fullmatch(r"\$\$ \((eq-[\w-]+)\)", line):
                    stands[label[1]] = title, section
    named = {mistake.equation for mistake in CATALOGUE.values()}
    named |= {label for piece in PIECES for label in piece.equations.values()}
    assert {label: stands[label] for label in named} == SECTIONS


@pytest.mark.parametrize(
    ("piece", "chapter"),
    [
        (pieces.RELU, "Open and shut the gate"),
        (pieces.LINEAR, "Differentiate a linear layer"),
        (pieces.SOFTMAX, "Turn logits into a loss, and back"),
    ],
    ids=KNOWN_IDS,
)
def test_no_sheet_is_sent_to_a_chapter_after_its_own(piece, chapter):
    for candidate in pieces._bench(piece, ReLU(), 0.0, 0).candidates:
        lines = {step: line for step, (line,) in candidate.lines.items()}
        told = Speaker(piece, ReLU(), "rows").mistake(candidate.mistakes[0], lines, 0.1, "")
        assert f"in the chapter “{chapter}”" in dict(told)["Where"]


def test_a_leaky_gate_is_not_told_what_holds_for_relu_alone():
    for candidate in pieces._bench(pieces.RELU, LEAKY, 0.0, 0).candidates:
        lines = {step: line for step, (line,) in candidate.lines.items()}
        told = Speaker(pieces.RELU, LEAKY, "rows").mistake(candidate.mistakes[0], lines, 0.1, "")
        said = "\n".join(text for _, text in told)
        assert "under “A gate that never shuts quite”" in said
        assert "ith ReLU" not in said


def test_each_hint_has_to_be_opened_before_the_next():
    sections = (
        ("What is wrong", "dW."),
        ("Hint 1", "`a`"),
        ("Hint 2", "b"),
        ("The mend", "c\n    d"),
    )
    assert as_html((*sections, ("By the way", "<e>"))) == (
        '<div class="book-report">\n'
        "<p><strong>What is wrong.</strong> dW.</p>\n"
        "<details><summary>Hint 1</summary><p><code>a</code></p>"
        "<details><summary>Hint 2</summary><p>b</p>"
        "<details><summary>The mend</summary><p>c</p><pre>d</pre></details></details></details>\n"
        "<p><strong>By the way.</strong> &lt;e&gt;</p>\n</div>"
    )


def test_two_mistakes_have_two_stairs():
    stairs = ("Hint 1, mistake 1", "a"), ("The mend, mistake 1", "b"), ("Where, mistake 2", "c")
    html = as_html((*stairs, ("Hint 1, mistake 2", "d"), ("The mend, mistake 2", "e")))
    assert html.count("<details>") == 4
    assert html.index("<strong>Mistake 2</strong>") > html.index("</details></details>")


def test_every_line_has_a_place():
    assert set(PLACES) == set(RIGHT)
