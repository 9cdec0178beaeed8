"""The way forward: a linear layer, ReLU, and the asker's network up to its logits."""

from functools import partial

import numpy as np

from backprop.arrays import Array
from backprop.classroom.exercises.entry import Exercise, Function, Question, Wrong, sizes
from backprop.layers import LeakyReLU, Linear, ReLU, Sigmoid
from backprop.losses import softmax

Forward = tuple[Array, Array, Array]


def _layer(rng: np.random.Generator, k: int) -> Question:
    """Draw X (N, D), W (D, H), b (H,)."""
    N, D, H = sizes(rng, 3, k)
    shapes = {"X": (N, D), "W": (D, H), "b": (H,)}
    return {name: rng.standard_normal(shape) for name, shape in shapes.items()}


def _pre_activations(rng: np.random.Generator, k: int) -> Question:
    """Draw Z (N, H) of integers, one of them 0."""
    Z = rng.integers(-5, 6, sizes(rng, 2, k)).astype(float)
    Z[0, 0] = 0.0
    return {"Z": Z}


def _network(rng: np.random.Generator, k: int) -> Question:
    """Draw X (N, D), W1 (D, H), b1 (H,), W2 (H, C), b2 (C,)."""
    N, D, H, C = sizes(rng, 4, k)
    shapes = {"X": (N, D), "W1": (D, H), "b1": (H,), "W2": (H, C), "b2": (C,)}
    return {name: rng.standard_normal(shape) for name, shape in shapes.items()}


def _linear(X: Array, W: Array, b: Array) -> Array:
    return Linear.from_arrays(W, b).forward(X)


def _forward(X: Array, W1: Array, b1: Array, W2: Array, b2: Array) -> Forward:
    Z1 = _linear(X, W1, b1)
    A1 = ReLU().forward(Z1)
    return Z1, A1, _linear(A1, W2, b2)


def _without_relu(X: Array, W1: Array, b1: Array, W2: Array, b2: Array) -> Forward:
    Z1, A1, _ = _forward(X, W1, b1, W2, b2)
    return Z1, A1, Z1 @ W2 + b2


def _without_bias(first: bool, second: bool) -> Function:
    """Return a forward pass that adds no bias in the first layer, in the second, or in both."""

    def forward(X: Array, W1: Array, b1: Array, W2: Array, b2: Array) -> Forward:
        return _forward(X, W1, 0 * b1 if first else b1, W2, 0 * b2 if second else b2)

    return forward


def _activated_by(activate: Function) -> Function:
    """Return a forward pass with another function in the place of ReLU."""

    def forward(X: Array, W1: Array, b1: Array, W2: Array, b2: Array) -> Forward:
        Z1 = _linear(X, W1, b1)
        A1 = activate(Z1)
        return Z1, A1, A1 @ W2 + b2

    return forward


def _leaky(slope: float, Z: Array) -> Array:
    return LeakyReLU(slope).forward(Z)


def _up_to_softmax(X: Array, W1: Array, b1: Array, W2: Array, b2: Array) -> Forward:
    Z1, A1, Z2 = _forward(X, W1, b1, W2, b2)
    return Z1, A1, softmax(Z2)


def _relu_on_top(X: Array, W1: Array, b1: Array, W2: Array, b2: Array) -> Forward:
    Z1, A1, Z2 = _forward(X, W1, b1, W2, b2)
    return Z1, A1, np.maximum(0, Z2)


def _one_array(X: Array, W1: Array, b1: Array, W2: Array, b2: Array) -> Forward:
    _, A1, Z2 = _forward(X, W1, b1, W2, b2)
    return A1, A1, Z2


FORWARD = (
    Exercise(
        name="linear_forward",
        sheet="forward-pass",
        points={"Z": 2},
        draw=_layer,
        solve=_linear,
        wrong=(
            Wrong(
                name="bias-left-out",
                answers=(lambda X, W, b: X @ W,),
                instead="X W, without the bias",
                hints=(
                    "Send a row of zeros through your layer. What should come out?",
                    "NumPy adds a vector to each row of a matrix.",
                    "Add the bias: `X @ W + b`.",
                ),
            ),
            Wrong(
                name="weights-transposed-forward",
                answers=(lambda X, W, b: X @ W.T + b,),
                instead="X times the transpose of W, which runs only if W is square",
                hints=(
                    "Try it with 3 inputs and 2 units.",
                    "A column of W belongs to a unit, a row of W to an input.",
                    "Leave the transpose out: `X @ W + b`.",
                ),
            ),
            Wrong(
                name="elementwise-forward",
                answers=(lambda X, W, b: X * W + b,),
                instead="the product entry by entry, which sums over no inputs",
                hints=(
                    "Try it with 3 inputs and 2 units.",
                    "Each unit sums over all the inputs of an example.",
                    "`*` goes entry by entry; the matrix product is `@`.",
                ),
            ),
        ),
    ),
    Exercise(
        name="relu_forward",
        sheet="forward-pass",
        points={"A": 2},
        draw=_pre_activations,
        solve=ReLU().forward,
        wrong=(
            Wrong(
                name="slope-for-function",
                answers=(lambda Z: (Z > 0).astype(float),),
                instead="the slope of ReLU, 1 where Z is positive, and not its value",
                hints=(
                    "What should ReLU make of 3?",
                    "1 is what a nudge is multiplied by. The number itself passes unchanged.",
                    "Return the larger of 0 and Z: `np.maximum(0, Z)`.",
                ),
            ),
            Wrong(
                name="max-for-maximum",
                answers=(lambda Z: np.max(Z, 0), lambda Z: np.max(Z)),
                instead="the largest entry along an axis: `np.max(Z, 0)` reads the 0 as an axis",
                hints=(
                    "Which shape does your answer have, and which should it have?",
                    "One function of NumPy looks for the largest of many entries, and another "
                    "compares two arrays entry by entry.",
                    "Compare entry by entry: `np.maximum(0, Z)`.",
                ),
            ),
            Wrong(
                name="negative-part",
                answers=(lambda Z: np.minimum(0, Z),),
                instead="what ReLU shuts out: the negative numbers pass, and the positive do not",
                hints=(
                    "What should ReLU make of 3, and what of -3?",
                    "In `np.where(condition, a, b)`, a stands where the condition is true.",
                    "Return the larger of 0 and Z: `np.maximum(0, Z)`.",
                ),
            ),
            Wrong(
                name="leaky-for-relu",
                answers=tuple(partial(_leaky, slope) for slope in (0.01, 0.1, 0.2)),
                instead="the leaky relative of ReLU",
                hints=(
                    "What should ReLU make of -3?",
                    "A shut gate lets nothing through, not even a hundredth.",
                    "Return the larger of 0 and Z: `np.maximum(0, Z)`.",
                ),
            ),
            Wrong(
                name="absolute-value",
                answers=(np.abs,),
                instead="the absolute value",
                hints=(
                    "What should ReLU make of -3?",
                    "A shut gate lets nothing through.",
                    "Return the larger of 0 and Z: `np.maximum(0, Z)`.",
                ),
            ),
        ),
    ),
    Exercise(
        name="forward",
        sheet="forward-pass",
        points={"Z1": 2, "A1": 1, "Z2": 2},
        draw=_network,
        solve=_forward,
        wrong=(
            Wrong(
                name="relu-left-out",
                answers=(_without_relu,),
                instead="a second layer that is fed Z1, as if there were no ReLU",
                hints=(
                    "Which array does your second layer multiply by W2?",
                    "Two linear layers with nothing in between are one linear layer.",
                    "Send A1 on: `Z2 = A1 @ W2 + b2`.",
                ),
            ),
            Wrong(
                name="slope-for-function",
                answers=(_activated_by(lambda Z: (Z > 0).astype(float)),),
                instead="the slope of ReLU in the place of its value, 1 where Z1 is positive",
                hints=(
                    "Which numbers are there in your A1, but 0?",
                    "1 is what a nudge is multiplied by. The number itself passes unchanged.",
                    "Take the larger of 0 and Z1: `A1 = np.maximum(0, Z1)`.",
                ),
            ),
            Wrong(
                name="max-for-maximum",
                answers=(
                    _activated_by(lambda Z: np.max(Z, 0)),
                    _activated_by(lambda Z: np.max(Z, 0, keepdims=True)),
                ),
                instead="the largest entry along an axis: `np.max(Z1, 0)` reads the 0 as an axis",
                hints=(
                    "Which shape does your A1 have, and which should it have?",
                    "One function of NumPy looks for the largest of many entries, and another "
                    "compares two arrays entry by entry.",
                    "Compare entry by entry: `A1 = np.maximum(0, Z1)`.",
                ),
            ),
            Wrong(
                name="sigmoid-for-relu",
                answers=(_activated_by(Sigmoid().forward),),
                instead="a network of sigmoids",
                hints=(
                    "Is any entry of your A1 above 1? May it be?",
                    "Which activation is asked for?",
                    "Take the larger of 0 and Z1: `A1 = np.maximum(0, Z1)`.",
                ),
            ),
            Wrong(
                name="bias-of-output-left-out",
                answers=(_without_bias(False, True),),
                instead="the output layer without its bias, A1 W2",
                hints=(
                    "Give your network a hidden layer of zeros. What should come out as Z2?",
                    "Each of the two layers has a bias of its own.",
                    "Add the second one too: `Z2 = A1 @ W2 + b2`.",
                ),
            ),
            Wrong(
                name="bias-of-hidden-layer-left-out",
                answers=(_without_bias(True, False),),
                instead="the hidden layer without its bias, X W1, and all that is made of it",
                hints=(
                    "Send a row of zeros through your network. What should come out as Z1?",
                    "Each of the two layers has a bias of its own.",
                    "Add the first one too: `Z1 = X @ W1 + b1`.",
                ),
            ),
            Wrong(
                name="biases-left-out",
                answers=(_without_bias(True, True),),
                instead="both layers without their biases",
                hints=(
                    "Send a row of zeros through your network. What should come out as Z1?",
                    "Which of the arguments does your code never read?",
                    "Add a bias in each layer: `Z1 = X @ W1 + b1` and `Z2 = A1 @ W2 + b2`.",
                ),
            ),
            Wrong(
                name="softmax-on-logits",
                answers=(_up_to_softmax,),
                instead="the probabilities: softmax was applied to the logits already",
                hints=(
                    "Do the rows of your Z2 sum to 1? Need logits do that?",
                    "Softmax comes after this function. Applied here, it would be applied twice.",
                    "Return the logits as they are: `Z2 = A1 @ W2 + b2`.",
                ),
            ),
            Wrong(
                name="relu-on-logits",
                answers=(_relu_on_top,),
                instead="a ReLU on the logits as well",
                hints=(
                    "Are there negative numbers in your Z2? May there be?",
                    "A logit must be free to move both ways.",
                    "Return Z2 as it comes out of the output layer.",
                ),
            ),
            Wrong(
                name="z1-overwritten",
                answers=(_one_array,),
                instead="A1 twice: Z1 was overwritten by its own ReLU",
                hints=(
                    "Are there negative numbers in the Z1 that you return?",
                    "`A1 = Z1` makes no copy. It gives the same array a second name.",
                    "Make a new array: `A1 = np.maximum(0, Z1)`.",
                ),
            ),
        ),
    ),
)
