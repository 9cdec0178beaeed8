"""The loss and the gradients that PyTorch and JAX found; oracle/make_oracle.py asked them."""

from hashlib import sha256
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest

from backprop import LeakyReLU, Linear, Network, ReLU, Sigmoid, SoftmaxCrossEntropy, Tanh
from backprop.classroom.example import stored_answers

FILES = sorted((Path(__file__).parent / "oracle").glob("*.npz"))
ACTIVATIONS = {"relu": ReLU, "leaky": lambda: LeakyReLU(0.1), "sigmoid": Sigmoid, "tanh": Tanh}
every_file = pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)


def stored_network(stored, activation):
    layers = []
    for k in range(1, sum(name.startswith("W") for name in stored) + 1):
        layers += [Linear.from_arrays(stored[f"W{k}"], stored[f"b{k}"]), activation()]
    return Network(layers[:-1])


def test_every_activation_is_there_with_one_and_with_three_hidden_layers():
    wanted = {f"{name}-{depth}-hidden" for name in ACTIVATIONS for depth in ("one", "three")}
    assert {path.stem for path in FILES} == wanted


@every_file
@pytest.mark.parametrize("framework", ["torch", "jax"])
def test_loss_and_gradients_are_those_of_the_framework(path, framework):
    with np.load(path) as file:
        stored = dict(file)
    network = stored_network(stored, ACTIVATIONS[path.stem.split("-")[0]])
    assert len(network.parameters) == {"one": 4, "three": 8}[path.stem.split("-")[1]]
    loss = SoftmaxCrossEntropy()
    ours = {"loss": loss.forward(network.forward(stored["X"]), stored["y"])}
    ours["dX"] = network.backward(loss.backward())
    ours |= network.gradients
    theirs = {name: stored[f"{framework}_{name}"] for name in ours}
    assert {f"{framework}_{name}" for name in ours} == {
        name for name in stored if name.startswith(framework)
    }
    for name, value in theirs.items():
        assert value.dtype == np.float64
        np.testing.assert_allclose(ours[name], value, rtol=1e-13, atol=1e-15, err_msg=name)


def test_the_programs_that_the_book_shows_are_those_that_were_run():
    programs = stored_answers("programs")
    assert "in_pytorch.py" in programs
    for name, stored in programs.items():
        text = (files("backprop") / "data" / name).read_text(encoding="utf-8")
        assert sha256(text.encode()).hexdigest() == stored, f"{name} changed: run make_oracle.py"
