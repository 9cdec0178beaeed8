"""Formulas are typeset while the site is built: none is lost, doubled, or wrong without a word."""

import mathematics
from docutils import nodes
from docutils.frontend import get_default_settings
from docutils.utils import new_document
from mathematics import formula, keep_together, typeset


def paragraph(*parts):
    page = new_document("page", get_default_settings())
    page += nodes.paragraph("", "", *parts)
    return page


def test_a_formula_is_typeset_for_eyes_and_for_screen_readers():
    made, css = typeset([("a^2", False), (r"\frac{1}{N}", True)])
    inline, displayed = made.values()
    assert "error" not in inline
    assert "<msup><mi>a</mi><mn>2</mn></msup>" in inline["html"]
    assert 'display="true"' in displayed["html"]
    assert "MathJax_Main-Regular.woff" in css
    assert 'url("vendor/mathjax/' in css


def test_a_formula_that_cannot_be_read_says_why():
    made, _ = typeset([(r"\nonsense", False)])
    assert made[(r"\nonsense", False)]["error"] == r"Undefined control sequence \nonsense"


def test_a_long_formula_in_a_line_can_go_on_after_a_relation_or_a_sum_outside_of_brackets():
    tex = r"1.2 \cdot 0.7 + 0 \cdot (0.5 + 0.25) = 0.84 < -1"
    made, _ = typeset([(tex, False), (tex, True), ("a + b = c", False)])
    broken, displayed, short = (one["html"] for one in made.values())
    assert broken.count("</mjx-part>") == 4
    assert broken.count("</mjx-part><wbr>") == 3, "a line does not end before what follows"
    assert broken.count("<math ") == 1, "a screen reader is told the whole"
    assert "mjx-part" not in displayed + short


def test_fonts_that_no_letter_is_set_in_are_left_out():
    _, plain = typeset([("a", False)])
    _, high = typeset(
        [(r"\left( \begin{smallmatrix} 1 \\ 2 \\ 3 \\ 4 \\ 5 \end{smallmatrix} \right)", True)]
    )
    fonts = ["Math-Italic", "Fraktur", "Size4"]
    assert [f"MathJax_{font}" in plain for font in fonts] == [True, False, False]
    assert "MathJax_Size4" in high


def test_the_same_formulas_are_typeset_once(tmp_path, monkeypatch):
    kept = tmp_path / "formulas.json"
    first = mathematics.typeset_once([("a", False)], kept)
    anew = ({("a", True): {}}, "anew")
    monkeypatch.setattr(mathematics, "typeset", lambda formulas: anew)
    assert mathematics.typeset_once([("a", False)], kept) == first
    assert mathematics.typeset_once([("a", True)], kept) == anew


def test_lines_of_a_displayed_formula_are_set_below_each_other():
    node = nodes.math_block("", r"a \\ b")
    assert formula(node) == (r"\begin{split}a \\ b\end{split}", True)
    assert formula(nodes.math("", "a")) == ("a", False)


def test_what_follows_a_formula_goes_with_it_and_is_not_said_twice():
    page = paragraph(nodes.math("", "g"), nodes.Text(":, times"), nodes.math("", "h"))
    keep_together(None, page, "page")
    first, text, second = page[0].children
    assert (first["closing"], text.astext()) == (":,", " times")
    assert "closing" not in second


def test_a_word_after_a_formula_stays_where_it_is():
    page = paragraph(nodes.math("", "n"), nodes.Text("th (unit)"))
    keep_together(None, page, "page")
    assert page[0].children[1].astext() == "th (unit)"
    assert "closing" not in page[0].children[0]
