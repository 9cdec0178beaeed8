"""A tape: arrays that remember what they were computed from, and so find their own gradients.

Each operation returns its result together with the values it read and, for each of them, a rule
that sends a derivative of the loss back from the result to that value. `backward` knows no
calculus: it goes through the tape from its end and adds up what the rules send.
"""

from collections.abc import Callable
from itertools import count

import numpy as np
import numpy.typing as npt

from backprop.arrays import Array, as_floats, as_labels, require_shape

Source = tuple["Value", Callable[[Array], Array]]
_clock = count()


class Value:
    """An array with a memory: its `data`, how it was `made`, and a rule for each of its `sources`.

    After `backward`, `grad` holds the derivative of the loss for it, in the shape of `data`.
    """

    grad: Array
    __array_ufunc__ = None  # array + value is an error, and not an array of values

    def __init__(self, data: npt.ArrayLike, made: str = "given", *sources: "Source") -> None:
        self.data, self.made, self.sources = as_floats("data", data), made, sources
        self.time = next(_clock)  # later than the times of its sources

    def tape(self) -> list["Value"]:
        """Return this and all that it was made from, in the order in which they were made."""
        found, waiting = {}, [self]
        while waiting:
            value = waiting.pop()
            if value.time not in found:
                found[value.time] = value
                waiting += [source for source, _ in value.sources]
        return [found[time] for time in sorted(found)]

    def backward(self) -> None:
        """Give `grad` to every value on the tape: the derivative of this for it."""
        shape, tape = self.data.shape, self.tape()
        if self.data.size != 1:
            raise ValueError(f"backward starts at one number; this has shape {shape}")
        for value in tape:
            value.grad = np.zeros_like(value.data)
        self.grad += 1
        for value in reversed(tape):
            for source, rule in value.sources:  # += below, for a fork adds
                source.grad += folded(rule(value.grad), source.data.shape)

    def __add__(self, other: "Value | npt.ArrayLike") -> "Value":
        other = _value(other)
        return Value(self.data + other.data, "{} + {}", (self, lambda d: d), (other, lambda d: d))

    def __sub__(self, other: "Value | npt.ArrayLike") -> "Value":
        other = _value(other)
        return Value(self.data - other.data, "{} - {}", (self, lambda d: d), (other, lambda d: -d))

    def __mul__(self, other: "Value | npt.ArrayLike") -> "Value":
        other = _value(other)
        rules = (self, lambda d: d * other.data), (other, lambda d: d * self.data)
        return Value(self.data * other.data, "{} * {}", *rules)

    def __matmul__(self, other: "Value | npt.ArrayLike") -> "Value":
        other = _value(other)
        require_shape("the left of @", self.data, ("N", "D"))
        require_shape("the right of @", other.data, (self.data.shape[1], "H"))
        rules = (self, lambda d: d @ other.data.T), (other, lambda d: self.data.T @ d)
        return Value(self.data @ other.data, "{} @ {}", *rules)

    def relu(self) -> "Value":
        """Return max(0, this): one gate for the number and for its derivative."""
        gate = self.data > 0
        return Value(self.data * gate, "relu({})", (self, lambda d: d * gate))

    def exp(self) -> "Value":
        """Return e to the power of this, which is its own slope."""
        result = np.exp(self.data)
        return Value(result, "exp({})", (self, lambda d: d * result))

    def log(self) -> "Value":
        """Return the natural logarithm of this, whose slope is 1 / this."""
        return Value(np.log(self.data), "log({})", (self, lambda d: d / self.data))

    def sum_rows(self) -> "Value":
        """Return the sum of each row, (N, C) -> (N, 1); all of a row gets what its sum got."""
        require_shape("what is summed", self.data, ("N", "C"))
        total = self.data.sum(axis=1, keepdims=True)
        return Value(total, "sum_rows({})", (self, lambda d: d * np.ones_like(self.data)))

    def pick(self, y: npt.ArrayLike) -> "Value":
        """Return entry y[i] of each row i, (N, C) -> (N, 1); nothing else of the row is read."""
        require_shape("what is picked from", self.data, ("N", "C"))
        Y = np.eye(self.data.shape[1])[as_labels(y, *self.data.shape)]
        picked = (self.data * Y).sum(axis=1, keepdims=True)
        return Value(picked, "pick({})", (self, lambda d: d * Y))

    def mean(self) -> "Value":
        """Return the mean, a number; every entry gets an equal share of what the mean got."""
        shape, size = self.data.shape, self.data.size
        return Value(self.data.mean(), "mean({})", (self, lambda d: np.full(shape, d / size)))


def folded(d: Array, shape: tuple[int, ...]) -> Array:
    """Return d in this shape, the sum over all copies that NumPy had made."""
    d = d.sum(axis=tuple(range(d.ndim - len(shape))))
    copied = tuple(axis for axis, size in enumerate(shape) if size == 1)
    return d.sum(axis=copied, keepdims=True)


def _value(thing: "Value | npt.ArrayLike") -> Value:
    return thing if isinstance(thing, Value) else Value(thing)
