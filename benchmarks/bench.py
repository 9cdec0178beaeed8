"""What a training step of this package costs, as a ratio to what a reader might use instead.

usage: make bench, or python benchmarks/bench.py [--quick]

Below 1, this package is faster. All run in one process, on one thread, in float32. They take
turns, round by round, so that a ratio is between two times taken within a moment of each other;
a time is the CPU time of the process, which other work on the machine disturbs least. Even so it
does disturb: look at the spread before you believe a median. PyTorch, JAX and scikit-learn are
compared if they are installed; none of them is needed.
"""

import os

if __name__ == "__main__":  # one thread; all this is read when NumPy and JAX are loaded
    os.environ |= dict.fromkeys(["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"], "1")
    os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"

import argparse
from importlib.util import find_spec
from itertools import pairwise
from time import process_time

import numpy as np
from steps import OTHERS, this_package
from tqdm import tqdm

# name, the sizes of the layers, examples in a batch
CASES = [
    ("tiny", (2, 100, 3), 300),
    ("online", (2, 8, 3), 1),
    ("digits", (64, 128, 10), 64),
    ("mnist", (784, 128, 10), 64),
    ("wide", (784, 1024, 10), 256),
    ("deep", (784, 256, 256, 256, 256, 10), 128),
]


def start(sizes, batch):
    """Return weights, biases, X and y: the same for every implementation."""
    rng = np.random.default_rng(0)
    weights = [
        (np.sqrt(2 / i) * rng.standard_normal((i, o))).astype(np.float32)
        for i, o in pairwise(sizes)
    ]
    biases = [np.zeros(size, np.float32) for size in sizes[1:]]
    X = rng.random((batch, sizes[0]), np.float32)
    return weights, biases, X, rng.integers(sizes[-1], size=batch)


def seconds(run, repeats):
    """Return the CPU time of one run, the mean of some."""
    begin = process_time()
    for _ in range(repeats):
        run()
    return (process_time() - begin) / repeats


def times(steps, rounds, seconds_each, bar):
    """Return the seconds of a step: a row for each round, a column for each of `steps`."""
    repeats = []
    for step in steps:
        step.run()  # the first may compile
        once = min(seconds(step.run, 3) for _ in range(3))
        repeats.append(max(1, int(seconds_each / max(once, 1e-7))))
    found = []
    for _ in range(rounds):
        found.append([seconds(s.run, k) for s, k in zip(steps, repeats, strict=True)])
        bar.update()
    return np.array(found)


def table(title, names, found):
    """Return the lines that say how this package, the first column, compares with the others."""
    lines = [f"{title}: a step takes {1e3 * np.median(found[:, 0]):.3g} ms, so many times that of"]
    for name, column in zip(names, found.T[1:], strict=True):
        low, middle, high = np.percentile(found[:, 0] / column, [25, 50, 75])
        lines.append(f"  {name:22}{middle:7.2f}   half of the rounds: {low:.2f} to {high:.2f}")
    return lines


def main(arguments=None):
    """Measure every case, and print a table for each."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="few and short rounds: a first look")
    quick = parser.parse_args(arguments).quick
    rounds, seconds_each = (5, 0.002) if quick else (31, 0.02)
    there = [(name, make) for name, make, package in OTHERS if find_spec(package)]
    lines = []
    with tqdm(total=rounds * len(CASES), unit="round") as bar:
        for name, sizes, batch in CASES:
            bar.set_postfix_str(name)
            data = start(sizes, batch)
            steps = [make(*data) for make in (this_package, *(make for _, make in there))]
            found = times(steps, rounds, seconds_each, bar)
            title = f"{name}, {'-'.join(map(str, sizes))}, batch {batch}"
            lines += ["", *table(title, [name for name, _ in there], found)]
    missing = [name for name, _, package in OTHERS if not find_spec(package)]
    print("\n".join(lines))
    print("\nNot installed, so not compared:", ", ".join(missing) or "none")


if __name__ == "__main__":
    main()
