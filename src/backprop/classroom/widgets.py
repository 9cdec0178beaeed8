"""Figures with a choice, which work in a running notebook and on a page that has no kernel.

All pictures are drawn beforehand, and the browser itself links the control to them, so nothing
has to be computed when a reader chooses.
"""

from base64 import b64encode
from collections.abc import Mapping
from html import escape
from io import BytesIO

from ipywidgets import HTML, Dropdown, Layout, Stack, VBox, jslink
from PIL import Image

from backprop.classroom.display import Picture

COLOURS = 32  # enough for a line chart in the book's few colours, and a third of the bytes


def choose(label: str, pictures: Mapping[str, Picture]) -> VBox:
    """Return a drop-down list, named `label`, that shows the picture whose name is chosen.

    Below each picture stand its words, which are also what a screen reader says in its place.
    """
    if not (isinstance(label, str) and label.strip()):
        raise ValueError(f"label is {label!r}; a word that says what is chosen is wanted")
    if not pictures:
        raise ValueError("there are no pictures; at least one is wanted")
    for name, picture in pictures.items():
        if not isinstance(picture, Picture):
            raise TypeError(f"the picture called {name!r} is {picture!r}; a Picture is wanted")
    control = Dropdown(
        description=label,
        options=list(pictures),
        index=0,
        style={"description_width": "auto"},
        layout=Layout(width="auto", max_width="30rem"),
    )
    frames = Stack([HTML(_frame(picture)) for picture in pictures.values()], selected_index=0)
    jslink((control, "index"), (frames, "selected_index"))
    return VBox([control, frames]).add_class("book-choice")


def _frame(picture: Picture) -> str:
    """Return one picture as HTML, with the picture itself inside."""
    buffer = BytesIO()
    original = Image.open(BytesIO(picture.png)).convert("RGB")
    original.quantize(COLOURS, Image.Quantize.FASTOCTREE).save(buffer, format="png", optimize=True)
    words, image = escape(picture.words), b64encode(buffer.getvalue()).decode()
    return f'<img alt="{words}" src="data:image/png;base64,{image}"><p>{words}</p>'
