"""Interactive figures: what they show, to whom, at which weight, and that no value is out of reach.

That they follow keyboard and mouse on a built page is tried in a browser.
"""

import re
from base64 import b64decode
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path

import nbformat
import numpy as np
import pytest
from ipywidgets import Dropdown, FloatText, IntText, SelectionSlider
from PIL import Image, ImageChops
from run_notebooks import run
from test_book import CHAPTERS, code

from backprop import LeakyReLU
from backprop.classroom import figures
from backprop.classroom.frames import Frame, _alignment, as_html, table
from backprop.classroom.style import NARROW, RESOLUTION
from backprop.classroom.widgets import explore

ROOT = Path(__file__).parent.parent
SITE = ROOT / "_build" / "html"
MOST = 1_500_000  # bytes of all interactive figures of a page

CELL = """
from backprop import LeakyReLU
from backprop.classroom import figures
from backprop.classroom.widgets import explore
explore({"slope": (0.1, 0.3)}, lambda slope: figures.point_and_slope(LeakyReLU(slope), -1.0))
"""


def draw(name, z):
    """Draw a leaky ReLU at z; there are two slopes to choose from."""
    return figures.point_and_slope(LeakyReLU({"small": 0.01, "<large>": 0.5}[name]), z)


@pytest.fixture
def explorer():
    return explore({"Leak": ("small", "<large>"), "at z": (-1.0, 0.0, 2.5)}, draw)


class Page(HTMLParser):
    """What stands in an HTML text: every tag with its attributes, and how often each opened."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.open = [], []
        self.feed(html)
        assert self.open == [], "tags that are not closed"

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in ("img", "input"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def all(self, tag, **wanted):
        return [
            attrs
            for name, attrs in self.tags
            if name == tag and all(value in attrs.get(key, "") for key, value in wanted.items())
        ]


def html_of(explorer):
    return explorer._repr_mimebundle_()["text/html"]


def pixels(html):
    """The pictures in an HTML text."""
    found = re.findall(r"data:image/webp;base64,([^\"]+)", html)
    return [Image.open(BytesIO(b64decode(one))) for one in found]


def test_a_page_has_a_named_control_for_each_label_and_a_frame_for_each_combination(explorer):
    html = html_of(explorer)
    page = Page(html)
    assert re.findall(r"<label><span>([^<]+)</span> <(\w+)", html) == [
        ("Leak", "select"),
        ("at z", "input"),
    ]
    assert re.findall(r"<option>([^<]+)<", html) == ["small", "&lt;large&gt;"]
    assert page.all("input")[0]["data-names"] == "\N{MINUS SIGN}1|0|2.5"
    assert len(page.all("div", **{"class": "book-frame "})) == 6
    titles = re.findall(r"<strong>([^<]+)</strong>", html)
    assert titles[0] == "Leak small, at z \N{MINUS SIGN}1:"
    assert titles[-1] == "Leak &lt;large&gt;, at z 2.5:"


def test_the_frames_of_a_page_are_what_draw_draws_and_say_so_in_words(explorer):
    html = html_of(explorer)
    alts = [image["alt"] for image in Page(html).all("img")]
    values = [(name, z) for name in ("small", "<large>") for z in (-1.0, 0.0, 2.5)]
    for (name, z), alt, frame in zip(values, alts, pixels(html), strict=True):
        picture = draw(name, z)
        assert alt == picture.words
        original = Image.open(BytesIO(picture.png)).convert("RGB")
        assert frame.size == original.size
        difference = ImageChops.difference(frame.convert("RGB"), original)
        assert np.asarray(difference).mean() < 2, "the same picture, in fewer colours"


def test_the_numbers_of_all_frames_stand_in_a_table_and_in_the_text(explorer):
    html, text = (explorer._repr_mimebundle_()[kind] for kind in ("text/html", "text/plain"))
    rows = re.findall(r"<t[dh](?: scope=\"\w+\")? class=\"text-\w+\">([^<]*)<", html)
    assert rows[:4] == ["Leak", "at z", "activation", "slope"]
    assert rows[4:8] == ["small", "\N{MINUS SIGN}1", "\N{MINUS SIGN}0.01", "0.01"]
    assert len(rows) == 7 * 4
    assert text.splitlines()[4].split() == [
        "<large>",
        "\N{MINUS SIGN}1",
        "\N{MINUS SIGN}0.5",
        "0.5",
    ]


def test_the_values_of_the_controls_head_the_rows_and_numbers_are_aligned(explorer):
    page = Page(html_of(explorer))
    assert len(page.all("th", scope="col")) == 4
    heads = page.all("th", scope="row")
    assert [head["class"] for head in heads[:2]] == ["text-left", "text-right"]
    assert len(heads) == 6 * 2
    assert all(cell["class"] == "text-right" for cell in page.all("td"))
    (scrolling,) = page.all("div", **{"aria-label": "Numbers of all pictures"})
    assert scrolling["aria-label"] == "Numbers of all pictures by Leak and at z"
    assert scrolling["tabindex"] == "0"


@pytest.mark.parametrize(
    ("column", "look"),
    [
        (["0.5", "12%", "above 100"], "text-right"),
        (["\N{MINUS SIGN}1.2, 0, 0.9", "1.0e\N{MINUS SIGN}02"], "text-right"),
        (["381 of 500", "58 of 500"], "text-right"),
        (["1·0.3 + 0.1 = 0.4", "0.3529 before, 0.0526 now"], "text-left"),
        (["small", "<large>"], "text-left"),
    ],
)
def test_columns_of_numbers_are_aligned_on_the_right_and_of_words_on_the_left(column, look):
    assert _alignment(column) == look


def test_no_place_of_the_table_is_empty(explorer):
    frames = explorer.frames()
    frames[0].picture.numbers["slope"] = ""
    header, rows = table(frames)
    assert header == ["Leak", "at z", "activation", "slope"]
    assert [row[-1] for row in rows[:2]] == ["none", "0.01"]


def test_a_printed_strip_takes_six_frames_the_first_and_the_last_among_them():
    many = explore({"z": range(30)}, lambda z: figures.point_and_slope(LeakyReLU(), z))
    frames = Page(html_of(many)).all("div", **{"class": "book-frame"})[1:]  # after their group
    keys = [k for k, frame in enumerate(frames) if "book-key" in frame["class"]]
    assert len(frames) == 30
    assert keys == [0, 6, 12, 17, 23, 29]


def test_in_a_notebook_any_value_is_drawn_and_not_only_those_of_the_page(explorer):
    explorer.controls["Leak"].value = "<large>"
    explorer.controls["at z"].value = 1.2345
    assert explorer.values == {"Leak": "<large>", "at z": 1.2345}
    frame = Frame(explorer.values, draw("<large>", 1.2345))
    assert explorer.frame.value == as_html(frame, 'role="status"')
    assert "1.23 goes in, 1.23 goes on" in explorer.frame.value


def test_the_slider_moves_the_field_and_the_picture_follows(explorer):
    slider, field = explorer.children[1].children
    assert isinstance(slider, SelectionSlider)
    assert isinstance(field, FloatText)
    slider.value = 2.5
    assert field.value == 2.5
    assert "2.5 goes in" in explorer.frame.value


def test_a_field_takes_whole_numbers_where_only_such_were_given():
    steps = explore({"Step": range(1, 4)}, lambda z: figures.point_and_slope(LeakyReLU(), z))
    assert isinstance(steps.controls["Step"], IntText)


def test_what_cannot_be_drawn_is_said_in_its_place_and_the_next_value_is_drawn(explorer):
    field = explorer.controls["at z"]
    field.value = float("inf")
    assert explorer.frame.value == '<p role="alert">z is inf; a finite number is wanted</p>'
    field.value = 2.0
    assert "2 goes in" in explorer.frame.value


def test_every_control_of_a_notebook_has_a_name(explorer):
    controls = [control for row in explorer.children[:-1] for control in row.children]
    assert [type(control) for control in controls] == [Dropdown, SelectionSlider, FloatText]
    assert [control.description for control in controls] == ["Leak", "at z", "at z, any value"]


@pytest.mark.parametrize(
    ("controls", "error", "message"),
    [
        ({}, ValueError, "there are no controls"),
        ({" ": (1, 2)}, ValueError, "a label is ' '"),
        ({"z": ()}, ValueError, r"z: the values are \(\)"),
        ({"z": "abc"}, ValueError, "z: the values are 'abc'; a list of at least one"),
        ({"z": (1, "b")}, TypeError, "all names or all numbers are wanted"),
        ({"z": (1, None)}, TypeError, "all names or all numbers are wanted"),
    ],
)
def test_controls_that_offer_no_choice_are_refused(controls, error, message):
    with pytest.raises(error, match=message):
        explore(controls, draw)


def test_what_does_not_draw_is_refused():
    with pytest.raises(TypeError, match="draw is 3; a function of one value of each control"):
        explore({"z": (1, 2)}, 3)


def test_frames_that_count_different_things_make_no_table():
    def changing(z):
        picture = figures.point_and_slope(LeakyReLU(), z)
        picture.numbers = {f"at {z}": "1"}
        return picture

    with pytest.raises(ValueError, match="z 2 has the numbers at 2; at 1 is wanted"):
        explore({"z": (1, 2)}, changing)._repr_mimebundle_()


def test_a_picture_without_numbers_stands_in_the_table_with_its_words():
    plain = explore({"slope": (0.1,)}, lambda a: figures.function_and_slope(LeakyReLU(a), "leaky"))
    assert '<th scope="col" class="text-left">what it shows</th>' in html_of(plain)
    assert ">leaky beside its slope; slope 0.1 at -3 and 1 at 3</td>" in html_of(plain)


def test_a_notebook_with_one_is_the_same_to_the_byte_in_every_run(tmp_path):
    path = tmp_path / "explore.ipynb"
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(CELL, id="one")])
    nbformat.write(notebook, path)
    assert run(path)
    assert run(path) == []
    (view,) = nbformat.read(path, 4).cells[0].outputs
    named = view.data["application/vnd.jupyter.widget-view+json"]["model_id"]
    (kind,) = nbformat.read(path, 4).metadata.widgets.values()
    assert named in kind["state"]
    assert sorted(int(name, 16) for name in kind["state"]) == list(range(len(kind["state"])))


# What the chapters hold.

EXPLORED = {
    name: [
        (place, cell, cell.outputs[0].data["text/html"])
        for place, cell in enumerate(notebook.cells)
        if cell.cell_type == "code"
        and any("book-explore" in o.get("data", {}).get("text/html", "") for o in cell.outputs)
    ]
    for name, notebook in CHAPTERS.items()
}
EXPLORED = {name: found for name, found in EXPLORED.items() if found}


@pytest.mark.parametrize("name", EXPLORED)
def test_the_interactive_figures_of_a_chapter_are_light(name, record_property):
    state = nbformat.writes(CHAPTERS[name]).partition('"widgets": {')[2]
    weight = sum(len(html) for _, _, html in EXPLORED[name]) + len(state)
    assert weight < MOST, f"{weight:,} bytes"


@pytest.mark.parametrize("name", EXPLORED)
def test_every_frame_says_in_its_own_words_what_it_shows_and_nothing_jumps(name):
    for _, _, html in EXPLORED[name]:
        images = Page(html).all("img")
        assert all(len(image["alt"]) > 15 for image in images)
        assert {(image["width"], image["height"]) for image in images} == {
            (images[0]["width"], images[0]["height"])
        }
        assert {frame.size for frame in pixels(html)} == {pixels(html)[0].size}
        assert pixels(html)[0].width == NARROW * RESOLUTION


@pytest.mark.parametrize("name", EXPLORED)
def test_the_reader_is_asked_for_a_prediction_before_each(name):
    cells = CHAPTERS[name].cells
    for place, cell, _ in EXPLORED[name]:
        before = cells[place - 1]
        figure = cell.metadata["mystnb"]["figure"]["name"]
        assert before.cell_type == "markdown", figure
        assert re.search(r"\bpredict|\bsay\b|before you", before.source, re.IGNORECASE), figure


@pytest.mark.parametrize("name", EXPLORED)
def test_each_has_a_caption_a_number_and_words_for_who_cannot_see_it(name):
    for _, cell, _ in EXPLORED[name]:
        about = cell.metadata["mystnb"]
        assert about["figure"]["caption"]
        assert about["figure"]["name"].startswith("fig-")
        assert len(about["image"]["alt"]) > 40


def test_the_museum_shows_every_mistake_that_runs():
    ((_, _, html),) = EXPLORED["mistakes"]
    printed = "\n".join(
        o.get("text", "") for cell in code(CHAPTERS["mistakes"]) for o in cell.outputs
    )
    assert f"the other {html.count('<option>')} train" in printed


# What the site makes of them.


@pytest.mark.skipif(not SITE.exists(), reason="the book is not built")
def test_no_page_loads_anything_from_another_host():
    """Links may lead elsewhere; scripts, styles, fonts and pictures may not come from there."""
    for page in SITE.rglob("*.html"):
        html = page.read_text(encoding="utf-8")
        loaded = re.findall(r"<(?:script|img|source|iframe)\b[^>]*\bsrc=\"([^\"]+)", html)
        loaded += re.findall(r"<link\b[^>]*\brel=\"(?:stylesheet|preload|icon)\"[^>]*", html)
        assert not [one for one in loaded if re.search(r"(^|href=\")(https?:)?//", one)], page


@pytest.mark.skipif(not SITE.exists(), reason="the book is not built")
def test_a_page_with_an_interactive_figure_has_its_frames_and_the_script_and_no_other_page_has():
    for page in (SITE / "chapters").glob("*.html"):
        html = page.read_text(encoding="utf-8")
        assert ("frames.js" in html) == ('class="book-explore"' in html), page
        assert html.count('class="book-explore"') == len(EXPLORED.get(page.stem, [])), page
        assert "widget-view+json" not in html, f"{page} shows a widget that wants a kernel"
