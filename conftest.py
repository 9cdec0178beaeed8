"""For every test, and for the notebooks that nbval runs: which machine to be, and no bars.

Notebooks are run twice, by nbval as the oldest machine that this one can play, and by
tests/test_outputs.py as the newest. So both have to give what is stored.
"""

import os

import pytest
from machines import cpu_kinds, machine
from xdist.scheduler import LoadFileScheduling

kinds = cpu_kinds() or [None]
OLDEST, NEWEST = machine(kinds[0], threads=2), machine(kinds[-1], threads=1)
CHOSEN = {name: os.environ[name] for name in OLDEST if name in os.environ}  # by who runs this

os.environ["TQDM_DISABLE"] = "1"  # a bar in a stored output would hold the time that it took
os.environ.update(OLDEST | CHOSEN)  # for kernels: here, machines has loaded NumPy already


# What takes long, in the order in which it is run; test_outputs.py is last, for it uses two cores.
NOTEBOOKS = (".ipynb", "test_run_notebooks.py", "test_planted_faults.py", "test_outputs.py")
SLOW = ("test_pages.py", "test_pages_planted.py", *NOTEBOOKS)


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


def pytest_collection_modifyitems(config, items):
    """Put the quick tests first; but of two processes, one begins with the notebooks."""
    two = hasattr(config, "workerinput")

    def rank(item):
        name = item.path.name
        slow = next((n for n, end in enumerate(SLOW) if name.endswith(end)), -1)
        return (two and not name.endswith(NOTEBOOKS), slow)

    items.sort(key=rank)


class ByFile(LoadFileScheduling):
    """Gives each file to one process, and all that runs notebooks to the same.

    Kernels that one process starts agree on their ports; those of two can choose the same.
    """

    def _split_scope(self, nodeid):
        file = super()._split_scope(nodeid)
        return "notebooks" if file.endswith(NOTEBOOKS) else file


def pytest_xdist_make_scheduler(config, log):
    """Share the tests out by file."""
    return ByFile(config, log)


class Announcer:
    """Names each file as its first test begins, where two processes print dots and nothing else."""

    def __init__(self, terminal):
        self.terminal, self.seen = terminal, set()

    def pytest_runtest_logstart(self, nodeid):
        """Name the file of this test, if it is the first."""
        file = nodeid.replace("::ipynb", ".ipynb").partition("::")[0]
        if file not in self.seen:
            self.seen.add(file)
            self.terminal.write(f"\n{file} ")


def pytest_sessionstart(session):
    """Let two processes say what they are doing."""
    if session.config.getoption("numprocesses"):
        terminal = session.config.pluginmanager.getplugin("terminalreporter")
        session.config.pluginmanager.register(Announcer(terminal))


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
            chapter = name.rpartition("[")[2].partition(".ipynb]")[0]
            terminalreporter.write_line(f"{took:6.1f}  {chapter}")
