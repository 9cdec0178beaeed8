import re
from hashlib import sha256
from importlib.resources import files

import numpy as np
import pytest

from backprop import load_digits, spiral, xor

DATA = files("backprop") / "data"
ROW = re.compile(r"^\| `(\w+)` \| `([0-9a-f]{64})` \|$", re.MULTILINE)


@pytest.fixture(scope="module")
def stored():
    with (DATA / "digits.npz").open("rb") as file, np.load(file) as data:
        return dict(data)


# the digits


def test_the_stored_numbers_are_those_that_the_readme_names(stored):
    said = dict(ROW.findall((DATA / "README.md").read_text(encoding="utf-8")))
    assert said.keys() == {"pixels", "labels", "held_out"}
    assert said == {name: sha256(array.tobytes()).hexdigest() for name, array in stored.items()}


def test_the_stored_arrays_have_the_shapes_that_the_readme_names(stored):
    readme = (DATA / "README.md").read_text(encoding="utf-8")
    for name, array in stored.items():
        shape = str(array.shape)
        assert f"| `{name}` | {shape}, {array.dtype} |" in readme


def test_1297_digits_are_for_training_and_500_are_held_out():
    digits = load_digits()
    assert [array.shape for array in digits] == [(1297, 64), (1297,), (500, 64), (500,)]
    assert digits.X_train.dtype == digits.X_test.dtype == np.float64
    assert digits.y_train.dtype == digits.y_test.dtype == np.int64


def test_the_split_is_the_stored_one(stored):
    digits, held_out = load_digits(), stored["held_out"]
    for part, rows in (("train", ~held_out), ("test", held_out)):
        X, y = getattr(digits, f"X_{part}"), getattr(digits, f"y_{part}")
        assert np.array_equal(16 * X, stored["pixels"][rows])
        assert np.array_equal(y, stored["labels"][rows])


def test_no_picture_is_in_both_parts():
    digits = load_digits()
    train, test = ({row.tobytes() for row in X} for X in (digits.X_train, digits.X_test))
    assert not train & test


def test_pixels_go_from_0_to_1():
    digits = load_digits()
    for X in (digits.X_train, digits.X_test):
        assert (X.min(), X.max()) == (0, 1)


def test_every_digit_is_in_both_parts():
    digits = load_digits()
    for y in (digits.y_train, digits.y_test):
        assert set(y.tolist()) == set(range(10))


def test_what_one_reader_changes_another_does_not_see():
    load_digits().X_train[...] = 7
    assert load_digits().X_train.max() == 1


# the spiral and XOR


@pytest.mark.parametrize(("points", "classes"), [(1, 1), (10, 2), (50, 3), (7, 5)])
def test_the_spiral_has_as_many_points_in_each_arm(points, classes, rng):
    X, y = spiral(points, classes, rng=rng)
    assert X.shape == (points * classes, 2)
    assert np.bincount(y).tolist() == [points] * classes
    assert np.issubdtype(y.dtype, np.integer)


def test_the_spiral_has_three_arms_by_default(rng):
    assert set(spiral(4, rng=rng)[1].tolist()) == {0, 1, 2}


def test_without_noise_the_arms_wind_by_4_radians_from_the_centre_to_1(rng):
    X, y = spiral(5, 4, rng=rng, noise=0)
    for k in range(4):
        radius, turn = np.linspace(0, 1, 5), np.linspace(0, 4, 5) + k * np.pi / 2
        wanted = np.column_stack([radius * np.sin(turn), radius * np.cos(turn)])
        np.testing.assert_allclose(X[y == k], wanted, atol=1e-15)


@pytest.mark.parametrize("noise", [0.2, 0.7])
def test_the_noise_of_the_spiral_turns_its_points(noise):
    X, _ = spiral(5, 2, rng=np.random.default_rng(3), noise=noise)
    still, _ = spiral(5, 2, rng=np.random.default_rng(3), noise=0)
    turn = np.exp(1j * noise * np.random.default_rng(3).standard_normal(10))
    np.testing.assert_allclose(X @ [1j, 1], (still @ [1j, 1]) * turn, atol=1e-15)


def test_xor_without_noise_is_its_table(rng):
    X, y = xor(1, rng=rng, noise=0)
    assert X.tolist() == [[-1, -1], [-1, 1], [1, -1], [1, 1]]
    assert y.tolist() == [0, 1, 1, 0]


@pytest.mark.parametrize("points", [1, 2, 25])
def test_xor_has_as_many_points_in_each_cloud(points, rng):
    X, y = xor(points, rng=rng, noise=0.01)
    assert X.shape == (4 * points, 2)
    assert np.bincount(y).tolist() == [2 * points] * 2
    assert np.array_equal(y, (np.sign(X[:, 0]) != np.sign(X[:, 1])).astype(int))
    assert len(np.unique(np.sign(X), axis=0)) == 4


@pytest.mark.parametrize("noise", [0.2, 0.7])
def test_the_noise_of_xor_is_normal(noise):
    X, _ = xor(3, rng=np.random.default_rng(3), noise=noise)
    still, _ = xor(3, rng=np.random.default_rng(3), noise=0)
    wanted = noise * np.random.default_rng(3).standard_normal((12, 2))
    np.testing.assert_allclose(X - still, wanted, atol=1e-15)


@pytest.mark.parametrize("shape", [spiral, xor])
def test_the_same_seed_draws_the_same_points(shape):
    one, other, third = (shape(5, rng=np.random.default_rng(seed)) for seed in (3, 3, 4))
    assert np.array_equal(one[0], other[0])
    assert np.array_equal(one[1], other[1])
    assert not np.array_equal(one[0], third[0])


@pytest.mark.parametrize("shape", [spiral, xor])
def test_the_noise_is_one_fifth_by_default(shape):
    one, _ = shape(5, rng=np.random.default_rng(3))
    other, _ = shape(5, rng=np.random.default_rng(3), noise=0.2)
    assert np.array_equal(one, other)


@pytest.mark.parametrize("shape", [spiral, xor])
@pytest.mark.parametrize(
    ("settings", "error", "message"),
    [
        ({"points": 0}, ValueError, "points is 0; a whole number of at least 1 is wanted"),
        ({"points": 2.0}, ValueError, "points is 2.0; a whole number of at least 1 is wanted"),
        ({"points": "2"}, ValueError, "points is '2'; a whole number of at least 1 is wanted"),
        ({"rng": 42}, TypeError, "rng is 42; a generator such as"),
        ({"noise": -0.1}, ValueError, "noise is -0.1; a number at least 0 and finite is wanted"),
        ({"noise": np.nan}, ValueError, "noise is nan; a number at least 0 and finite is wanted"),
        ({"noise": None}, ValueError, "noise is None; a number at least 0 and finite is wanted"),
    ],
)
def test_what_cannot_be_drawn_is_refused(shape, settings, error, message, rng):
    with pytest.raises(error, match=message):
        shape(**{"points": 5, "rng": rng} | settings)


def test_a_spiral_has_at_least_one_arm(rng):
    with pytest.raises(ValueError, match="classes is 0; a whole number of at least 1 is wanted"):
        spiral(5, 0, rng=rng)
