"""Does an equation hold? Its sides are evaluated in every world that knows its letters.

A definition must give what the package computes; a claim about a derivative must give what
nudging the book's own loss gives; both sides of an identity must be the same. An approximation
must get better as fast as it says when its step shrinks, an inequality must hold and be tight,
and an update must lower the loss by what the gradient promises.
"""

from itertools import pairwise

import numpy as np

from ledger.reading import equations, name_of, parse
from ledger.values import MeaninglessError, ranges, value
from ledger.worlds import SPEAKS_OF, DifferenceWorld, all_worlds

TOLERANCE = 1e-6  # of the largest entry; differences with a step of 1e-5 are good to about 1e-9

# The power of h with which the two sides of an approximation must come together.
ORDERS = {
    "eq-nudge": 2,
    "eq-forward-difference": 1,
    "eq-central": 2,
    "eq-forward-error": 2,
    "eq-central-error": 4,
    "eq-complex-step": 2,
    "eq-wrong-step": 2,
}

ELSEWHERE = "if it speaks of another world, SPEAKS_OF in tests/ledger/worlds.py tells by the label"


class WrongError(Exception):
    """The equation does not hold."""


def check(label, tree=None):
    """Return the names of the worlds in which an equation was executed; raise if it is wrong.

    `tree` stands in for the equation's own, for a mutant. Raises WrongError if two sides differ,
    MeaninglessError if no world can make sense of it.
    """
    tree = tree or parse(equations()[label])
    executed = []
    for name, worlds in WORLDS.items():
        ready = [world for world in worlds if _knows(world, name, label, tree)]
        if ready:
            try:
                _check_in(ready, label, tree)
            except WrongError as error:
                raise WrongError(
                    f"{label} does not hold in {name!r}: {error}; {ELSEWHERE}"
                ) from None
            except (MeaninglessError, TypeError, ValueError) as error:
                said = f"{label} has no value in {name!r}: {error}; {ELSEWHERE}"
                raise MeaninglessError(said) from error
            executed.append(name)
    if not executed:
        raise MeaninglessError(f"no world knows all that {label} asks for; {_nearest(label, tree)}")
    return executed


def _nearest(label, tree):
    """Say which world knows most of an equation, and what it lacks."""
    lacking = {
        name: {
            _as_latex(node) for node in tree.iter_subtrees() if not _known(node, worlds[0], tree)
        }
        for name, worlds in WORLDS.items()
        if _spoken_of(name, label)
    }
    name = min(lacking, key=lambda name: len(lacking[name]))
    return f"{name!r} comes nearest, and lacks {', '.join(sorted(lacking[name])) or 'an update'}"


def _as_latex(node):
    return " ".join(str(token) for token in node.scan_values(lambda _: True))


def readers(label, tree):
    """Return all the worlds in which an equation can be executed."""
    return [
        world
        for name, worlds in WORLDS.items()
        for world in worlds
        if _knows(world, name, label, tree)
    ]


def _check_in(worlds, label, tree):
    if tree.data == "assignment":
        for world in worlds:
            _update_descends(world, tree)
        return
    relation = next(tree.find_pred(lambda node: node.data in RELATIONS)).data
    if relation == "approximate" and isinstance(worlds[0], DifferenceWorld):
        _comes_together(worlds, label, tree)
    else:
        for world in worlds:
            RELATIONS[relation](world, sides(world, tree))


def sides(world, tree):
    """Return the value of every side of an equation, as arrays over its free indices."""
    expressions = [part for part in tree.children[0].children if part.data not in RELATIONS]
    letters = _free(expressions[0], world)
    found = {}
    for expression in expressions:
        for letter, size in ranges(expression, world).items():
            if found.setdefault(letter, size) != size:
                raise MeaninglessError(f"{letter} runs to {found[letter]} and to {size}")
    shape = tuple(found[letter] for letter in letters)
    places = [dict(zip(letters, place, strict=True)) for place in np.ndindex(shape)]
    results = [np.array([value(e, world, place) for place in places]) for e in expressions]
    left = expressions[0]
    if left.data == "symbol" and name_of(left)[0] in world.reference:  # a definition
        name, indices = name_of(left)
        whole = world.reference[name]
        results[0] = np.array([np.asarray(whole)[tuple(p[i] for i in indices)] for p in places])
    return results


def _free(left, world):
    """Return the indices that are free in the left side: those that no sum there uses up."""
    bound = {
        str(letter)
        for node in left.iter_subtrees()
        if node.data in ("sum", "largest")
        for letter in node.children[0].children[0].children
    }
    letters = []
    for node in left.find_data("symbol"):
        for letter in name_of(node)[1]:
            if letter not in bound and letter not in world.names and letter not in letters:
                letters.append(letter)
    return letters


def _equal(world, results):
    for left, right in pairwise(results):
        if left.shape != right.shape:
            raise WrongError(f"shapes {left.shape} and {right.shape}")
        if not np.array_equal(np.isnan(left), np.isnan(right)):
            raise WrongError("one side has a value where the other has none")
        scale = max(1e-3, np.nanmax(np.abs(left), initial=0))
        error = np.nanmax(np.abs(left - right), initial=0) / scale
        if not error <= TOLERANCE:
            raise WrongError(f"the sides differ by {error:.2g}")


def _at_least(world, results):
    left, right = results
    lies_below = bool((left >= right - 1e-12).all())
    touches = bool((np.abs(left - right) < 1e-12).all())
    if lies_below != world.lies_below or touches != world.touches:
        raise WrongError("the inequality does not hold just where it should, or is not tight")


def _comes_together(worlds, label, tree):
    """Compare two worlds at a time, that differ in the step h only."""
    if label not in ORDERS:
        raise WrongError(
            "ORDERS in tests/ledger/checks.py wants a line with the order of this approximation"
        )
    for pair in zip(worlds[::2], worlds[1::2], strict=True):
        errors = [float(np.abs(np.subtract(*sides(world, tree))).max()) for world in pair]
        order = np.log2(errors[0] / errors[1]) if errors[1] else np.inf
        if not (errors[0] <= 0.1 and order >= ORDERS[label] - 0.2):
            raise WrongError(f"off by {errors[0]:.2g}, and by order {order:.2f} in h")


def _update_descends(world, tree):
    """One small step must lower the loss by eta times the squared length of the gradient."""
    for letter in world.parameters:
        new = new_value(world, tree, letter)
        fall = world.value("L") - world.with_given(**{letter: new}).value("L")
        promised = world.value("\\eta") * (world.gradient(letter) ** 2).sum()
        close = abs(fall - promised) <= 1e-4 * promised
        if np.shape(new) != world.shape(letter) or not close:
            raise WrongError(f"the loss fell by {fall:.2g} where {promised:.2g} was promised")


def new_value(world, tree, letter="W_1"):
    """Return what an update makes of a parameter, the letter on its left standing for each."""
    left, right = tree.children
    if left.data != "symbol":
        raise MeaninglessError("only a letter can be given a new value")
    stand_in = world.with_given(**{name_of(left)[0]: world.value(letter)})
    stand_in.gradient = lambda _: world.gradient(letter)
    return value(right, stand_in, {})


RELATIONS = {"equal": _equal, "approximate": _equal, "at_least": _at_least}


def _knows(world, name, label, tree):
    """Return whether a world knows every letter and function of an equation."""
    if not _spoken_of(name, label):
        return False
    if tree.data == "assignment" and (world.before_corners or not hasattr(world, "parameters")):
        return False  # there is nothing to update, or the loss has a corner just there
    return all(_known(node, world, tree) for node in tree.iter_subtrees())


def _spoken_of(name, label):
    """Return whether an equation may speak of the world of this name: its label says."""
    kind = next((kind for prefix, kind in SPEAKS_OF.items() if label.startswith(prefix)), None)
    return kind == (name if name in SPEAKS_OF.values() else None)


def _known(node, world, tree):
    if node.data == "symbol":
        letter, indices = name_of(node)
        one_of_many = tree.data == "assignment" and f"{letter}_1" in world.names
        return letter in world.names or one_of_many or (letter in "ijkm" and not indices)
    if node.data == "call":
        return str(node.children[0]).removeprefix("\\operatorname{").rstrip("}") in world.functions
    if node.data == "partial":  # the derivative of a number for a number: all indices are there
        parts = map(name_of, node.children)
        return all(len(indices) == len(world.shape(letter)) for letter, indices in parts)
    return True


WORLDS = all_worlds()
