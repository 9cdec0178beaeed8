"""The ledger: every numbered equation of the book is executed, and proved to be checkable.

What an equation is compared with is said in tests/ledger/checks.py.
"""

import inspect
import re
import warnings
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from ledger.checks import WrongError, check, new_value, readers, sides
from ledger.mutants import mutants
from ledger.reading import equations, pages, parse, unnumbered
from ledger.values import MeaninglessError

from backprop import Layer, SoftmaxCrossEntropy

# Equations that cannot be executed, each with the reason; the page on the ledger prints this list.
NOT_EXECUTED: dict[str, str] = {}

SOURCE = Path(__file__).parent.parent / "src"


@contextmanager
def no_warnings():
    """A mutant may take the logarithm of a negative number: that is its fault, not a warning."""
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


@pytest.fixture(autouse=True)
def _quiet():
    with no_warnings():
        yield


def test_every_display_is_numbered():
    how = "an equation is $$, the formula and $$ (eq-name), each on lines of its own"
    assert not unnumbered(), f"{how}; not so {unnumbered()}"


@pytest.mark.parametrize("label", sorted(equations()))
def test_every_equation_holds(label):
    if label not in NOT_EXECUTED:
        assert check(label)


@pytest.fixture(scope="module")
def fates():
    """What became of every mutant: wrong, meaningless, equal in value, or unnoticed."""
    with no_warnings():
        return [
            (label, what, fate(label, mutant), mutant)
            for label in sorted(set(equations()) - set(NOT_EXECUTED))
            for what, mutant in mutants(parse(equations()[label]))
        ]


def fate(label, mutant):
    try:
        check(label, mutant)
    except WrongError:
        return "wrong"
    except MeaninglessError:
        return "meaningless"
    return "equal" if same_value(label, parse(equations()[label]), mutant) else "unnoticed"


def test_every_mutant_that_changes_a_value_is_caught(fates):
    assert not [(label, what, str(m)) for label, what, found, m in fates if found == "unnoticed"]


def same_value(label, original, mutant):
    """Return whether a mutant is worth the same as the original in every world, side by side."""
    if original.data == "assignment":
        return all(
            np.array_equal(new_value(world, original), new_value(world, mutant))
            for world in readers(label, original)
        )
    return all(
        np.allclose(one, other, rtol=1e-9, atol=1e-12, equal_nan=True)
        for world in readers(label, original)
        for one, other in zip(sides(world, original), sides(world, mutant), strict=True)
    )


@pytest.mark.parametrize(
    ("label", "wrong"),
    [
        ("eq-loss-one", r"\ell = -\log \max_k p_k"),
        ("eq-dz-one", r"\frac{\partial \ell}{\partial z_k} = p_k - [k = 4]"),
        ("eq-dZ2", r"dZ_2 = \frac{P - Y}{5}"),
        ("eq-dW1", r"dW_1 = X^\top (dA_1 \odot [Z_1 \geq 0])"),
        ("eq-db1", r"db_{1,j} = \sum_{i} dA_{1,ij} [Z_{1,ij} \geq 0]"),
        ("eq-relative-error", r"r = \frac{\max_k ||a_k| - |n_k||}{\max_k \max(|a_k|, |n_k|)}"),
        ("eq-subgradient", r"\operatorname{relu}(u) \geq \operatorname{relu}(0) + g^2 u"),
        ("eq-subgradient", r"\operatorname{relu}(u) \geq g \operatorname{relu}(u)"),
        ("eq-sgd", r"W \leftarrow \log W - \eta dW"),
        ("eq-sgd", r"W \leftarrow W - 1.04 \eta dW"),
        ("eq-central", r"\frac{\partial L}{\partial u} \approx \frac{\log (0 - h)}{h}"),
        ("eq-central-error", r"f'(u) \approx f'(u) + \frac{h^2}{6} (2u - f'(u))"),
        ("eq-softmax-one", r"p_k = \frac{e^{z_k - c}}{z_k - z_k}"),
        ("eq-best-step", r"\frac{\partial E}{\partial h} = 12 \epsilon - \frac{\epsilon}{h^2}"),
        ("eq-max-e", r"m(z) = \max(0.25, z)"),
    ],
)
def test_what_is_right_by_coincidence_only_is_caught(label, wrong):
    with pytest.raises((WrongError, MeaninglessError)):
        check(label, parse(wrong))


def test_every_equation_that_the_code_names_is_executed():
    for path in sorted(SOURCE.rglob("*.py")):
        for label in re.findall(r"\beq-[\w-]+", path.read_text(encoding="utf-8")):
            assert label in equations(), f"{path.name} names {label}, which no page defines"
            assert label not in NOT_EXECUTED, f"{path.name} rests on {label}, which nobody executes"


BACKWARDS = [
    kind.backward
    for kind in (*Layer.__subclasses__(), SoftmaxCrossEntropy)
    if kind.__module__.startswith("backprop.")
]


@pytest.mark.parametrize("backward", BACKWARDS, ids=lambda function: function.__qualname__)
def test_every_line_of_a_backward_pass_names_its_equation(backward):
    for line in inspect.getsource(backward).splitlines():
        if re.match(r"\s+(self\.d\w+ = |return )", line):
            assert "# eq-" in line, f"no equation is named in {line.strip()!r}"


def test_the_page_on_the_ledger_counts_right(fates):
    caught = sum(found != "equal" for *_, found, _ in fates)
    differ = sum(found == "wrong" for *_, found, _ in fates)
    counts = [
        f"{len(equations())} numbered equations",
        f"{len(equations()) - len(NOT_EXECUTED)} are executed",
        f"{len(unnumbered())} displayed equations without a number",
        f"{len(fates):,} broken equations",
        f"{caught:,} of them are caught",
        f"{differ} because a value is wrong",
        f"{caught - differ} because they have no value",
        f"{len(fates) - caught} are worth the same",
    ]
    text = " ".join(pages()["ledger"].split())
    missing = [count for count in counts if count not in text]
    assert not missing, f"ledger.md should say: {missing}"
    for label, reason in NOT_EXECUTED.items():
        assert f"{{eq}}`{label}`" in text, f"ledger.md should list {label}: {reason}"
