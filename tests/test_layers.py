from decimal import Decimal, localcontext

import numpy as np
import pytest

from backprop import (
    Layer,
    LeakyReLU,
    Linear,
    ReLU,
    Sigmoid,
    Tanh,
    numerical_gradient,
    relative_error,
)


def linear(dtype):
    rng = np.random.default_rng(1)
    return Linear.from_arrays(
        rng.standard_normal((4, 3)).astype(dtype), rng.standard_normal(3).astype(dtype)
    )


# How to make one of each class, for inputs of 4 columns; `dtype` is that of its parameters.
EXAMPLES = {
    Linear: linear,
    ReLU: lambda dtype: ReLU(),
    LeakyReLU: lambda dtype: LeakyReLU(0.3),
    Sigmoid: lambda dtype: Sigmoid(),
    Tanh: lambda dtype: Tanh(),
}


def subclasses(cls):
    return [found for sub in cls.__subclasses__() for found in (sub, *subclasses(sub))]


def example_of(layer_class, dtype=np.float64):
    if layer_class not in EXAMPLES:
        name = layer_class.__name__
        pytest.fail(f"add {name} to EXAMPLES in tests/test_layers.py: how to make one")
    return EXAMPLES[layer_class](dtype)


LAYERS = [cls for cls in subclasses(Layer) if cls.__module__.startswith("backprop.")]
ACTIVATIONS = [cls for cls in LAYERS if not cls.parameter_names]
every_layer = pytest.mark.parametrize("layer_class", LAYERS)
every_activation = pytest.mark.parametrize("layer_class", ACTIVATIONS)
every_dtype = pytest.mark.parametrize("dtype", [np.float32, np.float64])


def inputs(dtype=np.float64, rows=5):
    """Numbers of both signs, none within 0.1 of the kink at 0."""
    rng = np.random.default_rng(2)
    X = rng.uniform(0.1, 2, (rows, 4)) * rng.choice([-1, 1], (rows, 4))
    return X.astype(dtype)


def upstream(layer, X):
    return np.random.default_rng(3).standard_normal(layer.forward(X).shape).astype(X.dtype)


def test_the_walk_finds_the_layers():
    assert {Linear, ReLU, LeakyReLU, Sigmoid, Tanh} <= set(LAYERS)


def test_a_layer_that_no_one_described_fails_and_says_what_to_add():
    class Unknown(Layer):
        pass

    with pytest.raises(pytest.fail.Exception, match="add Unknown to EXAMPLES in tests/test_layers"):
        example_of(Unknown)


@every_layer
@pytest.mark.parametrize("rows", [1, 5])
def test_gradients_are_the_numerical_ones(layer_class, rows):
    layer, X = example_of(layer_class), inputs(rows=rows)
    dA = upstream(layer, X)

    def f(_):
        return float((layer.forward(X) * dA).sum())

    arrays = {**layer.parameters, "X": X}
    numerical = {f"d{name}": numerical_gradient(f, array) for name, array in arrays.items()}
    layer.forward(X)
    derived = {"dX": layer.backward(dA), **layer.gradients}
    errors = {name: relative_error(derived[name], numerical[name]) for name in numerical}
    assert all(error < 1e-7 for error in errors.values()), errors


@every_layer
@every_dtype
def test_floats_keep_their_kind(layer_class, dtype):
    layer, X = example_of(layer_class, dtype), inputs(dtype)
    dX = layer.backward(upstream(layer, X))
    arrays = [layer.forward(X), dX, *layer.parameters.values(), *layer.gradients.values()]
    assert {array.dtype for array in arrays} == {np.dtype(dtype)}


@every_layer
@every_dtype
def test_neither_pass_changes_what_it_is_given_or_gave(layer_class, dtype):
    layer, X = example_of(layer_class, dtype), inputs(dtype)
    dA = upstream(layer, X)
    A = layer.forward(X)
    arrays = [X, dA, A, *layer.parameters.values()]
    before = [array.tobytes() for array in arrays]
    X.flags.writeable = dA.flags.writeable = False
    layer.backward(dA)
    layer.forward(X)
    assert [array.tobytes() for array in arrays] == before


@every_layer
def test_gradients_are_not_added_up(layer_class):
    layer, X = example_of(layer_class), inputs()
    dA = upstream(layer, X)
    first = [layer.backward(dA), *layer.gradients.values()]
    second = [layer.backward(dA), *layer.gradients.values()]
    assert all(map(np.array_equal, first, second))


@every_layer
def test_backward_belongs_to_the_last_forward(layer_class):
    layer, X = example_of(layer_class), inputs()
    dA = upstream(layer, X)
    wanted = layer.backward(dA)
    layer.forward(-X)
    layer.forward(X)
    assert np.array_equal(layer.backward(dA), wanted)


@every_layer
def test_nan_is_never_turned_into_a_number(layer_class):
    X = inputs()
    X[2, :] = np.nan
    with np.errstate(invalid="ignore"):
        A = example_of(layer_class).forward(X)
    assert np.array_equal(np.isnan(A).any(axis=1), [False, False, True, False, False])


@every_activation
@pytest.mark.parametrize("shape", [(), (3,), (2, 3), (2, 3, 4)])
def test_activations_keep_any_shape(layer_class, shape):
    layer = example_of(layer_class)
    Z = np.full(shape, 0.5)
    assert np.shape(layer.forward(Z)) == shape
    assert np.shape(layer.backward(Z)) == shape


@every_activation
def test_activations_take_lists_of_integers(layer_class):
    layer = example_of(layer_class)
    assert np.array_equal(layer.forward([[-1, 2]]), layer.forward(np.array([[-1.0, 2.0]])))
    assert layer.forward([[-1, 2]]).dtype == np.float64


# Linear


def test_linear_forward_by_hand():
    layer = Linear.from_arrays([[1, 2, 3], [4, 5, 6]], [10, 20, 30])
    assert layer.forward([[1, 0], [0, 1], [2, -1]]).tolist() == [
        [11, 22, 33],
        [14, 25, 36],
        [8, 19, 30],
    ]


def test_linear_backward_by_hand():
    layer = Linear.from_arrays([[1, 2, 3], [4, 5, 6]], [10, 20, 30])
    layer.forward([[1, 2], [3, 4]])
    dX = layer.backward([[1, 0, -1], [0, 2, 0]])
    assert layer.dW.tolist() == [[1, 6, -1], [2, 8, -2]]
    assert layer.db.tolist() == [1, 2, -1]
    assert dX.tolist() == [[-2, -2], [4, 10]]


def test_linear_backward_of_a_square_layer_by_hand():
    # where a forgotten transpose would still have the right shape
    layer = Linear.from_arrays([[1, 2], [3, 4]], [0, 0])
    layer.forward([[1, 2], [5, 7]])
    dX = layer.backward([[1, -1], [2, 3]])
    assert layer.dW.tolist() == [[11, 14], [16, 19]]
    assert layer.db.tolist() == [3, 2]
    assert dX.tolist() == [[-1, -1], [8, 18]]


def test_linear_keeps_x_itself():
    layer, X = example_of(Linear), inputs()
    layer.forward(X)
    assert layer.X is X


@pytest.mark.parametrize("std", [None, 0.0, 0.5, np.float32(2)])
def test_weights_start_as_normal_numbers_and_biases_as_zeros(std):
    layer = Linear(3, 5, rng=np.random.default_rng(7), std=std)
    scale = np.sqrt(2 / 3) if std is None else std
    assert np.array_equal(layer.W, scale * np.random.default_rng(7).standard_normal((3, 5)))
    assert np.array_equal(layer.b, np.zeros(5))


def test_both_precisions_start_at_the_same_weights():
    one = Linear(3, 5, rng=np.random.default_rng(7), dtype=np.float32)
    other = Linear(3, 5, rng=np.random.default_rng(7))
    assert one.W.dtype == one.b.dtype == np.float32
    assert np.array_equal(one.W, other.W.astype(np.float32))


@pytest.mark.parametrize("dtype", ["float32", np.dtype("float32"), np.float32, "f4"])
def test_a_precision_may_be_named_in_any_way(dtype, rng):
    assert Linear(3, 5, rng=rng, dtype=dtype).W.dtype == np.float32


def test_from_arrays_copies():
    W, b = np.ones((2, 3)), np.ones(3)
    layer = Linear.from_arrays(W, b)
    W[...] = b[...] = 7
    assert np.array_equal(layer.W, np.ones((2, 3)))
    assert np.array_equal(layer.b, np.ones(3))


@pytest.mark.parametrize("W", [np.int64, np.float32, np.float64])
@pytest.mark.parametrize("b", [np.int64, np.float32, np.float64])
def test_from_arrays_takes_the_precision_of_its_weights(W, b):
    layer = Linear.from_arrays(np.ones((2, 3), W), np.ones(3, b))
    wanted = np.float32 if np.float32 == W else np.float64
    assert layer.W.dtype == layer.b.dtype == wanted


def test_parameters_are_the_arrays_themselves():
    layer = example_of(Linear)
    assert list(layer.parameters) == ["W", "b"]
    assert layer.parameters["W"] is layer.W
    assert layer.parameters["b"] is layer.b


def test_gradients_are_the_arrays_themselves():
    layer = example_of(Linear)
    layer.backward(upstream(layer, inputs()))
    assert list(layer.gradients) == ["dW", "db"]
    assert layer.gradients["dW"] is layer.dW
    assert layer.gradients["db"] is layer.db


# ReLU and LeakyReLU

TINY = 5e-324  # the smallest number above 0
AROUND_ZERO = [-3.0, -TINY, -0.0, 0.0, TINY, 2.0]
UPSTREAM = np.array([2.0, 3.0, 5.0, 7.0, 11.0, -13.0])
OPEN = [False, False, False, False, True, True]


def test_relu_passes_what_is_above_zero():
    assert ReLU().forward(AROUND_ZERO).tolist() == [0, 0, 0, 0, TINY, 2]


def test_relu_stops_minus_infinity():
    # which a hidden layer can meet when its weights overflow
    assert ReLU().forward([-np.inf, np.inf]).tolist() == [0, np.inf]


def test_the_slope_of_relu_at_an_exact_zero_is_zero():
    layer = ReLU()
    layer.forward(AROUND_ZERO)
    assert layer.gate.tolist() == OPEN
    assert layer.backward(UPSTREAM).tolist() == [0, 0, 0, 0, 11, -13]


@pytest.mark.parametrize("slope", [0.01, 0.3, -0.5, 0.0, 1, 2.5])
def test_leaky_relu_multiplies_what_comes_from_above(slope):
    layer = LeakyReLU(slope)
    A = layer.forward([-3.0, -0.0, 0.0, TINY, 2.0])
    dZ = layer.backward(UPSTREAM[:5])
    assert layer.gate.tolist() == [False, False, False, True, True]
    assert A.tolist() == [slope * -3.0, 0, 0, TINY, 2]
    assert dZ.tolist() == [slope * 2.0, slope * 3.0, slope * 5.0, 7, 11]


def test_leaky_relu_leaks_one_percent_by_default():
    assert LeakyReLU().slope == 0.01


# Sigmoid and Tanh

WIDE = np.concatenate(
    [np.linspace(-700, 700, 281), np.linspace(-3, 3, 101), [1e-300, -1e-300, 1e-8, -1e-8]]
)


def exact(function, Z):
    """The function of each number, to 60 digits, rounded once at the end."""
    with localcontext() as context:
        context.prec = 60
        return np.array([float(function(Decimal(float(z)))) for z in Z])


def exact_sigmoid(z):
    return 1 / (1 + (-z).exp())


def exact_tanh(z):
    if abs(z) < Decimal("1e-20"):  # the next term, z^3 / 3, is far below the last digit
        return z
    return 1 - 2 / ((2 * z).exp() + 1)


@pytest.mark.parametrize(("layer", "function"), [(Sigmoid(), exact_sigmoid), (Tanh(), exact_tanh)])
def test_every_digit_is_right_from_minus_700_to_700(layer, function):
    np.testing.assert_allclose(layer.forward(WIDE), exact(function, WIDE), rtol=1e-14, atol=0)


def test_sigmoid_is_one_half_at_zero():
    assert Sigmoid().forward([0.0, -0.0]).tolist() == [0.5, 0.5]


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
@pytest.mark.parametrize(("layer", "low"), [(Sigmoid(), 0), (Tanh(), -1)])
def test_squashing_saturates_without_a_warning(layer, low, dtype):
    largest = np.finfo(dtype).max
    A = layer.forward(np.array([-largest, largest], dtype))
    assert A.tolist() == [low, 1]
    assert layer.backward(np.array([2, 3], dtype)).tolist() == [0, 0]


@pytest.mark.parametrize(
    ("layer", "Z", "A", "slopes"),
    [
        (Sigmoid(), [0, np.log(3)], [1 / 2, 3 / 4], [1 / 4, 3 / 16]),
        (Tanh(), [0, np.log(3) / 2], [0, 1 / 2], [1, 3 / 4]),
    ],
)
def test_squashing_by_hand(layer, Z, A, slopes):
    np.testing.assert_allclose(layer.forward(Z), A, rtol=1e-14)
    np.testing.assert_allclose(layer.backward([2, -5]), np.multiply([2, -5], slopes), rtol=1e-14)


# What all layers say


@pytest.mark.parametrize(
    ("layer", "text"),
    [
        (example_of(Linear), "Linear(4, 3)"),
        (ReLU(), "ReLU()"),
        (LeakyReLU(0.3), "LeakyReLU(0.3)"),
        (Sigmoid(), "Sigmoid()"),
        (Tanh(), "Tanh()"),
    ],
)
def test_repr(layer, text):
    assert repr(layer) == text


@pytest.mark.parametrize("method", ["forward", "backward"])
def test_a_layer_without_a_pass_is_named(method):
    class Unfinished(Layer):
        pass

    with pytest.raises(NotImplementedError, match=f"^Unfinished has no {method}$"):
        getattr(Unfinished(), method)(inputs())
