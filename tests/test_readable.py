"""What is mended in the pages' HTML, and the icons that a page can show."""

from types import SimpleNamespace

import pytest
from docutils import nodes
from fontTools.ttLib import TTFont
from icons import FONT, IN_TEMPLATES, STYLES, THEME, cut, wanted
from myst_nb.sphinx_ import HideCodeCellNode
from readable import letters, mend


def table(*rows):
    """Return a page with a table of these cells, the first row its head."""
    made = [
        nodes.row("", *(nodes.entry("", nodes.paragraph("", word)) for word in row)) for row in rows
    ]
    parts = nodes.thead("", made[0]), nodes.tbody("", *made[1:])
    made = nodes.table("", nodes.tgroup("", *parts, cols=len(rows[0])))
    return nodes.section("", nodes.title("", "Forward"), made)


def test_the_rows_of_a_table_get_headers_and_its_corner_none():
    page = table(["", "loss"], ["ReLU", "0.5"])
    mend(page)
    corner, loss, relu, number = page.findall(nodes.entry)
    assert [cell["header"] for cell in (corner, loss, relu, number)] == [False, True, True, False]
    assert not corner.children
    assert relu["said"] == {"scope": "row"}


def test_a_header_with_a_formula_is_named_by_words_and_letters():
    set_as = {"html": "<i></i><math><msub><mi>Z</mi><mn>1</mn></msub></math>"}
    writer = SimpleNamespace(builder=SimpleNamespace(typeset={("Z_1", False): set_as}))
    formula = nodes.math("Z_1", "Z_1", closing=",")
    header = nodes.entry("", nodes.paragraph("", "", nodes.Text("new "), formula))
    assert letters(writer, header) == "new Z 1 ,"


def test_a_table_is_named_after_its_section_and_rows_with_a_number_by_both():
    page = table(["", "row", "unit 1"], ["Z", "1", "0.5"], ["", "2", "0.7"])
    page.append(page[1].deepcopy())
    mend(page)
    assert [one["said"]["aria-label"] for one in page[1:]] == ["Forward", "Forward, table 2"]
    assert [cell["header"] for cell in page[1].findall(nodes.entry)][3:] == [
        *(True, True, False),
        *(False, True, False),
    ]


def test_code_and_outputs_are_numbered_and_an_exercise_has_a_heading_and_no_common_name():
    code = nodes.container(nb_element="cell_code_source")
    cell = nodes.container("", code, nb_element="cell_code")
    title, asked = nodes.title("", "Exercise 1"), nodes.section("", cell, ids=["exercise-content"])
    exercise = nodes.admonition("", title, asked, classes=["exercise"])
    mend(nodes.section("", nodes.title("", "Exercises"), exercise))
    assert code["said"] == {"role": "group", "aria-label": "Code cell 1"}
    assert title["said"] == {"role": "heading", "aria-level": "2"}
    assert asked["ids"] == []


def test_what_unfolds_says_of_what():
    folds = [HideCodeCellNode(prompt_show="Show the solution") for _ in range(2)]
    mend(nodes.section("", nodes.title("", "Through ReLU"), *folds))
    assert [fold["where"] for fold in folds] == [": Through ReLU", ": Through ReLU, part 2"]


def test_the_title_of_a_hint_leaves_it_to_its_button_to_say_of_what():
    title = nodes.title("", "Hint 1")
    hint = nodes.admonition("", title, classes=["dropdown"])
    mend(nodes.section("", nodes.title("", "Through ReLU"), hint))
    assert title.astext() == "Hint 1: Through ReLU"
    assert title[-1]["said"] == {"aria-hidden": "true"}


def test_a_link_to_an_equation_says_so():
    link = nodes.reference("", "(1)", refuri="the-question.html#equation-eq-relu")
    mend(nodes.paragraph("", "", link))
    assert link["said"] == {"aria-label": "Equation (1)"}


def test_the_font_has_the_icons_that_are_wanted_and_no_others(tmp_path):
    styles = '.fa-bars:before,.fa-navicon:before{content:"\\f0c9"}--pst-icon-bell:"\\f0f3"'
    places = wanted(styles, ["bars"])
    assert places == {0xF0C9, 0xF0F3}
    cut(THEME / FONT, places, tmp_path / "cut.woff2")
    with TTFont(tmp_path / "cut.woff2") as font:
        assert set(font.getBestCmap()) == places
    assert (tmp_path / "cut.woff2").stat().st_size < 2000


def test_the_theme_has_every_icon_that_is_named():
    assert len(wanted(STYLES.read_text(encoding="utf-8"), IN_TEMPLATES)) > len(IN_TEMPLATES)
    with pytest.raises(LookupError, match="no icon called ghosts"):
        wanted("", ["ghosts"])
