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
from backprop.layers import Layer, ReLU

Section = tuple[str, str]  # a heading, and paragraphs; a line that is indented is code
HINT, COMPUTED, MEND = "Hint", "What you compute", "The mend"
STAIRS = (HINT, COMPUTED, MEND)  # told one by one, so that nobody is told more than they want
ARRAY = re.compile(r"\b(?:[XYyP]|d?(?:[WbZA][12])|d[WbXAZ])\b")  # what the program calls so
SENTENCE = re.compile(r"(?<=[.?])\s+(?=[A-Z`])")
# names of what no line of a program does
SWAPPED, AT_ZERO, STRAY = "results-swapped", "slope-at-zero", "stray-line-raises"
ALL_ZEROS = "all-zeros"
NAN = " holds NaN or infinity"


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
        return self.text()

    def text(self, steps: int = 1, report: str = "report") -> str:
        """Return the report as text, with the first `steps` of the hints that lead to each mend.

        `report` is how the reader gets it, for the line that says how to go on.
        """
        told: list[str] = []
        left = 0
        for _, group in groupby(self.sections, _which):
            taken = 0
            for heading, words in group:
                taken += heading.startswith(STAIRS)
                if heading.startswith(STAIRS) and taken > steps:
                    left = max(left, taken - steps)
                else:
                    told.append(f"{heading}. {words}")
        if left:
            more = f"{left} more {'step leads' if left == 1 else 'steps lead'} to the mend"
            told.append(f"To go on. {more}: `print({report}.text({steps + 1}))` shows the next.")
        return "\n\n".join(told)

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        return {"text/html": as_html(self.sections), "text/plain": str(self)}

    __repr__ = __str__


def as_html(sections: Sequence[Section]) -> str:
    """Set a report; of several mistakes each is a part under its own name."""
    parts = []
    for which, told in groupby(sections, _which):
        body = _part([(heading.partition(", ")[0], text) for heading, text in told])
        name = f"<p><strong>{escape(which.capitalize())}</strong></p>"
        parts.append(f"<section>\n{name}\n{body}\n</section>" if which else body)
    return '<div class="book-report">\n' + "\n".join(parts) + "\n</div>"


def _which(section: Section) -> str:
    """Return of which mistake a section speaks, as it stands in the heading; empty if of all."""
    return section[0].partition(", ")[2]


def _part(sections: Sequence[Section]) -> str:
    """Set what is told of one; each hint opens the way to the next, and the last to the mend."""
    blocks: list[str] = []
    folded: list[Section] = []
    for section in sections:
        if section[0].startswith(STAIRS):
            folded.append(section)
        if section[0].startswith(MEND):
            blocks.append(_in_steps(folded))
            folded = []
        elif not section[0].startswith(STAIRS):
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
        """Leave out every sentence on arrays which this piece does not have, or on ReLU alone."""
        is_relu = isinstance(self.activation, ReLU)
        kept = [
            one
            for one in SENTENCE.split(words)
            if self.piece.has(ARRAY.findall(one)) and (is_relu or not one.startswith("With ReLU"))
        ]
        slope = getattr(self.activation, "slope", "alpha")
        return self.letters(" ".join(kept)).replace("alpha", str(slope))

    @property
    def corner(self) -> str:
        """Which slopes may be taken where the activation has a corner."""
        least, largest = sorted((getattr(self.activation, "slope", 0.0), 1.0))
        return f"Any from {least:g} to {largest:g} is allowed"

    @property
    def sizes(self) -> str:
        """What to look for in code that runs with some sizes and not with others."""
        labels = " the labels may not be one-hot;" if "y" in self.piece.arguments else ""
        return (
            "It runs where sizes happen to be equal, and not where all of them differ. Look at the "
            f"shapes that it names: a transpose may be missing, or `keepdims=True`;{labels} a size "
            "may be written into the code as a number."
        )

    @property
    def where_nan_comes_from(self) -> str:
        """What to look for, in a piece with a softmax and in one without."""
        return where_nan_comes_from("P" in self.piece.steps)

    def line(self, step: str, line: Any) -> str:
        """Write one line of the program as an indented line of code."""
        args = self.activation, self.layout, self.piece.letters
        return f"    {spelled(step, line, *args, decays=self.decays)}"

    def mistake(
        self, mistake: Mistake, lines: Mapping[str, Any], rate: float | None, which: str
    ) -> list[Section]:
        """Tell of one known mistake: the place, hints, what it equals, and the mend."""
        steps = [step for step in STEPS if step in lines]
        found = f" The constant is {rate:.4g}." if mistake.fitted and rate is not None else ""
        wrong = "\n".join(self.line(step, lines[step]) for step in steps)
        right = "\n".join(self.line(step, RIGHT[step]) for step in steps)
        *hints, mend = map(self.own, mistake.hints)
        tempts = self.own(f"It tempts because {mistake.tempts}.")
        computed = self.own(f"{sentence(mistake.instead)}{found} {mistake.same}".strip())
        announced = "The right line:" if len(steps) == 1 else "The right lines:"
        said = [
            ("Where", self._where(steps, mistake)),
            *((f"{HINT} {k}", hint) for k, hint in enumerate(filter(None, hints), start=1)),
            (COMPUTED, _lines(computed, "It is as if you had written", wrong, tempts)),
            (MEND, _lines(mend, announced, right)),
        ]
        return [(f"{heading}{which}", text) for heading, text in said if text]

    def _where(self, steps: Sequence[str], mistake: Mistake) -> str:
        """Say at which lines it goes wrong; empty for what is wrong in no line."""
        if not steps:
            return ""
        equation = self.piece.equations.get(mistake.equation, mistake.equation)
        if equation == "eq-relu-dZ" and not isinstance(self.activation, ReLU):
            equation = "eq-leaky-dZ"
        own = "" if self.piece.letters else mistake.place
        places = own or self.letters(several([PLACES[step] for step in steps]))
        return f"It goes wrong {places}. {where(equation)}"


def sentence(words: str) -> str:
    """Return words as a sentence; a name in code stays as it is."""
    is_word = re.match("(?:a|[a-z]{3,})(?![A-Za-z0-9_])", words)
    return (words[0].upper() + words[1:] if is_word else words) + "."


def where_nan_comes_from(softmax: bool) -> str:
    """Say what to look for, in code with a softmax and in code without."""
    if not softmax:
        return "Look for a division by 0, and for an array that was never filled."
    return (
        "Look for a division by 0, log(0), or exp of a large number; subtract the largest logit "
        "of each example before you take exp."
    )


def _lines(words: str, announced: str, code: str, after: str = "") -> str:
    return "\n".join(filter(None, (words, code and f"{announced}\n{code}", after)))


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
