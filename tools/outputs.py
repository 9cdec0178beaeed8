"""What may not stand in a stored notebook, and how it differs from a fresh run.

Each finding is a line that names the cell and says what is wrong. nbval compares the text of
outputs; this sees pictures, widgets, missing and superfluous outputs, and the order of cells too.
"""

import json
import re
from collections.abc import Iterator
from copy import deepcopy
from itertools import takewhile, zip_longest
from typing import Any

from nbformat import NotebookNode

TIMED = "nbval-ignore-output"  # the tag of a cell that prints times: no two runs agree in them

UNWANTED = {
    "a path of one machine": r"(?<![\w./:])(?:/(?:home|Users|root|tmp|usr|opt|var|mnt|private)/"
    r"|[A-Z]:\\+)[\w.\\/-]+|[\w.\\/-]*site-packages",
    "a time stamp": r"\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d|\b\d\d?:\d\d:\d\d\b",
    "an address in memory": r"\b0x[0-9a-fA-F]{6,}\b",
}
INLINE_PICTURE = re.compile(r"data:image/[^\"']*")


def code(notebook: NotebookNode) -> list[NotebookNode]:
    """Return the cells that hold code."""
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def place(cell: NotebookNode) -> str:
    """Name a cell as a person finds it: by its number and its first line."""
    first, *_ = cell.source.strip().splitlines() or [""]
    return f"cell [{cell.execution_count or ' '}] `{first}`"


def blemishes(notebook: NotebookNode) -> list[str]:
    """Return what may not stand in a stored notebook, whatever a fresh run gives."""
    found = []
    for number, cell in enumerate(code(notebook), 1):
        if cell.execution_count is None:
            found.append(f"{place(cell)} was not run")
        elif cell.execution_count != number:
            found.append(f"{place(cell)} was run out of order; it is the one with number {number}")
        for output in cell.outputs:
            if output.output_type == "error":
                found.append(f"{place(cell)} shows an error: {output.ename}: {output.evalue}")
            if output.get("name") == "stderr":
                found.append(f"{place(cell)} writes to stderr: {output.text.strip()}")
            found += [f"{place(cell)} shows {what}" for what in _unwanted(output)]
    for name, widget in _widgets(notebook).items():
        found += [f"{name} shows {what}" for what in _unwanted(widget)]
    return found


def differences(stored: NotebookNode, fresh: NotebookNode) -> list[str]:
    """Return how what is stored differs from what a fresh run of the same cells gives."""
    found = []
    for old, new in zip(code(stored), code(fresh), strict=True):
        for one, other in zip_longest(old.outputs, new.outputs):
            if one is None:
                found.append(f"{place(new)} lacks an output: {_short(other)}")
            elif other is None:
                found.append(f"{place(new)} has an output that no run gives: {_short(one)}")
            else:
                found += [f"{place(new)}: {line}" for line in _compare(one, other)]
    old_widgets, new_widgets = _widgets(stored), _widgets(fresh)
    for name in old_widgets | new_widgets:
        if name not in old_widgets:
            found.append(f"{name} is missing")
        elif name not in new_widgets:
            found.append(f"{name} is stored, and no run makes it")
        else:
            lines = _compare(old_widgets[name], new_widgets[name])
            found += [f"{name}: {line}" for line in lines]
    return found


def keep_times(fresh: NotebookNode, stored: NotebookNode) -> NotebookNode:
    """Return the fresh run with the stored times, where the words say the same."""
    kept = deepcopy(fresh)
    for old, new in zip(code(stored), code(kept), strict=True):
        if TIMED in new.metadata.get("tags", []) and _wording(old) == _wording(new):
            new.outputs = deepcopy(old.outputs)
    return kept


def _wording(cell: NotebookNode) -> list[list[tuple[str, str]]]:
    """Return the outputs of a cell without their numbers, spaces and pictures."""
    number = r"(?:[-\N{MINUS SIGN}]?[\d.,]+(?:e[+-]\d+)?|\s)+"
    return [
        sorted(
            (name, "" if name.startswith("data image/") else re.sub(number, " ", text))
            for name, text in _leaves(output)
        )
        for output in cell.outputs
    ]


def _widgets(notebook: NotebookNode) -> dict[str, Any]:
    """Return the state of each widget, by a name for people: "widget 3 (DropdownModel)"."""
    return {
        f"widget {int(number, 16)} ({widget['model_name']})": widget
        for kind in notebook.metadata.get("widgets", {}).values()
        for number, widget in kind["state"].items()
    }


def _leaves(thing: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, str]]:
    """Return each piece of an output or a widget, as text, with the name of its place."""
    if isinstance(thing, dict):
        for key, value in thing.items():
            yield from _leaves(value, (*path, key))
    else:
        yield " ".join(path), thing if isinstance(thing, str) else json.dumps(thing)


def _unwanted(thing: Any) -> Iterator[str]:
    """Find what belongs to one machine or one moment in the text of an output or a widget."""
    for name, text in _leaves(thing):
        if not name.startswith("data image/"):
            for what, pattern in UNWANTED.items():
                if match := re.search(pattern, INLINE_PICTURE.sub("", text)):
                    yield f"{what}: {match.group()}"


def _compare(old: Any, new: Any) -> Iterator[str]:
    """Say in which pieces two outputs, or two states of one widget, differ."""
    old, new = dict(_leaves(old)), dict(_leaves(new))
    for name in old | new:
        one, other = old.get(name, ""), new.get(name, "")
        if one == other or name == "execution_count":
            continue
        where = name.removeprefix("data ")
        if where.startswith("image/") or _same_but_for_pictures(one, other):
            yield f"{where}: the picture is not the one that a run draws"
        else:
            lines = zip_longest(one.splitlines(), other.splitlines(), fillvalue="")
            one, other = next((pair for pair in lines if pair[0] != pair[1]), (one, other))
            same = takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False))
            start = max(0, len(list(same)) - 40)
            one, other = one[start:], other[start:]
            yield f"{where}: stored is {_clip(one)}, a run gives {_clip(other)}"


def _same_but_for_pictures(one: str, other: str) -> bool:
    return INLINE_PICTURE.sub("", one) == INLINE_PICTURE.sub("", other)


def _clip(text: str) -> str:
    return repr(text if len(text) < 100 else text[:100] + "...")


def _short(output: NotebookNode) -> str:
    return _clip(" ".join(output.get("text", output.get("data", {}).get("text/plain", "")).split()))
