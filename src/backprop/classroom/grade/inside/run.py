"""The program inside of the sandbox: runs the cells of a notebook, then one function as asked.

It holds the student's code, which may do to it what it likes: so it knows no right answer, and
nothing that it sends is believed. Statements run one by one, and one that fails costs only what
depends on it. Arguments: the file descriptor to talk over, and the folder that holds NumPy.
"""

import ast
import contextlib
import importlib.abc
import importlib.machinery
import linecache
import math
import os
import re
import signal
import sys
import traceback

NOBODY = 65534
HERE = {*sys.stdlib_module_names, "numpy", "wire"}  # what a notebook can import in earnest
MAGIC = re.compile(
    r"^[ \t]*[%!?].*|^[^\n?]*\?+[ \t]*$", re.MULTILINE
)  # what Jupyter knows, and Python doesn't
FAULTS = 20  # told at most
NAME = re.compile(r"[^\W\d]\w*")


class OutOfTime(BaseException):
    """Raised in code that takes too long. No `except Exception` of the code holds it up."""


class Anything:
    """Stands for what is not here, such as a plot: has every name, can be called, gives itself.

    `asked` counts how often that was wanted of any of them.
    """

    asked = 0

    def __getattr__(self, name):
        Anything.asked += 1
        if name.startswith("__"):
            raise AttributeError(name)
        return self

    def __call__(self, *_, **__):
        """Give itself, whatever was asked."""
        Anything.asked += 1
        return self

    __getitem__ = __enter__ = __call__

    def __iter__(self):
        Anything.asked += 1
        return iter(())

    def __exit__(self, *_):
        pass


class Absent(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Lets the import of what is not here succeed, with nothing behind it."""

    def find_spec(self, name, path=None, target=None):
        """Find a package of any name but those that are here."""
        if name.partition(".")[0] in HERE:
            return None
        return importlib.machinery.ModuleSpec(name, self, is_package=True)

    def create_module(self, spec):
        """Leave it to Python."""

    def exec_module(self, module):
        """Give the module every name that it is asked for."""
        module.__getattr__ = Anything().__getattr__


class Channel:
    """The way to the grader and back."""

    def __init__(self, number, wire):
        self.number, self.wire = number, wire

    def hear(self):
        """Return the next message; end if there will be none."""
        return self.wire.unpack(self.read)

    def read(self, count):
        """Return the next bytes."""
        pieces = []
        while count:
            pieces.append(os.read(self.number, count))
            if not pieces[-1]:
                os._exit(0)
            count -= len(pieces[-1])
        return b"".join(pieces)

    def say(self, *message):
        """Send a message, or that it cannot be sent."""
        try:
            data = self.wire.pack(message)
        except Exception as error:
            data = self.wire.pack(("raised", f"the answer cannot be handed over: {error}"[:500]))
        while data:
            data = data[os.write(self.number, data) :]


def main(number, folder):
    """Run the cells, and answer calls until nobody asks any more."""
    become_nobody()
    sys.path[:0] = [os.path.dirname(os.path.abspath(__file__)), folder]
    import lenient  # and with it NumPy, before memory is short
    import wire

    channel = Channel(int(number), wire)
    task = channel.hear()
    limit(task["memory"], task["total"])
    os.dup2(1, 2)  # to nowhere: what a notebook prints is of no use
    sys.meta_path.insert(0, Absent())
    space = {
        "__name__": "__main__",
        "np": wire.np,
        "display": Anything(),
        "get_ipython": Anything(),
    }
    faults = run_cells(task, space, channel)
    function = space.get(task["name"])
    channel.say("ready", callable(function), faults)
    while True:
        truth, arguments = channel.hear()
        if truth is not None:
            lenient.always(truth)
            arguments = [array.view(lenient.Lenient) for array in arguments]
        channel.say(*called(function, arguments, task["seconds"]))


def become_nobody():
    """Give up the rights of the superuser, where bubblewrap left just the one to do so."""
    if os.getuid() == 0 and os.getpid() < 10:
        os.setgroups([])
        os.setresgid(NOBODY, NOBODY, NOBODY)
        os.setresuid(NOBODY, NOBODY, NOBODY)


def limit(memory, seconds):
    """Set what cannot be raised again; a system may not know all of these."""
    import resource

    wanted = {
        "RLIMIT_AS": memory,
        "RLIMIT_CPU": math.ceil(seconds),
        "RLIMIT_NPROC": 0,
        "RLIMIT_FSIZE": 0,
        "RLIMIT_CORE": 0,
        "RLIMIT_NOFILE": 64,
        "RLIMIT_MSGQUEUE": 0,
    }
    for name, most in wanted.items():
        with contextlib.suppress(AttributeError, ValueError, OSError):
            resource.setrlimit(getattr(resource, name), (most, most))


def run_cells(task, space, channel):
    """Run every statement but those to be left out; return what went wrong, as texts.

    What is left out is given as the number of the cell and that of the statement; as statement 0
    counts the reading of the cell. Of what goes wrong because something else did, nothing is said.
    """
    faults, lost = [], set()
    for number, source in task["cells"]:
        statements = []
        works = [lambda s=source, n=number, into=statements: into.extend(parsed(s, n))]
        k = 0
        while k < len(works):
            if (number, k) not in task["skip"]:
                channel.say("at", number, k)
                asked = Anything.asked
                error = failure(works[k], task["seconds"])
                if error is not None:
                    said = news(error, lost, Anything.asked > asked, task["seconds"])
                    faults += [f"cell {number}: {text}" for text in said]
                    lost |= names_in(statements[k - 1]) if k else set(NAME.findall(source))
            if k == 0:
                works += [lambda s=one, n=number: run(s, n, space) for one in statements]
            k += 1
    return faults[:FAULTS]


def news(error, lost, stood_in, seconds):
    """Return what is to be said of an error; an error may do what it likes when it is asked."""
    said = []
    failure(lambda: is_news(error, lost, stood_in) and said.append(told(error, seconds)), seconds)
    return said


def is_news(error, lost, stood_in):
    """Say whether an error is the notebook's own, and none that follows from another one.

    Not news are a stub, a name that a statement which failed would have made, and what fails
    because something stands in for a module that is not here.
    """
    if isinstance(error, NameError) and not isinstance(error, UnboundLocalError):
        return getattr(error, "name", None) not in lost
    if isinstance(error, SyntaxError | OutOfTime | MemoryError):
        return True
    return not (isinstance(error, NotImplementedError) or stood_in or of_stand_in(error))


def names_in(statement):
    """Return the names that a statement reads or makes."""
    nodes = list(ast.walk(statement))
    read = {node.id for node in nodes if isinstance(node, ast.Name)}
    made = {node.name for node in nodes if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    return read | made | {node.asname or node.name for node in nodes if isinstance(node, ast.alias)}


def of_stand_in(error):
    """Say whether an error speaks of what stands in for something."""
    try:
        return Anything.__name__ in str(error)
    except BaseException:  # an error may refuse to be told
        return False


def parsed(source, number):
    """Return the statements of a cell; what only Jupyter understands is passed over."""
    name = f"<cell {number}>"
    try:
        tree = ast.parse(source, name)
    except SyntaxError:
        source = MAGIC.sub("pass", source)
        tree = ast.parse(source, name)
    linecache.cache[name] = (len(source), None, source.splitlines(True), name)
    return tree.body


def run(statement, number, space):
    """Run one statement."""
    code = compile(ast.Module([statement], []), f"<cell {number}>", "exec", dont_inherit=True)
    exec(code, space)


def called(function, arguments, seconds):
    """Call the function, and return the message that says what became of it."""
    box = []
    error = failure(lambda: box.append(function(*arguments)), seconds)
    if error is None:
        return "returned", box[0], arguments
    if type(error) is NotImplementedError:
        return "stub", traceback.extract_tb(error.__traceback__)[-1].name
    return "late" if type(error) is OutOfTime else "raised", told(error, seconds)


def failure(work, seconds):
    """Do some work in at most so many seconds; return what it raised, or None."""
    try:
        clock(seconds)
        try:
            work()
        finally:
            clock(0)
    except BaseException as error:
        return error
    return None


def clock(seconds):
    """Let OutOfTime be raised after so many seconds of work, or four times that with sleep."""
    signal.signal(signal.SIGPROF, out_of_time)
    signal.signal(signal.SIGALRM, out_of_time)
    signal.setitimer(signal.ITIMER_PROF, seconds, seconds and 0.2)
    signal.setitimer(signal.ITIMER_REAL, 4 * seconds, seconds and 0.2)


def out_of_time(*_):
    """Stop what is running."""
    raise OutOfTime


def told(error, seconds):
    """Say what was raised, and quote the innermost line of the notebook that was being run."""
    try:
        if isinstance(error, OutOfTime):
            said = f"it had not ended after {seconds:g} seconds"
        else:
            said = f"{type(error).__name__}: {error}".removesuffix(": ")[:500]
        frames = traceback.extract_tb(error.__traceback__)
        own = [frame for frame in frames if frame.filename.startswith("<cell ")]
        if not own:
            return said
        place = f", in line {own[-1].lineno} of {own[-1].filename[1:-1]}"
        return said + place + (f":\n    {own[-1].line}"[:200] if own[-1].line else "")
    except BaseException:  # an error may refuse to be told
        return "an error that cannot be told"


if __name__ == "__main__":
    main(*sys.argv[1:3])
