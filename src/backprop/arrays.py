"""What this package accepts as an array, and what it says to everything else.

Every public function turns its input into a floating-point NumPy array here, at the door, so
that a wrong shape or a NaN is reported by its name and not by a traceback from inside NumPy.
"""

from __future__ import annotations  # so that np.random loads when it is used, and not now

from collections.abc import Sequence
from math import isfinite
from numbers import Real
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

Array: TypeAlias = npt.NDArray[np.floating[Any]]
FLOATS = (np.dtype(np.float64), np.dtype(np.float32))
Labels: TypeAlias = npt.NDArray[np.integer[Any]]


class NotFiniteError(ValueError):
    """An array holds NaN or infinity where numbers are wanted."""


def as_floats(name: str, value: npt.ArrayLike, dtype: npt.DTypeLike | None = None) -> Array:
    """Return `value` as floats, of `dtype` if given; no copy if it is such an array already.

    Without `dtype`, floats of up to 32 bits become float32, and everything else float64.

    Raises TypeError for anything but real numbers (objects, strings, complex, ragged lists).
    """
    if type(value) is np.ndarray and value.dtype in (FLOATS if dtype is None else (dtype,)):
        return value  # nearly always: layers hand each other such arrays
    array = _as_array(name, value)
    if dtype is None:
        short = array.dtype.kind == "f" and array.dtype.itemsize <= 4
        dtype = np.dtype(np.float32 if short else np.float64)
    if array.dtype == dtype:
        return array
    if array.dtype.kind not in "biuf":
        raise TypeError(f"{name} holds {array.dtype} values; real numbers are wanted")
    with np.errstate(over="ignore"):  # a float64 too large for float32: require_finite says so
        return array.astype(dtype)


def require_shape(
    name: str, array: npt.NDArray[Any], shape: Sequence[int | str], why: str = ""
) -> None:
    """Raise ValueError unless `array` has this shape; a letter such as "N" is any size but 0."""
    fits = array.shape == shape or (
        len(array.shape) == len(shape)
        and all(
            has == want or (isinstance(want, str) and has > 0)
            for has, want in zip(array.shape, shape, strict=True)
        )
    )
    if not fits:
        wanted = ", ".join(map(str, shape)) + ("," if len(shape) == 1 else "")
        advice = why
        if len(shape) == 2 and array.ndim == 1 and shape[1] in (len(array), "C", "D"):
            # most often one example, without the axis of the rows
            advice = f"one row is one example: write {name}[None, :] for a single one"
        elif tuple(shape[:1]) == ("N",) and array.shape[:1] == (0,):
            advice = "an empty batch has no loss and no gradient"
        raise ValueError(
            f"{name} has shape {array.shape}; ({wanted}) is wanted" + (advice and f" ({advice})")
        )


def require_finite(name: str, array: Array) -> None:
    """Raise NotFiniteError if `array` holds NaN or infinity, and say where the first one is.

    The sum of squares is finite only if every entry is, and costs one fast pass; the entries
    are looked at one by one only when it is not (large numbers can overflow the sum alone).
    """
    flat = array.ravel("K")  # in the order in which the numbers lie: no copy
    if not isfinite(np.vdot(flat, flat)) and not np.isfinite(array).all():
        first = tuple(int(i) for i in np.argwhere(~np.isfinite(array))[0])
        where = f" at index {first}" if first else ""
        raise NotFiniteError(
            f"{name} holds {array[first]}{where}; every entry must be a finite number"
        )


def require_generator(rng: np.random.Generator) -> None:
    """Raise TypeError unless `rng` is one of NumPy's random generators."""
    if not isinstance(rng, np.random.Generator):
        raise TypeError(f"rng is {rng!r}; a generator such as np.random.default_rng(0) is wanted")


def require_count(name: str, count: int) -> None:
    """Raise ValueError unless `count` is a whole number of at least 1."""
    whole = isinstance(count, int | np.integer) and not isinstance(count, bool)
    if not whole or count < 1:
        raise ValueError(f"{name} is {count!r}; a whole number of at least 1 is wanted")


def require_between(name: str, value: float, low: float, high: float = np.inf) -> float:
    """Return `value` as a float; raise ValueError unless low <= value < high."""
    if not (isinstance(value, Real) and low <= value < high):
        wanted = f"at least {low:g} and {'finite' if high == np.inf else f'below {high:g}'}"
        raise ValueError(f"{name} is {value!r}; a number {wanted} is wanted")
    return float(value)


def as_labels(y: npt.ArrayLike, examples: int, classes: int) -> Labels:
    """Return `y` as integer labels of shape (examples,), each from 0 to classes - 1.

    Raises TypeError if they are not integers, ValueError if there are too many, too few, or one
    is out of range.
    """
    labels = _as_array("y", y)
    if labels.shape != (examples,):
        one_hot = labels.shape == (examples, classes)
        advice = "it looks one-hot: use y.argmax(axis=1)" if one_hot else "one label for each row"
        raise ValueError(f"y has shape {labels.shape}; ({examples},) is wanted ({advice})")
    if labels.dtype.kind not in "iu":
        raise TypeError(f"y holds {labels.dtype} values; integer labels are wanted: y.astype(int)")
    if labels.min() < 0 or labels.max() >= classes:
        wrong = int(np.flatnonzero((labels < 0) | (labels >= classes))[0])
        raise ValueError(
            f"y[{wrong}] is {labels[wrong]}; with {classes} classes, labels are 0 to {classes - 1}"
        )
    return labels


def _as_array(name: str, value: npt.ArrayLike) -> npt.NDArray[Any]:
    if isinstance(value, np.ma.MaskedArray) and np.ma.is_masked(value):
        raise ValueError(f"{name} has masked entries; an array without any is wanted")
    try:
        return np.asarray(value)
    except ValueError as error:
        raise TypeError(f"{name} has rows of different lengths; an array is wanted") from error
