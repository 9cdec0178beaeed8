"""Submissions for one exercise, `linear_backward` of 6 points: what they do, and what it is worth.

A notebook that tries something forbidden first, and then answers well, earns its 6 points: the
attempt has cost it nothing, and the others neither. One that asserts that it was shut in answers
well only if it was.
"""

import json

RIGHT = """
def linear_backward(dZ, X, W):
    return dZ @ W.T, X.T @ dZ, dZ.sum(axis=0)
"""
ZEROS = """
def linear_backward(dZ, X, W):
    return np.zeros_like(X), np.zeros_like(W), np.zeros(W.shape[1])
"""
SHUT_IN = """
if all_refused:
    def linear_backward(dZ, X, W):
        return dZ @ W.T, X.T @ dZ, dZ.sum(axis=0)
"""


def body(*lines):
    """The function with these lines in it."""
    return "\n    ".join(["def linear_backward(dZ, X, W):", *lines]) + "\n"


def notebook(*cells):
    """The bytes of a notebook with these cells of code."""
    empty = {"metadata": {}, "outputs": [], "execution_count": None}
    code = [{"cell_type": "code", "source": source, **empty} for source in cells]
    words = {"cell_type": "markdown", "metadata": {}, "source": "# A sheet"}
    whole = {"cells": [words, *code], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(whole).encode()


HONEST = {
    "right": (6, RIGHT),
    "as a dict": (
        6,
        body("return {'dX': dZ @ W.T, 'dW': X.T @ dZ, 'db': dZ.sum(axis=0)}"),
    ),
    "in float32": (6, body("dZ = dZ.astype('f')", "return dZ @ W.T, X.T @ dZ, dZ.sum(axis=0)")),
    "1 over N again": (4, body("return dZ @ W.T, X.T @ dZ / len(X), dZ.sum(axis=0)")),
    "mean for sum": (4, body("return dZ @ W.T, X.T @ dZ, dZ.mean(axis=0)")),
    "transpose forgotten": (4, body("return dZ @ W, X.T @ dZ, dZ.sum(axis=0)")),
    "a product that does not fit": (4, body("return W.T @ dZ, X.T @ dZ, dZ.sum(axis=0)")),
    "rows that do not fit": (
        4,
        body("dX = np.array([W.T @ np.cos(dz) for dz in dZ])", "return dX, X.T @ dZ, dZ.sum(0)"),
    ),
    "max of an array": (4, body("return max(0, dZ) @ W.T, X.T @ dZ, dZ.sum(axis=0)")),
    "made in another shape": (
        4,
        body("dX = np.zeros_like(dZ)", "dX[:] = dZ @ W.T", "return dX, X.T @ dZ, dZ.sum(axis=0)"),
    ),
    "waits for a stub": (
        0,
        "def other(dZ):\n    raise NotImplementedError",
        body("return dZ @ W.T, X.T @ dZ, other(dZ)"),
    ),
    "bias over everything": (4, body("return dZ @ W.T, X.T @ dZ, dZ.sum()")),
    "input changed": (
        5,
        body("dX = dZ @ W.T", "dW = X.T @ dZ", "X *= 2", "return dX, dW, dZ.sum(0)"),
    ),
    "nothing returned": (0, body("dX = dZ @ W.T")),
    "stub": (0, body("raise NotImplementedError")),
    "misspelt": (0, RIGHT.replace("linear", "lineal")),
    "no code": (0,),
    "error in it": (0, body("return dZ @ W.T, X.T @ dZ, dz.sum(axis=0)")),
    "syntax error in it": (0, RIGHT.replace(":", "")),
    "syntax error elsewhere": (6, "print 'hello'", RIGHT, "(((("),
    "errors elsewhere": (
        4,
        "1 / 0",
        RIGHT.replace("sum(", "mean(") + "\nraise ValueError('<script>alert(1)</script>')",
    ),
    "imports deleted": (6, RIGHT.replace("dZ.sum(axis=0)", "np.sum(dZ, axis=0)")),
    "a check copied thrice": (
        6,
        "from backprop.classroom.checks import check",
        RIGHT,
        *["check(linear_backward)"] * 3,
    ),
    "with plots and magic": (
        6,
        "%matplotlib inline\nimport matplotlib.pyplot as plt\nfig, ax = plt.subplots()",
        "!ls\nplt.plot([1, 2])\nprint?\n" + RIGHT,
    ),
    "answered twice": (6, ZEROS, RIGHT),
    "spoilt afterwards": (0, RIGHT, "linear_backward = lambda dZ, X, W: (X, W, W[0])"),
    "no longer a function": (0, RIGHT, "linear_backward = 7"),
    "a loop in a cell": (6, "while True: pass", RIGHT),
    "asleep in a cell": (6, "import time\ntime.sleep(1000)", RIGHT),
    "a loop in it": (0, body("while True: pass")),
    "endless recursion": (0, body("return linear_backward(dZ, X, W)")),
    "asks for input": (6, "input('Your name?')", RIGHT),
    "exits in a cell": (6, "exit()", "import sys; sys.exit(3)", RIGHT),
    "NaN": (0, body("return X * np.nan, W * np.inf, W[0] * np.nan")),
}

REFUSED = """
import ctypes, os, socket, subprocess, threading
def refused(work):
    try:
        work()
    except (OSError, RuntimeError):
        return True
    print("not refused")
    return False
libc = ctypes.CDLL(None, use_errno=True)
def system_call(name, *arguments):
    if getattr(libc, name)(*arguments) == -1:
        raise OSError
"""

HOSTILE = {
    # --- the judge
    "patches the comparison": (
        0,
        "for name in ('allclose', 'isclose', 'array_equal', 'array_equiv'):\n"
        "    setattr(np, name, lambda *a, **k: True)\nnp.abs = np.max = lambda *a, **k: 0",
        ZEROS,
    ),
    "arrays that equal everything": (
        0,
        "class Yes(np.ndarray):\n"
        "    def __eq__(self, other): return np.ones(self.shape, bool)\n"
        "    def __array_ufunc__(self, *a, **k): return np.zeros(self.shape)\n"
        "    def __array_function__(self, *a, **k): return True",
        body("return tuple(np.zeros(s).view(Yes) for s in (X.shape, W.shape, W.shape[1]))"),
    ),
    "says that it was lost": (
        0,
        "class Lost:\n    def __array__(self, *a, **k): return np.zeros((3, 2))",
        body("W.T @ dZ", "return Lost(), Lost(), Lost()"),
    ),
    "an object that becomes an array": (
        0,
        "class Array:\n    def __array__(self, *a, **k): return np.zeros((3, 2))",
        body("return Array(), Array(), Array()"),
    ),
    "empties the questions": (0, body("for a in (dZ, X, W): a[...] = 0", *ZEROS.splitlines()[2:])),
    "right when first asked": (
        0,
        "n = []",
        RIGHT.replace("return", "n.append(0)\n    return")
        + ZEROS[1:].replace("linear_backward", "zeros"),
        "right = linear_backward\n"
        "linear_backward = lambda *a: right(*a) if len(n) < 2 else zeros(*a)",
    ),
    "right every second time": (
        0,
        "n = []",
        body(
            "n.append(0)",
            "good = len(n) % 2",
            "return dZ @ W.T * good, X.T @ dZ * good, dZ.sum(0) * good",
        ),
    ),
    "chance beside zeros": (
        0,
        body("return np.random.random(X.shape), np.zeros_like(W), np.zeros(W.shape[1])"),
    ),
    "only where sizes agree": (
        0,
        body("assert X.shape == W.shape", "return dZ @ W, X.T @ dZ, dZ.sum(0)"),
    ),
    "the program inside replaced": (
        0,
        "import __main__, sys\nmain = sys.modules['__main__']\n"
        "main.called = lambda *a: ('returned', [1, 2, 3], [])\nmain.told = lambda *a: 'Correct'",
        ZEROS,
    ),
    "an error that cannot be told": (
        0,
        "class Odd(Exception):\n    def __str__(self): raise SystemExit\n",
        body("raise Odd"),
    ),
    "a type with an odd name": (
        0,
        "Odd = type('<b>\\n\\x1b[2J=1+1', (), {})",
        body("return Odd(), Odd(), Odd()"),
    ),
    # --- the reply
    "objects": (0, body("return [np.array([object()])] * 3")),
    "texts": (0, body("return 'right', 'right', 'right'")),
    "complex numbers": (0, body("return dZ @ W.T + 0j, X.T @ dZ + 0j, dZ.sum(0) + 0j")),
    "giant arrays": (0, body("return np.zeros((5000, 5000), bool), W, W[0]")),
    "a giant list": (0, body("return [10**17] * 60_000, W, W[0]")),
    "a list in itself": (0, body("a = []", "a.append(a)", "return a, a, a")),
    "a giant number": (0, body("return 10**5000, 10**5000, 10**5000")),
    "a pickle as the reply": (
        0,
        "import os, pickle, sys",
        "class Evil:\n    def __reduce__(self): return os.system, ('touch /tmp/evil',)",
        body("os.write(int(sys.argv[1]), pickle.dumps(Evil()) * 9)", "return X, W, W[0]"),
    ),
    "a shape that is a lie": (
        0,
        "import json, os, struct, sys\ndef send(said):\n    said = json.dumps(said).encode()\n"
        "    os.write(int(sys.argv[1]), struct.pack('<I', len(said)) + said)",
        body(
            "array = {'array': None}",
            "tree = {'tuple': ['returned', {'tuple': [array] * 3}, {'list': []}]}",
            "send([tree, [['<f8', [10**9, 10**9]]] * 3])",
        ),
    ),
    "a header without end": (
        0,
        "import os, sys",
        body("os.write(int(sys.argv[1]), b'\\xff' * 100_000)"),
    ),
    "replies before it is asked": (
        0,
        "import sys\nimport wire, os\n"
        "ready = wire.pack(('ready', True, []))\n"
        "reply = wire.pack(('returned', (np.zeros((3, 7)), np.zeros((7, 5)), np.zeros(5)), []))\n"
        "os.write(int(sys.argv[1]), ready + reply * 30)",
        ZEROS,
    ),
    "closes the channel": (0, "import os, sys\nos.close(int(sys.argv[1]))", ZEROS),
    "odd letters in its answer": (
        0,
        body("return {chr(k): X for k in (0xD800, 0x1B, *range(300))}"),
    ),
    "floods the channel": (
        0,
        "import os, sys, wire\nat = wire.pack(('at', 1, 3)) * 100\n"
        "while True:\n    os.write(int(sys.argv[1]), at)",
        ZEROS,
    ),
    # --- time and memory
    "ends Python in a cell": (6, "import os\nos._exit(0)", RIGHT),
    "ends Python in it": (0, "import os", body("os._exit(0)")),
    "crashes the parser": (6, "-" * 100_000 + "1", RIGHT),
    "a magic line without end": (6, "(" + "\n" * 100_000 + "x" * 40_000, RIGHT),
    "crashes in a cell": (6, "import ctypes\nctypes.string_at(1)", RIGHT),
    "kills itself": (6, "import os\nos.kill(os.getpid(), 9)", RIGHT),
    "kills everybody": (6, "import os\nos.kill(-1, 9)", RIGHT),
    "a loop that catches all": (
        6,
        "while True:\n    try:\n        while True: pass\n    except BaseException: pass",
        RIGHT,
    ),
    "a deaf loop in a cell": (
        6,
        "import signal\nsignal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))\nwhile True: pass",
        RIGHT,
    ),
    "a loop that hears nothing": (
        0,
        "import signal",
        body(
            "signal.setitimer(signal.ITIMER_PROF, 0)",
            "signal.setitimer(signal.ITIMER_REAL, 0)",
            "for n in range(1, 65):",
            "    if n not in (9, 19, 32, 33): signal.signal(n, signal.SIG_IGN)",
            "while True: pass",
        ),
    ),
    "fills the memory": (6, "a = []\nwhile True: a.append(np.ones(10**7))", "a = []", RIGHT),
    "prints without end": (6, "while True: print('x' * 10**6)", RIGHT),
    "a fork bomb": (6, "import os\nwhile True: os.fork()", RIGHT),
    # --- the machine
    "processes and threads": (
        6,
        REFUSED,
        "all_refused = all(map(refused, [os.fork, lambda: subprocess.run('true'),\n"
        "    lambda: system_call('vfork'), threading.Thread(target=print).start,\n"
        "    lambda: os.execv('/bin/sh', ['sh'])]))",
        SHUT_IN,
    ),
    "memory that no limit counts": (
        6,
        REFUSED,
        "all_refused = all(map(refused, [lambda: system_call('shmget', 0, 10**8, 0o1600),\n"
        "    lambda: os.memfd_create('x'), lambda: system_call('mq_open', b'/x', 66, 0o600, 0)]))",
        SHUT_IN,
    ),
    "more rights": (
        6,
        REFUSED,
        "all_refused = all(map(refused, [lambda: os.setuid(0), lambda: os.setgroups([0]),\n"
        "    lambda: system_call('unshare', 0x10000000), lambda: os.chroot('/grader'),\n"
        "    lambda: system_call('mount', b'none', b'/grader', b'tmpfs', 0, 0),\n"
        "    lambda: system_call('ptrace', 16, os.getppid(), 0, 0)])) and os.getuid() != 0",
        SHUT_IN,
    ),
    "the network": (
        6,
        REFUSED,
        "all_refused = all(map(refused, [socket.socket, socket.socketpair,\n"
        "    lambda: socket.create_connection(('127.0.0.1', 22), 1),\n"
        "    lambda: socket.create_connection(('example.org', 80), 1)]))",
        SHUT_IN,
    ),
    "files": (
        6,
        REFUSED,
        "places = ['/x', '/tmp/x', '/grader/x', '/dev/shm/x', '/var/tmp/x', os.getcwd() + '/x',\n"
        "    np.__file__, os.__file__]\n"
        "all_refused = all(refused(lambda p=p: open(p, 'a')) for p in places)\n"
        "all_refused = all_refused and all(map(refused, [lambda: open('/etc/passwd'),\n"
        "    lambda: os.listdir('/proc'), lambda: os.listdir('/dev'),\n"
        "    lambda: os.listdir('/home'), lambda: os.listdir('/etc'), lambda: os.listdir('/sys'),\n"
        "    lambda: os.symlink('/etc', '/grader/y'), lambda: os.unlink('/grader/run.py')]))",
        SHUT_IN,
    ),
    "the answers": (
        6,
        REFUSED,
        "import sys\nfound = [os.path.join(folder, file) for folder, _, files in os.walk('/')\n"
        "    for file in files if file.endswith('.py')]\n"
        "said = ''.join(open(path, errors='replace').read() for path in found\n"
        "    if '/grader/' in path and '/numpy/' not in path)\n"
        "frame, names = sys._getframe(), []\n"
        "while frame: names += [frame.f_locals.get('task')]; frame = frame.f_back\n"
        "all_refused = not any('backprop' in path for path in found) and len(found) > 500\n"
        "all_refused &= 'dZ.sum' not in said and 'geh' + 'eim' not in f'{names} {os.environ}'\n"
        "all_refused &= set(os.environ) <= {'PWD', 'OPENBLAS_NUM_THREADS', 'OMP_NUM_THREADS',\n"
        "    'PYTHONHASHSEED', 'LC_CTYPE', 'OLDPWD'}",
        SHUT_IN,
    ),
}
