"""Cut the theme's font of icons down to those that a page can show: 3 KB instead of 150.

usage: python tools/icons.py assets

The result has the path of the theme's own font, and takes its place on the site. The theme would
draw the same icons with a script of 1.5 MB; tools/theme/static/webpack-macros.html leaves it out.
"""

import re
import sys
from importlib.resources import files
from pathlib import Path

from fontTools.subset import Options, Subsetter, load_font, save_font

THEME = Path(str(files("pydata_sphinx_theme"))) / "theme" / "pydata_sphinx_theme" / "static"
STYLES = THEME / "styles" / "pydata-sphinx-theme.css"
FONT = Path("vendor", "fontawesome", "webfonts", "fa-solid-900.woff2")
IN_TEMPLATES = [
    "angle-left",
    "angle-right",
    "arrow-up",
    "bars",
    "circle-half-stroke",
    "code",
    "download",
    "expand",
    "file",
    "file-pdf",
    "list",
    "magnifying-glass",
    "moon",
    "rocket",
    "sun",
]
IN_STYLES = re.compile(r'--pst-icon-[\w-]+:"(.|\\\w+)"')  # the signs of notes and warnings


def wanted(styles: str, names: list[str]) -> set[int]:
    """Return the places in the font of the named icons, and of those that the style sheet shows."""
    signs = IN_STYLES.findall(styles)
    for name in names:
        found = re.search(rf'\.fa-{name}:before(?:,[^{{}}]*)?{{content:"(.|\\\w+)"', styles)
        if not found:
            raise LookupError(f"the theme has no icon called {name}")
        signs.append(found[1])
    return {int(sign[1:], 16) if sign.startswith("\\") else ord(sign) for sign in signs}


def cut(source: Path, places: set[int], target: Path) -> None:
    """Write a font that has these letters of the source, and no others."""
    options = Options(flavor="woff2", layout_features=[])
    target.parent.mkdir(parents=True, exist_ok=True)
    with load_font(str(source), options) as font:
        subsetter = Subsetter(options)
        subsetter.populate(unicodes=places)
        subsetter.subset(font)
        save_font(font, str(target), options)


if __name__ == "__main__":
    assets = Path(sys.argv[1])
    places = wanted(STYLES.read_text(encoding="utf-8"), IN_TEMPLATES)
    cut(THEME / FONT, places, assets / FONT)
