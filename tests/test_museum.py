import numpy as np
import pytest

from backprop import Linear, Network, ReLU, SoftmaxCrossEntropy, load_digits
from backprop.classroom import figures, museum
from backprop.classroom.museum import Run, cosine, learn, right_gradient


def test_the_right_gradient_of_the_museum_is_that_of_the_package(make_network, rng):
    network = make_network(4, 6, 3)
    X, y = rng.standard_normal((5, 4)), rng.integers(3, size=5)
    loss = SoftmaxCrossEntropy()
    loss.forward(network.forward(X), y)
    network.backward(loss.backward())
    found = right_gradient(X, y, *museum.copies(network))
    for mine, derived in zip(found, network.gradients.values(), strict=True):
        np.testing.assert_allclose(mine, derived, rtol=1e-12, atol=1e-15)


def test_the_right_gradient_learns_and_two_runs_agree():
    one, other = learn(), learn()
    assert one == other
    assert one.right > 450
    assert one.loss[-1] < 0.3 < 2 < one.loss[0]
    assert not one.diverged
    assert one.steps[0] == 0
    assert one.steps[-1] == museum.EPOCHS * -(-1297 // museum.BATCH)


def test_a_gradient_may_come_as_a_dict_in_any_order():
    def backward(*arrays):
        dW1, db1, dW2, db2 = right_gradient(*arrays)
        return {"db2": db2, "dW2": dW2, "db1": db1, "dW1": dW1}

    assert learn(backward) == learn()


def test_a_gradient_cannot_change_the_network_behind_the_optimizers_back():
    def backward(X, y, W1, b1, W2, b2):
        gradients = right_gradient(X, y, W1, b1, W2, b2)
        W2[...] = 0
        return gradients

    assert learn(backward) == learn()


def test_a_run_that_leaves_the_finite_numbers_ends_and_says_so():
    run = learn(lambda *arrays: [1e300 * -gradient for gradient in right_gradient(*arrays)])
    assert run.diverged
    assert run.right == 0
    assert "too large" in figures.beside_the_right(run, learn()).words


@pytest.mark.parametrize("shape", ["dW1 transposed", "three parts"])
def test_what_does_not_fit_the_network_is_refused_as_the_wrong_code_would_be(shape):
    def backward(*arrays):
        dW1, *rest = right_gradient(*arrays)
        return (dW1.T, *rest) if shape == "dW1 transposed" else rest

    with pytest.raises(ValueError, match=r"shape|values to unpack"):
        learn(backward)


def test_a_cosine_sees_direction_and_not_length():
    u = [np.array([[1.0, 0.0]]), np.array([2.0])]
    assert cosine(u, [3 * array for array in u]) == pytest.approx(1)
    assert cosine(u, [-array for array in u]) == pytest.approx(-1)
    assert cosine(u, [0 * array for array in u]) == 0


def test_the_ranking_counts_who_gets_nine_in_ten_right():
    runs = {"a": Run([0], [2.3], [0.5], right=450), "b": Run([0], [2.3], [0.5], right=449)}
    words = figures.ranked_runs(runs, {"a": 1.0, "b": 0.0}, list(runs.values())).words
    assert words.startswith("1 of 2 wrong gradients get at least 450 of 500")
    assert words.endswith("the right gradient gets 449 to 450")
    with pytest.raises(ValueError, match="there are no runs"):
        figures.ranked_runs({}, {}, [])


def test_the_gates_are_those_of_the_network():
    digits = load_digits()
    rng = np.random.default_rng(3)
    network = Network(
        [Linear(64, museum.UNITS, rng=rng), ReLU(), Linear(museum.UNITS, 10, rng=rng)]
    )
    network.forward(digits.X_train[: museum.SEEN])
    assert learn(seed=3).shut[0] == pytest.approx(1 - network.layers[1].gate.mean())


def test_the_exhibits_run_or_are_refused_by_their_shapes():
    some = museum.exhibits()[::12]
    assert all(mistake.lines for mistake in some)
    transposed = next(m for m in museum.exhibits() if m.name == "weights-transposed")
    runs, refused = museum.visit([*some, transposed])
    assert "weights-transposed" in refused
    assert set(runs) | set(refused) == {m.name for m in (*some, transposed)}


@pytest.mark.parametrize(
    ("name", "question"),
    [
        ("weights-transposed", "shapes"),
        ("label-forgotten", "db2 adds up to 0"),
        ("mean-missing", "every example twice"),
        ("mask-missing", "shut unit"),
        ("doubled", museum.NONE),
    ],
)
def test_each_question_finds_what_it_is_for(name, question):
    (mistake,) = (m for m in museum.exhibits() if m.name == name)
    assert museum.first_objection(museum.as_code(mistake)) == question


def test_the_tables_show_lines_and_hide_counts_that_are_chance():
    runs = {"sign-flipped": Run([0], [2.3], [0.5], right=63, dead=2)}
    table = museum.fates(runs, {"sign-flipped": -1.0}, runs["sign-flipped"], "sign-flipped")
    assert table.rows[1] == ["sign-flipped", "under 100", "2", "-1.00"]
    rows = {row[0]: row for row in museum.catalogue(runs).rows}
    assert rows["sign-flipped"][1:] == ["`error = Y - P`", "`error = P - Y`", "under 100"]
    assert rows["mean-missing"][3] == "refused"
