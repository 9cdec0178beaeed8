"""For every test, and for the notebooks that nbval runs: which machine to be, and no bars.

Notebooks are run twice, by nbval as the oldest machine that this one can play, and by
tests/test_outputs.py as the newest. So both have to give what is stored.
"""

import os

import pytest
from machines import cpu_kinds, machine

kinds = cpu_kinds() or [None]
OLDEST, NEWEST = machine(kinds[0], threads=2), machine(kinds[-1], threads=1)
CHOSEN = {name: os.environ[name] for name in OLDEST if name in os.environ}  # by who runs this

os.environ["TQDM_DISABLE"] = "1"  # a bar in a stored output would hold the time that it took
os.environ.update(OLDEST | CHOSEN)  # for kernels: here, machines has loaded NumPy already


@pytest.fixture(scope="session")
def newest_machine():
    """The environment of the newest machine that this one can play."""
    return NEWEST | CHOSEN


def pytest_report_header():
    """Say at the start as which machines the notebooks will run."""
    return [
        f"notebooks run by nbval: {OLDEST | CHOSEN}",
        f"by test_outputs.py: {NEWEST | CHOSEN}",
    ]


def pytest_collection_modifyitems(items):
    """Put the quick tests first, then those that run notebooks."""
    slow = (
        "test_pages.py",
        "test_pages_planted.py",
        "test_run_notebooks.py",
        "test_planted_faults.py",
        "test_outputs.py",
    )
    items.sort(key=lambda item: item.path.suffix == ".ipynb" or item.path.name in slow)


def pytest_terminal_summary(terminalreporter):
    """Report what each chapter takes, beside the aim."""
    reports = [one for some in terminalreporter.stats.values() for one in some]
    seconds = {
        report.nodeid: dict(report.user_properties)["CPU seconds"]
        for report in reports
        if getattr(report, "user_properties", None) and report.when == "call"
    }
    if seconds:
        terminalreporter.section("CPU seconds of each chapter (aim: 10)")
        for name, took in sorted(seconds.items(), key=lambda item: -item[1]):
            chapter = name.rpartition("[")[2].removesuffix(".ipynb]")
            terminalreporter.write_line(f"{took:6.1f}  {chapter}")
