"""A Sphinx extension: numbers stand below each other, and they and short code stay on their line.

A column of a table that holds numbers, and maybe a word where there is none, is set to the right,
whatever Markdown says of it, with the decimal points in a line: a number with fewer decimals than
another is filled up with letters that nobody sees. Code of a few letters in a line of text is not
torn at the line's end, nor is 1e-12, nor a name in code from the number that it is given, as are
the points of a sheet. A title of two lines is cut after a comma, and not one short word before it.
"""

import re
from typing import Any

from docutils import nodes

NUMBER = re.compile(r"((?:under |over )?[-\N{MINUS SIGN}]?[\d,]+)(\.\d+)?( ?%| of \d+)?")
POWER = re.compile(r"(?<=\de-)(?=\d)")  # where browsers break 1e-12
WORD = re.compile(r"[a-z]+")
GIVEN = re.compile(r"\s(?=\d)")  # as in "`db` 2"
LAST = re.compile(r" (?=\w{1,4},)")  # as in "the backward pass, step by step"
JOINER = "\N{WORD JOINER}"
SHORT = 24  # letters of code; on a phone a line has room for about 40


def columns(table: nodes.table) -> list[list[nodes.entry]]:
    """Return the entries of each column of a table, the header first."""
    rows = [list(row.findall(nodes.entry)) for row in table.findall(nodes.row)]
    return [list(column) for column in zip(*rows, strict=True)]


def align(column: list[nodes.entry]) -> None:
    """Set a column to the right if it holds numbers, with the decimal points in a line."""
    body = [entry for entry in column[1:] if entry.astext().strip()]
    found = [NUMBER.fullmatch(entry.astext().strip()) for entry in body]
    numbers = [one for one in found if one]
    words = [entry for entry in body if WORD.fullmatch(entry.astext().strip())]
    if len(numbers) <= len(words) or len(numbers) + len(words) < len(body):
        return
    for entry in column:
        entry["classes"] = ["text-right"]
    longest = max((one[2] or "" for one in numbers), key=len)
    for entry, one in zip(body, found, strict=True):
        missing = longest[len(one[2] or "") :] if one and not one[3] else ""
        if missing:
            unseen = f'<span class="unseen" aria-hidden="true">{missing}</span>'
            entry[0].append(nodes.raw("", unseen, format="html"))


def is_prose(text: nodes.Text) -> bool:
    """Say whether a text stands among words, and is neither code nor mathematics."""
    return not isinstance(text.parent, nodes.literal | nodes.math | nodes.FixedTextElement)


def keep_together(parent: nodes.Element, place: int) -> None:
    """Let no line's end tear a power in this text, or a number from the code before it."""
    words = POWER.sub(JOINER, parent[place])
    if place and isinstance(parent[place - 1], nodes.literal) and GIVEN.match(words):
        words = "\N{NO-BREAK SPACE}" + words[1:]
    if is_title(parent):
        words = LAST.sub("\N{NO-BREAK SPACE}", words)
    parent[place] = nodes.Text(words)


def is_title(parent: nodes.Element) -> bool:
    """Say whether a text in this is a title, or a link, which often is one."""
    return any(isinstance(one, nodes.title | nodes.reference) for one in (parent, parent.parent))


def set_page(app: Any, page: nodes.document, name: str) -> None:
    """Look after the tables and the code of a page."""
    for table in page.findall(nodes.table):
        for column in columns(table):
            align(column)
    for code in page.findall(nodes.literal):
        if len(code.astext()) <= SHORT:
            code["classes"].append("short")
    for parent in list(page.findall(nodes.Element)):
        for place, child in enumerate(parent.children):
            if isinstance(child, nodes.Text) and is_prose(child):
                keep_together(parent, place)


def setup(app: Any) -> dict[str, bool]:
    """Tell Sphinx."""
    app.connect("doctree-resolved", set_page)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
