"""Stored outputs against a fresh run of each chapter: text, pictures, widgets, all at once.

nbval compares the text once more, as another machine, and in the chapters' own folder.
"""

import nbformat
import pytest
from outputs import differences, keep_times
from run_notebooks import as_text, fresh
from test_book import NOTEBOOKS

REMEDY = "Run `make notebooks`, look at what changed (`make diff`), and commit it if it is right."


def faults(text, run):
    """Return in what the text of a stored notebook differs from a run of it."""
    stored = nbformat.reads(text, as_version=4)
    kept = keep_times(run, stored)
    found = differences(stored, kept)
    if not found and text != as_text(kept):
        return ["its counts, metadata or form are not those that `make notebooks` writes"]
    return found


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_chapter_stores_what_a_run_gives(path, newest_machine, record_property):
    text = path.read_text(encoding="utf-8")
    try:
        run, seconds = fresh(nbformat.reads(text, as_version=4), **newest_machine)
    except RuntimeError as error:
        pytest.fail(f"chapters/{path.name}: {error}", pytrace=False)
    record_property("CPU seconds", seconds)
    if found := faults(text, run):
        lines = "\n".join(f"chapters/{path.name}: {line}" for line in found)
        pytest.fail(f"{lines}\n{REMEDY}", pytrace=False)
