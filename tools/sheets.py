"""From the source of a sheet to the book's page, and to the notebook that a course starts from.

The page folds the solutions away and leaves out nbgrader's marks and hidden tests. The notebook
has nothing that is there for the page alone: no cells tagged `page-only`, and no marks that only
the book's builder reads; nbgrader then takes out the solutions and the hidden tests. Both say in
their second cell how to work, each sheet in the same words. All that is folded is an admonition of
the classes `solution dropdown` in the book, and a `<details>` in the notebook.
"""

import re
from copy import deepcopy
from pathlib import Path

import nbformat
import yaml
from nbformat import NotebookNode

from backprop import __version__

ROOT = Path(__file__).parent.parent
SOURCE = ROOT / "exercises" / "source"
RELEASE = ROOT / "exercises" / "release"
PAGE_ONLY = "page-only"
WHEEL = f"backprop-{__version__}-py3-none-any.whl"
HOW_ON_A_PAGE = """\
:::{{admonition}} Work on a copy of your own
:class: note
This page shows the sheet solved. {{download}}`Take the notebook without solutions \
<../release/{name}.ipynb>`; on the site, the download button at the top of the page offers it too, \
with the package that it needs. The notebook says how to fill it in, save it, and hand it in.
:::"""
HOW = f"""\
**How to work.** Set `number` below to one of your own, and do the warm-up with a pencil; it \
earns no points. Put your lines in the place of `raise NotImplementedError()`, run the cell, and \
then the check below it, as often as you like. At the end, write your answer to the question \
where `YOUR ANSWER HERE` stands.

**Save and hand in.** Ctrl+S (on a Mac Cmd+S) writes all of it into this file. When you are done, \
choose *Restart Kernel and Run All Cells* in the menu *Kernel*, look whether the checks still say \
what they should, and save. If this is for a course, hand in this one file under the name with \
which you got it, without a (1) that your browser may have added. Unfinished work earns the points \
of what is right.

**If the next cell ends in a `ModuleNotFoundError`**, take `{WHEEL}` from the page that you had \
this notebook from, lay it beside the notebook, and run `%pip install "./{WHEEL}[notebooks]"` in a \
cell of its own. (Never the package of that name on PyPI, which is another.) It wants Python 3.11 \
or newer."""
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
GATE = re.compile(
    r"^```\{(?:exercise|solution)-(?:start|end)\}.*?^```\n*", re.DOTALL | re.MULTILINE
)
ADMONITION = re.compile(
    r"^:::\{admonition\} ([^\n]*)\n(?::class: [^\n]*\n)?(.*?)\n:::$", re.DOTALL | re.MULTILINE
)
FOLDED = re.compile(
    r"^:::\{admonition\} ([^\n]*)\n:class: solution dropdown\n(.*?)\n:::$", re.DOTALL | re.MULTILINE
)
MARK = re.compile(r"^ *### (?:BEGIN|END) SOLUTION\n?", re.MULTILINE)
LINK = re.compile(r"\[([^\]]*)\]\(([\w./-]+\.ipynb)[^)]*\)")


def sheets() -> list[str]:
    """Return the names of all sheets, in the order of the book."""
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    files = [Path(entry["file"]) for part in toc["parts"] for entry in part["chapters"]]
    return [file.name for file in files if file.parent.as_posix() == "exercises/source"]


def read(name: str) -> NotebookNode:
    """Return the sheet of this name as it stands in the book."""
    return nbformat.read(SOURCE / f"{name}.ipynb", as_version=4)


def for_page(sheet: NotebookNode, name: str) -> NotebookNode:
    """Return what the book shows: solutions in dropdowns, and nothing of nbgrader's."""
    page = deepcopy(sheet)
    for place, cell in enumerate(page.cells):
        about = cell.metadata.get("nbgrader", {})
        if cell.cell_type == "code" and about.get("solution"):
            page.cells[place] = _solution(cell)
        elif cell.cell_type == "code" and about.get("grade"):
            cell.metadata["tags"] = ["remove-cell"]
    how = HOW_ON_A_PAGE.format(name=name)
    page.cells.insert(1, nbformat.v4.new_markdown_cell(how, id="how"))
    return page


def _solution(cell: NotebookNode) -> NotebookNode:
    """Return a cell that folds the source of a solution away."""
    source = MARK.sub("", cell.source).rstrip()
    folded = f":::{{admonition}} Solution\n:class: solution dropdown\n```python\n{source}\n```\n:::"
    return nbformat.v4.new_markdown_cell(folded, id=cell.id)


def for_course(sheet: NotebookNode) -> NotebookNode:
    """Return what nbgrader starts from: no outputs, plain Markdown, nothing for the page alone."""
    course = nbformat.v4.new_notebook(metadata=deepcopy(METADATA))
    for cell in deepcopy(sheet.cells):
        if PAGE_ONLY in cell.metadata.get("tags", []):
            continue
        cell.metadata = {k: v for k, v in cell.metadata.items() if k == "nbgrader"}
        if cell.cell_type == "markdown":
            cell.source = plain(cell.source)
        else:
            cell.outputs, cell.execution_count = [], None
        course.cells.append(cell)
    course.cells.insert(1, nbformat.v4.new_markdown_cell(HOW, id="how"))
    return course


def plain(text: str) -> str:
    """Return Markdown that Jupyter shows as it is meant: no directives, and no links that break."""
    text = GATE.sub("", text)
    text = FOLDED.sub(r"<details>\n<summary>\1</summary>\n\n\2\n\n</details>", text)
    text = ADMONITION.sub(r"**\1.**\n\n\2", text)
    return LINK.sub(lambda link: link[1] or f"*{_title(link[2])}*", text).strip()


def _title(path: str) -> str:
    """Return the title of the page to which a sheet links."""
    first = nbformat.read(SOURCE / path, as_version=4).cells[0].source
    return first.splitlines()[0].removeprefix("# ")
