"""Which parts of an answer are right, and which classic wrong answer it is, if it is one.

For exercises that have a list of wrong answers. The backward passes are judged by `diagnose`.
"""

import numpy as np

from backprop.arrays import Array
from backprop.classroom.diagnosis.calling import (
    Outcome,
    OutOfTimeError,
    call,
    in_time,
    rescued,
)
from backprop.classroom.diagnosis.sections import (
    errors,
    is_stray,
    misfits,
    nothing,
    raises,
    swapped,
    verdict,
)
from backprop.classroom.diagnosis.words import (
    COMPUTED,
    HINT,
    MEND,
    STRAY,
    SWAPPED,
    Diagnosis,
    Section,
    number,
    sentence,
    several,
    where_nan_comes_from,
)
from backprop.classroom.exercises.entry import Exercise, Function, Question, Wrong

CALLS = 12  # drawn anew for each seed
TOLERANCE = 1e-4  # relative; float32 fits


def judge(exercise: Exercise, function: Function, seed: int, time_limit: float) -> Diagnosis:
    """Say which parts of the answers to a few drawn questions are right, and what is wrong."""
    rng = np.random.default_rng(seed)
    questions = [exercise.draw(rng, k) for k in range(CALLS)]
    names = tuple(exercise.points)
    right = [call(exercise.solve, question, names) for question in questions]
    try:
        got = in_time(
            lambda: [call(function, question, names) for question in questions], time_limit
        )
    except OutOfTimeError as error:
        return nothing(names, f"it had not returned after {time_limit:g} seconds{error}")
    changed = tuple(dict.fromkeys(name for outcome in got for name in outcome.changed))
    good, known = _compared(exercise, questions, got, right)
    faults = [outcome.fault for outcome in got if outcome.fault and not known]
    if faults:
        if not (got := rescued(got)):
            return nothing(names, faults[0])
        good, known = _compared(exercise, questions, got, right)
    return _said(exercise, good, changed, known, got, right, faults)


def _compared(
    exercise: Exercise, questions: list[Question], got: list[Outcome], right: list[Outcome]
) -> tuple[dict[str, bool], list[Wrong]]:
    """Return which parts are right, and what is known of those that are not."""
    good = {name: _part_same(name, got, right) for name in exercise.points}
    if not any(not good[name] and _is_read(name, got) for name in good):
        return good, []
    return good, _known(exercise, questions, got) or _swapped(good, got, right)


def _known(exercise: Exercise, questions: list[Question], got: list[Outcome]) -> list[Wrong]:
    """Return the first classic wrong answer that answers just so, if there is one."""
    names = tuple(exercise.points)
    for wrong in exercise.wrong:
        for answer in wrong.answers:
            if _all_same(got, [call(answer, question, names) for question in questions]):
                return [wrong]
    return []


def _all_same(one: list[Outcome], other: list[Outcome]) -> bool:
    """Say whether one answered as the other, wherever it did; if nowhere, that tells nothing."""
    return any(outcome.parts for outcome in one) and all(
        a.raised == b.raised
        and all(name in b.parts and same(b.parts[name], a.parts[name]) for name in a.parts)
        for a, b in zip(one, other, strict=True)
    )


def _part_same(name: str, got: list[Outcome], right: list[Outcome]) -> bool:
    return all(
        name in a.parts and same(b.parts[name], a.parts[name])
        for a, b in zip(got, right, strict=True)
    )


def _is_read(name: str, got: list[Outcome]) -> bool:
    return not any(name in outcome.missing for outcome in got)


def _swapped(good: dict[str, bool], got: list[Outcome], right: list[Outcome]) -> list[Wrong]:
    """Return that right arrays stand in the wrong places, if nothing else is wrong."""
    places = {}
    for name in (name for name in good if not good[name]):
        for other in good:
            if all(
                name in a.parts and a.parts[name].size > 1 and same(b.parts[other], a.parts[name])
                for a, b in zip(got, right, strict=True)
            ):
                places[name] = other
    if not places or not all(good[name] or name in places for name in good):
        return []
    hint, instead, mend = swapped(places, list(good))
    return [Wrong(SWAPPED, (), instead, (hint, mend))]


def same(wanted: Array, got: Array) -> bool:
    """Say whether two arrays have one shape and agree to TOLERANCE of the largest entry."""
    finite = np.abs(wanted[np.isfinite(wanted)]).max(initial=0)
    return wanted.shape == got.shape and np.allclose(
        got, wanted, rtol=0, atol=TOLERANCE * max(finite, 1e-12), equal_nan=True
    )


def _said(
    exercise: Exercise,
    good: dict[str, bool],
    changed: tuple[str, ...],
    known: list[Wrong],
    got: list[Outcome],
    right: list[Outcome],
    faults: list[str],
) -> Diagnosis:
    """Put into words what was found."""
    wrong = [name for name in good if not good[name]]
    reasons = {name: why for a in reversed(got) for name, why in a.missing.items()}
    where_from = where_nan_comes_from(exercise.sheet == "softmax")
    heading, said = verdict(good, reasons, "in every call that was tried")
    heading = "What is right" if (changed or faults) and not wrong else heading
    sections: list[Section] = [(heading, said), *misfits(reasons, where_from)]
    sections += [raises(fault, reasons) for fault in faults[:1]]
    stray = bool(faults) and is_stray(reasons)
    for one in known:
        sections += [(f"{HINT} {k}", hint) for k, hint in enumerate(one.hints[:-1], start=1)]
        sections.append((COMPUTED, sentence(one.instead)))
        sections.append((MEND, one.hints[-1]))
    unread = [name for name in wrong if name not in reasons]
    if unread and not known:
        sections.append(("The numbers", _first_difference(unread[0], got, right, where_from)))
    if changed:
        said = f"Your code changes {several(changed)} in place, which its caller may need."
        sections.append(("What it changes", said))
        sections.append((MEND, f"Work on a copy, as in `{changed[0]} = {changed[0]}.copy()`."))
    notes = dict.fromkeys(note for outcome in got for note in outcome.notes)
    sections += [("By the way", note) for note in notes]
    names = tuple(one.name for one in known)
    raised = tuple(name for name, _ in errors(faults[0])) if faults else ()
    reasons = {name: names[0] for name in unread if names} | reasons
    if changed:
        names += ("inputs-changed",)
    names += raised + (STRAY,) * stray
    right_throughout = not (wrong or changed or stray)
    return Diagnosis(right_throughout, names, good, (), tuple(sections), reasons)


def _first_difference(name: str, got: list[Outcome], right: list[Outcome], where_from: str) -> str:
    """Give the shapes if they differ, or else the entry that is furthest off."""
    for a, b in zip(got, right, strict=True):
        if name not in a.parts:
            continue
        one, other = a.parts[name], b.parts[name]
        if one.shape != other.shape:
            return f"{name} has shape {one.shape}; {other.shape} is wanted."
        if not np.isfinite(one).all():
            return f"{name} holds NaN or infinity. {where_from}"
        if not same(other, one):
            worst = np.unravel_index(np.abs(one - other).argmax(), one.shape)
            place = f"[{', '.join(map(str, worst))}]" if worst else ""
            return f"{name}{place} should be {number(other[worst])} and is {number(one[worst])}."
    return f"{name} is wrong."
