"""diagnose: names what is known, never a wrong name, never a right gradient; and odd input."""

import itertools
import random
import threading
import time
from collections import Counter

import numpy as np
import pytest
from correct_gradients import CORRECT, NAMES, textbook, with_slope

from backprop import LeakyReLU, ReLU, Sigmoid, Tanh
from backprop.classroom.diagnose import (
    WHOLE,
    _bench,
    diagnose,
    diagnose_linear,
    diagnose_relu,
    diagnose_softmax_cross_entropy,
)
from backprop.classroom.diagnosis.matching import Bench
from backprop.classroom.diagnosis.probes import both
from backprop.classroom.mistakes import CATALOGUE
from backprop.classroom.mistakes.program import RIGHT, reads, run, setting

ACTIVATIONS = [ReLU(), LeakyReLU(0.1), Sigmoid(), Tanh()]
every_activation = pytest.mark.parametrize("activation", ACTIVATIONS, ids=repr)
DECAY = 0.07


def coded(lines, activation=None, weight_decay=0.0):
    """A student's backward pass with these lines in the place of the right ones."""

    def backward(X, y, W1, b1, W2, b2):
        given = setting(
            activation or ReLU(), y, len(b2), weight_decay=weight_decay, learning_rate=0.17
        )
        arrays = {"X": X, "W1": W1, "b1": b1, "W2": W2, "b2": b2}
        return run(given | arrays, lines)["answer"]

    return backward


def candidates(activation, weight_decay=0.0):
    return _bench(WHOLE, activation, weight_decay, 0).candidates


def is_whole(candidate):
    return all(len(one.lines) == len(one.mistakes[0].lines) for one in [candidate])


# --- every mistake is named

# Not to be told apart: the rows of P - Y sum to 0, and so does everything in dZ2.
NOUGHT = {"bias-over-everything", "bias-forgotten"}


@every_activation
@pytest.mark.parametrize(("decay", "seed"), [(0.0, 0), (DECAY, 1), (DECAY, 2)])
def test_the_confusion_matrix_is_a_diagonal(activation, decay, seed):
    for candidate in candidates(activation, decay):
        backward = coded(candidate.lines, activation, decay)
        found = diagnose(backward, activation, weight_decay=decay, seed=seed)
        assert not found.correct
        if {*candidate.names} <= NOUGHT and set(candidate.lines) == {"db2"}:
            assert {*found.mistakes, *found.alternatives[0]} == NOUGHT
        else:
            assert (found.mistakes, found.alternatives) == (candidate.names, ())


def test_the_probes_know_every_mistake_that_applies():
    for activation, decay in itertools.product(ACTIVATIONS, (0.0, DECAY)):
        names = {one.mistakes[0].name for one in candidates(activation, decay)}
        assert names == {
            name
            for name, mistake in CATALOGUE.items()
            if mistake.lines and mistake.applies(activation, decay)
        }


def confirmed(found, backward, activation):
    """Say whether what was named holds on networks on which it was not named, too."""
    return diagnose(backward, activation, seed=99).mistakes == found.mistakes


def test_a_mistake_that_is_not_in_the_catalogue_is_never_misnamed(monkeypatch):
    near = Bench._near
    left_out = set()
    monkeypatch.setattr(
        Bench,
        "_near",
        lambda self, *rest: [
            one for one in near(self, *rest) if one is None or not left_out & set(one.names)
        ],
    )
    named = {}
    for candidate in candidates(ReLU()):
        left_out.clear()
        left_out.update(candidate.names)
        backward = coded(candidate.lines)
        found = diagnose(backward)
        assert not found.correct
        if found.mistakes:
            named[candidate.names[0], *candidate.lines] = found.mistakes
            assert confirmed(found, backward, ReLU())
    print(named); assert named == BY_OTHER_NAMES


# What a mistake is called when it is not in the catalogue itself: always the same numbers.
BY_OTHER_NAMES = {}


# --- pairs


SAME_AS = {}


@pytest.mark.parametrize("activation", ACTIVATIONS[:1], ids=repr)
def test_pairs_are_named_or_are_the_same_numbers_as_what_is_named(activation):
    whole = [one for one in candidates(activation) if is_whole(one)]
    pairs = list(filter(None, map(both, itertools.combinations(whole, 2))))
    found = {}
    for pair in random.Random(0).sample(pairs, 200):
        backward = coded(pair.lines, activation)
        answer = diagnose(backward, activation)
        if set(answer.mistakes) != set(pair.names):
            assert confirmed(answer, backward, activation)
            found[pair.names] = answer.mistakes
    assert len(found) <= 0.05 * 200


# --- what is in no catalogue

CHANGES = {
    "factor": lambda v, c: c * v,
    "constant": lambda v, c: v + c,
    "square": lambda v, c: v * v,
    "absolute": lambda v, c: np.abs(v),
    "clipped": lambda v, c: np.clip(v, -abs(c) / 5, abs(c) / 5),
    "rows rolled": lambda v, c: np.roll(v, 1, axis=0),
    "columns rolled": lambda v, c: np.roll(v, 1, axis=-1),
    "reversed": lambda v, c: v[..., ::-1],
    "rows reversed": lambda v, c: v[::-1],
    "sorted": lambda v, c: np.sort(v, axis=0),
    "columns weighted": lambda v, c: v * (1 + c * np.arange(v.shape[-1])),
    "rows weighted": lambda v, c: (v.T * (1 + c * np.arange(len(v)))).T,
    "first column lost": lambda v, c: v * (np.arange(v.shape[-1]) > 0),
    "every other row lost": lambda v, c: (v.T * (np.arange(len(v)) % 2)).T,
    "sine": lambda v, c: np.sin(v),
    "cumulated": lambda v, c: np.cumsum(v, axis=0),
    "mean taken away": lambda v, c: v - c * v.mean(axis=0),
    "normalised": lambda v, c: v / np.sqrt((v * v).sum() + abs(c)),
    "only positive": lambda v, c: np.where(v > 0, v, c * v),
    "one entry": lambda v, c: v + c * (np.arange(v.size).reshape(v.shape) == 0),
    "bent": lambda v, c: v + c * v**3,
}


def corrupted(step, change, factor, activation):
    """A backward pass in which the value of one step is changed in a way nobody listed."""

    def backward(X, y, W1, b1, W2, b2):
        values = setting(activation, y, len(b2)) | {
            "X": X,
            "W1": W1,
            "b1": b1,
            "W2": W2,
            "b2": b2,
        }
        for name, line in RIGHT.items():
            values[name] = line(*(values[other] for other in reads(line)))
            if name == step:
                values[name] = CHANGES[change](values[name], factor)
        return values["answer"]

    return backward


STEPS = [step for step in RIGHT if step not in ("answer", "decay1", "decay2")]


def test_a_thousand_corruptions_in_no_catalogue_are_never_misnamed():
    rng = random.Random(0)
    ended = Counter()
    for _ in range(1000):
        activation = rng.choice(ACTIVATIONS)
        backward = corrupted(
            rng.choice(STEPS), rng.choice(list(CHANGES)), rng.choice([-0.7, 0.4, 1.7]), activation
        )
        found = diagnose(backward, activation)
        if found.mistakes:
            assert confirmed(found, backward, activation), found.mistakes
        ended["right" if found.correct else "named" if found.mistakes else "unknown"] += 1
        assert found.correct or found.mistakes or "not one I know" in str(found)
    assert ended["unknown"] > 800, ended


# --- right gradients are never accused


@pytest.mark.parametrize("backward", CORRECT, ids=lambda f: f.__name__)
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_a_right_gradient_is_never_accused(backward, seed):
    found = diagnose(backward, seed=seed)
    assert found.correct, str(found)
    assert found.mistakes == ()
    assert all(found.parts.values())


def test_there_are_forty_of_them():
    assert len(CORRECT) >= 40
