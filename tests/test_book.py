"""Tests of the book itself: that its pages hold together and say nothing that was not computed.

test_outputs.py executes every notebook and compares the stored outputs with fresh ones.
"""

import re
from base64 import b64decode
from pathlib import Path

import nbformat
import pytest
import yaml
from outputs import blemishes, code

ROOT = Path(__file__).parent.parent
NOTEBOOKS = sorted(
    path for place in ("chapters", "exercises/source") for path in (ROOT / place).glob("*.ipynb")
)
CHAPTERS = {path.stem: nbformat.read(path, 4) for path in NOTEBOOKS}
TOC = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
PAGES = [path for path in ROOT.glob("*.md") if path.stem in ("index", "notation", "bibliography")]


@pytest.fixture(params=CHAPTERS)
def chapter(request):
    return CHAPTERS[request.param]


def prose(notebook):
    return "\n\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")


def everything():
    """Return the Markdown of all pages."""
    return [prose(notebook) for notebook in CHAPTERS.values()] + [
        page.read_text(encoding="utf-8") for page in PAGES
    ]


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
    assert disagreements(TOC, there) == []


def test_the_map_on_the_landing_page_is_the_table_of_contents():
    listed = [entry["file"] for part in TOC["parts"] for entry in part["chapters"]]
    text = (ROOT / "index.md").read_text(encoding="utf-8")
    the_map = text.partition("::::{grid}")[2].partition("\n::::\n")[0]
    linked = re.findall(r"^\[\]\((.*?)\.(?:ipynb|md)\)", the_map, re.MULTILINE)
    assert linked == listed, "give each page of _toc.yml its line in the map, in the same order"
    captions = re.findall(r"^:::\{grid-item-card\} (.*)$", the_map, re.MULTILINE)
    assert captions == [part["caption"] for part in TOC["parts"]]


def test_no_chapter_stores_what_no_reader_should_see(chapter):
    assert blemishes(chapter) == [], "mend the cell, or run `make notebooks`"


def test_cells_are_short(chapter):
    for cell in code(chapter):
        assert len(cell.source.splitlines()) <= 20, cell.source


def test_lines_of_source_fit_the_page(chapter):
    """On a desktop, 86 letters do."""
    shown = [
        line
        for cell in code(chapter)
        for output in cell.outputs
        for line in output.get("data", {}).get("text/markdown", "").splitlines()
        if "```" in output.data["text/markdown"]
    ]
    assert [line for line in shown if len(line) > 86] == []


def test_every_picture_has_a_caption_a_number_and_words_for_who_cannot_see_it(chapter):
    for cell in code(chapter):
        if any("image/png" in output.get("data", {}) for output in cell.outputs):
            about = cell.metadata.get("mystnb", {})
            assert about["figure"]["caption"], cell.source
            assert about["figure"]["name"].startswith("fig-"), cell.source
            assert len(about["image"]["alt"]) > 40, cell.source


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


def test_every_equation_is_numbered_once_and_every_reference_finds_one():
    text = "\n".join(everything())
    labels = re.findall(r"^\$\$ \((eq-[\w-]+)\)$", text, re.MULTILINE)
    assert len(labels) == len(set(labels))
    assert text.count("\n$$\n") == len(labels), "a displayed equation without a label"
    assert set(re.findall(r"\{eq\}`([\w-]+)`", text)) <= set(labels)
