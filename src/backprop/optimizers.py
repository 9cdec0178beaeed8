"""Optimizers: how a gradient becomes a step.

Each reads the gradients that the last backward pass left in the network and changes the
parameters in place. A step that would write NaN or infinity is refused before anything is
written, so a network that diverges keeps its last good weights.
"""

from numbers import Real

import numpy as np

from backprop.arrays import Array, require_finite
from backprop.network import Network


class Optimizer:
    """What all optimizers share: one step of the whole network, or none of it."""

    def __init__(self, network: Network, learning_rate: float) -> None:
        if not isinstance(network, Network):
            raise TypeError(f"network is {network!r}; a Network is wanted")
        self.network = network
        self.learning_rate = _between("learning_rate", learning_rate, 0, np.inf)

    def update(self, name: str, gradient: Array) -> Array:
        """Return what to subtract from the parameter called `name`, such as "W1"."""
        raise NotImplementedError

    def step(self) -> None:
        """Change every parameter once, in place.

        Raises NotFiniteError, and leaves every parameter as it was, if a gradient or a new
        parameter is not finite.
        """
        parameters = self.network.parameters
        gradients = self.network.gradients
        for name, gradient in gradients.items():
            require_finite(name, gradient)
        with np.errstate(over="ignore", invalid="ignore"):
            new = {
                name: parameters[name] - self.update(name, gradient)
                for name, gradient in zip(parameters, gradients.values(), strict=True)
            }
        for name, array in new.items():
            require_finite(f"{name} after this step", array)
        for name, array in new.items():
            parameters[name][...] = array


class SGD(Optimizer):
    """W <- W - learning_rate * dW: one step downhill; eq-sgd."""

    def update(self, name: str, gradient: Array) -> Array:
        """Return learning_rate * dW."""
        return self.learning_rate * gradient


class Momentum(Optimizer):
    """V <- momentum * V + dW, then W <- W - learning_rate * V: steps that keep their pace.

    The heavy ball of Polyak (1964), in the form that PyTorch uses.
    """

    def __init__(self, network: Network, learning_rate: float, momentum: float = 0.9) -> None:
        super().__init__(network, learning_rate)
        self.momentum = _between("momentum", momentum, 0, 1)
        self._V: dict[str, Array] = {}

    def update(self, name: str, gradient: Array) -> Array:
        """Return learning_rate * V."""
        V = self._V[name] = self.momentum * self._V.get(name, 0.0) + gradient
        return self.learning_rate * V


class Adam(Optimizer):
    """Steps of about learning_rate for each entry, whatever the size of its gradient.

    Algorithm 1 of Kingma and Ba (2015): the mean gradient M divided by the root of the mean
    squared gradient V, both decaying averages, corrected because they start at 0.
    """

    def __init__(
        self,
        network: Network,
        learning_rate: float = 0.001,
        beta1: float = 0.9,
        beta2: float = 0.999,
        epsilon: float = 1e-8,
    ) -> None:
        super().__init__(network, learning_rate)
        self.beta1 = _between("beta1", beta1, 0, 1)
        self.beta2 = _between("beta2", beta2, 0, 1)
        self.epsilon = _between("epsilon", epsilon, 0, np.inf)
        self._steps = 0
        self._M: dict[str, Array] = {}
        self._V: dict[str, Array] = {}

    def step(self) -> None:
        """Change every parameter once, in place; raises NotFiniteError as every optimizer does."""
        super().step()
        self._steps += 1  # only now: a step that was refused does not count

    def update(self, name: str, gradient: Array) -> Array:
        """Return learning_rate * M / (sqrt(V) + epsilon), M and V corrected for their start."""
        one, two, t = self.beta1, self.beta2, self._steps + 1
        M = self._M[name] = one * self._M.get(name, 0.0) + (1 - one) * gradient
        V = self._V[name] = two * self._V.get(name, 0.0) + (1 - two) * gradient**2
        M = M / (1 - one**t)
        V = V / (1 - two**t)
        return self.learning_rate * M / (np.sqrt(V) + self.epsilon)


def _between(name: str, value: float, low: float, high: float) -> float:
    """Return `value` as a float if low <= value < high (low itself only if high is finite)."""
    inside = isinstance(value, Real) and low <= value < high
    if not inside or (value == low and high == np.inf):
        wanted = f"at least {low} and below {high}" if high < np.inf else f"above {low} and finite"
        raise ValueError(f"{name} is {value!r}; a number {wanted} is wanted")
    return float(value)
