"""Every pair of mistakes with its numbers on one probe, laid out to be searched at once."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from backprop.arrays import Array
from backprop.classroom.diagnosis.probes import Answer, Candidate, Piece, Probe, scale

NEAR = 1e-3  # a first sieve, wider than the tolerance of the comparison that decides


class Table:
    """What each candidate answers on one probe, by the shapes of the answer."""

    def __init__(
        self, piece: Piece, probe: Probe, right: Answer, candidates: Iterable[Candidate]
    ) -> None:
        self.scale = scale(right)
        found: dict[Any, list[tuple[Candidate, Answer, Answer]]] = {}
        for candidate in candidates:
            rate = {"learning_rate": 0.0} if candidate.fitted else {}
            answer = probe.predict(piece, candidate, **rate)
            if answer is not None:
                one = probe.predict(piece, candidate, learning_rate=1.0) if rate else answer
                found.setdefault(_shapes(answer), []).append((candidate, answer, one))
        self.groups = {shapes: self._group(entries) for shapes, entries in found.items()}

    def _group(
        self, entries: list[tuple[Candidate, Answer, Answer]]
    ) -> tuple[list[Candidate], Array, Array]:
        """Return candidates, their answers as rows, and what a learning rate of 1 adds to them."""
        candidates, answers, ones = zip(*entries, strict=True)
        rows = self._rows(answers)
        return list(candidates), rows, self._rows(ones) - rows

    def _rows(self, answers: Sequence[Answer]) -> Array:
        """Return one row for each answer, each part in units of the right one."""
        parts = []
        for name, size in self.scale.items():
            parts.append(np.array([one[name].ravel() for one in answers]) / size)
        return np.concatenate(parts, axis=1)

    def near(self, got: Answer) -> list[Candidate]:
        """Return the candidates whose numbers are those of `got`, with some learning rate."""
        group = self.groups.get(_shapes(got))
        if group is None or not all(np.isfinite(value).all() for value in got.values()):
            return []
        candidates, answers, ways = group
        off = self._rows([got]) - answers
        rates = (off * ways).sum(axis=1) / np.maximum((ways * ways).sum(axis=1), 1e-300)
        left = np.abs(off - rates[:, None] * ways).max(axis=1)
        size = np.maximum(1, np.abs(answers).max(axis=1))
        return [candidates[k] for k in np.flatnonzero(left <= NEAR * size)]


def _shapes(answer: Answer) -> tuple[Any, ...]:
    return tuple((name, value.shape) for name, value in answer.items())
