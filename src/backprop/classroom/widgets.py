"""Interactive figures: one function draws the picture of a value, wherever the reader may be.

For a page, which has no kernel, it is called beforehand and its pictures stand in the page's HTML
(frames.py). In a running notebook the same object is an ipywidget, which calls it for any value.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from html import escape
from numbers import Integral, Real
from typing import Any

from ipywidgets import HTML, Dropdown, FloatText, HBox, IntText, SelectionSlider, VBox

from backprop.classroom.display import Picture, Table
from backprop.classroom.frames import Frame, Value, as_html, combinations, page, table, written

AUTO = {"description_width": "auto"}


class Explorer(VBox):
    """A picture and the controls that change it; `explore` makes one.

    `values` holds what is chosen, by label. Setting a control's own value draws the picture anew.
    """

    def __init__(
        self, controls: Mapping[str, Sequence[Value]], draw: Callable[..., Picture]
    ) -> None:
        self._choices = controls
        self._draw = lru_cache(maxsize=1)(draw)  # the first picture is wanted twice
        rows = [_control(label, values) for label, values in controls.items()]
        self.controls = {label: row.children[-1] for label, row in zip(controls, rows, strict=True)}
        self.frame = HTML()
        super().__init__([*rows, self.frame])
        for control in self.controls.values():
            control.observe(self._show, "value")
        self._show()

    @property
    def values(self) -> dict[str, Value]:
        """What the controls say, by label."""
        return {label: control.value for label, control in self.controls.items()}

    def frames(self) -> list[Frame]:
        """Return the pictures that a page gets, one for each combination of the given values."""
        return [
            Frame(values, self._draw(*values.values())) for values in combinations(self._choices)
        ]

    def _show(self, _: Any = None) -> None:
        """Draw what is chosen; what cannot be drawn is said instead."""
        try:
            picture = self._draw(*self.values.values())
        except (ArithmeticError, TypeError, ValueError) as error:
            self.frame.value = f'<p role="alert">{escape(str(error))}</p>'
        else:
            self.frame.value = as_html(Frame(self.values, picture), 'role="status"')

    def _repr_mimebundle_(self, **kwargs: Any) -> dict[str, Any]:
        frames = self.frames()
        return super()._repr_mimebundle_(**kwargs) | {
            "text/html": page(self._choices, frames),
            "text/plain": repr(Table(*table(frames))),
        }


def explore(controls: Mapping[str, Sequence[Value]], draw: Callable[..., Picture]) -> Explorer:
    """Return a picture that follows its controls: {"learning rate": (0.1, 1, 10)}.

    `draw` gets one value of each control and returns the picture. Names are chosen from a list.
    Numbers have a slider over those given, and in a running notebook a field for any other.
    """
    if not callable(draw):
        raise TypeError(f"draw is {draw!r}; a function of one value of each control is wanted")
    if not controls:
        raise ValueError("there are no controls; a label with its values is wanted")
    for label, values in controls.items():
        if not (isinstance(label, str) and label.strip()):
            raise ValueError(f"a label is {label!r}; a word that says what is chosen is wanted")
        if isinstance(values, str) or not len(values):
            raise ValueError(
                f"{label}: the values are {values!r}; a list of at least one is wanted"
            )
        kinds = {str if isinstance(value, str) else Real for value in values}
        if len(kinds) > 1 or not all(isinstance(value, (*kinds,)) for value in values):
            raise TypeError(
                f"{label}: the values are {values!r}; all names or all numbers are wanted"
            )
    return Explorer(controls, draw)


def _control(label: str, values: Sequence[Value]) -> HBox:
    """Return a list of names; or a slider over numbers, and the field that it moves."""
    if isinstance(values[0], str):
        return HBox([Dropdown(description=label, options=list(values), style=AUTO)])
    options = [(written(value), value) for value in values]
    slider = SelectionSlider(description=label, options=options, style=AUTO)
    whole = all(isinstance(value, Integral) for value in values)
    kind, name = (IntText if whole else FloatText), f"{label}, any value"
    field = kind(values[0], description=name, style=AUTO)
    slider.observe(lambda change: setattr(field, "value", change.new), "value")
    return HBox([slider, field])
