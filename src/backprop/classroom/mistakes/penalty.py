"""Mistakes with weight decay, with what is returned, and with what a call leaves behind."""

import numpy as np

from backprop.classroom.mistakes.entry import Mistake

DECAY = (
    Mistake(
        name="decay-missing",
        instead="the gradient of the loss without its penalty",
        tempts="the penalty was added to the loss, and not to the gradient",
        symptoms="none in training; the weights end larger",
        equation="eq-loss",
        hints=(
            "Which line of your backward pass reads the weight decay?",
            "The penalty weight_decay / 2 times the sum of the squared weights has a slope.",
            "Add it: `dW2 += weight_decay * W2`, and the same for W1.",
        ),
        lines={"decay2": lambda W2: 0 * W2, "decay1": lambda W1: 0 * W1},
        each_layer=True,
        needs_decay=True,
    ),
    Mistake(
        name="decay-doubled",
        instead="twice the slope of the penalty",
        tempts="the slope of a square brings a 2, and the half in the penalty takes it away again",
        symptoms="none but a weight decay that acts like twice itself",
        equation="eq-loss",
        hints=(
            "Is there a half in your penalty? What does the square's slope do with it?",
            "Here the penalty is weight_decay / 2 times the sum of the squared weights.",
            "Add `weight_decay * W2`, without a 2, and the same for W1.",
        ),
        lines={
            "decay2": lambda weight_decay, W2: 2 * weight_decay * W2,
            "decay1": lambda weight_decay, W1: 2 * weight_decay * W1,
        },
        each_layer=True,
        needs_decay=True,
        same="It is the right gradient of a penalty without its half.",
    ),
    Mistake(
        name="decay-halved",
        instead="half the slope of the penalty",
        tempts="the half of the penalty is kept, and the 2 of the square's slope forgotten",
        symptoms="none but a weight decay that acts like half of itself",
        equation="eq-loss",
        hints=(
            "What is the slope of w^2 / 2?",
            "The 2 from the square and the half of the penalty cancel.",
            "Add `weight_decay * W2`, without a half, and the same for W1.",
        ),
        lines={
            "decay2": lambda weight_decay, W2: weight_decay / 2 * W2,
            "decay1": lambda weight_decay, W1: weight_decay / 2 * W1,
        },
        each_layer=True,
        needs_decay=True,
    ),
    Mistake(
        name="decay-averaged",
        instead="the slope of the penalty divided by N",
        tempts="the penalty is added before the division by N",
        symptoms="none but a weight decay that hardly acts, and less in larger batches",
        equation="eq-loss",
        hints=(
            "Is the penalty a mean over the examples?",
            "The penalty does not depend on how many examples there are. (Some books divide it.)",
            "Divide by N first, and add `weight_decay * W2` then; the same for W1.",
        ),
        lines={
            "decay2": lambda weight_decay, W2, N: weight_decay * W2 / N,
            "decay1": lambda weight_decay, W1, N: weight_decay * W1 / N,
        },
        each_layer=True,
        needs_decay=True,
    ),
    Mistake(
        name="decay-with-wrong-sign",
        instead="the slope of the penalty subtracted, so that the weights grow",
        tempts="decay makes weights smaller, and smaller sounds like minus",
        symptoms="the weights grow faster; the loss of training falls further",
        equation="eq-loss",
        hints=(
            "Without any data, does a step along your gradient make the weights smaller?",
            "The update subtracts the gradient. The minus is there already.",
            "Add the slope: `dW2 += weight_decay * W2`, and the same for W1.",
        ),
        lines={
            "decay2": lambda weight_decay, W2: -weight_decay * W2,
            "decay1": lambda weight_decay, W1: -weight_decay * W1,
        },
        each_layer=True,
        needs_decay=True,
    ),
    Mistake(
        name="decay-on-biases",
        instead="a penalty on the biases as well",
        tempts="a loop over all parameters makes no difference between them",
        symptoms="hardly any, as biases are few",
        equation="eq-loss",
        hints=(
            "Which parameters does the penalty sum over?",
            "In this book, as in most, only weights are penalised.",
            "Leave the biases as they are: `db2 = dZ2.sum(axis=0)`.",
        ),
        lines={
            "db2": lambda db2, weight_decay, b2: db2 + weight_decay * b2,
            "db1": lambda db1, weight_decay, b1: db1 + weight_decay * b1,
        },
        each_layer=True,
        needs_decay=True,
    ),
    Mistake(
        name="decay-of-absolute-values",
        instead="weight_decay times the sign of each weight, the slope of an L1 penalty",
        tempts="both penalties are called regularisation",
        symptoms="many weights end near 0, and the loss stays higher",
        equation="eq-loss",
        hints=(
            "Do large weights decay faster than small ones, in your code?",
            "The sign is the slope of the absolute value. Here the penalty is a square.",
            "Add `weight_decay * W2`, and the same for W1.",
        ),
        lines={
            "decay2": lambda weight_decay, W2: weight_decay * np.sign(W2),
            "decay1": lambda weight_decay, W1: weight_decay * np.sign(W1),
        },
        each_layer=True,
        needs_decay=True,
    ),
    Mistake(
        name="penalty-for-its-slope",
        instead="the penalty itself added, one number for all weights of the layer",
        tempts="what was added to the loss is added to the gradient",
        symptoms="the weights drift together, and training ends in NaN",
        equation="eq-loss",
        hints=(
            "Is what you add to dW a number or a matrix?",
            "The gradient wants the penalty's slope for each weight.",
            "Add `weight_decay * W2`, and the same for W1.",
        ),
        lines={
            "decay2": lambda weight_decay, W2: weight_decay / 2 * (W2**2).sum(),
            "decay1": lambda weight_decay, W1: weight_decay / 2 * (W1**2).sum(),
        },
        each_layer=True,
        needs_decay=True,
    ),
)

ANSWER = (
    Mistake(
        name="layers-swapped",
        instead="the right gradients in the order dW2, db2, dW1, db1",
        tempts="that is the order in which the backward pass finds them",
        symptoms="an error at the update, unless the layers have the same shape",
        equation="eq-sgd",
        hints=(
            "Compare the shapes of what you return with those of the parameters.",
            "What you return is right. Only its order is not.",
            "Return them in the order dW1, db1, dW2, db2.",
        ),
        lines={
            "answer": lambda dW1, decay1, db1, dW2, decay2, db2: (
                (dW2 + decay2, db2, dW1 + decay1, db1)
            ),
        },
    ),
    Mistake(
        name="weights-first",
        instead="the right gradients in the order dW1, dW2, db1, db2",
        tempts="weights and biases are kept in two lists",
        symptoms="an error at the update",
        equation="eq-sgd",
        hints=(
            "Compare the shapes of what you return with those of the parameters.",
            "What you return is right. Only its order is not.",
            "Return them in the order dW1, db1, dW2, db2.",
        ),
        lines={
            "answer": lambda dW1, decay1, db1, dW2, decay2, db2: (
                (dW1 + decay1, dW2 + decay2, db1, db2)
            ),
        },
    ),
    Mistake(
        name="parameters-returned",
        instead="the parameters after a step, and not the gradients",
        tempts="the update is done in the same function",
        symptoms="the loss stays at that of guessing, as each step takes away half of the weights",
        equation="eq-sgd",
        hints=(
            "Compare what you return with the parameters themselves. How far apart are they?",
            "The gradients are right, and a step was taken with them.",
            "Return the gradients, and leave the step to the code that calls.",
        ),
        lines={
            "answer": lambda W1, dW1, decay1, b1, db1, W2, dW2, decay2, b2, db2, learning_rate: (
                W1 - learning_rate * (dW1 + decay1),
                b1 - learning_rate * db1,
                W2 - learning_rate * (dW2 + decay2),
                b2 - learning_rate * db2,
            ),
        },
    ),
    Mistake(
        name="step-returned",
        instead="a constant times the right gradient, such as the step of the update",
        tempts="the learning rate is multiplied in where the gradient is made",
        symptoms="the loss falls as with the square of the learning rate",
        equation="eq-sgd",
        hints=(
            "Divide your dW1 by the right one. Which number do you get everywhere?",
            "A learning rate, or another constant, is in your gradient. It belongs to the update.",
            "Leave the constant out, and multiply by the learning rate in the update alone.",
        ),
        lines={
            "answer": lambda dW1, decay1, db1, dW2, decay2, db2, learning_rate: (
                learning_rate * (dW1 + decay1),
                learning_rate * db1,
                learning_rate * (dW2 + decay2),
                learning_rate * db2,
            ),
        },
    ),
)

CALLS = (
    Mistake(
        name="gradients-pile-up",
        instead="this call's gradient plus those of all the calls before",
        tempts="`+=` is right within one backward pass, and the zeros are set once, at the start",
        symptoms="the loss falls at first, then climbs and swings, as each step repeats all "
        "those before",
        equation="eq-fork",
        hints=(
            "Call it twice with the same arrays. Should the answers differ?",
            "Something outlives the call: an attribute, a global, or a default argument.",
            "Set the gradients to zeros at the start of each call.",
        ),
    ),
    Mistake(
        name="inputs-changed",
        instead="an answer, while the arrays that it was given are changed in place",
        tempts="`A = Z` makes no copy, and `-=` and `[mask] = 0` write where they stand",
        symptoms="none, or all sorts: it depends on who uses these arrays next",
        equation="eq-sgd",
        hints=(
            "Compare each array before and after a call of your function.",
            "Whoever calls it still needs these arrays: the next call starts from other values.",
            "Work on a copy, as in `A = Z.copy()`, or write `W = W - step` for `W -= step`.",
        ),
    ),
)
