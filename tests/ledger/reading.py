"""From the pages of the book to trees: find the numbered equations, and parse their LaTeX."""

import re
from functools import cache
from pathlib import Path

import nbformat
from lark import Lark, Tree
from lark.exceptions import UnexpectedInput

ROOT = Path(__file__).parent.parent.parent
PARSER = Lark(
    (Path(__file__).parent / "equations.lark").read_text(encoding="utf-8"), parser="earley"
)
NUMBERED = re.compile(r"^\$\$\n(.*?)\n\$\$ \(([\w-]+)\)$", re.MULTILINE | re.DOTALL)
DISPLAYED = re.compile(r"^\$\$\n(?=\S)|\\begin\{(?:align|equation|gather)\*?\}", re.MULTILINE)


def pages():
    """Return the Markdown of every page of the book, by name."""
    texts = {page.stem: page.read_text(encoding="utf-8") for page in sorted(ROOT.glob("[a-z]*.md"))}
    for path in sorted([*ROOT.glob("chapters/*.ipynb"), *ROOT.glob("exercises/source/*.ipynb")]):
        cells = nbformat.read(path, 4).cells
        texts[path.stem] = "\n\n".join(
            cell.source for cell in cells if cell.cell_type == "markdown"
        )
    return texts


@cache
def equations():
    """Return the LaTeX of every numbered equation of the book, by label."""
    return {label: latex for text in pages().values() for latex, label in NUMBERED.findall(text)}


def unnumbered():
    """Return the displayed equations that carry no number: the page of each, and its beginning."""
    left = {page: NUMBERED.sub("", text) for page, text in pages().items()}
    return [
        f"{page}: {text[match.start() :].strip()[:70]!r}"
        for page, text in left.items()
        for match in DISPLAYED.finditer(text)
    ]


@cache
def parse(latex):
    """Return the tree of one equation; raises ValueError with the place where it failed."""
    try:
        root = PARSER.parse(latex)
    except UnexpectedInput as error:
        where = error.get_context(latex)
        raise ValueError(
            f"equations.lark cannot read on from here; letters are in NAME\n{where}"
        ) from None
    return root if root.data == "assignment" else root.children[0]


def symbols(tree):
    """Return every (name, indices) in a tree: Z_{2,ik} is ("Z_2", ("i", "k"))."""
    return [name_of(node) for node in tree.find_data("symbol")]


def name_of(symbol):
    """Return the name of a symbol, with its number, and its indices; y_i as an index is "y_i"."""
    letter, *rest = symbol.children
    number, indices = "", []
    for part in rest:
        for child in part.children if isinstance(part, Tree) else [part]:
            if isinstance(child, Tree):
                indices.append("_".join(child.children))
            else:
                number = f"_{child}"
    return str(letter) + number, tuple(indices)
