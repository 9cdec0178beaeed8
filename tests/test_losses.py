from decimal import Decimal, localcontext

import numpy as np
import pytest

from backprop import (
    NotFiniteError,
    SoftmaxCrossEntropy,
    numerical_gradient,
    relative_error,
    softmax,
)

every_dtype = pytest.mark.parametrize("dtype", [np.float32, np.float64])


def logits(rows=6, classes=4, scale=3.0, dtype=np.float64):
    rng = np.random.default_rng(rows)
    return (scale * rng.standard_normal((rows, classes))).astype(dtype)


def labels(rows=6, classes=4):
    return np.random.default_rng(rows + 1).integers(classes, size=rows)


def exact_softmax(Z):
    """The probabilities to 60 digits, as Decimals: no trick is needed with so many."""
    with localcontext() as context:
        context.prec = 60
        rows = [[Decimal(float(z)).exp() for z in row] for row in Z]
        return [[e / sum(row) for e in row] for row in rows]


def exact_loss(Z, y):
    with localcontext() as context:
        context.prec = 60
        return float(-sum(P[k].ln() for P, k in zip(exact_softmax(Z), y, strict=True)) / len(y))


@pytest.mark.parametrize("scale", [1e-8, 1.0, 30.0, 200.0])
def test_probabilities_are_right_to_the_last_digits(scale):
    Z = logits(scale=scale)
    wanted = np.array(exact_softmax(Z)).astype(float)
    np.testing.assert_allclose(softmax(Z), wanted, rtol=1e-15 * max(10, scale), atol=0)


@every_dtype
def test_probabilities_sum_to_one_in_each_row(dtype):
    Z = logits(scale=50.0, dtype=dtype)
    sums = softmax(Z).sum(axis=1)
    assert np.abs(sums - 1).max() <= 2 * np.finfo(dtype).eps


@pytest.mark.parametrize(
    ("Z", "P"),
    [
        ([[0, 0]], [[0.5, 0.5]]),
        ([[1e4, -1e4]], [[1, 0]]),
        ([[-1e4, -1e4, -1e4, -1e4]], [[0.25] * 4]),
        ([[1e4, 1e4], [-1e4, 1e4]], [[0.5, 0.5], [0, 1]]),
        ([[7]], [[1]]),
    ],
)
@every_dtype
def test_probabilities_by_hand(Z, P, dtype):
    assert softmax(np.array(Z, dtype)).tolist() == P


@every_dtype
def test_logits_whose_difference_overflows_still_have_probabilities(dtype):
    largest = np.finfo(dtype).max
    assert softmax(np.array([[largest, -largest]])).tolist() == [[1, 0]]


@pytest.mark.parametrize("shift", [-1e4, 1, 1e4, [[1000], [-1000], [0]]])
def test_a_shift_of_a_row_changes_nothing(shift):
    Z = np.array([[1, -2, 3], [0, 5, -7], [2, 2, 1]], float)  # whole numbers: the sums are exact
    y = [2, 0, 1]
    one, other = SoftmaxCrossEntropy(), SoftmaxCrossEntropy()
    assert one.forward(Z, y) == other.forward(Z + shift, y)
    assert np.array_equal(softmax(Z), softmax(Z + shift))
    assert np.array_equal(one.backward(), other.backward())


@pytest.mark.parametrize(
    ("Z", "y", "loss"),
    [
        ([[1e4, -1e4]], [1], 2e4),
        ([[1e4, -1e4]], [0], 0.0),
        ([[-1e4, 1e4]], [0], 2e4),
        ([[1e4, -1e4], [1e4, -1e4]], [0, 1], 1e4),
        ([[0, -1e4, 1e4], [1e4, 0, -1e4]], [1, 1], 1.5e4),
        ([[3]], [0], 0.0),
    ],
)
@every_dtype
def test_loss_by_hand(Z, y, loss, dtype):
    assert SoftmaxCrossEntropy().forward(np.array(Z, dtype), y) == loss


@pytest.mark.parametrize("classes", [1, 2, 10])
def test_loss_of_a_guess_is_the_log_of_the_number_of_classes(classes):
    loss = SoftmaxCrossEntropy().forward(np.full((3, classes), 5.0), [0, classes - 1, 0])
    assert loss == pytest.approx(np.log(classes), rel=1e-14)


@pytest.mark.parametrize("scale", [1e-8, 1.0, 30.0, 200.0])
@pytest.mark.parametrize("rows", [1, 6])
def test_loss_is_right_to_the_last_digits(scale, rows):
    Z, y = logits(rows, scale=scale), labels(rows)
    assert SoftmaxCrossEntropy().forward(Z, y) == pytest.approx(exact_loss(Z, y), rel=1e-14, abs=0)


def test_loss_is_minus_the_mean_log_probability():
    Z, y = logits(), labels()
    loss = SoftmaxCrossEntropy()
    value = loss.forward(Z, y)
    assert value == pytest.approx(-np.log(softmax(Z)[np.arange(6), y]).mean(), rel=1e-14)
    assert value == pytest.approx(-np.log(loss.P[np.arange(6), y]).mean(), rel=1e-14)


def test_p_is_softmax():
    loss = SoftmaxCrossEntropy()
    loss.forward(logits(), labels())
    assert np.array_equal(loss.P, softmax(logits()))


@pytest.mark.parametrize("rows", [1, 2, 6, 7])
@every_dtype
def test_backward_is_p_minus_y_over_n(rows, dtype):
    Z, y = logits(rows, dtype=dtype), labels(rows)
    loss = SoftmaxCrossEntropy()
    loss.forward(Z, y)
    assert np.array_equal(loss.backward(), (loss.P - np.eye(4, dtype=dtype)[y]) / dtype(rows))


@every_dtype
def test_rows_of_backward_sum_to_zero(dtype):
    loss = SoftmaxCrossEntropy()
    loss.forward(logits(dtype=dtype), labels())
    assert np.abs(loss.backward().sum(axis=1)).max() <= np.finfo(dtype).eps


@pytest.mark.parametrize("rows", [1, 6])
def test_backward_is_the_numerical_gradient(rows):
    Z, y = logits(rows), labels(rows)
    loss = SoftmaxCrossEntropy()
    numerical = numerical_gradient(lambda Z: loss.forward(Z, y), Z)
    loss.forward(Z, y)
    assert relative_error(loss.backward(), numerical) < 1e-7


def test_backward_twice_gives_the_same():
    loss = SoftmaxCrossEntropy()
    loss.forward(logits(), labels())
    assert np.array_equal(loss.backward(), loss.backward())


@every_dtype
def test_nothing_given_or_kept_is_changed(dtype):
    Z, y = logits(dtype=dtype), labels()
    Z.flags.writeable = y.flags.writeable = False
    before = Z.tobytes(), y.tobytes()
    loss = SoftmaxCrossEntropy()
    loss.forward(Z, y)
    P = loss.P.tobytes()
    loss.backward()
    softmax(Z)
    assert (Z.tobytes(), y.tobytes(), loss.P.tobytes()) == (*before, P)


@every_dtype
def test_floats_keep_their_kind(dtype):
    loss = SoftmaxCrossEntropy()
    assert type(loss.forward(logits(dtype=dtype), labels())) is float
    assert softmax(logits(dtype=dtype)).dtype == loss.P.dtype == loss.backward().dtype == dtype


@pytest.mark.parametrize(("dtype", "size"), [(np.float32, 3e38), (np.float64, 1.7e308)])
def test_a_loss_beyond_the_largest_float_is_refused(dtype, size):
    Z = np.array([[size, -size]], dtype)
    assert SoftmaxCrossEntropy().forward(Z, [0]) == 0
    with pytest.raises(NotFiniteError, match="the loss holds inf"):
        SoftmaxCrossEntropy().forward(Z, [1])


def test_labels_that_do_not_fit_leave_the_last_forward_in_place():
    loss = SoftmaxCrossEntropy()
    loss.forward(logits(), labels())
    wanted = loss.backward()
    with pytest.raises(ValueError, match="y has shape"):
        loss.forward(logits(), labels(5))
    assert np.array_equal(loss.backward(), wanted)


def test_labels_changed_between_forward_and_backward_change_nothing():
    loss, y = SoftmaxCrossEntropy(), np.array([0, 1])
    loss.forward([[1.0, 2.0], [0.5, 0.0]], y)
    before = loss.backward()
    y[:] = 0
    assert np.array_equal(loss.backward(), before)
