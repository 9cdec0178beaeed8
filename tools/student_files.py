"""A Sphinx extension: a sheet becomes a page, which offers the student's notebook and not its own.

The notebooks, and the package that they need, lie in the site's folder exercises/.
"""

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
from sheets import WHEEL, for_page

PAGES = "exercises/source/"
FOLDER = "exercises"


def fold(app: Any, pagename: str, content: list[str]) -> None:
    """Give the builder the page of a sheet in the place of its source."""
    if pagename.startswith(PAGES):
        sheet = nbformat.reads(content[0], as_version=4)
        content[0] = nbformat.writes(for_page(sheet, pagename.removeprefix(PAGES)))


def offer(app: Any, pagename: str, template: str, context: dict[str, Any], doctree: Any) -> None:
    """Let the theme's download button lead to the student's notebook, from below _sources/."""
    if pagename.startswith(PAGES):
        context["sourcename"] = f"../{FOLDER}/{pagename.removeprefix(PAGES)}.ipynb"


def offer_package(app: Any, pagename: str, template: str, context: Any, doctree: Any) -> None:
    """Put the package that the notebook needs below the theme's download button."""
    if pagename.startswith(PAGES):
        button = {
            "type": "link",
            "url": context["pathto"](f"{FOLDER}/{WHEEL}", 1),
            "text": "package",
            "icon": "fas fa-file",
            "tooltip": "Download the package that the notebook needs",
            "label": "download-package-button",
        }
        for group in context["header_buttons"]:
            if group["label"] == "download-buttons":
                group["buttons"].insert(1, button)


def put(app: Any, error: Exception | None) -> None:
    """Copy the notebooks into the site, and build the package beside them."""
    if error is None and app.builder.format == "html":
        folder = Path(app.outdir) / FOLDER
        shutil.copytree(Path(app.srcdir) / "exercises" / "release", folder, dirs_exist_ok=True)
        wheel = ("hatchling", "build", "--target", "wheel", "--directory", str(folder))
        subprocess.run(
            (sys.executable, "-m", *wheel), cwd=app.srcdir, check=True, capture_output=True
        )


def setup(app: Any) -> dict[str, bool]:
    """Tell Sphinx."""
    app.connect("source-read", fold)
    app.connect("html-page-context", offer, priority=400)  # before the theme makes its buttons
    app.connect("html-page-context", offer_package, priority=600)  # after it
    app.connect("build-finished", put)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
