"""Numerical gradients, to judge the ones that were derived.

Nothing here knows how a gradient is computed: it nudges one number at a time and watches the
loss. Where a nudge carries a unit across the kink of ReLU it measures a mixture of two slopes;
such entries are marked, and not called wrong.
"""

from collections.abc import Callable
from dataclasses import dataclass
from numbers import Real
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.floating[Any]]  # not imported: who judges depends on nothing that is judged


class _Network(Protocol):
    layers: list[Any]
    parameters: dict[str, Array]
    gradients: dict[str, Array]

    def forward(self, X: Array) -> Array: ...
    def backward(self, dZ: Array) -> Array: ...


class _Loss(Protocol):
    def forward(self, Z: Array, y: npt.ArrayLike) -> float: ...
    def backward(self) -> Array: ...


def numerical_gradient(f: Callable[[Array], float], x: Array, h: float = 1e-5) -> Array:
    """Return the slope of f at x, entry by entry, by central differences: the shape of x.

    `f` takes x and returns a number; x is nudged in place, by h each way, and put back. Raises
    TypeError if x is not a float64 array that can be written to (of the digits of float32, the
    difference would leave next to none) or f returns an array, ValueError if h is not above 0.
    """
    _require_step(h)
    if not (isinstance(x, np.ndarray) and x.dtype == np.float64 and x.flags.writeable):
        raise TypeError(f"x must be a float64 array that can be nudged in place; got {x!r}")
    gradient = np.empty_like(x)
    if np.ndim(f(x)) != 0:
        raise TypeError(f"f returned an array of shape {np.shape(f(x))}; one number is wanted")
    for index in np.ndindex(x.shape):
        gradient[index] = (_nudged(f, x, index, h) - _nudged(f, x, index, -h)) / (2 * h)
    return gradient


def _nudged(f: Callable[[Array], Any], x: Array, index: tuple[int, ...], h: float) -> Any:
    """Return f(x) with one entry moved by h, and put the entry back whatever happens."""
    original = x[index]
    try:
        x[index] = original + h
        return f(x)
    finally:
        x[index] = original


def _require_step(h: float) -> None:
    if not (isinstance(h, Real) and 0 < h < np.inf):
        raise ValueError(f"h is {h!r}; a small number above 0 is wanted")


def relative_error(one: npt.ArrayLike, other: npt.ArrayLike) -> float:
    """Return the largest difference of two arrays, relative to the largest entry of either.

    Relative to the whole array, because an entry that is itself almost 0 consists of rounding.
    0.0 if both are zero everywhere, NaN if either holds NaN or infinity or there is nothing to
    compare. Raises TypeError if one holds no real numbers, ValueError if the shapes differ.
    """
    try:
        one, other = np.asarray(one, dtype=float), np.asarray(other, dtype=float)
    except (TypeError, ValueError) as error:
        raise TypeError(f"{one!r} and {other!r}: two arrays of real numbers are wanted") from error
    if one.shape != other.shape:
        raise ValueError(f"shapes {one.shape} and {other.shape} differ; nothing to compare")
    if not one.size:
        return float("nan")
    scale = np.maximum(np.abs(one).max(), np.abs(other).max())
    if not np.isfinite(scale):
        return float("nan")
    return float(np.abs(one - other).max() / scale) if scale != 0 else 0.0


@dataclass(frozen=True)
class Comparison:
    """One array's derived gradient beside its numerical one; `kinked` marks what to leave out."""

    name: str
    derived: Array
    numerical: Array
    kinked: npt.NDArray[np.bool_]

    @property
    def error(self) -> float:
        """The relative error over the entries whose nudge crossed no kink; NaN if all did."""
        return relative_error(self.derived[~self.kinked], self.numerical[~self.kinked])

    def __str__(self) -> str:
        kinked = f", {self.kinked.sum()} at a kink left out" if self.kinked.any() else ""
        result = "nothing compared" if self.kinked.all() else f"relative error {self.error:.0e}"
        return f"{self.name}: {self.derived.size} entries{kinked}, {result}"


def check_gradients(
    network: _Network, loss: _Loss, X: Array, y: npt.ArrayLike, h: float = 1e-5
) -> list[Comparison]:
    """Compare every gradient of the network, that for X included, with central differences.

    `loss` has `forward(Z, y) -> float` and `backward() -> dZ`. The network is left as it was,
    its gradients those of (X, y). A layer whose function has a corner shows by its `gate` which
    side each entry is on. Raises TypeError, naming it, if a parameter is not float64.
    """
    _require_step(h)
    loss.forward(network.forward(X), y)  # data that do not fit are reported by their own names
    X = np.array(X, dtype=np.float64)
    arrays = {**network.parameters, "X": X}
    for name, array in arrays.items():
        if array.dtype != np.float64:
            raise TypeError(f"{name} is {array.dtype}; a gradient check needs float64 throughout")

    def loss_and_gates(_: Array) -> tuple[float, list[Array]]:
        value = loss.forward(network.forward(X), y)
        return value, [layer.gate for layer in network.layers if hasattr(layer, "gate")]

    numerical, kinked = {}, {}
    for name, array in arrays.items():
        numerical[name] = np.empty_like(array)
        kinked[name] = np.zeros(array.shape, dtype=bool)
        for index in np.ndindex(array.shape):
            up, gates_up = _nudged(loss_and_gates, array, index, h)
            down, gates_down = _nudged(loss_and_gates, array, index, -h)
            numerical[name][index] = (up - down) / (2 * h)
            kinked[name][index] = any(map(_differ, gates_up, gates_down))

    loss.forward(network.forward(X), y)
    dX = network.backward(loss.backward())
    derived = [*network.gradients.values(), dX]
    return [
        Comparison(name, gradient, numerical[name], kinked[name])
        for name, gradient in zip(arrays, derived, strict=True)
    ]


def _differ(one: Array, other: Array) -> bool:
    return not np.array_equal(one, other)
