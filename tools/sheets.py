"""From the source of a sheet to the book's page, and to the notebook that a course starts from.

The page folds the solutions away and leaves out nbgrader's marks and hidden tests. The notebook
has nothing that is there for the page alone: no cells tagged `page-only`, and no marks that only
the book's builder reads; nbgrader then takes out the solutions and the hidden tests. In both the
hints of an exercise lie within one another, so that the first is opened before the second.
"""

import re
from collections.abc import Callable
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
It runs wherever notebooks do, with Python 3.11 or newer. If the next cell ends in a \
`ModuleNotFoundError`, take `{WHEEL}` from the page that you had this notebook from, lay it \
beside the notebook, and run `%pip install "./{WHEEL}[notebooks]"` in a cell of its own. (Never \
the package of that name on PyPI, which is another.)"""
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
FOLDED = {
    "tags": ["hide-input"],
    "mystnb": {"code_prompt_show": "Show the solution", "code_prompt_hide": "Hide the solution"},
}
MARK = re.compile(r"^ *### (?:BEGIN|END) SOLUTION\n?", re.MULTILINE)
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


def for_page(sheet: NotebookNode) -> NotebookNode:
    """Return what the book shows: solutions in dropdowns, and nothing of nbgrader's."""
    page = deepcopy(sheet)
    for cell in page.cells:
        about = cell.metadata.get("nbgrader", {})
        if cell.cell_type == "markdown":
            cell.source = in_steps(cell.source, _dropdown)
        elif about.get("solution"):
            cell.metadata |= FOLDED
            cell.source = MARK.sub("", cell.source).rstrip()
        elif about.get("grade"):
            cell.metadata["tags"] = ["remove-cell"]
    return page


def in_steps(text: str, fold: Callable[[str, str], str]) -> str:
    """Fold each of several hints, one after the other, into the one before it."""
    hints = list(DROPDOWN.finditer(text))
    within = ""
    for hint in reversed(hints):
        within = fold(hint[1], "\n\n".join(filter(None, (hint[2], within))))
    return text[: hints[0].start()] + within + text[hints[-1].end() :] if hints else text


def _dropdown(title: str, text: str) -> str:
    """Write a dropdown for the book's builder: its colons outnumber those of any within it."""
    colons = ":" * (1 + max((len(found) for found in re.findall("^:{3,}", text, re.M)), default=2))
    return f"{colons}{{dropdown}} {title}\n{text}\n{colons}"


def _details(title: str, text: str) -> str:
    return f"<details>\n<summary>{title}</summary>\n\n{text}\n\n</details>"


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
    text = in_steps(text, _details)
    return LINK.sub(lambda link: link[1] or f"*{_title(link[2])}*", text).strip()


def _title(path: str) -> str:
    """Return the title of the page to which a sheet links."""
    first = nbformat.read(SOURCE / path, as_version=4).cells[0].source
    return first.splitlines()[0].removeprefix("# ")
