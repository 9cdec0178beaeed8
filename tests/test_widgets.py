"""Figures with a choice: what they show, and that they need neither a kernel nor another host."""

import re
from base64 import b64decode
from pathlib import Path

import nbformat
import pytest
from ipywidgets import HTML, Dropdown, Stack
from run_notebooks import run

from backprop import LeakyReLU, ReLU
from backprop.classroom import figures
from backprop.classroom.widgets import choose

ROOT = Path(__file__).parent.parent
SITE = ROOT / "_build" / "html"

CELL = """
from backprop import LeakyReLU, ReLU
from backprop.classroom import figures
from backprop.classroom.widgets import choose
choose("Activation", {str(a): figures.function_and_slope(a, str(a)) for a in (ReLU(), LeakyReLU())})
"""


@pytest.fixture
def two():
    return {str(a): figures.function_and_slope(a, f"<{a}>") for a in (ReLU(), LeakyReLU(0.25))}


def test_a_choice_has_a_name_and_a_frame_for_each_picture(two):
    control, frames = choose("Activation", two).children
    assert isinstance(control, Dropdown)
    assert control.description == "Activation"
    assert control.options == ("ReLU()", "LeakyReLU(0.25)")
    assert isinstance(frames, Stack)
    assert control.index == frames.selected_index == 0
    assert [type(frame) for frame in frames.children] == [HTML, HTML]


def test_a_frame_says_in_words_what_it_shows_and_holds_the_picture(two):
    frame = choose("Activation", two).children[1].children[1].value
    words = "&lt;LeakyReLU(0.25)&gt; beside its slope; slope 0.25 at -3 and 1 at 3"
    assert f'alt="{words}"' in frame
    assert f"<p>{words}</p>" in frame
    png = b64decode(re.search(r"data:image/png;base64,([^\"]+)", frame)[1])
    original = two["LeakyReLU(0.25)"].png
    assert png[:24] == original[:24], "a PNG of the same size"
    assert len(png) < len(original) / 2


@pytest.mark.parametrize(
    ("label", "pictures", "error", "message"),
    [
        ("Activation", {}, ValueError, "there are no pictures"),
        ("  ", {"a": None}, ValueError, "label is '  '"),
        ("Activation", {"a": "a.png"}, TypeError, "the picture called 'a' is 'a.png'"),
    ],
)
def test_what_cannot_be_shown_is_refused(label, pictures, error, message):
    with pytest.raises(error, match=message):
        choose(label, pictures)


def test_a_notebook_with_a_choice_is_the_same_to_the_byte_in_every_run(tmp_path):
    path = tmp_path / "choice.ipynb"
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(CELL, id="one")])
    nbformat.write(notebook, path)
    assert run(path)
    assert run(path) == []
    (view,) = nbformat.read(path, 4).cells[0].outputs
    named = view.data["application/vnd.jupyter.widget-view+json"]["model_id"]
    (kind,) = nbformat.read(path, 4).metadata.widgets.values()
    assert named in kind["state"]
    assert sorted(int(name, 16) for name in kind["state"]) == list(range(len(kind["state"])))


@pytest.mark.skipif(not SITE.exists(), reason="the book is not built")
def test_no_page_loads_anything_from_another_host():
    """Links may lead elsewhere; scripts, styles, fonts and pictures may not come from there."""
    for page in SITE.rglob("*.html"):
        html = page.read_text(encoding="utf-8")
        loaded = re.findall(r"<(?:script|img|source|iframe)\b[^>]*\bsrc=\"([^\"]+)", html)
        loaded += re.findall(r"<link\b[^>]*\brel=\"(?:stylesheet|preload|icon)\"[^>]*", html)
        assert not [one for one in loaded if re.search(r"(^|href=\")(https?:)?//", one)], page


@pytest.mark.skipif(not SITE.exists(), reason="the book is not built")
def test_only_pages_with_widgets_load_the_scripts_for_them():
    for page in (SITE / "chapters").glob("*.html"):
        html = page.read_text(encoding="utf-8")
        assert ("html-manager/embed.js" in html) == ("widget-view+json" in html), page
