"""A Sphinx extension: what the pages' makers write is mended for who reads with a screen reader.

Docutils and the theme give bibliographies roles that no longer exist, leave the corner of a table
as an empty header, and its first column without headers; and browsers leave formulas out of a
header's name. Each mend is one line here; the tests in a browser look at the result.
"""

import re
from html import escape, unescape
from typing import Any

MENDS = [
    (r' role="(?:doc-biblioentry|list)"(?= class="citation)| role="doc-biblioentry"', ""),
    (r'<summary aria-label="Toggle hidden content">', "<summary>"),  # its words name it
    (r'(<tr class="row-(?:odd|even)">)<td([^>]*)>(.*?)</td>', r'\1<th scope="row"\2>\3</th>'),
    (r'<th( class="[^"]*head[^"]*")>(?:<p>\s*</p>)?\s*</th>', r"<td\1></td>"),
]
HEADER = re.compile(r"<th([^>]*)>((?:(?!</th>).)*<math.*?)</th>", re.DOTALL)


def named(header: re.Match[str]) -> str:
    """Return a header of a table that holds formulas, named by all its words and letters."""
    words = unescape(re.sub(r"<[^>]+>", " ", header[2]))
    return f'<th{header[1]} aria-label="{escape(" ".join(words.split()))}">{header[2]}</th>'


def mend(body: str) -> str:
    """Return the HTML of a page, mended."""
    for pattern, better in MENDS:
        body = re.sub(pattern, better, body, flags=re.DOTALL)
    return HEADER.sub(named, body)


def mend_page(app: Any, name: str, template: str, context: dict[str, Any], doctree: Any) -> None:
    """Mend the text of a page before it is put into its template."""
    if "body" in context:
        context["body"] = mend(context["body"])


def setup(app: Any) -> dict[str, bool]:
    """Tell Sphinx."""
    app.connect("html-page-context", mend_page)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
