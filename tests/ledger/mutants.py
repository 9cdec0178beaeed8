"""Equations broken on purpose, one place at a time, in the ways in which people break them."""

from lark import Token, Tree

from ledger.reading import name_of

OTHER = {
    ">": ["\\geq", "<"],
    "<": ["\\leq", ">"],
    "\\geq": [">", "<"],
    "\\leq": ["<", ">"],
    "=": [],
}


def mutants(tree):
    """Yield (what was done, the broken tree) for every single change that could change a value."""
    for what, changed in _here(tree):
        yield what, changed
    for place, child in enumerate(tree.children):
        if isinstance(child, Tree):
            inside = _symbol if tree.data in ("derivative", "partial") else mutants
            for what, changed in inside(child):
                children = [*tree.children[:place], changed, *tree.children[place + 1 :]]
                yield what, Tree(tree.data, children)


def _here(tree):
    """Yield the changes that can be made at the top of this tree."""
    data, children = tree.data, tree.children
    if data in ("add", "sub"):
        yield "flip a sign", Tree("sub" if data == "add" else "add", children)
        yield "drop a term", children[0]
        yield "drop a term", children[1]
    if data == "neg":
        yield "flip a sign", children[0]
    if data == "transpose":
        yield "drop a transpose", children[0]
    if data in ("mul", "entrywise"):
        other = "entrywise" if data == "mul" else "mul"
        yield "swap the products", Tree(other, children)
        yield "drop a factor", children[0]
        yield "drop a factor", children[1]
    if data == "fraction":
        yield "drop a division", children[0]
        yield "divide twice", Tree("fraction", [tree, children[1]])
    if data in ("larger", "exponential", "log", "absolute", "power"):
        yield f"drop {data}", children[-1] if data == "larger" else children[0]
    if data in ("sum", "largest"):
        yield "drop a sum", children[1]
    if data == "truth":
        yield "flip a sign", Tree("neg", [tree])
    if data in ("truth", "case"):
        at = next(k for k, child in enumerate(children) if str(child) in OTHER)
        for comparison in OTHER[str(children[at])]:
            new = Token("COMPARISON", comparison)
            yield (
                f"{children[at]} into {comparison}",
                Tree(data, [*children[:at], new, *children[at + 1 :]]),
            )
    if data == "symbol":
        yield from _symbol(tree)
    if data in ("symbol", "derivative") and not _indexed(tree):
        yield "add a transpose", Tree("transpose", [tree])
    if data == "derivative":
        yield "flip a sign", Tree("neg", [tree])


def _indexed(tree):
    symbol = tree if tree.data == "symbol" else tree.children[1]
    return bool(name_of(symbol)[1])


def _symbol(tree):
    """Swap two indices, or put another letter in the place of one."""
    lower = next((child for child in tree.children if isinstance(child, Tree)), None)
    if lower is None:
        return
    places = [k for k, child in enumerate(lower.children) if isinstance(child, Tree)]
    if len(places) == 2:
        swapped = list(lower.children)
        one, two = places
        swapped[one], swapped[two] = swapped[two], swapped[one]
        yield "swap two indices", _with(tree, swapped)
    for place in places:
        for letter in "ijkm":
            if str(lower.children[place].children[0]) != letter:
                changed = list(lower.children)
                changed[place] = Tree("index", [Token("LETTER", letter)])
                yield "change an index", _with(tree, changed)


def _with(symbol, lower):
    return Tree(symbol.data, [symbol.children[0], Tree("lower", lower)])
