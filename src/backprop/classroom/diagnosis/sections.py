"""Sections of a report that are told alike of a backward pass and of a listed exercise."""

from collections.abc import Mapping, Sequence

from backprop.classroom.diagnosis.calling import HANGS, UNWRITTEN
from backprop.classroom.diagnosis.words import NAN, Diagnosis, Section, several

# what Python or NumPy says, what such a line is called, and what it means in plain words
ERRORS = (
    (
        "The truth value of an array",
        "one-truth-for-many",
        "Python asks here whether a whole array is true, and each entry has an answer of its own. "
        "`max`, `if`, `and`, `or` and `not` ask so. NumPy goes entry by entry: `np.maximum(0, Z)` "
        "for `max(0, Z)`, `np.where` for `if`, and `&`, `|` and `~` for the rest.",
    ),
    (
        "could not broadcast input array",
        "filled-in-another-shape",
        "The array on the left was made in another shape than what is put into it. Most often none "
        "has to be made before: `Z = ...` takes the shape of the result, where `Z[:] = ...` has to "
        "fit.",
    ),
    (
        "only integer scalar arrays can be converted",
        "array-for-a-number",
        "An array stands where NumPy reads a whole number, such as an axis or an index. "
        "`np.max(0, Z)` takes Z for an axis; entry by entry goes `np.maximum(0, Z)`.",
    ),
)


def errors(fault: str) -> list[tuple[str, str]]:
    """Return the name and the meaning of a classic error, if this is one."""
    return [(name, meaning) for said, name, meaning in ERRORS if said in fault]


def _meaning(fault: str) -> str:
    return "".join(f"\n{meaning}" for _, meaning in errors(fault))


def verdict(good: Mapping[str, bool], reasons: Mapping[str, str], where: str) -> Section:
    """Say which parts are wrong, not written, and right; where, if all are."""
    unwritten = [name for name in good if reasons.get(name, "").endswith(UNWRITTEN)]
    kinds = {
        "wrong": [name for name in good if not good[name] and name not in unwritten],
        UNWRITTEN: unwritten,
        "right": [name for name in good if good[name]],
    }
    said = [
        f"{several(names)} {'is' if len(names) == 1 else 'are'} {kind}"
        for kind, names in kinds.items()
        if names
    ]
    if all(good.values()):
        return "Correct", f"{said[0]} {where}."
    heading = "What is wrong" if kinds["wrong"] else "What is missing"
    return heading, "; ".join(said) + "."


def misfits(reasons: Mapping[str, str], where_from: str) -> list[Section]:
    """Say which parts cannot be compared with anything, and why, where that is not plain."""
    told = [why for why in reasons.values() if not why.endswith((UNWRITTEN, HANGS))]
    if not told:
        return []
    lines = "\n".join(f"    {why}" for why in dict.fromkeys(told))
    more = f"\n{where_from}" if NAN in lines else ""
    return [("What does not fit", f"There is nothing to compare:\n{lines}{more}")]


def raises(fault: str, reasons: Mapping[str, str]) -> Section:
    """Say which line raises, which parts hang on it, and that the others were judged."""
    lost = [name for name, why in reasons.items() if why.endswith(HANGS)]
    hangs = "hangs" if len(lost) == 1 else "hang"
    said = f"{several(lost)} {hangs} on this line. All else" if lost else "No part needs it. All"
    return (
        "What raises",
        f"{fault}{_meaning(fault)}\n{said} was judged as if this line were not there.",
    )


def is_stray(reasons: Mapping[str, str]) -> bool:
    """Say whether no part hangs on the line that raises."""
    return not any(why.endswith(HANGS) for why in reasons.values())


def swapped(places: Mapping[str, str], names: Sequence[str]) -> tuple[str, str, str]:
    """Give a hint where right arrays stand in other places, say what was computed, and the mend."""
    held = [f"{name} is what {other} should be" for name, other in places.items()]
    return (
        "Is each of the arrays in the place in which it is asked for?",
        f"the right arrays in the wrong places: {several(held)}",
        f"Return {several(names)} in this order.",
    )


def nothing(names: Sequence[str], fault: str, more: str = "") -> Diagnosis:
    """Say why there are no numbers to judge."""
    parts = dict.fromkeys(names, False)
    if fault.endswith(UNWRITTEN):
        reasons = dict.fromkeys(names, UNWRITTEN)
        return Diagnosis(False, (), parts, (), (verdict(parts, reasons, ""),), reasons)
    sections = [("What is wrong", f"Your code gave no answer: {fault}{_meaning(fault)}")]
    if more:
        sections.append(("Where", more))
    mistakes = tuple(name for name, _ in errors(fault))
    return Diagnosis(False, mistakes, parts, (), tuple(sections))
