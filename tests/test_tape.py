"""The tape finds what was derived by hand, what nudging finds, and says what it cannot do."""

import re

import numpy as np
import pytest

from backprop import ReLU, SoftmaxCrossEntropy, numerical_gradient, relative_error
from backprop.classroom.example import stored_gradients, worked_example
from backprop.classroom.tape import Value, folded


def cross_entropy(Z, y):
    return (Z.exp().sum_rows().log() - Z.pick(y)).mean()


def test_it_finds_what_was_derived_by_hand_and_what_pytorch_found():
    example = worked_example()
    X, W1, b1, W2, b2 = map(Value, (example.X, *example[2:]))
    loss = cross_entropy((X @ W1 + b1).relu() @ W2 + b2, example.y)
    loss.backward()
    stored = stored_gradients()["PyTorch"]
    assert loss.data == pytest.approx(stored["loss"], rel=1e-14)
    for name, value in {"X": X, "W1": W1, "b1": b1, "W2": W2, "b2": b2}.items():
        np.testing.assert_allclose(value.grad, stored[f"d{name}"], rtol=1e-12, atol=1e-15)


def test_it_finds_what_the_layers_find_in_a_deep_network(make_network, rng):
    network, loss = make_network(4, 6, 5, 3), SoftmaxCrossEntropy()
    X, y = rng.standard_normal((7, 4)), rng.integers(3, size=7)
    loss.forward(network.forward(X), y)
    network.backward(loss.backward())
    A, values = Value(X), {}
    for number, layer in enumerate(network.layers[::2], start=1):
        W, b = Value(layer.W), Value(layer.b)
        values |= {f"dW{number}": W, f"db{number}": b}
        A = (A if number == 1 else A.relu()) @ W + b
    cross_entropy(A, y).backward()
    assert values.keys() == network.gradients.keys()
    for name, gradient in network.gradients.items():
        np.testing.assert_allclose(values[name].grad, gradient, rtol=1e-12, atol=1e-15)


OPERATIONS = {
    "+": lambda u, v: u + v,
    "-": lambda u, v: u - v,
    "*": lambda u, v: u * v,
    "relu": lambda u, v: u.relu() * v,
    "exp": lambda u, v: u.exp() + v,
    "log": lambda u, v: (u * u + 1.0).log() * v,
    "a fork": lambda u, v: u * u * v + u,
    "itself": lambda u, v: (u - u) * v + u * u,
}


@pytest.mark.parametrize("name", OPERATIONS)
@pytest.mark.parametrize("shape", [(4, 3), (3,), (1, 3), (4, 1), (1, 1), ()])
def test_every_operation_sends_back_what_nudging_finds(name, shape, rng):
    one, other = rng.standard_normal((4, 3)), rng.standard_normal(shape)
    weights = rng.standard_normal((4, 3))

    def loss(one, other):
        return (OPERATIONS[name](Value(one), Value(other)) * weights).mean()

    u, v = Value(one), Value(other)
    (OPERATIONS[name](u, v) * weights).mean().backward()
    assert u.grad.shape == one.shape
    assert v.grad.shape == other.shape
    for value, nudged in (
        (u, numerical_gradient(lambda array: loss(array, other).data, one)),
        (v, numerical_gradient(lambda array: loss(one, array).data, other)),
    ):
        assert relative_error(value.grad, nudged) < 1e-7


def test_products_and_sums_of_rows_send_back_what_nudging_finds(rng):
    left, right = rng.standard_normal((4, 3)), rng.standard_normal((3, 2))
    y = [0, 1, 1, 0]

    def loss(left, right):
        return cross_entropy(Value(left) @ Value(right), y)

    u, v = Value(left), Value(right)
    cross_entropy(u @ v, y).backward()
    for value, nudged in (
        (u, numerical_gradient(lambda array: loss(array, right).data, left)),
        (v, numerical_gradient(lambda array: loss(left, array).data, right)),
    ):
        assert relative_error(value.grad, nudged) < 1e-7


def test_one_example_is_a_batch(rng):
    Z = Value(rng.standard_normal((1, 3)))
    cross_entropy(Z, [2]).backward()
    loss = SoftmaxCrossEntropy()
    loss.forward(Z.data, [2])
    np.testing.assert_allclose(Z.grad, loss.backward(), rtol=1e-14)


def test_backward_begins_anew_and_nothing_is_counted_twice():
    a = Value(3.0)
    square = a * a
    square.backward()
    square.backward()
    assert a.grad == 6.0


def test_a_long_tape_is_no_deep_recursion():
    value = first = Value(1.0)
    for _ in range(5000):
        value = value + 0.0
    value.backward()
    assert first.grad == 1.0


def test_each_value_sends_once_however_many_paths_there_are():
    value = first = Value(1.0)
    for _ in range(60):
        value = value + value
    value.backward()
    assert first.grad == 2.0**60
    assert len(value.tape()) == 61


def test_the_slope_of_relu_at_0_is_0_as_in_the_layer():
    z = Value([-1.0, 0.0, 2.0])
    z.relu().mean().backward()
    gate = ReLU()
    gate.forward(z.data)
    assert (3 * z.grad == gate.backward(np.ones(3))).all()


def test_the_order_is_that_in_which_the_values_were_made():
    a, b = Value(1.0), Value(2.0)
    c = a * b
    d = c + a
    assert d.tape() == [a, b, c, d]


def test_folding_undoes_copying():
    d = np.arange(6.0).reshape(2, 3)
    assert folded(d, (2, 3)).tolist() == d.tolist()
    assert folded(d, (3,)).tolist() == [3, 5, 7]
    assert folded(d, (2, 1)).tolist() == [[3], [12]]
    assert folded(d, ()) == 15


@pytest.mark.parametrize(
    ("attempt", "error", "message"),
    [
        (lambda: Value([1.0, 2.0]).backward(), ValueError, "one number; this has shape (2,)"),
        (lambda: Value("a"), TypeError, "data holds <U1 values; real numbers are wanted"),
        (lambda: Value(np.ones((2, 3))) @ np.ones((2, 3)), ValueError, "(3, H) is wanted"),
        (lambda: Value(np.ones(3)) @ np.ones((3, 2)), ValueError, "(N, D) is wanted"),
        (lambda: np.ones((2, 3)) @ Value(np.ones((3, 2))), TypeError, "unsupported operand"),
        (lambda: Value(np.ones(3)).pick([0]), ValueError, "what is picked from has shape (3,)"),
        (lambda: Value(np.ones((1, 3))).pick([3]), ValueError, "y[0] is 3; with 3 classes"),
    ],
)
def test_what_it_cannot_do_it_says(attempt, error, message):
    with pytest.raises(error, match=re.escape(message)):
        attempt()
