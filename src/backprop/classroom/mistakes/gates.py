"""Mistakes with the gates: the slope left out, turned round, or taken at the wrong array."""

import numpy as np

from backprop.classroom.mistakes.entry import KINKED, SMOOTH, Mistake

GATES = (
    Mistake(
        name="all-gates-shut",
        instead="zeros, as if every gate were shut",
        tempts="`np.zeros_like` has the right shape, and is what one begins with",
        symptoms="the loss falls, but stays several times higher, as the hidden layer stays random",
        equation="eq-dZ1",
        hints=(
            "Print your dZ1. Is any entry not 0? Are there positive entries in Z1?",
            "Where Z1 is above 0, what arrives passes unchanged. With ReLU a gate shuts single "
            "entries, never all of them.",
            "Multiply the upstream gradient by the slope, entry by entry.",
        ),
        lines={"dZ1": lambda dA1: np.zeros_like(dA1)},
        activations=KINKED,
        alone=True,
    ),
    Mistake(
        name="forward-for-backward",
        instead="the activation itself, the way forward; what came from the loss is not read",
        tempts="the two functions are written one after the other, and take nearly the same",
        symptoms="all units die at once, and the loss stays at that of guessing",
        equation="eq-dZ1",
        hints=(
            "Change the dA1 that arrives from the loss. Does your dZ1 change?",
            "What you return is what the activation makes of Z1, on the way forward. On the way "
            "back a gradient arrives.",
            "Multiply the upstream gradient by the slope, entry by entry.",
        ),
        lines={"dZ1": lambda f, Z1: f(Z1)},
        alone=True,
    ),
    Mistake(
        name="mask-missing",
        instead="dA1, as if the activation had the slope 1 everywhere",
        tempts="the shapes fit without it, and the loss falls",
        symptoms="the loss falls, but stays about twice as high",
        equation="eq-dZ1",
        hints=(
            "Take a unit whose pre-activation is below 0 for an example. What should a nudge of "
            "its weights change in that example's loss?",
            "The slope of the activation is not 1 everywhere. With ReLU each shut gate makes a 0 "
            "in dZ1: count yours; and a mask `A1 >= 0` is true everywhere, because no activation "
            "is below 0.",
            "Multiply by the slope at the pre-activation.",
        ),
        lines={"dZ1": lambda dA1: dA1},
        same="With ReLU the mask `A1 >= 0`, which is true everywhere, gives the same numbers, and "
        "so does `dZ1[Z1 < 0] = 0` after Z1 was overwritten by its ReLU.",
    ),
    Mistake(
        name="mask-reversed",
        instead="the slope at -Z1, as if the gates were the other way round",
        tempts="a mask of what is open and a mask of what is shut are easily taken for each other",
        symptoms="the loss falls slowly and stays ten times higher",
        equation="eq-dZ1",
        hints=(
            "Take one entry with Z1 above 0. Does its gradient get through unchanged?",
            "The gates are all the wrong way round.",
            "Pass the gradient unchanged where Z1 > 0.",
        ),
        lines={"slope": lambda f_slope, Z1: f_slope(-Z1)},
        activations=KINKED,
    ),
    Mistake(
        name="activation-on-gradient",
        instead="the activation applied to the gradient, f(dA1)",
        tempts="what is done on the way forward seems to be due on the way back",
        symptoms="all units die at once, and the loss stays at that of guessing",
        equation="eq-dZ1",
        hints=(
            "Which array decides what passes in your code, and which array should?",
            "The gate was set by the sign of Z1, on the way forward. What comes back may have "
            "either sign.",
            "Multiply by the slope at the pre-activation.",
        ),
        lines={"dZ1": lambda f, dA1: f(dA1)},
        same="With ReLU the mask of the upstream gradient, `dA1 * (dA1 > 0)`, is the same.",
    ),
    Mistake(
        name="mask-of-product",
        instead="a mask of the product dA1 * Z1: it passes where the two have the same sign",
        tempts="dA1 and Z1 are both at hand, and one of them has to be compared with 0",
        symptoms="the loss falls slowly, and stays several times higher",
        equation="eq-dZ1",
        hints=(
            "Which array decides what passes in your code, and which array should?",
            "The gate was set by the sign of Z1, on the way forward. What comes back may have "
            "either sign.",
            "Compare Z1 alone with 0, in parentheses of its own.",
        ),
        lines={"slope": lambda f_slope, dA1, Z1: f_slope(dA1 * Z1)},
        activations=KINKED,
        same="In `dA1 * Z1 > 0` the `*` comes before the `>`.",
    ),
    Mistake(
        name="slope-of-upstream",
        instead="the slope taken at the upstream gradient dA1, where it is wanted at Z1",
        tempts="the derivative is applied to the array that one has in hand",
        symptoms="hardly any: upstream gradients are small, and sigmoid's slope near 0 is "
        "nearly constant",
        equation="eq-dZ1",
        hints=(
            "At which array do you take the activation's slope?",
            "The slope belongs to the point at which the function was used, on the way forward.",
            "Take the slope at the pre-activation Z1, or by its formula in A1.",
        ),
        lines={"slope": lambda f_slope, dA1: f_slope(dA1)},
        activations=SMOOTH,
    ),
    Mistake(
        name="formula-on-upstream",
        instead="the formula for the slope in terms of A1, with dA1 put into it",
        tempts="`d * (1 - d)` is applied to the array that one has in hand",
        symptoms="the loss falls a little, climbs again, and accuracy ends at that of guessing",
        equation="eq-dZ1",
        hints=(
            "Which array do you put into the formula of the slope?",
            "The formula a (1 - a), or 1 - a^2, wants the activation of the way forward.",
            "Put A1 into it: `dA1 * A1 * (1 - A1)` for sigmoid, `dA1 * (1 - A1**2)` for tanh.",
        ),
        lines={"slope": lambda f, dA1: 1 - dA1**2 if f(0 * dA1).max() == 0 else dA1 * (1 - dA1)},
        activations=SMOOTH,
    ),
    Mistake(
        name="gate-and-activation-on-gradient",
        instead="the slope, and the activation applied to the gradient on top",
        tempts="both were tried, and both stayed",
        symptoms="the loss hardly falls, as hidden units can only be pushed down",
        equation="eq-dZ1",
        hints=(
            "Take an entry with Z1 above 0 and dA1 below 0. What is your dZ1 there?",
            "The sign of Z1 alone decides. Negative gradients pass as well.",
            "Multiply by the slope, and leave it at that.",
        ),
        lines={"dZ1": lambda f, dA1, slope: f(dA1 * slope)},
    ),
    Mistake(
        name="mask-without-bias",
        instead="the slope at X W1, before the bias was added",
        tempts="the product is at hand, and with biases at 0 there is no difference",
        symptoms="none on the digits, where the biases are small",
        equation="eq-gate",
        hints=(
            "Print the array that your slope is taken at. Is it what went into the activation?",
            "The activation saw the weighted sum with its bias.",
            "Take the slope at `Z1 = X @ W1 + b1`.",
        ),
        lines={"slope": lambda f_slope, X, W1: f_slope(X @ W1)},
    ),
    Mistake(
        name="mask-of-wrong-layer",
        instead="the slope at the logits Z2, where it is wanted at Z1 (it runs if H = C)",
        tempts="one letter is wrong, and with equal sizes nothing complains",
        symptoms="an error, unless H equals C",
        equation="eq-dZ1",
        hints=(
            "At which array do you take the activation's slope?",
            "The hidden layer's gates were set by its own pre-activation.",
            "Take the slope at Z1.",
        ),
        lines={"slope": lambda f_slope, Z2: f_slope(Z2)},
        seen="1 of 49",
    ),
    Mistake(
        name="mask-of-last-example",
        instead="the last example's slopes for every example of the batch",
        tempts="in a loop over the examples the mask is kept in one variable and overwritten",
        symptoms="the loss falls, but stays two to three times higher",
        equation="eq-gate",
        hints=(
            "What is the shape of your mask? It should be that of Z1.",
            "There is one gate for each pair of example and unit.",
            "Keep a mask for the whole batch, `Z1 > 0`, of the shape of Z1.",
        ),
        lines={"slope": lambda f_slope, Z1: f_slope(Z1)[-1:]},
    ),
    Mistake(
        name="mask-of-whole-unit",
        instead="a gate that is shut for all examples as soon as it is shut for one",
        tempts="'the unit is off' sounds as if a unit were on or off for good",
        symptoms="the loss falls as if the hidden layer stayed random",
        equation="eq-gate",
        hints=(
            "What is the shape of your mask? It should be that of Z1.",
            "There is one gate for each pair of example and unit; one unit may be open for some.",
            "Compare entry by entry, `Z1 > 0`, which has the shape of Z1.",
        ),
        lines={"slope": lambda f_slope, Z1: f_slope(Z1).min(axis=0)},
        activations=KINKED,
    ),
    Mistake(
        name="product-for-gate",
        instead="a matrix product with the slope, where `*` is wanted (it runs if N = H)",
        tempts="on paper the slope is sometimes a diagonal matrix",
        symptoms="an error, unless N equals H",
        equation="eq-dZ1",
        hints=(
            "Try sizes that are all different. Which product fails?",
            "Each entry of Z1 has its own slope, and nothing is summed.",
            "Multiply entry by entry, with `*`.",
        ),
        lines={"dZ1": lambda dA1, slope: dA1 @ slope},
    ),
)
