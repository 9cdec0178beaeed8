"""The catalogue's own numbers on networks drawn here, to judge a name without asking `diagnose`."""

import itertools
from dataclasses import replace

import numpy as np

from backprop.classroom.diagnosis.words import SWAPPED
from backprop.classroom.mistakes import CATALOGUE
from backprop.classroom.mistakes.program import PARTS, reads, run, setting

SIZES = ((9, 6, 5, 4), (5, 5, 5, 5), (8, 4, 4, 4))  # N, D, H, C; none is one of the probes'


def drawn(seed, sizes):
    """Draw X, y, W1, b1, W2, b2; one class is absent, as in a small batch."""
    rng = np.random.default_rng(seed)
    N, D, H, C = sizes
    X, *parameters = (rng.standard_normal(s) for s in ((N, D), (D, H), (H,), (H, C), (C,)))
    return X, rng.permutation(np.resize(np.arange(C - 1), N)), *parameters


NETWORKS = [drawn(1000 + k, sizes) for k, sizes in enumerate(SIZES)]


def answer_of(backward, arrays):
    """Return the four gradients of a call, or None if its shapes do not fit."""
    try:
        answer = backward(*(array.copy() for array in arrays))
    except ValueError:
        return None
    parts = answer.values() if isinstance(answer, dict) else answer
    return [
        np.full_like(parameter, part) if np.ndim(part) == 0 else np.asarray(part)
        for part, parameter in zip(parts, arrays[2:], strict=True)
    ]


def agree(one, other):
    """Say whether two answers are the same numbers, or both could not run."""
    if one is None or other is None:
        return one is other
    return all(
        a.shape == b.shape and np.abs(a - b).max() <= 1e-4 * max(np.abs(a).max(), 1e-3)
        for a, b in zip(one, other, strict=True)
    )


def own_gradient(mistakes, activation, weight_decay=0.0, learning_rate=0.17):
    """Return backward(...) of one mistake by `Mistake.gradient`, of two by their lines in a row."""

    def backward(X, y, W1, b1, W2, b2):
        arrays = (X, y, W1, b1, W2, b2)
        how = {"weight_decay": weight_decay, "learning_rate": learning_rate}
        if len(mistakes) == 1:  # `run` serves the rest: none, as the right gradient, or two
            found = mistakes[0].gradient(*arrays, activation, **how)
            return [found[name] for name in PARTS]
        lines = {}
        for mistake in mistakes:
            for step, line in mistake.lines.items():
                lines.setdefault(step, []).append(line)
        given = dict(zip(("X", "y", "W1", "b1", "W2", "b2"), arrays, strict=True))
        return run(setting(activation, y, len(b2), **how) | given, lines)["answer"]

    return backward


def places(mistake):
    """Return a mistake everywhere, and if it is often made in one layer alone, in either."""
    yield mistake
    for layer in "21" if mistake.each_layer else "":
        one = {step: line for step, line in mistake.lines.items() if step.endswith(layer)}
        yield replace(mistake, lines=one)


def may_be_meant(names):
    """Return all ways to make these mistakes: where, and which comes on top of which."""
    known = [list(places(CATALOGUE[name])) for name in names]
    ways = itertools.chain(*(itertools.product(*order) for order in itertools.permutations(known)))
    return filter(may_stand_together, ways)


def may_stand_together(mistakes):
    """Say whether no line is to be replaced by two others at once."""
    instead = [
        step
        for mistake in mistakes
        for step, line in mistake.lines.items()
        if step not in reads(line)
    ]
    return len(instead) == len(set(instead))


def rate_of(mistakes, activation, weight_decay, wanted):
    """Return the learning rate with which these mistakes come nearest to the first answer."""
    if not any(mistake.fitted for mistake in mistakes):
        return 0.17
    for arrays, answer in zip(NETWORKS, wanted, strict=True):
        ends = [
            answer_of(own_gradient(mistakes, activation, weight_decay, rate), arrays)
            for rate in (0.0, 1.0)
        ]
        if (
            answer is None
            or None in ends
            or [a.shape for a in answer] != [a.shape for a in ends[0]]
        ):
            continue
        start, end, got = (np.concatenate([a.ravel() for a in one]) for one in (*ends, answer))
        return float((got - start) @ (end - start) / ((end - start) @ (end - start)))
    return 0.17


def explains(names, backward, activation, weight_decay=0.0):
    """Say whether the mistakes of these names give what `backward` gives on all networks here."""
    wanted = [answer_of(backward, arrays) for arrays in NETWORKS]
    if SWAPPED in names:
        return are_right_ones(wanted, activation)
    for mistakes in may_be_meant(names):
        rate = rate_of(mistakes, activation, weight_decay, wanted)
        own = own_gradient(mistakes, activation, weight_decay, rate)
        if any(wanted_one is not None for wanted_one in wanted) and all(
            agree(answer_of(own, arrays), answer)
            for arrays, answer in zip(NETWORKS, wanted, strict=True)
        ):
            return True
    return False


def are_right_ones(wanted, activation):
    """Say whether each part of these answers is some part of the right one, always the same."""
    right = [answer_of(own_gradient((), activation), arrays) for arrays in NETWORKS]
    pairs = list(zip(wanted, right, strict=True))
    return all(
        any(all(agree([a[part]], [b[place]]) for a, b in pairs) for place in range(len(PARTS)))
        for part in range(len(PARTS))
    )
