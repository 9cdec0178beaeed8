"""Every picture of the book is one call here, and returns a Picture.

Each function draws what it is given: networks are drawn from their own weights, values and
gradients, so that a figure cannot disagree with the code beside it.
"""

from backprop.classroom.figures.diagrams import network_diagram
from backprop.classroom.figures.functions import function_and_slope
from backprop.classroom.figures.gates import gate_map
from backprop.classroom.figures.training import decision_regions, digits, learning_curves

__all__ = [
    "decision_regions",
    "digits",
    "function_and_slope",
    "gate_map",
    "learning_curves",
    "network_diagram",
]
