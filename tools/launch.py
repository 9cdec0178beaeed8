"""A Sphinx extension: launch buttons that open the repository from which the book was built.

A course that forks the book gets its own Binder and Colab links; a copy with no repository on
GitHub gets none. Colab opens the branch that tools/colab.py makes, where notebooks install the
package first. The page of an exercise sheet opens the notebook for students.
"""

import os
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

GITHUB = "https://github.com/"
REMOTE = re.compile(r"(?:git@|(?:https|ssh)://(?:[^@/]+@)?)github\.com[:/](.+?/.+?)(?:\.git)?/?")
COLAB_BRANCH = "colab"
STUDENTS = ("exercises/source/", "exercises/release/")  # a page of the first opens the second


def git(folder: Path, *arguments: str) -> str:
    """Return what git says about this repository, and not one further up; "" if it fails."""
    here = {"GIT_CEILING_DIRECTORIES": str(folder.parent)}
    command = ("git", *arguments)
    try:
        found = subprocess.run(
            command, cwd=folder, env=os.environ | here, capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        return ""
    return found.stdout.strip()


def repository(folder: Path, environment: Mapping[str, str] = os.environ) -> str:
    """Return "owner/name" of the repository on GitHub, or "" if none is known."""
    origin = REMOTE.fullmatch(git(folder, "remote", "get-url", "origin"))
    return environment.get("GITHUB_REPOSITORY") or (origin[1] if origin else "")


def branch(folder: Path, environment: Mapping[str, str] = os.environ) -> str:
    """Return the branch that a reader should open: the one that was pushed, or the default one."""
    if environment.get("GITHUB_REF_TYPE") == "branch" and environment.get("GITHUB_REF_NAME"):
        return environment["GITHUB_REF_NAME"]
    head = git(folder, "symbolic-ref", "--short", "refs/remotes/origin/HEAD")
    return head.removeprefix("origin/") or "main"


def has_colab(folder: Path, environment: Mapping[str, str] = os.environ) -> bool:
    """Say whether the branch for Colab is there: the workflow makes it, or it was fetched."""
    fetched = git(folder, "rev-parse", "--verify", f"refs/remotes/origin/{COLAB_BRANCH}")
    return bool(environment.get("GITHUB_REPOSITORY") or fetched)


def configure(app: Any, config: Any) -> None:
    """Tell the theme the repository and where its notebooks can run."""
    folder = Path(app.srcdir)
    name = repository(folder)
    if name:
        buttons = {"binderhub_url": "https://mybinder.org", "notebook_interface": "jupyterlab"}
        if has_colab(folder):
            buttons["colab_url"] = "https://colab.research.google.com"
        config.html_theme_options |= {
            "repository_url": GITHUB + name,
            "repository_branch": branch(folder),
            "launch_buttons": buttons,
        }


def redirect(url: str, page: str, notebook: str, ours: str) -> str:
    """Return where a button should lead: to this notebook, and on Colab to the branch for it."""
    if "colab.research.google.com" in url:
        url = url.replace(f"/blob/{ours}/", f"/blob/{COLAB_BRANCH}/")
    return url.replace(f"{page}.ipynb", notebook)


def aim(app: Any, page: str, template: str, context: dict[str, Any], doctree: Any) -> None:
    """Aim the buttons of a page."""
    notebook = page.replace(*STUDENTS) + ".ipynb"
    ours = app.config.html_theme_options.get("repository_branch", "")
    for group in context.get("header_buttons", []):
        for button in group.get("buttons", []):
            if "url" in button:
                button["url"] = redirect(button["url"], page, notebook, ours)


def setup(app: Any) -> dict[str, bool]:
    """Tell Sphinx; the buttons are aimed once the theme has made them."""
    app.connect("config-inited", configure)
    app.connect("html-page-context", aim, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
