"""The commands of the grader: `run` grades a folder, `merge` joins what several runs graded.

They end with 0 if all is well, with 1 if something needs the instructor's eye, with 2 if what they
were given cannot be used, and with 3 if this machine has no sandbox.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from tqdm import tqdm

from backprop.classroom.grade import tables
from backprop.classroom.grade.grading import Job, grade_all, pick
from backprop.classroom.grade.notebooks import SHEETS, find
from backprop.classroom.grade.process import Limits
from backprop.classroom.grade.records import (
    Record,
    RecordError,
    file_name,
    load_all,
    save,
    write,
)
from backprop.classroom.grade.reports import page
from backprop.classroom.grade.sandbox import NoSandboxError

WELL, LOOK, UNUSABLE, NO_SANDBOX = range(4)


def main(words: Sequence[str] | None = None) -> int:
    """Do what the command line says, and return what the program ends with."""
    options = _parser().parse_args(words)
    try:
        return options.command(options)
    except NoSandboxError as error:
        return _refuse(NO_SANDBOX, f"{error}\n{HELP}")
    except (tables.TableError, RecordError, UsageError) as error:
        return _refuse(UNUSABLE, str(error))
    except OSError as error:
        return _refuse(UNUSABLE, f"{error.filename}: {error.strerror}")
    except KeyboardInterrupt:
        return _refuse(130, "stopped; what is graded is kept, and the same command goes on")


class UsageError(Exception):
    """What was asked for cannot be done; the text says why."""


HELP = (
    "Submissions are other people's programs, and without a sandbox nothing is run. Debian and "
    "Ubuntu have it: apt-get install bubblewrap. If you trust the submissions as you trust "
    "yourself, --trust runs them as ordinary programs."
)
SEED = "a file with your course's own secret, such as a long number, from which questions are drawn"


def _refuse(status: int, why: str) -> int:
    print(f"grade: {why}", file=sys.stderr)
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m backprop.classroom.grade",
        description="Grade submitted notebooks, each shut in where it can do no harm.",
    )
    commands = parser.add_subparsers(required=True, metavar="run | merge")
    run = commands.add_parser("run", help="grade a folder of notebooks")
    run.set_defaults(command=_run)
    run.add_argument("submitted", type=Path, help="a file, or a folder, for each student")
    run.add_argument("results", type=Path, help="where marks and reports go")
    run.add_argument("--seed-file", type=Path, help=f"{SEED}; by default seed.txt beside submitted")
    run.add_argument("--sheet", help="grade this sheet alone; unnamed notebooks are taken for it")
    run.add_argument("--shard", default="1/1", help="2/3: the second third of the students")
    run.add_argument("--jobs", type=int, default=_cores(), help="at a time; here %(default)s")
    defaults = Limits()
    run.add_argument(
        "--seconds", type=float, default=defaults.seconds, help="of work, a statement or a call"
    )
    run.add_argument(
        "--total", type=float, default=defaults.total, help="seconds of work, an exercise"
    )
    run.add_argument("--memory", type=int, default=defaults.memory >> 20, help="MiB, an exercise")
    run.add_argument("--trust", action="store_true", help="run submissions without a sandbox")
    merge = commands.add_parser("merge", help="join the results of several runs")
    merge.set_defaults(command=_merge)
    merge.add_argument("results", type=Path, help="where all of them go")
    merge.add_argument("shards", type=Path, nargs="+", help="folders with results")
    for command in (run, merge):
        command.add_argument("--roster", type=Path, help="CSV with a column id, as for nbgrader")
        command.add_argument("--canvas", type=Path, help="a gradebook exported from Canvas")
    return parser


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _run(options: argparse.Namespace) -> int:
    """Grade a folder."""
    job = _job(options)
    lists = _lists(options)
    found, strange = find(options.submitted, options.sheet)
    chosen, unclear = pick(found)
    chosen = _shard(chosen, options.shard)
    if not chosen and not unclear:
        raise UsageError(f"there is no notebook in {options.submitted}")
    bar = tqdm(grade_all(chosen, job, options.jobs), total=len(chosen), unit="notebook")
    records = sorted(bar, key=lambda record: (record.sheet, record.student))
    return _finish(records, options.results, lists, [*strange, *unclear])


def _job(options: argparse.Namespace) -> Job:
    """Look at what was asked for before anything is done."""
    if options.sheet not in (None, *SHEETS):
        raise UsageError(f"there is no sheet {options.sheet!r}; there are {', '.join(SHEETS)}")
    if not options.submitted.is_dir():
        raise UsageError(f"there is no folder {options.submitted}")
    if options.results.exists() and not options.results.is_dir():
        raise UsageError(f"{options.results} is a file; a folder is wanted")
    if options.submitted.resolve() in (
        options.results.resolve(),
        *options.results.resolve().parents,
    ):
        raise UsageError(f"{options.results} lies in {options.submitted}; it has to lie elsewhere")
    seed_file = options.seed_file or options.submitted.resolve().parent / "seed.txt"
    try:
        secret = seed_file.read_text(encoding="utf-8").strip()
    except (OSError, ValueError) as error:
        raise UsageError(f"the seed file cannot be read: {error}") from None
    if not secret:
        raise UsageError(f"{seed_file} is empty; {SEED} is wanted")
    for name in ("jobs", "seconds", "total", "memory"):
        if not getattr(options, name) > 0:
            raise UsageError(f"--{name} is {getattr(options, name)}; more than 0 is wanted")
    limits = Limits(options.seconds, options.total, options.memory << 20)
    return Job(options.submitted, options.results, secret, limits, options.trust)


def _shard(chosen: list, said: str) -> list:
    """Return the share of the students that a shard such as 2/3 stands for."""
    try:
        number, of = map(int, said.split("/"))
        if not 1 <= number <= of:
            raise ValueError
    except ValueError:
        raise UsageError(f"--shard is {said!r}; two numbers such as 2/3 are wanted") from None
    students = sorted({one.student for one in chosen})[number - 1 :: of]
    return [one for one in chosen if one.student in students]


def _merge(options: argparse.Namespace) -> int:
    """Join results, and say so if they do not belong together."""
    lists = _lists(options)
    records: dict[tuple[str, str], Record] = {}
    for shard in options.shards:
        found = load_all(shard)
        if not found:
            raise UsageError(f"there are no marks in {shard}")
        for record in found:
            other = records.setdefault((record.sheet, record.student), record)
            if other != record:
                raise UsageError(f"{record.student} has two different marks for {record.sheet}")
    courses = {record.course for record in records.values() if record.course}
    if len(courses) > 1:
        raise UsageError("these were graded with different seeds, limits or versions")
    for record in records.values():
        save(record, options.results)
    return _finish([records[name] for name in sorted(records)], options.results, lists, [])


def _lists(options: argparse.Namespace) -> tuple[dict[str, tables.Row], list[tables.Row] | None]:
    """Read the roster and the gradebook, if there are any."""
    roster = tables.read_table(options.roster, "id") if options.roster else []
    gradebook = tables.read_table(options.canvas, tables.LOGIN) if options.canvas else None
    return {row["id"].strip(): row for row in roster}, gradebook


def _finish(records: Sequence[Record], results: Path, lists: tuple, unclear: list[str]) -> int:
    """Write tables and reports, and tell what needs the instructor's eye."""
    roster, gradebook = lists
    for record in records:
        name = file_name(record.student)
        write(results / "reports" / record.sheet / f"{name}.html", page(record))
        at = results / "gradescope" / record.sheet / name / "results.json"
        write(at, tables.gradescope(record))
    write(results / "grades.csv", tables.nbgrader(records, roster))
    look = [f"{r.student}, {r.sheet}: {r.needs_you}" for r in records if r.needs_you] + unclear
    if gradebook is not None:
        text, strangers = tables.canvas(records, gradebook)
        write(results / "canvas.csv", text)
        look += [f"{student}: not in the Canvas gradebook" for student in strangers]
    if roster:
        handed_in = {record.student for record in records}
        look += [f"{student}: not in the roster" for student in sorted(handed_in - roster.keys())]
        absent = sorted(roster.keys() - handed_in)
        look += [f"{student}: handed in nothing" for student in absent]
    print(f"{len(records)} notebooks; marks and reports are in {results}")
    for line in look:
        print(f"  look at {' '.join(line.split())}")
    return LOOK if look else WELL


if __name__ == "__main__":
    sys.exit(main())
