import numpy as np
import pytest
from matplotlib import rcParams

from backprop import LeakyReLU, Linear, Network, ReLU, SoftmaxCrossEntropy, load_digits, spiral
from backprop.classroom import figures
from backprop.classroom.display import Matrices, Picture, Source
from backprop.classroom.style import RESOLUTION, WIDTH
from backprop.training import History


@pytest.fixture
def pictures(make_network):
    """One of each figure of the book, as a function that draws it."""
    X, y = spiral(5, rng=np.random.default_rng(0))
    network = make_network(2, 3, 3)
    history = History(loss=[2.0, 1.0], accuracy=[0.5, 0.75])
    digits = load_digits()
    return {
        "function_and_slope": lambda: figures.function_and_slope(ReLU(), "ReLU"),
        "gate_map": lambda: figures.gate_map(X > 0),
        "learning_curves": lambda: figures.learning_curves(history),
        "digits": lambda: figures.digits(digits.X_test[:3], ["a", "b", "c"]),
        "decision_regions": lambda: figures.decision_regions(network, X, y),
        "network_diagram": lambda: figures.network_diagram(network, X[4:5], y[4:5]),
    }


def test_every_figure_is_tried_here(pictures):
    public = {name for name, thing in vars(figures).items() if hasattr(thing, "__wrapped__")}
    assert public == set(pictures)


def test_every_figure_is_of_one_width_and_says_what_it_shows(pictures):
    for name, draw in pictures.items():
        picture = draw()
        assert isinstance(picture, Picture)
        assert int.from_bytes(picture.png[16:20], "big") == WIDTH * RESOLUTION, name
        assert len(picture.words) > 5, name


def test_a_figure_is_the_same_to_the_byte_whatever_the_readers_style(pictures):
    for name, draw in pictures.items():
        before = draw().png
        try:
            rcParams.update({"font.size": 20, "axes.facecolor": "black"})
            assert draw().png == before, name
            assert rcParams["font.size"] == 20, "the reader's own style was changed"
        finally:
            rcParams.update({"font.size": 10, "axes.facecolor": "white"})


def test_the_diagram_holds_the_numbers_of_the_network(make_network):
    network = make_network(2, 3, 2)
    X, y = np.array([[1.5, -0.7]]), np.array([1])
    picture = figures.network_diagram(network, X, y)
    loss = SoftmaxCrossEntropy()
    loss.forward(network.forward(X), y)
    dX = network.backward(loss.backward())
    written = {text.get_text() for axes in picture.figure.axes for text in axes.texts}
    arrays = [X, dX, loss.P, *network.parameters.values(), *network.gradients.values()]
    weights_and_flows = [array for array in arrays if array.ndim == 2]
    for number in np.concatenate([array.ravel() for array in weights_and_flows]):
        assert (f"{number:.2f}".replace("-", "\N{MINUS SIGN}") if number else "0") in written


def test_the_diagram_says_which_gates_are_shut():
    hidden = Linear.from_arrays([[1.0, -1.0, 0.0]], [0.0, 0.0, 0.0])
    output = Linear.from_arrays(np.ones((3, 2)), np.zeros(2))
    network = Network([hidden, ReLU(), output])
    words = figures.network_diagram(network, np.array([[2.0]]), np.array([0])).words
    assert words.endswith("gates shut: unit 2, unit 3")


def test_the_diagram_is_of_one_example(make_network):
    with pytest.raises(ValueError, match=r"X has shape \(2, 2\); \(1, D\) is wanted"):
        figures.network_diagram(make_network(2, 3, 2), np.ones((2, 2)), np.array([0, 1]))


def test_a_gate_map_counts(pictures):
    gates = np.array([[True, False, False], [True, True, False]])
    assert figures.gate_map(gates).words == (
        "2 examples by 3 units: 50.0% of the gates are shut; "
        "units shut for all examples: 1; examples with all units shut: 0"
    )


def test_the_slope_is_that_of_the_layer():
    words = figures.function_and_slope(LeakyReLU(0.25), "leaky").words
    assert words == "leaky beside its slope; slope 0.25 at -3 and 1 at 3"


def test_matrices_are_set_as_mathematics_and_an_exact_zero_as_zero():
    both = Matrices(A_1=np.array([[1.5, -0.0], [0.33333, -2]]), L=0.25)._repr_mimebundle_()
    assert r"A_1 &= \begin{pmatrix} 1.5 & 0 \\ 0.3333 & -2 \end{pmatrix}" in both["text/latex"]
    assert "L &= 0.25" in both["text/latex"]
    assert "-0." not in both["text/plain"].replace("-0.3333", "")


def test_source_shows_the_very_code_that_runs():
    shown = Source(ReLU.backward)._repr_mimebundle_()
    assert shown["text/plain"].startswith("def backward(self, dA")
    assert "* gate" in shown["text/plain"]
    assert shown["text/markdown"].startswith("```python\ndef backward")
