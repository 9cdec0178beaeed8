"""Mistakes before the gradient leaves the loss: the forward pass, softmax, labels, the sign."""

import numpy as np

from backprop.classroom.mistakes.entry import Mistake
from backprop.layers import LeakyReLU, ReLU, Sigmoid, Tanh
from backprop.losses import softmax

FORWARD = (
    Mistake(
        name="forward-without-bias",
        instead="the gradient of a network that has no bias in its forward pass",
        tempts="the biases start at 0, so at first nothing is missing",
        symptoms="none at first; in ten epochs on the digits the loss fell as with the right "
        "gradient",
        equation="eq-Z1",
        hints=(
            "Compare the logits of your forward pass with those of a network that you trust.",
            "A parameter that the loss never sees has the gradient 0, whatever you return for it.",
            "Add the bias in the forward pass: `X @ W1 + b1`, and `A1 @ W2 + b2`.",
        ),
        lines={"Z1": lambda X, W1: X @ W1, "Z2": lambda A1, W2: A1 @ W2},
        each_layer=True,
    ),
    Mistake(
        name="activation-missing",
        instead="the gradient with the activation left out of the forward pass, A1 = Z1",
        tempts="the slope is there in the backward pass, and the code runs",
        symptoms="the loss falls, but stays about twice as high, as the hidden layer learns for "
        "a network without an activation",
        equation="eq-A1",
        hints=(
            "Print the smallest entry of your A1. Can it be what the activation returns?",
            "What goes into the second layer, and into dW2, is the activation and not Z1.",
            "Apply the activation on the way forward, and use its result: `A1 = relu(Z1)`.",
        ),
        lines={"A1": lambda Z1: Z1},
    ),
    Mistake(
        name="activation-on-logits",
        instead="the gradient at probabilities of logits that went through the activation too",
        tempts="every layer before had an activation, so why not the last",
        symptoms="hardly any on the digits; an output that can never be below 0 is slow to rule "
        "a class out",
        equation="eq-Z2",
        hints=(
            "Look at the range of your logits. Which numbers can never occur?",
            "Softmax is the activation of the last layer. It wants logits of either sign.",
            "Hand the logits to softmax as they are: `Z2 = A1 @ W2 + b2`.",
        ),
        lines={"Z2": lambda f, A1, W2, b2: f(A1 @ W2 + b2)},
    ),
    Mistake(
        name="network-of-sigmoid",
        instead="the gradient of this network with sigmoid as its activation, right for that one",
        tempts="the code was written for sigmoid, and the activation was changed in the text only",
        symptoms="the loss falls slowly and stays higher, as another network is being trained",
        equation="eq-A1",
        hints=(
            "Which activation does your forward pass apply, and which one is asked for?",
            "The gradient is right for sigmoid. Only the function is another one.",
            "Apply the activation that is asked for.",
        ),
        lines={
            "A1": lambda Z1: Sigmoid().forward(Z1),
            "slope": lambda A1: A1 * (1 - A1),
        },
        activations=(ReLU, LeakyReLU, Tanh),
    ),
    Mistake(
        name="network-of-tanh",
        instead="the gradient of this network with tanh as its activation, right for that one",
        tempts="the code was written for tanh, and the activation was changed in the text only",
        symptoms="the loss falls slowly and stays higher, as another network is being trained",
        equation="eq-A1",
        hints=(
            "Which activation does your forward pass apply, and which one is asked for?",
            "The gradient is right for tanh. Only the function is another one.",
            "Apply the activation that is asked for.",
        ),
        lines={"A1": lambda Z1: np.tanh(Z1), "slope": lambda A1: 1 - A1 * A1},
        activations=(ReLU, LeakyReLU, Sigmoid),
    ),
    Mistake(
        name="network-of-relu",
        instead="the gradient of this network with ReLU as its activation, right for that one",
        tempts="the code was written for ReLU, and the activation was changed in the text only",
        symptoms="none: with a leaky slope of 0.1 the two networks learn alike",
        equation="eq-A1",
        hints=(
            "Which activation does your forward pass apply, and which one is asked for?",
            "The gradient is right for ReLU. Only the function is another one.",
            "Apply the activation that is asked for.",
        ),
        lines={"A1": lambda Z1: np.maximum(0, Z1), "slope": lambda relu_slope, Z1: relu_slope(Z1)},
        activations=(LeakyReLU, Sigmoid, Tanh),
    ),
    Mistake(
        name="softmax-over-batch",
        instead="the gradient at probabilities that sum to 1 down each column, over the examples",
        tempts="`axis=0` is the first axis, and the result has the right shape",
        symptoms="the weights and the loss grow without bound",
        equation="eq-P",
        hints=(
            "Print the sum of each example's probabilities. What should it be?",
            "Softmax is taken over the classes of one example; no example knows of another.",
            "Sum the exponentials over the classes: with rows as examples `axis=1, keepdims=True`.",
        ),
        lines={"P": lambda Z2: softmax(Z2.T).T},
        variants=(
            {
                "P": lambda Z2: (
                    np.exp(Z2 - Z2.max(axis=1, keepdims=True))
                    / np.exp(Z2 - Z2.max(axis=1, keepdims=True)).sum(axis=0, keepdims=True)
                )
            },
        ),
        seen="1 of 49",
    ),
    Mistake(
        name="softmax-over-everything",
        instead="the gradient at probabilities that sum to 1 over the whole batch",
        tempts="`np.sum` without an axis is right for a single example",
        symptoms="the weights and the loss grow without bound",
        equation="eq-P",
        hints=(
            "Print the sum of each example's probabilities. What should it be?",
            "`np.sum(np.exp(Z2))` is one number, for all the examples together.",
            "Sum over the classes of each example: with rows as examples `axis=1, keepdims=True`.",
        ),
        lines={"P": lambda Z2: np.exp(Z2 - Z2.max()) / np.exp(Z2 - Z2.max()).sum()},
        variants=(
            {
                "P": lambda Z2: (
                    np.exp(Z2 - Z2.max(axis=1, keepdims=True))
                    / np.exp(Z2 - Z2.max(axis=1, keepdims=True)).sum()
                )
            },
            {
                "P": lambda Z2: (
                    np.exp(Z2 - Z2.max(axis=0, keepdims=True))
                    / np.exp(Z2 - Z2.max(axis=0, keepdims=True)).sum()
                )
            },
        ),
    ),
    Mistake(
        name="softmax-missing",
        instead="the logits minus the one-hot labels, which is the slope of a squared error",
        tempts="a framework's loss takes logits, and applies softmax where you don't see it",
        symptoms="the loss falls a little and stops high, and most units die",
        equation="eq-P",
        hints=(
            "Print one row of what you subtract the labels from. Does it sum to 1?",
            "P - Y needs the probabilities. The logits have not become these yet.",
            "Apply softmax before you subtract: `P = softmax(Z2)`.",
        ),
        lines={"P": lambda Z2: Z2},
    ),
    Mistake(
        name="softmax-twice",
        instead="the gradient at the softmax of the softmax",
        tempts="the network ends in softmax, and so does the loss",
        symptoms="the weights and the loss grow without bound",
        equation="eq-P",
        hints=(
            "How far from 1 does the largest probability stay, even where the network is sure?",
            "Probabilities went into softmax as if they were logits.",
            "Apply softmax once: `P = softmax(Z2)`.",
        ),
        lines={"P": lambda Z2: softmax(softmax(Z2))},
    ),
    Mistake(
        name="sigmoid-for-softmax",
        instead="the gradient for one yes-or-no question per class, a sigmoid on each logit",
        tempts="with two classes and one output, sigmoid is right, and P - Y looks the same",
        symptoms="none on the digits: another loss, and the same classes come out on top",
        equation="eq-P",
        hints=(
            "Print the sum of each example's probabilities. What should it be?",
            "Sigmoid looks at one logit. Softmax compares it with the others of its row.",
            "Divide the exponentials of a row by their sum: `P = softmax(Z2)`.",
        ),
        lines={"P": lambda Z2: Sigmoid().forward(Z2)},
    ),
)

LOSS = (
    Mistake(
        name="sign-flipped",
        instead="Y - P, the direction in which the loss falls and not its gradient",
        tempts="label minus prediction is how an error is written elsewhere",
        symptoms="the loss climbs from the first step, without bound",
        equation="eq-dZ2",
        hints=(
            "Take one example. If the probability of its label is below 1, should a larger logit "
            "of the label raise or lower the loss?",
            "All your numbers are right but for their sign. The minus belongs to the update.",
            "Write P - Y, and subtract the gradient in the update.",
        ),
        lines={"error": lambda P, Y: Y - P},
        seen="1 of 49",
    ),
    Mistake(
        name="label-forgotten",
        instead="P where P - Y is wanted: no label is subtracted",
        tempts="`dZ2 = P` is the first of two lines, and the code runs without the second",
        symptoms="the weights and the loss grow without bound, and accuracy is that of guessing",
        equation="eq-dZ2",
        hints=(
            "Which line of your backward pass reads y?",
            "A gradient of the loss that does not know the labels cannot be right.",
            "Subtract 1 at the label of each example: `dZ2[np.arange(N), y] -= 1`.",
        ),
        lines={"error": lambda P: P},
    ),
    Mistake(
        name="labels-not-one-hot",
        instead="P - y, which subtracts the label's number from every class",
        tempts="y has a column for broadcasting, and nothing complains",
        symptoms="the loss overflows within a few epochs",
        equation="eq-dZ2",
        hints=(
            "Print one row of what you subtract from P. What are its entries?",
            "The number of a class is a name. It is not an amount.",
            "Subtract one-hot labels: with rows as examples `P - np.eye(C)[y]`.",
        ),
        lines={"error": lambda P, y: P - y[:, None]},
    ),
    Mistake(
        name="label-column-for-entry",
        instead="P minus 1 in every row, in each column that is the label of anybody in the batch",
        tempts="`dZ2[:, y] -= 1` reads like one entry a row",
        symptoms="the loss overflows within a few epochs",
        equation="eq-dZ2",
        hints=(
            "Print P - dZ2 * N. In how many places does a row have a 1?",
            "A colon takes all the rows, and each label then hits all of them.",
            "Take one entry a row: `dZ2[np.arange(N), y] -= 1`.",
        ),
        lines={"error": lambda P, Y: P - Y.max(axis=0)},
    ),
    Mistake(
        name="label-row-for-entry",
        instead="P minus 1 in whole rows: those whose number is the label of anybody in the batch",
        tempts="`dZ2[y] -= 1` looks like the entry of the label, and is the row of that number",
        symptoms="a small batch raises an IndexError; with a large one the loss grows for ever",
        equation="eq-dZ2",
        hints=(
            "Print P - dZ2 * N. In how many places does a row have a 1?",
            "One index takes a whole row, and the rows are examples: a label says which column.",
            "Take one entry a row: `dZ2[np.arange(N), y] -= 1`.",
        ),
        lines={"error": lambda P, N, y: P - np.eye(N)[y].max(axis=0)[:, None]},
        alone=True,
    ),
    Mistake(
        name="one-subtracted-everywhere",
        instead="P - 1, as if every class were the label",
        tempts="for the label's own entry, p - 1 is right",
        symptoms="the loss overflows within a few epochs",
        equation="eq-dZ2",
        hints=(
            "What is the sum of one row of P - Y, and what is that of yours?",
            "Only the entry of the label is lowered by 1.",
            "Subtract one-hot labels: with rows as examples `P - np.eye(C)[y]`.",
        ),
        lines={"error": lambda P: P - 1},
    ),
    Mistake(
        name="softmax-diagonal-only",
        instead="-Y (1 - P): softmax's slope p (1 - p) for the label, and nothing for the others",
        tempts="p (1 - p) is the slope of sigmoid, and softmax has it too, on its diagonal",
        symptoms="the weights and the loss grow without bound, and accuracy is that of guessing",
        equation="eq-softmax-jacobian",
        hints=(
            "Print a row of dZ2. How many entries are not 0?",
            "Raising one logit lowers all the other probabilities: softmax's Jacobian has more "
            "than a diagonal.",
            "Use both at once: through softmax and cross-entropy the gradient is P - Y.",
        ),
        lines={"error": lambda P, Y: -Y * (1 - P)},
    ),
    Mistake(
        name="output-slope-missing",
        instead="-Y / P, the slope of the loss for the probabilities and not for the logits",
        tempts="the derivative of -log p is found, and the way through softmax is forgotten",
        symptoms="NaN in the first epoch, as 1 / p is without bound",
        equation="eq-dZ2",
        hints=(
            "For which array is your dZ2 the derivative, for P or for Z2?",
            "Between the probabilities and the logits lies softmax, with a Jacobian of its own.",
            "Use both at once: through softmax and cross-entropy the gradient is P - Y.",
        ),
        lines={"error": lambda P, Y: -Y / P},
    ),
    Mistake(
        name="slope-on-top-of-error",
        instead="(P - Y) P (1 - P): a slope on top of P - Y, which has softmax in it already",
        tempts="with squared error and sigmoid, this factor belongs there",
        symptoms="the loss falls several times more slowly, because examples that are surely "
        "wrong are not heard",
        equation="eq-dZ2",
        hints=(
            "Where an example is wrong and sure of it, what does p (1 - p) do to its gradient?",
            "P - Y is the gradient for the logits. Nothing is left to multiply by.",
            "Leave the factor out: `dZ2 = (P - Y) / N`.",
        ),
        lines={"error": lambda P, Y: (P - Y) * P * (1 - P)},
        seen="1 of 49",
    ),
    Mistake(
        name="jacobian-on-top-of-error",
        instead="P - Y through the Jacobian of softmax once more, the gradient of half a squared "
        "error of the probabilities",
        tempts="the loss comes first and softmax next, and each has a derivative",
        symptoms="the loss falls several times more slowly, because examples that are surely "
        "wrong are not heard",
        equation="eq-dZ2",
        hints=(
            "Which loss has the derivative P - Y for the probabilities? It is not cross-entropy.",
            "P - Y is the gradient for the logits. Softmax's Jacobian is in it already.",
            "Leave the Jacobian out: `dZ2 = (P - Y) / N`.",
        ),
        lines={
            "error": lambda P, Y: P * ((P - Y) - ((P - Y) * P).sum(axis=1, keepdims=True)),
        },
    ),
    Mistake(
        name="activation-slope-on-logits",
        instead="P - Y times the hidden layer's slope, taken at the logits",
        tempts="the slope is multiplied in at every layer, so at the last one too",
        symptoms="the loss falls slowly and accuracy stays low, as logits below 0 never learn",
        equation="eq-dZ2",
        hints=(
            "Which function turns Z2 into P? Is it the activation of the hidden layer?",
            "The logits go through softmax alone, and P - Y has that in it.",
            "Multiply nothing onto P - Y. The activation's slope belongs to the hidden layer.",
        ),
        lines={"error": lambda P, Y, f_slope, Z2: (P - Y) * f_slope(Z2)},
    ),
)
