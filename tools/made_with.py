"""A Sphinx extension: at its foot, every page says what it was made with.

A new commit makes every page anew. A change that is not committed makes its own pages anew, and
only these own up to it.
"""

import os
import subprocess
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

LATER = " and later changes"


@cache
def commit(folder: Path, *, dirty: str = "") -> str:
    """Return ", commit a1b2c3d", or nothing where there is no git or no repository.

    `dirty` follows if there are changes since.
    """
    command = ("git", "describe", "--always", "--exclude=*", f"--dirty={dirty}")
    here = {"GIT_CEILING_DIRECTORIES": str(folder.parent)}  # not of a repository further up
    try:
        found = subprocess.run(
            command, cwd=folder, env=os.environ | here, capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        return ""
    return f", commit {found.stdout.strip()}"


def made_with(folder: Path) -> str:
    """Return the sentence: the package, its commit, and the libraries that draw and compute."""
    return (
        f"Made with backprop {version('backprop')}{commit(folder)}; "
        f"NumPy {version('numpy')}; Matplotlib {version('matplotlib')}."
    )


def say(app: Any, config: Any) -> None:
    """Add the sentence to the footer that _config.yml gives."""
    config.html_theme_options["extra_footer"] += " " + made_with(Path(app.srcdir))


def own_up(app: Any, name: str, template: str, context: dict[str, Any], doctree: Any) -> None:
    """Say on a page that is being made that there are later changes."""
    clean = commit(Path(app.srcdir))
    ours = commit(Path(app.srcdir), dirty=LATER)
    context["theme_extra_footer"] = context["theme_extra_footer"].replace(clean, ours)


def setup(app: Any) -> dict[str, bool]:
    """Tell Sphinx."""
    app.connect("config-inited", say)
    app.connect("html-page-context", own_up)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
