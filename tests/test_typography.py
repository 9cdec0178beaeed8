"""Numbers below each other, and code that is not torn, in the pages as they are built."""

import pytest
from docutils import nodes
from docutils.core import publish_doctree
from typography import SHORT, align, set_page

MINUS = "\N{MINUS SIGN}"


def aligned(*words):
    """Return the classes of a column, and its words with the unseen letters in brackets."""
    column = [nodes.entry("", nodes.paragraph("", word)) for word in ("header", *words)]
    align(column)
    texts = [
        entry.astext().replace('<span class="unseen" aria-hidden="true">', "[") for entry in column
    ]
    classes = {name for entry in column for name in entry["classes"]}
    return classes, [text.replace("</span>", "]") for text in texts[1:]]


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        (("0.25", "3", f"{MINUS}1.5", ""), ["0.25", "3[.25]", f"{MINUS}1.5[5]", ""]),
        (("480", "under 100"), ["480", "under 100"]),
        (("7.5%", "19%"), ["7.5%", "19%"]),
        (("480", "refused", "7.5"), ["480[.5]", "refused", "7.5"]),
    ],
)
def test_numbers_are_set_to_the_right_with_their_points_in_a_line(words, shown):
    assert aligned(*words) == ({"text-right"}, shown)


@pytest.mark.parametrize(
    "words", [("2", "two"), ("1", "2", "two of"), ("417 to 447", "3"), ("", "")]
)
def test_other_columns_stay_as_they_are(words):
    assert aligned(*words) == (set(), list(words))


def test_a_power_of_ten_is_not_torn_at_its_sign():
    page = publish_doctree("Below 1e-12, in a well-known step of ``1e-5``, for 784-10.")
    set_page(None, page, "page")
    joined = "1e-\N{WORD JOINER}12"
    assert page.astext() == f"Below {joined}, in a well-known step of 1e-5, for 784-10."


def test_a_number_stays_with_the_code_before_it():
    page = publish_doctree("Points *two* 2, ``dW`` 2, ``db``\n3 and ``dX`` by 4.")
    set_page(None, page, "page")
    space = "\N{NO-BREAK SPACE}"
    assert page.astext() == f"Points two 2, dW{space}2, db{space}3 and dX by 4."


def test_a_title_is_not_torn_one_short_word_before_a_comma():
    page = publish_doctree(
        "The backward pass, step by step\n===============================\n\nA pass, then."
    )
    set_page(None, page, "page")
    title = "The backward\N{NO-BREAK SPACE}pass, step by step"
    assert page.astext() == f"{title}\n\nA pass, then."


def test_a_page_is_set():
    long = "x" * (SHORT + 1)
    page = publish_doctree(
        f"``a > 0`` ``{long}``\n\n=====  ====\nwhat   loss\n=====  ====\nReLU   0.5\n=====  ===="
    )
    set_page(None, page, "page")
    assert [code["classes"] for code in page.findall(nodes.literal)] == [["short"], []]
    assert [entry["classes"] for entry in page.findall(nodes.entry)] == [[], ["text-right"]] * 2
