"""Run notebooks from top to bottom and store their outputs in place: `make notebooks`.

    python tools/run_notebooks.py chapters/*.ipynb

What differs from run to run or from machine to machine, and says nothing to a reader, is left
out: times, the Python version, the order in which a stream arrived, the random names of widgets.
A notebook whose outputs are the same as before is not rewritten, where cells that measure time,
tagged nbval-ignore-output, do not count. The worksheets are drawn again as well.
"""

import os
import sys
from base64 import b64decode
from copy import deepcopy
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbformat import NotebookNode
from tqdm import tqdm

from backprop.classroom.figures.worksheet import worksheet

ASSETS = Path(__file__).parent.parent / "assets"

# Pictures that also stand outside the notebook that makes them: where, and from which figure.
PICTURES = {"fig-backward": ASSETS / "network.png"}

METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def as_text(notebook: nbformat.NotebookNode) -> str:
    """Return what is stored; widgets are named by the order in which they were made."""
    text = nbformat.writes(notebook)
    for kind in notebook.metadata.get("widgets", {}).values():
        for number, name in enumerate(kind["state"]):
            text = text.replace(name, f"{number:032x}")
    return nbformat.writes(nbformat.reads(text, as_version=4)) + "\n"  # sorted by these names


def run(path: Path) -> bool:
    """Execute one notebook in its own folder; return whether its file changed."""
    before = path.read_text(encoding="utf-8")
    notebook = nbformat.reads(before, as_version=4)
    NotebookClient(
        notebook,
        timeout=120,
        kernel_name="python3",
        record_timing=False,
        coalesce_streams=True,
        extra_arguments=["--log-level=ERROR"],
        resources={"metadata": {"path": str(path.parent)}},
    ).execute()
    widgets = {"widgets": notebook.metadata.widgets} if "widgets" in notebook.metadata else {}
    notebook.metadata = METADATA | widgets
    after = as_text(notebook)
    if as_text(_with_old_times(notebook, before)) == before:
        after = before
    if after != before:
        path.write_text(after, encoding="utf-8")
    for cell in notebook.cells:
        figure = cell.metadata.get("mystnb", {}).get("figure", {}).get("name")
        if figure in PICTURES:
            PICTURES[figure].write_bytes(b64decode(cell.outputs[0].data["image/png"]))
    return after != before


def _with_old_times(notebook: NotebookNode, before: str) -> NotebookNode:
    """Return the notebook with its stored outputs where nobody compares them."""
    notebook = deepcopy(notebook)
    for cell, old in zip(notebook.cells, nbformat.reads(before, as_version=4).cells, strict=True):
        if "nbval-ignore-output" in cell.metadata.get("tags", []):
            cell.outputs = old.outputs
    return notebook


if __name__ == "__main__":
    os.environ["TQDM_DISABLE"] = "1"  # a bar in a stored output would hold the time it took
    for path in tqdm([Path(name) for name in sys.argv[1:]], unit="notebook", disable=False):
        if run(path):
            tqdm.write(f"{path}: outputs changed")
    (ASSETS / "worksheet.pdf").write_bytes(worksheet())
    (ASSETS / "worksheet-filled.pdf").write_bytes(worksheet(filled=True))
