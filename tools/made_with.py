"""A Sphinx extension: at its foot, every page says what it was made with."""

import os
import subprocess
from importlib.metadata import version
from pathlib import Path
from typing import Any


def commit(folder: Path) -> str:
    """Return ", commit a1b2c3d", or nothing where there is no git or no repository."""
    command = ("git", "describe", "--always", "--exclude=*", "--dirty= and later changes")
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


def setup(app: Any) -> dict[str, bool]:
    """Tell Sphinx."""
    app.connect("config-inited", say)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
