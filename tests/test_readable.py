"""What is mended in the pages' HTML, and the icons that a page can show."""

from types import SimpleNamespace

import pytest
from docutils import nodes
from fontTools.ttLib import TTFont
from icons import FONT, IN_TEMPLATES, STYLES, THEME, cut, wanted
from readable import letters, mend


def table(*rows):
    """Return a page with a table of these cells, the first row its head."""
    made = [
        nodes.row("", *(nodes.entry("", nodes.paragraph("", word)) for word in row)) for row in rows
    ]
    parts = nodes.thead("", made[0]), nodes.tbody("", *made[1:])
    return nodes.section("", nodes.table("", nodes.tgroup("", *parts, cols=len(rows[0]))))


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
