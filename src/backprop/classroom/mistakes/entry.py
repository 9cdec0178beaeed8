"""What the catalogue says of one mistake, and the wrong gradient that it computes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from backprop.arrays import Array, Labels
from backprop.classroom.mistakes.program import (
    PARTS,
    RIGHT,
    Line,
    Values,
    reads,
    run,
    setting,
    text,
)
from backprop.layers import Layer, LeakyReLU, ReLU, Sigmoid, Tanh

KINKED = (ReLU, LeakyReLU)
SMOOTH = (Sigmoid, Tanh)


@dataclass(frozen=True, eq=False)
class Mistake:
    """One classic mistake: what it computes instead, and its wrong line beside the right one.

    `lines` holds the wrong line for each step that it touches; with `each_layer`, it is often
    made in one of the layers alone. `same` is a sentence on what cannot be told from it, being the
    same numbers. `activations` are the classes with which it is a mistake at all. `seen` says how
    often it was among 49 backward passes in public code, of which 14 were wrong. One that is
    `alone` is made by who writes a function for one layer, and not by who writes the whole pass.
    `place` says where it may lie if that is not in its lines alone; `variants` are other lines
    that are the same mistake with other numbers. Two mistakes have no lines, as they are not in
    what is computed but in what stays behind after a call.
    """

    name: str
    instead: str
    tempts: str
    symptoms: str
    equation: str
    hints: tuple[str, ...]
    lines: Mapping[str, Line] = field(default_factory=dict)
    each_layer: bool = False
    activations: tuple[type[Layer], ...] = (*KINKED, *SMOOTH)
    needs_decay: bool = False
    same: str = ""
    seen: str = ""
    alone: bool = False
    place: str = ""
    variants: tuple[Mapping[str, Line], ...] = ()

    @property
    def spellings(self) -> tuple[Mapping[str, Line], ...]:
        """All the lines by which the mistake is made."""
        return self.lines, *self.variants

    @property
    def line(self) -> str:
        """The wrong lines as source."""
        return "\n".join(f"{step} = {text(line)}" for step, line in self.lines.items())

    @property
    def right(self) -> str:
        """The right lines in their place, as source; what is only added has no line here."""
        return "\n".join(f"{step} = {text(RIGHT[step])}" for step in self.lines)

    @cached_property
    def fitted(self) -> bool:
        """Whether it has a learning rate in it, which nobody told us."""
        return any("learning_rate" in reads(line) for line in self.lines.values())

    def applies(self, activation: Layer, weight_decay: float = 0.0) -> bool:
        """Say whether it is a mistake with this activation and weight decay."""
        return isinstance(activation, self.activations) and (
            weight_decay != 0 or not self.needs_decay
        )

    def gradient(
        self,
        X: Array,
        y: Labels,
        W1: Array,
        b1: Array,
        W2: Array,
        b2: Array,
        activation: Layer | None = None,
        *,
        weight_decay: float = 0.0,
        learning_rate: float = 0.1,
    ) -> dict[str, Array]:
        """Return the wrong gradient, by name: X (N, D), y (N,), W1 (D, H), b1 (H,), ...

        For a mistake without lines it is one call's gradient, which is right. Raises ValueError
        where its shapes do not fit, as the wrong code would.
        """
        activation = activation or ReLU()
        given = setting(
            activation, y, len(b2), weight_decay=weight_decay, learning_rate=learning_rate
        )
        arrays: Values = {"X": X, "W1": W1, "b1": b1, "W2": W2, "b2": b2}
        answer = run(given | arrays, {step: [line] for step, line in self.lines.items()})["answer"]
        return {name: np.asarray(part) for name, part in zip(PARTS, answer, strict=True)}
