"""A network is a list of layers: forward runs down the list, backward runs up it.

That is all of backpropagation as an algorithm. The mathematics is in the layers, and the loss
stands outside, because only training needs it.
"""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from backprop.arrays import Array, Labels, as_floats, require_finite, require_shape
from backprop.layers import Layer, Linear
from backprop.losses import softmax


class Network:
    """A chain of layers, from inputs to logits.

    Each layer object may stand at one place only, because it keeps what it saw there. Raises
    ValueError if there are no layers, one stands twice, or two Linear layers do not fit.
    """

    def __init__(self, layers: Sequence[Layer]) -> None:
        try:
            self.layers = list(layers)
        except TypeError as error:
            raise TypeError(f"layers is {layers!r}; a list of layers is wanted") from error
        if not self.layers:
            raise ValueError("the network has no layers; give at least one, such as Linear")
        for place, layer in enumerate(self.layers):
            if not isinstance(layer, Layer):
                raise TypeError(f"layers[{place}] is {layer!r}; a layer such as ReLU() is wanted")
            if any(layer is other for other in self.layers[:place]):
                raise ValueError(
                    f"layers[{place}] stands twice: make a new {layer!r} for each place"
                )
        for one, other in pairwise(layer for layer in self.layers if isinstance(layer, Linear)):
            if one.W.shape[1] != other.W.shape[0]:
                raise ValueError(
                    f"{one!r} gives {one.W.shape[1]} columns, but {other!r} behind it wants "
                    f"{other.W.shape[0]}"
                )
        weights = self.parameters.values()
        self.dtype = np.result_type(*weights) if weights else np.dtype(np.float64)

    @property
    def parameters(self) -> dict[str, Array]:
        """Every array that training changes, under the book's names: W1, b1, W2, b2, ..."""
        return self._numbered("")

    @property
    def gradients(self) -> dict[str, Array]:
        """What the last backward pass left, in the same order: dW1, db1, dW2, db2, ..."""
        return self._numbered("d")

    def _numbered(self, prefix: str) -> dict[str, Array]:
        numbers: dict[str, int] = {}
        found = {}
        for layer in self.layers:
            for name in layer.parameter_names:
                numbers[name] = numbers.get(name, 0) + 1
                found[f"{prefix}{name}{numbers[name]}"] = layer._kept(f"{prefix}{name}")
        return found

    @np.errstate(over="ignore", invalid="ignore")  # what overflows is caught at the end
    def forward(self, X: npt.ArrayLike) -> Array:
        """Return the logits for a batch: (N, D) -> (N, C). Every layer keeps what it saw.

        Raises TypeError or ValueError if X does not fit, NotFiniteError if it or the logits hold
        NaN or infinity.
        """
        X = as_floats("X", X, self.dtype)
        require_shape("X", X, ("N", "D"))
        require_finite("X", X)
        for layer in self.layers:
            X = layer.forward(X)
        X = as_floats("the output", X)
        require_shape("the output", X, ("N", "C"))
        require_finite("the output", X)
        return X

    @np.errstate(over="ignore", invalid="ignore")  # an overflow stops the next step
    def backward(self, dZ: npt.ArrayLike, *, inputs: bool = True) -> Array:
        """Fill every layer's gradients and return dX: (N, C) -> (N, D).

        It belongs to the last `forward`, whichever call that was: `predict` runs one as
        well. With inputs=False, for training, which changes weights and no inputs, a
        first layer of class Linear leaves out its dX, which is then returned without
        columns. Raises TypeError or ValueError if dZ does not fit, NotFiniteError if it
        or dX holds NaN or infinity; an overflow in dW or db is found by the optimizer.
        """
        dZ = as_floats("dZ", dZ, self.dtype)
        require_finite("dZ", dZ)
        first, *others = self.layers
        for layer in reversed(others):
            dZ = layer.backward(dZ)
        # a class with a backward of its own is asked for all of it
        all_of_it = inputs or type(first).backward is not Linear.backward
        if isinstance(first, Linear) and not all_of_it:
            dX = first.backward(dZ, inputs=False)
        else:
            dX = first.backward(dZ)
        require_finite("dX", dX)
        return dX

    def predict_proba(self, X: npt.ArrayLike) -> Array:
        """Return a probability for each class: (N, D) -> (N, C)."""
        return softmax(self.forward(X))

    def predict(self, X: npt.ArrayLike) -> Labels:
        """Return the most probable class of each example: (N, D) -> (N,)."""
        return self.forward(X).argmax(axis=1)

    def __repr__(self) -> str:
        return " -> ".join(map(repr, self.layers))


def require_network(network: Network) -> None:
    """Raise TypeError unless `network` is a Network."""
    if not isinstance(network, Network):
        raise TypeError(f"network is {network!r}; a Network is wanted")
