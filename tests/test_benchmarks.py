"""The benchmark compares like with like, and prints what it should. No time is tested."""

import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.append(str(Path(__file__).parent.parent / "benchmarks"))

import bench
import steps


@pytest.fixture(autouse=True)
def one_small_case(monkeypatch):
    monkeypatch.setattr(bench, "CASES", [("small", (4, 6, 3), 8)])


@pytest.mark.parametrize("sizes", [(4, 6, 3), (5, 7, 6, 3)], ids=str)
@pytest.mark.parametrize(
    ("make", "package"), [(make, package) for _, make, package in steps.OTHERS[1:]]
)
def test_every_implementation_computes_the_same(make, package, sizes):
    pytest.importorskip(package)
    data = bench.start(sizes, 8)
    before = [array.copy() for array in (*data[0], *data[1])]
    mine, other = steps.this_package(*data), make(*data)
    for _ in range(5):
        mine.run()
        other.run()
    for one, two in zip(mine.parameters(), other.parameters(), strict=True):
        np.testing.assert_allclose(one, two, rtol=1e-4, atol=1e-6)
    assert all(map(np.array_equal, (*data[0], *data[1]), before))
    assert not np.allclose(mine.parameters()[0], data[0][0], atol=1e-3)


def test_the_bare_products_are_those_of_a_step(monkeypatch):
    found = []
    product = np.matmul
    monkeypatch.setattr(
        np,
        "matmul",
        lambda a, b, out: found.append((*a.shape, b.shape[1])) or product(a, b, out=out),
    )
    steps.products(*bench.start((4, 6, 3), 8)).run()
    assert found == [(8, 4, 6), (8, 6, 3), (6, 8, 3), (8, 3, 6), (4, 8, 6)]


def test_the_table_has_a_row_for_each_that_is_installed(capsys, monkeypatch):
    monkeypatch.setattr(bench, "find_spec", lambda package: package == "numpy")
    bench.main(["--quick"])
    title, products, textbook = capsys.readouterr().out.split("\n\n")[0].split("\n")[1:]
    assert title.startswith("small, 4-6-3, batch 8: a step takes ")
    assert products.startswith("  bare matrix products")
    assert textbook.startswith("  textbook NumPy")


def test_what_is_missing_is_said(capsys, monkeypatch):
    monkeypatch.setattr(bench, "find_spec", lambda package: package == "numpy")
    bench.main(["--quick"])
    missing = "Not installed, so not compared: PyTorch, compiled JAX, scikit-learn\n"
    assert capsys.readouterr().out.endswith(missing)


def test_ratios_are_of_times_taken_in_the_same_round():
    found = np.array([[2.0, 1.0], [40.0, 10.0], [6.0, 2.0]])
    assert bench.table("t", ["other"], found)[1].split() == (
        ["other", "3.00", "half", "of", "the", "rounds:", "2.50", "to", "3.50"]
    )
