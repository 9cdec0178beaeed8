"""The command that starts a sandbox: bubblewrap, with Python, NumPy and nothing else inside.

There is no network, no /proc, no /dev and no file that could be written; the program inside sees
no process but its own. The package is not inside, for it holds the answers.
"""

import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

import numpy as np

INSIDE = Path(__file__).parent / "inside"
HOUSE = "/grader"  # where the program, and NumPy, stand inside
PYTHON = ["-s", "-P", "-S", "-B", "-X", "utf8"]
LINKED = ("_bz2", "_ctypes", "_decimal", "_lzma", "pyexpat", "zlib")  # modules with libraries
ENVIRONMENT = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "PYTHONHASHSEED": "0"}


class NoSandboxError(Exception):
    """Submissions cannot be shut in on this machine."""


def trusting(channel: int) -> list[str]:
    """Return the command that runs the program as an ordinary process."""
    if os.name == "nt":
        raise NoSandboxError("Windows hands no channel on to a process")
    packages = str(Path(np.__file__).parent.parent)
    return [sys.executable, *PYTHON, str(INSIDE / "run.py"), str(channel), packages]


def sandboxed(channel: int, seccomp: int | None) -> list[str]:
    """Return the command that runs the program shut in; the filter is read from `seccomp`."""
    command = [*walls(), *([] if seccomp is None else ["--seccomp", str(seccomp)]), "--"]
    return [*command, _python(), *PYTHON, f"{HOUSE}/run.py", str(channel), HOUSE]


@lru_cache(maxsize=1)
def walls() -> tuple[str, ...]:
    """Return bubblewrap and its options: what is shut out, and what is let in."""
    bubblewrap = shutil.which("bwrap")
    if bubblewrap is None:
        raise NoSandboxError("bubblewrap (the command bwrap) is not installed")
    spaces = ["--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts"]
    rights = ["--unshare-user", "--uid", "65534", "--gid", "65534"]
    if os.geteuid() == 0:  # then the program goes on as nobody, of whom RLIMIT_NPROC holds
        rights = ["--cap-drop", "ALL", "--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]
    walls = [bubblewrap, *spaces, "--unshare-cgroup-try", *rights]
    walls += ["--die-with-parent", "--new-session", "--hostname", "sandbox", "--clearenv"]
    for name, value in ENVIRONMENT.items():
        walls += ["--setenv", name, value]
    for folder in _parents(_let_in().values()):
        walls += ["--perms", "0755", "--dir", folder]
    for source, place in _let_in().items():
        walls += ["--ro-bind", source, place]
    for packages in ("site-packages", "dist-packages"):
        if (hidden := Path(_stdlib(), packages)).exists():
            walls += ["--tmpfs", str(hidden), "--remount-ro", str(hidden)]
    return (*walls, "--remount-ro", "/", "--chdir", "/")


def _python() -> str:
    return os.path.realpath(getattr(sys, "_base_executable", "") or sys.executable)


def _stdlib() -> str:
    return sysconfig.get_path("stdlib", vars={"installed_base": sys.base_prefix})


@lru_cache(maxsize=1)
def _let_in() -> dict[str, str]:
    """Return all that stands inside, and where: {path here: path there}."""
    numpy = Path(np.__file__).parent
    own = {str(numpy): f"{HOUSE}/numpy", str(INSIDE / "run.py"): f"{HOUSE}/run.py"}
    own |= {str(INSIDE / name): f"{HOUSE}/{name}" for name in ("wire.py", "lenient.py")}
    if (libraries := numpy.with_name("numpy.libs")).exists():
        own[str(libraries)] = f"{HOUSE}/numpy.libs"
    parts = [_python(), _stdlib(), *_libraries(numpy)]
    return own | {path: path for path in parts}


def _libraries(numpy: Path) -> list[str]:
    """Return the shared libraries that Python and NumPy are linked to, as ldd finds them."""
    own = Path(_stdlib(), "lib-dynload").glob("*.so")
    modules = [path for path in own if path.name.startswith(LINKED)] + sorted(numpy.rglob("*.so"))
    done = subprocess.run(["ldd", _python(), *map(str, modules)], capture_output=True, text=True)
    words = [word for line in done.stdout.splitlines() for word in line.split()]
    paths = {word for word in words if word.startswith("/") and not word.endswith(":")}
    return sorted(path for path in paths if "numpy.libs" not in path)


def _parents(places: Iterable[str]) -> list[str]:
    """Return the folders above these places, outermost first."""
    return sorted({str(parent) for place in places for parent in Path(place).parents} - {"/"})
