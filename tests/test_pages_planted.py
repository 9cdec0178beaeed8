"""Each thing that could be wrong with a page, planted in a copy of one and seen by the browser.

The copy is the page with the most kinds of content; each fault is a change to its HTML.
"""

import os
import shutil
from pathlib import Path

import pytest
from browser.files import dead_links, weight
from browser.visiting import chromium, visit_all

SITE = Path(__file__).parent.parent / "_build" / "html"
PAGE = "chapters/the-relu.html"
ARTICLE = '<article class="bd-article">'
UNTURNED = "<style>.bd-content img { filter: none !important }</style>"
DEAF = """<script>addEventListener("load", () => {
  const deaf = document.querySelectorAll(".book-explore, .admonition.toggle");
  for (const one of deaf) one.replaceWith(one.cloneNode(true));
})</script>"""

# what is found, and what is put at the head of the article
FAULTS = {
    "foreign": '<img alt="" src="https://example.org/a.png">',
    "failed": '<img alt="" src="missing.png">',
    "said": '<script>console.warn("careful")</script>',
    "said ": "<script>document.nothing.here</script>",
    "untypeset": r"<p>where \(z &gt; 0\)</p>",
    "untypeset ": '<span class="math"></span>',
    "uncopyable": '<div class="cell_input"><div class="highlight"><p>x = 1</p></div></div>',
    "overflowing": '<div style="width: 420px">wide</div>',
    "unreadable": '<p style="color: #bbb; background: #fff">pale</p>',
    "unreadable ": UNTURNED,
    "barriers": '<img src="../_static/favicon.svg">',
    "stuck": DEAF,
    "toggles": DEAF,
}


@pytest.fixture(scope="module")
def visits(tmp_path_factory):
    """What was found on the page as it is, and on a copy with each fault, by the fault's name."""
    if not chromium():
        missing = "No Chromium here, so no page was looked at: apt-get install chromium"
        pytest.fail(missing) if os.environ.get("CI") else pytest.skip(missing)
    site = tmp_path_factory.mktemp("site")
    shutil.copytree(SITE / "_static", site / "_static")
    shutil.copytree(SITE / "_images", site / "_images")
    (site / "chapters").mkdir()
    sound = (SITE / PAGE).read_text(encoding="utf-8")
    names = {}
    for number, (kind, fault) in enumerate([("", ""), *FAULTS.items()]):
        names[kind] = f"chapters/{number}.html"
        broken = sound.replace(ARTICLE, ARTICLE + fault)
        (site / names[kind]).write_text(broken, encoding="utf-8")
    found = visit_all(site, list(names.values()))
    return {kind: found[name] for kind, name in names.items()}


@pytest.mark.parametrize("kind", FAULTS)
def test_a_planted_fault_is_found(visits, kind):
    assert visits[""][kind.strip()] == [], "the page without the fault"
    assert visits[kind][kind.strip()] != []


def test_a_dead_link_is_found(tmp_path):
    (tmp_path / "a.html").touch()
    links = ["http://here/a.html#top", "http://here/a.html#gone", "http://here/b.html", "http://x/"]
    visits = {"a.html": {"address": "http://here/", "ids": ["top"], "hrefs": links}}
    assert dead_links(visits, tmp_path) == [
        "a.html leads to a.html#gone",
        "a.html leads to b.html#",
    ]


def test_a_heavy_script_counts(tmp_path):
    (tmp_path / "icons.js").write_bytes(b"x" * 1000)
    page = '<script defer src="icons.js?v=1"></script>'
    (tmp_path / "a.html").write_text(page)
    assert weight(tmp_path, "a.html") == 1000 + len(page)
