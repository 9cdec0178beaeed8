"""What a learner reads: the verdict, the place, what was computed instead, and hints in steps."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from itertools import groupby
from typing import Any

from backprop.classroom.diagnosis.chapters import where
from backprop.classroom.diagnosis.probes import Piece
from backprop.classroom.diagnosis.spelling import spelled
from backprop.classroom.mistakes import Mistake
from backprop.classroom.mistakes.program import RIGHT, STEPS
from backprop.layers import Layer

Section = tuple[str, str]  # a heading, and paragraphs; a line that is indented is code
HINT, MEND = "Hint", "The mend"
ARRAY = re.compile(r"\b(?:[XYyP]|d?(?:[WbZA][12])|d[WbXAZ])\b")  # what the program calls so
SENTENCE = re.compile(r"(?<=[.?])\s+(?=[A-Z`])")
SWAPPED = "results-swapped"
NAN = " holds NaN or infinity"
WHERE_NAN_COMES_FROM = (
    "Look for a division by 0, log(0), or exp of a large number; subtract the largest logit of "
    "each example before you take exp."
)


@dataclass(frozen=True)
class Diagnosis:
    """What is known of a gradient that was handed in; print it, or let a notebook show it.

    `mistakes` are names in the catalogue, empty if there is none or none that is known. `parts`
    says for each gradient whether it is right, and `reasons` in a few words why one is not, if that
    is known. `alternatives` are other explanations that give the very same numbers. `sections` is
    the report, a heading and a text each.
    """

    correct: bool
    mistakes: tuple[str, ...]
    parts: Mapping[str, bool]
    alternatives: tuple[tuple[str, ...], ...]
    sections: tuple[Section, ...]
    reasons: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return "\n\n".join(f"{heading}. {text}" for heading, text in self.sections)

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        return {"text/html": as_html(self.sections), "text/plain": str(self)}

    __repr__ = __str__


def as_html(sections: Sequence[Section]) -> str:
    """Set a report; of several mistakes each is a part under its own name."""
    parts = []
    for which, told in groupby(sections, lambda section: section[0].partition(", ")[2]):
        body = _part([(heading.partition(", ")[0], text) for heading, text in told])
        name = f"<p><strong>{escape(which.capitalize())}</strong></p>"
        parts.append(f"<section>\n{name}\n{body}\n</section>" if which else body)
    return '<div class="book-report">\n' + "\n".join(parts) + "\n</div>"


def _part(sections: Sequence[Section]) -> str:
    """Set what is told of one; each hint opens the way to the next, and the last to the mend."""
    blocks: list[str] = []
    folded: list[Section] = []
    for section in sections:
        if section[0].startswith((HINT, MEND)):
            folded.append(section)
        if section[0].startswith(MEND):
            blocks.append(_in_steps(folded))
            folded = []
        elif not section[0].startswith(HINT):
            heading = f"<strong>{escape(section[0])}.</strong> "
            blocks.append(_body(section[1]).replace("<p>", f"<p>{heading}", 1))
    return "\n".join(blocks)


def _in_steps(sections: Sequence[Section]) -> str:
    """Fold sections into one another, so that the first has to be opened before the second."""
    within = ""
    for heading, text in reversed(sections):
        summary = f"<summary>{escape(heading)}</summary>"
        within = f"<details>{summary}{_body(text)}{within}</details>"
    return within


def _body(text: str) -> str:
    """Set paragraphs: lines that are indented as code."""
    body = ""
    for is_code, lines in groupby(text.split("\n"), lambda line: line.startswith("    ")):
        block = escape("\n".join(line.strip() for line in lines), quote=False)
        marked = re.sub(r"`([^`]+)`", r"<code>\1</code>", block).replace("\n", "<br>")
        body += f"<pre>{block}</pre>" if is_code else f"<p>{marked}</p>"
    return body


@dataclass(frozen=True)
class Speaker:
    """Says things in the letters of one piece, for one activation, in one layout."""

    piece: Piece
    activation: Layer
    layout: str
    decays: bool = False

    def letters(self, words: str) -> str:
        """Put the piece's own letters for those of the program, as in dW for dW2."""
        return re.sub(
            r"\b[a-zA-Z]+[12]\b", lambda found: self.piece.letters.get(found[0], found[0]), words
        )

    def own(self, words: str) -> str:
        """Leave out every sentence that speaks of arrays which this piece does not have."""
        sentences = SENTENCE.split(words)
        kept = [one for one in sentences if self.piece.has(ARRAY.findall(one))]
        slope = getattr(self.activation, "slope", "alpha")
        return self.letters(" ".join(kept)).replace("alpha", str(slope))

    def line(self, step: str, line: Any) -> str:
        """Write one line of the program as an indented line of code."""
        args = self.activation, self.layout, self.piece.letters
        return f"    {spelled(step, line, *args, decays=self.decays)}"

    def mistake(
        self, mistake: Mistake, lines: Mapping[str, Any], rate: float | None, which: str
    ) -> list[Section]:
        """Tell of one known mistake: the place, what it equals, hints, and the mend."""
        steps = [step for step in STEPS if step in lines]
        found = f" The constant is {rate:.4g}." if mistake.fitted and rate is not None else ""
        wrong = "\n".join(self.line(step, lines[step]) for step in steps)
        right = "\n".join(self.line(step, RIGHT[step]) for step in steps)
        same = f" These numbers also come from: {mistake.same}." if mistake.same else ""
        *hints, mend = map(self.own, mistake.hints)
        computed = self.own(f"It is {mistake.instead}.{found}{same}")
        said = [
            ("Where", self._where(steps, mistake.equation)),
            ("What you compute", _lines(computed, "It is as if you had written", wrong)),
            ("Why it tempts", self.own(f"It does, because {mistake.tempts}.")),
            *((f"{HINT} {k}", hint) for k, hint in enumerate(filter(None, hints), start=1)),
            (MEND, _lines(mend, "The right line:", right)),
        ]
        return [(f"{heading}{which}", text) for heading, text in said if text]

    def _where(self, steps: Sequence[str], equation: str) -> str:
        """Say at which lines it goes wrong; empty for what is wrong in no line."""
        places = self.letters(several([PLACES[step] for step in steps])) if steps else ""
        return places and f"It goes wrong {places}. {where(equation)}"


def _lines(words: str, announced: str, code: str) -> str:
    return "\n".join(filter(None, (words, code and f"{announced}\n{code}")))


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


def number(value: float) -> str:
    """Write a number with four digits, and 0 without a sign."""
    return f"{value + 0.0:.4g}"


def misfits(reasons: Mapping[str, str]) -> Section:
    """Say which parts cannot be compared with anything, and why."""
    lines = "\n".join(f"    {why}" for why in dict.fromkeys(reasons.values()))
    more = f"\n{WHERE_NAN_COMES_FROM}" if NAN in lines else ""
    return "What does not fit", f"There is nothing to compare:\n{lines}{more}"


def swapped(places: Mapping[str, str], names: Sequence[str]) -> tuple[str, str]:
    """Say what was computed where right arrays stand in other places, and the mend."""
    held = [f"{name} is what {other} should be" for name, other in places.items()]
    return (
        f"the right arrays in the wrong places: {several(held)}",
        f"Return {several(names)} in this order, or as a dict with these keys.",
    )
