"""From what was found to what is said: one function for each way in which a diagnosis can end.

What is said of a mistake that nobody knows stands in `unknown`.
"""

from collections.abc import Mapping
from dataclasses import replace

from backprop.classroom.diagnosis.calling import Outcome
from backprop.classroom.diagnosis.habits import Habits
from backprop.classroom.diagnosis.matching import Bench, Match
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
    ALL_ZEROS,
    AT_ZERO,
    COMPUTED,
    HINT,
    MEND,
    STRAY,
    SWAPPED,
    Diagnosis,
    Section,
    Speaker,
    sentence,
    several,
)
from backprop.classroom.mistakes import CATALOGUE, Mistake


def failed(bench: Bench, speaker: Speaker, fault: str, *, elsewhere: bool = False) -> Diagnosis:
    """Say why there are no numbers to judge."""
    return nothing(
        list(map(speaker.letters, bench.piece.results)), fault, speaker.sizes * elsewhere
    )


def after_all(diagnosis: Diagnosis, speaker: Speaker, fault: str, elsewhere: bool) -> Diagnosis:
    """Add to what is said of the parts that can be read which line raises, and what hangs on it."""
    heading, said = raises(fault, diagnosis.reasons)
    (verdict_heading, parts), *rest = diagnosis.sections
    first = ("What is right" if verdict_heading == "Correct" else verdict_heading, parts)
    told = (first, (heading, f"{said}\n{speaker.sizes}" if elsewhere else said), *rest)
    raised = tuple(name for name, _ in errors(fault))
    names = diagnosis.mistakes + raised + (STRAY,) * is_stray(diagnosis.reasons)
    return replace(diagnosis, correct=False, mistakes=names, sections=told)


def by_chance(bench: Bench, speaker: Speaker, habits: Habits, once: list[Outcome]) -> Diagnosis:
    """Say that the same question was answered in several ways."""
    parts = {speaker.letters(name): good for name, good in right_in(bench, habits, once).items()}
    said = (
        f"Called again with the same arrays, your code gave other numbers for "
        f"{several([speaker.letters(name) for name in habits.random])}. A gradient depends on its "
        "inputs alone. Is there chance in it, such as dropout, or a value kept from another call?"
    )
    return Diagnosis(False, (), parts, (), (("What is wrong", said),))


def explained(
    bench: Bench, speaker: Speaker, once: list[Outcome], habits: Habits, matches: list[Match]
) -> Diagnosis:
    """Tell of the mistakes that give these numbers, or that there is none."""
    match = matches[0]
    mistakes = list(match.candidate.mistakes) if match.candidate else []
    parts = right_in(bench, habits, once, match.at_zero)
    said = {speaker.letters(name): good for name, good in parts.items()}
    reasons = missing_in(once, speaker)
    sections = [verdict_on(said, habits, speaker, reasons)]
    sections += misfits(reasons, speaker.where_nan_comes_from)
    told = [*mistakes, *(CATALOGUE[name] for name in habits.names)]
    others = _others(matches)
    sections += [*_told(speaker, match, told), *_notes(bench, speaker, match, habits, once)]
    sections += [_or_else(speaker, names) for names in others]
    names = tuple(dict.fromkeys(mistake.name for mistake in told))
    for name, good in parts.items():
        if not good:
            causes = _causes(bench, match, habits, name)
            reasons.setdefault(speaker.letters(name), ", ".join(causes or names))
    good = not names and all(said.values())
    return Diagnosis(good, names, said, others, tuple(sections), reasons)


def right_in(
    bench: Bench, habits: Habits, once: list[Outcome], at_zero: float | None = None
) -> dict[str, bool]:
    """Say for each part whether it is right, and the same in every call."""
    unsteady = {*habits.piles_up, *habits.random}
    parts = bench.right_parts(once, at_zero)
    return {name: good and name not in unsteady for name, good in parts.items()}


def _told(speaker: Speaker, match: Match, told: list[Mistake]) -> list[Section]:
    """Tell of one mistake after the other, and how many there are if there is more than one."""
    sections: list[Section] = []
    if len(told) > 1:
        many = f"At least {len(told)} mistakes, in the order of the flow."
        sections.append(("How many", many))
    for k, mistake in enumerate(told, start=1):
        lines = {
            step: line
            for step, added in (match.candidate.lines.items() if match.candidate else ())
            for line in added
            if any(lines.get(step) is line for lines in mistake.spellings)
        }
        which = f", mistake {k}" if len(told) > 1 else ""
        sections += speaker.mistake(mistake, lines, match.learning_rate, which)
    return sections


def _or_else(speaker: Speaker, names: tuple[str, ...]) -> Section:
    """Say what else it may be, in the words of the catalogue."""
    said = "; and ".join(CATALOGUE[name].instead for name in names)
    return "Or else", speaker.letters(f"The same numbers come from another mistake: {said}.")


def _causes(bench: Bench, match: Match, habits: Habits, name: str) -> list[str]:
    """Return the names of those mistakes that make this part wrong."""
    alone = match.candidate.alone or (match.candidate,) if match.candidate else ()
    found = [one.names[0] for one in alone if name in bench.changed_by(one)]
    piles = ["gradients-pile-up"] if name in habits.piles_up else []
    return list(dict.fromkeys(found + piles))


def missing_in(once: list[Outcome], speaker: Speaker) -> dict[str, str]:
    """Return why parts are missing, in the piece's letters; of several reasons the first."""
    return {
        speaker.letters(name): speaker.letters(why)
        for outcome in reversed(once)
        for name, why in outcome.missing.items()
    }


def _others(matches: list[Match]) -> tuple[tuple[str, ...], ...]:
    """Return the names of what else fits, each once, whatever the order or the layer."""
    named = [match.candidate.names for match in matches if match.candidate]
    return tuple({frozenset(names): names for names in named}.values())[1:]


def verdict_on(
    parts: Mapping[str, bool], habits: Habits, speaker: Speaker, reasons: Mapping[str, str]
) -> Section:
    """Say which parts are wrong, and which are right."""
    if all(parts.values()) and habits.changed:
        return (
            "What is wrong",
            f"The numbers of {several(list(parts))} are right, but your code changes what it was "
            f"given: {speaker.letters(several(list(habits.changed)))}.",
        )
    return verdict(parts, reasons, "on every network that was tried")


def _notes(
    bench: Bench, speaker: Speaker, match: Match, habits: Habits, once: list[Outcome]
) -> list[Section]:
    """Name conventions and other things that are good to know and no mistakes."""
    found = [("By the way", speaker.letters(note)) for note in habits.notes]
    if match.at_zero is not None:
        sign = ", as `>=` does" if match.at_zero == 1 else ""
        found.append(
            (
                "A convention",
                f"At a pre-activation of exactly 0 you take the slope {match.at_zero:g}{sign}. "
                f"The book takes that of the left side. {speaker.corner}.",
            )
        )
    raised = [outcome.fault for outcome in once if outcome.raised]
    if raised:
        said = f"With sizes that are all different your code raises {raised[0]}"
        found.append(("By the way", said))
    return found


def all_zeros(bench: Bench, speaker: Speaker, once: list[Outcome], habits: Habits) -> Diagnosis:
    """Say that nothing but zeros came back."""
    names = list(map(speaker.letters, bench.piece.results))
    their = f"Every entry of {several(names)} is 0, whatever the network"
    sections = (
        ("What is wrong", f"{their}. By such a gradient no step changes anything."),
        (f"{HINT} 1", "Is an array that `np.zeros` made returned before anything is put into it?"),
        (MEND, "Compute each gradient where its zeros stand: most often they are not needed."),
    )
    reasons = dict.fromkeys(names, ALL_ZEROS)
    return Diagnosis(
        False, (ALL_ZEROS, *habits.names), dict.fromkeys(names, False), (), sections, reasons
    )


def at_zero(
    bench: Bench, speaker: Speaker, once: list[Outcome], habits: Habits, slope: float
) -> Diagnosis:
    """Say that all is right but at the kink, where no slope from one side to the other is taken."""
    said = {speaker.letters(name): good for name, good in right_in(bench, habits, once).items()}
    taken = f"At a pre-activation of exactly 0 you take the slope {slope:g}. {speaker.corner}."
    missing = missing_in(once, speaker)
    sections = (
        verdict_on(said, habits, speaker, missing),
        *misfits(missing, speaker.where_nan_comes_from),
        ("Where", f"{taken} At all other entries your slope is right."),
        (f"{HINT} 1", "Which of your masks hold a pre-activation of 0: both, or none?"),
        (MEND, "Let one mask hold the 0, and the other not: `>` in one, and `<=` in the other."),
    )
    reasons = {name: AT_ZERO for name, good in said.items() if not good} | missing
    return Diagnosis(False, (AT_ZERO, *habits.names), said, (), sections, reasons)


def in_wrong_places(
    bench: Bench,
    speaker: Speaker,
    once: list[Outcome],
    habits: Habits,
    places: Mapping[str, str],
) -> Diagnosis:
    """Say that right arrays were returned in each other's places."""
    said = {speaker.letters(name): good for name, good in right_in(bench, habits, once).items()}
    held = {speaker.letters(name): speaker.letters(other) for name, other in places.items()}
    hint, instead, mend = swapped(held, list(said))
    sections = (
        verdict_on(said, habits, speaker, {}),
        (f"{HINT} 1", hint),
        (COMPUTED, sentence(instead)),
        (MEND, mend),
    )
    names, reasons = (SWAPPED, *habits.names), dict.fromkeys(held, SWAPPED)
    return Diagnosis(False, names, said, (), sections, reasons)
