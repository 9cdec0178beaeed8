"""Two questions on which libraries differ: the slope at exactly 0, and logits or probabilities.

Each way to write a thing stands here as text, and is evaluated; so what the book prints is what
was run. make_oracle.py stores the answers.
"""

import jax
import jax.numpy as jnp
import numpy as np
import torch
from sklearn.metrics import log_loss
from sklearn.neural_network import MLPClassifier
from torch.nn.functional import cross_entropy, log_softmax, nll_loss, softmax

RELUS_IN_PYTORCH = (
    "torch.relu(z)",
    "torch.clamp(z, min=0)",
    "torch.where(z > 0, z, 0)",
    "torch.where(z >= 0, z, 0)",
    "torch.maximum(z, torch.tensor(0.0))",
)
RELUS_IN_JAX = (
    "jax.nn.relu(z)",
    "jnp.where(z > 0, z, 0)",
    "jnp.where(z >= 0, z, 0)",
    "jnp.maximum(z, 0)",
)
LOSSES_IN_PYTORCH = (
    "cross_entropy(Z, y)",
    "nll_loss(log_softmax(Z, dim=1), y)",
    "cross_entropy(softmax(Z, dim=1), y)",
    "nll_loss(softmax(Z, dim=1), y)",
    'cross_entropy(Z, y, reduction="sum")',
)


def slopes_at_0():
    """Return the slope at exactly 0 of each way to write ReLU."""
    found = {}
    for way in RELUS_IN_PYTORCH:
        z = torch.tensor(0.0, requires_grad=True)
        eval(way, globals(), {"z": z}).backward()
        found[way] = z.grad.item()
    for way in RELUS_IN_JAX:
        found[way] = jax.grad(lambda z, way=way: eval(way, {"jax": jax, "jnp": jnp, "z": z}))(0.0)
    found['MLPClassifier(activation="relu")'] = slope_at_0_in_scikit_learn()
    return {way: float(slope) for way, slope in found.items()}


def slope_at_0_in_scikit_learn():
    """Return how much of what arrives at a unit whose pre-activation is 0 moves its bias."""
    model = MLPClassifier((1,), solver="sgd", learning_rate_init=1.0, momentum=0.0, alpha=0.0)
    X, y = np.zeros((1, 1)), [1]
    model.partial_fit(X, y, classes=[0, 1])
    for array in (*model.coefs_, *model.intercepts_):
        array[...] = 0.0
    model.coefs_[1][...] = 1.0  # what arrives is p - 1 = -0.5 times this
    model.partial_fit(X, y)
    return model.intercepts_[0].item() / 0.5


def cross_entropies(Z, y):
    """Return the loss, and its derivative for the logits Z, of each way to hand them over."""
    found = {}
    for way in LOSSES_IN_PYTORCH:
        logits = torch.tensor(Z, requires_grad=True)
        loss = eval(way, globals(), {"Z": logits, "y": torch.tensor(y)})
        loss.backward()
        found[way] = {"loss": loss.item(), "dZ": logits.grad.tolist()}
    P = np.exp(Z) / np.exp(Z).sum(axis=1, keepdims=True)
    return found | {"log_loss(y, P)": {"loss": float(log_loss(y, P))}}


# names that the texts above use
_ = cross_entropy, log_softmax, nll_loss, softmax
