"""The commands of the grader: `run` grades a folder, `merge` joins what several runs graded.

`one` grades a single upload, as Gradescope has it. They end with 0 if all is well, with 1 if
something needs the instructor's eye, with 2 if what they were given cannot be used, and with 3 if
this machine has no sandbox.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from tqdm import tqdm

from backprop.classroom.grade import tables
from backprop.classroom.grade.finishing import finish, read_lists
from backprop.classroom.grade.grading import Job, empty, grade, grade_all, pick, try_out
from backprop.classroom.grade.notebooks import SHEETS, NotebookError, Submission, find, upload
from backprop.classroom.grade.process import Limits
from backprop.classroom.grade.records import (
    Record,
    RecordError,
    load_all,
    save,
    write,
)
from backprop.classroom.grade.roster import from_a_platform, whose
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
SEED_FILE = "seed.txt beside submitted"
SEED = "a file with your course's own secret, such as a long number, from which questions are drawn"


def _refuse(status: int, why: str) -> int:
    print(f"grade: {why}", file=sys.stderr)
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m backprop.classroom.grade",
        description="Grade submitted notebooks, each shut in where it can do no harm.",
    )
    commands = parser.add_subparsers(required=True, metavar="run | merge | one")
    run = commands.add_parser("run", help="grade a folder of notebooks")
    run.set_defaults(command=_run)
    run.add_argument("submitted", type=Path, help="a file, or a folder, for each student")
    run.add_argument("results", type=Path, help="where marks and reports go")
    run.add_argument("--shard", default="1/1", help="2/3: the second third of the students")
    run.add_argument("--jobs", type=int, default=_cores(), help="at a time; here %(default)s")
    merge = commands.add_parser("merge", help="join the results of several runs")
    merge.set_defaults(command=_merge)
    merge.add_argument("results", type=Path, help="where all of them go")
    merge.add_argument("shards", type=Path, nargs="+", help="folders with results")
    one = commands.add_parser("one", help="grade what one student uploaded, as on Gradescope")
    one.set_defaults(command=_one, shard="1/1", jobs=1)
    one.add_argument("submitted", type=Path, help="the folder of the upload")
    one.add_argument("results", type=Path, help="the results.json to be written")
    for command in (run, merge):
        command.add_argument("--roster", type=Path, help="CSV with a column id, as for nbgrader")
        command.add_argument("--canvas", type=Path, help="a gradebook exported from Canvas")
        command.add_argument(
            "--questions", type=Path, help="CSV with columns id, sheet, points: what you gave"
        )
    for command in (run, one):
        _add_ways(command)
    return parser


def _add_ways(command: argparse.ArgumentParser) -> None:
    """Add the options that say how notebooks are run."""
    defaults = Limits()
    command.add_argument("--seed-file", type=Path, help=f"{SEED}; by default {SEED_FILE}")
    command.add_argument(
        "--sheet", help="grade this sheet alone; unnamed notebooks are taken for it"
    )
    command.add_argument(
        "--seconds", type=float, default=defaults.seconds, help="of work, a statement or a call"
    )
    command.add_argument(
        "--total", type=float, default=defaults.total, help="seconds of work, an exercise"
    )
    command.add_argument(
        "--memory", type=int, default=defaults.memory >> 20, help="MiB, an exercise"
    )
    command.add_argument("--trust", action="store_true", help="run submissions without a sandbox")


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _run(options: argparse.Namespace) -> int:
    """Grade a folder."""
    if options.results.exists() and not options.results.is_dir():
        raise UsageError(f"{options.results} is a file; a folder is wanted")
    job = _job(options)
    lists = read_lists(options.roster, options.canvas, options.questions)
    found, strange = find(options.submitted, options.sheet)
    found, doubtful = _recognised(found, lists.roster)
    chosen, unclear = pick(found)
    chosen = _shard(chosen, options.shard)
    if not chosen and not unclear:
        raise UsageError(f"there is no notebook in {options.submitted}")
    bar = tqdm(grade_all(chosen, job, options.jobs), total=len(chosen), unit="notebook")
    records = sorted(bar, key=lambda record: (record.sheet, record.student))
    unclear = [*strange, *doubtful, *unclear]
    whole = options.shard == "1/1"
    look = finish(records, options.results, lists, unclear, whole)
    return _finished(records, options.results, look)


def _one(options: argparse.Namespace) -> int:
    """Grade one upload; whatever it is, the student reads what became of it."""
    with TemporaryDirectory() as folder:
        if options.sheet is None:
            raise UsageError("say which sheet it is: --sheet linear-layer")
        if options.results.is_dir():
            raise UsageError(f"{options.results} is a folder; the name of a file is wanted")
        job = replace(_job(options), results=Path(folder))
        try:
            submission = upload(options.submitted, options.sheet)
            try_out(job.limits, job.trust)
            record = grade(submission, job)
        except NotebookError as error:
            record = empty(Submission("you", options.sheet, options.submitted), job, str(error))
    write(options.results, tables.gradescope(record))
    print(f"{record.earned:g} of {record.out_of:g} points; see {options.results}")
    return WELL


def _recognised(
    found: list[Submission], roster: dict[str, tables.Row]
) -> tuple[list[Submission], list[str]]:
    """Give submissions the ids of the roster, where the names of files say whose they are."""
    named, doubtful = [], []
    for one in found:
        ids = whose(one.student, roster)
        named.append(replace(one, student=ids[0]) if len(ids) == 1 else one)
        if len(ids) > 1:
            doubtful.append(f"{one.student}: it may be from {' or '.join(ids)}")
    if not roster and any(from_a_platform(one.student) for one in found):
        doubtful.append("names of a learning platform: --roster finds the students in them")
    return named, doubtful


def _job(options: argparse.Namespace) -> Job:
    """Look at what was asked for before anything is done."""
    if options.sheet not in (None, *SHEETS):
        raise UsageError(f"there is no sheet {options.sheet!r}; there are {', '.join(SHEETS)}")
    if not options.submitted.is_dir():
        raise UsageError(f"there is no folder {options.submitted}")
    if options.submitted.resolve() in (
        options.results.resolve(),
        *options.results.resolve().parents,
    ):
        raise UsageError(f"{options.results} lies in {options.submitted}; it has to lie elsewhere")
    seed_file = options.seed_file or options.submitted.resolve().parent / "seed.txt"
    try:
        secret = seed_file.read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        raise UsageError(
            f"there is no {seed_file}; wanted is {SEED}. Make one, or name another by --seed-file"
        ) from None
    except (OSError, ValueError) as error:
        raise UsageError(f"the seed file cannot be read: {error}") from None
    if not secret:
        raise UsageError(f"{seed_file} is empty; wanted is {SEED}")
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
    lists = read_lists(options.roster, options.canvas, options.questions)
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
    joined = [records[name] for name in sorted(records)]
    return _finished(joined, options.results, finish(joined, options.results, lists, []))


def _finished(records: Sequence[Record], results: Path, look: list[str]) -> int:
    """Tell what needs the instructor's eye."""
    print(f"{len(records)} notebooks; marks and reports are in {results}")
    for line in look:
        print(f"  look at {' '.join(line.split())}")
    return LOOK if look else WELL


if __name__ == "__main__":
    sys.exit(main())
