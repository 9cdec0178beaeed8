"""A Sphinx extension: of the files that come with the theme, those stay that a page asks for.

The theme brings scripts, fonts, images and maps for every book that could be; this one would leave
4 MB of them unread. A file stays if a page or a style sheet that stays names it, and so does the
licence beside it. What a script names it would not find; the tests in a browser look.
"""

import re
from pathlib import Path
from typing import Any
from urllib.parse import unquote

NAMED = re.compile(r"""(?:\bsrc="|\bhref="|\burl\(["']?|@import ")(?!data:)([^"')#?]+)""")
TABS = "design-tabs.js", "sd-tab-set"  # a script of every page, and the class of what it is for
UNUSED = re.compile(r"fa-(?:brands|regular)|\.ttf$")  # no page shows these icons; woff2 is newer


def named(file: Path) -> set[Path]:
    """Return the files that a page or a style sheet names."""
    if file.suffix not in (".html", ".css"):
        return set()
    addresses = NAMED.findall(file.read_text(encoding="utf-8"))
    return {
        file.parent.joinpath(unquote(address)).resolve()
        for address in addresses
        if not UNUSED.search(address)
    }


def asked_for(site: Path) -> set[Path]:
    """Return all that the pages of a site name, and what this names in turn."""
    static = site / "_static"
    todo = {page for page in site.rglob("*.html") if static not in page.parents}
    found: set[Path] = set()
    while todo:
        found |= todo
        todo = {one for file in todo for one in named(file) if one.is_file()} - found
    return found


def without_tabs(app: Any, name: str, template: str, context: dict[str, Any], tree: Any) -> None:
    """Take the script for tabs from a page that has none."""
    script, used = TABS
    if used not in context.get("body", ""):
        scripts = context["script_files"]
        context["script_files"] = [one for one in scripts if script not in str(one.filename)]


def drop(app: Any, error: Exception | None) -> None:
    """Delete what no page asks for, once the site is built."""
    if error is None and app.builder.format == "html":
        site = Path(app.outdir).resolve()
        asked = asked_for(site)
        for file in [*site.joinpath("_static").rglob("*")]:
            if (
                file.is_file()
                and file.with_name(file.name.removesuffix(".LICENSE.txt")) not in asked
            ):
                file.unlink()


def setup(app: Any) -> dict[str, bool]:
    """Tell Sphinx."""
    app.connect("html-page-context", without_tabs)
    app.connect("build-finished", drop)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
