"""A Sphinx extension: what the pages' makers write is mended for who reads with a screen reader.

They leave code and output unnamed, the titles of exercises and cards no headings, tables without
names and row headers, and things that unfold all called alike. `mend` looks through the tree of a
page and notes what its nodes lack; `Writer` puts this into the HTML. The tests in a browser look
at the result.
"""

from collections.abc import Iterable
from typing import Any

from bs4 import BeautifulSoup
from docutils import nodes
from mathematics import html
from myst_nb.sphinx_ import HideCodeCellNode, depart_HideCellInput, visit_HideCellInput
from sphinx.writers.html5 import HTML5Translator

HIDDEN = ["visually-hidden"]  # the class of what is read aloud and not shown
UNSAID = {"aria-hidden": "true"}  # of what names a button (assets/book.js), which stands beside it
PARTS = {"cell_code_source": "Code cell", "cell_code_output": "Output of code cell"}
DOWNLOADS = {
    ".ipynb": "Notebook (.ipynb)",
    "package": "Package (.whl)",
    ".pdf": "Print, or save as PDF",
}


class Writer(HTML5Translator):
    """The writer of pages: what `mend` noted stands in the tags."""

    def starttag(self, node: nodes.Element, *args: Any, **attributes: Any) -> str:
        """Return the tag that opens a node; in the sidebar are no headings, above the page's."""
        if attributes.get("ROLE") == "heading":
            attributes = {name: attributes[name] for name in attributes.keys() & {"CLASS"}}
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


def visit_hidden(writer: Writer, node: HideCodeCellNode) -> None:
    """Write the line that unfolds a cell; it is named by its words, and by where it stands."""
    start = len(writer.body)
    visit_HideCellInput(writer, node)
    where = writer.starttag({"classes": HIDDEN}, "span", "") + writer.encode(node["where"])
    writer.body[start + 1] = "<summary>\n"
    writer.body.insert(-1, f"{where}</span>")


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
    for box in page.findall(nodes.container):
        for child in box.children:
            child.parent = box  # MyST-NB forgets it of what unfolds
    for table in page.findall(nodes.table):
        mend_table(table)
    name_tables(list(page.findall(nodes.table)))
    name_cells(page.findall(lambda one: part(one) == "cell_code"))
    for link in page.findall(is_to_equation):
        link["said"] = {"aria-label": f"Equation {link.astext()}"}
    for title in list(page.findall(is_title)):
        title["said"] = {"role": "heading", "aria-level": str(len(sections(title)) + 1)}
    for section in page.findall(nodes.section):
        if not is_titled(section):
            section["ids"] = []  # the same on each page, and for each exercise
    name_folds(list(page.findall(is_fold)))


def mend_table(table: nodes.table) -> None:
    """Say which cells head a column or a row; an empty corner heads nothing."""
    rows = list(table.findall(nodes.row))
    names = [cell.astext().strip() for cell in rows[0]]
    heads = 2 if names[1:2] == ["row"] else 1
    for row in rows:
        above = isinstance(row.parent, nodes.thead)
        for place, cell in enumerate(row):
            words = cell.astext().strip()
            cell["header"] = bool(words) and (above or place < heads)
            if above and not words:
                cell.clear()
            if cell["header"] and not above:
                cell["said"] = {"scope": "row"}


def name_tables(tables: list[nodes.table]) -> None:
    """Name each table after its section."""
    for table, name in zip(tables, told_apart(map(title_above, tables), "table"), strict=True):
        table["said"] = {"aria-label": name}


def name_cells(cells: Iterable[nodes.container]) -> None:
    """Number the code of a page, and say of each output whose it is."""
    for number, cell in enumerate(cells, 1):
        for box in cell.findall(lambda one: part(one) in PARTS):
            box["said"] = {"role": "group", "aria-label": f"{PARTS[part(box)]} {number}"}


def name_folds(folds: list[nodes.Element]) -> None:
    """Add to what unfolds something, and is called alike all over the page, the section."""
    words = [f"{fold.get('prompt_show') or fold.astext()}: {title_above(fold)}" for fold in folds]
    for fold, name in zip(folds, told_apart(words, "part"), strict=True):
        fold["where"] = f": {name.partition(': ')[2]}"
        if not isinstance(fold, HideCodeCellNode):
            fold.append(nodes.inline("", fold["where"], classes=HIDDEN, said=UNSAID))


def told_apart(names: Iterable[str], what: str) -> list[str]:
    """Number names that come again: ["Summary", "Summary, table 2"]."""
    seen: dict[str, int] = {}
    apart = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        apart.append(name if seen[name] == 1 else f"{name}, {what} {seen[name]}")
    return apart


def part(node: nodes.Node) -> str:
    """Return what a box of a notebook is, such as "cell_code"."""
    return node.get("nb_element", "") if isinstance(node, nodes.container) else ""


def is_fold(node: nodes.Node) -> bool:
    """Say whether a node is what unfolds something; solutions of exercises tell theirs already."""
    if isinstance(node, nodes.title):
        return node.parent.tagname == "admonition" and "dropdown" in node.parent["classes"]
    return isinstance(node, HideCodeCellNode)


def is_title(node: nodes.Node) -> bool:
    """Say whether a node is the title of an exercise or of a card."""
    if isinstance(node, nodes.title):
        return "exercise" in node.parent.get("classes", [])
    return isinstance(node, nodes.container) and "sd-card-title" in node["classes"]


def is_to_equation(node: nodes.Node) -> bool:
    """Say whether a node is a link to an equation, whose words are no more than "(38)"."""
    if not isinstance(node, nodes.reference):
        return False
    target = node.get("refuri") or node.get("refid", "")
    return target.rpartition("#")[2].startswith("equation-")


def is_titled(section: nodes.section) -> bool:
    """Say whether a section has a title; what an exercise asks is a section that has none."""
    return any(isinstance(child, nodes.title) for child in section.children)


def sections(node: nodes.Node) -> list[nodes.section]:
    """Return the sections in which a node stands, the innermost first."""
    above, found = node.parent, []
    while above is not None:
        if isinstance(above, nodes.section) and is_titled(above):
            found.append(above)
        above = above.parent
    return found


def title_above(node: nodes.Node) -> str:
    """Return the title of the section in which a node stands."""
    return sections(node)[0].next_node(nodes.title).astext()


def mend_page(app: Any, page: nodes.document, name: str) -> None:
    """Mend a page before it is written."""
    mend(page)


def mend_menus(app: Any, name: str, template: str, context: dict[str, Any], tree: Any) -> None:
    """Call what can be downloaded by words."""
    for group in context.get("header_buttons", []):
        for button in group.get("buttons", []):
            button["text"] = DOWNLOADS.get(button["text"], button["text"])


def setup(app: Any) -> dict[str, bool]:
    """Tell Sphinx; the theme has made its menus when they are mended."""
    app.set_translator("html", Writer)
    app.add_node(HideCodeCellNode, override=True, html=(visit_hidden, depart_HideCellInput))
    app.connect("doctree-resolved", mend_page)
    app.connect("html-page-context", mend_menus, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
