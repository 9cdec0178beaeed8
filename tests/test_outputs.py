"""Stored outputs against a fresh run of each notebook: text, pictures, widgets, all at once.

nbval compares the text of chapters once more, as another machine, and in their own folder. (Not
that of sheets, which print little, and every run costs a kernel.)
"""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat
import pytest
from jupyter_core.utils import ensure_event_loop
from outputs import differences, keep_times
from run_notebooks import as_text, fresh
from test_book import NOTEBOOKS, ROOT

HERE = Path(__file__)
pytestmark = pytest.mark.locked  # pictures are compared byte for byte
REMEDY = "Run `make notebooks`, look at what changed (`make diff`), and commit it if it is right."


def faults(text, run):
    """Return in what the text of a stored notebook differs from a run of it."""
    stored = nbformat.reads(text, as_version=4)
    kept = keep_times(run, stored)
    found = differences(stored, kept)
    if not found and text != as_text(kept):
        return ["its counts, metadata or form are not those that `make notebooks` writes"]
    return found


def fresh_in_thread(text, machine):
    """Return a fresh run; threads of one process, unlike processes, agree on the kernels' ports."""
    try:
        return fresh(nbformat.reads(text, as_version=4), **machine)
    finally:
        ensure_event_loop().close()  # each thread has its own


@pytest.fixture(scope="module")
def runs(request, newest_machine):
    """Fresh runs of the notebooks that are asked for, two at a time, each with its text."""
    names = [item.callspec.params["name"] for item in request.session.items if item.path == HERE]
    texts = {name: (ROOT / name).read_text(encoding="utf-8") for name in names}
    with ThreadPoolExecutor(2) as pool:
        yield {
            name: (text, pool.submit(fresh_in_thread, text, newest_machine))
            for name, text in texts.items()
        }


@pytest.mark.parametrize("name", [path.relative_to(ROOT).as_posix() for path in NOTEBOOKS])
def test_a_notebook_stores_what_a_run_gives(name, runs, record_property):
    text, future = runs[name]
    try:
        run, seconds = future.result()
    except RuntimeError as error:
        pytest.fail(f"{name}: {error}", pytrace=False)
    record_property("CPU seconds", seconds)
    if found := faults(text, run):
        lines = "\n".join(f"{name}: {line}" for line in found)
        pytest.fail(f"{lines}\n{REMEDY}", pytrace=False)
