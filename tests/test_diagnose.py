"""diagnose: names what is known, never a wrong name, never a right gradient; and odd input."""

import csv
import itertools
import random
import threading
import time
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from alike import (
    CANCELS,
    FILE,
    PAIRS,
    UNKNOWN,
    ZEROS,
    every_pair,
    explanations,
    reason,
    runs,
)
from correct_gradients import CORRECT, NAMES, textbook, with_slope
from own_numbers import explains, own_gradient

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
    return len(candidate.lines) == len(candidate.mistakes[0].lines)


# --- every mistake is named

# Not to be told apart: the rows of P - Y sum to 0, and so does everything in dZ2.
NOUGHT = {"bias-over-everything", "bias-forgotten"}


@every_activation
@pytest.mark.parametrize(("decay", "seed"), [(0.0, 0), (DECAY, 1)])
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
            if mistake.lines and mistake.applies(activation, decay) and not mistake.alone
        }


def nothing_is_misnamed(found, backward, activation):
    """Say whether all that was named gives, on other networks, the numbers that came in."""
    return all(
        explains(names, backward, activation)
        for names in (found.mistakes, *found.alternatives)
        if names
    )


@every_activation
def test_a_mistake_that_is_not_in_the_catalogue_is_never_misnamed(activation, monkeypatch):
    near = Bench._near
    left_out = set()
    monkeypatch.setattr(
        Bench,
        "_near",
        lambda self, *rest: [
            one for one in near(self, *rest) if one is None or not left_out & set(one.names)
        ],
    )
    named = set()
    for candidate in filter(is_whole, candidates(activation)):
        left_out.clear()
        left_out.update(candidate.names)
        backward = coded(candidate.lines, activation)
        found = diagnose(backward, activation)
        assert not found.correct
        assert not left_out & {*found.mistakes, *itertools.chain(*found.alternatives)}
        assert nothing_is_misnamed(found, backward, activation), (candidate.names, found.mistakes)
        named |= set(candidate.names if found.mistakes else ())
    assert named == BY_OTHER_NAMES | BY_OTHER_NAMES_TOO[type(activation)]


# These have another name if they are taken out, because two others, or a constant, give the same
# numbers.
BY_OTHER_NAMES = {
    "bias-averaged",  # mean-twice, and mean-on-biases-only on top
    "doubled",  # a constant, 2
    "layers-swapped",  # results swapped, in any order
    "mask-missing",  # weights and bias before the slope
    "mean-missing",  # on the weights, and on the biases
    "mean-not-carried-on",
    "mean-on-biases-only",
    "mean-on-weights-only",
    "mean-over-everything",
    "mean-twice",
    "mean-twice-on-weights",
    "sign-flipped",  # a constant, -1
    "weights-first",  # results swapped, in any order
}
BY_OTHER_NAMES_TOO = {
    ReLU: set(),
    LeakyReLU: set(),
    Sigmoid: {"sigmoid-for-softmax"},  # softmax left out, and the activation on the logits
    Tanh: set(),
}


# --- pairs

with FILE.open(encoding="utf-8", newline="") as file:
    ALIKE = {row["pair"]: row for row in csv.DictReader(file)}


def test_each_pair_in_the_table_has_just_these_explanations():
    for name, row in ALIKE.items():
        pair = PAIRS[name]
        found = diagnose(own_gradient(pair, ReLU()))
        said = row["what gives the same numbers"]
        assert explanations(found) == said, name
        assert reason(pair, said) == row["why"]


def test_what_the_table_says_is_so_on_other_networks():
    for name, row in random.Random(1).sample(sorted(ALIKE.items()), 80):
        backward, said = own_gradient(PAIRS[name], ReLU()), row["what gives the same numbers"]
        if said == CANCELS:
            assert explains((), backward, ReLU())
        elif said not in (UNKNOWN, ZEROS):
            assert all(explains(way.split(" + "), backward, ReLU()) for way in said.split(" | "))


def test_a_pair_that_is_not_in_the_table_is_named():
    for name in random.Random(0).sample(sorted(PAIRS.keys() - ALIKE.keys()), 150):
        pair = PAIRS[name]
        if not runs(pair):
            continue
        found = diagnose(own_gradient(pair, ReLU()))
        assert (set(found.mistakes), found.alternatives) == ({m.name for m in pair}, ()), name


@pytest.mark.parametrize("activation", ACTIVATIONS[1:], ids=repr)
def test_pairs_are_named_or_are_the_same_numbers_as_what_is_named(activation):
    renamed = 0
    pairs = every_pair(activation)
    for name in random.Random(0).sample(sorted(pairs), 60):
        backward = own_gradient(pairs[name], activation)
        found = diagnose(backward, activation)
        assert found.correct == explains((), backward, activation)
        assert nothing_is_misnamed(found, backward, activation), (name, found.mistakes)
        renamed += set(found.mistakes) != {mistake.name for mistake in pairs[name]}
    assert renamed <= 6


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
        if found.correct:  # some only show where a value is large
            assert explains((), backward, activation)
        assert nothing_is_misnamed(found, backward, activation), found.mistakes
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


@pytest.mark.parametrize(
    ("activation", "function", "slope"),
    [
        (LeakyReLU(0.1), lambda Z: np.where(Z > 0, Z, 0.1 * Z), lambda Z: (Z > 0) + 0.1 * (Z <= 0)),
        (LeakyReLU(0.1), lambda Z: np.maximum(Z, 0.1 * Z), lambda Z: np.where(Z >= 0, 1, 0.1)),
        (LeakyReLU(), lambda Z: np.maximum(Z, 0.01 * Z), lambda Z: np.where(Z > 0, 1, 0.01)),
        (Sigmoid(), lambda Z: 1 / (1 + np.exp(-Z)), lambda Z: np.exp(-Z) / (1 + np.exp(-Z)) ** 2),
        (Tanh(), np.tanh, lambda Z: 1 / np.cosh(Z) ** 2),
    ],
    ids=["leaky by where", "leaky by maximum", "leaky by default", "sigmoid", "tanh"],
)
def test_a_right_gradient_of_another_activation_is_never_accused(activation, function, slope):
    for backward in with_slope(function, slope):
        for seed in range(2):
            found = diagnose(backward, activation, seed=seed)
            assert found.correct, str(found)


def test_a_convention_is_called_one():
    by_name = {f.__name__: f for f in CORRECT}
    assert "A convention" in str(diagnose(by_name["greater_or_equal"]))
    assert "slope 1, as `>=` does" in str(diagnose(by_name["greater_or_equal"]))
    assert "slope 0.5" in str(diagnose(by_name["half_at_zero"]))
    assert "A convention" not in str(diagnose(textbook))


def test_weight_decay_belongs_to_the_gradient():
    def decayed(X, y, W1, b1, W2, b2):
        dW1, db1, dW2, db2 = textbook(X, y, W1, b1, W2, b2)
        return dW1 + DECAY * W1, db1, dW2 + DECAY * W2, db2

    assert diagnose(decayed, weight_decay=DECAY).correct
    assert diagnose(textbook, weight_decay=DECAY).mistakes == ("decay-missing",)
    assert not diagnose(decayed).correct


# --- layouts and pieces


def turned(backward, flat=False):
    def in_columns(X, y, W1, b1, W2, b2):
        dW1, db1, dW2, db2 = backward(X.T, y, W1.T, b1[:, 0], W2.T, b2[:, 0])
        return dW1.T, db1 if flat else db1[:, None], dW2.T, db2 if flat else db2[:, None]

    return in_columns


def test_columns_serve_as_well_if_it_is_told():
    assert diagnose(turned(textbook), layout="columns").correct
    assert diagnose(turned(textbook, flat=True), layout="columns").correct
    lines = CATALOGUE["mask-missing"].lines
    found = diagnose(turned(coded({"dZ1": (lines["dZ1"],)})), layout="columns")
    assert found.mistakes == ("mask-missing",)


def test_in_columns_the_mend_is_written_in_columns():
    lines = CATALOGUE["transpose-missing-in-dA1"].lines
    square = coded({step: (line,) for step, line in lines.items()})
    found = diagnose(turned(square), layout="columns")
    assert found.mistakes == ("transpose-missing-in-dA1",)
    assert "dA1 = W2.T @ dZ2" in found.text(4)


def test_a_column_for_a_bias_is_wrong_in_rows():
    def column(*arguments):
        dW1, db1, dW2, db2 = textbook(*arguments)
        return dW1, db1[:, None], dW2, db2

    found = diagnose(column)
    assert not found.correct
    assert "db1 has shape (5, 1); (5,) is wanted" in str(found)
    assert found.parts == {"dW1": True, "db1": False, "dW2": True, "db2": True}


def test_relu_alone():
    assert diagnose_relu(lambda dA, Z: dA * (Z > 0)).correct
    assert diagnose_relu(lambda dA, Z: dA * (Z >= 0)).correct
    assert diagnose_relu(lambda dA, Z: np.maximum(0, dA)).mistakes == ("activation-on-gradient",)
    assert diagnose_relu(lambda dA, Z: Z > 0).mistakes == ("upstream-dropped",)
    assert diagnose_relu(lambda dA, Z: np.maximum(0, Z)).mistakes == ("forward-for-backward",)
    assert diagnose_relu(lambda dA, Z: 0 * dA).mistakes == ("all-gates-shut",)
    assert diagnose_relu(lambda dA, Z: dA * np.maximum(0, Z)).mistakes == ("value-for-slope",)
    assert diagnose_relu(lambda dA, Z: dA * (1 - np.tanh(Z) ** 2), Tanh()).correct


def test_the_linear_layer_alone():
    assert diagnose_linear(lambda dZ, X, W: (dZ @ W.T, X.T @ dZ, dZ.sum(0))).correct
    wrong = diagnose_linear(lambda dZ, X, W: (dZ @ W.T, X.T @ dZ, dZ.sum(1)))
    assert wrong.mistakes == ("bias-wrong-axis",)
    assert wrong.parts == {"dX": True, "dW": True, "db": False}
    assert "dW2" not in str(wrong)


def test_softmax_alone():
    def right(Z, y):
        P = np.exp(Z) / np.exp(Z).sum(axis=1, keepdims=True)
        return (P - np.eye(Z.shape[1])[y]) / len(y)

    assert diagnose_softmax_cross_entropy(right).correct
    missing = diagnose_softmax_cross_entropy(lambda Z, y: right(Z, y) * len(y))
    assert missing.mistakes == ("mean-missing",)
    assert "The gradient of the sum of the losses" in missing.text(3)

    def whole_rows(Z, y):
        P = np.exp(Z) / np.exp(Z).sum(axis=1, keepdims=True)
        P[y] -= 1  # raises where a label is no example's number
        return P / len(y)

    for seed in range(5):
        found = diagnose_softmax_cross_entropy(whole_rows, seed=seed)
        assert (found.mistakes, found.correct) == (("label-row-for-entry",), False)


# --- habits


def test_gradients_that_pile_up_are_found():
    store = {}

    def piling(X, *rest):
        parts = dict(zip(NAMES, textbook(X, *rest), strict=True))
        kept = store.setdefault(X.shape, {name: np.zeros_like(v) for name, v in parts.items()})
        for name, value in parts.items():
            kept[name] += value
        return {name: value.copy() for name, value in kept.items()}

    assert diagnose(piling).mistakes == ("gradients-pile-up",)


def test_changed_inputs_are_a_mistake_though_the_numbers_are_right():
    def updating(X, y, W1, b1, W2, b2):
        parts = textbook(X, y, W1, b1, W2, b2)
        W2 -= 0.1 * parts[2]
        return parts

    found = diagnose(updating)
    assert found.mistakes == ("inputs-changed",)
    assert all(found.parts.values())
    assert "changes what it was given: W2" in str(found)


def test_what_is_changed_has_the_name_it_has_in_the_piece():
    def backward(dZ, X, W):
        answer = dZ @ W.T, X.T @ dZ, dZ.sum(axis=0)
        X *= 2
        return answer

    assert "changes what it was given: X." in str(diagnose_linear(backward))


def test_chance_is_reported():
    rng = np.random.default_rng(0)
    found = diagnose(lambda *a: [rng.standard_normal(part.shape) for part in textbook(*a)])
    assert (found.correct, found.mistakes) == (False, ())
    assert "Called again with the same arrays" in str(found)


def test_beside_chance_only_what_is_right_is_called_right():
    rng = np.random.default_rng(0)

    def backward(*arguments):
        dW1, db1, dW2, db2 = textbook(*arguments)
        return rng.standard_normal(dW1.shape), db1, np.ones_like(dW2), db2

    right = {"dW1": False, "db1": True, "dW2": False, "db2": True}
    assert diagnose(backward).parts == right


# --- odd answers


def test_a_piece_may_answer_with_a_dict_too():
    found = diagnose_linear(lambda dZ, X, W: {"dW": X.T @ dZ, "db": dZ.sum(0), "dX": dZ @ W.T})
    assert found.correct


def test_wrong_shapes_still_leave_a_verdict_for_each_part():
    found = diagnose_linear(lambda dZ, X, W: (np.zeros((3, 7)), W, np.zeros(5)))
    assert found.parts == {"dX": False, "dW": False, "db": False}
    assert "has shape (3, 7)" in str(found)


@pytest.mark.parametrize(
    ("backward", "said"),
    [
        (lambda *a: None, "it returns None"),
        (lambda *a: textbook(*a)[:3], "it returns 3 things; 4 are wanted"),
        (lambda *a: textbook(*a)[0], "it returns one array of shape"),
        (
            lambda *a: dict(zip("abcd", textbook(*a), strict=True)),
            "dW1 is missing: it returns a dict with the keys a, b, c, d",
        ),
        (lambda *a: (None, *textbook(*a)[1:]), "dW1 is not written yet"),
        (lambda *a: ("no", *textbook(*a)[1:]), "dW1 holds <U2 values"),
        (lambda *a: ([[1], [1, 2]], *textbook(*a)[1:]), "dW1 cannot be made an array"),
        (lambda *a: 5, "it returns int"),
        (lambda: None, "it cannot be called with these arguments: TypeError"),
        (lambda *a: 1 / 0, "ZeroDivisionError: division by zero, in line"),
        (lambda *a: [np.nan * part for part in textbook(*a)], "hold NaN or infinity"),
        (lambda *a: [part[:1] for part in textbook(*a)], "is wanted"),
        (lambda *a: [part * 1j for part in textbook(*a)], "dW1 holds complex128 values"),
        (lambda *a: (), "it returns 0 things"),
        (lambda *a: {}, "with the keys none"),
        (lambda *a: [np.zeros(0)] * 4, "dW1 has shape (0,)"),
        (lambda *a: exit(), "SystemExit"),
    ],
)
def test_an_odd_answer_is_described(backward, said):
    found = diagnose(backward)
    assert (found.correct, found.mistakes) == (False, ())
    assert said in str(found)


def test_code_that_never_ends_is_stopped():
    def endless(*_):
        while True:
            pass

    threads = threading.active_count()
    found = diagnose(endless, time_limit=0.2)
    assert "it had not returned after 0.2 seconds, in line" in str(found)
    for _ in range(50):
        if threading.active_count() <= threads:
            break
        time.sleep(0.1)
    assert threading.active_count() <= threads


def test_a_mistake_that_is_another_one_is_refused(monkeypatch):
    twin = replace(CATALOGUE["mask-missing"], name="twin")
    monkeypatch.setitem(CATALOGUE, "twin", twin)
    with pytest.raises(RuntimeError, match="always the same numbers: mask-missing and twin"):
        diagnose_relu(lambda dA, Z: dA, seed=1234)


def test_bad_arguments_are_refused():
    with pytest.raises(TypeError, match="hand in the function itself"):
        diagnose(textbook(*[np.ones((1, 1)), np.array([0]), *np.ones((4, 1, 1))]))
    with pytest.raises(TypeError, match="a layer such as ReLU"):
        diagnose(textbook, "relu")
    with pytest.raises(ValueError, match="'rows' or 'columns'"):
        diagnose(textbook, layout="diagonal")
    with pytest.raises(ValueError, match="weight_decay is -1"):
        diagnose(textbook, weight_decay=-1)
    with pytest.raises(ValueError, match="time_limit is 0"):
        diagnose(textbook, time_limit=0)
    with pytest.raises(ValueError, match="seed is -1"):
        diagnose(textbook, seed=-1)


# --- the report


def test_an_unknown_mistake_gets_its_place_and_its_numbers():
    found = diagnose(corrupted("dA1", "columns weighted", 1.7, ReLU()))
    assert found.mistakes == ()
    assert found.parts == {"dW1": False, "db1": False, "dW2": True, "db2": True}
    assert "The output layer is right" in str(found)
    assert "one wrong dZ1 explains both dW1 and db1" in str(found)
    assert "should be" in str(found)


def test_a_notebook_is_told_the_same_and_the_mend_is_folded():
    lines = CATALOGUE["mean-missing"].lines
    shown = diagnose(coded({"dZ2": (lines["dZ2"],)}))._repr_mimebundle_()
    assert shown["text/plain"].startswith("What is wrong.")
    assert "<details><summary>The mend</summary>" in shown["text/html"]
    assert "<code>dZ2 = (P - Y) / N</code>" in shown["text/html"]


def test_of_two_mistakes_each_is_told_under_its_own_name():
    lines = CATALOGUE["bias-over-everything"].lines | CATALOGUE["mask-missing"].lines
    both = coded({step: (line,) for step, line in lines.items()})
    first, second, third = diagnose(both)._repr_mimebundle_()["text/html"].split("<section>")
    assert first.count("<p><strong>") == 2
    for k, part in enumerate((second, third), start=1):
        assert part.startswith(
            f"\n<p><strong>Mistake {k}</strong></p>\n<p><strong>Where.</strong> It"
        )
        assert part.count("<summary>The mend</summary>") == 1
