"""Each thing that could be wrong with a page, planted in a copy of one and seen by the browser."""

import os
import shutil
from pathlib import Path

import pytest
from browser import using
from browser.files import dead_links, weight
from browser.visiting import visit_all
from browsers import chromium

pytestmark = pytest.mark.locked  # the site is built by the locked versions

SITE = Path(__file__).parent.parent / "_build" / "html"
PAGE = "chapters/the-relu.html"
ARTICLE = '<article class="bd-article">'
UNTURNED = "<style>.bd-content img { filter: none !important }</style>"
ROWS = """<table><thead><tr><th>of</th><th>row</th></tr></thead>
  <tbody><tr><th scope="row">Z</th><td>1</td></tr></tbody></table>"""
CLIPPED = """<div style="overflow: hidden"><button style="display: block; width: 100%">
  Clipped</button></div>"""
FAR = "<style>.bd-sidenav a[aria-current] { position: relative; top: 9000px }</style>"
STOP = """<figure id="stop" tabindex="0">narrow</figure>
<script>document.getElementById("stop").removeAttribute = () => null</script>"""
NUMBERS = """<details open class="book-numbers"><summary>Numbers</summary>
<div id="numbers" style="width: 60px; white-space: nowrap">{row}</div></details>
<script>Object.defineProperty(
  document.getElementById("numbers"), "tabIndex", {get: () => -1, set() {}})
</script>""".replace("{row}", "0.5 " * 40)
GREY = """<script>addEventListener("load", () => addEventListener("beforeprint", () => {
  document.documentElement.dataset.theme = "dark";
}))</script>"""
DEAF = """<script>addEventListener("load", () => {
  const deaf = document.querySelectorAll(".book-explore, .admonition.toggle");
  for (const one of deaf) one.replaceWith(one.cloneNode(true));
})</script>"""

# the kind of finding, a word of it, and what is put at the head of the article
FAULTS = [
    ("foreign", "example.org", '<img alt="a" src="https://example.org/a.png">'),
    ("failed", "404", '<img alt="b" src="missing.png">'),
    ("said", "careful", '<script>console.warn("careful")</script>'),
    ("said", "reading 'here'", "<script>document.nothing.here</script>"),
    ("untypeset", "where", r"<p>where \(z &gt; 0\)</p>"),
    ("untypeset", "lost", '<span class="math lost"></span>'),
    (
        "uncopyable",
        "x = 1",
        '<div class="cell_input"><div class="highlight"><p>x = 1</p></div></div>',
    ),
    ("overflowing", "phone: the page", '<div style="width: 420px">wide</div>'),
    ("overflowing", 'phone: <span class="math cut', f'<span class="math cut">{"x" * 60}</span>'),
    ("unreadable", "pale", '<p style="color: #bbb; background: #fff">pale</p>'),
    ("unreadable", "dark: the picture", UNTURNED),
    ("barriers", "alternative text", '<img src="../_static/favicon.svg">'),
    ("barriers", "Dim", '<button style="outline: none">Dim</button>'),
    ("barriers", "Clipped", CLIPPED),
    ("unheard", "no name: <div", '<div class="cell_output">0.5</div>'),
    ("unheard", "no name of a table", "<table><tr><td>0.5</td></tr></table>"),
    ("unheard", "a row without a header", "<table><tbody><tr><td>0.5</td></tr></tbody></table>"),
    ("unheard", "a number that heads nothing", ROWS),
    ("unheard", "no heading", '<div class="sd-card-title">The map</div>'),
    ("unheard", "a heading above the page's", "<h2>Above</h2>"),
    ("unheard", "no state", '<button data-bs-toggle="dropdown">More</button>'),
    ("unheard", "an empty landmark", '<nav aria-label="None"></nav>'),
    ("unheard", "an id that is there twice", '<p id="main-content">Again</p>'),
    ("unheard", "called alike", "<button>Next to it</button><button>Next to it</button>"),
    ("overflowing", "phone: Tab", STOP),
    ("overflowing", 'desktop: Tab: <div class=""> Scrolls', NUMBERS),
    ("overflowing", "paper: <table", '<table style="min-width: 700px"><tr><td>1</td></tr></table>'),
    ("overflowing", "paper: paper is dark", GREY),
    ("lost", "Open and shut", FAR),
    ("unspoken", "says something else", ""),
    ("stuck", "by_keyboard", DEAF),
    ("stuck", "by_mouse", ""),
    ("toggles", "Solution", ""),
]


def visit_faults(site):
    """Return what was found on a copy of a page that has all the faults."""
    shutil.copytree(SITE / "_static", site / "_static")
    shutil.copytree(SITE / "_images", site / "_images")
    (site / "chapters").mkdir()
    sound = (SITE / PAGE).read_text(encoding="utf-8")
    assert ARTICLE in sound
    broken = sound.replace(ARTICLE, ARTICLE + "".join(fault for *_, fault in FAULTS))
    (site / PAGE).write_text(broken, encoding="utf-8")
    return visit_all(site, [PAGE])[PAGE]


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    """What was found on the page with the faults; test_pages.py finds nothing on it without."""
    if not chromium():
        missing = "No Chromium here, so no page was looked at: apt-get install chromium"
        pytest.fail(missing) if os.environ.get("CI") else pytest.skip(missing)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(using, "PATIENCE", 50)  # nothing will change
        return visit_faults(tmp_path_factory.mktemp("site"))


@pytest.mark.parametrize(("kind", "sign", "fault"), FAULTS)
def test_a_planted_fault_is_found(found, kind, sign, fault):
    assert any(sign in one for one in found[kind]), found[kind]


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
