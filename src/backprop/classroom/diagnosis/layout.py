"""Rows or columns: the same network, with examples as rows or as columns, and its lines as text."""

import ast
from collections.abc import Mapping
from typing import Any

import numpy as np

from backprop.arrays import Array
from backprop.classroom.mistakes.program import Line, text

BIASES = ("b1", "b2", "db1", "db2")
LAYOUTS = ("rows", "columns")


def hand_over(name: str, value: Any, layout: str) -> Any:
    """Return an argument as the layout has it: in columns transposed, b as (H, 1)."""
    if layout == "rows" or np.ndim(value) == 0:
        return value
    return value[:, None] if name in BIASES else np.transpose(value)


def take_back(name: str, value: Array, layout: str) -> Array:
    """Return a gradient in rows. A bias's may be flat, or one row, or in columns one column."""
    if name in BIASES:
        long = 0 if layout == "columns" else 1
        if value.ndim == 2 and value.shape[1 - long] == 1:
            return value.reshape(-1) if value.size > 1 else value.reshape(())
    return value.T if layout == "columns" and value.ndim == 2 else value


def is_row(name: str, value: Array) -> bool:
    """Say whether a bias's gradient is one row of a matrix, and not flat."""
    return name in BIASES and value.ndim == 2 and len(value) == 1


def written(line: Line, layout: str, names: Mapping[str, str]) -> str:
    """Return the source of a line in this layout, with other names for some of its letters."""
    tree = turned(ast.parse(text(line), mode="eval").body, layout)
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            node.id = names.get(node.id, node.id)
    return ast.unparse(tree)


def turned(tree: ast.expr, layout: str) -> ast.expr:
    """Return an expression for rows as it stands in this layout."""
    return tree if layout == "rows" else _Turned().visit(tree)


class _Turned(ast.NodeTransformer):
    """Rewrite an expression for arrays that are all transposed: A.T @ B becomes B @ A.T."""

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        self.generic_visit(node)
        if isinstance(node.op, ast.MatMult):
            node.left, node.right = node.right, node.left
        return node

    def visit_keyword(self, node: ast.keyword) -> ast.AST:
        self.generic_visit(node)
        if node.arg == "axis" and isinstance(node.value, ast.Constant):
            node.value = ast.Constant(1 - node.value.value)
        return node
