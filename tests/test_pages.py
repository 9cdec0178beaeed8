"""What a reader's browser meets on every page of the built site: see browser/visiting.py.

Where there is no Chromium these tests are skipped, and say so; in continuous integration they fail.
"""

import os
from pathlib import Path
from urllib.parse import urldefrag

import pytest
from browser.visiting import chromium, pages_of, visit_all

SITE = Path(__file__).parent.parent / "_build" / "html"
KINDS = ("foreign", "failed", "said", "toggles", "stuck", "untypeset", "uncopyable", "blankIcons")
LOOKS = ("unreadable", "overflowing", "barriers")
NOT_OURS = "strict mode: use allowUnionTypes"  # a hint of the widgets' maker to itself


@pytest.fixture(scope="session")
def visits():
    """Everything that was found, {"chapters/the-relu.html": {"foreign": [], ...}, ...}."""
    if not chromium():
        missing = "No Chromium here, so no page was looked at: apt-get install chromium"
        pytest.fail(missing) if os.environ.get("CI") else pytest.skip(missing)
    assert SITE.is_dir(), "there is no site: run `make book` first"
    return visit_all(SITE)


def findings(visits, kind):
    everything = [f"{name}: {one}" for name, found in visits.items() for one in found[kind]]
    return [one for one in everything if NOT_OURS not in one]


@pytest.mark.parametrize("kind", KINDS + LOOKS)
def test_no_page_has(visits, kind):
    assert findings(visits, kind) == []


def test_every_page_was_visited(visits):
    assert sorted(visits) == pages_of(SITE)
    assert len({found["title"] for found in visits.values()}) == len(visits)


def test_the_pages_have_widgets_that_were_used(visits):
    assert sum(found["widgets"] for found in visits.values()) >= 1


def dead_links(visits):
    """Return the links that lead to no file of the site, or to no place on its page."""
    places = {name: {"", *found["ids"]} for name, found in visits.items()}
    dead = []
    for name, found in visits.items():
        for href in found["hrefs"]:
            if not href.startswith(found["address"]):
                continue
            page, place = urldefrag(href.removeprefix(found["address"]))
            page = page or "index.html"
            if place not in places.get(page, {""}) or not (SITE / page).is_file():
                dead.append(f"{name} leads to {page}#{place}")
    return dead


def test_every_link_inside_the_site_leads_somewhere(visits):
    assert dead_links(visits) == []
