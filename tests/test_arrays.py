import numpy as np
import pytest

from backprop.arrays import (
    NotFiniteError,
    as_floats,
    as_labels,
    require_finite,
    require_generator,
    require_shape,
)

FLOATS = [np.float16, np.float32, np.float64]
NATIVE = [np.float32, np.float64]
INTEGERS = [np.int8, np.uint8, np.int16, np.int32, np.int64, np.uint64]


@pytest.mark.parametrize("dtype", NATIVE)
def test_as_floats_returns_a_float_array_itself(dtype):
    array = np.ones((2, 3), dtype)
    assert as_floats("X", array) is array


@pytest.mark.parametrize(
    ("dtype", "wanted"),
    [("f2", "f4"), (">f4", "f4"), (">f8", "f8"), (np.longdouble, "f8")],
)
def test_as_floats_makes_native_floats_of_other_floats(dtype, wanted):
    array = as_floats("X", np.array([1.5, -2], dtype))
    assert array.dtype == wanted
    assert array.dtype.isnative
    assert array.tolist() == [1.5, -2.0]


@pytest.mark.parametrize("value", [[[1, 2]], ((1, 2),), np.array([[1, 2]]), [[True, 2]]])
def test_as_floats_makes_float64_of_other_numbers(value):
    array = as_floats("X", value)
    assert array.dtype == np.float64
    assert array.tolist() == [[1.0, 2.0]]


@pytest.mark.parametrize("dtype", [*FLOATS, *INTEGERS, np.bool_])
@pytest.mark.parametrize("wanted", [np.float32, np.float64])
def test_as_floats_gives_the_wanted_kind_of_float(dtype, wanted):
    array = as_floats("X", np.ones(3, dtype), wanted)
    assert array.dtype == wanted
    assert array.tolist() == [1.0, 1.0, 1.0]


@pytest.mark.parametrize("read", [lambda a: as_floats("y", a), lambda a: as_labels(a, 3, 3)])
def test_a_mask_is_not_ignored(read):
    assert read(np.ma.array([0, 1, 2])).tolist() == [0, 1, 2]
    with pytest.raises(ValueError, match=r"^y has masked entries; an array without any is wanted$"):
        read(np.ma.array([0, 1, 2], mask=[False, True, False]))


def test_a_number_too_large_for_float32_becomes_infinity_for_require_finite_to_find():
    array = as_floats("X", [1.0, 1e300], np.float32)
    with pytest.raises(NotFiniteError, match=r"^X holds inf at index \(1,\)"):
        require_finite("X", array)


@pytest.mark.parametrize(
    "value", [["a"], [None], [1j], {1: 2}, [10**400], object(), np.array(["2020-01-01"], "M8[D]")]
)
def test_as_floats_takes_nothing_but_real_numbers(value):
    with pytest.raises(TypeError, match=r"^X holds .* values; real numbers are wanted$"):
        as_floats("X", value)


@pytest.mark.parametrize("value", [[[1], [2, 3]], [1, [2]], [[], [1]]])
def test_ragged_lists_are_named_as_such(value):
    with pytest.raises(TypeError, match=r"^X has rows of different lengths"):
        as_floats("X", value)


@pytest.mark.parametrize(
    ("shape", "wanted"),
    [((), ()), ((3,), (3,)), ((2, 3), ("N", 3)), ((2, 3), ("N", "D")), ((1, 1), ("N", "D"))],
)
def test_a_shape_that_fits_is_let_through(shape, wanted):
    require_shape("X", np.empty(shape), wanted)


@pytest.mark.parametrize(
    ("shape", "wanted", "message"),
    [
        ((2, 4), ("N", 3), "X has shape (2, 4); (N, 3) is wanted (because)"),
        ((2, 3, 1), ("N", "D"), "X has shape (2, 3, 1); (N, D) is wanted (because)"),
        ((3,), (4,), "X has shape (3,); (4,) is wanted (because)"),
        ((), ("N", "D"), "X has shape (); (N, D) is wanted (because)"),
        ((4,), ("N", 3), "X has shape (4,); (N, 3) is wanted (because)"),
        (
            (3,),
            ("N", 3),
            "X has shape (3,); (N, 3) is wanted "
            "(one row is one example: write X[None, :] for a single one)",
        ),
        (
            (0, 3),
            ("N", 3),
            "X has shape (0, 3); (N, 3) is wanted (an empty batch has no loss and no gradient)",
        ),
        (
            (3,),
            ("N", "D"),
            "X has shape (3,); (N, D) is wanted "
            "(one row is one example: write X[None, :] for a single one)",
        ),
        (
            (3,),
            ("N", "C"),
            "X has shape (3,); (N, C) is wanted "
            "(one row is one example: write X[None, :] for a single one)",
        ),
        ((3,), ("inputs", "outputs"), "X has shape (3,); (inputs, outputs) is wanted (because)"),
        ((2, 0), ("N", "D"), "X has shape (2, 0); (N, D) is wanted (because)"),
        ((0, 3), (2, 3), "X has shape (0, 3); (2, 3) is wanted (because)"),
    ],
)
def test_a_wrong_shape_is_named_beside_the_wanted_one(shape, wanted, message):
    with pytest.raises(ValueError, match="X has shape") as caught:
        require_shape("X", np.empty(shape), wanted, "because")
    assert str(caught.value) == message


def test_a_shape_without_advice_ends_with_what_is_wanted():
    with pytest.raises(ValueError, match=r"\(N, D\) is wanted$"):
        require_shape("X", np.empty((1, 2, 3)), ("N", "D"))


@pytest.mark.parametrize("dtype", FLOATS)
def test_the_largest_numbers_are_finite(dtype):
    # their squares are not: this is what the second look in require_finite is for
    require_finite("X", np.full((3, 2), np.finfo(dtype).max, dtype))
    require_finite("X", np.full((3, 2), np.finfo(dtype).min, dtype))


@pytest.mark.parametrize("array", [np.empty((0, 3)), np.array(1.0), np.zeros((2, 3, 4))])
def test_finite_arrays_of_any_rank_are_let_through(array):
    require_finite("X", array)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("layout", [lambda X: X, np.asfortranarray, lambda X: X[::2, ::-1]])
def test_the_first_entry_that_is_not_finite_is_named(bad, dtype, layout):
    array = layout(np.ones((4, 6), dtype))
    array[1, 2] = array[1, 4] = bad
    with pytest.raises(NotFiniteError) as caught:
        require_finite("X", array)
    wanted = f"X holds {bad} at index (1, 2); every entry must be a finite number"
    assert str(caught.value) == wanted


def test_infinities_of_both_signs_do_not_cancel():
    with pytest.raises(NotFiniteError, match="X holds inf"):
        require_finite("X", np.array([np.inf, -np.inf]))


def test_not_finite_is_a_value_error():
    assert issubclass(NotFiniteError, ValueError)


@pytest.mark.parametrize("dtype", INTEGERS)
def test_labels_of_any_integer_type_are_returned_as_they_are(dtype):
    y = np.array([0, 2, 1], dtype)
    assert as_labels(y, 3, 3) is y


def test_labels_may_be_a_list():
    assert as_labels([0, 2, 1], 3, 3).tolist() == [0, 2, 1]


@pytest.mark.parametrize("y", [[0, 3, 1], [0, -1, 1], [0, 2**63, 1]])
def test_a_label_out_of_range_is_named(y):
    with pytest.raises(ValueError, match=rf"^y\[1\] is {y[1]}; with 3 classes, labels are 0 to 2$"):
        as_labels(np.array(y, np.uint64 if y[1] > 3 else np.int64), 3, 3)


@pytest.mark.parametrize("y", [[0.0, 1.0], [True, False], ["a", "b"], [None, 0]])
def test_labels_that_are_not_integers_are_refused(y):
    with pytest.raises(TypeError, match=r"^y holds .* values; integer labels are wanted"):
        as_labels(y, 2, 2)


@pytest.mark.parametrize("y", [0, [0], [0, 1, 0], [[0], [1]], [[0, 1]]])
def test_labels_of_another_shape_are_refused(y):
    with pytest.raises(ValueError, match=r"^y has shape .*; \(2,\) is wanted \(one label for each"):
        as_labels(y, 2, 3)


def test_one_hot_labels_are_recognised():
    with pytest.raises(ValueError, match=r"it looks one-hot: use y.argmax\(axis=1\)"):
        as_labels(np.eye(3, dtype=int), 3, 3)


@pytest.mark.parametrize("rng", [None, 0, np.random, np.random.RandomState(0)])
def test_only_a_generator_will_do(rng):
    require_generator(np.random.default_rng(0))
    with pytest.raises(TypeError, match="a generator such as"):
        require_generator(rng)
