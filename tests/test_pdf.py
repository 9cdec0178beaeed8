"""The PDF edition, up to the browser that prints it: one document out of pages, and bookmarks."""

import pdf
import pikepdf
import pytest
from bs4 import BeautifulSoup

TOC = """
root: index
parts:
  - caption: The derivation
    chapters: [{file: chapters/one}, {file: chapters/two}]
"""
PAGES = {
    "index": """<h1 id="top">A book<a class="headerlink" href="#top">#</a></h1>
        <a href="chapters/one.html">one</a> <a href="chapters/one.html#eq">(1)</a>
        <a href="sheet.ipynb">a file of the site</a> <a href="https://example.org/">far</a>""",
    "chapters/one": """<h1 id="top">Don't & do</h1><h2>A section</h2>
        <div id="eq"><p role="heading" aria-level="3">Exercise 1</p></div>
        <details><summary>Solution</summary></details><img src="../_images/a.png">
        <img src="data:image/png;base64,AAAA"><a href="two.html#top">two</a>""",
    "chapters/two": """<h1 id="top">Two</h1><a href="#top">up</a>""",
}


@pytest.fixture
def site(tmp_path, monkeypatch):
    """A built book of three pages; returns a function that changes one of them."""
    monkeypatch.setattr(pdf, "ROOT", tmp_path)
    monkeypatch.setattr(pdf, "SITE", tmp_path)
    (tmp_path / "_toc.yml").write_text(TOC, encoding="utf-8")
    (tmp_path / "chapters").mkdir()

    def write(page, words):
        html = f"<body><article class='bd-article'>{words}</article></body>"
        (tmp_path / f"{page}.html").write_text(html, encoding="utf-8")

    for page, words in PAGES.items():
        write(page, words)
    return write


def book(numbers=None):
    return BeautifulSoup(pdf.document(numbers or {}), "html.parser")


@pytest.mark.usefixtures("site")
def test_pages_become_one_document_in_which_every_place_has_one_name():
    names = [one["id"] for one in book().select("[id]")]
    assert len(names) == len(set(names))
    assert "chapters-two--top" in names
    links = [one.get("href") for one in book().select("main a")]
    there = ["#chapters-one", "#chapters-one--eq", None, "https://example.org/"]
    assert links == [*there, "#chapters-two--top", "#chapters-two--top"]
    assert pdf.dead_links(str(book())) == []


def test_a_link_that_leads_nowhere_is_told(site):
    site("chapters/two", "<h1>Two</h1><a href='one.html#lost'>lost</a>")
    assert pdf.dead_links(str(book())) == ["#chapters-one--lost", "#chapters-two--top"]


@pytest.mark.usefixtures("site")
def test_on_paper_nothing_is_folded_and_pictures_are_found():
    assert all(one.has_attr("open") for one in book().select("details"))
    assert [one["src"][:9] for one in book().select("main img")] == ["_images/a", "data:imag"]


@pytest.mark.usefixtures("site")
def test_the_headings_are_parts_chapters_and_sections_and_no_exercise():
    headings = [(one.name, one.get_text()) for one in book().select(pdf.HEADINGS)]
    part = [("h1", "The derivation"), ("h2", "Don't & do"), ("h3", "A section"), ("h2", "Two")]
    assert headings == [("h1", "A book"), *part]
    assert not book().select("[role=heading]")


@pytest.mark.usefixtures("site")
def test_the_contents_give_pages_and_running_heads_their_titles():
    lines = [one.get_text() for one in book({"chapters-one": 7}).select(".book-contents li")]
    assert lines == ["A book", "The derivation", "Don't & do7", "Two"]
    assert """content: "Don't & do";""" in pdf.document({})


@pytest.fixture
def with_bookmarks(tmp_path):
    """Write a file with this many bookmarks, one below the other."""

    def write(count):
        file = tmp_path / "book.pdf"
        with pikepdf.new() as book:
            book.add_blank_page()
            with book.open_outline() as outline:
                below = outline.root
                for _ in range(count):
                    below.append(pikepdf.OutlineItem("as the browser wrote it", 0))
                    below = below[0].children
            book.save(file)
        return file

    return write


HTML = "<p class='author'>By A. Learner</p><h1>One</h1><h2>Two<mjx-math>x</mjx-math></h2>"


def test_bookmarks_get_the_words_of_the_headings(with_bookmarks):
    file = with_bookmarks(2)
    pdf.complete(HTML, file)
    with pikepdf.open(file) as book, book.open_outline() as outline:
        (first,) = outline.root
        (second,) = first.children
        assert (first.title, second.title) == ("One", "Two")
        assert book.docinfo["/Author"] == "A. Learner"


@pytest.mark.parametrize("count", [1, 3])
def test_bookmarks_that_are_not_the_headings_are_refused(with_bookmarks, count):
    with pytest.raises(ValueError, match="zip"):
        pdf.complete(HTML, with_bookmarks(count))
