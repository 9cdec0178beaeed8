"""Tests of the book itself: that its pages hold together and say nothing that was not computed.

test_outputs.py executes every notebook and compares the stored outputs with fresh ones.
"""

import re
from base64 import b64decode
from collections import defaultdict
from pathlib import Path

import nbformat
import pytest
import yaml
from ledger.reading import pages
from outputs import blemishes, code

ROOT = Path(__file__).parent.parent
NOTEBOOKS = sorted(
    path for place in ("chapters", "exercises/source") for path in (ROOT / place).glob("*.ipynb")
)
CHAPTERS = {path.stem: nbformat.read(path, 4) for path in NOTEBOOKS}
TOC = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))


@pytest.fixture(params=CHAPTERS)
def chapter(request):
    return CHAPTERS[request.param]


def prose(notebook):
    return "\n\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")


def disagreements(toc, notebooks):
    """Return in what the table of contents and the notebooks that there are differ."""
    files = [entry["file"] for part in toc["parts"] for entry in part["chapters"]]
    listed = {file for file in files if not (ROOT / f"{file}.md").exists()}
    there = set(notebooks)
    return (
        [f"{file}.ipynb is not in _toc.yml: add a line for it" for file in sorted(there - listed)]
        + [
            f"_toc.yml lists {file}, and there is no such notebook"
            for file in sorted(listed - there)
        ]
        + [f"_toc.yml lists {file} twice" for file in listed if files.count(file) > 1]
    )


def test_the_table_of_contents_lists_every_chapter_and_no_other():
    there = [path.relative_to(ROOT).with_suffix("").as_posix() for path in NOTEBOOKS]
    found = disagreements(TOC, there)
    assert not found, "\n".join(found)


def test_the_map_on_the_landing_page_is_the_table_of_contents():
    listed = [entry["file"] for part in TOC["parts"] for entry in part["chapters"]]
    text = (ROOT / "index.md").read_text(encoding="utf-8")
    the_map = text.partition("::::{grid}")[2].partition("\n::::\n")[0]
    linked = re.findall(r"^\[\]\((.*?)\.(?:ipynb|md)\)", the_map, re.MULTILINE)
    differ = sorted(set(linked) ^ set(listed))
    how = "give each page of _toc.yml its line in the map, in the same order"
    assert linked == listed, f"{how}; one of them alone has {differ}"
    captions = re.findall(r"^:::\{grid-item-card\} (.*)$", the_map, re.MULTILINE)
    parts = [part["caption"] for part in TOC["parts"]]
    assert captions == parts, "the cards of the map have the captions of _toc.yml, in its order"


def test_no_chapter_stores_what_no_reader_should_see(chapter):
    assert blemishes(chapter) == [], "mend the cell, or run `make notebooks`"


def test_cells_are_short(chapter):
    for cell in code(chapter):
        lines = len(cell.source.splitlines())
        assert lines <= 20, f"split this cell, {lines} lines are too many:\n{cell.source}"


def test_lines_of_source_fit_the_page(chapter):
    """On a desktop, 86 letters do."""
    shown = [
        line
        for cell in code(chapter)
        for output in cell.outputs
        for line in output.get("data", {}).get("text/markdown", "").splitlines()
        if "```" in output.data["text/markdown"]
    ]
    long = [line for line in shown if len(line) > 86]
    assert not long, "these lines of the package, which a cell shows, have more than 86 letters"


def unsaid(cell):
    """Return what a cell that draws does not say of its picture, and where to say it."""
    about = cell.metadata.get("mystnb", {})
    figure, alt = about.get("figure", {}), about.get("image", {}).get("alt", "")
    return [
        f"{wanted} in mystnb.{key} of the cell's metadata; there is {found!r}"
        for good, wanted, key, found in (
            (figure.get("caption"), "a caption", "figure.caption", figure.get("caption", "")),
            (
                figure.get("name", "").startswith("fig-"),
                "a name that begins with fig-",
                "figure.name",
                figure.get("name", ""),
            ),
            (len(alt) > 40, "what is seen, in more than 40 letters,", "image.alt", alt),
        )
        if not good
    ]


def test_every_picture_has_a_caption_a_number_and_words_for_who_cannot_see_it(chapter):
    for cell in code(chapter):
        if any("image/png" in output.get("data", {}) for output in cell.outputs):
            missing = unsaid(cell)
            assert not missing, f"this cell draws, and wants {missing}:\n{cell.source}"


def test_the_picture_outside_the_chapter_is_the_one_in_it():
    (cell,) = [
        cell
        for cell in code(CHAPTERS["the-backward-pass"])
        if cell.metadata.get("mystnb", {}).get("figure", {}).get("name") == "fig-backward"
    ]
    stored = b64decode(cell.outputs[0].data["image/png"])
    assert stored == (ROOT / "assets" / "network.png").read_bytes(), "run `make notebooks`"


# Numbers in prose. One that a reader could doubt has at least two digits, and must stand in the
# code or in an output of the same chapter. Mathematics, code, links and citations are left out.
NOT_PROSE = re.compile(
    r"^```.*?^```|\$\$.*?\$\$|`[^`]*`|\]\([^)]*\)|\{[^}]*\}|\*\*Time:.*?$|\*\*Further reading.*?$",
    re.DOTALL | re.MULTILINE,
)
NUMBER = re.compile(r"(?<![\w.\-])\d[\d,]*(?:\.\d+)?%?")


def numbers(text):
    found = (match.group().rstrip(",").replace(",", "") for match in NUMBER.finditer(text))
    return {number for number in found if len(number) > 1}


def computed(notebook):
    """Return the code of a notebook and all that it printed, as one text."""
    pieces = []
    for cell in code(notebook):
        pieces.append(cell.source)
        for output in cell.outputs:
            pieces.append(output.get("text", ""))
            pieces.append(output.get("data", {}).get("text/plain", ""))
    return "\n".join(pieces).replace(",", "")


def is_computed(number, source):
    """Return whether a number stands in the source; 97% may stand there as 0.97."""
    spellings = [number.rstrip("%")]
    if number.endswith("%"):
        spellings.append(f"{float(spellings[0]) / 100:g}")
    return any(
        re.search(rf"(?<![\d.]){re.escape(one)}(?:\.0+)?(?!\d|\.\d)", source) for one in spellings
    )


def test_every_number_in_the_prose_is_computed_in_its_chapter(chapter):
    source = computed(chapter)
    text = prose(chapter).replace("{,}", "")  # the comma of a number within a formula
    in_prose = numbers(NOT_PROSE.sub(" ", text))
    missing = {number for number in in_prose if not is_computed(number, source)}
    assert not missing, f"these numbers stand in the text, and no cell computes them: {missing}"


def places(pattern):
    """Return the pages on which each name stands that a pattern finds, once for each time."""
    found = defaultdict(list)
    for page, text in pages().items():
        for name in re.findall(pattern, text, re.MULTILINE):
            found[name].append(page)
    return found


def twice(places):
    """Return the names that stand more than once in the book, each with its pages."""
    return {name: where for name, where in places.items() if len(where) > 1}


def figures():
    """Return the notebooks in which the name of each figure stands."""
    found = defaultdict(list)
    for page, notebook in CHAPTERS.items():
        for cell in code(notebook):
            if name := cell.metadata.get("mystnb", {}).get("figure", {}).get("name"):
                found[name].append(page)
    return found


NAMED = r"^\$\$ \(([\w-]+)\)$"
NEW_NAME = "a name stands once in the book, and these stand more than once"


def test_every_equation_is_named_once():
    named = places(NAMED)
    again = twice(named)
    assert not again, f"{NEW_NAME}: {again}"
    odd = {name: where for name, where in named.items() if not name.startswith("eq-")}
    assert not odd, f"the name of an equation begins with eq-, and these do not: {odd}"


def test_every_reference_finds_an_equation():
    named, asked = places(NAMED), places(r"\{eq\}`([\w-]+)`")
    lost = {name: where for name, where in asked.items() if name not in named}
    assert not lost, f"these pages refer to equations that the book does not have: {lost}"


def test_every_exercise_and_every_figure_is_named_once():
    again = twice(places(r"^:label: (\S+)$")) | twice(figures())
    assert not again, f"{NEW_NAME}: {again}"
