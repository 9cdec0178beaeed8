"""Whatever it is given, the package works or says in its own words what it wanted instead.

The first half holds every message that the source can raise, one by one. The second half tries
input of any kind on every public call. Two things are out of scope: a bare layer passes NaN on,
because its network looks for it once at the door, and sizes are kept small enough to compute.
"""

import ast
import re
import traceback
from pathlib import Path

import hypothesis.extra.numpy as hnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import backprop
from backprop import (
    SGD,
    Adam,
    DivergedError,
    Layer,
    LeakyReLU,
    Linear,
    Momentum,
    Network,
    ReLU,
    Sigmoid,
    SoftmaxCrossEntropy,
    Tanh,
    check_gradients,
    evaluate,
    numerical_gradient,
    relative_error,
    softmax,
    spiral,
    train,
    xor,
)
from backprop.optimizers import Optimizer

PACKAGE = Path(backprop.__file__).parent
RAISES = {
    (path.name, node.lineno, node.end_lineno)
    for path in PACKAGE.glob("*.py")
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    if isinstance(node, ast.Raise) and node.exc  # a bare `raise` passes on what another said
}


def raise_statement(error):
    """Which `raise` of the package this error comes from; None if NumPy or Python made it."""
    *_, (frame, line) = traceback.walk_tb(error.__traceback__)
    for name, first, last in RAISES:
        if frame.f_code.co_filename == str(PACKAGE / name) and first <= line <= last:
            return name, first, last
    return None


def generator():
    return np.random.default_rng(0)


def linear(inputs=3, outputs=2, dtype=np.float64):
    return Linear(inputs, outputs, rng=generator(), dtype=dtype)


class Shapeless(Layer):
    """A layer that somebody wrote and that returns one number for each example."""

    def forward(self, X):
        return X[0]


def network(dtype=np.float64):
    return Network([linear(3, 4, dtype), ReLU(), linear(4, 2, dtype)])


def after_forward(thing, *arguments):
    thing.forward(*arguments)
    return thing


X, Y = np.array([[1.0, -2.0, 3.0], [0.5, 0.0, -1.0]]), np.array([0, 1])

# Every message


def overflowing_optimizer():
    one = network()
    one.backward(np.full_like(one.forward(X), 100.0))
    return SGD(one, 1e308)


def misshapen_gradient():
    one = network()
    one.backward(one.forward(X))
    one.layers[0].dW = np.ones((1, 4))  # would broadcast
    return SGD(one, 0.1)


def read_only_parameter():
    one = network()
    one.backward(one.forward(X))
    one.layers[2].b.flags.writeable = False
    return SGD(one, 0.1)


def read_only():
    x = np.ones(3)
    x.flags.writeable = False
    return x


# what is called, what it raises, and the whole text
MESSAGES = [
    # arrays
    (lambda: softmax([["a"]]), TypeError, "Z holds <U1 values; real numbers are wanted"),
    (lambda: ReLU().forward(1j), TypeError, "Z holds complex128 values; real numbers are wanted"),
    (
        lambda: network().forward([[1, 2], [3]]),
        TypeError,
        "X has rows of different lengths; an array is wanted",
    ),
    (
        lambda: evaluate(network(), X, np.ma.array(Y, mask=[True, False])),
        ValueError,
        "y has masked entries; an array without any is wanted",
    ),
    (
        lambda: network().forward(np.ones((2, 4))),
        ValueError,
        r"X has shape \(2, 4\); \(N, 3\) is wanted \(W has 3 rows, so X needs 3 columns\)",
    ),
    (
        lambda: linear().forward(np.ones(3)),
        ValueError,
        r"X has shape \(3,\); \(N, 3\) is wanted "
        r"\(one row is one example: write X\[None, :\] for a single one\)",
    ),
    (
        lambda: softmax(np.ones((0, 3))),
        ValueError,
        r"Z has shape \(0, 3\); \(N, C\) is wanted "
        r"\(an empty batch has no loss and no gradient\)",
    ),
    (
        lambda: network().forward(1.0),
        ValueError,
        r"X has shape \(\); \(N, D\) is wanted",
    ),
    (
        lambda: network().predict([[1, np.nan, 2]]),
        backprop.NotFiniteError,
        r"X holds nan at index \(0, 1\); every entry must be a finite number",
    ),
    (
        lambda: Network([Linear.from_arrays([[9, 9]], [0, 0])]).forward([[1e308]]),
        backprop.NotFiniteError,
        r"the output holds inf at index \(0, 0\); every entry must be a finite number",
    ),
    (
        lambda: after_forward(network(), X).backward([[1, np.inf], [0, 0]]),
        backprop.NotFiniteError,
        r"dZ holds inf at index \(0, 1\); every entry must be a finite number",
    ),
    (
        lambda: softmax([[0, -np.inf]]),
        backprop.NotFiniteError,
        r"Z holds -inf at index \(0, 1\); every entry must be a finite number",
    ),
    (
        lambda: SoftmaxCrossEntropy().forward([[1e308, -1e308]], [1]),
        backprop.NotFiniteError,
        r"the loss holds inf; every entry must be a finite number",
    ),
    (
        lambda: overflowing_optimizer().step(),
        backprop.NotFiniteError,
        r"W1 after this step holds -?inf at index \(\d, \d\); every entry must be .*",
    ),
    (
        lambda: Linear(2, 2, rng=generator(), std=1e39, dtype="float32"),
        backprop.NotFiniteError,
        r"W holds -?inf at index \(\d, \d\); every entry must be a finite number",
    ),
    (
        lambda: Network([Shapeless()]).forward(X),
        ValueError,
        r"the output has shape \(3,\); \(N, C\) is wanted "
        r"\(one row is one example: write the output\[None, :\] for a single one\)",
    ),
    (
        lambda: spiral(3, rng=42),
        TypeError,
        r"rng is 42; a generator such as np\.random\.default_rng\(0\) is wanted",
    ),
    (
        lambda: SoftmaxCrossEntropy().forward([[1, 2]], [0, 1]),
        ValueError,
        r"y has shape \(2,\); \(1,\) is wanted \(one label for each row\)",
    ),
    (
        lambda: train(network(), X, [[1, 0], [0, 1]]),
        ValueError,
        r"y has shape \(2, 2\); \(2,\) is wanted "
        r"\(it looks one-hot: use y\.argmax\(axis=1\)\)",
    ),
    (
        lambda: evaluate(network(), X, [0.0, 1.0]),
        TypeError,
        r"y holds float64 values; integer labels are wanted: y\.astype\(int\)",
    ),
    (
        lambda: evaluate(network(), X, [0, 2]),
        ValueError,
        r"y\[1\] is 2; with 2 classes, labels are 0 to 1",
    ),
    # gradcheck
    (
        lambda: numerical_gradient(lambda x: 0.0, read_only()),
        TypeError,
        r"x must be a float64 array that can be nudged in place; got array\(\[1., 1., 1.\]\)",
    ),
    (
        lambda: numerical_gradient(lambda x: x, np.ones(3)),
        TypeError,
        r"f returned an array of shape \(3,\); one number is wanted",
    ),
    (
        lambda: numerical_gradient(lambda x: 0.0, np.ones(3), h=0),
        ValueError,
        "h is 0; a small number above 0 is wanted",
    ),
    (
        lambda: relative_error(np.ones(2), np.ones(3)),
        ValueError,
        r"shapes \(2,\) and \(3,\) differ; nothing to compare",
    ),
    (
        lambda: relative_error([1.0], ["one"]),
        TypeError,
        r"\[1\.0\] and \['one'\]: two arrays of real numbers are wanted",
    ),
    (
        lambda: check_gradients(network(np.float32), SoftmaxCrossEntropy(), X, Y),
        TypeError,
        "W1 is float32; a gradient check needs float64 throughout",
    ),
    # layers
    (lambda: Layer().forward(X), NotImplementedError, "Layer has no forward"),
    (lambda: Layer().backward(X), NotImplementedError, "Layer has no backward"),
    (lambda: ReLU().backward(X), RuntimeError, "ReLU has no gate yet: call forward first"),
    (lambda: Tanh().backward(X), RuntimeError, "Tanh has no A yet: call forward first"),
    (
        lambda: network().backward(X),
        RuntimeError,
        "Linear has no X yet: call forward first",
    ),
    (lambda: network().gradients, RuntimeError, "Linear has no dW yet: call backward first"),
    (
        lambda: Linear(0, 2, rng=generator()),
        ValueError,
        "inputs is 0; a whole number of at least 1 is wanted",
    ),
    (
        lambda: Linear(2, True, rng=generator()),
        ValueError,
        "outputs is True; a whole number of at least 1 is wanted",
    ),
    (
        lambda: Linear(2, 2, rng=None),
        TypeError,
        r"rng is None; a generator such as np\.random\.default_rng\(0\) is wanted",
    ),
    (
        lambda: Linear(2, 2, rng=generator(), dtype="float16"),
        TypeError,
        "dtype is float16; float64 or float32 is wanted",
    ),
    (
        lambda: Linear(2, 2, rng=generator(), dtype="nonsense"),
        TypeError,
        "dtype is nonsense; float64 or float32 is wanted",
    ),
    (
        lambda: Linear(2, 2, rng=generator(), std=-1),
        ValueError,
        "std is -1; a number at least 0 and finite is wanted",
    ),
    (
        lambda: Linear.from_arrays(np.ones((2, 3)), np.ones(2)),
        ValueError,
        r"b has shape \(2,\); \(3,\) is wanted "
        r"\(one bias for each column of W, shape \(2, 3\)\)",
    ),
    (
        lambda: after_forward(linear(), X).backward(np.ones((3, 2))),
        ValueError,
        r"dZ has shape \(3, 2\); \(2, 2\) is wanted \(the shape that forward returned\)",
    ),
    (
        lambda: after_forward(Sigmoid(), X).backward(np.ones((3, 2))),
        ValueError,
        r"dA has shape \(3, 2\); \(2, 3\) is wanted \(the shape that forward returned\)",
    ),
    (
        lambda: LeakyReLU("a"),
        ValueError,
        r"slope is 'a'; a finite number such as 0\.01 is wanted",
    ),
    # losses
    (
        lambda: SoftmaxCrossEntropy().backward(),
        RuntimeError,
        "SoftmaxCrossEntropy has no P yet: call forward first",
    ),
    # network
    (lambda: Network(3), TypeError, "layers is 3; a list of layers is wanted"),
    (
        lambda: Network([]),
        ValueError,
        "the network has no layers; give at least one, such as Linear",
    ),
    (
        lambda: Network([ReLU]),
        TypeError,
        r"layers\[0\] is <class 'backprop\.layers\.ReLU'>; a layer such as ReLU\(\) is wanted",
    ),
    (
        lambda: Network([ReLU(), *[Tanh()] * 2]),
        ValueError,
        r"layers\[2\] stands twice: make a new Tanh\(\) for each place",
    ),
    (
        lambda: Network([linear(3, 4), ReLU(), linear(3, 4)]),
        ValueError,
        r"Linear\(3, 4\) gives 4 columns, but Linear\(3, 4\) behind it wants 3",
    ),
    # optimizers
    (lambda: SGD(None, 0.1), TypeError, "network is None; a Network is wanted"),
    (
        lambda: SGD(network(), -1),
        ValueError,
        "learning_rate is -1; a number above 0 and finite is wanted",
    ),
    (
        lambda: SGD(network(), 0.1, weight_decay=-1),
        ValueError,
        "weight_decay is -1; a number at least 0 and finite is wanted",
    ),
    (
        lambda: Momentum(network(), 0.1, 1.0),
        ValueError,
        r"momentum is 1\.0; a number at least 0 and below 1 is wanted",
    ),
    (
        lambda: Optimizer(network(), 0.1).update("W1", X),
        NotImplementedError,
        "Optimizer has no update",
    ),
    (
        lambda: misshapen_gradient().step(),
        ValueError,
        r"dW1 has shape \(1, 4\); \(3, 4\) is wanted \(the shape of W1\)",
    ),
    (
        lambda: read_only_parameter().step(),
        ValueError,
        "b2 is read-only; an array that can be changed is wanted",
    ),
    # datasets
    (
        lambda: spiral(0, rng=generator()),
        ValueError,
        "points is 0; a whole number of at least 1 is wanted",
    ),
    (
        lambda: xor(1, rng=generator(), noise=np.nan),
        ValueError,
        "noise is nan; a number at least 0 and finite is wanted",
    ),
    # training
    (
        lambda: train(network(), X, Y, optimizer=SGD(network(), 0.1)),
        ValueError,
        "the optimizer belongs to another network; make it from this one",
    ),
    (
        lambda: train(network(), X, Y, optimizer=SGD),
        TypeError,
        r"optimizer is <class .*>; one such as SGD\(network, 0\.1\) is wanted",
    ),
    (
        lambda: train(network(), X, Y, batch_size=0),
        ValueError,
        "batch_size is 0; a whole number of at least 1 is wanted",
    ),
    (
        lambda: train(network(), X, Y, validation=X),
        TypeError,
        r"validation is no pair; \(X, y\) is wanted",
    ),
    (
        lambda: (lambda n: train(n, X, Y, optimizer=SGD(n, 1e200), progress=False))(network()),
        DivergedError,
        r"training diverged in epoch 2 \(the output holds -inf at index \(0, 0\); every entry must "
        r"be a finite number\)\. The network keeps its last finite weights, and \.history what was "
        r"recorded\. Try a smaller learning rate than 1e\+200, smaller weights, or inputs of "
        r"about 1\.",
    ),
]


def raised(call):
    try:
        call()
    except Exception as error:
        return error
    return pytest.fail("nothing was raised")


@pytest.mark.parametrize(("call", "error", "text"), MESSAGES, ids=range(len(MESSAGES)))
def test_each_message_is_of_its_kind_and_says_this(call, error, text):
    found = raised(call)
    assert type(found) is error
    assert re.fullmatch(text, str(found)), str(found)


def test_no_message_of_the_source_is_missing_above():
    assert {raise_statement(raised(call)) for call, _, _ in MESSAGES} == RAISES


# Input of any kind

ERRORS = (TypeError, ValueError, RuntimeError, ArithmeticError)

shapes = hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4)
junk_types = st.sampled_from(["?", "i1", "u8", "i8", "f2", "f4", "f8", ">f8", "c16", "U2", "M8[D]"])
ragged = st.recursive(
    st.none() | st.floats() | st.integers() | st.text(max_size=2),
    lambda children: st.lists(children, max_size=3),
    max_leaves=6,
)
junk = st.one_of(
    ragged,
    st.booleans(),
    st.complex_numbers(),
    st.dictionaries(st.integers(), st.integers(), max_size=2),
    st.sampled_from([ReLU, ReLU(), "relu", object(), np.float32(2), np.int64(3), range(3)]),
    hnp.arrays(junk_types, shapes),
    hnp.arrays(object, shapes, elements=st.none() | st.integers() | st.text(max_size=2)),
)


def rows(columns, elements=None):
    """Arrays that have the right shape, whatever is in them."""
    return st.integers(1, 4).flatmap(
        lambda n: hnp.arrays(np.float64, (n, columns), elements=elements, fill=st.nothing())
    )


small = st.floats(-100, 100)
# the right shape three times: with good numbers, with any numbers, and with one that is bad
spoilt = small | st.sampled_from([np.nan, np.inf])
inputs = st.one_of(junk, rows(3), rows(3, small), rows(3, spoilt))
logits = st.one_of(junk, rows(2), rows(2, small))
some_labels = st.one_of(
    junk,
    st.lists(st.integers(0, 1), min_size=1, max_size=4),
    st.lists(st.integers(-1, 2), max_size=4),
    st.lists(st.sampled_from([[0, 1], [1, 0]]), max_size=4),
    hnp.arrays(np.float64, st.integers(0, 4), elements=st.sampled_from([0.0, 1.0])),
)

networks = st.sampled_from(
    [
        lambda: network(),
        lambda: network(np.float32),
        lambda: Network([linear(3, 4), Sigmoid(), linear(4, 3), LeakyReLU(0.3), linear(3, 2)]),
        lambda: Network([linear(3, 2), Tanh()]),
        lambda: Network([linear(3, 4), linear(4, 2, np.float32)]),
    ]
).map(lambda make: make())


def works(call):
    """Whether the call returns; fails if it raises anything that the package did not write."""
    try:
        call()
    except ERRORS as error:
        if raise_statement(error) is None:
            raise
        return False
    return True


def answer(call, shape=None):
    """What the call returns, of this shape and finite; None if the package refused it."""
    returned = []
    if not works(lambda: returned.append(call())):
        return None
    array = np.asarray(returned[0])
    assert array.dtype.kind in "fi"
    assert np.isfinite(array).all()
    if shape is not None:
        assert array.shape == shape(), (array.shape, shape())
    return returned[0]


@given(networks, inputs)
def test_any_input_of_a_network(network, X):
    answer(lambda: network.forward(X), lambda: (len(X), 2))
    answer(lambda: network.predict_proba(X), lambda: (len(X), 2))
    answer(lambda: network.predict(X), lambda: (len(X),))


@given(networks, logits)
def test_any_gradient_for_a_network(network, dZ):
    network.forward(X)
    answer(lambda: network.backward(dZ), lambda: (2, 3))


@given(networks, inputs, some_labels)
def test_any_data_for_evaluate(network, X, y):
    answer(lambda: evaluate(network, X, y), lambda: (2,))


@given(networks, inputs, some_labels)
def test_any_data_for_training(network, X, y):
    works(lambda: check_history(train(network, X, y, epochs=2, batch_size=2, progress=False), 2))
    assert all(np.isfinite(array).all() for array in network.parameters.values())


def check_history(history, epochs, validated=False):
    for name, entries in vars(history).items():
        assert len(entries) == (0 if name.startswith("val") and not validated else epochs)
        assert np.isfinite(entries).all()


@given(networks, inputs, some_labels)
def test_any_data_for_validation(network, X_other, y_other):
    validation = (X_other, y_other)
    settings = {"epochs": 2, "validation": validation, "progress": False}
    works(lambda: check_history(train(network, X, Y, **settings), 2, validated=True))


@given(networks, st.one_of(junk, rows(3, small)), some_labels)
def test_any_data_for_a_gradient_check(network, X, y):
    def errors():
        return [c.error for c in check_gradients(network, SoftmaxCrossEntropy(), X, y)]

    answer(errors, lambda: (len(network.parameters) + 1,))


@given(logits)
def test_any_logits_for_softmax(Z):
    P = answer(lambda: softmax(Z), lambda: np.shape(Z))
    assert P is None or ((P >= 0) & (P <= 1)).all()


@given(logits, some_labels)
def test_any_logits_and_labels_for_the_loss(Z, y):
    loss = SoftmaxCrossEntropy()
    if answer(lambda: loss.forward(Z, y), lambda: ()) is not None:
        answer(loss.backward, lambda: np.shape(Z))
    else:
        assert not hasattr(loss, "P") or np.isfinite(loss.P).all()


# numbers that a bare layer can multiply even in float32; NaN is its network's business
bare = st.one_of(
    st.none() | st.text(max_size=2) | st.dictionaries(st.integers(), st.integers(), max_size=2),
    st.recursive(small, lambda children: st.lists(children, max_size=3), max_leaves=6),
    hnp.arrays(st.sampled_from(["f4", "f8"]), shapes, elements=st.floats(-100, 100, width=16)),
    hnp.arrays(st.sampled_from(["?", "i1", "c8", "U2"]), shapes),
    rows(2, small) | rows(3, small),
)


@given(
    st.sampled_from([linear, lambda: linear(dtype=np.float32), ReLU, LeakyReLU, Sigmoid, Tanh]),
    bare,
    bare,
)
def test_any_input_of_a_layer(make, X, dA):
    layer = make()
    is_linear = isinstance(layer, Linear)
    if (A := answer(lambda: layer.forward(X))) is not None:
        assert np.shape(A) == ((len(X), 2) if is_linear else np.shape(X))
    if answer(lambda: layer.backward(dA), lambda: np.shape(X)) is not None:
        shapes = [array.shape for array in layer.gradients.values()]
        assert shapes == [array.shape for array in layer.parameters.values()]


@given(inputs, st.one_of(junk, hnp.arrays(np.float64, st.integers(0, 4))))
def test_any_arrays_for_a_linear_layer(W, b):
    made = []
    if works(lambda: made.append(Linear.from_arrays(W, b))):
        assert made[0].W.shape == np.shape(W)
        assert made[0].b.shape == np.shape(W)[1:]
        assert all(np.isfinite(array).all() for array in made[0].parameters.values())


# Arguments of any kind

counts = st.one_of(junk, st.integers(-2, 20), st.integers(1, 5), st.integers(1, 5).map(np.int64))
counts = counts.filter(lambda n: not isinstance(n, int | np.integer) or n < 100)
generators = st.one_of(st.builds(generator), junk)
# beyond 1e30, the weights themselves would overflow in float32
numbers = st.one_of(junk, st.floats(-1, 2), st.floats(max_value=1e30), st.just(np.inf))
numbers = numbers.filter(lambda x: not isinstance(x, int | float) or not 1e30 < x < np.inf)
precisions = st.one_of(st.sampled_from([np.float32, np.float64, "float32", None, np.float16]), junk)


@given(counts, counts, generators, numbers | st.none(), precisions)
def test_any_arguments_for_a_linear_layer(inputs, outputs, rng, std, dtype):
    made = []
    settings = {"rng": rng, "std": std, "dtype": dtype}
    if works(lambda: made.append(Linear(inputs, outputs, **settings))):
        assert made[0].W.shape == (inputs, outputs)
        assert made[0].b.shape == (outputs,)
        assert np.isfinite(made[0].W).all()


@given(numbers)
def test_any_slope(slope):
    made = []
    if works(lambda: made.append(LeakyReLU(slope))):
        assert np.isfinite(made[0].forward([-1.0, 1.0])).all()


@given(
    st.sampled_from([SGD, Momentum, Adam]),
    st.one_of(st.builds(network), junk),
    st.lists(numbers, max_size=4),
)
def test_any_arguments_for_an_optimizer(optimizer_class, network, settings):
    settings = settings or [0.1]
    settings = settings[: {SGD: 1, Momentum: 2, Adam: 4}[optimizer_class]]
    made = []
    if works(lambda: made.append(optimizer_class(network, *settings))):
        network.backward(network.forward(X))
        works(made[0].step)
        assert all(np.isfinite(array).all() for array in network.parameters.values())


@given(counts, counts, generators, numbers)
def test_any_arguments_for_the_shapes(points, classes, rng, noise):
    def sizes(rows):
        return lambda: (rows * points, 2)

    answer(lambda: spiral(points, classes, rng=rng, noise=noise)[0], lambda: sizes(classes)())
    answer(lambda: xor(points, rng=rng, noise=noise)[0], sizes(4))


options = st.fixed_dictionaries(
    {},
    optional={
        "epochs": counts,
        "batch_size": counts,
        "rng": generators | st.none(),
        "optimizer": st.one_of(st.none(), junk, st.builds(lambda: SGD(network(), 0.1))),
        "validation": st.one_of(st.none(), junk, st.just((X, Y)), st.tuples(junk, junk, junk)),
    },
)


@given(options)
def test_any_options_for_training(options):
    validated = options.get("validation") is not None
    epochs = options.get("epochs", 10)
    works(
        lambda: check_history(train(network(), X, Y, progress=False, **options), epochs, validated)
    )


layers = st.one_of(
    st.builds(linear, st.integers(1, 3), st.integers(1, 3)),
    st.builds(linear, st.integers(1, 3), st.integers(1, 3), st.just(np.float32)),
    st.builds(ReLU),
    st.builds(LeakyReLU),
    st.builds(Tanh),
)


@given(
    st.one_of(junk, st.lists(layers | junk, max_size=3), st.lists(layers, max_size=5)), st.data()
)
def test_any_layers_for_a_network(chosen, data):
    if data.draw(st.booleans()) and isinstance(chosen, list) and chosen:
        chosen = [*chosen, data.draw(st.sampled_from(chosen))]
    made = []
    if works(lambda: made.append(Network(chosen))):
        assert len({id(layer) for layer in made[0].layers}) == len(chosen)
        sizes = [layer.W.shape for layer in made[0].layers if isinstance(layer, Linear)]
        columns = sizes[0][0] if sizes else 3
        Z = made[0].forward(np.ones((2, columns)))
        assert Z.shape == (2, sizes[-1][1] if sizes else 3)
        assert made[0].backward(Z).shape == (2, columns)


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["forward", "loss", "back", "backward", "step", "predict"]),
            st.integers(0, 3),
        ),
        max_size=12,
    ),
    st.sampled_from([lambda n: SGD(n, 0.1), lambda n: Momentum(n, 0.1), Adam]),
)
def test_calls_in_any_order(calls, make_optimizer):
    one, loss = network(), SoftmaxCrossEntropy()
    optimizer, Z, dZ = make_optimizer(one), np.zeros((2, 2)), np.zeros((2, 2))
    for name, size in calls:
        batch = np.ones((size, 3))
        if name == "forward":
            Z = answer(lambda batch=batch: one.forward(batch), lambda size=size: (size, 2))
            Z = np.zeros((2, 2)) if Z is None else Z
        elif name == "loss":
            answer(lambda Z=Z, size=size: loss.forward(Z, [1] * size), lambda: ())
        elif name == "back":
            found = answer(loss.backward)
            dZ = dZ if found is None else found
        elif name == "backward":
            answer(lambda dZ=dZ: one.backward(dZ), lambda dZ=dZ: (len(dZ), 3))
        elif name == "step":
            works(optimizer.step)
        else:
            answer(lambda batch=batch: one.predict(batch), lambda size=size: (size,))


@given(junk)
def test_anything_for_a_numerical_gradient(x):
    answer(lambda: numerical_gradient(lambda x: 1.0, x), lambda: np.shape(x))


@given(rows(3, small), rows(3, small) | rows(2, small))
def test_any_two_arrays_for_the_relative_error(one, other):
    error = answer(lambda: relative_error(one, other), lambda: ())
    assert (error is not None) == (one.shape == other.shape)
    assert error is None or 0 <= error <= 2
