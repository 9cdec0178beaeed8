"""Whose is a file? Learning platforms put names and numbers of their own into the names of files.

Moodle writes `Anna Muster_12345_assignsubmission_file_...`, Canvas `musteranna_123_456_...`, with
`_LATE` behind the name if it was late. What follows is the student's own text and tells nothing. In
other names an id or an address of the roster may stand between underscores.
"""

import re
import unicodedata
from collections.abc import Mapping

Row = dict[str, str]
MOODLE = re.compile(r"(?P<who>.+?)_\d+_assignsubmission_")
CANVAS = re.compile(r"(?P<who>.+?)(?:_LATE)?_(?P<number>\d+)_\d+_")
ACCEPTED = (
    "one that is an id in the roster, has it between underscores, or was made by Moodle (Anna "
    "Muster_12345_assignsubmission_...) or Canvas (musteranna_123_456_...), with last_name and "
    "first_name in the roster, would be found"
)


def whose(name: str, roster: Mapping[str, Row]) -> list[str]:
    """Return the ids of those in the roster for whom the name of a file can stand."""
    if name in roster:
        return [name]
    if found := MOODLE.match(name) or CANVAS.match(name):
        number = found.groupdict().get("number")
        if numbered := [i for i, person in roster.items() if number in _numbers(person)]:
            return numbered
        who = plain(found["who"])
        return [i for i, person in roster.items() if who in _names(i, person)]
    within = f"_{name}_".casefold()
    return [
        i
        for i, person in roster.items()
        if any(sign and f"_{sign}_".casefold() in within for sign in (i, person.get("email")))
    ]


def from_a_platform(name: str) -> bool:
    """Say whether a learning platform made this name."""
    return bool(MOODLE.match(name) or CANVAS.match(name))


def plain(text: str) -> str:
    """Return the letters and digits of a text, without accents and capitals."""
    parted = unicodedata.normalize("NFKD", text.casefold())
    return "".join(filter(str.isalnum, parted))


def _numbers(person: Row) -> set[str]:
    return {person.get("lms_user_id", "").strip()} - {""}


def _names(identity: str, person: Row) -> set[str]:
    first, last = person.get("first_name", ""), person.get("last_name", "")
    signs = [identity, person.get("email", "")]
    signs += [first + last, last + first] if first and last else []
    return set(map(plain, signs)) - {""}
