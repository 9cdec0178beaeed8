"""Ask PyTorch and JAX for the gradients of a few fixed networks; run by hand, once.

    uv run --group oracle python tests/oracle/make_oracle.py

Writes one .npz a network: its inputs, labels, parameters, and the loss and gradients that both
frameworks found in float64. The tests compare this package with the files and need neither
framework. Starting numbers come from NumPy and are stored, so the files explain themselves.
The book's worked example is asked about too; those answers are shipped with the package, as JSON.
"""

import json
from itertools import pairwise
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import torch

from backprop.classroom.example import LEARNING_RATE, STORED, worked_example

HERE = Path(__file__).parent
ACTIVATIONS = {
    "relu": (torch.relu, jax.nn.relu),
    "leaky": (
        lambda Z: torch.nn.functional.leaky_relu(Z, 0.1),
        lambda Z: jax.nn.leaky_relu(Z, 0.1),
    ),
    "sigmoid": (torch.sigmoid, jax.nn.sigmoid),
    "tanh": (torch.tanh, jnp.tanh),
}
SIZES = {"one": (5, 7, 3), "three": (5, 8, 6, 7, 3)}  # the sizes of the layers
N = 4


def torch_gradients(X, y, parameters, activation):
    """Return the loss and the gradients of X and of each parameter, by torch.autograd."""
    arrays = [torch.tensor(array, requires_grad=True) for array in (X, *parameters)]
    A = arrays[0]
    for k, (W, b) in enumerate(zip(arrays[1::2], arrays[2::2], strict=True)):
        A = (activation(A) if k else A) @ W + b
    loss = torch.nn.functional.cross_entropy(A, torch.tensor(y))
    loss.backward()
    return loss.item(), [array.grad.numpy() for array in arrays]


def jax_gradients(X, y, parameters, activation):
    """Return the same by jax.value_and_grad."""

    def loss(arrays):
        A = arrays[0]
        for k, (W, b) in enumerate(zip(arrays[1::2], arrays[2::2], strict=True)):
            A = (activation(A) if k else A) @ W + b
        return -jax.nn.log_softmax(A)[jnp.arange(len(y)), y].mean()

    value, gradients = jax.value_and_grad(loss)([X, *parameters])
    return float(value), [np.asarray(gradient) for gradient in gradients]


def worked_example_gradients(in_framework, activation, version):
    """Return loss and gradients of the worked example, and the loss after one step with them."""
    X, y, *parameters = worked_example()
    loss, gradients = in_framework(X, y, parameters, activation)
    moved = [V - LEARNING_RATE * dV for V, dV in zip(parameters, gradients[1:], strict=True)]
    found = {"version": version, "loss": loss}
    for name, gradient in zip(("dX", "dW1", "db1", "dW2", "db2"), gradients, strict=True):
        found[name] = gradient.tolist()
    return found | {"loss_after": in_framework(X, y, moved, activation)[0]}


def main():
    """Write one file a network, and one for the worked example."""
    jax.config.update("jax_enable_x64", True)
    in_torch, in_jax = ACTIVATIONS["relu"]
    stored = {
        "PyTorch": worked_example_gradients(torch_gradients, in_torch, torch.__version__),
        "JAX": worked_example_gradients(jax_gradients, in_jax, jax.__version__),
    }
    Path(str(STORED)).write_text(json.dumps(stored, indent=1) + "\n", encoding="utf-8")
    for depth, sizes in SIZES.items():
        for name, (in_torch, in_jax) in ACTIVATIONS.items():
            rng = np.random.default_rng(len(sizes))
            X = rng.standard_normal((N, sizes[0]))
            y = rng.integers(sizes[-1], size=N)
            parameters = []
            for inputs, outputs in pairwise(sizes):
                parameters.append(rng.standard_normal((inputs, outputs)) * np.sqrt(2 / inputs))
                parameters.append(0.3 * rng.standard_normal(outputs))
            stored = {"X": X, "y": y}
            names = [f"{kind}{k}" for k in range(1, len(sizes)) for kind in "Wb"]
            stored.update(zip(names, parameters, strict=True))
            for framework, (loss, gradients) in (
                ("torch", torch_gradients(X, y, parameters, in_torch)),
                ("jax", jax_gradients(X, y, parameters, in_jax)),
            ):
                stored[f"{framework}_loss"] = np.array(loss)
                for array, gradient in zip(["X", *names], gradients, strict=True):
                    stored[f"{framework}_d{array}"] = gradient
            np.savez_compressed(HERE / f"{name}-{depth}-hidden.npz", **stored)
            print(f"{name}-{depth}-hidden: loss {stored['torch_loss']:.6f}")
    print(f"PyTorch {torch.__version__}, JAX {jax.__version__}")


if __name__ == "__main__":
    main()
