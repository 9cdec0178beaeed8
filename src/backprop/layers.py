"""The layers of a network: what each computes, and right below it how its gradient flows back.

A layer's `forward` keeps what its `backward` will need. `backward` takes the derivative of the
loss with respect to the layer's output and returns that with respect to its input; on the way
a layer with parameters stores theirs, `dW` beside `W`. Rows are examples throughout. The names
of equations, such as eq-dW, are their labels in the book.
"""

from __future__ import annotations  # so that np.random loads when it is used, and not now

from numbers import Real
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from backprop.arrays import (
    Array,
    as_floats,
    require_between,
    require_count,
    require_finite,
    require_generator,
    require_shape,
)


class Layer:
    """What all layers share. One object stands at one place: it remembers its last input.

    Arrays that go into `forward` or come out of it may be kept, and not copied: leave them
    unchanged until `backward` has run, as every layer here does. A new layer needs `forward` and
    `backward`; `parameter_names` if it has parameters, with an attribute for each and, after
    `backward`, one for its derivative ("W" and "dW"); and if its function has a corner, an
    attribute `gate` that says on which side each entry lies, for check_gradients.
    """

    parameter_names: ClassVar[tuple[str, ...]] = ()

    @property
    def parameters(self) -> dict[str, Array]:
        """The arrays that training changes, by name."""
        return {name: getattr(self, name) for name in self.parameter_names}

    @property
    def gradients(self) -> dict[str, Array]:
        """The derivative of the loss for each parameter, by name, after a backward pass."""
        return {f"d{name}": self._kept(f"d{name}") for name in self.parameter_names}

    def forward(self, X: npt.ArrayLike) -> Array:
        """Return the layer's output."""
        raise NotImplementedError(f"{type(self).__name__} has no forward")

    def backward(self, dZ: npt.ArrayLike) -> Array:
        """Return the derivative of the loss for the layer's input."""
        raise NotImplementedError(f"{type(self).__name__} has no backward")

    def _kept(self, name: str) -> Any:
        """Return what the last forward (or backward) pass kept under this name."""
        if not hasattr(self, name):
            first = "backward" if name.startswith("d") else "forward"
            raise RuntimeError(f"{type(self).__name__} has no {name} yet: call {first} first")
        return getattr(self, name)

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"


class Linear(Layer):
    """Z = X W + b: each output is a weighted sum of the inputs, plus a bias.

    `W` (inputs, outputs) starts as normal random numbers with standard deviation `std`, `b`
    (outputs,) as zeros. The default, sqrt(2 / inputs), is He initialisation (He et al. 2015): a
    sum of `inputs` terms has `inputs` times the variance of one, and ReLU then cuts away half of
    the mean square, so 2 / inputs is the variance that keeps signals the same size from layer to
    layer. For sigmoid or tanh, pass std=sqrt(1 / inputs).
    """

    parameter_names = ("W", "b")

    def __init__(
        self,
        inputs: int,
        outputs: int,
        *,
        rng: np.random.Generator,
        std: float | None = None,
        dtype: npt.DTypeLike = np.float64,
    ) -> None:
        require_count("inputs", inputs)
        require_count("outputs", outputs)
        require_generator(rng)
        try:
            known = np.dtype(dtype) in (np.float32, np.float64)
        except TypeError:
            known = False
        if not known:
            raise TypeError(f"dtype is {dtype}; float64 or float32 is wanted")
        std = np.sqrt(2 / inputs) if std is None else require_between("std", std, 0)
        # drawn in float64 and then rounded, so that both precisions start at the same weights
        self.W = as_floats("W", std * rng.standard_normal((inputs, outputs)), dtype)
        self.b: Array = np.zeros(outputs, dtype)
        require_finite("W", self.W)  # a large std can overflow float32

    @classmethod
    def from_arrays(cls, W: npt.ArrayLike, b: npt.ArrayLike) -> Linear:
        """Make a layer with these weights (inputs, outputs) and biases (outputs,), as copies."""
        W = as_floats("W", W).copy()
        require_shape("W", W, ("inputs", "outputs"), "at least one of each")
        b = as_floats("b", b, W.dtype).copy()
        require_shape("b", b, W.shape[1:], f"one bias for each column of W, shape {W.shape}")
        require_finite("W", W)
        require_finite("b", b)
        layer = cls(*W.shape, rng=np.random.default_rng(0), std=0.0, dtype=W.dtype)
        layer.W, layer.b = W, b
        return layer

    def forward(self, X: npt.ArrayLike) -> Array:
        """Return Z = X W + b: (N, inputs) -> (N, outputs)."""
        X = as_floats("X", X, self.W.dtype)
        inputs = self.W.shape[0]
        require_shape("X", X, ("N", inputs), f"W has {inputs} rows, so X needs {inputs} columns")
        self.X = X
        return X @ self.W + self.b  # eq-linear

    def backward(self, dZ: npt.ArrayLike, *, inputs: bool = True) -> Array:
        """Store dW and db, return dX: (N, outputs) -> (N, inputs).

        Below the first layer of a network nobody waits for dX, which costs as much as dW.
        With inputs=False it is not computed, and what is returned has no columns.
        """
        X = self._kept("X")
        dZ = as_floats("dZ", dZ, self.W.dtype)
        returned = (len(X), self.W.shape[1])
        require_shape("dZ", dZ, returned, "the shape that forward returned")
        self.dW = X.T @ dZ  # eq-dW
        self.db = dZ.sum(axis=0)  # eq-db
        return dZ @ self.W.T if inputs else dZ[:, :0]  # eq-dX

    def __repr__(self) -> str:
        inputs, outputs = self.W.shape
        return f"Linear({inputs}, {outputs})"


class ReLU(Layer):
    """A = max(0, Z): pass what is positive, stop the rest.

    `gate` (the shape of Z) is True where the unit let its input through. The slope at
    exactly 0 is a convention; here it is 0, as in PyTorch, JAX and TensorFlow.
    """

    def forward(self, Z: npt.ArrayLike) -> Array:
        """Return A = max(0, Z), the shape unchanged."""
        Z = as_floats("Z", Z)
        self.gate = Z > 0
        zeros = np.zeros(Z.shape[-1:], Z.dtype)  # a row is twice as fast as 0
        return np.maximum(Z, zeros)  # eq-relu-layer

    def backward(self, dA: npt.ArrayLike) -> Array:
        """Return dZ: the gradient where the gate was open, 0 where it was shut."""
        gate = self._kept("gate")
        # a product, for np.where is slow where gates are random
        return _upstream(dA, gate.shape) * gate  # eq-relu-dZ


class LeakyReLU(Layer):
    """A = Z where Z > 0, slope * Z elsewhere: a gate that never shuts quite (Maas et al. 2013)."""

    def __init__(self, slope: float = 0.01) -> None:
        if not (isinstance(slope, Real) and -np.inf < slope < np.inf):
            raise ValueError(f"slope is {slope!r}; a finite number such as 0.01 is wanted")
        self.slope: float = float(slope)

    def forward(self, Z: npt.ArrayLike) -> Array:
        """Return Z where it is positive and slope * Z elsewhere, the shape unchanged."""
        Z = as_floats("Z", Z)
        self.gate = Z > 0
        # what each entry is multiplied by: looked up, for np.where is slow where gates are random
        self.slopes = np.array([self.slope, 1], Z.dtype).take(self.gate)
        return Z * self.slopes  # eq-leaky

    def backward(self, dA: npt.ArrayLike) -> Array:
        """Return dZ: the gradient itself where the gate was open, slope times it elsewhere."""
        slopes = self._kept("slopes")
        return _upstream(dA, slopes.shape) * slopes  # eq-leaky-dZ

    def __repr__(self) -> str:
        return f"LeakyReLU({self.slope:g})"


class Sigmoid(Layer):
    """A = 1 / (1 + exp(-Z)): squashes every number into (0, 1). Its slope is A (1 - A)."""

    def forward(self, Z: npt.ArrayLike) -> Array:
        """Return 1 / (1 + exp(-Z)), the shape unchanged; exp is only taken of numbers below 0.

        Where Z < 0 it is exp(Z) / (1 + exp(Z)), the same fraction with both parts times exp(Z).
        """
        Z = as_floats("Z", Z)
        small = np.exp(-np.abs(Z))
        numerator = np.maximum(Z >= 0, small)  # True counts as 1
        self.A = numerator / (1 + small)  # eq-sigmoid-layer
        return self.A

    def backward(self, dA: npt.ArrayLike) -> Array:
        """Return dZ = dA * A (1 - A)."""
        A = self._kept("A")
        return _upstream(dA, A.shape) * A * (1 - A)  # eq-sigmoid-dZ


class Tanh(Layer):
    """A = tanh(Z): squashes every number into (-1, 1). Its slope is 1 - A^2."""

    def forward(self, Z: npt.ArrayLike) -> Array:
        """Return tanh(Z), the shape unchanged."""
        self.A = np.tanh(as_floats("Z", Z))  # eq-tanh-layer
        return self.A

    def backward(self, dA: npt.ArrayLike) -> Array:
        """Return dZ = dA * (1 - A^2)."""
        A = self._kept("A")
        return _upstream(dA, A.shape) * (1 - A * A)  # eq-tanh-dZ


def _upstream(dA: npt.ArrayLike, shape: tuple[int, ...]) -> Array:
    """Return the gradient that reaches an activation, which has the shape of its output."""
    dA = as_floats("dA", dA)
    require_shape("dA", dA, shape, "the shape that forward returned")
    return dA
