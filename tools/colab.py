"""Give every notebook of this copy a first cell that installs the package, for Google Colab.

usage: GITHUB_REPOSITORY=owner/name python tools/colab.py

The workflow runs this after each push, and pushes the result as the branch `colab`, which the Colab
buttons open. So the chapters themselves need no such cell, and a fork installs its own package.
"""

import os
import subprocess
import sys
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell

WHY = "# Colab starts without the package of this book; this cell installs it."


def install(repository: str, commit: str) -> str:
    """Return the source of the cell, for a commit of a repository on GitHub."""
    return f'{WHY}\n%pip install --quiet "git+https://github.com/{repository}@{commit}"'


def add_cell(path: Path, source: str) -> None:
    """Put the cell at the start of a notebook, in the place of one that is there already."""
    notebook = nbformat.read(path, 4)
    cells = [cell for cell in notebook.cells if not cell.source.startswith(WHY)]
    notebook.cells = [new_code_cell(source, id="install-for-colab"), *cells]
    nbformat.write(notebook, path)


if __name__ == "__main__":
    if "GITHUB_REPOSITORY" not in os.environ:
        sys.exit(
            "GITHUB_REPOSITORY is not set; the repository to install from is wanted, as owner/name"
        )

    def ask_git(*arguments: str) -> str:
        """Return what git says."""
        return subprocess.run(
            ["git", *arguments], capture_output=True, text=True, check=True
        ).stdout.strip()

    source = install(os.environ["GITHUB_REPOSITORY"], ask_git("rev-parse", "HEAD"))
    for name in ask_git("ls-files", "*.ipynb").splitlines():
        add_cell(Path(name), source)
