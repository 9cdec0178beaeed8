"""Cut the theme's font of icons down to those that a page can show: 3 KB instead of 150.

`make` runs it. The result has the path of the theme's own font, and takes its place on the site.
"""

import re
import sys
from importlib.resources import files
from pathlib import Path

from fontTools.subset import Options, Subsetter, load_font, save_font

THEME = Path(str(files("pydata_sphinx_theme"))) / "theme" / "pydata_sphinx_theme" / "static"
FONT = Path("vendor", "fontawesome", "webfonts", "fa-solid-900.woff2")
OURS = re.compile(r'content: "\\(\w+)"')
ITS_OWN = re.compile(r'--pst-icon-[\w-]+:"(.|\\\w+)"')


def wanted(ours: str, theme: str) -> set[int]:
    """Return the places in the font that these two style sheets name, as \\f135 or as a letter."""
    names = [*OURS.findall(ours), *(one.lstrip("\\") for one in ITS_OWN.findall(theme))]
    return {ord(name) if len(name) == 1 else int(name, 16) for name in names}


def cut(source: Path, places: set[int], target: Path) -> None:
    """Write a font that has these letters of the source, and no others."""
    options = Options(flavor="woff2", layout_features=[])
    font = load_font(str(source), options)
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=places)
    subsetter.subset(font)
    target.parent.mkdir(parents=True, exist_ok=True)
    save_font(font, str(target), options)


if __name__ == "__main__":
    assets = Path(sys.argv[1])
    theme = (THEME / "styles" / "pydata-sphinx-theme.css").read_text(encoding="utf-8")
    ours = (assets / "icons.css").read_text(encoding="utf-8")
    cut(THEME / FONT, wanted(ours, theme), assets / FONT)
