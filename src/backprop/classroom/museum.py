"""What becomes of a network that learns by somebody else's gradient, right or wrong.

Whatever the gradient, everything around it is the same: the digits, the starting weights, the
order of the examples and the learning rate. So two runs with one seed differ by the gradient alone.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

import numpy as np
import numpy.typing as npt

from backprop.arrays import Array, Labels, NotFiniteError
from backprop.classroom.display import Table
from backprop.classroom.mistakes import CATALOGUE, Mistake, program
from backprop.classroom.mistakes.program import PARTS
from backprop.datasets import load_digits
from backprop.gradcheck import relative_error
from backprop.layers import Linear, ReLU
from backprop.network import Network
from backprop.training import evaluate

# (X, y, W1, b1, W2, b2) -> (dW1, db1, dW2, db2), or a dict with these names
Gradients = Sequence[npt.ArrayLike] | Mapping[str, npt.ArrayLike]
Backward = Callable[[Array, Labels, Array, Array, Array, Array], Gradients]

UNITS = 40
EPOCHS = 6
BATCH = 32
LEARNING_RATE = 0.25
EVERY = 10  # steps between two looks
SAME = 1e-9  # a relative error that is rounding
SEEN = 100  # training examples that a look is at: few, so that looking costs little


@dataclass
class Run:
    """What was seen on the way, one entry a look, and at the end.

    `right` counts held-out digits, of 500. A run that meets NaN or infinity ends there, `diverged`,
    and gets none right.
    """

    steps: list[int] = field(default_factory=list)
    loss: list[float] = field(default_factory=list)  # over the first SEEN training examples
    shut: list[float] = field(default_factory=list)  # share of the gates, for the same
    dead: int = 0  # units shut for every training example, in the end
    right: int = 0
    diverged: bool = False


def right_gradient(
    X: Array, y: Labels, W1: Array, b1: Array, W2: Array, b2: Array
) -> tuple[Array, ...]:
    """Return dW1, db1, dW2, db2 by the program in which the mistakes are wrong lines."""
    arrays: program.Values = {"X": X, "W1": W1, "b1": b1, "W2": W2, "b2": b2}
    found = program.run(program.setting(ReLU(), y, len(b2)) | arrays)
    return tuple(found[name] for name in PARTS)


def fresh_network(rng: np.random.Generator) -> Network:
    """Return the network that every run starts from, 64 inputs, 40 units, 10 classes."""
    return Network([Linear(64, UNITS, rng=rng), ReLU(), Linear(UNITS, 10, rng=rng)])


def learn(backward: Backward = right_gradient, seed: int = 0) -> Run:
    """Train on the digits by the gradients that `backward` returns, and say what was seen.

    It gets copies of the parameters, so that nothing but the step changes the network. The step is
    `W -= learning_rate * dW`, and what does not fit there raises what NumPy says.
    """
    digits = load_digits()
    X, y = digits.X_train, digits.y_train
    rng = np.random.default_rng(seed)
    network = fresh_network(rng)
    run = Run()
    try:
        for step, batch in enumerate(_batches(len(X), rng)):
            if step % EVERY == 0:
                _look(run, step, network, X[:SEEN], y[:SEEN])
            with np.errstate(all="ignore"):  # the next look ends the run
                _descend(network, backward(X[batch], y[batch], *copies(network)))
        _look(run, step + 1, network, X[:SEEN], y[:SEEN])
        run.right = int((network.predict(digits.X_test) == digits.y_test).sum())
        network.forward(X)
        run.dead = int((~network.layers[1].gate).all(axis=0).sum())
    except NotFiniteError:
        run.diverged = True
    return run


def exhibits() -> list[Mistake]:
    """Return the mistakes of the catalogue that are wrong lines of a ReLU network."""
    return [
        mistake
        for mistake in CATALOGUE.values()
        if mistake.lines and mistake.applies(ReLU()) and not mistake.alone
    ]


def as_code(mistake: Mistake) -> Backward:
    """Return the wrong gradient as the code of somebody who trains with the museum's settings."""
    return partial(mistake.gradient, learning_rate=LEARNING_RATE)


def visit(mistakes: Iterable[Mistake], seed: int = 0) -> tuple[dict[str, Run], dict[str, str]]:
    """Train by each mistake; return the runs, and what NumPy said to those that cannot run."""
    runs, refused = {}, {}
    for mistake in mistakes:
        try:
            runs[mistake.name] = learn(as_code(mistake), seed)
        except (ValueError, KeyError) as error:
            refused[mistake.name] = str(error)
    return runs, refused


QUESTIONS = ("shapes", "db2 adds up to 0", "every example twice", "shut unit")
NONE = "none of the four"


def first_objection(backward: Backward) -> str:
    """Return which of the four questions of the chapter first finds this gradient out, or NONE.

    They are put to a network of which every size differs, and whose third unit is shut throughout.
    """
    rng = np.random.default_rng(0)
    X, y = rng.standard_normal((5, 4)), np.array([0, 2, 1, 1, 2])
    parameters = [rng.standard_normal(shape) for shape in ((4, 6), 6, (6, 3), 3)]
    parameters[1][2] = -20
    try:
        once = gradients_at(backward, X, y, parameters)
    except (ValueError, KeyError):
        return QUESTIONS[0]
    if abs(once[3].sum()) > SAME:
        return QUESTIONS[1]
    if differ(once, gradients_at(backward, np.vstack([X, X]), np.hstack([y, y]), parameters)):
        return QUESTIONS[2]
    return QUESTIONS[3] if once[0][:, 2].any() or once[1][2] else NONE


def gradients_at(
    backward: Backward, X: Array, y: Labels, parameters: Sequence[Array]
) -> list[Array]:
    """Return dW1, db1, dW2, db2 in the shapes of the parameters; one number fits any shape."""
    found = _parts(backward(X, y, *parameters))
    return [np.broadcast_to(a, b.shape) for a, b in zip(found, parameters, strict=True)]


def differ(one: Sequence[Array], other: Sequence[Array]) -> bool:
    """Say whether two gradients differ by more than rounding."""
    return any(relative_error(a, b) > SAME for a, b in zip(one, other, strict=True))


def catalogue(runs: Mapping[str, Run]) -> Table:
    """Tabulate all exhibits: the wrong line, the right one, and what the network reads."""
    rows = [[m.name, _code(m.line), _code(m.right), _read(runs, m.name)] for m in exhibits()]
    return Table(["mistake", "wrong line", "right line", "right of 500"], rows)


def fates(runs: Mapping[str, Run], cosines: Mapping[str, float], right: Run, *names: str) -> Table:
    """Tabulate how the runs by these mistakes ended, below the one by the right gradient."""
    rows = [["(right)", str(right.right), right.dead, "1.00"]]
    rows += [[k, _read(runs, k), runs[k].dead, f"{cosines[k]:.2f}"] for k in names]
    return Table(["mistake", "right of 500", f"dead of {UNITS}", "cosine"], rows)


def _read(runs: Mapping[str, Run], name: str) -> str:
    """Write the count of a run; below 100 the exact one depends on the last digit of a rounding."""
    if name not in runs:
        return "refused"
    return str(runs[name].right) if runs[name].right >= 100 else "under 100"


def _code(lines: str) -> str:
    return "; ".join(f"`{line}`" for line in lines.splitlines())


def copies(network: Network) -> list[Array]:
    """Return copies of W1, b1, W2, b2."""
    return [array.copy() for array in network.parameters.values()]


def cosine(found: Gradients, right: Sequence[Array]) -> float:
    """Return the cosine of the angle between two gradients, each seen as one long arrow.

    1 is the same direction, 0 a right angle, -1 the opposite one; 0 also where one has no length.
    """
    fitted = [np.broadcast_to(a, b.shape) for a, b in zip(_parts(found), right, strict=True)]
    u, v = (np.concatenate([np.ravel(array) for array in arrays]) for arrays in (fitted, right))
    length = float(np.linalg.norm(u) * np.linalg.norm(v))
    return float(u @ v) / length if length else 0.0


def _parts(found: Gradients) -> list[npt.ArrayLike]:
    return [found[name] for name in PARTS] if isinstance(found, Mapping) else list(found)


def _batches(examples: int, rng: np.random.Generator) -> Iterator[npt.NDArray[np.intp]]:
    """Give the mini-batches of all epochs, one after another."""
    for _ in range(EPOCHS):
        order = rng.permutation(examples)
        yield from (order[start : start + BATCH] for start in range(0, examples, BATCH))


def _descend(network: Network, found: Gradients) -> None:
    for parameter, gradient in zip(network.parameters.values(), _parts(found), strict=True):
        parameter -= LEARNING_RATE * np.asarray(gradient)


def _look(run: Run, step: int, network: Network, X: Array, y: Labels) -> None:
    loss, _ = evaluate(network, X, y)
    run.steps.append(step)
    run.loss.append(loss)
    run.shut.append(float(1 - network.layers[1].gate.mean()))
