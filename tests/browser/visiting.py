"""Visit every page of a site in headless Chromium, once, and note what a reader would meet.

One browser, a few tabs at a time, and the site on a free port of this machine; any other host is
unknown to it, and noted. Each page is opened on a desktop's screen, its toggles and widgets are
used, the theme is changed, the window is made narrower, and the page is set for print. The tests
judge what was noted: findings are lists of words, and an empty list is good.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

from browsers import chromium
from playwright.async_api import BrowserContext, Page, async_playwright

from browser.using import open_toggles, use_widgets

ROOT = Path(__file__).parents[2]
FACTS = Path(__file__).with_name("facts.js")
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
WIDTHS = {"desktop": 1280, "tablet": 820, "phone": 390, "four times enlarged": 320}
PAPER = 657  # A4 is 210 mm wide, less 18 on either side, at 96 pixels an inch
TABS = 3
NO_OTHER_HOST = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

Findings = dict[str, Any]


class Quiet(SimpleHTTPRequestHandler):
    """A server that does not write down what it serves."""

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve a folder on a free port of this machine; the value is its address."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder))) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


def pages_of(site: Path) -> list[str]:
    """Return the names of all pages of a site."""
    pages = (path.relative_to(site) for path in sorted(site.rglob("*.html")))
    return [page.as_posix() for page in pages if not page.parts[0].startswith("_")]


def in_browser(site: Path, task: Callable[[BrowserContext, str], Awaitable[Any]]) -> Any:
    """Return what a task finds, given a browser and the address of a site."""

    async def run() -> Any:
        with served(site) as address:
            async with async_playwright() as playwright:
                browser = await playwright.chromium.launch(
                    executable_path=chromium(), args=[NO_OTHER_HOST]
                )
                context = await browser.new_context(
                    viewport={"width": 1280, "height": 900},
                    reduced_motion="reduce",  # or axe measures colours on their way
                )
                context.set_default_timeout(120_000)  # milliseconds; a busy machine is slow
                return await task(context, address)

    return asyncio.run(run())


def visit_all(site: Path, names: list[str] | None = None) -> dict[str, Findings]:
    """Visit these pages of a site, or all, and return what was found on each."""
    todo = iter(names or pages_of(site))
    found: dict[str, Findings] = {}
    looks: set[str] = set()

    async def task(context: BrowserContext, address: str) -> None:
        async def tab() -> None:
            for name in todo:
                found[name] = await visit(context, address, name, looks)

        await asyncio.gather(*(tab() for _ in range(TABS)))

    in_browser(site, task)
    return found


async def visit(context: BrowserContext, address: str, name: str, looks: set[str]) -> Findings:
    """Open one page, use it, and return what was found, {"foreign": [...], "failed": ...}.

    `looks` are those of its texts that need no more judging, and grow.
    """
    page = await context.new_page()
    try:
        found = await listen(page, address)
        await page.goto(address + name)
        await page.add_script_tag(path=FACTS)
        await page.add_script_tag(path=AXE)
        found |= await page.evaluate("facts.links()")
        found["lost"] = await page.evaluate("facts.outOfSight()")
        found["toggles"] = await open_toggles(page)
        found["unheard"] = await page.evaluate("facts.unheard()")
        unseen = await page.evaluate("facts.unseen()")
        found["widgets"], found["stuck"] = await use_widgets(page)
        found["unspoken"] = await page.evaluate("facts.unspoken()")
        for what in ("untypeset", "uncopyable"):
            found[what] = await page.evaluate(f"facts.{what}()")
        found["unreadable"] = []
        for theme in ("dark", "light"):
            judged = await page.evaluate("to => facts.unreadable(...to)", [theme, list(looks)])
            found["unreadable"] += judged["unreadable"]
            looks.update(judged["looks"])
        found["overflowing"] = await narrow(page)
        found["barriers"] = unseen + await page.evaluate("tags => facts.barriers(tags)", WCAG)
        found["overflowing"] += await on_paper(page)
        return found
    finally:
        await page.close()


async def listen(page: Page, address: str) -> Findings:
    """Note from now on which other hosts the page asks, what fails, and what the console says."""
    found: Findings = {"address": address, "foreign": [], "failed": [], "said": []}
    found["asked"] = set()

    def note(url: str) -> None:
        found["asked"].add(urlsplit(url).path)
        if not url.startswith((address, "data:", "blob:")):
            found["foreign"].append(url)

    page.on("request", lambda request: note(request.url))
    page.on("requestfailed", lambda request: found["failed"].append(request.url))
    page.on(
        "response",
        lambda one: one.status >= 400 and found["failed"].append(f"{one.status} {one.url}"),
    )
    page.on("pageerror", lambda error: found["said"].append(f"error: {error}"))
    page.on(
        "console",
        lambda one: (
            one.type in ("error", "warning") and found["said"].append(f"{one.type}: {one.text}")
        ),
    )
    return found


async def narrow(page: Page) -> list[str]:
    """Return what reaches beyond the screen, or scrolls out of a keyboard's reach, by width."""
    found = []
    for screen, width in WIDTHS.items():
        await page.set_viewport_size({"width": width, "height": 900})
        await page.evaluate("document.fonts.ready.then(() => null)")  # other letters, other widths
        wrong = await page.evaluate("facts.overflowing()")
        wrong += await page.evaluate("facts.unreachable()")
        found += [f"{screen}: {one}" for one in wrong]
    return found


async def on_paper(page: Page) -> list[str]:
    """Return what is lost when the page is printed."""
    await page.emulate_media(media="print")
    await page.set_viewport_size({"width": PAPER, "height": 900})
    return [f"paper: {one}" for one in await page.evaluate("facts.torn()")]
