"""The questions that a gradient is asked: small networks on which no two mistakes look alike.

One has sizes that are all different, and fewer examples than inputs or hidden units, so that dZ
can be worked out from dW. One has D = H = C, and two N = D = H = C, so that a forgotten transpose
gets past the shapes. One, with N = H, is made of integers, with one pre-activation exactly at the
kink. They are drawn from a seed, and drawn again until everything in the catalogue is well apart.
"""

from typing import Any

import numpy as np

from backprop.arrays import Array
from backprop.classroom.diagnosis.probes import (
    Answer,
    Candidate,
    Piece,
    Probe,
    results,
    scale,
    singles,
)
from backprop.classroom.mistakes.program import Values, run, setting
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
SUMS_TO_NOUGHT = frozenset({"bias-over-everything", "bias-forgotten"})
LEARNING_RATE = 0.3


def draw(
    piece: Piece, activation: Layer, weight_decay: float, seed: int
) -> tuple[list[Probe], list[Candidate]]:
    """Return probes, and the candidates that they tell apart.

    The probes are drawn again until any two candidates, and any candidate and the right answer,
    are further apart than APART on some probe. A candidate that never runs here is left out.
    Raises RuntimeError if two stay too close, as they do if they are the same numbers.
    """
    rng = np.random.default_rng(seed)
    known = singles(piece, activation, weight_decay)
    alike: set[frozenset[str]] = set()
    for attempt in range(1000):
        probes = [_drawn(name, piece, activation, weight_decay, rng) for name in SIZES]
        right = [results(piece, probe.right) for probe in probes]
        answers = [[probe.predict(piece, one) for probe in probes] for one in known]
        kept = [k for k, answer in enumerate(answers) if any(answer)]
        names = [frozenset(), *(frozenset(known[k].names) for k in kept)]
        every = [right, *(answers[k] for k in kept)]
        scales = [scale(one) for one in right]
        pairs = {names[j] | names[k] for j, k in close_ones(every, scales, APART)}
        if pairs <= {SUMS_TO_NOUGHT}:
            return probes, [known[k] for k in kept]
        same = {names[j] | names[k] for j, k in close_ones(every, scales, 1e-12)}
        alike = same - {SUMS_TO_NOUGHT} if attempt == 0 else alike & same
        if attempt == 20 and alike:
            raise RuntimeError(f"always the same numbers: {' and '.join(sorted(alike.pop()))}")
    raise RuntimeError(f"no probes with seed {seed}: {pairs} stay too close to each other")


def close_ones(
    answers: list[list[Answer | None]], scales: list[dict[str, float]], apart: float
) -> list[tuple[int, int]]:
    """Return the places of any two that have the same shapes and are less than `apart` apart."""
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
            found += [(places[j], places[k]) for j in np.flatnonzero(off < apart)]
    return found


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
