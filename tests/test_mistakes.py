"""The catalogue: its right program against the package, and each entry's words and lines."""

import re
from pathlib import Path

import numpy as np
import pytest

from backprop import (
    LeakyReLU,
    Linear,
    Network,
    ReLU,
    Sigmoid,
    SoftmaxCrossEntropy,
    Tanh,
    numerical_gradient,
    relative_error,
)
from backprop.classroom.mistakes import CATALOGUE, Mistake
from backprop.classroom.mistakes.program import PARTS, RIGHT, run, setting, slope_of, text

ACTIVATIONS = [ReLU(), LeakyReLU(0.1), Sigmoid(), Tanh()]
every_activation = pytest.mark.parametrize("activation", ACTIVATIONS, ids=repr)
every_mistake = pytest.mark.parametrize("mistake", CATALOGUE.values(), ids=CATALOGUE)
RIGHT_ONE = Mistake("right", "", "", "", "", ())


def network(seed, N=6, D=5, H=4, C=3):
    rng = np.random.default_rng(seed)
    shapes = ((D, H), (H,), (H, C), (C,))
    X, *parameters = (rng.standard_normal(shape) for shape in ((N, D), *shapes))
    return (X, rng.integers(0, C, N), *parameters)


@every_activation
@pytest.mark.parametrize("seed", range(3))
def test_the_right_program_is_the_network_of_the_package(activation, seed):
    X, y, W1, b1, W2, b2 = arrays = network(seed)
    model = Network([Linear.from_arrays(W1, b1), activation, Linear.from_arrays(W2, b2)])
    loss = SoftmaxCrossEntropy()
    loss.forward(model.forward(X), y)
    model.backward(loss.backward())
    gradient = RIGHT_ONE.gradient(*arrays, activation)
    for name, part in model.gradients.items():
        assert relative_error(gradient[name], part) < 1e-12


@every_activation
def test_the_right_program_is_what_the_loss_says(activation):
    X, y, *parameters = arrays = network(4)
    decay = 0.07

    def loss(_):
        W1, b1, W2, b2 = parameters
        penalty = decay / 2 * ((W1**2).sum() + (W2**2).sum())
        return SoftmaxCrossEntropy().forward(activation.forward(X @ W1 + b1) @ W2 + b2, y) + penalty

    gradient = RIGHT_ONE.gradient(*arrays, activation, weight_decay=decay)
    for name, parameter in zip(PARTS, parameters, strict=True):
        assert relative_error(gradient[name], numerical_gradient(loss, parameter)) < 1e-6


def test_the_slope_at_the_kink_can_be_chosen():
    Z = np.array([[-1.0, 0.0, 2.0]])
    assert slope_of(ReLU(), Z).tolist() == [[0, 0, 1]]
    assert slope_of(ReLU(), Z, 0.5).tolist() == [[0, 0.5, 1]]
    assert slope_of(Tanh(), np.zeros((1, 1)), 0.5).tolist() == [[1]]


@every_mistake
def test_each_mistake_says_what_a_learner_wants_to_know(mistake):
    assert re.fullmatch(r"[a-zA-Z0-9]+(-[a-zA-Z0-9]+)*", mistake.name)
    for words in (mistake.instead, mistake.tempts, mistake.symptoms):
        assert words
        assert not words.endswith(".")
    assert len(mistake.hints) >= 3
    for hint in mistake.hints:
        assert hint.endswith((".", "?", ".)"))


LABELS = set(
    re.findall(
        r"\(eq-[\w-]+\)",
        "".join(
            path.read_text(encoding="utf-8")
            for path in Path(__file__).parent.parent.glob("chapters/*.ipynb")
        ),
    )
)


@every_mistake
def test_each_mistake_names_an_equation_of_the_book(mistake):
    assert f"({mistake.equation})" in LABELS


@every_mistake
def test_its_wrong_lines_stand_beside_the_right_ones(mistake):
    wrong, right = mistake.line.splitlines(), mistake.right.splitlines()
    assert len(wrong) == len(right) == len(mistake.lines)
    assert all(one != other for one, other in zip(wrong, right, strict=True))


def test_a_line_is_read_as_it_stands_in_the_file():
    mistake = CATALOGUE["mask-missing"]
    assert (mistake.line, mistake.right) == ("dZ1 = dA1", "dZ1 = dA1 * slope")
    assert text(RIGHT["dW2"]) == "A1.T @ dZ2"


def test_what_is_no_lambda_has_no_text():
    with pytest.raises(ValueError, match="is no lambda that can be read"):
        text(network)


@every_activation
def test_each_mistake_is_wrong_or_does_not_run(activation):
    arrays = network(1)
    right = RIGHT_ONE.gradient(*arrays, activation, weight_decay=0.07)
    for mistake in CATALOGUE.values():
        if not mistake.lines or not mistake.applies(activation, 0.07):
            continue
        try:
            wrong = mistake.gradient(*arrays, activation, weight_decay=0.07)
        except ValueError:
            continue
        assert any(
            wrong[name].shape != right[name].shape
            or relative_error(wrong[name], right[name]) > 1e-3
            for name in PARTS
        ), mistake.name


def test_a_mistake_applies_where_it_is_one():
    assert CATALOGUE["slope-of-relu"].applies(LeakyReLU(0.1))
    assert not CATALOGUE["slope-of-relu"].applies(ReLU())
    assert CATALOGUE["decay-missing"].applies(ReLU(), 0.1)
    assert not CATALOGUE["decay-missing"].applies(ReLU())


def test_a_part_of_the_program_runs_on_what_it_needs():
    values = run({"dA1": np.ones((2, 2)), "Z1": np.array([[1.0, -1.0], [2.0, 3.0]])} | at(ReLU()))
    assert values["dZ1"].tolist() == [[1, 0], [1, 1]]
    assert "dW1" not in values


def at(activation):
    return setting(activation, np.array([0, 1]), 2)
