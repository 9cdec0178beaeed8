"""The questions that a gradient is asked: small networks on which no two mistakes look alike.

One has sizes that are all different, and fewer examples than inputs or hidden units, so that dZ
can be worked out from dW. One has D = H = C, and two N = D = H = C, so that a forgotten transpose
gets past the shapes. One, with N = H, is made of integers, with one pre-activation exactly at the
kink. They are drawn from a seed, and drawn again until everything in the catalogue is well apart.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from backprop.arrays import Array
from backprop.classroom.mistakes import CATALOGUE, Mistake
from backprop.classroom.mistakes.program import STEPS, Line, Values, reads, run, setting
from backprop.layers import Layer

SIZES = {  # N, D, H, C
    "different": (3, 7, 5, 4),
    "square": (5, 4, 4, 4),
    "cube": (4, 4, 4, 4),
    "larger cube": (6, 6, 6, 6),
    "kink": (5, 4, 5, 3),
}
WITH_OPEN_UNIT = ("different", "square", "cube")
APART = 3e-4  # three times the tolerance; with a leaky slope of 0.01, more is hard to draw
# Not to be told apart for b2: the rows of P - Y sum to 0, and so do all its entries.
SUMS_TO_NOUGHT = {"bias-over-everything", "bias-forgotten"}
LEARNING_RATE = 0.3
Answer = dict[str, Array]


@dataclass(frozen=True, eq=False)
class Piece:
    """A part of the program that can be asked for: what it is given, and what it returns.

    `steps` are the lines in which its mistakes lie; `letters` says what the program's names are
    called in this piece, empty for the whole.
    """

    name: str
    arguments: tuple[str, ...]
    results: tuple[str, ...]
    steps: tuple[str, ...]
    letters: Mapping[str, str]


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
        return min(STEPS.index(step) for step in self.lines)

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
    except ValueError:
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
    if piece.letters:  # a piece has one layer only
        lines = {step: line for step, line in mistake.lines.items() if step in piece.steps}
        if lines and (mistake.each_layer or len(lines) == len(mistake.lines)):
            yield lines
        return
    yield mistake.lines
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


def draw(
    piece: Piece, activation: Layer, weight_decay: float, seed: int
) -> tuple[list[Probe], list[Candidate]]:
    """Return probes, and the candidates that they tell apart.

    The probes are drawn again until any two candidates, and any candidate and the right answer,
    are further apart than APART on some probe. A candidate that never runs here is left out.
    """
    rng = np.random.default_rng(seed)
    known = singles(piece, activation, weight_decay)
    for _ in range(1000):
        probes = [_drawn(name, piece, activation, weight_decay, rng) for name in SIZES]
        right = [results(piece, probe.right) for probe in probes]
        answers = [[probe.predict(piece, one) for probe in probes] for one in known]
        kept = [k for k, answer in enumerate(answers) if any(answer)]
        names = [frozenset(), *(frozenset(known[k].names) for k in kept)]
        found = close_ones([right, *(answers[k] for k in kept)], [scale(one) for one in right])
        if all(names[j] | names[k] == SUMS_TO_NOUGHT for j, k in found):
            return probes, [known[k] for k in kept]
    raise RuntimeError(f"no probes with seed {seed}: two mistakes stay too close to each other")


def close_ones(
    answers: list[list[Answer | None]], scales: list[dict[str, float]]
) -> list[tuple[int, int]]:
    """Return the places of any two that have the same shapes and are less than APART apart."""
    groups: dict[Any, list[tuple[int, Array]]] = {}
    for place, one in enumerate(answers):
        parts = [
            (k, name, value.shape, value.ravel() / scales[k][name])
            for k, answer in enumerate(one)
            for name, value in (answer or {}).items()
        ]
        row = np.concatenate([part[3] for part in parts])
        groups.setdefault(tuple(part[:3] for part in parts), []).append((place, row))
    found = []
    for group in groups.values():
        places, rows = zip(*group, strict=True)
        for k in range(1, len(rows)):
            off = np.abs(np.array(rows[:k]) - rows[k]).max(axis=1)
            found += [(places[j], places[k]) for j in np.flatnonzero(off < APART)]
    return found


def scale(answer: Answer) -> dict[str, float]:
    """Return the largest entry of each part of a right answer."""
    return {name: float(np.abs(value).max()) for name, value in answer.items()}


def _drawn(
    name: str, piece: Piece, activation: Layer, weight_decay: float, rng: np.random.Generator
) -> Probe:
    """Draw one probe whose pre-activations are clear of the kink, or exactly on it once."""
    examples, inputs, hidden, classes = SIZES[name]
    shapes = {
        "X": (examples, inputs),
        "W1": (inputs, hidden),
        "b1": (hidden,),
        "W2": (hidden, classes),
        "b2": (classes,),
        "Z1": (examples, hidden),
        "A1": (examples, hidden),
        "dA1": (examples, hidden),
        "Z2": (examples, classes),
        "dZ2": (examples, classes),
    }
    while True:
        y = _labels(rng, examples, classes)
        arrays = {key: rng.standard_normal(shapes[key]) for key in piece.arguments if key in shapes}
        if name == "kink":
            _put_on_kink(arrays, rng)
        given = setting(
            activation,
            y,
            classes,
            weight_decay=weight_decay,
            learning_rate=LEARNING_RATE,
        )
        right = run(given | arrays)
        if _is_clear(right, zeros=int(name == "kink")) and (
            name not in WITH_OPEN_UNIT or _has_an_open_unit(right)
        ):
            return Probe(name, given | arrays, right)


def _labels(rng: np.random.Generator, examples: int, classes: int) -> Any:
    """Draw labels (N,) in which at least one class is absent, and not all are the same."""
    present = rng.permutation(classes)[: max(2, min(classes, examples) - 1)]
    return rng.permutation(np.resize(present, examples))


def _put_on_kink(arrays: Values, rng: np.random.Generator) -> None:
    """Make the pre-activations integers, one of them 0; sums of integers have no rounding."""
    if "Z1" in arrays:
        arrays["Z1"] = np.rint(2 * arrays["Z1"])
        arrays["Z1"][arrays["Z1"] == 0] = 1.0
        arrays["Z1"][0, 0] = 0.0
    if "W1" in arrays:
        for name in ("X", "W1", "b1"):
            arrays[name] = np.rint(1.2 * arrays[name])
        arrays["b1"][0] = -(arrays["X"] @ arrays["W1"])[0, 0]
        arrays["W2"] *= 0.5


def _has_an_open_unit(values: Values) -> bool:
    """Say whether a unit is open for all examples, and gets gradients of either sign.

    With ReLU, a mistake that shuts whole units would leave nothing to be seen without one.
    """
    if "slope" not in values or (values["slope"] != 0).all():
        return True
    arriving = values["dA1"][:, (values["Z1"] > 0).all(axis=0)]
    return bool((arriving < 0).any() and (arriving > 0).any())


def _is_clear(values: Values, zeros: int) -> bool:
    """Say whether no value near a kink is ambiguous, and as many are exactly 0 as should be."""
    for name in ("Z1", "dA1"):
        if name in values:
            wanted = zeros if name == "Z1" else 0
            small = np.abs(values[name]) < 1e-3 * np.abs(values[name]).max()
            if small.sum() != wanted or (values[name] == 0).sum() != wanted:
                return False
    return True
