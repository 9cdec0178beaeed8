import os
import pickle
import subprocess
import sys

import numpy as np
import pytest

from backprop import (
    SGD,
    Adam,
    DivergedError,
    Layer,
    Linear,
    Momentum,
    Network,
    SoftmaxCrossEntropy,
    Tanh,
    evaluate,
    load_digits,
    spiral,
    xor,
)
from backprop import train as train_with_a_bar

# a rate at which no weight moves: w - 1e-300 * g is w
FROZEN = 1e-300


def train(*arguments, **settings):
    return train_with_a_bar(*arguments, progress=False, **settings)


def batch(rows=10, columns=5, classes=3):
    rng = np.random.default_rng(rows)
    return rng.standard_normal((rows, columns)), rng.integers(classes, size=rows)


class Recorder(Layer):
    """A layer that lets everything through and remembers it."""

    def __init__(self):
        self.seen = []

    def forward(self, X):
        self.seen.append(X.copy())
        return X

    def backward(self, dZ):
        return dZ


# evaluate


def test_evaluate_is_the_loss_and_the_share_of_right_answers(make_network):
    network, (X, y) = make_network(5, 7, 3), batch()
    loss, accuracy = evaluate(network, X, y)
    assert loss == SoftmaxCrossEntropy().forward(network.forward(X), y)
    assert accuracy == np.mean(network.predict(X) == y)
    assert type(loss) is type(accuracy) is float


def test_accuracy_by_hand():
    network = Network([Linear.from_arrays(np.eye(2), [0, 0])])
    X = [[3, 1], [1, 3], [2, 0], [5, 4]]
    assert evaluate(network, X, [0, 1, 0, 1])[1] == 0.75
    assert evaluate(network, X, np.array([1, 0, 1, 1]))[1] == 0.0


def test_evaluate_changes_no_weight(make_network, bits):
    network = make_network(5, 7, 3)
    before = bits(network)
    evaluate(network, *batch())
    assert bits(network) == before


@pytest.mark.parametrize(
    ("y", "error", "message"),
    [
        (np.ma.array([0, 1, 2], mask=[0, 1, 0]), ValueError, "y has masked entries"),
        (np.eye(3, dtype=int), ValueError, r"it looks one-hot: use y.argmax\(axis=1\)"),
        ([[0], [1], [2]], ValueError, r"y has shape \(3, 1\); \(3,\) is wanted"),
        ([0, 1], ValueError, r"y has shape \(2,\); \(3,\) is wanted"),
        (0, ValueError, r"y has shape \(\); \(3,\) is wanted"),
        ([0, 1, 3], ValueError, r"y\[2\] is 3; with 3 classes"),
        ([0, -1, 2], ValueError, r"y\[1\] is -1; with 3 classes"),
        ([0.0, 1.0, 2.0], TypeError, "y holds float64 values; integer labels are wanted"),
        ([True, False, True], TypeError, "y holds bool values; integer labels are wanted"),
    ],
)
def test_evaluate_refuses_labels_that_do_not_fit(y, error, message, make_network):
    with pytest.raises(error, match=message):
        evaluate(make_network(5, 3), batch(rows=3)[0], y)


# the history


@pytest.mark.parametrize("epochs", [1, 3, np.int64(4)])
def test_the_history_has_one_entry_an_epoch(epochs, make_network):
    X, y = batch()
    history = train(make_network(5, 7, 3), X, y, epochs=epochs)
    assert len(history.loss) == len(history.accuracy) == epochs
    assert history.validation_loss == history.validation_accuracy == []
    history = train(make_network(5, 7, 3), X, y, epochs=epochs, validation=(X, y))
    assert len(history.validation_loss) == len(history.validation_accuracy) == epochs
    assert {type(x) for entries in vars(history).values() for x in entries} == {float}


def test_ten_epochs_are_the_default(make_network):
    assert len(train(make_network(5, 3), *batch()).loss) == 10


@pytest.mark.parametrize("batch_size", [1, 3, 4, 10, 64, np.uint8(3)])
def test_every_example_weighs_the_same_whatever_the_last_batch(batch_size, make_network, bits):
    network, (X, y) = make_network(5, 7, 3), batch(rows=10)
    before, (loss, accuracy) = bits(network), evaluate(network, X, y)
    optimizer = SGD(network, FROZEN)
    history = train(network, X, y, optimizer=optimizer, epochs=2, batch_size=batch_size)
    assert bits(network) == before
    assert history.loss == pytest.approx([loss] * 2, rel=1e-13)
    assert history.accuracy == pytest.approx([accuracy] * 2, rel=1e-13)


def test_a_batch_size_of_a_small_type_counts_beyond_its_range(make_network):
    network, (X, y) = make_network(5, 3), batch(rows=700)
    settings = {"optimizer": SGD(network, FROZEN), "epochs": 1}
    one = train(network, X, y, batch_size=np.uint8(200), **settings)
    assert one == train(network, X, y, batch_size=200, **settings)


def test_losses_are_those_before_each_step(make_network):
    network, (X, y) = make_network(5, 7, 3), batch()
    before = evaluate(network, X, y)
    history = train(network, X, y, epochs=1)
    assert (history.loss[0], history.accuracy[0]) == pytest.approx(before, rel=1e-13)
    assert evaluate(network, X, y)[0] < before[0]


def test_validation_is_taken_at_the_end_of_the_epoch(make_network):
    network, (X, y) = make_network(5, 7, 3), batch()
    held_out = batch(rows=6)
    history = train(network, X, y, epochs=2, batch_size=3, validation=held_out)
    assert (history.validation_loss[-1], history.validation_accuracy[-1]) == evaluate(
        network, *held_out
    )
    assert history.validation_loss[0] != history.validation_loss[1]


def test_validation_does_not_teach(make_network, bits):
    one, other, (X, y) = make_network(5, 7, 3), make_network(5, 7, 3), batch()
    train(one, X, y, validation=batch(rows=6))
    train(other, X, y)
    assert bits(one) == bits(other)


# the order of the examples


def test_each_epoch_takes_every_example_once_in_a_new_order(rng):
    recorder = Recorder()
    network = Network([recorder, Linear(1, 2, rng=rng)])
    X = np.arange(10.0)[:, None]
    train(network, X, np.zeros(10, int), epochs=3, batch_size=4)
    assert [len(seen) for seen in recorder.seen] == [1] + 3 * [4, 4, 2]  # the 1: a first look
    orders = [np.concatenate(recorder.seen[k : k + 3])[:, 0].tolist() for k in (1, 4, 7)]
    assert all(sorted(order) == list(range(10)) for order in orders)
    assert len({tuple(order) for order in [*orders, range(10)]}) == 4


def test_labels_stay_beside_their_examples():
    network = Network([Linear.from_arrays(np.eye(4), np.zeros(4))])
    y = np.random.default_rng(0).integers(4, size=50)
    history = train(network, 9 * np.eye(4)[y], y, optimizer=SGD(network, FROZEN), epochs=2)
    assert history.accuracy == [1.0, 1.0]


def test_two_calls_agree(make_network, bits):
    one, other, data = make_network(5, 7, 3), make_network(5, 7, 3), batch()
    assert train(one, *data, batch_size=3) == train(other, *data, batch_size=3)
    assert bits(one) == bits(other)


def test_without_rng_it_is_default_rng_0(make_network, bits):
    one, other, data = make_network(5, 7, 3), make_network(5, 7, 3), batch()
    train(one, *data, batch_size=3)
    train(other, *data, batch_size=3, rng=np.random.default_rng(0))
    assert bits(one) == bits(other)


def test_another_rng_gives_another_order(make_network, bits):
    one, other, data = make_network(5, 7, 3), make_network(5, 7, 3), batch()
    train(one, *data, batch_size=3)
    train(other, *data, batch_size=3, rng=np.random.default_rng(1))
    assert bits(one) != bits(other)


# what it does to the network


def test_without_optimizer_it_is_sgd_of_one_tenth(make_network, bits):
    one, other, data = make_network(5, 7, 3), make_network(5, 7, 3), batch()
    train(one, *data)
    train(other, *data, optimizer=SGD(other, learning_rate=0.1))
    assert bits(one) == bits(other)


def test_one_epoch_by_hand(make_network, bits):
    one, other, (X, y) = make_network(5, 7, 3), make_network(5, 7, 3), batch()
    train(one, X, y, optimizer=Adam(one, 0.1), epochs=1, batch_size=4)
    optimizer, loss = Adam(other, 0.1), SoftmaxCrossEntropy()
    order = np.random.default_rng(0).permutation(10)
    for rows in (order[:4], order[4:8], order[8:]):
        loss.forward(other.forward(X[rows]), y[rows])
        other.backward(loss.backward())
        optimizer.step()
    assert bits(one) == bits(other)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("optimizer_class", [SGD, Momentum, Adam])
def test_weights_change_in_place_and_keep_their_kind(optimizer_class, dtype, make_network):
    network = make_network(5, 7, 3, dtype=dtype)
    before = list(network.parameters.values())
    train(network, *batch(), optimizer=optimizer_class(network, 0.01), epochs=2)
    after = list(network.parameters.values())
    assert all(one is other for one, other in zip(before, after, strict=True))
    assert {array.dtype for array in after} == {np.dtype(dtype)}


def test_the_data_are_not_changed(make_network):
    X, y = batch()
    X.flags.writeable = y.flags.writeable = False
    before = X.tobytes(), y.tobytes()
    train(make_network(5, 7, 3), X, y, batch_size=3, validation=(X, y))
    assert (X.tobytes(), y.tobytes()) == before


def test_data_may_be_lists(make_network, bits):
    one, other, (X, y) = make_network(5, 7, 3), make_network(5, 7, 3), batch()
    assert train(one, X.tolist(), y.tolist(), validation=[X.tolist(), y.tolist()]) == train(
        other, X, y, validation=(X, y)
    )
    assert bits(one) == bits(other)


@pytest.mark.parametrize("optimizer_class", [SGD, Momentum, Adam])
def test_xor_is_learnt_and_no_line_could(optimizer_class, make_network):
    X, y = xor(20, rng=np.random.default_rng(0))
    network, line = make_network(2, 8, 2), make_network(2, 2)
    for one in (network, line):
        train(one, X, y, optimizer=optimizer_class(one, 0.05), epochs=100)
    assert evaluate(network, X, y)[1] == 1.0
    assert evaluate(line, X, y)[1] <= 0.75


def test_the_spiral_is_learnt(make_network):
    X, y = spiral(50, rng=np.random.default_rng(0))
    network = make_network(2, 32, 3)
    train(network, X, y, optimizer=Adam(network, 0.02), epochs=100)
    assert evaluate(network, X, y)[1] >= 0.95


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_485_of_500_held_out_digits_are_read_right(seed, make_network):
    # the fewest of the seeds 0 to 19 is 487
    digits = load_digits()
    network = make_network(64, 64, 10, seed=seed)
    train(
        network,
        digits.X_train,
        digits.y_train,
        optimizer=SGD(network, 0.5),
        epochs=30,
        rng=np.random.default_rng(seed),
    )
    assert (network.predict(digits.X_test) == digits.y_test).sum() >= 485


# divergence


def test_divergence_keeps_the_weights_and_the_history_from_before(make_network, bits):
    # the first step makes weights of 1e200, finite; their products in the second epoch are not
    network, twin, (X, y) = make_network(5, 7, 3), make_network(5, 7, 3), batch()
    with pytest.raises(DivergedError, match="training diverged in epoch 2 ") as caught:
        train(network, X, y, optimizer=SGD(network, 1e200), validation=None)
    before = train(twin, X, y, optimizer=SGD(twin, 1e200), epochs=1)
    assert bits(network) == bits(twin)
    assert all(np.isfinite(array).all() for array in network.parameters.values())
    assert caught.value.history == before
    assert len(before.loss) == 1


def test_a_step_too_far_keeps_the_weights_from_before(make_network, bits):
    network, (X, y) = make_network(5, 7, 3), batch()
    before = bits(network)
    with pytest.raises(DivergedError, match="training diverged in epoch 1 ") as caught:
        train(network, 100 * X, y, optimizer=SGD(network, 1e308), batch_size=3)
    assert bits(network) == before
    assert caught.value.history.loss == caught.value.history.validation_loss == []


def test_divergence_in_validation_is_divergence_too(make_network):
    network, (X, y) = make_network(5, 7, 3), batch()
    with pytest.raises(DivergedError, match="training diverged in epoch 1 ") as caught:
        train(network, X, y, optimizer=SGD(network, 1e200), validation=(X, y))
    assert "Try a smaller learning rate than 1e+200" in str(caught.value)
    assert len(caught.value.history.loss) == 1
    assert caught.value.history.validation_loss == []
    assert all(np.isfinite(array).all() for array in network.parameters.values())


def test_a_loss_that_overflows_alone_is_divergence_too():
    # float32: both logits are finite, their difference is not, and the gradient is harmless
    W = np.array([[3e38, -3e38]], np.float32)
    network = Network([Linear.from_arrays(W, [0, 0])])
    with pytest.raises(DivergedError, match="training diverged in epoch 1"):
        train(network, [[1.0]], [1])


def test_divergence_comes_with_advice_and_its_cause(make_network):
    network, (X, y) = make_network(5, 7, 3), batch()
    with pytest.raises(DivergedError) as caught:
        train(network, X, y, optimizer=SGD(network, 1e200))
    assert str(caught.value) == (
        "training diverged in epoch 2 (the output holds -inf at index (0, 0); every entry must be "
        "a finite number). The network keeps its last finite weights, and .history what was "
        "recorded. Try a smaller learning rate than 1e+200, smaller weights, or inputs of about 1."
    )
    assert isinstance(caught.value, ArithmeticError)
    assert isinstance(caught.value.__cause__, ValueError)


def test_a_divergence_survives_the_way_to_another_process(make_network):
    network, (X, y) = make_network(5, 7, 3), batch()
    with pytest.raises(DivergedError) as caught:
        train(network, X, y, optimizer=SGD(network, 1e200))
    copy = pickle.loads(pickle.dumps(caught.value))
    assert type(copy) is DivergedError
    assert str(copy) == str(caught.value)
    assert copy.history == caught.value.history
    assert len(copy.history.loss) == 1


@pytest.mark.parametrize("call", [train, evaluate])
@pytest.mark.parametrize("network", [None, [Tanh()], Tanh(), Network, "network"], ids=repr)
def test_only_a_network_is_trained_or_evaluated(call, network):
    with pytest.raises(TypeError, match=r"^network is .*; a Network is wanted$"):
        call(network, *batch())


# what it refuses, before anything is changed


@pytest.mark.parametrize(
    ("settings", "error", "message"),
    [
        ({"epochs": 0}, ValueError, "epochs is 0; a whole number of at least 1 is wanted"),
        ({"epochs": 2.0}, ValueError, "epochs is 2.0; a whole number of at least 1 is wanted"),
        ({"batch_size": 0}, ValueError, "batch_size is 0; a whole number of at least 1"),
        ({"batch_size": None}, ValueError, "batch_size is None; a whole number"),
        ({"rng": 42}, TypeError, "rng is 42; a generator such as"),
        ({"rng": 0}, TypeError, "rng is 0; a generator such as"),
        ({"optimizer": "sgd"}, TypeError, "optimizer is 'sgd'; one such as SGD"),
        ({"optimizer": 0}, TypeError, "optimizer is 0; one such as SGD"),
        ({"validation": 0.2}, TypeError, "validation is no pair"),
        ({"validation": (batch()[0],)}, TypeError, "validation is no pair"),
        ({"validation": (np.ones((2, 4)), [0, 1])}, ValueError, r"X has shape \(2, 4\)"),
        ({"validation": (np.ones((2, 5)), [0, 3])}, ValueError, r"y\[1\] is 3; with 3 classes"),
        ({"y": np.full(10, 3)}, ValueError, r"y\[0\] is 3; with 3 classes"),
        ({"y": np.eye(3)[batch()[1]]}, ValueError, "it looks one-hot"),
        ({"X": np.ones((10, 4))}, ValueError, r"X has shape \(1, 4\); \(N, 5\) is wanted"),
        ({"X": np.ones(10)}, ValueError, r"X has shape \(10,\); \(N, D\) is wanted"),
        ({"X": np.diag([np.nan] * 10)[:, :5]}, ValueError, r"X holds nan at index \(0, 0\)"),
    ],
)
def test_what_does_not_fit_is_refused_before_anything_changes(
    settings, error, message, make_network, bits
):
    network, (X, y) = make_network(5, 7, 3), batch()
    before = bits(network)
    with pytest.raises(error, match=message):
        train(network, **{"X": X, "y": y} | settings)
    assert bits(network) == before


def test_the_optimizer_of_another_network_is_refused(make_network, bits):
    network, other = make_network(5, 7, 3), make_network(5, 7, 3)
    before = bits(network), bits(other)
    with pytest.raises(ValueError, match="the optimizer belongs to another network"):
        train(network, *batch(), optimizer=SGD(other, 0.1))
    assert (bits(network), bits(other)) == before


# the progress bar

SCRIPT = """
import numpy as np
from backprop import Linear, Network, train
network = Network([Linear(2, 2, rng=np.random.default_rng(0))])
train(network, [[1, 2], [3, 4]], [0, 1], epochs=3{settings})
"""


@pytest.mark.parametrize(
    ("settings", "environment", "shown"),
    [
        ("", {}, True),
        (", progress=True", {}, True),
        (", progress=False", {}, False),
        ("", {"TQDM_DISABLE": "1"}, False),
    ],
)
def test_the_bar_is_shown_unless_it_is_switched_off(settings, environment, shown):
    # a process of its own, because tqdm reads its environment when it is imported
    inherited = {k: v for k, v in os.environ.items() if not k.startswith("TQDM_")}
    script = SCRIPT.format(settings=settings)
    done = subprocess.run(
        [sys.executable, "-c", script],
        env=inherited | environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == ""
    if shown:
        assert "3/3" in done.stderr
        assert "loss=" in done.stderr
    else:
        assert done.stderr == ""


def test_nothing_is_written_without_the_bar(make_network, capfd):
    train(make_network(5, 3), *batch(), validation=batch())
    assert capfd.readouterr() == ("", "")
