"""Training: the step, which units are dead, and what brings one back."""

import numpy as np

from backprop.arrays import Array
from backprop.classroom.exercises.entry import Exercise, Question, Wrong, sizes
from backprop.layers import Linear, ReLU
from backprop.network import Network
from backprop.optimizers import SGD

PEAK = 0.1  # to which a revived unit's largest pre-activation is raised


def _weights(rng: np.random.Generator, k: int) -> Question:
    """Draw W and dW, both (D, H), and a learning rate that is not 1."""
    shape = sizes(rng, 2, k)
    return {
        "W": rng.standard_normal(shape),
        "dW": rng.standard_normal(shape),
        "learning_rate": np.array(rng.uniform(0.1, 0.6)),
    }


def _units(rng: np.random.Generator, k: int) -> Question:
    """Draw Z (N, H), in which two units are dead, one of them with a largest entry of exactly 0."""
    N, H = 6 + k % 3, 5
    Z = rng.integers(-6, 5, (N, H)) + 0.5
    Z[rng.integers(N), :] = 2.5  # every unit is open for one example at least
    dead = rng.permutation(H)[:2]
    Z[:, dead] = -np.abs(Z[:, dead])
    Z[rng.integers(N), dead[0]] = 0.0
    Z[:, (dead[1] + 1) % H] -= 2 * ((dead[1] + 1) % H not in dead)  # open for few
    return {"Z": Z}


def _biases(rng: np.random.Generator, k: int) -> Question:
    """Draw Z (N, H) as for dead_units, and biases b (H,)."""
    Z = _units(rng, k)["Z"]
    return {"Z": Z, "b": rng.standard_normal(Z.shape[1])}


def _step(W: Array, dW: Array, learning_rate: Array) -> Array:
    layer = Linear.from_arrays(W, np.zeros(W.shape[1]))
    layer.dW, layer.db = dW, np.zeros(W.shape[1])
    SGD(Network([layer]), float(learning_rate)).step()
    return layer.W


def _dead(Z: Array) -> Array:
    relu = ReLU()
    relu.forward(Z)
    return ~relu.gate.any(axis=0)


def _revive(Z: Array, b: Array) -> Array:
    return np.where(_dead(Z), b + PEAK - Z.max(axis=0), b)


TRAINING = (
    Exercise(
        name="sgd_step",
        sheet="training",
        points={"W": 2},
        draw=_weights,
        solve=_step,
        wrong=(
            Wrong(
                name="step-uphill",
                answers=(lambda W, dW, learning_rate: W + learning_rate * dW,),
                instead="a step uphill",
                hints=(
                    "Which way does a gradient point?",
                    "To make the loss smaller, go against it.",
                    "Subtract: `W - learning_rate * dW`.",
                ),
            ),
            Wrong(
                name="rate-left-out",
                answers=(lambda W, dW, learning_rate: W - dW,),
                instead="a step with the learning rate 1, whatever was asked for",
                hints=(
                    "What happens with a learning rate of 0?",
                    "The gradient says the direction, the learning rate how far.",
                    "Multiply: `W - learning_rate * dW`.",
                ),
            ),
            Wrong(
                name="step-alone",
                answers=(
                    lambda W, dW, learning_rate: -learning_rate * dW,
                    lambda W, dW, learning_rate: learning_rate * dW,
                ),
                instead="the step by itself; the new weights are wanted",
                hints=(
                    "What should come back if the gradient is 0?",
                    "The step starts from W.",
                    "Subtract it from W: `W - learning_rate * dW`.",
                ),
            ),
        ),
    ),
    Exercise(
        name="dead_units",
        sheet="training",
        points={"dead": 3},
        draw=_units,
        solve=_dead,
        wrong=(
            Wrong(
                name="shut-for-one",
                answers=(lambda Z: (Z <= 0).any(axis=0),),
                instead="true for every unit that is shut for some example",
                hints=(
                    "How many units are alive by your count? Is that plausible?",
                    "A unit that is open for one example still learns from it.",
                    "It has to be shut for all of them: `(Z <= 0).all(axis=0)`.",
                ),
            ),
            Wrong(
                name="alive-for-dead",
                answers=(lambda Z: (Z > 0).any(axis=0),),
                instead="the units that are alive",
                hints=(
                    "Make a unit whose pre-activations are all -1. What do you return for it?",
                    "True should stand for dead.",
                    "Turn it round: `~(Z > 0).any(axis=0)`.",
                ),
            ),
            Wrong(
                name="examples-for-units",
                answers=(lambda Z: (Z <= 0).all(axis=1),),
                instead="the examples for which all units are shut: you look along the rows",
                hints=(
                    "Which shape does your answer have? It should be (H,).",
                    "A column of Z belongs to a unit.",
                    "Go down the columns: `axis=0`.",
                ),
            ),
            Wrong(
                name="zero-counted-as-open",
                answers=(lambda Z: (Z < 0).all(axis=0), lambda Z: Z.max(axis=0) < 0),
                instead="right but for a unit whose largest pre-activation is exactly 0: you count "
                "it as alive",
                hints=(
                    "Make a unit whose pre-activations are -1 and 0. Does a gradient pass?",
                    "The gate of the book is `Z > 0`, and 0 is not greater than 0.",
                    "Compare with `<=`.",
                ),
            ),
            Wrong(
                name="mean-below-zero",
                answers=(lambda Z: Z.mean(axis=0) <= 0, lambda Z: Z.mean(axis=0) < 0),
                instead="true for every unit whose mean pre-activation is below 0",
                hints=(
                    "Make a unit with the pre-activations -9 and 1. Is it dead?",
                    "One open gate is enough, however far the others are shut.",
                    "Ask every entry: `(Z <= 0).all(axis=0)`.",
                ),
            ),
        ),
    ),
    Exercise(
        name="revive",
        sheet="training",
        points={"b": 3},
        draw=_biases,
        solve=_revive,
        wrong=(
            Wrong(
                name="all-units-raised",
                answers=(lambda Z, b: b + PEAK - Z.max(axis=0),),
                instead="every unit's bias changed, those of the living as well",
                hints=(
                    "Which entries of b change? Which should?",
                    "What the living have learnt should stay.",
                    "Change only where `dead_units(Z)` is true: `np.where(dead, ..., b)`.",
                ),
            ),
            Wrong(
                name="bias-set",
                answers=(lambda Z, b: np.where(_dead(Z), PEAK, b),),
                instead="the bias set to the wanted peak, whatever the unit's pre-activations are",
                hints=(
                    "Take Z again with the new bias. Are the units open?",
                    "The bias is only one part of Z. By how much has the whole to rise?",
                    "Raise b by 0.1 minus the largest pre-activation.",
                ),
            ),
            Wrong(
                name="old-bias-forgotten",
                answers=(lambda Z, b: np.where(_dead(Z), PEAK - Z.max(axis=0), b),),
                instead="the way that is missing, without the bias from which it starts",
                hints=(
                    "Take Z again with the new bias. What is its largest entry in that column?",
                    "The old bias is in Z already, and Z has to rise from where it is.",
                    "Add to b: `b + 0.1 - Z.max(axis=0)`.",
                ),
            ),
            Wrong(
                name="raised-to-zero",
                answers=(lambda Z, b: np.where(_dead(Z), b - Z.max(axis=0), b),),
                instead="raised until the largest pre-activation is exactly 0, where the gate is "
                "still shut",
                hints=(
                    "Take Z again with the new bias. What is its largest entry in that column?",
                    "The gate of the book is `Z > 0`, and 0 is not greater than 0.",
                    "Go on to 0.1: `b + 0.1 - Z.max(axis=0)`.",
                ),
            ),
            Wrong(
                name="raised-by-peak",
                answers=(lambda Z, b: b + PEAK * _dead(Z),),
                instead="raised by 0.1, wherever it started from",
                hints=(
                    "Take Z again with the new bias. Are the units open?",
                    "A unit far below 0 has a longer way to go.",
                    "Raise b by 0.1 minus the largest pre-activation.",
                ),
            ),
            Wrong(
                name="opened-for-all",
                answers=(lambda Z, b: np.where(_dead(Z), b + PEAK - Z.min(axis=0), b),),
                instead="raised until the *lowest* pre-activation is 0.1, so that the unit is open "
                "for every example",
                hints=(
                    "Take Z again with the new bias. What is its largest entry in that column?",
                    "A unit that is open for all examples is linear on them.",
                    "Use the largest pre-activation of the column, `Z.max(axis=0)`.",
                ),
            ),
        ),
    ),
)
