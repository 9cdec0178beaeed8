"""Which of the known mistakes, or which two of them, give the very numbers that were handed in."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from backprop.arrays import Array
from backprop.classroom.diagnosis.calling import Outcome
from backprop.classroom.diagnosis.drawing import draw
from backprop.classroom.diagnosis.probes import (
    Answer,
    Candidate,
    Piece,
    Probe,
    both,
    filled,
    results,
)
from backprop.classroom.diagnosis.table import Table
from backprop.classroom.diagnosis.words import NAN
from backprop.classroom.mistakes.program import at_kink
from backprop.layers import Layer

TOLERANCE = 1e-4  # relative; float32 fits
KINK = "kink"


@dataclass(frozen=True)
class Match:
    """An explanation that fits everywhere; None as the candidate is the right gradient.

    `at_zero` is the slope taken at the kink if it is not the package's, `learning_rate` the one
    that was found. With the right gradient, it may be a slope that nobody may take there.
    """

    candidate: Candidate | None
    at_zero: float | None = None
    learning_rate: float | None = None


class Bench:
    """The probes for one piece of one network, and what every known mistake answers there."""

    def __init__(self, piece: Piece, activation: Layer, weight_decay: float, seed: int) -> None:
        self.piece = piece
        self.activation = activation
        self.probes, self.candidates = draw(piece, activation, weight_decay, seed)
        self.smooth = not hasattr(self.probes[-1].given["f"].__self__, "gate")
        self.right = [results(piece, probe.right) for probe in self.probes]
        self._tables: dict[tuple[int, int], Table] = {}
        self._right_at: dict[tuple[Probe, float | None], Answer | None] = {}

    def explain(self, outcomes: list[Outcome], most: int = 2) -> list[Match]:
        """Return all explanations of the simplest kind that fit; none if nothing known does.

        First no mistake, then one, then two, if as many are allowed; before one with a learning
        rate to be found comes one without, and before one that changes parts which are missing
        one that does not.
        """
        missing = {name for outcome in outcomes for name in outcome.missing}
        outcomes = [
            replace(outcome, parts=filled(outcome.parts, right))
            for outcome, right in zip(outcomes, self.right, strict=True)
        ]
        for together in range(most + 1):
            tried = (self._fits(one, outcomes) for one in self._near(together, outcomes))
            ranked = [(self._rank(match, missing), match) for match in tried if match]
            if ranked:
                first = min(rank for rank, _ in ranked)
                return [match for rank, match in ranked if rank == first]
        return []

    def _rank(self, match: Match, missing: set[str]) -> tuple[bool, int]:
        """Return the place of an explanation; those with the lowest are given."""
        unseen = self.changed_by(match.candidate) & missing if missing and match.candidate else ()
        return match.learning_rate is not None, len(unseen)

    def right_parts(self, outcomes: list[Outcome], at_zero: float | None = None) -> dict[str, bool]:
        """Say for each part whether it is right wherever it runs, with a usual slope at the kink.

        `at_zero` is one more slope that is taken there.
        """
        usual = [] if self.smooth else [zero for zero in (0.0, 0.5, 1.0) if self.allows(zero)]
        conventions = [None, *usual, *([at_zero] if self.allows(at_zero) else [])]
        right = {}
        for name in self.piece.results:
            right[name] = not any(name in outcome.missing for outcome in outcomes) and any(
                all(
                    name not in outcome.parts
                    or close(self._at(probe, None, zero)[name], outcome.parts[name], true[name])
                    for probe, outcome, true in zip(self.probes, outcomes, self.right, strict=True)
                )
                for zero in conventions
            )
        return right

    def allows(self, at_zero: float | None) -> bool:
        """Say whether this slope lies between those to the left and the right of the kink."""
        least, largest = sorted((getattr(self.activation, "slope", 0.0), 1.0))
        return at_zero is not None and least <= at_zero <= largest

    def without_misfits(self, outcomes: list[Outcome]) -> list[Outcome]:
        """Return what is left without parts of a wrong shape or without NaN; none if all fit."""
        lost: dict[str, str] = {}
        for outcome, right in zip(outcomes, self.right, strict=True):
            for name, value in outcome.parts.items():
                if value.shape not in ((), right[name].shape):
                    shape = right[name].shape
                    lost.setdefault(name, f"{name} has shape {value.shape}; {shape} is wanted")
                elif not np.isfinite(value).all():
                    lost.setdefault(name, f"{name}{NAN}")
        return [_without(outcome, lost) for outcome in outcomes] if lost else []

    def swapped(self, outcomes: list[Outcome]) -> dict[str, str]:
        """Return for each wrong part which other one it should be; none if one is wrong anyhow."""
        found = {}
        wrong = [name for name, good in self.right_parts(outcomes).items() if not good]
        for name in wrong:
            for other in self.piece.results:
                if name != other and all(
                    name in outcome.parts and close(right[other], outcome.parts[name], right[other])
                    for outcome, right in zip(outcomes[:-1], self.right, strict=False)
                ):
                    found[name] = other
        return found if len(found) == len(wrong) else {}

    def all_zeros(self, outcomes: list[Outcome]) -> bool:
        """Say whether every part came back from every probe, and holds zeros alone."""
        return all(
            name in outcome.parts and outcome.parts[name].size and not outcome.parts[name].any()
            for outcome in outcomes
            for name in self.piece.results
        )

    def changed_by(self, candidate: Candidate) -> set[str]:
        """Return the parts in which a candidate differs from what is right, on any probe."""
        answers = [probe.predict(self.piece, candidate) for probe in self.probes]
        return {
            name
            for answer, right in zip(answers, self.right, strict=True)
            for name in answer or ()
            if not close(right[name], answer[name], right[name])
        }

    def _near(self, together: int, outcomes: list[Outcome]) -> list[Candidate | None]:
        """Return what gives these numbers on the first probe that was answered."""
        if together == 0:
            return [None]
        for k, outcome in enumerate(outcomes[:-1]):
            if outcome.parts:
                return [*self._table(k, together).near(outcome.parts)]
        return []

    def _table(self, k: int, together: int) -> Table:
        """Return the numbers on probe k of every mistake, or pair; made when first wanted."""
        if (k, together) not in self._tables:
            known = map(both, combinations(self.candidates, together))
            self._tables[k, together] = Table(
                self.piece, self.probes[k], self.right[k], filter(None, known)
            )
        return self._tables[k, together]

    def _fits(self, candidate: Candidate | None, outcomes: list[Outcome]) -> Match | None:
        """Return the match of one explanation with all outcomes, or None."""
        rate = self._rate(candidate, outcomes) if candidate and candidate.fitted else None
        if candidate and candidate.fitted and rate is None:
            return None
        for k, (probe, outcome) in enumerate(zip(self.probes, outcomes, strict=True)):
            if probe.name == KINK and not self.smooth:
                continue
            if not self._agree(self._at(probe, candidate, None, rate), outcome, self.right[k]):
                return None
        return self._on_kink(candidate, rate, outcomes)

    def _on_kink(
        self, candidate: Candidate | None, rate: float | None, outcomes: list[Outcome]
    ) -> Match | None:
        """Compare where one pre-activation is 0, and find which slope was taken there."""
        if self.smooth:
            return Match(candidate, None, rate)
        probe, outcome, true = self.probes[-1], outcomes[-1], self.right[-1]
        if self._agree(self._at(probe, candidate, None, rate), outcome, true):
            return Match(candidate, None, rate)
        ends = [self._at(probe, candidate, zero, rate) for zero in (0.0, 1.0)]
        zero = fitted(*ends, outcome.parts)
        if zero is None or (candidate and not -1e-3 < zero < 1.001):
            return None
        zero = round(zero, 4)
        if self._agree(self._at(probe, candidate, zero, rate), outcome, true):
            return Match(candidate, zero, rate)
        return None

    def _rate(self, candidate: Candidate, outcomes: list[Outcome]) -> float | None:
        """Return the learning rate with which a candidate comes nearest; None if there is none."""
        for probe, outcome in zip(self.probes, outcomes, strict=True):
            if outcome.parts:
                ends = [self._at(probe, candidate, None, rate) for rate in (0.0, 1.0)]
                rate = fitted(*ends, outcome.parts)
                return rate if rate is not None and abs(rate) > 1e-6 else None
        return None

    def _at(
        self,
        probe: Probe,
        candidate: Candidate | None,
        at_zero: float | None = None,
        rate: float | None = None,
    ) -> Answer | None:
        """Return what a candidate answers on a probe; the right answers are worked out once."""
        if candidate is None and (probe, at_zero) in self._right_at:
            return self._right_at[probe, at_zero]
        other = {}
        if at_zero is not None:
            other |= at_kink(self.activation, at_zero)
        if rate is not None:
            other["learning_rate"] = rate
        answer = probe.predict(self.piece, candidate, **other)
        if candidate is None:
            self._right_at[probe, at_zero] = answer
        return answer

    def _agree(self, answer: Answer | None, outcome: Outcome, right: Answer) -> bool:
        """Say whether a prediction is what came; code that raised agrees with what can't run."""
        if outcome.skipped:
            return True
        if answer is None or not outcome.parts:
            return answer is None and outcome.raised
        return all(close(answer[name], got, right[name]) for name, got in outcome.parts.items())


def _without(outcome: Outcome, lost: Mapping[str, str]) -> Outcome:
    """Return an outcome in which these parts are missing, for these reasons."""
    gone = {name: why for name, why in lost.items() if name in outcome.parts}
    kept = {name: value for name, value in outcome.parts.items() if name not in gone}
    return replace(outcome, parts=kept, missing=outcome.missing | gone)


def close(wanted: Array, got: Array, right: Array) -> bool:
    """Say whether `got` is `wanted`, to TOLERANCE of its largest entry, shapes included."""
    if wanted.shape != got.shape or not np.isfinite(got).all():
        return False
    size = max(float(np.abs(wanted).max()), 1e-3 * float(np.abs(right).max()))
    return bool(np.abs(wanted - got).max() <= TOLERANCE * size)


def fitted(at_0: Answer | None, at_1: Answer | None, got: Answer) -> float | None:
    """Return the t for which at_0 + t (at_1 - at_0) comes nearest to what was handed in, if any."""
    if not (at_0 and at_1 and got) or any(at_0[n].shape != got[n].shape for n in got):
        return None
    step = np.concatenate([(at_1[name] - at_0[name]).ravel() for name in got])
    way = np.concatenate([(got[name] - at_0[name]).ravel() for name in got])
    if not step.any() or not np.isfinite(way).all():
        return None
    return float(way @ step / (step @ step))
