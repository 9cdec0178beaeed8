"""Run every chapter as one machine after another, and print what came out: `make test-everywhere`.

With the locked versions, text, pictures and widgets must be the same everywhere. With the oldest
and the newest versions that pyproject.toml admits, in environments that are made for the purpose
and thrown away, the text must, and every test that is not marked `locked`; "oldest" or "newest" as
an argument tries these alone. Others go to pytest: `python tools/test_everywhere.py -k relu`.
"""

import locale
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from machines import KINDS, OPTIONAL, cpu_kinds, machine
from tqdm import tqdm

# Places that write numbers, and set their clocks, in other ways than this one may.
PLACES = (
    {"LC_ALL": "de_DE.UTF-8", "TZ": "There-14"},
    {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0", "TZ": "There+11"},
)

# What is set in the environment; the versions are the locked ones.
MACHINES = [
    machine(kind, threads) | place | {"PYTHONHASHSEED": str(threads)}
    for kind in KINDS
    for threads, place in enumerate(PLACES, 1)
]
MACHINES.append({"NPY_DISABLE_CPU_FEATURES": " ".join(OPTIONAL), "PYTHONHASHSEED": "3"})
VERSIONS = {"oldest": "lowest-direct", "newest": "highest"}
ASKED = [name for name in sys.argv[1:] if name in VERSIONS]
FOR_PYTEST = [argument for argument in sys.argv[1:] if argument not in VERSIONS]
SANITIZE = Path(__file__).with_name("other_versions.cfg")
# One package may call what another, of another year, no longer likes: said, and no failure.
OLD_FASHIONED = [f"-Wdefault::{kind}DeprecationWarning" for kind in ("", "Pending")]
SHOWN = "numpy|matplotlib|ipywidgets|ipykernel|nbclient|pytest"


def impossible(settings: dict[str, str]) -> str | None:
    """Return why this machine can't be that one, if it can't."""
    if settings.get("OPENBLAS_CORETYPE", cpu_kinds()[-1]) not in cpu_kinds():
        return "not tried: this CPU lacks the instructions"
    try:
        locale.setlocale(locale.LC_ALL, settings.get("LC_ALL", "C"))
    except locale.Error:
        return f"not tried: the locale {settings['LC_ALL']} is not installed"
    return None


def call(*command: str | Path, **settings: str) -> tuple[bool, str]:
    """Run a program; return whether it went well, and what it said."""
    done = subprocess.run(
        command, env=os.environ | settings, capture_output=True, text=True, check=False
    )
    return done.returncode == 0, done.stdout + done.stderr


def as_machine(settings: dict[str, str]) -> tuple[bool, str]:
    """Compare everything, with the locked versions."""
    command = (sys.executable, "-m", "pytest", "tests/test_outputs.py", *FOR_PYTEST)
    return call(*command, **settings)


def with_versions(age: str) -> tuple[bool, str]:
    """Run what is not bound to the locked versions, in a new environment with others."""
    uv = Path(sys.executable).with_name("uv")
    with TemporaryDirectory() as folder:
        python = Path(
            folder, *(("Scripts", "python.exe") if os.name == "nt" else ("bin", "python"))
        )
        groups = ("--group", "book", "--group", "test")
        what = ("--resolution", VERSIONS[age], *groups, "--editable", ".[notebooks]")
        for arguments in (("venv", folder), ("pip", "install", "--python", python, *what)):
            good, said = call(uv, *arguments)
            if not good:
                return good, said
        command = ("-m", "pytest", "--numprocesses", "2", "-m", "not locked")
        options = ("--nbval-sanitize-with", str(SANITIZE), *OLD_FASHIONED, *FOR_PYTEST)
        good, said = call(python, *command, *options)
        _, versions = call(uv, "pip", "freeze", "--python", python)
    return good, said + versions


def tries() -> Iterator[tuple[str, str | None, Callable[[], tuple[bool, str]]]]:
    """Return what is to be tried: its name, why it can't be tried here, and how it is."""
    for settings in () if ASKED else MACHINES:
        name = " ".join(map("=".join, settings.items()))
        name = re.sub("OPENBLAS_|PYTHON|NPY_", "", name)
        yield name, impossible(settings), partial(as_machine, settings)
    for age in ASKED or VERSIONS:
        yield f"{age} versions", None, partial(with_versions, age)


if __name__ == "__main__":
    table = []
    for name, why, attempt in (bar := tqdm([*tries()], unit="machine")):
        bar.set_description(name)
        start = time.monotonic()
        good, said = (True, "") if why else attempt()
        counts = re.findall(r"^=+ (.*) in [\d.]+s.* =+$", said, re.MULTILINE)
        versions = re.findall(rf"^(?:{SHOWN})==.*", said, re.MULTILINE)
        outcome = why or "; ".join([*counts, *versions]) or "failed"
        table.append((good, f"{name:78} {time.monotonic() - start:6.0f} s  {outcome}"))
        if not good:
            tqdm.write(said)
    print("\n".join(line for _, line in table))
    sys.exit(not all(good for good, _ in table))
