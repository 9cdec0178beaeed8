"""Ask PyTorch, JAX and scikit-learn for gradients of a few fixed networks; run by hand, once.

    uv run --group oracle python tests/oracle/make_oracle.py

Writes one .npz a network: its inputs, labels, parameters, and the loss and gradients that both
PyTorch and JAX found in float64. The tests compare this package with the files and need neither
of them. Starting numbers come from NumPy and are stored, so the files explain themselves.

The book's worked example is asked about too, by the programs in src/backprop/data: in_pytorch.py,
in_jax.py, in_scikit_learn.py and conventions.py. Their answers are shipped with the package, as
JSON, with the hash of each program: the book shows them, and a test sees that they are unchanged.
"""

import inspect
import json
from hashlib import sha256
from itertools import pairwise
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import sklearn
import torch

from backprop.classroom.example import LEARNING_RATE, STORED, every_array, worked_example
from backprop.data import conventions, in_jax, in_pytorch, in_scikit_learn

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


def worked_example_answers(program, version):
    """Return what a program finds for the worked example, and the loss after one step with it."""
    X, y, *parameters = worked_example()
    found = program.gradients(X, y, *parameters)
    names = ("dW1", "db1", "dW2", "db2")
    moved = [V - LEARNING_RATE * found[name] for V, name in zip(parameters, names, strict=True)]
    loss_after = program.gradients(X, y, *moved)["loss"]
    return {"version": version, **plain(found), "loss_after": float(loss_after)}


def plain(found):
    """Return arrays as lists, and numbers as Python's."""
    return {name: np.asarray(value).tolist() for name, value in found.items()}


def answers():
    """Return all that is stored about the worked example, by what it is about."""
    example, arrays = worked_example(), every_array()
    in_sklearn = plain(in_scikit_learn.gradients(*example))
    penalised = plain(in_scikit_learn.gradients(*example, alpha=1.0))
    programs = (in_pytorch, in_jax, in_scikit_learn, conventions)
    return {
        "gradients": {
            "PyTorch": worked_example_answers(in_pytorch, torch.__version__.split("+")[0]),
            "JAX": worked_example_answers(in_jax, jax.__version__),
        },
        "one output": {
            "scikit-learn": {"version": sklearn.__version__, **in_sklearn},
            "scikit-learn with alpha=1": penalised,
        },
        "slope at 0": conventions.slopes_at_0(),
        "cross-entropy": conventions.cross_entropies(arrays["Z2"], example.y),
        "programs": {
            Path(program.__file__).name: sha256(inspect.getsource(program).encode()).hexdigest()
            for program in programs
        },
    }


def main():
    """Write one file a network, and one for the worked example."""
    jax.config.update("jax_enable_x64", True)
    Path(str(STORED)).write_text(json.dumps(answers(), indent=1) + "\n", encoding="utf-8")
    for depth, sizes in SIZES.items():
        for name, (torch_activation, jax_activation) in ACTIVATIONS.items():
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
                ("torch", torch_gradients(X, y, parameters, torch_activation)),
                ("jax", jax_gradients(X, y, parameters, jax_activation)),
            ):
                stored[f"{framework}_loss"] = np.array(loss)
                for array, gradient in zip(["X", *names], gradients, strict=True):
                    stored[f"{framework}_d{array}"] = gradient
            np.savez_compressed(HERE / f"{name}-{depth}-hidden.npz", **stored)
            print(f"{name}-{depth}-hidden: loss {stored['torch_loss']:.6f}")
    print(f"PyTorch {torch.__version__}, JAX {jax.__version__}, scikit-learn {sklearn.__version__}")


if __name__ == "__main__":
    main()
