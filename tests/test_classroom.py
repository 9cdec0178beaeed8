import re
from fractions import Fraction
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from matplotlib import rcParams
from PIL import Image

from backprop import (
    LeakyReLU,
    Linear,
    Network,
    ReLU,
    SoftmaxCrossEntropy,
    load_digits,
    softmax,
    spiral,
)
from backprop.classroom import figures
from backprop.classroom.display import Matrices, Picture, Source, Table
from backprop.classroom.example import every_array, worked_example
from backprop.classroom.figures.worksheet import BOX, GIVEN, ROWS, worksheet
from backprop.classroom.museum import Run
from backprop.classroom.steps import Parameters
from backprop.classroom.style import GREY, NARROW, RESOLUTION, WIDTH
from backprop.classroom.tape import Value
from backprop.training import History


def taped(X, y):
    """The tape of a loss after its backward pass, with a name for one of its values."""
    W = Value(np.ones((2, 3)))
    Z = Value(X) @ W
    loss = (Z.exp().sum_rows().log() - Z.pick(y)).mean()
    loss.backward()
    return loss, {"Z": Z}


@pytest.fixture
def pictures(make_network):
    """One of each figure of the book, as a function that draws it."""
    X, y = spiral(5, rng=np.random.default_rng(0))
    network = make_network(2, 3, 3)
    history = History(loss=[2.0, 1.0], accuracy=[0.5, 0.75])
    digits = load_digits()
    run = Run(steps=[0, 10], loss=[2.3, np.inf], shut=[0.5, 1.0], dead=32, right=40)

    def one_loss(z, y):
        P = softmax(z[None])[0]
        return -np.log(P[y]), P - np.eye(2)[y]

    return {
        "function_and_slope": lambda: figures.function_and_slope(ReLU(), "ReLU"),
        "gate_map": lambda: figures.gate_map(X > 0),
        "learning_curves": lambda: figures.learning_curves(history),
        "digits": lambda: figures.digits(digits.X_test[:3], ["a", "b", "c"]),
        "decision_regions": lambda: figures.decision_regions(network, X, y),
        "network_diagram": lambda: figures.network_diagram(network, X[4:5], y[4:5]),
        "entries_that_meet": lambda: figures.entries_that_meet(
            X[:2], network.layers[0].W, np.ones((2, 3)), example=1, column=0, unit=2
        ),
        "error_curves": lambda: figures.error_curves(
            np.array([1e-9, 1e-3]), {"forward": np.array([0, 1e-3])}, {"forward": 1e-8}
        ),
        "softmax_jacobian": lambda: figures.softmax_jacobian(np.array([0.2, 0.3, 0.5])),
        "losses_by_gap": lambda: figures.losses_by_gap({"a": one_loss, "b": one_loss}),
        "runs_compared": lambda: figures.runs_compared(
            [1, 2], {"a": [[1, 2], [3, 4]]}, xlabel="setting", ylabel="loss", logarithmic=True
        ),
        "subgradients": lambda: figures.subgradients((0, 0.5, 2)),
        "functions_and_slopes": lambda: figures.functions_and_slopes({"abs": (abs, np.sign)}),
        "batch_tables": lambda: figures.batch_tables(network, X[:2], y[:2]),
        "along_one_input": lambda: figures.along_one_input(network, X[4:5], logit=1),
        "loss_and_tangent": lambda: figures.loss_and_tangent(network, X, y, "W1", (0, 0)),
        "open_paths": lambda: figures.open_paths([np.array([True, False])], inputs=2),
        "sizes_by_layer": lambda: figures.sizes_by_layer({"ReLU": {"1/n": [[1, 0.1]]}}, "size"),
        "tape_lines": lambda: figures.tape_lines(*taped(X[:2], y[:2])),
        "fork": lambda: figures.fork(network, X[4:5], y[4:5], unit=0),
        "dead_shares": lambda: figures.dead_shares([[0, 0.5], [1, 1]], (0, -1), (0.1, 10)),
        "ways_out": lambda: figures.ways_out({"none": [-1, -1], "decay": [-1, 0.5]}),
        "beside_the_right": lambda: figures.beside_the_right(run, run),
        "ranked_runs": lambda: figures.ranked_runs({"sign": run}, {"sign": -1.0}, [run]),
        "gates_of_one": lambda: figures.gates_of_one(X[4:5], y[4:5], *network.parameters.values()),
        "open_shares": lambda: figures.open_shares(X > 0, 0.5, "3 of 5"),
        "point_and_slope": lambda: figures.point_and_slope(ReLU(), -1.0),
        "two_differences": lambda: figures.two_differences(lambda u: u**2, 1.0, 2.0, 1e-3),
        "training_so_far": lambda: figures.training_so_far(network, X, y, [1.2, 1.0], 10),
        "one_step": lambda: figures.one_step(
            X[4:5], y[4:5], Parameters(*network.parameters.values()), 0.5, 1
        ),
        "time_shares": lambda: figures.time_shares({"2-3-3": {"loss": 3.0, "update": 1.0}}),
    }


def test_every_figure_is_tried_here(pictures):
    public = {name for name, thing in vars(figures).items() if hasattr(thing, "__wrapped__")}
    assert public == set(pictures)


def test_every_figure_has_its_width_and_words_and_is_the_same_whatever_the_readers_style(pictures):
    """Still ones are of one width, unless square; those with numbers are of widgets."""
    for name, draw in pictures.items():
        picture = draw()
        assert isinstance(picture, Picture)
        width = NARROW if picture.numbers or name == "decision_regions" else WIDTH
        assert picture.pixels.shape[1] == width * RESOLUTION, name
        assert len(picture.words) > 5, name
        try:
            rcParams.update({"font.size": 20, "axes.facecolor": "black"})
            assert np.array_equal(draw().pixels, picture.pixels), name
            assert rcParams["font.size"] == 20, "the reader's own style was changed"
        finally:
            rcParams.update({"font.size": 10, "axes.facecolor": "white"})


def test_a_picture_is_a_png_of_its_pixels(pictures):
    picture = pictures["fork"]()
    assert np.array_equal(np.asarray(Image.open(BytesIO(picture.png))), picture.pixels)
    assert picture._repr_mimebundle_() == {"image/png": picture.png, "text/plain": picture.words}


@pytest.mark.parametrize(
    "draw",
    [
        lambda k: figures.point_and_slope(LeakyReLU(0.5 * k), 6.0 * k - 2),
        lambda k: figures.two_differences(lambda u: u ** (2 + k), 1.0, 2.0 + k, 10.0 ** -(2 + k)),
        lambda k: figures.beside_the_right(
            Run([0, 9 + k], [2.3, k], [0.5, k]), Run([0, 20], [2.3, 0.1], [0.5, 0.4])
        ),
    ],
)
def test_what_was_drawn_before_on_the_same_figure_leaves_no_trace(draw):
    first, other, again = (draw(k).pixels for k in (0, 1, 0))
    assert not np.array_equal(first, other)
    assert np.array_equal(first, again)


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


@pytest.mark.parametrize("sizes", [(1, 4, 3), (3, 3, 3)])
def test_the_numbers_on_the_edges_of_a_diagram_stand_clear_of_each_other(make_network, sizes):
    network = make_network(*sizes)
    axes = figures.network_diagram(network, np.ones((1, sizes[0])), np.array([0])).figure.axes[0]
    numbers = [text.get_window_extent() for text in axes.texts if text.get_fontsize() == 9]
    assert len(numbers) > 2 * sum(W.size for name, W in network.parameters.items() if "W" in name)
    assert all(number.count_overlaps(numbers) == 1 for number in numbers), "each meets itself alone"


def test_the_diagram_is_of_one_example(make_network):
    with pytest.raises(ValueError, match=r"X has shape \(2, 2\); \(1, D\) is wanted"):
        figures.network_diagram(make_network(2, 3, 2), np.ones((2, 2)), np.array([0, 1]))


def test_a_tape_is_drawn_line_by_line_and_names_what_is_read_twice():
    X, y = spiral(5, rng=np.random.default_rng(0))
    picture = figures.tape_lines(*taped(X[:2], y[:2]))
    assert picture.words.startswith("a tape of 9 lines, loss 1.0986; read more than once: Z")
    written = {text.get_text() for text in picture.figure.axes[0].texts}
    assert {"Z = (2) @ (1)", "exp(Z)", "sum_rows(4)", "given", "mean(8)"} <= written


def test_a_tape_without_derivatives_is_not_drawn():
    with pytest.raises(ValueError, match="no derivatives yet: call backward first"):
        figures.tape_lines(Value(1.0), {})


def test_a_gate_map_counts(pictures):
    gates = np.array([[True, False, False], [True, True, False]])
    assert figures.gate_map(gates).words == (
        "2 examples by 3 units: 50.0% of the gates are shut; "
        "units shut for all examples: 1; examples with all units shut: 0"
    )


def test_open_paths_are_counted_and_shut_units_named():
    gates = [np.array([True, False, True]), np.array([True])]
    words = figures.open_paths(gates, inputs=2).words
    assert words == "4 of 6 paths are open; shut units: 1.2"


def test_no_edge_is_drawn_as_open_where_a_whole_layer_is_shut():
    picture = figures.open_paths([np.array([True]), np.array([False])], inputs=1)
    assert picture.words == "0 of 1 paths are open; shut units: 2.1"
    assert {line.get_color() for line in picture.figure.axes[0].lines} == {GREY}


def test_open_paths_are_those_of_one_example():
    with pytest.raises(ValueError, match=r"gates\[0\] has shape \(2, 3\); \(units,\) is wanted"):
        figures.open_paths([np.ones((2, 3), bool)], inputs=2)
    with pytest.raises(ValueError, match="inputs is 0; a whole number of at least 1"):
        figures.open_paths([np.ones(3, bool)], inputs=0)


def test_sizes_are_told_by_their_medians_as_powers_of_ten():
    sizes = {"ReLU": {"small": [[9e-6, 1.1], [1.2e-5, 1], [2, 0.9]], "large": [[30, 1]]}}
    assert figures.sizes_by_layer(sizes, "size").words == (
        "ReLU: small 1e-5 at layer 0 and 1e0 at the top, large 1e1 at layer 0 and 1e0 at the top"
    )


@pytest.mark.parametrize(
    ("sizes", "message"),
    [
        ({}, "0 panels are given; 1 to 3 are drawn"),
        ({"ReLU": {}}, "0 curves are given; 1 to 3 are drawn"),
        ({"ReLU": {name: [[1]] for name in "abcd"}}, "4 curves are given; 1 to 3 are drawn"),
        ({"ReLU": {"a": [1, 2]}}, r"ReLU, a has shape \(2,\); \(seeds, layers\) is wanted"),
        ({"ReLU": {"a": [[1, 0]]}}, "ReLU, a holds 0; sizes above 0 are drawn"),
        ({"ReLU": {"a": [[1, np.nan]]}}, r"ReLU, a holds nan at index \(0, 1\)"),
    ],
)
def test_sizes_that_have_no_logarithm_or_no_room_are_refused(sizes, message):
    with pytest.raises(ValueError, match=message):
        figures.sizes_by_layer(sizes, "size")


def test_the_shares_of_dead_units_stand_in_their_cells():
    picture = figures.dead_shares([[0.126, 0.5], [0.7, 1]], biases=(0, -1), learning_rates=(0.1, 3))
    assert [text.get_text() for text in picture.figure.axes[0].texts] == [
        "13%",
        "50%",
        "70%",
        "100%",
    ]
    assert picture.words == (
        "dead units by initial bias, from the learning rate 0.1 to 3: "
        "0: 13% to 50%; -1: 70% to 100%"
    )


def test_a_unit_is_open_from_the_first_step_above_0():
    words = figures.ways_out({"a": [-1, 0, 0.1, 2], "b": [-1, -2], "c": [3]}).words
    assert words == "a: open from step 2; b: shut; c: open from step 0"


def test_the_slope_is_that_of_the_layer():
    words = figures.function_and_slope(LeakyReLU(0.25), "leaky").words
    assert words == "leaky beside its slope; slope 0.25 at -3 and 1 at 3"


def test_a_moved_gate_shows_what_arrives_and_what_passes():
    X, y, *parameters = worked_example()
    picture = figures.gates_of_one(X[:1], y[:1], *parameters)
    assert picture.words.startswith("Unit 2 is shut. For units 1 to 3, z is ")
    minus = "\N{MINUS SIGN}"
    assert picture.numbers["z"] == f"1.20, {minus}0.50, 0.90"
    assert picture.numbers["da"] == f"{minus}0.27, 0.39, {minus}0.06"
    assert picture.numbers["dz"] == f"{minus}0.27, 0, {minus}0.06"


def test_a_pre_activation_that_is_0_but_for_rounding_is_shut():
    X, y, W1, b1, *rest = worked_example()
    x = np.array([[1.0, 1.0]])
    assert (x @ W1 + b1)[0, 0] != 0
    picture = figures.gates_of_one(x, y[:1], W1, b1, *rest)
    assert picture.words.startswith("Units 1 and 3 are shut. ")
    assert figures.gates_of_one(x, y[:1], W1, b1 + 2, *rest).words.startswith("No unit is shut. ")
    with pytest.raises(ValueError, match=r"X has shape \(2, 2\); \(1, D\) is wanted"):
        figures.gates_of_one(X, y, W1, b1, *rest)


def test_the_share_of_examples_that_open_a_unit_is_counted():
    picture = figures.open_shares([[1, 0, 0], [1, 1, 0]], 0.123, "7 of 10")
    assert picture.numbers == {"dead units": "1", "loss": "0.12", "right": "7 of 10"}
    assert [bar.get_height() for bar in picture.figure.axes[0].patches] == [0, 0.5, 1]
    with pytest.raises(ValueError, match=r"gates has shape \(3,\)"):
        figures.open_shares([1, 0, 1], 0.1, "")


def test_a_point_on_a_flat_piece_gets_nothing_back():
    words = figures.point_and_slope(ReLU(), -2.0).words
    assert words.endswith("The slope is 0. Exactly 0: nothing comes back.")
    assert figures.point_and_slope(LeakyReLU(0.25), -2.0).numbers == {
        "activation": "\N{MINUS SIGN}0.5",
        "slope": "0.25",
    }
    with pytest.raises(ValueError, match="z is nan; a finite number is wanted"):
        figures.point_and_slope(ReLU(), float("nan"))


def test_two_differences_have_the_errors_that_theory_says():
    minus = "\N{MINUS SIGN}"
    cube = figures.two_differences(lambda u: u**3, 1.0, 3.0, 2.0**-10)
    assert cube.numbers == {"forward": f"2.9e{minus}03", "central": f"9.5e{minus}07"}
    line = figures.two_differences(lambda u: 2 * u, 1.0, 2.0, 0.5)
    assert line.numbers == dict.fromkeys(cube.numbers, f"below 1e{minus}13")
    for h in (0, -1e-3, float("inf")):
        with pytest.raises(ValueError, match=rf"h is {h}; a step above 0"):
            figures.two_differences(lambda u: u, 1.0, 1.0, h)


def test_training_so_far_counts_and_its_loss_ends_where_it_stands(make_network):
    X, y = spiral(5, rng=np.random.default_rng(0))
    network = make_network(2, 3, 3)
    network.layers[0].b[0] = -100
    picture = figures.training_so_far(network, X, y, [1.5, 1.25, 1.0], 20)
    assert picture.numbers["loss"] == "1.00"
    assert picture.numbers["dead units"] == "1"
    right = (network.predict(X) == y).sum()
    assert picture.numbers["right of 15"] == str(right)
    assert picture.figure.axes[1].get_xlim() == (0, 20)
    assert list(picture.figure.axes[1].lines[0].get_ydata()) == [1.5, 1.25, 1.0]


def test_the_number_of_a_gate_never_stands_on_that_of_another(make_network):
    X, y = spiral(5, rng=np.random.default_rng(0))
    network = make_network(2, 4, 3)
    network.layers[0].W[:] = [[0.5, 0.5, -1, 1], [0.5, 0.5, -1, 0]]
    network.layers[0].b[:] = 0
    axes = figures.training_so_far(network, X, y, [1.0], 20).figure.axes[0]
    numbers = [text for text in axes.texts if text.get_text()]
    assert [text.get_text() for text in numbers] == ["1", "2", "3", "4"]
    spots = [text.get_bbox_patch().get_window_extent() for text in numbers]
    assert all(spot.count_overlaps(spots) == 1 for spot in spots), "each meets itself alone"


def test_a_loss_that_falls_by_a_few_powers_of_ten_has_plain_decimals_beside_it():
    picture = figures.learning_curves(History([2.0, 0.04], [0.5, 0.9]))
    picture.figure.draw_without_rendering()
    labels = [tick.label1.get_text() for tick in picture.figure.axes[0].yaxis.get_major_ticks()]
    assert {"0.1", "0.3", "1"} <= set(labels)
    assert not any("$" in label for label in labels)  # as in $10^{-1}$


def test_only_slopes_from_0_to_1_stay_below_relu():
    words = figures.subgradients((-0.5, 0, 0.5, 1, 1.5)).words
    assert words.endswith("slopes 0, 0.5, 1")


def test_a_jacobian_holds_the_products_of_the_probabilities():
    picture = figures.softmax_jacobian(np.array([0.25, 0.75]))
    written = [text.get_text() for text in picture.figure.axes[2].texts]
    assert written[:4] == ["0.1875", "\N{MINUS SIGN}0.1875", "\N{MINUS SIGN}0.1875", "0.1875"]


def test_matrices_are_set_as_mathematics_and_an_exact_zero_as_zero():
    both = Matrices(A_1=np.array([[1.5, -0.0], [0.33333, -2]]), L=0.25)._repr_mimebundle_()
    assert r"\begin{array}{rr} 1.5\phantom{333} & 0 \\ 0.3333 & -2 \end" in both["text/latex"]
    assert "L &= 0.25" in both["text/latex"]
    assert "-0." not in both["text/plain"].replace("-0.3333", "")


def test_source_shows_the_very_code_that_runs():
    shown = Source(ReLU.backward)._repr_mimebundle_()
    assert shown["text/plain"].startswith("def backward(self, dA")
    assert "* gate" in shown["text/plain"]
    assert shown["text/markdown"].startswith("```python\ndef backward")


def test_source_shows_a_whole_file(tmp_path):
    program = tmp_path / "program.py"
    program.write_text("x = 1  # eq-dW\n", encoding="utf-8")
    shown = Source(program)._repr_mimebundle_()
    assert shown["text/plain"] == "x = 1  # eq-dW"
    assert shown["text/markdown"].endswith("Equations: `eq-dW` is {eq}`eq-dW`.")


def test_a_table_rounds_what_has_more_than_four_decimals():
    rows = [["$W_1$", -0.123456, Fraction("-1.28"), 3], ["a|b", 0.0, Fraction(1, 3), np.int64(20)]]
    both = Table(["name", "$x$", "exact", "count"], rows)._repr_mimebundle_()
    assert both["text/markdown"].splitlines() == [
        "| name | $x$ | exact | count |",
        "| :--- | ---: | ---: | ---: |",
        "| $W_1$ | \N{MINUS SIGN}0.1235 | \N{MINUS SIGN}1.28 | 3 |",
        r"| a\|b | 0 | 0.3333 | 20 |",
    ]
    assert both["text/plain"].splitlines() == [
        "name        x   exact  count",
        "W_1   -0.1235   -1.28      3",
        "a|b         0  0.3333     20",
    ]


@pytest.mark.parametrize(
    ("entries", "rule"),
    [
        (["-0.5", "97%", "3 of 50", "1.2e-05"], "---:"),
        (["417 to 447", "2, 1, 2"], "---:"),
        (["1 unit, rate 0.5", "16 units"], ":---"),
        (["3", "none"], ":---"),
    ],
)
def test_a_column_is_set_to_the_right_if_all_of_it_is_numbers(entries, rule):
    table = Table(["what"], [[entry] for entry in entries])._repr_mimebundle_()
    assert table["text/markdown"].splitlines()[1] == f"| {rule} |"


def test_commas_part_the_thousands():
    assert str(Table(["n"], [[16_000], [np.int64(-2000)], [True]])).split() == [
        "n",
        "16,000",
        "-2,000",
        "True",
    ]


def test_a_table_may_have_empty_places_and_no_rows():
    assert str(Table(["a", "b"], [["", 1], ["x", ""]])).splitlines() == ["a  b", "   1", "x"]
    assert str(Table(["a", "b"], [])) == "a  b"


def test_a_row_that_does_not_fit_its_header_is_named():
    with pytest.raises(ValueError, match="row 1 has 1 entries, the header 2"):
        Table(["a", "b"], [[1, 2], [3]])


@pytest.mark.locked  # byte for byte
@pytest.mark.parametrize(("name", "filled"), [("worksheet", False), ("worksheet-filled", True)])
def test_the_stored_worksheet_is_the_one_that_is_drawn(name, filled):
    stored = Path(__file__).parent.parent / "assets" / f"{name}.pdf"
    assert stored.read_bytes() == worksheet(filled), "run `make notebooks`"


def test_the_worksheet_is_one_a4_page_with_its_fonts_as_text():
    for sheet in (worksheet(), worksheet(filled=True)):
        assert re.findall(rb"/MediaBox \[ ([\d. ]+) \]", sheet) == [
            b"0 0 595.2755905512 841.8897637795"
        ]
        assert b"/FontFile2" in sheet
        assert b"/Type3" not in sheet
        assert b"CreationDate" not in sheet


def test_the_worksheet_has_a_place_for_every_array_and_room_to_write():
    places = [*GIVEN, *(name for names in ROWS.values() for name in names if name)]
    assert sorted(places) == sorted(every_array())
    assert BOX[0] >= 14
    assert BOX[1] >= 8


def test_gates_may_be_zeros_and_ones():
    words = figures.gate_map([[1, 0, 0], [1, 1, 0], [0, 0, 0]]).words
    assert words == (
        "3 examples by 3 units: 66.7% of the gates are shut; "
        "units shut for all examples: 1; examples with all units shut: 1"
    )


def test_a_comparison_draws_every_run_and_says_where_the_medians_are_lowest():
    runs = {"a": [[3, 1, 2], [1, 1, 5]], "b": [[4, 4, 4], [6, 6, 6]]}
    picture = figures.runs_compared([0.5, 1], runs, xlabel="rate", ylabel="loss")
    assert picture.words == "loss, lowest medians: a 1 at 1; b 4 at 0.5"
    drawn = picture.figure.axes[0].lines
    assert len(drawn) == 2 * (1 + 3)
    assert drawn[0].get_ydata().tolist() == [2, 1]
    assert drawn[0].get_linestyle() != drawn[4].get_linestyle()
    assert drawn[0].get_marker() != drawn[4].get_marker()


def test_a_comparison_can_leave_open_how_far_a_run_diverged():
    one, other = (
        figures.runs_compared([1, 2], {"a": [[1], [end]]}, xlabel="", ylabel="", highest=10)
        for end in (11.0, 12.0)
    )
    assert one.png == other.png


def compared(runs):
    return figures.runs_compared([1, 2], runs, xlabel="x", ylabel="y")


@pytest.mark.parametrize(
    ("draw", "message"),
    [
        (lambda: figures.digits(np.zeros((3, 64)), ["a"]), "1 captions for 3 digits"),
        (lambda: figures.digits(np.zeros((1, 64)), ["a", "b"]), "2 captions for 1 digits"),
        (lambda: figures.learning_curves(History()), "the history is empty"),
        (lambda: figures.gate_map([True, False]), "gates has shape"),
        (lambda: compared({}), "0 names to compare; 1 to 4 are wanted"),
        (lambda: compared({name: [[1], [2]] for name in "abcde"}), "5 names to compare"),
        (lambda: compared({"a": [[1, 2]]}), r"a has shape \(1, 2\); \(2, runs\) is wanted"),
        (lambda: compared({"a": [[1], [np.nan]]}), r"a holds nan at index \(1, 0\)"),
        (lambda: figures.dead_shares([[0.5]], (0, 1), (1,)), r"shares has shape \(1, 1\)"),
        (lambda: figures.dead_shares([[50]], (0,), (1,)), "a number outside 0 to 1"),
        (lambda: figures.dead_shares([[np.nan]], (0,), (1,)), "a number outside 0 to 1"),
        (lambda: figures.ways_out({}), "peaks holds 0 ways"),
        (lambda: figures.ways_out({name: [1] for name in "abcde"}), "peaks holds 5 ways"),
        (lambda: figures.ways_out({"a": []}), r"a has shape \(0,\)"),
    ],
)
def test_what_cannot_be_drawn_is_refused(draw, message):
    with pytest.raises(ValueError, match=message):
        draw()


def test_regions_are_for_as_many_classes_as_there_are_colours(make_network):
    with pytest.raises(ValueError, match=r"y\[1\] is 4; with 4 classes"):
        figures.decision_regions(make_network(2, 3, 5), np.zeros((2, 2)), np.array([0, 4]))
    with pytest.raises(ValueError, match="the network has 5 classes; at most 4 are drawn"):
        figures.decision_regions(make_network(2, 3, 5), np.eye(2), np.array([0, 1]))


def test_a_history_may_have_fewer_validations_than_epochs():
    history = History([2.0, 1.0], [0.5, 0.6], [2.0], [0.5])
    picture = figures.learning_curves(history)
    assert picture.words.startswith("2 epochs")
    for axes in picture.figure.axes:
        assert [len(line.get_xdata()) for line in axes.lines] == [2, 1]


def test_matrices_are_copies_and_tell_small_from_zero():
    array = np.array([1e-9, 2.0])
    shown = Matrices(a=array)
    array[:] = 7
    assert r"{array}{rr} 0.0000 & 2 \end" in shown._repr_mimebundle_()["text/latex"]
    assert "L &= 0 " in Matrices(L=-0.0)._repr_mimebundle_()["text/latex"]


def test_long_names_of_matrices_are_set_as_words():
    latex = Matrices(first_row=[1.0], dZ_2=[2.0])._repr_mimebundle_()["text/latex"]
    assert r"\text{first row} &=" in latex
    assert "dZ_2 &=" in latex


def test_shares_of_time_are_those_of_each_network():
    times = {"small": {"products": 1.0, "rest": 3.0}, "large": {"products": 90.0, "rest": 10.0}}
    assert repr(figures.time_shares(times)) == "share of products: small 25%, large 90%"


@pytest.mark.parametrize(
    ("times", "message"),
    [
        ({}, "one to four parts, the same for every network"),
        ({"a": {}}, "one to four parts"),
        ({"a": dict.fromkeys("vwxyz", 1.0)}, "one to four parts"),
        ({"a": {"x": 1.0}, "b": {"y": 1.0}}, "the same for every network"),
        ({"a": {"x": -1.0, "y": 2.0}}, "none is negative"),
        ({"a": {"x": np.nan}}, "times are finite"),
        ({"a": {"x": 0.0}}, "not all of a network are 0"),
    ],
)
def test_times_that_have_no_shares_are_refused(times, message):
    with pytest.raises(ValueError, match=message):
        figures.time_shares(times)
