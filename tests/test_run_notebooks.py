import nbformat
import pytest
from run_notebooks import run


@pytest.fixture
def notebook(tmp_path):
    """A notebook that prints the time in a tagged cell, and 1 in another."""
    timed = nbformat.v4.new_code_cell("import time; print(time.perf_counter())")
    timed.metadata.tags = ["nbval-ignore-output"]
    path = tmp_path / "timed.ipynb"
    cells = [timed, nbformat.v4.new_code_cell("print(1)")]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    return path


def test_times_are_stored_again_only_if_something_else_changed(notebook):
    assert run(notebook)
    stored = notebook.read_bytes()
    assert run(notebook) == []
    assert notebook.read_bytes() == stored
    notebook.write_bytes(stored.replace(b"print(1)", b"print(2)"))
    assert "cell [2] `print(2)`: text: stored is '1', a run gives '2'" in run(notebook)
    before, after = (nbformat.reads(text, 4).cells[0] for text in (stored, notebook.read_text()))
    assert before.outputs != after.outputs
