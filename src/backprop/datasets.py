"""Data to learn from: real handwritten digits, and two shapes drawn by a random generator.

The digits ship with the package (data/README.md says where they come from); nothing is
downloaded.
"""

from __future__ import annotations  # so that np.random loads when it is used, and not now

from typing import NamedTuple

import numpy as np

from backprop.arrays import Array, Labels, require_between, require_count, require_generator


class Digits(NamedTuple):
    """The digits, split once and for all: pixels from 0 (paper) to 1 (ink), labels 0 to 9."""

    X_train: Array
    y_train: Labels
    X_test: Array
    y_test: Labels


def load_digits() -> Digits:
    """Return 1,797 handwritten digits of 8 x 8 pixels: X (N, 64) in [0, 1] and y (N,).

    1,297 are for training and 500 are held out, drawn at random once and stored with the data.
    The same people wrote digits of both parts. UCI "Optical Recognition of Handwritten Digits"
    (Alpaydin and Kaynak 1998), CC BY 4.0.
    """
    from importlib.resources import files  # imported here: it takes longer than all the rest

    with (files("backprop") / "data" / "digits.npz").open("rb") as file, np.load(file) as data:
        X, y, held_out = data["pixels"] / 16, data["labels"].astype(np.int64), data["held_out"]
    return Digits(X[~held_out], y[~held_out], X[held_out], y[held_out])


def spiral(
    points: int, classes: int = 3, *, rng: np.random.Generator, noise: float = 0.2
) -> tuple[Array, Labels]:
    """Return `classes` arms of a spiral, `points` examples each: X (N, 2), y (N,).

    The picture that CS231n's case study made known: no straight line tells the arms apart.
    `noise` is the standard deviation of the angle, in radians.
    """
    _require(rng, noise, points=points, classes=classes)
    radius = np.tile(np.linspace(0, 1, points), classes)
    y = np.repeat(np.arange(classes), points)
    angle = 4 * radius + 2 * np.pi * y / classes + noise * rng.standard_normal(len(y))
    return np.column_stack([radius * np.sin(angle), radius * np.cos(angle)]), y


def xor(points: int, *, rng: np.random.Generator, noise: float = 0.2) -> tuple[Array, Labels]:
    """Return four clouds of `points` examples each, opposite ones alike: X (N, 2), y (N,).

    The clouds sit at (+-1, +-1); the label is 1 where the signs differ. `noise` is their
    standard deviation. With noise=0 and points=1 these are the four rows of the XOR table.
    """
    _require(rng, noise, points=points)
    corners = np.array([[-1.0, -1.0], [-1.0, 1.0], [1.0, -1.0], [1.0, 1.0]])
    X = np.repeat(corners, points, axis=0)
    y = (X[:, 0] != X[:, 1]).astype(np.int64)
    return X + noise * rng.standard_normal(X.shape), y


def _require(rng: np.random.Generator, noise: float, **counts: int) -> None:
    require_generator(rng)
    require_between("noise", noise, 0)
    for name, count in counts.items():
        require_count(name, count)
