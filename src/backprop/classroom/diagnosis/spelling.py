"""A line of the program as a learner would write it, with nothing that only the program has.

The program has steps that stand within another line on paper, such as P - Y within dZ2, and calls
the activation by a letter. Here they are put in where they are read.
"""

import ast
from collections.abc import Mapping
from copy import deepcopy

from backprop.classroom.diagnosis.layout import turned
from backprop.classroom.mistakes.program import RIGHT, Line, text
from backprop.layers import Layer, LeakyReLU, ReLU, Sigmoid, Tanh

WITHIN = {"error": "dZ2", "slope": "dZ1"}  # a step, and the line in which it is written
# The value and the slope of each activation, where Z is what it is given.
ACTIVATIONS: dict[type[Layer], tuple[str, str]] = {
    ReLU: ("np.maximum(0, Z)", "Z > 0"),
    LeakyReLU: ("np.where(Z > 0, Z, alpha * Z)", "np.where(Z > 0, 1, alpha)"),
    Sigmoid: ("sigmoid(Z)", "sigmoid(Z) * (1 - sigmoid(Z))"),
    Tanh: ("np.tanh(Z)", "1 - np.tanh(Z) ** 2"),
}
OTHER = ("activation(Z)", "activation_slope(Z)")


def spelled(
    step: str,
    line: Line,
    activation: Layer,
    layout: str,
    letters: Mapping[str, str],
    *,
    decays: bool = False,
) -> str:
    """Return a line of the program, right or wrong, as a line of code in these letters.

    `decays` says whether there is a weight decay; where there is none, nothing is added for it.
    """
    host = WITHIN.get(step, step)
    tree = _parsed(text(line))
    if host != step:
        tree = _Instead({step: tree}).visit(_parsed(text(RIGHT[host])))
    tree = _Instead({name: _parsed(text(RIGHT[name])) for name in WITHIN}).visit(tree)
    tree = _Plain(activation, decays).visit(tree)
    tree = turned(tree, layout)
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            node.id = letters.get(node.id, node.id)
    if step == "answer" and isinstance(tree, ast.Tuple):
        return "return " + ", ".join(map(ast.unparse, tree.elts))
    return f"{letters.get(host, host)} = {ast.unparse(tree)}"


def _parsed(source: str) -> ast.expr:
    return ast.parse(source, mode="eval").body


class _Instead(ast.NodeTransformer):
    """Put expressions in the place of names."""

    def __init__(self, instead: Mapping[str, ast.expr]) -> None:
        self.instead = instead

    def visit_Name(self, node: ast.Name) -> ast.AST:
        return deepcopy(self.instead.get(node.id, node))


class _Plain(ast.NodeTransformer):
    """Write out what the program calls by a name of its own: activations, slopes, weight decay."""

    def __init__(self, activation: Layer, decays: bool) -> None:
        value, slope = ACTIVATIONS.get(type(activation), OTHER)
        self.calls = {
            "f": value,
            "f_slope": slope,
            "relu_slope": ACTIVATIONS[ReLU][1],
            "is_open": ACTIVATIONS[ReLU][1],
            "Sigmoid().forward": ACTIVATIONS[Sigmoid][0],
        }
        self.is_tanh = isinstance(activation, Tanh)
        self.alpha = getattr(activation, "slope", None)
        self.decays = decays

    def visit_Call(self, node: ast.Call) -> ast.AST:
        called = ast.unparse(node.func)
        argument = node.args[0] if node.args else None
        self.generic_visit(node)
        if called not in self.calls or argument is None:
            return node
        within = _Instead({"Z": node.args[0], "alpha": self.visit_Name(ast.Name("alpha"))})
        return within.visit(_parsed(self.calls[called]))

    def visit_Name(self, node: ast.Name) -> ast.expr:
        is_known = node.id == "alpha" and self.alpha is not None
        return ast.Constant(self.alpha) if is_known else node

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        self.generic_visit(node)
        added = node.right.id if isinstance(node.right, ast.Name) else ""
        return node.left if added.startswith("decay") and not self.decays else node

    def visit_IfExp(self, node: ast.IfExp) -> ast.AST:
        """Take the side of a line that has one formula for tanh and another for sigmoid."""
        return self.visit(node.body if self.is_tanh else node.orelse)
