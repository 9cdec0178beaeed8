"""The worlds in which equations are executed: given arrays, definitions, and derivatives.

A world holds random arrays for the letters that are given (X, W_1, y, ...) and takes the rest
from the book's own definitions, which it evaluates when they are needed. So "the loss as a
function of W_1" is the book's own loss, and its derivative is found by nudging W_1. `reference`
holds what the package computes for the same letters: a definition must agree with that.
"""

from functools import cached_property

import numpy as np

from backprop import (
    SGD,
    LeakyReLU,
    Linear,
    Momentum,
    Network,
    ReLU,
    Sigmoid,
    SoftmaxCrossEntropy,
    Tanh,
    relative_error,
    softmax,
)
from ledger.reading import equations, name_of, parse
from ledger.values import MeaninglessError, value

STEP = 1e-5


class World:
    """Letters and what they are worth. `loss` names the number that derivatives dV belong to."""

    loss = "L"
    before_corners: tuple[str, ...] = ()  # letters whose nudges could cross an exact 0

    def __init__(self, given, definitions, reference=None, functions=None):
        self.given = given
        self.definitions = definitions  # letter -> label of an equation, or a function of the world
        self.reference = reference or {}
        self.functions = functions or {}  # name -> [f, f', f'', ...]
        self.names = set(given) | set(definitions) | set(self.reference)
        self.memory = {}

    def value(self, name):
        """Return the value of a letter: given, or computed by its definition in the book."""
        if name in self.given:
            return self.given[name]
        if name not in self.memory:
            if name not in self.definitions:
                if name in self.reference:
                    return self.reference[name]
                raise MeaninglessError(f"nobody has defined {name} here")
            definition = self.definitions[name]
            defined = definition(self) if callable(definition) else self._defined(definition)
            self.memory[name] = defined
        return self.memory[name]

    def _defined(self, label):
        """Compute an array by the equation that defines it: whole, or entry by entry."""
        if label not in equations():
            raise MeaninglessError(f"the book has no equation {label}")
        left, _, right, *_ = parse(equations()[label]).children[0].children
        name, letters = name_of(left)
        if not letters:
            return value(right, self, {})
        shape = np.shape(self.reference[name])
        entries = [
            value(right, self, dict(zip(letters, place, strict=True)))
            for place in np.ndindex(shape)
        ]
        return np.array(entries).reshape(shape)

    def shape(self, name):
        return np.shape(self.value(name))

    def call(self, name, order, argument):
        """Return a function of the book, or one of its derivatives, at an argument."""
        if name not in self.functions or order >= len(self.functions[name]):
            raise MeaninglessError(f"nobody has defined {name}{order * chr(39)} here")
        return self.functions[name][order](argument)

    def with_given(self, **given):
        """Return this world with some letters set by hand, definitions notwithstanding."""
        world = object.__new__(type(self))
        world.__dict__.update(self.__dict__, given={**self.given, **given}, memory={})
        world.__dict__.pop("derivatives", None)  # those belong to the old values
        return world

    def jacobian(self, top, bottom):
        """Return the derivative of every entry of one letter for every entry of another."""
        key = (top, bottom)
        if key not in self.derivatives:
            self.derivatives[key] = self._differences(top, bottom)
        return self.derivatives[key]

    def gradient(self, name):
        """Return the derivative of the loss for every entry of a letter."""
        if f"d{name}" in self.given:
            return self.given[f"d{name}"]
        if name in self.before_corners:  # the convention at the corner, then nothing but sums
            corner = self.gradient("Z_1")
            return np.tensordot(corner, self.jacobian("Z_1", name), axes=corner.ndim)
        return self.jacobian(self.loss, name)

    @cached_property
    def derivatives(self):
        return {}

    def _differences(self, top, bottom):
        at = np.array(self.value(bottom), dtype=float)
        self.value(top)  # raises if nobody has defined it
        columns = []
        for place in np.ndindex(at.shape):
            up, down = at.copy(), at.copy()
            up[place] += STEP
            down[place] -= STEP
            if self.at_a_kink(bottom, at[place]):
                up[place] = at[place]  # the convention: at a corner, the slope on its left
            moved = [self.with_given(**{bottom: moved}).value(top) for moved in (up, down)]
            columns.append((moved[0] - moved[1]) / (up[place] - down[place]))
        shape = np.shape(self.value(top))
        return np.moveaxis(
            np.array(columns).reshape(at.shape + shape), range(at.ndim), range(-at.ndim, 0)
        )

    def at_a_kink(self, name, number):
        return number == 0 and name in ("Z", "Z_1")


def _network_arrays(rng, N, kinks):
    D, H, C = 4, 6, 3
    X, W_1 = rng.standard_normal((N, D)), rng.standard_normal((D, H))
    b_1, b_2 = 0.3 * rng.standard_normal(H), rng.standard_normal(C)
    if kinks:  # whole numbers, and a bias that makes some pre-activations exactly 0
        X, W_1 = rng.integers(-2, 3, (N, D)) * 1.0, rng.integers(-2, 3, (D, H)) * 1.0
        b_1 = -(X[0] @ W_1)
    W_2 = rng.standard_normal((H, C))
    return {"X": X, "W_1": W_1, "b_1": b_1, "W_2": W_2, "b_2": b_2, "y": rng.integers(C, size=N)}


class NetworkWorld(World):
    """The asker's network, all sizes different; N and eta are numbers."""

    parameters = ("W_1", "b_1", "W_2", "b_2")

    def __init__(self, seed, N, kinks=False, dead=False):
        arrays = _network_arrays(np.random.default_rng(seed), N, kinks)
        shares = np.bincount(arrays["y"], minlength=3) / N
        if dead:  # and at rest: the output biases have learnt what they can
            arrays |= {"b_1": np.full(6, -100.0), "b_2": np.log(shares)}
        hidden = Linear.from_arrays(arrays["W_1"], arrays["b_1"])
        output = Linear.from_arrays(arrays["W_2"], arrays["b_2"])
        gate, loss = ReLU(), SoftmaxCrossEntropy()
        Z_1 = hidden.forward(arrays["X"])
        A_1 = gate.forward(Z_1)
        Z_2 = output.forward(A_1)
        L = loss.forward(Z_2, arrays["y"])
        P, G = loss.P, gate.gate * 1.0
        Y = np.eye(P.shape[1])[arrays["y"]]
        self.before_corners = ("X", "W_1", "b_1") if kinks else ()
        super().__init__(
            {**arrays, "N": N, "\\eta": 1e-5, "s": shares},
            {
                "Z_1": "eq-Z1",
                "A_1": "eq-A1",
                "Z_2": "eq-Z2",
                "P": "eq-P",
                "L": "eq-loss",
                "G": "eq-gate",
                "Y": "eq-one-hot",
            },
            {"Z_1": Z_1, "A_1": A_1, "Z_2": Z_2, "P": P, "L": L, "G": G, "Y": Y},
        )


class DeadUnitWorld(World):
    """The pre-activation z, step by step, of a unit that no gradient reaches any more.

    Its weights shrink by weight decay, or coast on the velocity V that momentum has kept.
    """

    def __init__(self, seed, eta, weight_decay=0.0, momentum=0.0):
        rng = np.random.default_rng(seed)
        x, W = np.abs(rng.standard_normal((1, 4))), -np.abs(rng.standard_normal((4, 1)))
        hidden = Linear.from_arrays(W, 0.1 * rng.standard_normal(1))
        network, loss = Network([hidden, ReLU(), Linear(1, 3, rng=rng)]), SoftmaxCrossEntropy()
        given = {"z_0": float(hidden.forward(x)[0, 0]), "\\eta": eta}
        if momentum:
            optimizer = Momentum(network, eta, momentum)
            V_W, V_b = np.abs(rng.standard_normal((4, 1))), np.abs(rng.standard_normal(1))
            optimizer.memory |= {"V W1": V_W, "V b1": V_b}
            given |= {"\\beta": momentum, "v": float((x @ V_W + V_b)[0, 0])}
        else:
            optimizer = SGD(network, eta, weight_decay=weight_decay)
            given |= {"\\lambda": weight_decay, "b": float(hidden.b[0])}
        z = [given["z_0"]]
        for _ in range(6):
            loss.forward(network.forward(x), [1])
            network.backward(loss.backward())
            optimizer.step()
            z.append(float(hidden.forward(x)[0, 0]))
        super().__init__(given, {}, {"z": np.array(z)})


class OneExampleWorld(World):
    """One row of logits z with its label y, a number."""

    loss = "\\ell"

    def __init__(self, y):
        rng = np.random.default_rng(y)
        z = rng.standard_normal(5)
        one_hot = np.eye(5)[y]
        p = softmax(z[None])[0]
        super().__init__(
            {"z": z, "y": y, "c": float(rng.standard_normal())},
            {"p": "eq-softmax-one", "s": "eq-squared-error"},
            {
                "p": p,
                "\\ell": SoftmaxCrossEntropy().forward(z[None], [y]),
                "s": 0.5 * ((p - one_hot) ** 2).sum(),
            },
        )
        self.names.add("J")
        self.definitions["\\ell"] = lambda world: -np.log(world.value("p")[world.value("y")])
        nudges = STEP * np.eye(5)
        self.reference["J"] = ((softmax(z + nudges) - softmax(z - nudges)) / (2 * STEP)).T


class LayerWorld(World):
    """One linear layer with an upstream gradient dZ: the loss is any function of Z, so a sum."""

    def __init__(self, seed):
        rng = np.random.default_rng(seed)
        X, W, b = rng.standard_normal((5, 4)), rng.standard_normal((4, 3)), rng.standard_normal(3)
        dZ = rng.standard_normal((5, 3))
        super().__init__(
            {"X": X, "W": W, "b": b, "dZ": dZ},
            {"Z": "eq-linear", "L": lambda world: (world.value("dZ") * world.value("Z")).sum()},
            {"Z": Linear.from_arrays(W, b).forward(X)},
        )


class ActivationWorld(World):
    """An activation function between Z and A, with an upstream gradient dA."""

    def __init__(self, seed, layer, definition, kinks):
        rng = np.random.default_rng(seed)
        Z = rng.integers(-1, 2, (5, 4)) * 1.0 if kinks else rng.standard_normal((5, 4))
        super().__init__(
            {"Z": Z, "dA": rng.standard_normal(Z.shape), "\\alpha": getattr(layer, "slope", 0)},
            {"A": definition, "L": lambda world: (world.value("dA") * world.value("A")).sum()},
            {"A": layer.forward(Z)},
        )
        self.has_corner = hasattr(layer, "gate")

    def at_a_kink(self, name, number):
        return self.has_corner and super().at_a_kink(name, number)


class AnyActivationWorld(ActivationWorld):
    """An activation called f: its function, and as its slope what its backward makes of ones."""

    def __init__(self, seed, layer):
        super().__init__(seed, layer, "eq-any-A", kinks=False)

        def slope(Z):
            layer.forward(Z)
            return layer.backward(np.ones_like(Z))

        self.functions = {"f": [layer.forward, slope]}


class SpreadWorld(World):
    """Mean squares before, in and behind a ReLU unit, over all the signs that n weights can have.

    The weights are -sqrt(v) or sqrt(v), as likely the one as the other: mean 0, variance v.
    """

    def __init__(self, seed, n):
        rng = np.random.default_rng(seed)
        x, v = rng.standard_normal(n), float(rng.uniform(0.1, 1))
        signs = 2 * np.array(list(np.ndindex((2,) * n))) - 1
        z = np.sqrt(v) * signs @ x
        r, s, u = ((numbers**2).mean() for numbers in (x, z, np.maximum(0, z)))
        super().__init__({"n": n, "v": v, "r": r}, {}, {"s": s, "u": u})


class ProductsWorld(World):
    """The multiplications c in the matrix products of one training step, counted by their sizes."""

    def __init__(self, N, D, H, C):
        X, W_1, W_2 = np.ones((N, D)), np.ones((D, H)), np.ones((H, C))
        dZ_1, dZ_2, A_1 = np.ones((N, H)), np.ones((N, C)), np.ones((N, H))
        forward = [(X, W_1), (A_1, W_2)]
        backward = [(A_1.T, dZ_2), (dZ_2, W_2.T), (X.T, dZ_1), (dZ_1, W_1.T)]
        c = sum((left @ right).size * left.shape[1] for left, right in forward + backward)
        super().__init__({"N": N, "D": D, "H": H, "C": C}, {}, {"c": c})


def _slopes(f, kink=0.0, has_convention=False):
    """Return [f, f']: the derivative by differences; at its corner the left one, or none at all."""

    def slope(z):
        left, right = (f(z) - f(z - STEP)) / STEP, (f(z + STEP) - f(z)) / STEP
        at_corner = np.abs(z - kink) < STEP / 2
        return np.where(at_corner, left if has_convention else np.nan, (left + right) / 2)

    return [f, slope]


def _functions_of_a_number(epsilon, alpha):
    """Return relu, leaky and m = max(epsilon, z), each with its slope."""
    return {
        "relu": _slopes(ReLU().forward),
        "leaky": _slopes(LeakyReLU(alpha).forward),
        "m": _slopes(lambda z: np.maximum(epsilon, z), kink=epsilon, has_convention=True),
    }


class NumberWorld(World):
    """A pre-activation z of a single unit, a number; it may lie on a corner."""

    def __init__(self, z, epsilon, alpha):
        given = {"z": z, "\\epsilon": epsilon, "\\alpha": alpha}
        super().__init__(given, {}, functions=_functions_of_a_number(epsilon, alpha))


class SubgradientWorld(World):
    """A number u and a slope g; the line with slope g lies below relu at u, or it does not."""

    def __init__(self, u, g):
        super().__init__({"u": u, "g": g}, {}, functions=_functions_of_a_number(0.25, 0.1))
        self.lies_below = u == 0 or (g <= 1 if u > 0 else g >= 0)
        self.touches = u == 0 or g == float(u > 0)


class ChainWorld(World):
    """A number or vector u that influences the loss through v only."""

    def __init__(self, seed, u_size, v_size):
        rng = np.random.default_rng(seed)
        slopes, shift = rng.standard_normal((v_size or 1, u_size or 1)), rng.standard_normal()
        weights = rng.standard_normal(v_size or 1)

        def v(world):
            inner = slopes @ np.atleast_1d(world.value("u")) + shift
            return np.tanh(inner) if v_size else np.tanh(inner)[0]

        def loss(world):
            parts = (
                world.value("v")
                if "v_1" not in world.definitions
                else [world.value("v_1"), world.value("v_2")]
            )
            return (weights * np.sin(np.atleast_1d(parts))).sum()

        u = rng.standard_normal(u_size) if u_size else float(rng.standard_normal())
        definitions = {"v": v, "L": loss}
        super().__init__({"u": u}, definitions)
        if u_size:
            inner = slopes @ u + shift
            self.reference["J"] = (1 - np.tanh(inner) ** 2)[:, None] * slopes
            self.names.add("J")
        if v_size == 2 and not u_size:
            self.definitions |= {
                "v_1": lambda world: world.value("v")[0],
                "v_2": lambda world: world.value("v")[1],
            }
            self.names |= {"v_1", "v_2"}


class PathWorld(World):
    """One path from a_0 to a_3: three units in a row, a weight w and a bias b before each."""

    def __init__(self, seed, f):
        rng = np.random.default_rng(seed)
        given = {
            f"{letter}_{k}": float(rng.standard_normal()) for letter in "wb" for k in (1, 2, 3)
        }
        definitions = {}
        for k in (1, 2, 3):
            definitions[f"z_{k}"] = lambda world, k=k: (
                world.value(f"w_{k}") * world.value(f"a_{k - 1}") + world.value(f"b_{k}")
            )
            definitions[f"a_{k}"] = lambda world, k=k: f(world.value(f"z_{k}"))
        given["a_0"] = float(rng.standard_normal())
        super().__init__(given, definitions, functions={"f": _slopes(f)})


class DeepWorld(World):
    """Two layers with the same activation f, and an upstream gradient dA_2; all sizes differ."""

    def __init__(self, seed, f):
        rng = np.random.default_rng(seed)
        shapes = {"X": (5, 4), "W_1": (4, 6), "b_1": (6,), "W_2": (6, 3), "b_2": (3,)}
        given = {name: rng.standard_normal(shape) for name, shape in shapes.items()}
        super().__init__(
            {**given, "dA_2": rng.standard_normal((5, 3))},
            {
                "Z_1": "eq-Z1",
                "A_1": lambda world: f(world.value("Z_1")),
                "Z_2": "eq-Z2",
                "A_2": lambda world: f(world.value("Z_2")),
                "L": lambda world: (world.value("dA_2") * world.value("A_2")).sum(),
            },
            functions={"f": _slopes(f)},
        )


WAVE = [
    lambda u: np.sin(u) + u**2,
    lambda u: np.cos(u) + 2 * u,
    lambda u: 2 - np.sin(u),
    lambda u: -np.cos(u),
]
GROWTH = [
    lambda u: np.exp(u) / 2 + u**3,
    lambda u: np.exp(u) / 2 + 3 * u**2,
    lambda u: np.exp(u) / 2 + 6 * u,
    lambda u: np.exp(u) / 2 + 6,
]


class DifferenceWorld(World):
    """A smooth function of a number u, called f or L, with its derivatives, and a small step h.

    g is any other number, to take a step by.
    """

    def __init__(self, smooth, u, h):
        super().__init__({"u": u, "h": h, "g": -1.3}, {}, functions={"f": smooth, "L": smooth})
        self.derivatives[("L", "u")] = smooth[1](u)
        self.reference["L"] = smooth[0](u)
        self.names.add("L")


class StepWorld(World):
    """The error E of a difference with a step h, where numbers are rounded by epsilon."""

    def __init__(self, h, epsilon):
        definitions, reference = {"E": "eq-total-error"}, {"E": epsilon / h + h**2}
        super().__init__({"h": h, "\\epsilon": epsilon}, definitions, reference)


class ComparisonWorld(World):
    """A derived gradient a and a numerical one n."""

    def __init__(self, seed):
        rng = np.random.default_rng(seed)
        a = rng.standard_normal(6)
        n = a + 0.1 * rng.standard_normal(6)
        n[seed % 6] *= -1  # the largest difference is a sign
        super().__init__({"a": a, "n": n}, {}, {"r": relative_error(a, n)})


class Counted(float):
    """A number that counts the multiplications it takes part in."""

    count = 0

    def __mul__(self, other):
        Counted.count += 1
        return Counted(float(self) * float(other))

    def __add__(self, other):
        return Counted(float(self) + float(other))


class CostWorld(World):
    """The sizes of the asker's network, and the multiplications that its products really take."""

    def __init__(self, N, D, H, C):
        X, W_1, A_1, W_2, dZ_1, dZ_2 = (
            np.vectorize(Counted, otypes=[object])(np.ones(shape))
            for shape in ((N, D), (D, H), (N, H), (H, C), (N, H), (N, C))
        )
        F = self.counted((X, W_1), (A_1, W_2))
        dX = self.counted((dZ_1, W_1.T))
        B = dX + self.counted((A_1.T, dZ_2), (dZ_2, W_2.T), (X.T, dZ_1))
        super().__init__({"N": N, "D": D, "H": H, "C": C}, {}, {"F": F, "B": B, "T": F + B - dX})

    @staticmethod
    def counted(*products):
        before = Counted.count
        for left, right in products:
            left @ right
        return Counted.count - before


def all_worlds():
    """Return every world, by name; an equation is executed in each that knows all its letters."""
    return {
        "network": [NetworkWorld(1, N=5), NetworkWorld(2, N=7)],
        "network with exact zeros": [NetworkWorld(3, N=5, kinks=True)],
        "dead network": [NetworkWorld(seed, N=9, dead=True) for seed in (1, 2)],
        "decaying unit": [DeadUnitWorld(seed, eta=0.3, weight_decay=0.4) for seed in (1, 2)],
        "coasting unit": [DeadUnitWorld(seed, eta=0.1, momentum=0.8) for seed in (1, 2)],
        "one example": [OneExampleWorld(y) for y in (0, 2, 4)],
        "linear layer": [LayerWorld(seed) for seed in (1, 2)],
        "ReLU layer": _activation_worlds([ReLU(), ReLU()], "eq-relu-layer"),
        "leaky layer": _activation_worlds([LeakyReLU(0.1), LeakyReLU(0.3)], _leaky_by_the_book),
        "sigmoid layer": _activation_worlds([Sigmoid(), Sigmoid()], "eq-sigmoid-layer"),
        "tanh layer": _activation_worlds([Tanh(), Tanh()], "eq-tanh-layer"),
        "any activation": [
            AnyActivationWorld(seed, layer)
            for seed, layer in enumerate((Sigmoid(), Tanh(), ReLU(), LeakyReLU(0.1)))
        ],
        "spread": [SpreadWorld(seed, n) for seed, n in ((1, 3), (2, 5))],
        "products": [ProductsWorld(5, 4, 6, 3), ProductsWorld(7, 2, 3, 5)],
        "number": [
            NumberWorld(z, epsilon, alpha)
            for epsilon, alpha in ((0.25, 0.1), (0.4, 0.3))
            for z in (-1.5, -0.4, 0.0, 0.1, epsilon, 0.7, 2.0)
        ],
        "subgradient": [
            SubgradientWorld(u, g) for u in (-1.3, 0.0, 0.8) for g in (-0.5, 0.0, 0.5, 1.0, 1.5)
        ],
        "chain": [
            ChainWorld(1, u_size=0, v_size=0),
            ChainWorld(2, u_size=0, v_size=2),
            ChainWorld(3, u_size=0, v_size=4),
            ChainWorld(4, u_size=3, v_size=4),
        ],
        "path": [PathWorld(seed, f) for seed, f in enumerate(_activations())],
        "deep network": [DeepWorld(seed, f) for seed, f in enumerate(_activations())],
        "differences": [
            DifferenceWorld(smooth, u, h)
            for smooth, u in ((WAVE, 0.7), (GROWTH, -0.4))
            for h in (1e-2, 5e-3)
        ],
        "step": [StepWorld(h, epsilon) for h, epsilon in ((0.3, 0.05), (0.2, 0.1), (0.5, 0.02))],
        "comparison": [ComparisonWorld(seed) for seed in (1, 2, 3)],
        "costs": [CostWorld(5, 4, 6, 3), CostWorld(7, 2, 5, 4)],
    }


# Worlds that share their letters with others: which of them an equation speaks of, its label says.
SPEAKS_OF = {
    "eq-path": "path",
    "eq-depth-": "deep network",
    "eq-entropy": "dead network",
    "eq-leaky-dZ": "leaky layer",
    "eq-sigmoid-": "sigmoid layer",
    "eq-tanh-": "tanh layer",
    "eq-any-": "any activation",
}


def _activations():
    return [ReLU().forward, Sigmoid().forward, Tanh().forward]


def _activation_worlds(layers, definition):
    """Return a world of random pre-activations, and one in which some are exactly 0."""
    return [
        ActivationWorld(seed, layer, definition, kinks=seed == 1)
        for seed, layer in enumerate(layers)
    ]


def _leaky_by_the_book(world):
    return np.maximum(world.value("\\alpha") * world.value("Z"), world.value("Z"))
