"""Which mistake is in this gradient? Hand in the function, and read what it computes instead.

It is called on a few small networks, and its numbers are compared with those of the right
gradient and of every mistake in the catalogue, alone and in pairs. A name is only given if the
numbers agree everywhere. Nothing is read but what the function returns.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

import numpy as np

from backprop.arrays import require_between
from backprop.classroom.diagnosis.calling import (
    Outcome,
    OutOfTimeError,
    call,
    in_time,
    rescued,
)
from backprop.classroom.diagnosis.habits import Habits, habits_of
from backprop.classroom.diagnosis.layout import LAYOUTS, hand_over, is_row, take_back
from backprop.classroom.diagnosis.matching import Bench, Match
from backprop.classroom.diagnosis.probes import Piece
from backprop.classroom.diagnosis.report import (
    after_all,
    all_zeros,
    at_zero,
    by_chance,
    explained,
    failed,
    in_wrong_places,
)
from backprop.classroom.diagnosis.unknown import unknown
from backprop.classroom.diagnosis.words import Diagnosis, Speaker
from backprop.classroom.mistakes.program import STEPS
from backprop.layers import Layer, LeakyReLU, ReLU, Sigmoid, Tanh

Function = Callable[..., Any]

WHOLE = Piece(
    "backward",
    arguments=("X", "y", "W1", "b1", "W2", "b2"),
    results=("dW1", "db1", "dW2", "db2"),
    steps=STEPS,
    letters={},
)
RELU = Piece(
    "relu_backward",
    arguments=("dA1", "Z1"),
    results=("dZ1",),
    steps=("slope", "dZ1"),
    letters={"dA1": "dA", "Z1": "Z", "A1": "A", "dZ1": "dZ"},
    equations=dict.fromkeys(("eq-dZ1", "eq-gate"), "eq-relu-dZ"),
)
LINEAR = Piece(
    "linear_backward",
    arguments=("dZ2", "A1", "W2"),
    results=("dA1", "dW2", "db2"),
    steps=("dW2", "db2", "dA1"),
    letters={"dZ2": "dZ", "A1": "X", "W2": "W", "b2": "b", "dA1": "dX", "dW2": "dW", "db2": "db"},
    equations={"eq-dW2": "eq-dW", "eq-dA1": "eq-dX", "eq-dZ2": "eq-dW"},
)
SOFTMAX = Piece(
    "softmax_cross_entropy_backward",
    arguments=("Z2", "y"),
    results=("dZ2",),
    steps=("P", "error", "dZ2"),
    letters={"Z2": "Z", "dZ2": "dZ"},
    equations=dict.fromkeys(("eq-dZ2", "eq-dW-entry"), "eq-collapse-softmax")
    | {"eq-P": "eq-softmax-one"},
)


def diagnose(
    backward: Function,
    activation: Layer | None = None,
    *,
    weight_decay: float = 0.0,
    layout: str = "rows",
    seed: int = 0,
    time_limit: float = 5.0,
) -> Diagnosis:
    """Say which mistake is in `backward(X, y, W1, b1, W2, b2) -> (dW1, db1, dW2, db2)`.

    The network is the book's: linear, activation (ReLU if none is given), linear, softmax,
    cross-entropy averaged over the batch, plus weight_decay / 2 times the sum of the squared
    weights. A dict with these four keys serves as well. In rows, X is (N, D), y (N,), W1 (D, H),
    b1 (H,), W2 (H, C), b2 (C,); in columns X is (D, N), W1 (H, D), b1 (H, 1), W2 (C, H),
    b2 (C, 1), and db1 may be (H, 1) or (H,). `seed` draws the probes; the code has `time_limit`
    seconds. Raises TypeError or ValueError if an argument is not as described.
    """
    return _diagnosed(WHOLE, backward, activation, weight_decay, layout, seed, time_limit)


def diagnose_relu(
    relu_backward: Function,
    activation: Layer | None = None,
    *,
    layout: str = "rows",
    seed: int = 0,
    time_limit: float = 5.0,
) -> Diagnosis:
    """Say which mistake is in `relu_backward(dA, Z) -> dZ`, all of shape (N, H)."""
    return _diagnosed(RELU, relu_backward, activation, 0.0, layout, seed, time_limit)


def diagnose_linear(
    linear_backward: Function, *, layout: str = "rows", seed: int = 0, time_limit: float = 5.0
) -> Diagnosis:
    """Say which mistake is in `linear_backward(dZ, X, W) -> (dX, dW, db)`.

    dZ is (N, outputs), X (N, inputs), W (inputs, outputs).
    """
    return _diagnosed(LINEAR, linear_backward, None, 0.0, layout, seed, time_limit)


def diagnose_softmax_cross_entropy(
    backward: Function, *, layout: str = "rows", seed: int = 0, time_limit: float = 5.0
) -> Diagnosis:
    """Say which mistake is in `softmax_cross_entropy_backward(Z, y) -> dZ`; Z is (N, C), y (N,)."""
    return _diagnosed(SOFTMAX, backward, None, 0.0, layout, seed, time_limit)


def _diagnosed(
    piece: Piece,
    function: Function,
    activation: Layer | None,
    weight_decay: float,
    layout: str,
    seed: int,
    time_limit: float,
) -> Diagnosis:
    activation = ReLU() if activation is None else activation
    _require(function, activation, layout, seed)
    weight_decay = require_between("weight_decay", weight_decay, 0)
    if require_between("time_limit", time_limit, 0) == 0:
        raise ValueError("time_limit is 0; a number of seconds above 0 is wanted")
    bench = _bench(piece, activation, weight_decay, seed)
    speaker = Speaker(piece, activation, layout, decays=weight_decay != 0)
    try:
        outcomes = in_time(lambda: _called(bench, function, layout), time_limit)
    except OutOfTimeError as error:
        return failed(bench, speaker, f"it had not returned after {time_limit:g} seconds{error}")
    return _judged(bench, speaker, outcomes)


def _require(function: Function, activation: Layer, layout: str, seed: int) -> None:
    """Raise TypeError or ValueError unless these are what `diagnose` wants."""
    if not callable(function):
        raise TypeError(f"{function!r} can't be called; hand in the function itself, without ()")
    if not isinstance(activation, Layer):
        raise TypeError(f"activation is {activation!r}; a layer such as ReLU() is wanted")
    if layout not in LAYOUTS:
        raise ValueError(f"layout is {layout!r}; 'rows' or 'columns' is wanted")
    if not isinstance(seed, int | np.integer) or isinstance(seed, bool) or seed < 0:
        raise ValueError(f"seed is {seed!r}; a whole number of at least 0 is wanted")


def _bench(piece: Piece, activation: Layer, weight_decay: float, seed: int) -> Bench:
    """Return the probes, from the cache if this activation is one of the package's."""
    if type(activation) in (ReLU, LeakyReLU, Sigmoid, Tanh):
        slope = getattr(activation, "slope", None)
        return _drawn_once(piece, type(activation), slope, weight_decay, int(seed))
    return Bench(piece, activation, weight_decay, int(seed))


@lru_cache(maxsize=32)
def _drawn_once(
    piece: Piece, kind: type[Layer], slope: float | None, weight_decay: float, seed: int
) -> Bench:
    return Bench(piece, kind() if slope is None else kind(slope), weight_decay, seed)


def _called(bench: Bench, function: Function, layout: str) -> list[list[Outcome]]:
    """Call the function three times on each probe, and return what became of each call."""
    outcomes = []
    letters, names = bench.piece.letters, tuple(bench.right[0])
    own = tuple(letters.get(name, name) for name in names)  # the keys of a dict, in a piece
    for probe in bench.probes:
        given = {name: hand_over(name, probe.given[name], layout) for name in bench.piece.arguments}
        outcomes.append([call(function, given, own) for _ in range(3)])
    for outcome in (outcome for calls in outcomes for outcome in calls):
        for one in filter(None, (outcome, outcome.rest)):
            _take_back(one, dict(zip(names, own, strict=True)), layout)
    return outcomes


def _take_back(outcome: Outcome, keys: Mapping[str, str], layout: str) -> None:
    """Turn what came back into rows, by the program's names; `keys` are the piece's own."""
    outcome.notes += tuple(
        f"{key} has shape (1, {size}); the sheets want ({size},)."
        for name, key, size in ((n, k, "C" if k == "db2" else "H") for n, k in keys.items())
        if key in outcome.parts and layout == "rows" and is_row(name, outcome.parts[key])
    )
    outcome.parts = {
        name: take_back(name, outcome.parts[key], layout)
        for name, key in keys.items()
        if key in outcome.parts
    }
    outcome.missing = {
        name: outcome.missing[key] for name, key in keys.items() if key in outcome.missing
    }


def _judged(bench: Bench, speaker: Speaker, outcomes: list[list[Outcome]]) -> Diagnosis:
    """Turn what came back into a diagnosis."""
    habits, once = habits_of(outcomes)
    faults = [outcome.fault for outcome in once if outcome.fault]
    if (faults and habits.random) or any(o.fault and not o.raised for o in once):
        return failed(bench, speaker, faults[0])
    if habits.random:
        return by_chance(bench, speaker, habits, once)
    zeros = bench.all_zeros(once)
    if matches := bench.explain(once, most=1 if zeros else 2):
        return _explained(bench, speaker, once, habits, matches)
    if zeros:
        return all_zeros(bench, speaker, once, habits)
    if not faults:
        return _compared(bench, speaker, once, habits)
    elsewhere = len(faults) < len(once)
    if rest := rescued(once):
        return after_all(_compared(bench, speaker, rest, habits), speaker, faults[0], elsewhere)
    return failed(bench, speaker, faults[0], elsewhere=elsewhere)


def _compared(bench: Bench, speaker: Speaker, once: list[Outcome], habits: Habits) -> Diagnosis:
    """Find what explains numbers that came back from every probe, or some of them."""
    if matches := bench.explain(once):
        return _explained(bench, speaker, once, habits, matches)
    if places := bench.swapped(once):
        return in_wrong_places(bench, speaker, once, habits, places)
    rest = bench.without_misfits(once)
    if matches := bench.explain(rest) if rest else []:
        return _explained(bench, speaker, rest, habits, matches)
    return unknown(bench, speaker, once, habits)


def _explained(
    bench: Bench, speaker: Speaker, once: list[Outcome], habits: Habits, matches: list[Match]
) -> Diagnosis:
    """Turn explanations into a diagnosis; a slope that nobody may take at 0 is one by itself."""
    first = matches[0]
    if first.candidate is None and first.at_zero is not None and not bench.allows(first.at_zero):
        return at_zero(bench, speaker, once, habits, first.at_zero)
    return explained(bench, speaker, once, habits, matches)
