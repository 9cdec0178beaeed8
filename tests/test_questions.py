"""The page of questions: every answer leads to a cell of a chapter that asserts it."""

import re

import pytest
from test_book import CHAPTERS, NOT_PROSE, ROOT, code, computed, is_computed, numbers

PAGE = (ROOT / "questions.md").read_text(encoding="utf-8")
CLAIMS = [f"claim-{letter}" for letter in "abcdefghijklm"]
CONFUSIONS = [f"confusion-{number}" for number in range(1, 39)]
ASKED = [f"asked-{word}" for word in ("kill", "steps", "revive", "prune", "bias", "tape")]
LABELS = [*CLAIMS, *CONFUSIONS, *ASKED]
VERDICT = re.compile(r"^\*\*(Right|Right, .*|Wrong)\.\*\* ")
OPINIONS = [label for label in CLAIMS if label not in ("claim-j", "claim-k")]  # those are questions


ENTRY = re.compile(
    r"(?:^\(([\w-]+)\)=\n)?^### (.*?)\n+(.*?)\s*(?=^\(|^### |^## |\Z)", re.DOTALL | re.MULTILINE
)
ENTRIES = {label or heading: answer for label, heading, answer in ENTRY.findall(PAGE)}
every_label = pytest.mark.parametrize("label", LABELS)


def chapters_named(answer):
    """Return the names of the chapters that an answer links to."""
    return re.findall(r"\]\(chapters/([\w-]+)\.ipynb", answer)


def cells_that_assert(label):
    """Return (chapter, cell) for every cell that carries this tag."""
    return [
        (name, cell)
        for name, chapter in CHAPTERS.items()
        for cell in code(chapter)
        if label in cell.metadata.get("tags", [])
    ]


def test_every_label_has_its_entry_and_there_are_no_others():
    assert sorted(ENTRIES) == sorted(LABELS)


@every_label
def test_an_answer_leads_to_a_chapter_with_a_cell_that_asserts_it(label):
    cells = cells_that_assert(label)
    assert all(re.search(r"^ *assert ", cell.source, re.MULTILINE) for _, cell in cells), cells
    answer = ENTRIES[label]
    assert set(chapters_named(answer)) & {name for name, _ in cells}, (
        f"no chapter that the answer links to has a cell tagged {label}; cells with that tag "
        f"stand in {sorted({name for name, _ in cells})}"
    )


@pytest.mark.parametrize("label", OPINIONS)
def test_every_claim_has_a_verdict(label):
    assert VERDICT.match(ENTRIES[label]), ENTRIES[label]


@pytest.mark.parametrize("key", ENTRIES)
def test_numbers_in_an_answer_are_computed_in_a_chapter_that_it_links_to(key):
    answer = ENTRIES[key]
    chapters = [computed(CHAPTERS[name]) for name in chapters_named(answer)]
    assert chapters, "an answer without a link"
    in_prose = numbers(NOT_PROSE.sub(" ", answer))
    missing = {n for n in in_prose if not any(is_computed(n, chapter) for chapter in chapters)}
    assert not missing, f"no chapter that {key} links to computes {missing}"


def test_no_tag_of_a_cell_is_misspelt():
    used = {
        tag
        for chapter in CHAPTERS.values()
        for cell in code(chapter)
        for tag in cell.metadata.get("tags", [])
        if tag.startswith(("claim", "confusion", "asked"))
    }
    assert used == set(LABELS)
