"""Optimizers: how a gradient becomes a step.

Each reads the gradients that the last backward pass left in the network and changes the
parameters in place. A step that would write NaN or infinity is refused before anything is
written, so a network that diverges keeps its last good weights.
"""

from math import isfinite
from numbers import Real

import numpy as np

from backprop.arrays import (
    Array,
    NotFiniteError,
    as_floats,
    require_between,
    require_finite,
    require_shape,
)
from backprop.network import Network, require_network


class Optimizer:
    """What all optimizers share: one step of the whole network, or none of it.

    `weight_decay` is the factor of the penalty weight_decay / 2 * (sum of squared weights), whose
    derivative, weight_decay * W, joins dW in every step; biases are not penalised. The gradients
    that the network holds stay those of the loss. `memory` holds what an optimizer keeps from step
    to step, by name, such as "V W1".
    """

    def __init__(
        self, network: Network, learning_rate: float, *, weight_decay: float = 0.0
    ) -> None:
        require_network(network)
        self.network = network
        self.learning_rate = _above_zero("learning_rate", learning_rate)
        self.weight_decay = require_between("weight_decay", weight_decay, 0)
        self.memory: dict[str, Array] = {}

    def update(self, name: str, gradient: Array) -> Array:
        """Return what to subtract from the parameter called `name`, such as "W1".

        An array of its shape, which stays as it is until the step is over. New arrays go into
        `memory`; one that is there is never changed, or a refused step could not be undone.
        """
        raise NotImplementedError(f"{type(self).__name__} has no update")

    def step(self) -> None:
        """Change every parameter once, in place.

        Raises NotFiniteError if a gradient, a new parameter or the optimizer's memory is not
        finite, and leaves parameters and memory as they were. Raises ValueError if a gradient or
        an update does not have its parameter's shape, or a parameter is read-only; TypeError if
        one is no array of real numbers.
        """
        before = dict(self.memory)
        parameters, gradients = self.network.parameters, self.network.gradients
        try:
            changes = self._changes(parameters, gradients)
        except Exception:
            self.memory = before
            raise
        for name, change in changes.items():
            parameters[name] -= change

    @np.errstate(over="ignore", invalid="ignore")  # what overflows is caught at the end
    def _changes(
        self, parameters: dict[str, Array], gradients: dict[str, Array]
    ) -> dict[str, Array]:
        """Return what the step subtracts from every parameter; nothing is changed yet.

        A gradient that is not finite makes a step that is not: only then is it looked at, to say
        where the trouble began.
        """
        changes = {}
        for (name, parameter), gradient in zip(parameters.items(), gradients.values(), strict=True):
            gradient = as_floats(f"d{name}", gradient)
            require_shape(f"d{name}", gradient, parameter.shape, f"the shape of {name}")
            if not parameter.flags.writeable:
                raise ValueError(f"{name} is read-only; an array that can be changed is wanted")
            change = self.update(name, self._decayed(parameter, gradient))
            changes[name] = as_floats(f"the update of {name}", change, parameter.dtype)
            require_shape(f"the update of {name}", changes[name], parameter.shape)
        try:
            for name, change in changes.items():
                # A sum of products is finite only if each factor is (inf * 0 is NaN), and if no
                # change is so large that the difference overflows: then its product would, too.
                if not isfinite(np.vdot(parameters[name], change)):
                    require_finite(f"{name} after this step", parameters[name] - change)
            for name, array in self.memory.items():
                require_finite(f"{name} after this step", array)
        except NotFiniteError:
            for name, gradient in gradients.items():
                require_finite(name, gradient)
            raise
        return changes

    def _decayed(self, parameter: Array, gradient: Array) -> Array:
        """Return the gradient with that of the penalty: weights are matrices, biases are not."""
        if self.weight_decay and parameter.ndim == 2:
            return gradient + self.weight_decay * parameter
        return gradient


class SGD(Optimizer):
    """W <- W - learning_rate * dW: one step downhill; eq-sgd."""

    def update(self, name: str, gradient: Array) -> Array:
        """Return learning_rate * dW."""
        return self.learning_rate * gradient


class Momentum(Optimizer):
    """V <- momentum * V + dW, then W <- W - learning_rate * V: steps that keep their pace.

    The heavy ball of Polyak (1964), in the form that PyTorch uses.
    """

    def __init__(
        self,
        network: Network,
        learning_rate: float,
        momentum: float = 0.9,
        *,
        weight_decay: float = 0.0,
    ) -> None:
        super().__init__(network, learning_rate, weight_decay=weight_decay)
        self.momentum = require_between("momentum", momentum, 0, 1)

    def update(self, name: str, gradient: Array) -> Array:
        """Return learning_rate * V."""
        V = self.momentum * self.memory.get(f"V {name}", 0.0) + gradient
        self.memory[f"V {name}"] = V
        return self.learning_rate * V


class Adam(Optimizer):
    """Steps of about learning_rate for each entry, whatever the size of its gradient.

    Algorithm 1 of Kingma and Ba (2015): the mean gradient M divided by the root of the mean
    squared gradient V, both decaying averages, corrected because they start at 0. `epsilon` must
    not round to 0 in the network's precision. Weight decay joins the gradient before all this, as
    in every optimizer here, which is not what AdamW does.
    """

    def __init__(
        self,
        network: Network,
        learning_rate: float = 0.001,
        beta1: float = 0.9,
        beta2: float = 0.999,
        epsilon: float = 1e-8,
        *,
        weight_decay: float = 0.0,
    ) -> None:
        super().__init__(network, learning_rate, weight_decay=weight_decay)
        self.beta1 = require_between("beta1", beta1, 0, 1)
        self.beta2 = require_between("beta2", beta2, 0, 1)
        self.epsilon = _above_zero("epsilon", epsilon)
        self._steps = 0

    def step(self) -> None:
        """Change every parameter once, in place; raises NotFiniteError as every optimizer does."""
        super().step()
        self._steps += 1  # only now: a step that was refused does not count

    def update(self, name: str, gradient: Array) -> Array:
        """Return learning_rate * M / (sqrt(V) + epsilon), M and V corrected for their start."""
        one, two, t = self.beta1, self.beta2, self._steps + 1
        M = one * self.memory.get(f"M {name}", 0.0) + (1 - one) * gradient
        V = two * self.memory.get(f"V {name}", 0.0) + (1 - two) * gradient**2
        self.memory |= {f"M {name}": M, f"V {name}": V}
        M = M / (1 - one**t)
        V = V / (1 - two**t)
        return self.learning_rate * M / (np.sqrt(V) + self.epsilon)


def _above_zero(name: str, value: float) -> float:
    if not (isinstance(value, Real) and 0 < value < np.inf):
        raise ValueError(f"{name} is {value!r}; a number above 0 and finite is wanted")
    return float(value)
