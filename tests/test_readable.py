"""What is mended in the pages' HTML, and the icons that a page can show."""

import pytest
from fontTools.ttLib import TTFont
from icons import FONT, IN_TEMPLATES, STYLES, THEME, cut, wanted
from readable import mend


def test_the_rows_of_a_table_get_headers_and_its_corner_none():
    table = (
        '<tr class="row-odd"><th class="head"><p></p></th>\n<th class="head"><p>loss</p></th></tr>'
        '<tr class="row-even"><td><p>ReLU</p></td>\n<td><p>0.5</p></td></tr>'
    )
    assert mend(table) == (
        '<tr class="row-odd"><td class="head"></td>\n<th class="head"><p>loss</p></th></tr>'
        '<tr class="row-even"><th scope="row"><p>ReLU</p></th>\n<td><p>0.5</p></td></tr>'
    )


def test_a_header_that_is_a_formula_has_a_name():
    formula = "<p>new <i></i><math><msub><mi>Z</mi><mn>1</mn></msub></math></p>"
    header = f'<th scope="row">{formula}</th><th>loss</th>'
    assert mend(header) == f'<th scope="row" aria-label="new Z 1">{formula}</th><th>loss</th>'


def test_a_summary_is_named_by_its_words():
    assert mend('<summary aria-label="Toggle hidden content">Show') == "<summary>Show"


def test_roles_that_no_longer_exist_are_left_out():
    entry = '<div role="list" class="citation-list"><div class="citation" role="doc-biblioentry">'
    assert mend(entry) == '<div class="citation-list"><div class="citation">'


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
