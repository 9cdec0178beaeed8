"""The worked example in JAX, as one would write it there."""

import jax
import jax.numpy as jnp

jax.config.update("jax_enable_x64", True)  # or all numbers would be float32


def gradients(X, y, W1, b1, W2, b2):
    """Return the loss, and the gradients in the names of the book."""

    def loss(arrays):
        A1 = jax.nn.relu(arrays["X"] @ arrays["W1"] + arrays["b1"])
        Z2 = A1 @ arrays["W2"] + arrays["b2"]
        log_P = jax.nn.log_softmax(Z2)  # along the last axis
        return -log_P[jnp.arange(len(y)), y].mean()

    arrays = {"X": X, "W1": W1, "b1": b1, "W2": W2, "b2": b2}
    value, found = jax.value_and_grad(loss)(arrays)
    return {"loss": value, **{f"d{name}": found[name] for name in arrays}}
