"""Print the built site as one PDF, pages in the order of _toc.yml: `make pdf`.

The articles of all pages are joined into one document, in which every link between pages leads to
a place of its own; a browser prints it. The bookmarks are the headings: parts, chapters, sections.
The document is printed twice, for only then is it known on which page each chapter begins. What
the browser does not tell the file, whose it is and the formulas in its bookmarks, is added at last.
"""

import json
import re
import sys
from collections.abc import Iterator
from html import escape
from pathlib import Path
from posixpath import dirname, join, normpath, splitext
from typing import Any

import pikepdf
import yaml
from browsers import chromium
from bs4 import BeautifulSoup, Tag
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).parent.parent
SITE = ROOT / "_build" / "html"
TITLE = "Does ReLU kill gradient descent?"
SUBJECT = "Backpropagation derived on paper, executed, and checked"
HEADINGS = "h1, h2, h3, h4, h5, h6"
FACES = ("serif-4/400", "serif-4/400-italic", "serif-4/600", "serif-4/600-italic", "code-pro/400")
FONTS = [ROOT / f"node_modules/@fontsource/source-{face}.css" for face in FACES]
STYLE = Path(__file__).with_name("pdf.css")
ONLY_ON_SCREEN = "script, .headerlink, .toctree-wrapper"
Part = tuple[str, list[str]]  # its caption, and the names of its pages, such as chapters/the-relu


def parts() -> list[Part]:
    """Return the parts of the book; what stands before the first has no caption."""
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    found = [(part["caption"], [one["file"] for one in part["chapters"]]) for part in toc["parts"]]
    return [("", [toc["root"]]), *found]


def place(page: str, fragment: str = "") -> str:
    """Return the name of a place that no two pages share."""
    return page.replace("/", "-") + (f"--{fragment}" if fragment else "")


def article(page: str, pages: set[str], level: int) -> Tag:
    """Return what a page says, as a chapter of one document; its headings begin at this level."""
    soup = BeautifulSoup((SITE / f"{page}.html").read_text(encoding="utf-8"), "html.parser")
    chapter = soup.select_one("article.bd-article")
    if chapter is None:
        sys.exit(f"{page}.html has no article; has the theme of the site changed?")
    for one in chapter.select(ONLY_ON_SCREEN):
        one.decompose()
    for one in chapter.select("[id]"):
        one["id"] = place(page, str(one["id"]))
    for one in chapter.select("details"):
        one["open"] = ""
    for link in chapter.select("a[href]"):
        _lead(link, page, pages)
    for image in chapter.select("img[src]"):
        if not str(image["src"]).startswith("data:"):
            image["src"] = normpath(join(dirname(page), str(image["src"])))
    for title in chapter.select("[role=heading]"):
        del title["role"], title["aria-level"]  # of an exercise or a card: no bookmark
    for heading in chapter.select("h1, h2, h3, h4, h5"):
        heading.name = f"h{int(heading.name[1]) + level - 1}"
    chapter["id"] = place(page)
    chapter["class"] = "bd-article chapter"
    return chapter


def _lead(link: Tag, page: str, pages: set[str]) -> None:
    """Make a link lead to a place in the document; one to a file of the site becomes words."""
    target, _, fragment = str(link["href"]).partition("#")
    if re.match(r"\w+:", target):
        return
    aim = normpath(join(dirname(page), target)) if target else f"{page}.html"
    name, kind = splitext(aim)
    if kind == ".html" and name in pages:
        link["href"] = "#" + place(name, fragment)
    else:
        del link["href"]


def chapters() -> Iterator[tuple[str, Tag]]:
    """Return for each page the part that it opens, or nothing, and its article."""
    pages = {page for _, names in parts() for page in names}
    for caption, names in parts():
        for page in names:
            yield caption if page == names[0] else "", article(page, pages, 2 if caption else 1)


def document(numbers: dict[str, int]) -> str:
    """Return the book as one page of HTML; `numbers` says on which page each chapter begins."""
    soup = BeautifulSoup((SITE / "index.html").read_text(encoding="utf-8"), "html.parser")
    styles = "".join(map(str, soup.select("link[rel=stylesheet]")))
    styles += "".join(f'<link rel="stylesheet" href="{path.as_uri()}">' for path in FONTS)
    made, author = (soup.select_one(one) for one in (".extra_footer", ".component-author"))
    contents, rules, body = "", "", ""
    for part, chapter in chapters():
        at, heading = chapter["id"], chapter.select_one("h1, h2")
        name = heading.get_text() if heading else str(at)
        if part:
            contents += f"<li class='part'>{escape(part)}</li>"
            label = soup.new_tag("h1", attrs={"class": "part"}, string=part)
            chapter.insert(0, label)
        number = f"<span class='number'>{numbers.get(str(at), '')}</span>"
        contents += f"<li><a href='#{at}'>{escape(name)}</a>{number}</li>"
        running = json.dumps(name, ensure_ascii=False)  # quoted as in a style sheet
        rules += f"#{at} {{ page: {at}; }} @page {at} {{ @top-left {{ content: {running}; }} }}\n"
        body += str(chapter)
    return f"""<!DOCTYPE html>
<html lang="en" data-theme="light" data-mode="light">
<head><meta charset="utf-8"><title>{TITLE}</title>{styles}
<style>{STYLE.read_text(encoding="utf-8")}{rules}</style></head>
<body><section class="cover"><p class="title">{TITLE}</p>
<p>{SUBJECT}</p>
<img src="_images/network.png" alt="">
<p class="author">{escape(author.get_text().strip() if author else "")}</p>
<p class="made">{escape(made.get_text().strip() if made else "")}</p></section>
<nav class="book-contents"><p class="title">Contents</p><ol>{contents}</ol></nav>
<main class="bd-content">{body}</main></body></html>"""


def dead_links(html: str) -> list[str]:
    """Return the links that lead to a place which the document does not have."""
    soup = BeautifulSoup(html, "html.parser")
    places = {f"#{one['id']}" for one in soup.select("[id]")}
    return sorted({str(one["href"]) for one in soup.select("a[href^='#']")} - places)


def printed(html: str, target: Path) -> None:
    """Have a browser print the document."""
    found = chromium()
    if not found:
        sys.exit("no browser to print with; install Chromium or Chrome")
    page_file = SITE / "as-one.html"  # beside the pictures and style sheets that it names
    page_file.write_text(html, encoding="utf-8")
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=found)
            page = browser.new_page(java_script_enabled=False)
            page.goto(page_file.as_uri(), wait_until="load", timeout=120_000)
            page.pdf(path=target, prefer_css_page_size=True, outline=True, tagged=True)
            browser.close()
    finally:
        page_file.unlink()


def first_pages(file: Path) -> dict[str, int]:
    """Return for each place in the document that is linked to, the page on which it lies."""
    with pikepdf.open(file) as book:
        numbers: dict[Any, int] = {page.objgen: number for number, page in enumerate(book.pages, 1)}
        places = book.Root.Dests.items()
        return {name.lstrip("/"): numbers[there[0].objgen] for name, there in places}


def bookmarks(above: pikepdf.Object) -> Iterator[pikepdf.Object]:
    """Return the bookmarks below this one, in the order of their pages."""
    one = above.get("/First")
    while one is not None:
        yield one
        yield from bookmarks(one)
        one = one.get("/Next")


def complete(html: str, file: Path) -> None:
    """Give the bookmarks the words of their headings, say whose book it is, and make it smaller."""
    soup = BeautifulSoup(html, "html.parser")
    for one in soup.select("mjx-math"):
        one.decompose()  # the letters of MathJax; its MathML stays
    headings = [" ".join(one.get_text().split()) for one in soup.select(HEADINGS)]
    author = soup.select_one(".author")
    name = author.get_text().removeprefix("By ") if author else ""
    with pikepdf.open(file, allow_overwriting_input=True) as book:
        for bookmark, words in zip(bookmarks(book.Root.Outlines), headings, strict=True):
            bookmark.Title = words
        book.docinfo["/Author"], book.docinfo["/Subject"] = name, SUBJECT
        book.save(file, object_stream_mode=pikepdf.ObjectStreamMode.generate)  # half the size


if __name__ == "__main__":
    target = Path(sys.argv[1])
    once = document({})
    if dead := dead_links(once):
        sys.exit(f"links of the book lead nowhere: {', '.join(dead)}")
    printed(once, target)
    book = document(first_pages(target))
    printed(book, target)
    complete(book, target)
