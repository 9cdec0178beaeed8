"""A ReLU network, written and differentiated by hand.

Everything that a reader needs stands here: `from backprop import Linear, Network, ReLU, train`.
The book derives each line; its equations are named in the comments of the code.
"""

from backprop.arrays import NotFiniteError
from backprop.datasets import load_digits, spiral, xor
from backprop.gradcheck import check_gradients, numerical_gradient, relative_error
from backprop.layers import Layer, LeakyReLU, Linear, ReLU, Sigmoid, Tanh
from backprop.losses import SoftmaxCrossEntropy, softmax
from backprop.network import Network
from backprop.optimizers import SGD, Adam, Momentum
from backprop.training import DivergedError, History, evaluate, train

__version__ = "0.1.0"

__all__ = [
    "SGD",
    "Adam",
    "DivergedError",
    "History",
    "Layer",
    "LeakyReLU",
    "Linear",
    "Momentum",
    "Network",
    "NotFiniteError",
    "ReLU",
    "Sigmoid",
    "SoftmaxCrossEntropy",
    "Tanh",
    "check_gradients",
    "evaluate",
    "load_digits",
    "numerical_gradient",
    "relative_error",
    "softmax",
    "spiral",
    "train",
    "xor",
]
