"""Every way in which a stored output could mislead, planted in a tiny notebook and caught."""

import re
import subprocess
import sys
from copy import deepcopy

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output
from outputs import TIMED, blemishes
from run_notebooks import as_text, fresh
from test_book import ROOT, disagreements
from test_outputs import faults

DOT = (  # a picture of one dot
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg=="
)


def notebook(*sources):
    """Return a notebook that was never run, of cells with these sources."""
    return new_notebook(
        cells=[new_code_cell(source, id=f"id-{n}") for n, source in enumerate(sources)]
    )


@pytest.fixture(scope="module")
def whole():
    """One of each kind of output, as a run stores it; every fault below is planted in a copy."""
    cells = notebook(
        'print("3 of 4 are right")\nprint("and 1 is not")',
        "from IPython.display import Image, Markdown\n\n"
        'Markdown("| a | b |\\n|--|--|\\n| 1 | 2 |")',
        "0.25",
        f'from base64 import b64decode\n\nImage(b64decode("{DOT}"))',
        "from ipywidgets import HTML, IntSlider\n\nIntSlider(3)",
        f"""HTML('<img alt="a dot" src="data:image/png;base64,{DOT}">')""",
        'import time\n\nprint("it took", time.perf_counter(), "s")',
    )
    cells.cells[6].metadata.tags = [TIMED]
    run, _ = fresh(cells)
    return run


def put(*path):
    """Return a plant that sets one place of a notebook's cells; the last item is its new value."""
    *path, name, value = path

    def plant(stored):
        place = stored.cells
        for step in path:
            place = place[step]
        place[name] = value

    return plant


def widgets(stored):
    (kind,) = stored.metadata.widgets.values()
    return kind.state


def widget(stored, model):
    """Return the state of the widget of this model."""
    (found,) = (one.state for one in widgets(stored).values() if one.model_name == model)
    return found


def move_the_slider(stored):
    widget(stored, "IntSliderModel").value = 4


def redraw_in_the_widget(stored):
    html = widget(stored, "HTMLModel")
    html.value = html.value.replace("base64,i", "base64,j")


def remove_the_slider(stored):
    state = widgets(stored)
    del state[next(name for name in state if state[name].model_name == "IntSliderModel")]


def add_a_widget(stored):
    widgets(stored)[f"{99:032x}"] = deepcopy(next(iter(widgets(stored).values())))


def swap_two_cells(stored):
    stored.cells[0], stored.cells[2] = stored.cells[2], stored.cells[0]


def clear_all(stored):
    stored.metadata.pop("widgets")
    for cell in stored.cells:
        cell.outputs, cell.execution_count = [], None


def add(output):
    """Return a plant that adds an output to the first cell."""
    return lambda stored: stored.cells[0].outputs.append(output)


def printed(text):
    return new_output("stream", text=text)


FIRST = 'cell [1] `print("3 of 4 are right")`'
PLANTED = {
    "changed text": (
        put(0, "outputs", 0, "text", "3 of 4 are right\nand 2 are not\n"),
        f"{FIRST}: text: stored is 'and 2 are not', a run gives 'and 1 is not'",
    ),
    "changed table": (
        put(1, "outputs", 0, "data", "text/markdown", "| a | b |\n|--|--|\n| 1 | 3 |"),
        "cell [2] `from IPython.display import Image, Markdown`: text/markdown: "
        "stored is '| 1 | 3 |', a run gives '| 1 | 2 |'",
    ),
    "changed number": (
        put(2, "outputs", 0, "data", "text/plain", "0.26"),
        "cell [3] `0.25`: text/plain: stored is '0.26', a run gives '0.25'",
    ),
    "changed picture": (
        put(3, "outputs", 0, "data", "image/png", DOT.replace("gAB", "gAC")),
        "cell [4] `from base64 import b64decode`: image/png: the picture is not the one "
        "that a run draws",
    ),
    "changed state of a widget": (
        move_the_slider,
        "widget 2 (IntSliderModel): state value: stored is '4', a run gives '3'",
    ),
    "changed picture in a widget": (
        redraw_in_the_widget,
        "widget 5 (HTMLModel): state value: the picture is not the one that a run draws",
    ),
    "removed widget": (remove_the_slider, "widget 2 (IntSliderModel) is missing"),
    "widget too many": (
        add_a_widget,
        "widget 99 (LayoutModel) is stored, and no run makes it",
    ),
    "changed words beside a time": (
        put(6, "outputs", 0, "text", "it took 9.9 min\n"),
        "cell [7] `import time`: text: stored is 'it took 9.9 min', a run gives 'it took ",
    ),
    "cell not run": (
        put(1, "execution_count", None),
        "cell [ ] `from IPython.display import Image, Markdown` was not run",
    ),
    "cells out of order": (
        swap_two_cells,
        "cell [3] `0.25` was run out of order; it is the one with number 1",
    ),
    "all outputs cleared": (clear_all, f"{FIRST} lacks an output: '3 of 4 are right and 1 is not'"),
    "missing output": (
        put(2, "outputs", []),
        "cell [3] `0.25` lacks an output: '0.25'",
    ),
    "output too many": (
        put(0, "outputs", [printed("3 of 4 are right\nand 1 is not\n"), printed("all is well")]),
        f"{FIRST} has an output that no run gives: 'all is well'",
    ),
    "warning": (
        add(new_output("stream", name="stderr", text="RuntimeWarning: overflow in exp")),
        f"{FIRST} writes to stderr: RuntimeWarning: overflow in exp",
    ),
    "error": (
        add(new_output("error", ename="NameError", evalue="no x", traceback=["..."])),
        f"{FIRST} shows an error: NameError: no x",
    ),
    "path": (
        add(printed("saved in /home/ann/book/x.npz")),
        f"{FIRST} shows a path of one machine: /home/ann/book/x.npz",
    ),
    "path on Windows": (
        add(printed(r"saved in C:\Users\ann\x.npz")),
        rf"{FIRST} shows a path of one machine: C:\Users\ann\x.npz",
    ),
    "time stamp": (
        add(printed("run at 2026-11-24 17:05")),
        f"{FIRST} shows a time stamp: 2026-11-24 17:05",
    ),
    "address in memory": (
        add(printed("<object object at 0x7f3a5c0de0>")),
        f"{FIRST} shows an address in memory: 0x7f3a5c0de0",
    ),
    "metadata of another machine": (
        lambda stored: stored.metadata.update(language_info={"name": "python", "version": "3.9"}),
        "its counts, metadata or form are not those that `make notebooks` writes",
    ),
}


@pytest.mark.parametrize("name", PLANTED)
def test_a_fault_in_what_is_stored_is_caught(name, whole):
    plant, message = PLANTED[name]
    stored = deepcopy(whole)
    plant(stored)
    run = deepcopy(whole)
    if name == "cells out of order":
        swap_two_cells(run)
    found = [*blemishes(stored), *faults(nbformat.writes(stored) + "\n", run)]
    assert any(line.startswith(message) for line in found), found


def test_nothing_is_found_where_nothing_is_planted(whole):
    again = deepcopy(whole)
    again.cells[6].outputs = [printed("it took 0.1234 s\n")]  # no two runs take the same time
    assert [*blemishes(whole), *faults(as_text(whole), again)] == []


def test_a_notebook_edited_and_not_run_again_is_caught():
    stored, _ = fresh(notebook('print("as of old")'))
    stored.cells[0].source = 'print("as of now")'
    run, _ = fresh(stored)
    assert faults(as_text(stored), run) == [
        """cell [1] `print("as of now")`: text: stored is 'as of old', a run gives 'as of now'"""
    ]


def test_nbval_compares_the_text_as_well(tmp_path):
    stored, _ = fresh(notebook('print("as of old")'))
    stored.cells[0].source = 'print("as of now")'
    path = tmp_path / "edited.ipynb"
    nbformat.write(stored, path)
    command = (sys.executable, "-m", "pytest", "-c", ROOT / "pyproject.toml", path)
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert "mismatch 'stdout'" in done.stdout
    assert done.returncode == pytest.ExitCode.TESTS_FAILED


# Cells that no run can accept, and what it says. Each needs a kernel of its own.
REFUSED = {
    "files": (
        "from pathlib import Path\nfrom tempfile import mkstemp\n\n"
        "for path in ('here.txt', Path.home() / 'home.txt'):\n    Path(path).touch()",
        "it leaves files behind: here.txt, home.txt",
    ),
    "network": (
        "import urllib.request\n\n"
        "try:\n    urllib.request.urlopen('http://example.org')\nexcept Exception:\n    pass",
        "it reaches for the network or a program: socket.getaddrinfo example.org",
    ),
    "program": (
        "!wget http://example.org",
        "cell [1] `!wget http://example.org` fails: RuntimeError: "
        "a chapter may use neither the network nor another program",
    ),
    "folder": (
        "open('../_toc.yml').read()",
        "cell [1] `open('../_toc.yml').read()` fails: FileNotFoundError: "
        "[Errno 2] No such file or directory: '../_toc.yml'",
    ),
    "time": ("while True:\n    pass", "cell [1] `while True:` still runs after 2 s"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_notebook_that_misbehaves_is_refused(name):
    source, message = REFUSED[name]
    with pytest.raises(RuntimeError, match=f"^{re.escape(message)}$"):
        fresh(notebook(source), limit=2 if name == "time" else 60)


def test_a_chapter_that_is_not_listed_and_one_that_is_not_there_are_caught():
    toc = {"parts": [{"chapters": [{"file": "chapters/here"}, {"file": "chapters/lost"}]}]}
    assert disagreements(toc, ["chapters/here", "chapters/new"]) == [
        "chapters/new.ipynb is not in _toc.yml: add a line for it",
        "_toc.yml lists chapters/lost, and there is no such notebook",
    ]
