"""The catalogue of classic mistakes: each is a runnable wrong gradient of the asker's network."""

from backprop.classroom.mistakes.average import AVERAGE
from backprop.classroom.mistakes.entry import Mistake
from backprop.classroom.mistakes.gates import GATES
from backprop.classroom.mistakes.linear import BIAS, WEIGHTS
from backprop.classroom.mistakes.loss import FORWARD, LOSS
from backprop.classroom.mistakes.penalty import ANSWER, CALLS, DECAY
from backprop.classroom.mistakes.slopes import SLOPES

CATALOGUE: dict[str, Mistake] = {
    mistake.name: mistake
    for mistake in (
        *FORWARD,
        *LOSS,
        *AVERAGE,
        *BIAS,
        *WEIGHTS,
        *GATES,
        *SLOPES,
        *DECAY,
        *ANSWER,
        *CALLS,
    )
}

__all__ = ["CATALOGUE", "Mistake"]
