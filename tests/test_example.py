"""The worked example: the package, exact fractions, PyTorch and JAX must all agree on it."""

from fractions import Fraction
from pathlib import Path

import nbformat
import numpy as np
import pytest

from backprop import SGD, Linear, Network, ReLU, SoftmaxCrossEntropy
from backprop.classroom.example import (
    LEARNING_RATE,
    every_array,
    stored_answers,
    stored_gradients,
    worked_example,
)

CHAPTERS = Path(__file__).parent.parent / "chapters"


def network_of(example):
    hidden, output = Linear.from_arrays(*example[2:4]), Linear.from_arrays(*example[4:6])
    return Network([hidden, ReLU(), output])


def exactly(array):
    return np.vectorize(lambda number: Fraction(str(number)), otypes=[object])(array)


@pytest.mark.parametrize("framework", ["PyTorch", "JAX"])
def test_the_package_finds_what_the_framework_found(framework):
    example, theirs = worked_example(), stored_gradients()[framework]
    network, loss = network_of(example), SoftmaxCrossEntropy()
    ours = {"loss": loss.forward(network.forward(example.X), example.y)}
    ours["dX"] = network.backward(loss.backward())
    ours |= network.gradients
    SGD(network, LEARNING_RATE).step()
    ours["loss_after"] = loss.forward(network.forward(example.X), example.y)
    assert set(theirs) == {"version", *ours}
    for name, value in ours.items():
        np.testing.assert_allclose(value, theirs[name], rtol=1e-12, atol=1e-15, err_msg=name)


def test_the_package_finds_what_scikit_learn_found():
    example, ours, stored = worked_example(), every_array(), stored_answers("one output")
    one_output = {"loss": ours["L"], "dW1": ours["dW1"], "db1": ours["db1"]}
    one_output |= {"dW2": ours["dW2"][:, 1:], "db2": ours["db2"][1:]}
    for name, value in one_output.items():
        theirs = stored["scikit-learn"][name]
        np.testing.assert_allclose(value, theirs, rtol=1e-12, atol=1e-14, err_msg=name)
    penalised, w = stored["scikit-learn with alpha=1"], np.diff(example.W2)
    penalty = ((example.W1**2).sum() + (w**2).sum()) / 2 / len(example.X)
    assert penalised["loss"] == pytest.approx(ours["L"] + penalty, rel=1e-12)
    np.testing.assert_allclose(penalised["dW1"], ours["dW1"] + example.W1 / 2, rtol=1e-12)


def test_the_layer_has_the_slope_at_0_of_the_relu_of_every_library():
    gate = ReLU()
    gate.forward([0.0])
    slopes = stored_answers("slope at 0")
    for way in ("torch.relu(z)", "jax.nn.relu(z)", 'MLPClassifier(activation="relu")'):
        assert slopes[way] == gate.backward([1.0])[0]
    assert set(slopes.values()) == {0.0, 0.5, 1.0}


def test_our_loss_takes_logits_as_that_of_pytorch_does():
    y, ours = worked_example().y, every_array()
    ways = stored_answers("cross-entropy")
    for way, Z, scale in (
        ("cross_entropy(Z, y)", ours["Z2"], 1),
        ('cross_entropy(Z, y, reduction="sum")', ours["Z2"], len(y)),
    ):
        loss = SoftmaxCrossEntropy()
        assert scale * loss.forward(Z, y) == pytest.approx(ways[way]["loss"], rel=1e-12)
        np.testing.assert_allclose(scale * loss.backward(), ways[way]["dZ"], rtol=1e-12)
    twice = SoftmaxCrossEntropy().forward(ours["P"], y)
    assert twice == pytest.approx(ways["cross_entropy(softmax(Z, dim=1), y)"]["loss"], rel=1e-12)


def test_a_question_that_nobody_asked_is_refused():
    with pytest.raises(ValueError, match="about is 'hessian'; one of 'gradients', 'one output'"):
        stored_answers("hessian")


def test_every_array_of_the_step_agrees_with_exact_fractions():
    example, found = worked_example(), every_array()
    X, W1, b1, W2, b2 = map(exactly, (example.X, *example[2:]))
    Z1 = X @ W1 + b1
    A1 = np.maximum(0, Z1)
    exact = {"Z1": Z1, "A1": A1, "Z2": A1 @ W2 + b2}
    # softmax is not rational: from here on the fractions start at the P that was found
    dZ2 = (
        np.vectorize(Fraction, otypes=[object])(found["P"]) - np.eye(2, dtype=int)[example.y]
    ) / 2
    dA1 = dZ2 @ W2.T
    dZ1 = dA1 * (Z1 > 0)
    exact |= {"dZ2": dZ2, "dA1": dA1, "dZ1": dZ1, "dW1": X.T @ dZ1, "dW2": A1.T @ dZ2}
    exact |= {"db1": dZ1.sum(axis=0), "db2": dZ2.sum(axis=0)}
    for name, V in {"W1": W1, "b1": b1, "W2": W2, "b2": b2}.items():
        exact[f"new {name}"] = V - Fraction(LEARNING_RATE) * exact[f"d{name}"]
    for name, array in exact.items():
        assert array.shape == found[name].shape
        np.testing.assert_allclose(
            found[name], array.astype(float), rtol=1e-12, atol=1e-15, err_msg=name
        )


def test_the_other_arrays_of_the_step_are_what_they_are_called():
    example, found = worked_example(), every_array()
    for name, array in example._asdict().items():
        assert np.array_equal(found[name], array)
    assert np.array_equal(found["G"], found["Z1"] > 0)
    assert found["L"] == pytest.approx(found["losses"].mean(), rel=1e-14)
    assert found["L"] == pytest.approx(stored_gradients()["JAX"]["loss"], rel=1e-12)
    assert found["new L"] == pytest.approx(stored_gradients()["JAX"]["loss_after"], rel=1e-12)


def test_gates_are_shut_for_one_example_and_open_for_the_other_and_no_unit_is_dead():
    G = every_array()["G"]
    assert G.tolist() == [[1, 0, 1], [1, 1, 0]]
    assert G.any(axis=0).all()


def test_the_example_is_new_at_every_call():
    worked_example().W1[...] = 0
    assert worked_example().W1.all()


def test_its_numbers_are_those_of_the_chapter_that_it_continues():
    cells = nbformat.read(CHAPTERS / "the-backward-pass.ipynb", 4).cells
    (numbers,) = [cell.source for cell in cells if cell.source.startswith("X = np.array(")]
    in_the_chapter = {"np": np}
    exec(numbers, in_the_chapter)
    for name, array in worked_example()._asdict().items():
        assert np.array_equal(in_the_chapter[name], array), name
