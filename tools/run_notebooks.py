"""Run notebooks from top to bottom and store their outputs in place: `make notebooks`.

    python tools/run_notebooks.py chapters/*.ipynb

What differs from run to run or from machine to machine, and says nothing to a reader, is left
out: times, the Python version, the order in which a stream arrived, the random names of widgets.
A notebook whose outputs are the same as before is not rewritten, where in cells that measure
time, tagged nbval-ignore-output, only the words count. The worksheets are drawn again as well.
"""

import json
import os
import sys
import time
from base64 import b64decode
from copy import deepcopy
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import matplotlib
import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError
from nbformat import NotebookNode
from outputs import differences, keep_times, place
from tqdm import tqdm

from backprop.classroom.figures.worksheet import worksheet

ASSETS = Path(__file__).parent.parent / "assets"

# Pictures that also stand outside the notebook that makes them: where, and from which figure.
PICTURES = {"fig-backward": ASSETS / "network.png"}

METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}

# Code that a kernel runs beside the notebook: before its first cell, and after its last.
STAY_INSIDE = """
def stay_inside():
    import sys
    sys.reached_for = []
    ways_out = {"socket.connect", "socket.getaddrinfo", "socket.gethostbyname"}
    ways_out |= {"subprocess.Popen", "os.system", "os.posix_spawn", "os.forkpty"}
    def hook(event, details):
        if event in ways_out:
            where = [str(one) for one in details if isinstance(one, (str, bytes, tuple))]
            sys.reached_for.append(" ".join([event, *where[:1]]))
            raise RuntimeError("a chapter may use neither the network nor another program")
    sys.addaudithook(hook)
stay_inside()
del stay_inside
"""
REPORT = "import json, sys, time; print(json.dumps([time.process_time(), sys.reached_for]))"


def fresh(
    stored: NotebookNode, limit: float = 240, **environment: str
) -> tuple[NotebookNode, float]:
    """Return what one run makes of a notebook, in the form that is stored, and its CPU seconds.

    It runs in an empty folder, which is also its home and its place for temporary files, and
    without the network and other programs. A RuntimeError says which cell failed, or still ran
    after `limit` seconds; or what the notebook left behind, or reached for.
    """
    notebook = deepcopy(stored)
    with TemporaryDirectory() as outside, TemporaryDirectory() as folder:
        places = dict.fromkeys(("HOME", "USERPROFILE", "TMPDIR", "TEMP", "TMP"), folder)
        places |= {"IPYTHONDIR": outside, "MPLCONFIGDIR": matplotlib.get_cachedir()}
        settings = os.environ | places | {"TQDM_DISABLE": "1"} | environment
        seconds, reached_for = _execute(notebook, limit, cwd=folder, env=settings)
        files = sorted(path.relative_to(folder).as_posix() for path in Path(folder).rglob("*"))
    if reached_for:
        raise RuntimeError(f"it reaches for the network or a program: {', '.join(reached_for)}")
    if files:
        raise RuntimeError(f"it leaves files behind: {', '.join(files)}")
    return nbformat.reads(as_text(notebook), as_version=4), seconds


def _execute(notebook: NotebookNode, limit: float, **kernel: Any) -> tuple[float, list[str]]:
    """Run all cells in place; return the CPU seconds of the kernel, and what it reached for."""
    cells = list(notebook.cells)
    notebook.cells.append(nbformat.v4.new_code_cell())  # room for what runs beside the notebook
    started = time.monotonic()
    client = NotebookClient(
        notebook,
        timeout_func=lambda cell: max(1, started + limit - time.monotonic()),
        kernel_name="python3",
        record_timing=False,
        coalesce_streams=True,
        shutdown_kernel="immediate",
        extra_arguments=["--log-level=ERROR"],
    )

    def beside(code: str) -> str:
        cell = nbformat.v4.new_code_cell(code)
        client.execute_cell(cell, len(cells), store_history=False)
        return "".join(output.text for output in cell.outputs)

    with client.setup_kernel(**kernel):
        beside(STAY_INSIDE)
        started = time.monotonic()
        for index, cell in enumerate(cells):
            try:
                client.execute_cell(cell, index)
            except CellTimeoutError:
                raise RuntimeError(f"{place(cell)} still runs after {limit} s") from None
            except CellExecutionError as error:
                why = f"{error.ename}: {error.evalue}"
                raise RuntimeError(f"{place(cell)} fails: {why}") from None
        seconds, reached_for = json.loads(beside(REPORT))
    notebook.cells, notebook.metadata = cells, METADATA.copy()
    client.set_widgets_metadata()
    return seconds, reached_for


def as_text(notebook: NotebookNode) -> str:
    """Return what is stored; widgets are named by the order in which they were made."""
    text = nbformat.writes(notebook)
    for kind in notebook.metadata.get("widgets", {}).values():
        for number, name in enumerate(kind["state"]):
            text = text.replace(name, f"{number:032x}")
    return nbformat.writes(nbformat.reads(text, as_version=4)) + "\n"  # sorted by these names


def run(path: Path) -> list[str]:
    """Bring the outputs of one notebook up to date; return what changed."""
    text = path.read_text(encoding="utf-8")
    before = nbformat.reads(text, as_version=4)
    after, _ = fresh(before)
    for cell in after.cells:
        figure = cell.metadata.get("mystnb", {}).get("figure", {}).get("name")
        if figure in PICTURES:
            PICTURES[figure].write_bytes(b64decode(cell.outputs[0].data["image/png"]))
    if as_text(keep_times(after, before)) == text:
        return []
    path.write_text(as_text(after), encoding="utf-8")
    return differences(before, after) or ["only its form changed"]


if __name__ == "__main__":
    for path in tqdm([Path(name) for name in sys.argv[1:]], unit="notebook"):
        for change in run(path):
            tqdm.write(f"{path}: {change}")
    (ASSETS / "worksheet.pdf").write_bytes(worksheet())
    (ASSETS / "worksheet-filled.pdf").write_bytes(worksheet(filled=True))
