"""Every pair of mistakes with its numbers on one probe, laid out to be searched at once."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from backprop.arrays import Array
from backprop.classroom.diagnosis.probes import Answer, Candidate, Piece, Probe, scale

NEAR = 1e-3  # a first sieve, wider than the tolerance of the comparison that decides


@dataclass
class _Group:
    """Candidates whose answers have the same shapes; `way` is what a learning rate adds."""

    candidates: list[Candidate]
    answers: list[Array]
    ways: list[Array]


class Table:
    """What each candidate answers on one probe, by the shapes of the answer."""

    def __init__(self, piece: Piece, probe: Probe, right: Answer, candidates: Iterable[Candidate]):
        self.scale = scale(right)
        self.groups: dict[Any, _Group] = {}
        for candidate in candidates:
            rate = {"learning_rate": 0.0} if candidate.fitted else {}
            answer = probe.predict(piece, candidate, **rate)
            if answer is not None:
                line = self._line(answer)
                way = 0 * line
                if candidate.fitted:
                    way = self._line(probe.predict(piece, candidate, learning_rate=1.0)) - line
                group = self.groups.setdefault(_shapes(answer), _Group([], [], []))
                group.candidates.append(candidate)
                group.answers.append(line)
                group.ways.append(way)

    def _line(self, answer: Answer) -> Array:
        """Return an answer as one row, each part in units of the right one."""
        return np.concatenate([value.ravel() / self.scale[name] for name, value in answer.items()])

    def near(self, got: Answer) -> list[Candidate]:
        """Return the candidates whose numbers are those of `got`, with some learning rate."""
        group = self.groups.get(_shapes(got))
        if group is None or not all(np.isfinite(value).all() for value in got.values()):
            return []
        answers, ways = np.array(group.answers), np.array(group.ways)
        off = self._line(got) - answers
        rates = (off * ways).sum(axis=1) / np.maximum((ways * ways).sum(axis=1), 1e-300)
        left = np.abs(off - rates[:, None] * ways).max(axis=1)
        size = np.maximum(1, np.abs(answers).max(axis=1))
        return [group.candidates[k] for k in np.flatnonzero(left <= NEAR * size)]


def _shapes(answer: Answer) -> tuple[Any, ...]:
    return tuple((name, value.shape) for name, value in answer.items())
