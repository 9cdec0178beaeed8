"""How two processes that do not trust each other exchange arrays.

A message is a length, a header in JSON, and the bytes of the arrays one after the other. The
header says what the arrays are, and is looked at before a byte of them is read: no pickle, no
type but plain numbers, no more of them than was agreed. What is neither a number, a text, an
array nor a list, tuple or dict of these arrives as the name of its type. This file stands inside
and outside of the sandbox, and imports nothing of the package.
"""

import json
import struct
from collections.abc import Callable, Iterator
from math import prod
from typing import Any

import numpy as np

LENGTH = struct.Struct("<I")
HEADER = 1 << 20  # bytes of a header at most
ENTRIES = 1 << 18  # of all arrays of a message together, at most
DEPTH = 20  # of lists in lists, and of dimensions
NUMBERS = {np.dtype(kind).str for kind in "?bhilqBHILQefdFD"}  # as this machine writes them


class WireError(Exception):
    """What came, or what was to be sent, is no message."""


class Other:
    """Stands for a value that cannot be sent. Its type has the name of the value's own type."""


def pack(value: Any) -> bytes:
    """Return the message that says this value."""
    arrays: list[np.ndarray] = []
    tree = _planted(value, arrays, DEPTH)
    if sum(array.size for array in arrays) > ENTRIES:
        raise WireError(f"it has more than {ENTRIES} entries")
    kinds = [[array.dtype.str, list(array.shape)] for array in arrays]
    header = json.dumps([tree, kinds]).encode()
    if len(header) > HEADER:
        raise WireError("its lists and texts are too long")
    return b"".join([LENGTH.pack(len(header)), header, *(array.tobytes() for array in arrays)])


def unpack(read: Callable[[int], bytes]) -> Any:
    """Return the value of the next message; `read(n)` returns the next n bytes of the stream."""
    (length,) = LENGTH.unpack(read(LENGTH.size))
    if length > HEADER:
        raise WireError(f"a header of {length} bytes; at most {HEADER} are wanted")
    try:
        tree, kinds = json.loads(read(length))
        if sum(_entries(*kind) for kind in kinds) > ENTRIES:
            raise WireError(f"more than {ENTRIES} entries")
        arrays = iter([_filled(read, *kind) for kind in kinds])
        value = _grown(tree, arrays, DEPTH)
    except (ValueError, TypeError, StopIteration, RecursionError) as error:
        raise WireError(f"not a message: {error}") from None
    if next(arrays, None) is not None:
        raise WireError("not a message: an array without a place")
    return value


def _entries(kind: Any, shape: Any) -> int:
    """Return how many entries such an array has, if it is one that may be sent."""
    if kind not in NUMBERS or len(shape) > DEPTH:
        raise ValueError("an array that is none of numbers")
    if not all(type(length) is int and 0 <= length <= ENTRIES for length in shape):
        raise ValueError("a shape that is none")
    return prod(shape)


def _filled(read: Callable[[int], bytes], kind: str, shape: list[int]) -> np.ndarray:
    size = np.dtype(kind).itemsize * prod(shape)
    return np.frombuffer(bytearray(read(size)), kind).reshape(shape)


def _planted(value: Any, arrays: list[np.ndarray], depth: int) -> Any:
    """Return a value as JSON can say it; its arrays are put aside, in order."""
    if depth == 0:
        raise WireError("it has lists in lists without end")
    if getattr(value, "lost", False) is True:  # an array that could not be filled
        return {"other": "Lost"}
    if isinstance(value, np.ndarray | np.generic):
        return _put_aside(np.asarray(value), arrays)
    if value is None or isinstance(value, bool | float | str):
        return value
    if isinstance(value, int) and abs(value) < 1 << 63:
        return value
    if isinstance(value, dict):
        pairs = [[str(key), _planted(item, arrays, depth - 1)] for key, item in value.items()]
        return {"dict": pairs}
    if isinstance(value, list | tuple):
        name = "tuple" if isinstance(value, tuple) else "list"
        return {name: [_planted(item, arrays, depth - 1) for item in value]}
    return {"other": type(value).__name__}


def _put_aside(array: np.ndarray, arrays: list[np.ndarray]) -> dict[str, Any]:
    plain = array.dtype.newbyteorder("=")
    if plain.str not in NUMBERS:
        objects = array.flat if array.dtype == object else ()
        lost = any(getattr(one, "lost", False) is True for one in objects)
        return {"other": "Lost"} if lost else {"strange": str(array.dtype)}
    arrays.append(array.astype(plain, copy=False))
    return {"array": None}


def _grown(tree: Any, arrays: Iterator[np.ndarray], depth: int) -> Any:
    """Return the value that JSON said, each array once and in its place."""
    if depth == 0:
        raise ValueError("lists in lists without end")
    if tree is None or isinstance(tree, bool | int | float | str):
        return tree
    ((name, said),) = tree.items() if isinstance(tree, dict) else [("", tree)]
    if name == "array":
        return next(arrays)
    if name == "strange":
        return np.array(None, dtype=object)
    if name == "dict":
        return {str(key): _grown(item, arrays, depth - 1) for key, item in said}
    if name in ("list", "tuple"):
        items = [_grown(item, arrays, depth - 1) for item in said]
        return tuple(items) if name == "tuple" else items
    if name == "other":
        plain = "".join(filter(str.isalnum, str(said)))[:50]
        return type(plain or "object", (Other,), {})()
    raise ValueError("a kind of value that is none")
