import numpy as np
import pytest

from backprop import (
    LeakyReLU,
    Linear,
    Network,
    ReLU,
    SoftmaxCrossEntropy,
    check_gradients,
    numerical_gradient,
    relative_error,
)
from backprop.gradcheck import Comparison


def batch(rows=4, columns=5, classes=3):
    rng = np.random.default_rng(rows)
    return rng.standard_normal((rows, columns)), rng.integers(classes, size=rows)


# numerical_gradient


def test_a_quadratic_has_its_gradient(rng):
    A, x = rng.standard_normal((3, 3)), rng.standard_normal(3)
    numerical = numerical_gradient(lambda x: float(x @ A @ x), x)
    assert relative_error(numerical, (A + A.T) @ x) < 1e-9


def test_a_cubic_has_its_gradient_in_any_shape(rng):
    x = rng.standard_normal((2, 3, 2))
    numerical = numerical_gradient(lambda x: float((x**3).sum()), x)
    assert numerical.shape == x.shape
    assert relative_error(numerical, 3 * x**2) < 1e-9


@pytest.mark.parametrize("h", [0.5, 0.125])
def test_differences_are_central_and_h_wide(h):
    # central differences of x^3 are 3 x^2 + h^2, and exact in these numbers
    x = np.array([1.0, -2.0])
    assert numerical_gradient(lambda x: float((x**3).sum()), x, h).tolist() == [3 + h**2, 12 + h**2]


def test_a_single_number_and_none_at_all_are_arrays_too():
    assert numerical_gradient(lambda x: float(x) ** 2, np.array(3.0), 0.5) == 6
    assert numerical_gradient(lambda x: 0.0, np.empty((0, 3))).shape == (0, 3)


def test_x_is_put_back_bit_for_bit(rng):
    x = np.append(rng.standard_normal(50), [0.1, -0.0, 1e300, 5e-324])
    before = x.tobytes()
    numerical_gradient(lambda x: float(np.tanh(x).sum()), x)
    assert x.tobytes() == before


@pytest.mark.parametrize("call", range(7))  # once for a look at what f returns, twice an entry
def test_x_is_put_back_when_f_raises(call):
    x = np.array([0.1, -0.0, 0.7])
    before, calls = x.tobytes(), iter(range(7))

    def f(x):
        if next(calls) == call:
            raise KeyError("f")
        return 0.0

    with pytest.raises(KeyError):
        numerical_gradient(f, x)
    assert x.tobytes() == before


def read_only():
    x = np.ones(3)
    x.flags.writeable = False
    return x


@pytest.mark.parametrize(
    "x", [np.ones(3, np.float32), np.ones(3, int), np.ones(3, complex), read_only(), [1.0], 1.0]
)
def test_only_a_writeable_float64_array_can_be_nudged(x):
    with pytest.raises(TypeError, match="x must be a float64 array that can be nudged in place"):
        numerical_gradient(lambda x: 0.0, x)


@pytest.mark.parametrize("h", [0, -1e-5, np.nan, np.inf, "1e-5", None, 1j, [1e-5]])
def test_h_is_above_zero_and_finite(h, make_network):
    with pytest.raises(ValueError, match=r"^h is .*; a small number above 0 is wanted$"):
        numerical_gradient(lambda x: 0.0, np.ones(3), h)
    with pytest.raises(ValueError, match=r"^h is .*; a small number above 0 is wanted$"):
        check_gradients(make_network(5, 3), SoftmaxCrossEntropy(), *batch(), h=h)


@pytest.mark.parametrize(
    ("f", "shape"),
    [(lambda x: x, "(2,)"), (lambda x: x[:1], "(1,)"), (lambda x: [[1.0]], "(1, 1)")],
)
def test_f_must_return_one_number(f, shape):
    x = np.ones(2)
    with pytest.raises(TypeError) as caught:
        numerical_gradient(f, x)
    assert str(caught.value) == f"f returned an array of shape {shape}; one number is wanted"
    assert x.tolist() == [1, 1]


# relative_error


@pytest.mark.parametrize(
    ("one", "other", "error"),
    [
        ([1.0, 4.0], [1.0, 5.0], 0.2),
        ([1.0, -5.0], [1.0, -4.0], 0.2),
        ([1e-30, 4.0], [0.0, 4.0], 2.5e-31),
        ([1.0], [-1.0], 2.0),
        ([3.0], [0.0], 1.0),
        ([0.0, 0.0], [0.0, -0.0], 0.0),
        ([], [], np.nan),
        ([0.0, 0.0], [0.0, np.nan], np.nan),
        ([1.0, 2.0], [1.0, np.nan], np.nan),
        ([2.0], [2.0], 0.0),
    ],
)
def test_relative_error_by_hand(one, other, error):
    assert np.array_equal(relative_error(one, other), error, equal_nan=True)
    assert np.array_equal(relative_error(np.array(other), np.array(one)), error, equal_nan=True)


def test_nan_is_never_a_small_error():
    assert not relative_error(np.array([np.nan, 1.0]), np.array([1.0, 1.0])) < 1e-7
    assert not relative_error(np.array([1.0, 1.0]), np.array([1.0, np.nan])) < 1e-7


def test_arrays_of_different_shapes_are_not_compared():
    with pytest.raises(ValueError, match=r"shapes \(3,\) and \(3, 1\) differ"):
        relative_error(np.ones(3), np.ones((3, 1)))


# check_gradients: it must find what is wrong


class PassesEverything(ReLU):
    """The mask is made of A, which is never negative, and with the wrong comparison."""

    def forward(self, Z):
        self.A = super().forward(Z)
        return self.A

    def backward(self, dA):
        return dA * (self.A >= 0)


class MultipliesByItsOutput(ReLU):
    def forward(self, Z):
        self.A = super().forward(Z)
        return self.A

    def backward(self, dA):
        return dA * self.A


class LosesUpstream(LeakyReLU):
    def backward(self, dA):
        return np.where(self.gate, dA, self.slope)


class MeanBias(Linear):
    def backward(self, dZ):
        dX = super().backward(dZ)
        self.db = dZ.mean(axis=0)
        return dX


class ForgetsItsTranspose(Linear):
    def backward(self, dZ):
        super().backward(dZ)
        return dZ @ self.W


class TransposesItsGradient(Linear):
    def backward(self, dZ):
        dX = super().backward(dZ)
        self.dW = self.dW.T.copy()
        return dX


class Sum(SoftmaxCrossEntropy):
    def backward(self):
        return super().backward() * len(self.y)


class ForgetsOneHot(SoftmaxCrossEntropy):
    def backward(self):
        return self.P / len(self.y)


@pytest.mark.parametrize(
    ("linear", "activation", "loss", "wrong"),
    [
        (Linear, ReLU, SoftmaxCrossEntropy, set()),
        (Linear, PassesEverything, SoftmaxCrossEntropy, {"W1", "b1", "X"}),
        (Linear, MultipliesByItsOutput, SoftmaxCrossEntropy, {"W1", "b1", "X"}),
        (Linear, LosesUpstream, SoftmaxCrossEntropy, {"W1", "b1", "X"}),
        (MeanBias, ReLU, SoftmaxCrossEntropy, {"b1", "b2"}),
        (ForgetsItsTranspose, ReLU, SoftmaxCrossEntropy, {"W1", "b1", "X"}),
        (TransposesItsGradient, ReLU, SoftmaxCrossEntropy, {"W1", "W2"}),
        (Linear, ReLU, Sum, {"W1", "b1", "W2", "b2", "X"}),
        (Linear, ReLU, ForgetsOneHot, {"W1", "b1", "W2", "b2", "X"}),
    ],
)
def test_exactly_the_wrong_gradients_are_found(linear, activation, loss, wrong, rng):
    # square layers, so that a lost transpose is no error of shapes
    network = Network([linear(4, 4, rng=rng), activation(), linear(4, 4, rng=rng)])
    comparisons = check_gradients(network, loss(), *batch(5, 4, 4))
    assert {c.name for c in comparisons if c.error > 1e-3} == wrong
    assert {c.name for c in comparisons if c.error < 1e-7} == {c.name for c in comparisons} - wrong


# check_gradients: kinks


@pytest.fixture
def at_a_kink():
    """One example that brings the first hidden unit to an exact 0; its third input is 0."""
    W1 = [[2.0, 0.5, -0.5], [-3.0, 0.25, 0.75], [1.0, 1.0, 1.0]]
    network = Network(
        [
            Linear.from_arrays(W1, [0.0, 0.5, 0.25]),
            ReLU(),
            Linear.from_arrays([[1.0, -1.0], [0.5, 2.0], [1.0, -0.5]], [0.1, -0.1]),
        ]
    )
    return network, np.array([[3.0, 2.0, 0.0]]), [1]


def test_an_exact_zero_before_relu_is_marked_and_not_counted(at_a_kink):
    network, X, y = at_a_kink
    comparisons = {c.name: c for c in check_gradients(network, SoftmaxCrossEntropy(), X, y)}
    assert network.layers[1].gate.tolist() == [[False, True, True]]
    kinked = {name: c.kinked.tolist() for name, c in comparisons.items()}
    assert kinked == {
        "W1": [[True, False, False], [True, False, False], [False] * 3],
        "b1": [True, False, False],
        "W2": [[False] * 2] * 3,
        "b2": [False] * 2,
        "X": [[True, True, True]],
    }
    assert np.isnan(comparisons.pop("X").error)  # every entry of X is kinked: nothing compared
    assert all(c.error < 1e-7 for c in comparisons.values())
    # which it could not be without leaving them out: half the slope is on the other side
    b1 = comparisons["b1"]
    assert relative_error(b1.derived, b1.numerical) > 1e-3


def test_a_kink_is_also_marked_when_the_nudge_alone_crosses_it(at_a_kink):
    network, X, y = at_a_kink
    network.layers[0].b[0] = 3e-6  # within h of the kink: the unit is open
    comparisons = {c.name: c for c in check_gradients(network, SoftmaxCrossEntropy(), X, y)}
    assert comparisons["b1"].kinked.tolist() == [True, False, False]
    closer = {c.name: c for c in check_gradients(network, SoftmaxCrossEntropy(), X, y, h=1e-6)}
    assert not closer["b1"].kinked.any()


def test_the_kink_of_leaky_relu_is_one_too(at_a_kink):
    network, X, y = at_a_kink
    network.layers[1] = LeakyReLU(0.1)
    comparisons = {c.name: c for c in check_gradients(network, SoftmaxCrossEntropy(), X, y)}
    assert comparisons["b1"].kinked.tolist() == [True, False, False]
    assert np.isnan(comparisons.pop("X").error)  # every entry of X is kinked: nothing compared
    assert all(c.error < 1e-7 for c in comparisons.values())


def test_a_comparison_says_what_it_found(at_a_kink):
    comparisons = check_gradients(at_a_kink[0], SoftmaxCrossEntropy(), *at_a_kink[1:])
    assert str(comparisons[0]).startswith("W1: 9 entries, 2 at a kink left out, relative error ")
    assert str(comparisons[2]).startswith("W2: 6 entries, relative error ")


def test_the_error_is_taken_over_the_entries_that_are_not_kinked():
    derived, numerical = np.array([1.0, 4.0, 9.0]), np.array([7.0, 5.0, 9.0])
    comparison = Comparison("W1", derived, numerical, np.array([True, False, True]))
    assert comparison.error == 0.2
    assert str(comparison) == "W1: 3 entries, 2 at a kink left out, relative error 2e-01"


# check_gradients: what it leaves behind


def test_the_network_is_left_as_it_was_with_the_gradients_of_the_true_point(make_network, bits):
    network, twin = make_network(5, 7, 3), make_network(5, 7, 3)
    X, y = batch()
    X.flags.writeable = False
    before = bits(network), X.tobytes()
    comparisons = {c.name: c for c in check_gradients(network, SoftmaxCrossEntropy(), X, y)}
    assert (bits(network), X.tobytes()) == before

    loss = SoftmaxCrossEntropy()
    loss.forward(twin.forward(X), y)
    dX = twin.backward(loss.backward())
    wanted = {name[1:]: array for name, array in twin.gradients.items()} | {"X": dX}
    assert list(comparisons) == list(wanted)
    for name, c in comparisons.items():
        assert np.array_equal(c.derived, wanted[name])
        assert c.derived.shape == c.numerical.shape == c.kinked.shape
    assert all(map(np.array_equal, network.gradients.values(), twin.gradients.values()))


def test_h_is_used(make_network):
    coarse, fine = (
        check_gradients(make_network(5, 3), SoftmaxCrossEntropy(), *batch(), h=h)[0].error
        for h in (0.1, 1e-3)
    )
    # the error of central differences is of the order h^2
    assert 0.5e4 < coarse / fine < 2e4


def test_inputs_may_be_lists_of_integers(make_network):
    comparisons = check_gradients(make_network(3, 2), SoftmaxCrossEntropy(), [[1, -2, 3]], [1])
    assert all(c.error < 1e-7 for c in comparisons)


def test_float32_is_refused_by_name(make_network):
    with pytest.raises(TypeError, match="W1 is float32; a gradient check needs float64"):
        check_gradients(make_network(5, 3, dtype=np.float32), SoftmaxCrossEntropy(), *batch())


@pytest.mark.parametrize("X", [[["a"]], [[1j]], [[1], [2, 3]], [[np.nan] * 5]])
def test_inputs_that_do_not_fit_are_refused_by_name(X, make_network):
    with pytest.raises((TypeError, ValueError), match=r"^X (holds|has) "):
        check_gradients(make_network(5, 3), SoftmaxCrossEntropy(), X, [0])


def test_a_check_that_compared_nothing_does_not_pass(make_network, rng):
    network = make_network(3, 4, 2)
    X, y = rng.standard_normal((2, 3)), [0, 1]
    first = check_gradients(network, SoftmaxCrossEntropy(), X, y, h=100.0)[0]
    assert first.kinked.all()
    assert np.isnan(first.error)
    assert "nothing compared" in str(first)


def test_an_error_of_nothing_is_nan_and_is_said():
    comparison = Comparison("W1", np.ones(2), np.ones(2), np.array([True, True]))
    assert np.isnan(comparison.error)
    assert str(comparison) == "W1: 2 entries, 2 at a kink left out, nothing compared"
