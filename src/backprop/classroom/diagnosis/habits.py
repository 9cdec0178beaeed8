"""What shows only when code is called again: memory, chance, and inputs that were changed."""

from dataclasses import dataclass

import numpy as np

from backprop.arrays import Array
from backprop.classroom.diagnosis.calling import Outcome


@dataclass(frozen=True)
class Habits:
    """The names of the parts that pile up, or are left to chance, and of the inputs changed."""

    piles_up: tuple[str, ...]
    random: tuple[str, ...]
    changed: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The names of these habits in the catalogue."""
        piles = ("gradients-pile-up",) if self.piles_up else ()
        return piles + (("inputs-changed",) if self.changed else ())


def habits_of(outcomes: list[list[Outcome]]) -> tuple[Habits, list[Outcome]]:
    """Compare three calls on each probe; return the habits, and each probe's share of one call.

    What piles up is the difference between two calls. Where it does, probes on which the code
    raises are left out, because sums of different shapes cannot be added.
    """
    piles_up: set[str] = set()
    random: set[str] = set()
    for one, two, three in outcomes:
        for name in one.parts:
            if name in two.parts and name in three.parts:
                _compare(name, one, two, three, piles_up, random)
            elif name in two.missing or name in three.missing:
                random.add(name)
    share = [calls[0] for calls in outcomes]
    if piles_up:
        share = [_share(calls, piles_up) for calls in outcomes]
        if share[0].skipped:  # nothing was added yet where sizes differ, and it raises all the same
            share[0] = next(outcome for outcome in outcomes[0] if not outcome.parts)
    every = [outcome for calls in outcomes for outcome in calls]
    changed = dict.fromkeys(name for outcome in every for name in outcome.changed)
    notes = dict.fromkeys(note for outcome in every for note in outcome.notes)
    random -= piles_up
    return Habits(
        tuple(sorted(piles_up)), tuple(sorted(random)), tuple(changed), tuple(notes)
    ), share


def _compare(
    name: str, one: Outcome, two: Outcome, three: Outcome, piles_up: set[str], random: set[str]
) -> None:
    """Sort one part into those that pile up, or are random, or neither."""
    first, second, third = (outcome.parts[name] for outcome in (one, two, three))
    if first.shape != second.shape or second.shape != third.shape:
        random.add(name)
    elif not _near(first, second):
        with np.errstate(invalid="ignore"):  # infinity minus infinity is no growth
            grows = _near(second - first, third - second)
        (piles_up if grows else random).add(name)


def _near(one: Array, other: Array) -> bool:
    finite = [np.abs(array[np.isfinite(array)]).max(initial=0) for array in (one, other)]
    return bool(np.allclose(one, other, rtol=0, atol=1e-5 * max(finite), equal_nan=True))


def _share(calls: list[Outcome], piles_up: set[str]) -> Outcome:
    """Return what the second call added, as the outcome of one call."""
    one, two = calls[:2]
    if not one.parts or not two.parts:
        return Outcome(skipped=True)
    return Outcome(
        {
            name: two.parts[name] - value if name in piles_up else value
            for name, value in one.parts.items()
            if name in two.parts
        },
        one.missing,
    )
