"""The step-through: each printed line is true, and each number is what the package finds."""

import re

import numpy as np
import pytest

from backprop import SGD, Linear, Network, ReLU, SoftmaxCrossEntropy
from backprop.classroom import figures
from backprop.classroom.example import worked_example
from backprop.classroom.steps import Parameters, learning_steps, number

RATE = 0.5


@pytest.fixture(params=[0, 1])
def example(request):
    """One example, its label, and the parameters of the network that learns it."""
    X, y, *parameters = worked_example()
    return X[[request.param]], y[[request.param]], Parameters(*parameters)


@pytest.fixture
def learnt(example):
    """The same network after a step, its gradients still there."""
    X, y, (W1, b1, W2, b2) = example
    network = Network([Linear.from_arrays(W1, b1), ReLU(), Linear.from_arrays(W2, b2)])
    loss = SoftmaxCrossEntropy()
    loss.forward(network.forward(X), y)
    network.backward(loss.backward())
    SGD(network, RATE).step()
    return network


def value(text):
    """Compute one side of a printed line."""
    text = re.sub(r"log ([\d.]+)", r"np.log(\1)", text.replace("\N{MINUS SIGN}", "-"))
    return eval(text.replace("·", "*"), {"np": np, "max": max})


def test_every_printed_equation_is_true(example):
    lines = [line for step in learning_steps(*example, RATE) for line in step.lines]
    equations = [line.split(" = ") for line in lines if " = " in line]
    assert len(equations) > 25
    for left, right in equations:
        assert value(left) == pytest.approx(value(right), abs=1.5e-4), f"{left} = {right}"


def test_forward_comes_before_backward_and_backward_before_the_update(example):
    phases = [step.phase for step in learning_steps(*example, RATE)]
    assert phases == sorted(phases, key=["forward", "backward", "update"].index)
    assert set(phases) == {"forward", "backward", "update"}


def test_the_edges_show_weights_their_derivatives_and_the_new_weights(example, learnt):
    arrays = learnt.parameters | learnt.gradients
    steps = learning_steps(*example, RATE)
    for name in ("W1", "W2"):
        layer = int(name[1]) - 1
        backward = {
            edge: one for s in steps if s.what.startswith("dW") for edge, one in s.edges.items()
        }
        (update,) = (step.edges for step in steps if step.what == f"new {name}")
        for row, column in np.ndindex(arrays[name].shape):
            edge = (layer, row, column)
            assert backward[edge] == pytest.approx(arrays[f"d{name}"][row, column], abs=1e-12)
            assert update[edge] == pytest.approx(arrays[name][row, column], abs=1e-12)


def test_a_shut_gate_leaves_exact_zeros(example):
    steps = learning_steps(*example, RATE)
    written = {place: one for step in steps for place, one in step.writes.items()}
    shut = [row for row in range(3) if written[1, row, "z"] <= 0]
    assert shut == ([1] if example[1][0] == 0 else [2])
    for row in shut:
        assert written[1, row, "a"] == written[1, row, "dz"] == 0
        assert written[1, row, "da"] != 0


def test_the_parameters_that_were_given_are_left_alone(example):
    before = [array.copy() for array in example[2]]
    learning_steps(*example, RATE)
    assert all(np.array_equal(*pair) for pair in zip(before, example[2], strict=True))


def test_one_example_learns_and_not_two():
    X, y, *parameters = worked_example()
    with pytest.raises(ValueError, match=r"X has shape \(2, 2\); \(1, D\) is wanted"):
        learning_steps(X, y, Parameters(*parameters), RATE)


@pytest.mark.parametrize("place", [0, 27, 1.5])
def test_a_step_that_there_is_not_is_refused_by_its_number(example, place):
    with pytest.raises(ValueError, match=rf"the step is {place}; one from 1 to 26 is wanted"):
        figures.one_step(*example, RATE, place)


def test_the_picture_writes_what_was_computed_so_far_and_nothing_else(example):
    first, last = (figures.one_step(*example, RATE, place) for place in (1, 26))
    texts = [[text.get_text() for text in one.figure.axes[0].texts] for one in (first, last)]
    assert texts[0].count("z") == 1
    assert texts[1].count("z") == 5
    assert first.words == f"Forward, z of unit 1: {learning_steps(*example, RATE)[0].lines[0]}."


@pytest.mark.parametrize("place", [22, 23])
def test_the_new_weights_stand_clear_of_each_other_and_of_the_boxes(place):
    X, y, *parameters = worked_example()
    axes = figures.one_step(X[:1], y[:1], Parameters(*parameters), RATE, place).figure.axes[0]
    boxes = [patch.get_window_extent() for patch in axes.patches]
    weights = [text.get_window_extent() for text in axes.texts if text.get_bbox_patch()]
    assert len(weights) == 6
    for k, weight in enumerate(weights):
        assert not weight.count_overlaps(boxes + weights[:k] + weights[k + 1 :])


def test_numbers_have_at_most_four_decimals_and_a_zero_no_sign():
    assert [number(one) for one in (1.0, -0.5, 0.30001, -0.00001, 1234.56789)] == [
        "1",
        "\N{MINUS SIGN}0.5",
        "0.3",
        "0",
        "1234.5679",
    ]
