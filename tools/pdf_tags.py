"""Take the tags that say nothing out of a printed PDF: read aloud as before, it is half as large.

The browser wraps each piece of text in such a tag, and they are seven in eight of all. What one
holds goes to the tag around it. Text is known by its number on its page, and a tree leads from
there back to the tags; it is brought up to date.
"""

from collections.abc import Iterator
from typing import Any

from pypdf import PdfReader, PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, NumberObject

SILENT = "/NonStruct"
Held = tuple[Any, Any]  # a tag, a link or the number of a text; and the page of the latter


def thin_out(pdf: PdfReader | PdfWriter) -> None:
    """Take the silent tags out of an open file, if it has tags."""
    root: Any = pdf.root_object.get("/StructTreeRoot")
    if root is None:
        return
    root = root.get_object()
    for tag in list(speaking(root)):
        hold(tag, list(held(tag)))
    for texts in root["/ParentTree"]["/Nums"][1::2]:
        if isinstance(texts := texts.get_object(), ArrayObject):
            texts[:] = [owner(tag) for tag in texts]


def kids(tag: Any) -> list[Any]:
    """Return what stands in a tag itself, be it one thing or many."""
    return list(tag["/K"]) if isinstance(tag.get("/K"), ArrayObject) else [tag.raw_get("/K")]


def kind(thing: Any) -> str:
    """Return which tag this is, such as "/P"; or nothing, if it is none."""
    thing = thing.get_object()
    return thing.get("/S", "") if isinstance(thing, DictionaryObject) else ""


def speaking(above: Any) -> Iterator[Any]:
    """Return the tags below this one that say something."""
    for kid in filter(kind, kids(above)):
        if kind(kid) != SILENT:
            yield kid.get_object()
        yield from speaking(kid.get_object())


def held(tag: Any) -> Iterator[Held]:
    """Return what a tag holds, itself or in a silent one."""
    page = tag.raw_get("/Pg") if "/Pg" in tag else None
    for kid in kids(tag):
        if kind(kid) == SILENT:
            yield from held(kid.get_object())
        else:
            yield kid, page


def hold(tag: Any, things: list[Held]) -> None:
    """Put these into a tag; the number of a text stands alone if it is of the tag's own page."""
    own = next((page for thing, page in things if isinstance(thing, NumberObject)), None)
    if own:
        tag[NameObject("/Pg")] = own
    for thing in (thing.get_object() for thing, _ in things if kind(thing)):
        thing[NameObject("/P")] = tag.indirect_reference
    tag[NameObject("/K")] = ArrayObject(
        thing if page == own or not isinstance(thing, NumberObject) else elsewhere(thing, page)
        for thing, page in things
    )


def elsewhere(number: NumberObject, page: Any) -> DictionaryObject:
    """Return what stands for a text on another page than that of its tag."""
    names = {"/Type": NameObject("/MCR"), "/Pg": page, "/MCID": number}
    return DictionaryObject({NameObject(name): value for name, value in names.items()})


def owner(tag: Any) -> Any:
    """Return the tag that holds what this one did."""
    return owner(tag.get_object().raw_get("/P")) if kind(tag) == SILENT else tag
