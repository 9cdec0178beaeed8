"""What is asked and what can be answered: pieces, networks, and mistakes as changed lines."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from backprop.arrays import Array
from backprop.classroom.mistakes import CATALOGUE, Mistake
from backprop.classroom.mistakes.program import PLACES, STEPS, Line, Values, reads, run
from backprop.layers import Layer

Answer = dict[str, Array]


@dataclass(frozen=True, eq=False)
class Piece:
    """A part of the program that can be asked for: what it is given, and what it returns.

    `steps` are the lines in which its mistakes lie; `letters` says what the program's names are
    called in this piece, empty for the whole. `equations` are those by which whoever writes it
    has met what the whole has under another label.
    """

    name: str
    arguments: tuple[str, ...]
    results: tuple[str, ...]
    steps: tuple[str, ...]
    letters: Mapping[str, str]
    equations: Mapping[str, str] = field(default_factory=dict)

    def has(self, names: Iterable[str]) -> bool:
        """Say whether whoever writes this piece has all these arrays before them."""
        own = {*self.arguments, *self.results, *self.steps, *self.letters, *self.letters.values()}
        own |= {"Y"} if "y" in own else set()  # the same labels, as rows
        return not self.letters or own.issuperset(names)


@dataclass(frozen=True, eq=False)
class Candidate:
    """One mistake, or two together, as lines of the program; `alone` is each of the two."""

    mistakes: tuple[Mistake, ...]
    lines: Mapping[str, tuple[Line, ...]]
    alone: tuple["Candidate", ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The names in the catalogue."""
        return tuple(mistake.name for mistake in self.mistakes)

    @cached_property
    def first(self) -> int:
        """The place in the program of the first line that is changed."""
        return min(PLACES[step] for step in self.lines)

    @cached_property
    def fitted(self) -> bool:
        """Whether a learning rate has to be found."""
        return any(mistake.fitted for mistake in self.mistakes)


@dataclass(frozen=True, eq=False)
class Probe:
    """One network and batch: what the program is given, and all its right values."""

    name: str
    given: Values
    right: Values
    memory: dict[Candidate, Values | None] = field(default_factory=dict)

    def predict(self, piece: Piece, candidate: Candidate | None, **other: Any) -> Answer | None:
        """Return what a candidate answers here, or None if its shapes do not fit.

        `other` replaces something given, such as the learning rate.
        """
        values = self.values(candidate, **other)
        answer = None if values is None else results(piece, values)
        return answer and filled(answer, self.right)

    def values(self, candidate: Candidate | None, **other: Any) -> Values | None:
        """Return all values of the program with a candidate's lines; None if shapes don't fit.

        What does not hang on a changed line is known. Of two mistakes, only the second is run on
        top of what the first left.
        """
        if candidate is None:
            return run(self.given | other)
        known, new = self.right, candidate.lines
        if candidate.alone and not other:
            known, new = self._kept(candidate.alone[0]), candidate.alone[1].lines
        if known is None or other.keys() - {"learning_rate"}:  # the right lines don't read that
            known, new = {}, STEPS
        return _tried(self.given | other, candidate, known, new)

    def _kept(self, candidate: Candidate) -> Values | None:
        if candidate not in self.memory:
            self.memory[candidate] = self.values(candidate)
        return self.memory[candidate]


def _tried(
    given: Values,
    candidate: Candidate,
    known: Values,
    new: Iterable[str],
) -> Values | None:
    try:
        return run(given, candidate.lines, known, new)
    except (ValueError, IndexError):
        return None


def results(piece: Piece, values: Values) -> Answer | None:
    """Return what the piece answers, from the program's values; None if anything is not there."""
    if "answer" in values:
        found = dict(zip(piece.results, values["answer"], strict=True))
    else:
        found = {name: values.get(name) for name in piece.results}
    if any(value is None for value in found.values()):
        return None
    return {name: np.asarray(value) for name, value in found.items()}


def filled(answer: Answer, right: Values) -> Answer:
    """Return an answer with what is a single number in the shape that is wanted, full of it."""
    return {
        name: np.broadcast_to(value, right[name].shape) if value.ndim == 0 else value
        for name, value in answer.items()
    }


def singles(piece: Piece, activation: Layer, weight_decay: float) -> list[Candidate]:
    """Return every mistake that can be made here, and those of one layer alone."""
    found = []
    for mistake in CATALOGUE.values():
        if not mistake.lines or not mistake.applies(activation, weight_decay):
            continue
        for lines in _places(mistake, piece):
            found.append(Candidate((mistake,), {step: (line,) for step, line in lines.items()}))
    return found


def _places(mistake: Mistake, piece: Piece) -> Iterator[Mapping[str, Line]]:
    """Yield the lines of a mistake: in all places, and if it is made so, in either layer alone."""
    if mistake.alone and not piece.letters:
        return
    if piece.letters:  # a piece has one layer only
        for every in mistake.spellings:
            lines = {step: line for step, line in every.items() if step in piece.steps}
            if lines and (mistake.each_layer or len(lines) == len(every)):
                yield lines
        return
    yield from mistake.spellings
    if mistake.each_layer:
        for layer in "21":
            yield {step: line for step, line in mistake.lines.items() if step.endswith(layer)}


def both(candidates: Sequence[Candidate]) -> Candidate | None:
    """Return one candidate as it is, or two as one.

    None if two want the same line to be another, or are the same mistake.
    """
    if len(candidates) == 1:
        return candidates[0]
    one, other = sorted(candidates, key=lambda candidate: candidate.first)
    lines = dict(one.lines)
    for step, added in other.lines.items():
        lines[step] = lines.get(step, ()) + added
        if sum(step not in reads(line) for line in lines[step]) > 1:
            return None
    same = one.mistakes == other.mistakes
    return None if same else Candidate(one.mistakes + other.mistakes, lines, (one, other))


def scale(answer: Answer) -> dict[str, float]:
    """Return the largest entry of each part of a right answer."""
    return {name: float(np.abs(value).max()) for name, value in answer.items()}
