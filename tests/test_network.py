import numpy as np
import pytest

from backprop import (
    Layer,
    LeakyReLU,
    Linear,
    Network,
    NotFiniteError,
    ReLU,
    Sigmoid,
    SoftmaxCrossEntropy,
    Tanh,
    check_gradients,
    softmax,
)

ACTIVATIONS = [ReLU, LeakyReLU, lambda: LeakyReLU(0.3), Sigmoid, Tanh]
SIZES = [(5, 3), (5, 7, 3), (5, 8, 6, 7, 3)]  # pairwise different, so that a lost transpose shows
every_activation = pytest.mark.parametrize("activation", ACTIVATIONS)
every_size = pytest.mark.parametrize("sizes", SIZES, ids=str)
every_dtype = pytest.mark.parametrize("dtype", [np.float32, np.float64])


def batch(rows=4, columns=5, classes=3):
    rng = np.random.default_rng(rows)
    return rng.standard_normal((rows, columns)), rng.integers(classes, size=rows)


@every_activation
@every_size
@pytest.mark.parametrize("rows", [1, 4])
def test_every_gradient_is_the_numerical_one(activation, sizes, rows, make_network):
    network = make_network(*sizes, activation=activation)
    comparisons = check_gradients(network, SoftmaxCrossEntropy(), *batch(rows))
    assert [c.name for c in comparisons] == [*network.parameters, "X"]
    assert not any(c.kinked.any() for c in comparisons)
    assert all(c.error < 1e-7 for c in comparisons), "\n".join(map(str, comparisons))


@pytest.mark.parametrize("sizes", [(4, 4), (4, 4, 4)], ids=str)
def test_square_layers_have_the_numerical_gradients_too(sizes, make_network):
    X, y = batch(4, 4, 4)
    comparisons = check_gradients(make_network(*sizes), SoftmaxCrossEntropy(), X, y)
    assert all(c.error < 1e-7 for c in comparisons), "\n".join(map(str, comparisons))


@every_dtype
@every_activation
def test_forward_runs_down_the_list_and_backward_up_it(activation, dtype, make_network):
    network = make_network(5, 7, 3, activation=activation, dtype=dtype)
    twin = make_network(5, 7, 3, activation=activation, dtype=dtype).layers
    X, _ = batch()
    Z = twin[2].forward(twin[1].forward(twin[0].forward(X)))
    dX = twin[0].backward(twin[1].backward(twin[2].backward(Z)))
    assert np.array_equal(network.forward(X), Z)
    assert np.array_equal(network.backward(Z), dX)
    wanted = [*twin[0].gradients.values(), *twin[2].gradients.values()]
    assert all(map(np.array_equal, network.gradients.values(), wanted))


def test_names_are_those_of_the_book(make_network):
    network = make_network(5, 7, 6, 3)
    network.backward(network.forward(batch()[0]))
    assert list(network.parameters) == ["W1", "b1", "W2", "b2", "W3", "b3"]
    assert list(network.gradients) == ["dW1", "db1", "dW2", "db2", "dW3", "db3"]


def test_parameters_and_gradients_are_the_arrays_of_the_layers(make_network):
    network = make_network(5, 7, 3)
    network.backward(network.forward(batch()[0]))
    first, _, second = network.layers
    assert network.parameters["W1"] is first.W
    assert network.parameters["b2"] is second.b
    assert network.gradients["dW2"] is second.dW
    assert network.gradients["db1"] is first.db


@every_activation
@every_size
@every_dtype
def test_floats_keep_their_kind(activation, sizes, dtype, make_network):
    network = make_network(*sizes, activation=activation, dtype=dtype)
    X, y = batch()  # float64 at the door
    loss = SoftmaxCrossEntropy()
    Z = network.forward(X)
    loss.forward(Z, y)
    dX = network.backward(loss.backward())
    arrays = [Z, dX, loss.P, network.predict_proba(X), *network.gradients.values()]
    assert {array.dtype for array in arrays} == {network.dtype} == {np.dtype(dtype)}


@every_dtype
def test_inputs_take_the_precision_of_the_weights_at_the_door(dtype, rng):
    network = Network([Tanh(), Linear(5, 3, rng=rng, dtype=dtype)])
    network.forward(batch()[0])
    assert network.layers[0].A.dtype == dtype


@every_activation
@every_dtype
def test_neither_pass_changes_what_it_is_given_or_gave(activation, dtype, make_network, bits):
    network = make_network(5, 7, 3, activation=activation, dtype=dtype)
    X = batch()[0].astype(dtype)
    dZ = np.ones((4, 3), dtype)
    X.flags.writeable = dZ.flags.writeable = False
    Z = network.forward(X)
    hidden = network.layers[2].X
    before = X.tobytes(), dZ.tobytes(), Z.tobytes(), hidden.tobytes(), bits(network)
    network.backward(dZ)
    network.predict_proba(X)
    assert (X.tobytes(), dZ.tobytes(), Z.tobytes(), hidden.tobytes(), bits(network)) == before


def test_gradients_are_not_added_up(make_network):
    network = make_network(5, 7, 3)
    dZ = network.forward(batch()[0])
    first = [network.backward(dZ), *network.gradients.values()]
    second = [network.backward(dZ), *network.gradients.values()]
    assert all(map(np.array_equal, first, second))


def test_prediction_is_the_most_probable_class(make_network):
    network = make_network(5, 7, 3)
    X, _ = batch(rows=50)
    P = network.predict_proba(X)
    assert np.array_equal(P, softmax(network.forward(X)))
    assert network.predict(X).tolist() == [row.index(max(row)) for row in P.tolist()]
    assert set(network.predict(X)) == {0, 1, 2}


def test_backward_belongs_to_the_last_forward_which_predict_runs_too(make_network):
    network = make_network(5, 7, 3)
    (X, _), dZ = batch(), np.ones((4, 3))
    network.forward(X)
    wanted = network.backward(dZ)
    network.forward(-X)
    network.predict(X)
    assert np.array_equal(network.backward(dZ), wanted)


@pytest.mark.parametrize("kind", [list, tuple, np.array])
def test_inputs_may_be_lists_and_integers(kind, make_network):
    network, row = make_network(5, 7, 3), [1, -2, 3, 0, 4]
    assert np.array_equal(network.forward(kind([row])), network.forward(np.array([row], float)))


def test_a_network_may_have_nothing_to_learn():
    network = Network([ReLU(), Tanh()])
    assert network.dtype == np.float64
    assert network.parameters == network.gradients == {}
    assert network.forward([[-1, 0]]).tolist() == [[0, 0]]
    assert network.backward([[1, 1]]).tolist() == [[0, 0]]


def test_the_list_of_layers_is_copied(rng):
    layers = [Linear(2, 3, rng=rng)]
    network = Network(layers)
    layers.append(ReLU())
    assert repr(network) == "Linear(2, 3)"


def test_layers_may_come_from_a_generator(rng):
    assert len(Network(ReLU() for _ in range(3)).layers) == 3


def test_layers_that_do_not_fit_are_found_across_an_activation(rng):
    with pytest.raises(ValueError, match=r"Linear\(2, 3\) gives 3 columns, but Linear\(4, 2\)"):
        Network([Linear(2, 3, rng=rng), ReLU(), Linear(4, 2, rng=rng)])


def test_one_layer_cannot_stand_twice_even_if_it_fits(rng):
    layer = Linear(3, 3, rng=rng)
    with pytest.raises(ValueError, match=r"layers\[2\] stands twice"):
        Network([layer, ReLU(), layer])


def test_layers_that_only_look_alike_may_stand_together(rng):
    Network([ReLU(), ReLU(), Linear(3, 3, rng=rng), Linear(3, 3, rng=rng)])


@pytest.mark.parametrize("method", ["forward", "predict", "predict_proba"])
def test_an_output_that_overflows_is_refused_without_a_warning(method, make_network):
    network = make_network(5, 7, 3)
    for layer in network.layers[::2]:
        layer.W[...] = 1
    with pytest.raises(NotFiniteError, match="the output holds inf"):
        getattr(network, method)(np.full((1, 5), 1e308))


def test_a_gradient_that_overflows_is_refused_without_a_warning(make_network):
    network = make_network(5, 3)
    network.forward(batch()[0])
    network.layers[0].W *= 100
    with pytest.raises(NotFiniteError, match="dX holds"):
        network.backward(np.full((4, 3), 1e308))


def test_repr_is_the_chain(make_network):
    assert repr(make_network(5, 7, 3, activation=Tanh)) == "Linear(5, 7) -> Tanh() -> Linear(7, 3)"


class LearntLeak(Layer):
    """A = Z where Z > 0, slope * Z elsewhere, with a slope for each unit that is learnt."""

    parameter_names = ("slope",)

    def __init__(self, units):
        self.slope = np.linspace(0.1, 0.5, units)

    def forward(self, Z):
        self.Z, self.gate = Z, Z > 0
        return np.where(self.gate, Z, self.slope * Z)

    def backward(self, dA):
        self.dslope = np.where(self.gate, 0, dA * self.Z).sum(axis=0)
        return np.where(self.gate, dA, self.slope * dA)


def test_each_kind_of_parameter_is_numbered_by_itself(rng):
    one, other = LearntLeak(4), LearntLeak(3)
    layers = [Linear(5, 4, rng=rng), one, Linear(4, 3, rng=rng), other, Linear(3, 3, rng=rng)]
    network = Network(layers)
    names = ["W1", "b1", "slope1", "W2", "b2", "slope2", "W3", "b3"]
    assert list(network.parameters) == names
    assert network.parameters["slope2"] is other.slope
    comparisons = check_gradients(network, SoftmaxCrossEntropy(), *batch())
    assert [c.name for c in comparisons] == [*names, "X"]
    assert all(c.error < 1e-7 for c in comparisons), "\n".join(map(str, comparisons))
    assert list(network.gradients) == [f"d{name}" for name in names]
    assert network.gradients["dslope1"] is one.dslope


def test_a_gradient_takes_the_precision_of_the_weights_at_the_door(make_network):
    network = make_network(5, 3, dtype=np.float32)
    network.forward(batch()[0])
    with pytest.raises(NotFiniteError, match=r"^dZ holds inf at index \(0, 0\)"):
        network.backward(np.full((4, 3), 1e300))


@every_dtype
@every_activation
def test_leaving_out_the_inputs_changes_no_gradient(activation, dtype, make_network):
    network = make_network(5, 7, 3, activation=activation, dtype=dtype)
    dZ = network.forward(batch()[0])
    network.backward(dZ)
    wanted = network.gradients
    assert network.backward(dZ, inputs=False).shape == (4, 0)
    assert all(map(np.array_equal, network.gradients.values(), wanted.values()))
    assert all(map(lambda new, old: new is not old, network.gradients.values(), wanted.values()))


def test_a_first_layer_with_a_backward_of_its_own_is_asked_for_all_of_it(rng):
    class Doubled(Linear):
        def backward(self, dZ):
            dX = super().backward(dZ)
            self.dW = 2 * self.dW
            return dX

    network = Network([Doubled(5, 3, rng=rng)])
    dZ = network.forward(batch()[0])
    assert network.backward(dZ, inputs=False).shape == (4, 5)
    assert np.array_equal(network.gradients["dW1"], 2 * batch()[0].T @ dZ)


def test_a_first_layer_of_another_kind_returns_what_it_returns(rng):
    network = Network([Tanh(), Linear(5, 3, rng=rng)])
    dZ = network.forward(batch()[0])
    assert np.array_equal(network.backward(dZ, inputs=False), network.backward(dZ))
