"""All pairs of mistakes with ReLU, and the table of those that have more than one explanation.

`python tests/alike.py` asks `diagnose` about every pair, which takes a minute or two, writes
alike.csv anew, and says how many were named right. The tests hold the table against `diagnose`
and against the catalogue's own numbers, and a sample of the pairs that are not in it.
"""

import csv
import itertools
from collections import Counter
from multiprocessing import Pool
from pathlib import Path

from own_numbers import NETWORKS, answer_of, may_stand_together, own_gradient, places

from backprop import ReLU
from backprop.classroom.diagnose import diagnose
from backprop.classroom.mistakes import CATALOGUE

FILE = Path(__file__).parent / "alike.csv"
CANCELS, UNKNOWN, ZEROS = "right", "not known", "all-zeros"


def called(mistake):
    """Name a mistake and, if it is made in one layer alone, the layer."""
    whole = CATALOGUE[mistake.name].lines
    if len(mistake.lines) == len(whole):
        return mistake.name
    return f"{mistake.name} in layer {next(iter(mistake.lines))[-1]}"


def every_pair(activation):
    """Return, by what it is called, every pair of mistakes that can be made together."""
    known = [
        place
        for mistake in CATALOGUE.values()
        if mistake.lines and mistake.applies(activation) and not mistake.alone
        for place in places(mistake)
    ]
    return {
        f"{called(one)} + {called(other)}": (one, other)
        for one, other in itertools.combinations(known, 2)
        if one.name != other.name and may_stand_together((one, other))
    }


def runs(pair):
    """Say whether two mistakes get past the shapes anywhere."""
    return any(answer_of(own_gradient(pair, ReLU()), arrays) for arrays in NETWORKS)


def explanations(found):
    """Write down all that `diagnose` found to give the same numbers."""
    if found.correct:
        return CANCELS
    ways = [" + ".join(sorted(names)) for names in (found.mistakes, *found.alternatives) if names]
    return " | ".join(ways) or UNKNOWN


def reason(pair, said):
    """Say why a pair has another explanation than itself, or none."""
    names = {mistake.name for mistake in pair}
    ways = [set(way.split(" + ")) for way in said.split(" | ")]
    if said == CANCELS:
        return "the two cancel"
    if said == ZEROS:
        return "nothing is left of the gradient"
    if said == UNKNOWN:
        return "a learning rate is in it, in more than one place or under a corner"
    if ways[0] < names and ways[0] & {"step-returned", "parameters-returned"}:
        return "any factor passes for the learning rate"
    if ways[0] < names:
        return "beside the one, the other changes nothing"
    if ways[0] == {"step-returned"}:
        return "any factor passes for the learning rate"
    if len(ways[0]) == 1:
        return "together they are one other mistake"
    if len({"bias-forgotten", "bias-over-everything", "bias-wrong-axis"} & set.union(*ways)) > 1:
        return "the rows of P - Y sum to 0: several ways to sum them give zeros for b2"
    return "two others together give the same numbers"


PAIRS = every_pair(ReLU())


def asked(name):
    """Return the explanations of one pair; None if it never runs."""
    pair = PAIRS[name]
    return explanations(diagnose(own_gradient(pair, ReLU()))) if runs(pair) else None


def main():
    """Ask about every pair, write the table, and print the shares."""
    rows, ended = [], Counter()
    with Pool() as pool:
        found = pool.map(asked, PAIRS, chunksize=50)
    for (name, pair), said in zip(PAIRS.items(), found, strict=True):
        if said is None:
            ended["never runs"] += 1
            continue
        itself = " + ".join(sorted(mistake.name for mistake in pair))
        if said == itself:
            ended["named, and nothing else fits"] += 1
            continue
        why = reason(pair, said)
        ended[why] += 1
        rows.append((name, why, said))
    with FILE.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("pair", "why", "what gives the same numbers"))
        writer.writerows(sorted(rows, key=lambda row: row[1]))
    print(*ended.items(), sep="\n")


if __name__ == "__main__":
    main()
