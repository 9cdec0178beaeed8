"""A Sphinx extension: what the pages' makers write is mended for who reads with a screen reader.

Docutils and the theme give bibliographies roles that no longer exist, leave the corner of a table
as an empty header, and its first column without headers; and browsers leave formulas out of a
header's name. `mend` looks through the tree of a page and notes what a node lacks; `Writer` puts
this into the HTML. The tests in a browser look at the result.
"""

from typing import Any

from bs4 import BeautifulSoup
from docutils import nodes
from mathematics import html
from myst_nb.sphinx_ import HideCodeCellNode, depart_HideCellInput, visit_HideCellInput
from sphinx.writers.html5 import HTML5Translator


class Writer(HTML5Translator):
    """The writer of pages: what `mend` noted stands in the tags."""

    def starttag(self, node: nodes.Element, *args: Any, **attributes: Any) -> str:
        """Return the tag that opens a node."""
        return super().starttag(node, *args, **attributes | node.get("said", {}))

    def visit_entry(self, node: nodes.entry) -> None:
        """Write a cell of a table, as a header or not."""
        node.parent.column += 1
        tag = "th" if node["header"] else "td"
        look = ["head"] if isinstance(node.parent.parent, nodes.thead) else []
        name = {"aria-label": letters(self, node)} if tag == "th" and formulas(node) else {}
        self.body.append(self.starttag(node, tag, "", classes=look, **name))
        self.context.append(f"</{tag}>\n")

    def visit_citation(self, node: nodes.citation) -> None:
        """Write an entry of the bibliography, in the list that docutils opens."""
        node["said"] = {"role": "listitem"}
        super().visit_citation(node)


def formulas(node: nodes.Element) -> list[nodes.math]:
    """Return the formulas in a node."""
    return list(node.findall(nodes.math))


def letters(writer: Writer, node: nodes.Element) -> str:
    """Return the words of a node and the letters of its formulas."""
    found = node.findall(lambda one: isinstance(one, nodes.math | nodes.Text))
    words = []
    for one in found:
        if isinstance(one, nodes.math):
            set_as = BeautifulSoup(html(writer, one), "html.parser")
            words += [set_as.get_text(" "), one.get("closing", "")]
        elif not isinstance(one.parent, nodes.math | nodes.raw):
            words.append(one.astext())
    return " ".join(" ".join(words).split())


def mend(page: nodes.document) -> None:
    """Note on the nodes of a page what is to be said of them."""
    for table in page.findall(nodes.table):
        mend_table(table)


def mend_table(table: nodes.table) -> None:
    """Say which cells head a column or a row; an empty corner heads nothing."""
    for head in table.findall(nodes.thead):
        for cell in head.findall(nodes.entry):
            cell["header"] = bool(cell.astext().strip())
            if not cell["header"]:
                cell.clear()
    for body in table.findall(nodes.tbody):
        for row in body:
            for place, cell in enumerate(row):
                cell["header"] = place == 0
            row[0]["said"] = {"scope": "row"}


def visit_hidden(writer: Writer, node: HideCodeCellNode) -> None:
    """Write the line that unfolds a cell; it is named by its words."""
    start = len(writer.body)
    visit_HideCellInput(writer, node)
    writer.body[start + 1] = "<summary>\n"


def mend_page(app: Any, page: nodes.document, name: str) -> None:
    """Mend a page before it is written."""
    mend(page)


def setup(app: Any) -> dict[str, bool]:
    """Tell Sphinx."""
    app.set_translator("html", Writer)
    app.add_node(HideCodeCellNode, override=True, html=(visit_hidden, depart_HideCellInput))
    app.connect("doctree-resolved", mend_page)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
