"""What a learner reads: the verdict, the place, what was computed instead, and hints in steps."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from itertools import groupby
from typing import Any

from backprop.classroom.diagnosis.layout import written
from backprop.classroom.diagnosis.probes import Piece
from backprop.classroom.mistakes import Mistake
from backprop.classroom.mistakes.program import RIGHT, STEPS
from backprop.layers import Layer

FUNCTIONS = {"ReLU": "relu", "LeakyReLU": "leaky_relu", "Sigmoid": "sigmoid", "Tanh": "tanh"}
Section = tuple[str, str]  # a heading, and paragraphs; a line that is indented is code
MEND = "The mend"


@dataclass(frozen=True)
class Diagnosis:
    """What is known of a gradient that was handed in; print it, or let a notebook show it.

    `mistakes` are names in the catalogue, empty if there is none or none that is known. `parts`
    says for each gradient whether it is right. `alternatives` are other explanations that give
    the very same numbers. `sections` is the report, a heading and a text each.
    """

    correct: bool
    mistakes: tuple[str, ...]
    parts: Mapping[str, bool]
    alternatives: tuple[tuple[str, ...], ...]
    sections: tuple[Section, ...]

    def __str__(self) -> str:
        return "\n\n".join(f"{heading}. {text}" for heading, text in self.sections)

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        return {"text/html": report(self.sections), "text/plain": str(self)}

    __repr__ = __str__


def report(sections: Sequence[Section]) -> str:
    """Set a report as HTML; of several mistakes each is a part under its own name."""
    parts = []
    for which, told in groupby(sections, lambda section: section[0].partition(", ")[2]):
        body = "\n".join(as_html(heading.partition(", ")[0], text) for heading, text in told)
        name = f"<p><strong>{escape(which.capitalize())}</strong></p>"
        parts.append(f"<section>\n{name}\n{body}\n</section>" if which else body)
    return '<div class="book-report">\n' + "\n".join(parts) + "\n</div>"


def as_html(heading: str, text: str) -> str:
    """Set one section: lines that are indented as code, the mend folded away."""
    blocks = []
    for is_code, lines in groupby(text.split("\n"), lambda line: line.startswith("    ")):
        block = escape("\n".join(line.strip() for line in lines), quote=False)
        marked = re.sub(r"`([^`]+)`", r"<code>\1</code>", block).replace("\n", "<br>")
        blocks.append(f"<pre>{block}</pre>" if is_code else f"<p>{marked}</p>")
    if heading == MEND:
        return f"<details><summary>{heading}</summary>{''.join(blocks)}</details>"
    return "".join(blocks).replace("<p>", f"<p><strong>{escape(heading)}.</strong> ", 1)


@dataclass(frozen=True)
class Speaker:
    """Says things in the letters of one piece, for one activation, in one layout."""

    piece: Piece
    activation: Layer
    layout: str

    def letters(self, words: str) -> str:
        """Put the piece's own letters for those of the program, as in dW for dW2."""
        return re.sub(
            r"\b[a-zA-Z]+[12]\b", lambda found: self.piece.letters.get(found[0], found[0]), words
        )

    def line(self, step: str, line: Any) -> str:
        """Write one line of the program as an indented line of code."""
        name = FUNCTIONS.get(type(self.activation).__name__, "activation")
        names = {
            "f": name,
            "f_slope": f"{name}_slope",
            "is_open": "np.greater",
            **self.piece.letters,
        }
        return f"    {self.piece.letters.get(step, step)} = {written(line, self.layout, names)}"

    def mistake(
        self, mistake: Mistake, lines: Mapping[str, Any], rate: float | None, which: str
    ) -> list[Section]:
        """Tell of one known mistake: the place, what it equals, hints, and the mend."""
        steps = [step for step in STEPS if step in lines]
        place = self.letters(several([PLACES[step] for step in steps])) if steps else "in the calls"
        found = f" The constant is {rate:.4g}." if mistake.fitted and rate is not None else ""
        wrong = "\n".join(self.line(step, lines[step]) for step in steps)
        right = "\n".join(self.line(step, RIGHT[step]) for step in steps)
        same = f" These numbers also come from: {mistake.same}." if mistake.same else ""
        hints = [
            (f"Hint {k}{which}", self.letters(hint))
            for k, hint in enumerate(mistake.hints[:-1], start=1)
        ]
        return [
            (
                f"Where{which}",
                f"It goes wrong {place} (equation `{mistake.equation}` in the book).",
            ),
            (
                f"What you compute{which}",
                self.letters(f"It is {mistake.instead}.{found}{same}")
                + (f"\nIn one line, it is as if you had written\n{wrong}" if wrong else ""),
            ),
            (f"Why it tempts{which}", self.letters(f"It does, because {mistake.tempts}.")),
            *hints,
            (
                f"{MEND}{which}",
                self.letters(mistake.hints[-1]) + (f"\nThe right line:\n{right}" if right else ""),
            ),
        ]


PLACES = {
    "Z1": "in the forward pass, at Z1",
    "A1": "in the forward pass, at A1",
    "Z2": "in the forward pass, at Z2",
    "P": "in the probabilities P",
    "error": "in P - Y, on the way to dZ2",
    "dZ2": "at dZ2, the first line of the backward pass",
    "dW2": "in the line for dW2",
    "db2": "in the line for db2",
    "decay2": "in the weight decay that joins dW2",
    "dA1": "on the way back through W2, at dA1",
    "slope": "in the slope of the activation, on the way to dZ1",
    "dZ1": "in the line for dZ1",
    "dW1": "in the line for dW1",
    "db1": "in the line for db1",
    "decay1": "in the weight decay that joins dW1",
    "answer": "in what is returned",
}


def several(names: Sequence[str]) -> str:
    """Write names as a list in words."""
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))
