"""What several test files share."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import settings

from backprop import Linear, Network, ReLU

# The same cases on every machine and in every run, and no clock.
settings.register_profile(
    "same-everywhere", max_examples=200, deadline=None, derandomize=True, database=None
)
settings.load_profile("same-everywhere")


@pytest.fixture
def rng():
    return np.random.default_rng(0)


@pytest.fixture
def make_network():
    """A network of these sizes, with an activation between each two of its Linear layers."""

    def make(*sizes, activation=ReLU, dtype=np.float64, seed=0):
        rng = np.random.default_rng(seed)
        layers = []
        for inputs, outputs in pairwise(sizes):
            linear = Linear(inputs, outputs, rng=rng, dtype=dtype)
            linear.b[...] = 0.3 * rng.standard_normal(outputs)  # zeros would hide a lost bias
            layers += [linear, activation()]
        return Network(layers[:-1])

    return make


@pytest.fixture
def bits():
    """The bytes of every parameter, to tell whether any of them changed at all."""
    return lambda network: {name: array.tobytes() for name, array in network.parameters.items()}
