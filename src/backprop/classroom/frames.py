"""The pictures of an interactive figure as a page without a kernel holds them.

All of them stand in the HTML side by side, each with its words, above a table of their numbers.
`assets/frames.js` shows the one that the controls choose. Where no script runs, they can be leafed
through by scrolling; on paper, those of class `book-key` are a strip.
"""

import re
from base64 import b64encode
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from io import BytesIO
from itertools import product
from typing import NamedTuple

from PIL import Image

from backprop.classroom.display import Picture
from backprop.classroom.style import RESOLUTION

Value = str | float
COLOURS = 32  # enough for the book's few colours, and half the bytes
ON_PAPER = 6  # pictures of a printed strip
NUMBERS = re.compile(r"[-\N{MINUS SIGN}+\d.,%e ]+( of \d+)?")  # one, or a list of them
CSS_INCH = 100  # so that type has the size of that in the book's other figures


class Frame(NamedTuple):
    """One picture, and the values of the controls that show it, by their labels."""

    values: Mapping[str, Value]
    picture: Picture

    @property
    def title(self) -> str:
        """The values in words: "Function tanh, at z 0.3"."""
        return ", ".join(f"{label} {written(value)}" for label, value in self.values.items())


def written(value: Value) -> str:
    """Write a value as the controls show it: 0.3, \N{MINUS SIGN}2, or a name as it is."""
    return value if isinstance(value, str) else f"{value:.6g}".replace("-", "\N{MINUS SIGN}")


def combinations(controls: Mapping[str, Sequence[Value]]) -> list[dict[str, Value]]:
    """Return every choice of one value for each control; that of the last control changes first."""
    return [dict(zip(controls, values, strict=True)) for values in product(*controls.values())]


def table(frames: Sequence[Frame]) -> tuple[list[str], list[list[str]]]:
    """Return a header, and for each frame a row of its values and its picture's numbers.

    No place is empty, which a screen reader would pass over: what has no number says "none".
    """
    numbers = [frame.picture.numbers or {"what it shows": frame.picture.words} for frame in frames]
    for frame, named in zip(frames, numbers, strict=True):
        if list(named) != list(numbers[0]):
            wanted = ", ".join(numbers[0])
            raise ValueError(
                f"{frame.title} has the numbers {', '.join(named)}; {wanted} is wanted"
            )
    rows = [
        [*map(written, frame.values.values()), *(number or "none" for number in named.values())]
        for frame, named in zip(frames, numbers, strict=True)
    ]
    return [*frames[0].values, *numbers[0]], rows


def as_html(frame: Frame, role: str = "") -> str:
    """Return one picture as HTML, its words below it, and in the place of the picture too."""
    words, image = escape(frame.picture.words), _small(frame.picture)
    height, width = (round(CSS_INCH * pixels / RESOLUTION) for pixels in image.size[::-1])
    said = role or 'aria-hidden="true"'  # or a screen reader would say the same words twice
    return (
        f'<img alt="{words}" width="{width}" height="{height}" src="{_data(image)}">'
        f"<p {said}><strong>{escape(frame.title)}:</strong> {words}</p>"
    )


def page(controls: Mapping[str, Sequence[Value]], frames: Sequence[Frame]) -> str:
    """Return the whole interactive figure as HTML."""
    lines = ['<div class="book-explore">', '<div class="book-controls" hidden>']
    lines += [_control(label, values) for label, values in controls.items()]
    name = escape(f"Pictures by {' and '.join(controls)}")
    lines.append(f'</div>\n<div class="book-frames" role="group" aria-label="{name}" tabindex="0">')
    keys = {round(k * (len(frames) - 1) / (ON_PAPER - 1)) for k in range(ON_PAPER)}
    for place, frame in enumerate(frames):
        key = " book-key" if place in keys else ""
        lines.append(f'<div class="book-frame{key}">{as_html(frame)}</div>')
    lines.append('</div>\n<p class="book-said" role="status"></p>')
    return "\n".join([*lines, _numbers(controls, frames), "</div>"])


def _control(label: str, values: Sequence[Value]) -> str:
    """Return a list to choose names from, or a slider over numbers with two buttons."""
    names = [escape(written(value)) for value in values]
    if isinstance(values[0], str):
        options = "".join(f"<option>{name}</option>" for name in names)
        control = f'<select autocomplete="off">{options}</select>'
        label = f"<label><span>{escape(label)}</span> {control}</label>"
        return f'<div class="book-control">{label}</div>'
    slider = f'type="range" min="0" max="{len(names) - 1}" value="0" autocomplete="off"'
    return (
        f'<div class="book-control"><label><span>{escape(label)}</span> '
        f'<input {slider} data-names="{"|".join(names)}"></label>'
        f'<span class="book-value" aria-hidden="true">{names[0]}</span>'
        '<button type="button">Back</button><button type="button">Next</button></div>'
    )


def _numbers(controls: Iterable[str], frames: Sequence[Frame]) -> str:
    """Return a table to unfold: a row for each picture, which the values of the controls head."""
    header, rows = table(frames)
    looks = [_alignment(column) for column in zip(*rows, strict=True)]
    head = _cells("th", "col", header, looks)
    heads = len(frames[0].values)
    body = "\n".join(
        f"<tr>{_cells('th', 'row', row[:heads], looks)}"
        f"{_cells('td', '', row[heads:], looks[heads:])}</tr>"
        for row in rows
    )
    name = escape(f"Numbers of all pictures by {' and '.join(controls)}")
    return (
        '<details class="book-numbers"><summary>All pictures in numbers</summary>\n'
        f'<div role="group" aria-label="{name}" tabindex="0"><table class="table">'
        f"<thead><tr>{head}</tr></thead>\n<tbody>{body}</tbody></table></div></details>"
    )


def _alignment(column: Sequence[str]) -> str:
    """Return the class of a column: numbers are aligned on the right, beside words for some too."""
    right = sum(bool(NUMBERS.fullmatch(entry)) for entry in column) > len(column) / 2
    return "text-right" if right else "text-left"


def _cells(tag: str, scope: str, entries: Sequence[str], looks: Sequence[str]) -> str:
    pairs, scope = zip(entries, looks, strict=False), scope and f' scope="{scope}"'
    return "".join(f'<{tag}{scope} class="{look}">{escape(entry)}</{tag}>' for entry, look in pairs)


def _small(picture: Picture) -> Image.Image:
    """Return the picture in few colours."""
    original = Image.fromarray(picture.pixels).convert("RGB")
    return original.quantize(COLOURS, Image.Quantize.FASTOCTREE).convert("RGB")


def _data(image: Image.Image) -> str:
    """Return a picture as an address that holds it."""
    buffer = BytesIO()
    image.save(buffer, format="webp", lossless=True, method=2, quality=25)  # its effort
    return f"data:image/webp;base64,{b64encode(buffer.getvalue()).decode()}"
