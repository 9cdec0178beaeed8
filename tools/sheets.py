"""From a sheet of the book to the notebook that a course starts from.

The page and the course have one source. What is there for the page alone, its cells tagged
`page-only` and the marks that only the book's builder reads, is left out here; nbgrader then takes
out the solutions and the hidden tests.
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
NEEDS = f"""\
It runs wherever notebooks do, with Python 3.11 or newer. If the next cell finds no module \
`backprop`, take `{WHEEL}` from the page that you had this notebook from, lay it beside the \
notebook, and run `%pip install "./{WHEEL}[notebooks]"` in a cell of its own. (Never the package \
of that name on PyPI, which is another.)"""
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
DROPDOWN = re.compile(r"^:::\{dropdown\} ([^\n]*)\n(.*?)\n:::$", re.DOTALL | re.MULTILINE)
LINK = re.compile(r"\[([^\]]*)\]\(([\w./-]+\.ipynb)[^)]*\)")


def sheets() -> list[str]:
    """Return the names of all sheets, in the order of the book."""
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    files = [Path(entry["file"]) for part in toc["parts"] for entry in part["chapters"]]
    return [file.name for file in files if file.parent.as_posix() == "exercises/source"]


def read(name: str) -> NotebookNode:
    """Return the sheet of this name as it stands in the book."""
    return nbformat.read(SOURCE / f"{name}.ipynb", as_version=4)


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
    course.cells.insert(1, nbformat.v4.new_markdown_cell(NEEDS, id="needs"))
    return course


def plain(text: str) -> str:
    """Return Markdown that Jupyter shows as it is meant: no directives, and no links that break."""
    text = GATE.sub("", text)
    text = ADMONITION.sub(r"**\1.**\n\n\2", text)
    text = DROPDOWN.sub(r"<details>\n<summary>\1</summary>\n\n\2\n\n</details>", text)
    return LINK.sub(lambda link: link[1] or f"*{_title(link[2])}*", text).strip()


def _title(path: str) -> str:
    """Return the title of the page to which a sheet links."""
    first = nbformat.read(SOURCE / path, as_version=4).cells[0].source
    return first.splitlines()[0].removeprefix("# ")
