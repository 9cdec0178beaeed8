"""What can be said of a gradient that is like nothing in the catalogue: the place, the numbers.

On the first probe there are fewer examples than inputs and than hidden units. There dW = A.T @ dZ
can be solved for dZ, and so the dZ that the code must have used comes to light.
"""

from collections.abc import Mapping

import numpy as np

from backprop.arrays import Array
from backprop.classroom.diagnosis.calling import Outcome
from backprop.classroom.diagnosis.habits import Habits
from backprop.classroom.diagnosis.matching import TOLERANCE, Bench, close
from backprop.classroom.diagnosis.probes import Answer, Values
from backprop.classroom.diagnosis.report import missing_in, right_in, verdict_on
from backprop.classroom.diagnosis.sections import misfits
from backprop.classroom.diagnosis.words import NAN, Diagnosis, Section, Speaker, number, several
from backprop.classroom.mistakes import CATALOGUE

NOT_KNOWN = "The mistake is not one I know"


def unknown(bench: Bench, speaker: Speaker, once: list[Outcome], habits: Habits) -> Diagnosis:
    """Say what can be said of a gradient that is like nothing in the catalogue."""
    parts = right_in(bench, habits, once)
    said = {speaker.letters(name): good for name, good in parts.items()}
    missing = missing_in(once, speaker)
    reasons = missing_in(bench.without_misfits(once) or once, speaker)
    sections = [verdict_on(said, habits, speaker, missing)]
    sections += misfits(missing, speaker.where_nan_comes_from)
    sections += _first_signs(bench, speaker, once, parts, complete=not missing)
    for name in habits.names:
        sections += speaker.mistake(CATALOGUE[name], {}, None, "")
    return Diagnosis(False, habits.names, said, (), tuple(sections), reasons)


def _first_signs(
    bench: Bench, speaker: Speaker, once: list[Outcome], parts: Mapping[str, bool], complete: bool
) -> list[Section]:
    """Say where an unknown mistake shows: no numbers, or other shapes, or else the place."""
    shapes = [shapes_differ(bench, outcome, k) for k, outcome in enumerate(once)]
    lost = [name for name in parts if any(_is_lost(outcome, name) for outcome in once)]
    if lost:
        holds = NAN if len(lost) == 1 else NAN.replace("holds", "hold")
        said = f"{speaker.letters(several(lost))}{holds}. {speaker.where_nan_comes_from}"
        return [("Not a number", said)]
    if any(shapes):
        first = "On the first network with a wrong shape:\n" + next(filter(None, shapes))
        return [("Shapes", speaker.letters(first))]
    where = place(bench, once[0], parts) if complete else "It is in the parts that can be read."
    return [
        (NOT_KNOWN, speaker.letters(where)),
        ("The numbers", speaker.letters(numbers(bench, once[0], parts))),
    ]


def _is_lost(outcome: Outcome, name: str) -> bool:
    return name in outcome.parts and not np.isfinite(outcome.parts[name]).all()


def place(bench: Bench, first: Outcome, parts: Mapping[str, bool]) -> str:
    """Say where an unknown mistake first shows, following the flow of the backward pass."""
    if "dW1" not in parts:
        said = "It is in what you return: the program in between can't be seen from outside."
        return _sides(bench, first) or said
    values = bench.probes[0].right
    if not (parts["dW2"] and parts["db2"]):
        return _layer(values, first.parts, parts, "2", "A1")
    return "The output layer is right, and so is all that comes before it. " + _layer(
        values, first.parts, parts, "1", "X"
    )


def _layer(values: Values, got: Answer, parts: Mapping[str, bool], layer: str, inputs: str) -> str:
    """Say which of the lines of a linear layer is the first that is wrong."""
    dW, db, dZ = f"dW{layer}", f"db{layer}", f"dZ{layer}"
    if parts[dW]:
        return f"It shows first in the line for {db}: {dW} is right, and so is the {dZ} in it."
    if parts[db]:
        return f"It shows first in the line for {dW}: {db} is right, and so is the {dZ} in it."
    used = implied(values[inputs], got[dW] - values[f"decay{layer}"])
    if used is None or not close(used.sum(axis=0), got[db], values[db]):
        return (
            f"It shows first in {dW} and {db}, and no one {dZ} explains both: the lines for {dW} "
            f"and {db} are wrong, or a {dZ} was changed between them."
        )
    said = f"It shows first at {dZ} or before it: one wrong {dZ} explains both {dW} and {db}."
    return said + (_gates(values, used) if layer == "1" else "")


def _sides(bench: Bench, first: Outcome) -> str:
    """Say of an activation's gradient alone on which side of the kink its entries are wrong."""
    values, right = bench.probes[0].right, bench.right[0].get("dZ1")
    if bench.smooth or right is None:
        return ""
    wrong = np.abs(first.parts["dZ1"] - right) > TOLERANCE * np.abs(right).max()
    above = values["Z1"] > 0
    if not wrong.any():
        return "It shows only where a pre-activation is exactly 0, or where sizes are others."
    if not wrong[above].any():
        return "Where Z1 is above 0 your dZ1 is right. Where it is not, dZ1 is wrong."
    if not wrong[~above].any():
        return "Where Z1 is not above 0 your dZ1 is right. Where it is, dZ1 is wrong."
    return "Your dZ1 is wrong where Z1 is above 0, and where it is not."


def implied(A: Array, dW: Array) -> Array | None:
    """Return the dZ for which A.T @ dZ is dW; None if there is none: A (N, D), dW (D, H)."""
    if np.linalg.matrix_rank(A) < len(A) or not np.isfinite(dW).all():
        return None
    dZ = np.linalg.lstsq(A.T, dW, rcond=None)[0]
    return dZ if close(A.T @ dZ, dW, dW) else None


def _gates(values: Values, used: Array) -> str:
    """Say whether the wrong entries of dZ1 lie at open or at shut gates."""
    slope, right = values["slope"], values["dZ1"]
    wrong = np.abs(used - right) > TOLERANCE * np.abs(right).max()
    if not (slope == 0).any():
        return ""
    if not wrong[slope == 0].any():
        return (
            " Where a gate is shut your dZ1 is 0, as it should be. The entries at open gates are "
            "wrong: look at dA1, and at what it is multiplied by."
        )
    if not wrong[slope != 0].any():
        return " At open gates your dZ1 is right. At shut gates it is not 0: look at the mask."
    return ""


def numbers(bench: Bench, first: Outcome, parts: Mapping[str, bool]) -> str:
    """Give for each wrong part the entry that is furthest off, and a factor if there is one."""
    said = []
    for name, good in parts.items():
        got, right = first.parts.get(name), bench.right[0][name]
        if good or got is None or got.shape != right.shape:
            continue
        worst = np.unravel_index(np.abs(got - right).argmax(), right.shape)
        index = ", ".join(map(str, worst))
        factor = float((got * right).sum() / (right * right).sum())
        alike = factor != 0 and close(factor * right, got, right)
        said.append(
            f"{name}[{index}] should be {number(right[worst])} and is {number(got[worst])}."
            + (f" Every entry of {name} is {factor:.4g} times the right one." if alike else "")
        )
    examples, inputs = (bench.probes[0].given["N"], bench.probes[0].name)
    return (
        f"On a batch of {examples} ({inputs} sizes):\n" + "\n".join(f"    {line}" for line in said)
        if said
        else "On the first network the numbers agree; it is another that shows the mistake."
    )


def shapes_differ(bench: Bench, outcome: Outcome, k: int) -> str:
    """Say which parts have the wrong shape on probe k; empty if none has."""
    lines = [
        f"    {name} has shape {outcome.parts[name].shape}; {right.shape} is wanted"
        for name, right in bench.right[k].items()
        if name in outcome.parts and outcome.parts[name].shape != right.shape
    ]
    return "\n".join(lines)
