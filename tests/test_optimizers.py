import numpy as np
import pytest

from backprop import (
    SGD,
    Adam,
    Momentum,
    NotFiniteError,
    SoftmaxCrossEntropy,
    numerical_gradient,
    relative_error,
)
from backprop.optimizers import Optimizer

STEPS = 3


# The recurrences for one number, as the papers write them: w after each step.


def sgd(w, gradients, rate):
    for g in gradients:
        w = w - rate * g
        yield w


def momentum(w, gradients, rate, mu=0.9):
    v = 0.0
    for g in gradients:
        v = mu * v + g
        w = w - rate * v
        yield w


def adam(w, gradients, rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8):
    m = v = 0.0
    for t, g in enumerate(gradients, start=1):
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g * g
        m_hat = m / (1 - beta1**t)
        v_hat = v / (1 - beta2**t)
        w = w - rate * m_hat / (np.sqrt(v_hat) + epsilon)
        yield w


RULES = [
    (SGD, sgd, (0.5,)),
    (Momentum, momentum, (0.5,)),
    (Momentum, momentum, (0.5, 0.25)),
    (Momentum, momentum, (0.5, 0)),
    (Adam, adam, ()),
    (Adam, adam, (0.1,)),
    (Adam, adam, (0.1, 0.5, 0.75, 0.25)),
    (Adam, adam, (0.1, 0, 0, 1e-8)),
]
every_rule = pytest.mark.parametrize(("optimizer_class", "rule", "settings"), RULES)
every_optimizer = pytest.mark.parametrize(
    "optimizer_class",
    [lambda n: SGD(n, 0.5), lambda n: Momentum(n, 0.5), lambda n: Adam(n, 0.5)],
    ids=["SGD", "Momentum", "Adam"],
)


def gradients_of(network, seed=0):
    rng = np.random.default_rng(seed)
    return {
        name: rng.standard_normal((STEPS, *array.shape)).astype(array.dtype)
        for name, array in network.parameters.items()
    }


def lay(network, gradients):
    """Leave these gradients in the network, as a backward pass would."""
    names = iter(gradients.values())
    for layer in network.layers:
        for name in layer.parameter_names:
            setattr(layer, f"d{name}", next(names))


def steps(optimizer, gradients):
    for k in range(STEPS):
        lay(optimizer.network, {name: array[k] for name, array in gradients.items()})
        optimizer.step()


@every_rule
def test_three_steps_by_hand(optimizer_class, rule, settings, make_network):
    network = make_network(2, 4, 3)
    gradients = gradients_of(network)
    start = {name: array.copy() for name, array in network.parameters.items()}
    optimizer = optimizer_class(network, *settings)
    for k in range(STEPS):
        lay(network, {name: array[k] for name, array in gradients.items()})
        optimizer.step()
        for name, array in network.parameters.items():
            for index, w in np.ndenumerate(array):
                history = gradients[name][(slice(None), *index)].tolist()
                by_hand = list(rule(float(start[name][index]), history, *settings))
                assert w == pytest.approx(by_hand[k], rel=1e-14, abs=1e-15), (name, index, k)


def test_sgd_by_hand_in_numbers(make_network):
    network = make_network(1, 1)
    network.layers[0].W[...] = 3.0
    optimizer = SGD(network, 0.5)
    for dW, W in ((2.0, 2.0), (-4.0, 4.0), (1.0, 3.5)):
        lay(network, {"W": np.array([[dW]]), "b": np.zeros(1)})
        optimizer.step()
        assert network.layers[0].W == W


def test_momentum_by_hand_in_numbers(make_network):
    network = make_network(1, 1)
    network.layers[0].W[...] = 3.0
    optimizer = Momentum(network, 0.5, momentum=0.5)
    for dW, W in ((2.0, 2.0), (-4.0, 3.5), (1.0, 3.75)):  # V is 2, -3, -0.5
        lay(network, {"W": np.array([[dW]]), "b": np.zeros(1)})
        optimizer.step()
        assert network.layers[0].W == W


@pytest.mark.parametrize("size", [1e-4, 1.0, 1e6])
def test_the_first_step_of_adam_is_the_learning_rate_whatever_the_gradient(size, make_network):
    network = make_network(2, 3)
    W = network.layers[0].W.copy()
    signs = np.array([[1, -1, 1], [-1, 1, -1]])
    lay(network, {"W": size * signs, "b": np.ones(3)})
    Adam(network, 0.01, epsilon=1e-300).step()
    np.testing.assert_allclose(W - network.layers[0].W, 0.01 * signs, rtol=1e-12)


@every_optimizer
def test_a_step_goes_downhill(optimizer_class, make_network, rng):
    network = make_network(5, 7, 3)
    X, y, loss = rng.standard_normal((6, 5)), [0, 1, 2, 0, 1, 2], SoftmaxCrossEntropy()
    optimizer = optimizer_class(network)
    optimizer.learning_rate = 0.01
    before = loss.forward(network.forward(X), y)
    network.backward(loss.backward())
    optimizer.step()
    assert loss.forward(network.forward(X), y) < before


@every_rule
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_parameters_change_in_place_and_keep_their_kind(
    optimizer_class, rule, settings, dtype, make_network
):
    network = make_network(2, 4, 3, dtype=dtype)
    arrays = list(network.parameters.values())
    before = [array.copy() for array in arrays]
    steps(optimizer_class(network, *settings), gradients_of(network))
    after = list(network.parameters.values())
    assert all(one is other for one, other in zip(arrays, after, strict=True))
    assert not any(map(np.array_equal, before, after))
    assert {array.dtype for array in after} == {np.dtype(dtype)}


@every_rule
def test_a_step_leaves_the_gradients_alone(optimizer_class, rule, settings, make_network):
    network = make_network(2, 4, 3)
    gradients = gradients_of(network)
    before = {name: array.tobytes() for name, array in gradients.items()}
    for array in gradients.values():
        array.flags.writeable = False
    steps(optimizer_class(network, *settings), gradients)
    assert {name: array.tobytes() for name, array in gradients.items()} == before


@every_optimizer
@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("name", ["W1", "b1", "W2", "b2"])
def test_a_bad_gradient_changes_nothing(optimizer_class, bad, name, make_network, bits):
    network = make_network(2, 4, 3)
    optimizer, before = optimizer_class(network), bits(network)
    gradients = {name: array[0] for name, array in gradients_of(network).items()}
    gradients[name].flat[-1] = bad
    lay(network, gradients)
    with pytest.raises(NotFiniteError, match=f"^d{name} holds {bad}"):
        optimizer.step()
    assert bits(network) == before


@pytest.mark.parametrize("optimizer_class", [SGD, Momentum, Adam])
@pytest.mark.parametrize("name", ["W1", "b1", "W2", "b2"])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_step_that_overflows_changes_nothing(optimizer_class, name, dtype, make_network, bits):
    network = make_network(2, 4, 3, dtype=dtype)
    optimizer, before = optimizer_class(network, float(np.finfo(dtype).max) / 10), bits(network)
    gradients = {name: 0.01 * array[0] for name, array in gradients_of(network).items()}
    gradients[name].flat[-1] = 100
    lay(network, gradients)
    with pytest.raises(NotFiniteError, match=f"^{name} after this step holds -inf"):
        optimizer.step()
    assert bits(network) == before


@every_optimizer
@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_a_parameter_that_is_not_finite_stops_the_step(optimizer_class, bad, make_network, bits):
    network = make_network(2, 4, 3)
    network.layers[0].b[0] = bad  # -inf shuts a ReLU, and nothing else would show it
    lay(network, {name: array[0] for name, array in gradients_of(network).items()})
    optimizer, before = optimizer_class(network), bits(network)
    with pytest.raises(NotFiniteError, match=r"^b1 after this step holds"):
        optimizer.step()
    assert bits(network) == before
    assert optimizer.memory == {}


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_large_numbers_that_stay_finite_are_no_reason_to_refuse(dtype, make_network):
    network, large = make_network(1, 1, dtype=dtype), np.finfo(dtype).max / 2
    network.layers[0].W[...] = large
    lay(network, {"W1": np.full((1, 1), large / 2, dtype), "b1": np.zeros(1, dtype)})
    SGD(network, 1).step()
    assert network.layers[0].W.item() == large / 2


@pytest.mark.parametrize(
    ("update", "error", "text"),
    [
        (np.zeros(1), ValueError, r"has shape \(1,\); \(4,\) is wanted"),
        (np.zeros((4, 1)), ValueError, r"has shape \(4, 1\); \(4,\) is wanted"),
        (1.0, ValueError, r"has shape \(\); \(4,\) is wanted"),
        (None, TypeError, r"holds object values; real numbers are wanted"),
        (np.zeros(4, complex), TypeError, r"holds complex128 values; real numbers are wanted"),
    ],
)
def test_an_update_that_does_not_fit_changes_nothing(update, error, text, make_network, bits):
    class Odd(Momentum):
        def update(self, name, gradient):
            return update if name == "b1" else super().update(name, gradient)

    network = make_network(2, 4, 3)
    lay(network, {name: array[0] for name, array in gradients_of(network).items()})
    optimizer, before = Odd(network, 0.1), bits(network)
    with pytest.raises(error, match=f"^the update of b1 {text}"):
        optimizer.step()
    assert bits(network) == before
    assert optimizer.memory == {}


def test_an_update_too_large_for_the_precision_of_the_network_is_refused(make_network, bits):
    class Double(SGD):
        def update(self, name, gradient):
            return np.full(gradient.shape, 1e100)

    network = make_network(2, 4, 3, dtype=np.float32)
    lay(network, {name: array[0] for name, array in gradients_of(network).items()})
    before = bits(network)
    with pytest.raises(NotFiniteError, match=r"^W1 after this step holds -inf"):
        Double(network, 0.1).step()
    assert bits(network) == before


@every_optimizer
@pytest.mark.parametrize("mishap", ["no backward yet", "NaN"])
def test_a_refused_gradient_leaves_no_trace(optimizer_class, mishap, make_network, bits):
    network, twin = make_network(2, 4, 3), make_network(2, 4, 3)
    optimizer, gradients = optimizer_class(network), gradients_of(network)
    if mishap == "NaN":
        lay(network, {name: np.full_like(array[0], np.nan) for name, array in gradients.items()})
    with pytest.raises((RuntimeError, NotFiniteError)):
        optimizer.step()
    steps(optimizer, gradients)
    steps(optimizer_class(twin), gradients)
    assert bits(network) == bits(twin)


def test_two_optimizers_share_nothing(make_network, bits):
    network, twin = make_network(2, 4, 3), make_network(2, 4, 3)
    gradients = gradients_of(network)
    for one in (network, twin):
        steps(Adam(one), gradients)
    assert bits(network) == bits(twin)


@pytest.mark.parametrize("rate", [0, -0.1, np.nan, np.inf, "0.1", None, 1j, [0.1]])
@pytest.mark.parametrize("optimizer_class", [SGD, Momentum, Adam])
def test_a_learning_rate_is_above_zero_and_finite(optimizer_class, rate, make_network):
    with pytest.raises(ValueError, match=r"^learning_rate is .* above 0 and finite is wanted$"):
        optimizer_class(make_network(2, 3), rate)


@pytest.mark.parametrize("name", ["beta1", "beta2"])
@pytest.mark.parametrize("beta", [1, -0.1, 1.5, np.nan, "0.9", None])
def test_a_decay_is_at_least_zero_and_below_one(name, beta, make_network):
    with pytest.raises(ValueError, match=rf"^{name} is .* at least 0 and below 1 is wanted$"):
        Adam(make_network(2, 3), **{name: beta})
    with pytest.raises(ValueError, match=r"^momentum is .* at least 0 and below 1 is wanted$"):
        Momentum(make_network(2, 3), 0.1, momentum=beta)


@pytest.mark.parametrize("epsilon", [0, -1e-8, np.nan, np.inf])
def test_epsilon_is_above_zero_and_finite(epsilon, make_network):
    with pytest.raises(ValueError, match=r"^epsilon is .* above 0 and finite is wanted$"):
        Adam(make_network(2, 3), epsilon=epsilon)


@pytest.mark.parametrize("rate", [np.float32(0.5), 1, np.int64(1), True])
def test_any_kind_of_real_number_is_a_learning_rate(rate, make_network):
    optimizer = SGD(make_network(2, 3), rate)
    assert type(optimizer.learning_rate) is float
    assert optimizer.learning_rate == float(rate)


def test_an_optimizer_must_say_how_it_updates(make_network):
    network = make_network(2, 3)
    network.backward(network.forward(np.ones((1, 2))))
    with pytest.raises(NotImplementedError, match=r"^Optimizer has no update$"):
        Optimizer(network, 0.1).step()


@pytest.mark.parametrize("make", [lambda n: Momentum(n, 1e300), lambda n: Adam(n, 0.1)])
def test_a_refused_step_leaves_no_memory(make, make_network, bits):
    # for Momentum the step overflows, for Adam the square of the gradient
    network = make_network(5, 7, 3)
    gradients = {name: 1e200 * array[0] for name, array in gradients_of(network).items()}
    optimizer, before = make(network), bits(network)
    lay(network, gradients)
    with pytest.raises(NotFiniteError, match="after this step"):
        optimizer.step()
    assert optimizer.memory == {}
    assert bits(network) == before
    optimizer.learning_rate = 1e-3
    lay(network, {name: np.zeros_like(gradient) for name, gradient in gradients.items()})
    optimizer.step()
    assert bits(network) == before


def remembered(optimizer):
    return {name: array.tobytes() for name, array in optimizer.memory.items()}


@every_optimizer
def test_a_step_refused_later_leaves_the_memory_of_the_steps_before(optimizer_class, make_network):
    one, other = optimizer_class(make_network(2, 4, 3)), optimizer_class(make_network(2, 4, 3))
    gradients = gradients_of(one.network)
    for optimizer in (one, other):
        steps(optimizer, gradients)
    before = remembered(one)
    lay(one.network, {name: np.full_like(g[0], 1e200) for name, g in gradients.items()})
    one.learning_rate = 1e300
    with pytest.raises(NotFiniteError, match="after this step"):
        one.step()
    assert remembered(one) == before == remembered(other)
    one.learning_rate = other.learning_rate
    for optimizer in (one, other):
        steps(optimizer, gradients)
    assert remembered(one) == remembered(other)


def test_a_squared_gradient_that_overflows_is_not_silent(make_network):
    network = make_network(1, 1)
    lay(network, {"W": np.array([[1.0]]), "b": np.array([1e200])})
    with pytest.raises(NotFiniteError, match=r"^V b1 after this step holds inf at index \(0,\)"):
        Adam(network).step()


@every_optimizer
@pytest.mark.parametrize("mishap", ["shape", "read-only"])
def test_what_cannot_be_written_is_refused_before_anything_is(
    optimizer_class, mishap, make_network, bits
):
    network = make_network(2, 4, 3)
    optimizer, before = optimizer_class(network), bits(network)
    gradients = {name: array[0] for name, array in gradients_of(network).items()}
    if mishap == "shape":
        gradients["b2"] = np.ones(1)  # the last one, and it would broadcast
        message = r"^db2 has shape \(1,\); \(3,\) is wanted \(the shape of b2\)$"
    else:
        network.parameters["b2"].flags.writeable = False
        message = "^b2 is read-only; an array that can be changed is wanted$"
    lay(network, gradients)
    with pytest.raises(ValueError, match=message):
        optimizer.step()
    assert bits(network) == before
    assert optimizer.memory == {}


@pytest.mark.parametrize(("optimizer_class", "rule", "settings"), RULES)
def test_weight_decay_adds_the_derivative_of_the_penalty_to_weights_only(
    make_network, optimizer_class, rule, settings
):
    network, decay = make_network(3, 4, 2), 0.25
    start = {name: array.copy() for name, array in network.parameters.items()}
    gradients = {name: array[:1] for name, array in gradients_of(network).items()}
    arguments = settings or (0.001,)
    lay(network, {name: array[0] for name, array in gradients.items()})
    optimizer_class(network, *arguments, weight_decay=decay).step()
    for name, array in network.parameters.items():
        slope = gradients[name][0] + (decay * start[name] if name.startswith("W") else 0)
        (wanted,) = rule(start[name], [slope], *arguments)
        np.testing.assert_allclose(array, wanted, rtol=1e-12)
    for name, array in network.gradients.items():
        np.testing.assert_array_equal(array, gradients[name[1:]][0])  # the loss's, as they were


def test_the_penalty_has_the_derivative_that_is_added(make_network):
    W, decay = make_network(3, 4, 2).parameters["W1"], 0.25
    slope = numerical_gradient(lambda W: decay / 2 * (W**2).sum(), W)
    optimizer = SGD(make_network(3, 4, 2), 1, weight_decay=decay)
    assert relative_error(optimizer._decayed(W, np.zeros_like(W)), slope) < 1e-7
