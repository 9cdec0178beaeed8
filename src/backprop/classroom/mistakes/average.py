"""Mistakes with the 1/N of the mean, and with which examples of the batch are counted."""

import numpy as np

from backprop.classroom.mistakes.entry import Mistake

AVERAGE = (
    Mistake(
        name="mean-missing",
        instead="the gradient of the sum of the losses, where that of their mean is wanted",
        tempts="the derivation is done for one example, and one example has no 1/N",
        symptoms="at a learning rate that was right, the loss jumps up and all units die",
        equation="eq-dZ2",
        hints=(
            "Call it with every example twice. By which factor does the gradient change, and by "
            "which does the mean loss?",
            "All your numbers are N times what they should be, with N the number of examples.",
            "Divide by N, once and at the top: `dZ2 = (P - Y) / N`.",
        ),
        lines={"dZ2": lambda error: error},
        seen="4 of 49, missing and doubled together",
    ),
    Mistake(
        name="mean-twice",
        instead="the gradient divided by N once more",
        tempts="dZ2 has the 1/N in it, and each formula for dW and db shows it again",
        symptoms="the loss falls as slowly as with a learning rate N times smaller",
        equation="eq-dZ2",
        hints=(
            "Count the places in your code that divide by N, or take a mean.",
            "The loss is a mean, and so N divides once. All that follows dZ2 inherits it.",
            "Divide where dZ2 is made, and nowhere else.",
        ),
        lines={
            "dW2": lambda dW2, N: dW2 / N,
            "db2": lambda db2, N: db2 / N,
            "dW1": lambda dW1, N: dW1 / N,
            "db1": lambda db1, N: db1 / N,
        },
        each_layer=True,
        seen="4 of 49, missing and doubled together",
    ),
    Mistake(
        name="mean-on-weights-only",
        instead="the gradient of the mean loss for the weights, and of the sum for the biases",
        tempts="dW has its 1/N written beside it, and the sum for db looks complete",
        symptoms="at a learning rate that was right, the biases run away and all units die",
        equation="eq-db",
        hints=(
            "What is the ratio between your db and the right one? Is it a size that you know?",
            "Weights and biases descend the same loss, and it is a mean.",
            "Divide by N once, at the top: `dZ2 = (P - Y) / N`, and nowhere else.",
        ),
        lines={
            "db2": lambda db2, N: db2 * N,
            "db1": lambda db1, N: db1 * N,
        },
        each_layer=True,
    ),
    Mistake(
        name="mean-on-biases-only",
        instead="the gradient of the mean loss for the biases, and of the sum for the weights",
        tempts="the product with a transpose hides a sum over the batch, which db shows",
        symptoms="at a learning rate that was right, all units die and the loss stays at that "
        "of guessing",
        equation="eq-dW",
        hints=(
            "What is the ratio between your dW and the right one? Is it a size that you know?",
            "The matrix product in dW sums over the examples. A mean has to divide.",
            "Divide by N once, at the top: `dZ2 = (P - Y) / N`, and nowhere else.",
        ),
        lines={
            "dW2": lambda dW2, N: dW2 * N,
            "dW1": lambda dW1, N: dW1 * N,
        },
        each_layer=True,
    ),
    Mistake(
        name="mean-twice-on-weights",
        instead="the weights' gradients divided by N once more; those of the biases are not",
        tempts="dZ2 has the 1/N in it, and the formula for dW shows it again",
        symptoms="the loss falls as slowly as with a learning rate N times smaller",
        equation="eq-dW",
        hints=(
            "Count the places on the way to dW that divide by N.",
            "dZ2 carries its 1/N into everything that is made from it.",
            "Leave the second division out.",
        ),
        lines={
            "dW2": lambda dW2, N: dW2 / N,
            "dW1": lambda dW1, N: dW1 / N,
        },
        each_layer=True,
    ),
    Mistake(
        name="mean-not-carried-on",
        instead="the gradient of the mean in the output layer, and of the sum in the hidden layer",
        tempts="dW2 and db2 were divided at the end, and what flows on was not",
        symptoms="at a learning rate that was right, all units die and the loss stays at that "
        "of guessing",
        equation="eq-dA1",
        hints=(
            "What is the ratio between your dW1 and the right one? Is it a size that you know?",
            "What flows on to the hidden layer has to be the derivative of the mean, too.",
            "Divide where dZ2 is made, so that both layers get it.",
        ),
        lines={"dA1": lambda error, W2: error @ W2.T},
    ),
    Mistake(
        name="mean-over-classes",
        instead="a division by the number of classes, where the number of examples is wanted",
        tempts="`len` and `shape[...]` of the wrong array or axis give a number as well",
        symptoms="with more examples than classes the steps are too long, and all units die",
        equation="eq-dZ2",
        hints=(
            "Print the number that you divide by. What does it count?",
            "The loss is a mean over the examples; over the classes nothing is averaged.",
            "Divide by the number of examples: `N = len(y)`.",
        ),
        lines={"dZ2": lambda error, C: error / C},
    ),
    Mistake(
        name="mean-over-everything",
        instead="a division by N C, the number of entries, where N is wanted",
        tempts="`P.size`, and `.mean()` in a loss of all entries, count classes as well",
        symptoms="the loss falls as slowly as with a learning rate C times smaller",
        equation="eq-dZ2",
        hints=(
            "Print the number that you divide by. What does it count?",
            "The loss is a mean over the examples; over the classes nothing is averaged.",
            "Divide by the number of examples: `N = len(y)`.",
        ),
        lines={"dZ2": lambda error, N, C: error / (N * C)},
    ),
    Mistake(
        name="doubled",
        instead="twice the right gradient",
        tempts="the slope of a square brings a factor 2, and squared error is met first",
        symptoms="none but a learning rate that acts like twice itself",
        equation="eq-dZ2",
        hints=(
            "Look for a 2 in the first line of your backward pass.",
            "Nothing is squared in cross-entropy.",
            "Leave the factor out: `dZ2 = (P - Y) / N`.",
        ),
        lines={"dZ2": lambda dZ2: 2 * dZ2},
    ),
    Mistake(
        name="last-example-only",
        instead="the share of the last example of the batch",
        tempts="in a loop over the examples `=` stands where `+=` is meant",
        symptoms="the loss falls slowly and unsteadily, as each batch counts for one example",
        equation="eq-dW-entry",
        hints=(
            "Put the examples in another order: dW2 should stay the same, and yours does not.",
            "Only the last example arrives in your answer: each one overwrites those before.",
            "Start from zeros and add up: `dW2 += ...`, and so for all four.",
        ),
        lines={"dZ2": lambda dZ2, N: dZ2 * (np.arange(N) == N - 1)[:, None]},
    ),
    Mistake(
        name="first-example-only",
        instead="the share of the first example of the batch",
        tempts="`X[0]` was a test for one example, or `return` stands inside the loop",
        symptoms="the loss falls slowly and unsteadily, as each batch counts for one example",
        equation="eq-dW-entry",
        hints=(
            "Put the examples in another order: dW2 should stay the same, and yours does not.",
            "Only the first example arrives in your answer.",
            "Let the loop run over all the examples before you return.",
        ),
        lines={"dZ2": lambda dZ2, N: dZ2 * (np.arange(N) == 0)[:, None]},
    ),
    Mistake(
        name="last-example-left-out",
        instead="the gradient without the share of the last example",
        tempts="a range that should end at N ends at N - 1",
        symptoms="none on the digits; one example of each batch is wasted",
        equation="eq-dW-entry",
        hints=(
            "Put the examples in another order: dW2 should stay the same, and yours does not.",
            "One example has no influence on your answer. Which index does the loop not reach?",
            "Let the loop run over `range(N)`: it ends before N by itself.",
        ),
        lines={"dZ2": lambda dZ2, N: dZ2 * (np.arange(N) < N - 1)[:, None]},
    ),
    Mistake(
        name="first-example-left-out",
        instead="the gradient without the share of the first example",
        tempts="a count that starts at 1 skips the row 0",
        symptoms="none on the digits; one example of each batch is wasted",
        equation="eq-dW-entry",
        hints=(
            "Put the examples in another order: dW2 should stay the same, and yours does not.",
            "One example has no influence on your answer. Which index does the loop not reach?",
            "Let the loop run over `range(N)`: rows count from 0.",
        ),
        lines={"dZ2": lambda dZ2, N: dZ2 * (np.arange(N) > 0)[:, None]},
    ),
)
