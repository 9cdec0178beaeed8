"""What a tree is worth: one number or array, given a world and the values of the indices.

Entries are computed one at a time, sums by adding up their terms, as a reader would on paper.
Slow and plain on purpose: this code judges the book, so it has to be obviously right.
"""

import operator

import numpy as np
from lark import Tree

from ledger.reading import name_of

COMPARE = {
    "=": operator.eq,
    ">": operator.gt,
    "<": operator.lt,
    "\\geq": operator.ge,
    "\\leq": operator.le,
}


class MeaninglessError(Exception):
    """The expression has no value: shapes that do not fit, or a letter nobody defined."""


class Row:
    """A vector that was transposed: p^T."""

    def __init__(self, entries):
        self.entries = entries


def value(tree, world, indices):
    """Return the value of a tree in a world, `indices` giving a number to each index letter."""
    if tree.data in BINARY:
        left, right = (value(child, world, indices) for child in tree.children)
        return BINARY[tree.data](left, right)
    if tree.data in UNARY:
        return UNARY[tree.data](value(tree.children[0], world, indices))
    return SPECIAL[tree.data](tree, world, indices)


def ranges(tree, world):
    """Return how far each index letter runs, from the arrays that it stands at."""
    found = {}
    for node in tree.find_data("symbol"):
        name, letters = name_of(node)
        shape = world.shape(name) if letters else ()
        for letter, size in zip(letters, shape, strict=False):
            stands_alone = "_" not in letter and letter not in world.names
            if stands_alone and found.setdefault(letter, size) != size:
                raise MeaninglessError(f"{letter} runs to {found[letter]} and to {size}")
    return found


def _times(left, right):
    """Juxtaposition: a product of numbers, of a number and an array, or of matrices."""
    if isinstance(right, Row):
        return np.outer(left, right.entries)
    if np.ndim(left) == 0 or np.ndim(right) == 0:
        return left * right
    if np.ndim(left) == np.ndim(right) == 1:
        raise MeaninglessError("two vectors side by side")
    return _fitting(np.matmul, left, right)


def _entrywise(left, right):
    if np.shape(left) != np.shape(right):
        raise MeaninglessError(f"entry by entry: {np.shape(left)} and {np.shape(right)}")
    return left * right


def _fitting(operation, left, right):
    try:
        return operation(left, right)
    except (ValueError, TypeError) as error:
        raise MeaninglessError(str(error)) from error


def _transpose(array):
    if np.ndim(array) == 1:
        return Row(array)
    if np.ndim(array) != 2:
        raise MeaninglessError("only a matrix or a vector can be transposed")
    return array.T


def _sum(tree, world, indices):
    lower, body = tree.children
    (letter,) = (str(index.children[0]) for index in lower.children)
    size = ranges(body, world).get(letter)
    if size is None:
        raise MeaninglessError(f"nothing says how far {letter} runs")
    terms = [value(body, world, {**indices, letter: k}) for k in range(size)]
    return max(terms) if tree.data == "largest" else sum(terms)


def _symbol(tree, world, indices):
    name, letters = name_of(tree)
    if name in indices and not letters:
        return indices[name]
    return _entry(world.value(name), letters, world, indices)


def _entry(array, letters, world, indices):
    """Return the entry of an array that the index letters point at."""
    if letters and len(letters) != np.ndim(array):
        raise MeaninglessError(f"{len(letters)} indices for an array of shape {np.shape(array)}")
    at = []
    for letter in letters:
        base, _, own = letter.partition("_")
        if letter in indices:
            at.append(indices[letter])
        elif base in world.names:  # z_y, and y_i in P_{i y_i}
            at.append(_entry(world.value(base), (own,) if own else (), world, indices))
        else:
            raise MeaninglessError(f"nothing says what the index {letter} is")
    if not at:
        return array
    if any(place >= size for place, size in zip(at, array.shape, strict=True)):
        raise MeaninglessError("an index runs out of its array")
    return array[tuple(at)]


def _derivative(tree, world, indices):
    name, letters = name_of(tree.children[1])
    return _entry(world.gradient(name), letters, world, indices)


def _partial(tree, world, indices):
    """Return the derivative of one entry for another, such as that of p_k for z_j."""
    (top, upper), (bottom, lower) = (name_of(symbol) for symbol in tree.children)
    for name, letters in ((top, upper), (bottom, lower)):
        if len(letters) != len(world.shape(name)):
            raise MeaninglessError(f"the derivative is of numbers, and {name} has no full index")
    return _entry(world.jacobian(top, bottom), upper + lower, world, indices)


def _truth(tree, world, indices):
    left, comparison, right = tree.children
    left, right = value(left, world, indices), value(right, world, indices)
    return _fitting(COMPARE[comparison], left, right) * 1.0


def _cases(tree, world, indices):
    result = None
    for case in tree.children:
        what, left, comparison, right = case.children
        what, left, right = (value(part, world, indices) for part in (what, left, right))
        if result is None:
            result = np.full(np.shape(left), np.nan)
        result = np.where(np.isnan(result) & COMPARE[comparison](left, right), what, result)
    return result


def _power(tree, world, indices):
    base, exponent = tree.children
    if isinstance(exponent, Tree):  # beta^m, with m an index
        (letter,) = exponent.children
        if letter not in indices:
            raise MeaninglessError(f"nothing says what the power {letter} is")
        exponent = indices[letter]
    return value(base, world, indices) ** int(exponent)


def _call(tree, world, indices):
    function, *primes, argument = tree.children
    order = len(primes[0]) if primes else 0
    name = str(function).removeprefix("\\operatorname{").rstrip("}")
    return world.call(name, order, value(argument, world, indices))


BINARY = {
    "add": lambda left, right: _fitting(operator.add, left, right),
    "sub": lambda left, right: _fitting(operator.sub, left, right),
    "mul": _times,
    "entrywise": _entrywise,
    "fraction": lambda top, bottom: _fitting(operator.truediv, top, bottom),
    "larger": lambda left, right: np.maximum(left, right),
}
UNARY = {
    "neg": operator.neg,
    "log": np.log,
    "exponential": np.exp,
    "absolute": np.abs,
    "imaginary": np.imag,
    "diagonal": np.diag,
    "transpose": _transpose,
}
SPECIAL = {
    "number": lambda tree, world, indices: float(tree.children[0]),
    "imaginary_unit": lambda tree, world, indices: 1j,
    "power": _power,
    "sum": _sum,
    "largest": _sum,
    "symbol": _symbol,
    "derivative": _derivative,
    "partial": _partial,
    "truth": _truth,
    "cases": _cases,
    "call": _call,
}
