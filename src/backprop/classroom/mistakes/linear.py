"""Mistakes in the linear layers: how biases are summed, what is multiplied, what is turned."""

import numpy as np

from backprop.classroom.mistakes.entry import Mistake

BIAS = (
    Mistake(
        name="bias-wrong-axis",
        instead="a sum over the units of each example, one number for each example",
        tempts="the axis in `sum` is the one that goes away, and one thinks of the one that stays",
        symptoms="an error at the update, unless N equals the number of units",
        equation="eq-db",
        hints=(
            "Compare the shape of your db with that of b.",
            "One bias is shared by all the examples, so its gradient adds up over them.",
            "Sum over the examples: with rows as examples `dZ.sum(axis=0)`.",
        ),
        lines={
            "db2": lambda dZ2: dZ2.sum(axis=1),
            "db1": lambda dZ1: dZ1.sum(axis=1),
        },
        each_layer=True,
        seen="4 of 49, biases summed wrongly in any way",
    ),
    Mistake(
        name="bias-over-everything",
        instead="one sum over examples and units, the same number for every bias",
        tempts="`np.sum` without an axis is a number, and a number fits any shape",
        symptoms="none on the digits, although the output biases never move",
        equation="eq-db",
        hints=(
            "How many different numbers are in your db?",
            "Each bias touches its own unit only. In the output layer the rows of P - Y sum to 0, "
            "so your db2 is 0 for ever.",
            "Sum over the examples alone: with rows as examples `dZ.sum(axis=0)`.",
        ),
        lines={"db2": lambda dZ2: dZ2.sum(), "db1": lambda dZ1: dZ1.sum()},
        each_layer=True,
        seen="4 of 49, biases summed wrongly in any way",
    ),
    Mistake(
        name="bias-averaged",
        instead="a mean over the examples, which divides by N a second time",
        tempts="`mean(axis=0)` has the right shape, and the loss is a mean",
        symptoms="none on the digits: the biases learn N times more slowly, and the weights "
        "make up for it",
        equation="eq-db",
        hints=(
            "What is the ratio between your db and the right one? Is it a size that you know?",
            "The 1/N of the loss is in dZ already. The examples' shares are added up.",
            "Sum, and do not divide again: with rows as examples `dZ.sum(axis=0)`.",
        ),
        lines={
            "db2": lambda dZ2: dZ2.mean(axis=0),
            "db1": lambda dZ1: dZ1.mean(axis=0),
        },
        each_layer=True,
        same="A sum divided by N once more, `dZ.sum(axis=0) / N`, is the same.",
        seen="4 of 49, biases summed wrongly in any way",
    ),
    Mistake(
        name="bias-not-summed",
        instead="dZ itself, a row for each example",
        tempts="the slope for a bias is 1, so db = dZ, which is right for one example",
        symptoms="an error at the update, or biases that grow a row for each example",
        equation="eq-db",
        hints=(
            "Compare the shape of your db with that of b.",
            "One bias is shared by all the examples, so its gradient adds up over them.",
            "Sum over the examples: with rows as examples `dZ.sum(axis=0)`.",
        ),
        lines={"db2": lambda dZ2: dZ2, "db1": lambda dZ1: dZ1},
        each_layer=True,
    ),
    Mistake(
        name="bias-of-last-example",
        instead="the share of the last example alone, for the biases",
        tempts="`dZ[-1]`, or `=` for `+=` in a loop, has the right shape",
        symptoms="none on the digits: the biases learn more slowly, and the weights make up for it",
        equation="eq-db",
        hints=(
            "Put the examples in another order. The gradient of a mean should not change.",
            "One bias is shared by all the examples, so its gradient adds up over them.",
            "Sum over the examples: with rows as examples `dZ.sum(axis=0)`.",
        ),
        lines={"db2": lambda dZ2: dZ2[-1], "db1": lambda dZ1: dZ1[-1]},
        each_layer=True,
    ),
    Mistake(
        name="bias-forgotten",
        instead="zeros for the biases",
        tempts="the zeros of the start are returned, and the weights learn all the same",
        symptoms="none on the digits: the weights make up for it",
        equation="eq-db",
        hints=(
            "Print your db. Does any entry ever change?",
            "A bias is a weight whose input is always 1, and it learns like one.",
            "Sum over the examples: with rows as examples `dZ.sum(axis=0)`.",
        ),
        lines={
            "db2": lambda b2: np.zeros_like(b2),
            "db1": lambda b1: np.zeros_like(b1),
        },
        each_layer=True,
    ),
    Mistake(
        name="bias-before-the-slope",
        instead="db1 from dA1, before the activation's slope was multiplied in",
        tempts="dA1 and dZ1 have the same shape",
        symptoms="none on the digits: the weights make up for it",
        equation="eq-db1",
        hints=(
            "From which array do you sum db1?",
            "The bias b1 is added before the activation, so its gradient comes through the slope.",
            "Sum dZ1 and not dA1: with rows as examples `dZ1.sum(axis=0)`.",
        ),
        lines={"db1": lambda dA1: dA1.sum(axis=0)},
    ),
)

WEIGHTS = (
    Mistake(
        name="weights-before-the-slope",
        instead="dW1 from dA1, before the activation's slope was multiplied in",
        tempts="dA1 and dZ1 have the same shape",
        symptoms="the loss falls, and stays a little higher than it should",
        equation="eq-dW1",
        hints=(
            "With which array do you multiply the inputs to get dW1?",
            "W1 acts before the activation, so its gradient comes through the slope.",
            "Use dZ1 and not dA1: with rows as examples `dW1 = X.T @ dZ1`.",
        ),
        lines={"dW1": lambda X, dA1: X.T @ dA1},
    ),
    Mistake(
        name="pre-activation-in-dW2",
        instead="dW2 with the pre-activation Z1 in the place of the activation A1",
        tempts="Z1 and A1 have the same shape, and both lie at hand",
        symptoms="hardly any on the digits; where Z1 is above 0 it is the activation",
        equation="eq-dW2",
        hints=(
            "Which array went into the second layer on the way forward?",
            "W2 was multiplied by the activation. Its derivative is what it was multiplied by.",
            "Use A1 and not Z1: with rows as examples `dW2 = A1.T @ dZ2`.",
        ),
        lines={"dW2": lambda Z1, dZ2: Z1.T @ dZ2},
    ),
    Mistake(
        name="slope-in-dW2",
        instead="dW2 with the slope of the activation in the place of the activation",
        tempts="in the hidden layer the slope is multiplied in, so in this line too",
        symptoms="the loss falls, but stays about twice as high",
        equation="eq-dW2",
        hints=(
            "Which array went into the second layer on the way forward?",
            "W2 was multiplied by the activation itself. The slope is for the way to Z1.",
            "Use A1: with rows as examples `dW2 = A1.T @ dZ2`.",
        ),
        lines={"dW2": lambda f_slope, Z1, dZ2: f_slope(Z1).T @ dZ2},
    ),
    Mistake(
        name="inputs-in-dW2",
        instead="dW2 with the inputs X in the place of the activation A1 (it runs if D = H)",
        tempts="dW1 = X.T @ dZ1 was copied, and one letter was not changed",
        symptoms="where it runs the loss falls, but stays higher",
        equation="eq-dW2",
        hints=(
            "Which array went into the second layer on the way forward?",
            "The input of the second layer is the hidden layer's output.",
            "Use A1 and not X: with rows as examples `dW2 = A1.T @ dZ2`.",
        ),
        lines={"dW2": lambda X, dZ2: X.T @ dZ2},
    ),
    Mistake(
        name="activation-in-dW1",
        instead="dW1 with the activation A1 in the place of the inputs X (it runs if D = H)",
        tempts="dW2 = A1.T @ dZ2 was copied, and one letter was not changed",
        symptoms="where it runs the loss falls slowly and stays several times higher",
        equation="eq-dW1",
        hints=(
            "Which array went into the first layer on the way forward?",
            "The first layer has no layer before it. What it multiplies are the inputs.",
            "Use X and not A1: with rows as examples `dW1 = X.T @ dZ1`.",
        ),
        lines={"dW1": lambda A1, dZ1: A1.T @ dZ1},
    ),
    Mistake(
        name="weights-transposed",
        instead="the transpose of the weights' gradient (it runs if the matrix is square)",
        tempts="books with columns as examples write the product the other way round",
        symptoms="an error, unless the matrix is square",
        equation="eq-dW",
        hints=(
            "Compare the shape of your dW with that of W, with sizes that are all different.",
            "The two factors of the product are in the wrong order for this layout.",
            "With rows as examples it is the input, transposed, times dZ: `A1.T @ dZ2`.",
        ),
        lines={
            "dW2": lambda A1, dZ2: dZ2.T @ A1,
            "dW1": lambda X, dZ1: dZ1.T @ X,
        },
        each_layer=True,
    ),
    Mistake(
        name="transpose-missing-in-dA1",
        instead="dA1 through W2 as it stands, not transposed (it runs if W2 is square)",
        tempts="forward multiplies by W2, and with a square matrix so can the way back",
        symptoms="an error, unless W2 is square",
        equation="eq-dA1",
        hints=(
            "Try sizes that are all different. Which product fails?",
            "Backward, each entry of A1 collects from all the units that it went to: along the "
            "row of W2 that goes out from it.",
            "Transpose W2: with rows as examples `dA1 = dZ2 @ W2.T`.",
        ),
        lines={"dA1": lambda dZ2, W2: dZ2 @ W2},
    ),
    Mistake(
        name="transpose-missing-in-dW",
        instead="the input as it stands times dZ, not transposed (it runs if the input is square)",
        tempts="forward multiplies the input by what is on its right, and the way back looks alike",
        symptoms="an error, unless there are as many examples as inputs",
        equation="eq-dW",
        hints=(
            "Try sizes that are all different. Which product fails?",
            "The examples are summed over, so the two factors meet along the examples.",
            "Transpose what came into the layer.",
        ),
        lines={
            "dW2": lambda A1, dZ2: A1 @ dZ2,
            "dW1": lambda X, dZ1: X @ dZ1,
        },
        each_layer=True,
    ),
    Mistake(
        name="wrong-weights-in-dA1",
        instead="dA1 through W1, where W2 is wanted (it runs if the sizes coincide)",
        tempts="dZ1 belongs to layer 1, so its weights come to mind",
        symptoms="an error, unless the sizes coincide",
        equation="eq-dA1",
        hints=(
            "Through which weights did A1 go on its way to the loss?",
            "The gradient goes back along the way that the values went.",
            "Use W2: with rows as examples `dA1 = dZ2 @ W2.T`.",
        ),
        lines={"dA1": lambda dZ2, W1: dZ2 @ W1.T},
    ),
    Mistake(
        name="elementwise-for-product",
        instead="an entry-by-entry product where a matrix product is wanted in dA1",
        tempts="`*` is what one writes between two numbers",
        symptoms="an error, unless the sizes coincide",
        equation="eq-dA1",
        hints=(
            "Try sizes that are all different. Which product fails?",
            "An entry of A1 goes to every unit of the layer, so its derivative is a sum over them.",
            "Use the matrix product: with rows as examples `dA1 = dZ2 @ W2.T`.",
        ),
        lines={"dA1": lambda dZ2, W2: dZ2 * W2.T},
    ),
    Mistake(
        name="elementwise-in-dW",
        instead="an entry-by-entry product where a matrix product is wanted in dW",
        tempts="`*` is what one writes between two numbers",
        symptoms="an error, unless the sizes coincide",
        equation="eq-dW",
        hints=(
            "Try sizes that are all different. Which product fails?",
            "A weight serves every example, so its derivative is a sum over them.",
            "Use the matrix product: with rows as examples `dW2 = A1.T @ dZ2`.",
        ),
        lines={
            "dW2": lambda A1, dZ2: A1.T * dZ2,
            "dW1": lambda X, dZ1: X.T * dZ1,
        },
        each_layer=True,
    ),
    Mistake(
        name="updated-weights-in-dA1",
        instead="dA1 through a W2 that had already taken its step",
        tempts="updating each layer as soon as its gradient is known saves a loop",
        symptoms="none at a small learning rate; on the digits at 0.5 the loss grew without bound",
        equation="eq-dA1",
        hints=(
            "In which order do you compute dA1 and change W2?",
            "All gradients belong to one point, the one at which the loss was taken.",
            "First compute all the gradients; then take the step.",
        ),
        lines={
            "dA1": lambda dZ2, W2, learning_rate, dW2, decay2: (
                dZ2 @ (W2 - learning_rate * (dW2 + decay2)).T
            ),
        },
        seen="1 of 49",
    ),
    Mistake(
        name="sign-flipped-in-hidden-layer",
        instead="dA1 with the other sign, and so all that comes after it",
        tempts="a minus of the update, or of Y - P, was mended in one place of two",
        symptoms="the loss grows without bound, as the hidden layer climbs",
        equation="eq-dA1",
        hints=(
            "Compare the signs of your dA1 with those of a numerical gradient.",
            "dW2 and db2 have the right sign, so a minus came in on the way back through W2.",
            "Leave the minus out: with rows as examples `dA1 = dZ2 @ W2.T`.",
        ),
        lines={"dA1": lambda dA1: -dA1},
    ),
    Mistake(
        name="hidden-layer-forgotten",
        instead="zeros, so that nothing before this layer learns",
        tempts="the zeros of the start are returned, and the loss falls all the same",
        symptoms="the loss falls, but stays several times higher, as the hidden layer stays random",
        equation="eq-dA1",
        hints=(
            "Print your dA1. Is any entry not 0? Print your dZ1 as well.",
            "What comes before a layer has a share in the loss too.",
            "Go on behind the output layer: dA1 through its weights, dZ1 through the gates, and "
            "from it dW1 and db1. Go back through the weights: `dZ2 @ W2.T`.",
        ),
        lines={"dA1": lambda A1: np.zeros_like(A1)},
        place="on the way to the hidden layer, at dA1, at dZ1, or in the lines for dW1 and db1",
        same="Zeros for dZ1, or for dW1 and db1, are the same.",
    ),
)
