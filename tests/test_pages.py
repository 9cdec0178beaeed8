"""What a reader's browser meets on every page of the built site: see browser/visiting.py.

Where there is no Chromium these tests are skipped, and say so; in continuous integration they fail.
"""

import os
import re
from collections import Counter
from pathlib import Path

import pytest
from browser.files import dead_links, weight
from browser.visiting import in_browser, pages_of, visit_all
from browsers import chromium
from icons import IN_TEMPLATES

pytestmark = pytest.mark.locked  # the site is built by the locked versions

SITE = Path(__file__).parent.parent / "_build" / "html"
KINDS = ("foreign", "failed", "said", "toggles", "stuck", "untypeset", "uncopyable")
HEARD = ("unheard", "unspoken", "lost")
PLAIN = 1_000_000  # bytes of a page, its scripts and its style sheets; pictures come on top
INTERACTIVE = 1_500_000  # more for the frames of interactive figures
PAGE = "chapters/the-relu.html"
STATES = {
    ".theme-switch-button": "aria-label",
    ".primary-toggle": "aria-expanded",
    "article .toggle-button": "aria-expanded",
}
LOOKS = ("unreadable", "overflowing", "barriers")


@pytest.fixture(scope="session")
def visits():
    """Everything that was found, {"chapters/the-relu.html": {"foreign": [], ...}, ...}."""
    if not chromium():
        missing = "No Chromium here, so no page was looked at: apt-get install chromium"
        pytest.fail(missing) if os.environ.get("CI") else pytest.skip(missing)
    assert SITE.is_dir(), "there is no site: run `make book` first"
    return visit_all(SITE)


def findings(visits, kind):
    return [f"{name}: {one}" for name, found in visits.items() for one in found[kind]]


@pytest.mark.parametrize("kind", KINDS + HEARD + LOOKS)
def test_no_page_has(visits, kind):
    assert findings(visits, kind) == []


def test_every_page_was_visited(visits):
    assert sorted(visits) == pages_of(SITE)
    assert len({found["title"] for found in visits.values()}) == len(visits)


def test_widgets_were_found_and_used(visits):
    for name, found in visits.items():
        text = (SITE / name).read_text(encoding="utf-8")
        assert (found["widgets"] > 0) == ('class="book-explore' in text), name


def test_every_link_inside_the_site_leads_somewhere(visits):
    assert dead_links(visits, SITE) == []


def test_every_file_that_comes_with_the_theme_is_asked_for(visits):
    asked = {address for found in visits.values() for address in found["asked"]}
    asked.add("/_static/file.png")  # stands beside what a search finds
    files = [path for path in (SITE / "_static").rglob("*.*") if path.suffix != ".txt"]
    assert [path for path in files if f"/{path.relative_to(SITE).as_posix()}" not in asked] == []


def test_pages_stay_light():
    for name in pages_of(SITE):
        interactive = 'class="book-explore' in (SITE / name).read_text(encoding="utf-8")
        allowed = PLAIN + INTERACTIVE * interactive
        assert weight(SITE, name) <= allowed, f"{name}: at most {allowed:,} bytes without pictures"


def test_every_icon_of_a_page_is_in_the_font():
    drawn = re.compile(r'<(?:i|span) class="(?:[\w-]+ )*(?:fas|fa-solid) +fa-([\w-]+)')
    texts = [(SITE / name).read_text(encoding="utf-8") for name in pages_of(SITE)]
    used = {icon for text in texts for icon in drawn.findall(text)}
    assert used, "the pattern finds no icon"
    assert used <= set(IN_TEMPLATES)


def rare_words(visits):
    """Return for each chapter a word that no other page has."""
    pages = {name: set(re.findall(r"[a-z]{5,}", visits[name]["text"].lower())) for name in visits}
    everywhere = Counter(word for words in pages.values() for word in words)
    return {
        name: max((word for word in words if everywhere[word] == 1), key=len)
        for name, words in pages.items()
        if name.startswith("chapters/")
    }


def test_search_finds_a_word_of_each_chapter(visits):
    async def task(context, address):
        words = rare_words(visits)
        page = await context.new_page()
        await page.goto(f"{address}search.html?q={words[PAGE]}")
        result = page.locator(f'#search-results li:has(a[href*="{PAGE}"])')
        assert words[PAGE] in (await result.locator("p.context").inner_text()).lower()
        search = "word => Search._performSearch(...Search._parseQuery(word)).map((one) => one[0])"
        found = {name: await page.evaluate(search, word) for name, word in words.items()}
        return [name for name in words if name.removesuffix(".html") not in found[name]]

    assert in_browser(SITE, task) == []


def test_a_button_copies_a_cell_and_the_theme_can_be_switched(visits):
    async def task(context, address):
        await context.grant_permissions(["clipboard-read", "clipboard-write"])
        page = await context.new_page()
        await page.goto(address + PAGE)
        cell = page.locator("div.cell_input div.highlight").first
        await cell.hover()
        await cell.locator("button.copybtn").click()
        copied = await page.evaluate("navigator.clipboard.readText()")
        themes = []
        for _ in range(3):
            await page.locator(".theme-switch-button").first.click()
            themes.append(await page.locator("html").get_attribute("data-theme"))
        return (await cell.inner_text()).strip(), copied.strip(), themes

    shown, copied, themes = in_browser(SITE, task)
    assert copied == shown
    assert copied.startswith("import")
    assert {"dark", "light"} <= set(themes)


def test_a_button_keeps_the_focus_and_tells_what_it_did(visits):
    async def task(context, address):
        page = await context.new_page()
        await page.goto(address + PAGE)
        states = {}
        for name, state in STATES.items():
            button = page.locator(f"{name}:visible").first
            before = await button.get_attribute(state)
            await button.press("Enter")
            has_focus = await button.evaluate("one => document.activeElement === one")
            states[name] = before, await button.get_attribute(state), has_focus
        return states

    for name, (before, after, has_focus) in in_browser(SITE, task).items():
        assert before != after, name
        assert has_focus, name


def test_the_contents_mark_what_is_read_after_a_leap_and_on_the_way_up(visits):
    async def task(context, address):
        page = await context.new_page()
        await page.goto(address + PAGE)
        for further, read in (
            ("300", "two-repairs"),
            ("-0.6 * innerHeight", "when-is-it-exactly-0"),
        ):
            leap = "document.querySelector('#two-repairs').scrollIntoView({behavior: 'instant'})"
            await page.evaluate(f"{leap}; scrollBy({{top: {further}, behavior: 'instant'}})")
            await page.wait_for_selector(f"#pst-page-toc-nav a.active[href='#{read}']")

    in_browser(SITE, task)
