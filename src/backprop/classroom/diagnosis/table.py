"""Every pair of mistakes with its numbers on one probe, laid out to be searched at once."""

from collections.abc import Iterable
from math import prod
from typing import Any

import numpy as np

from backprop.arrays import Array
from backprop.classroom.diagnosis.probes import Answer, Candidate, Piece, Probe, scale

NEAR = 1e-3  # a first sieve, wider than the tolerance of the comparison that decides
Group = tuple[list[Candidate], Array]  # candidates, and their answers as rows


class Table:
    """What each candidate answers on one probe, by the shapes of the answer.

    A learning rate is not known, so those that have one answer at 0 and at 1: two rows each.
    """

    def __init__(
        self, piece: Piece, probe: Probe, right: Answer, candidates: Iterable[Candidate]
    ) -> None:
        self.scale = scale(right)
        found: dict[Any, list[tuple[Candidate, Array]]] = {}
        for candidate in candidates:
            rates = ({"learning_rate": 0.0}, {"learning_rate": 1.0}) if candidate.fitted else ({},)
            for answer in (probe.predict(piece, candidate, **rate) for rate in rates):
                if answer is not None:
                    key = (_shapes(answer), candidate.fitted)
                    found.setdefault(key, []).append((candidate, self._row(answer)))
        self.groups: dict[Any, Group] = {
            key: ([one for one, _ in entries], np.array([row for _, row in entries]))
            for key, entries in found.items()
        }

    def _row(self, answer: Answer) -> Array:
        """Return an answer as one row, each part in units of the right one."""
        return np.concatenate(
            [answer[name].ravel() / self.scale[name] for name in self.scale if name in answer]
        )

    def near(self, got: Answer) -> list[Candidate]:
        """Return the candidates whose numbers are those of `got`, with some learning rate.

        Parts that are not in `got` are not asked for.
        """
        if not all(np.isfinite(value).all() for value in got.values()):
            return []
        row, found = self._row(got), []
        for (shapes, with_rate), (candidates, rows) in self.groups.items():
            if any(shape != got[name].shape for name, shape in shapes if name in got):
                continue
            if len(got) < len(shapes):
                rows = rows[:, np.concatenate([[n in got] * prod(shape) for n, shape in shapes])]
            if with_rate:
                at_0, ways = rows[::2], rows[1::2] - rows[::2]
                lengths = np.maximum((ways * ways).sum(axis=1), 1e-300)
                rates = ((row - at_0) * ways).sum(axis=1) / lengths
                found += [candidates[2 * k] for k in _alike(at_0 + rates[:, None] * ways, row)]
            else:
                found += [candidates[k] for k in _alike(rows, row)]
        return found


def _alike(rows: Array, row: Array) -> Any:
    """Return the places of the rows that are like one row."""
    size = np.maximum(1, np.abs(rows).max(axis=1))
    return np.flatnonzero(np.abs(rows - row).max(axis=1) <= NEAR * size)


def _shapes(answer: Answer) -> tuple[Any, ...]:
    return tuple((name, value.shape) for name, value in answer.items())
