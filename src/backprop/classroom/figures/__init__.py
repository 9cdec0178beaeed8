"""Every picture of the book is one call here, and returns a Picture.

Each function draws what it is given: networks are drawn from their own weights, values and
gradients, so that a figure cannot disagree with the code beside it.
"""

try:
    import matplotlib as matplotlib
except ModuleNotFoundError as error:
    if error.name != "matplotlib":
        raise
    raise ModuleNotFoundError(
        "the figures need Matplotlib, which is not here; in the folder of this package "
        '`pip install ".[figures]"` installs it, with all that figures need',
        name=error.name,
    ) from None

from backprop.classroom.figures.comparison import runs_compared
from backprop.classroom.figures.costs import time_shares
from backprop.classroom.figures.dead import dead_shares, open_shares, ways_out
from backprop.classroom.figures.depth import open_paths, sizes_by_layer
from backprop.classroom.figures.diagrams import network_diagram
from backprop.classroom.figures.differences import error_curves, two_differences
from backprop.classroom.figures.forward import along_one_input, batch_tables
from backprop.classroom.figures.functions import function_and_slope, point_and_slope
from backprop.classroom.figures.gates import gate_map, gates_of_one
from backprop.classroom.figures.kinks import functions_and_slopes, subgradients
from backprop.classroom.figures.linear import entries_that_meet
from backprop.classroom.figures.mistakes import beside_the_right, ranked_runs
from backprop.classroom.figures.slopes import fork, loss_and_tangent
from backprop.classroom.figures.softmax import losses_by_gap, softmax_jacobian
from backprop.classroom.figures.steps import one_step
from backprop.classroom.figures.tapes import tape_lines
from backprop.classroom.figures.training import (
    decision_regions,
    digits,
    learning_curves,
    training_so_far,
)

__all__ = [
    "along_one_input",
    "batch_tables",
    "beside_the_right",
    "dead_shares",
    "decision_regions",
    "digits",
    "entries_that_meet",
    "error_curves",
    "fork",
    "function_and_slope",
    "functions_and_slopes",
    "gate_map",
    "gates_of_one",
    "learning_curves",
    "loss_and_tangent",
    "losses_by_gap",
    "network_diagram",
    "one_step",
    "open_paths",
    "open_shares",
    "point_and_slope",
    "ranked_runs",
    "runs_compared",
    "sizes_by_layer",
    "softmax_jacobian",
    "subgradients",
    "tape_lines",
    "time_shares",
    "training_so_far",
    "two_differences",
    "ways_out",
]
