"""Calling code that nobody has checked: it may raise, hang, change its inputs, return anything."""

import ctypes
import linecache
import sys
import threading
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from backprop.arrays import Array


class _Stopped(BaseException):
    """Thrown into a call that takes too long. No `except Exception` of the code holds it up."""


class ElsewhereError(Exception):
    """Code that ran in another process raised something; the text says what, and where."""


class OutOfTimeError(Exception):
    """The code had not returned when its time was over."""


@dataclass
class Outcome:
    """What became of one call: the parts of its answer, or in words why there are none."""

    parts: dict[str, Array] = field(default_factory=dict)
    fault: str = ""
    raised: bool = False
    changed: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    skipped: bool = False


def in_time(work: Callable[[], Any], function: Callable[..., Any], seconds: float) -> Any:
    """Return what `work` returns; it runs in a thread of its own, and calls `function`.

    Raises OutOfTimeError, with the line at which it was, if it takes longer. A loop in Python is
    stopped. Code that never comes back from C, or catches everything, stays behind in a daemon
    thread, which ends with the program.
    """
    box: list[Any] = []
    thread = threading.Thread(target=lambda: _filled(box, work), daemon=True)
    thread.start()
    thread.join(seconds)
    if box:
        if isinstance(box[0], BaseException):
            raise box[0]
        return box[0]
    frame = sys._current_frames().get(thread.ident or 0)
    at = _line(function, list(traceback.extract_stack(frame))) if frame else ""
    for _ in range(10):
        if thread.is_alive():
            _throw(thread)
            thread.join(0.1)
    raise OutOfTimeError(at)


def _filled(box: list[Any], work: Callable[[], Any]) -> None:
    try:
        box.append(work())
    except _Stopped:
        pass
    except BaseException as error:
        box.append(error)


def _throw(thread: threading.Thread) -> None:
    """Raise _Stopped in a thread at its next line of Python."""
    ctypes.pythonapi.PyThreadState_SetAsyncExc(
        ctypes.c_ulong(thread.ident or 0), ctypes.py_object(_Stopped)
    )


def call(
    function: Callable[..., Any], arguments: Mapping[str, Any], names: Sequence[str]
) -> Outcome:
    """Call `function` on copies of `arguments` and read its answer, which has these names."""
    copies = {name: np.array(value) for name, value in arguments.items()}
    try:
        answer = function(*copies.values())
    except _Stopped:
        raise
    except BaseException as error:
        outcome = Outcome(fault=_where(function, error), raised=True)
    else:
        outcome = read(answer, names)
    outcome.changed = tuple(
        name for name, value in arguments.items() if not _same(copies[name], value)
    )
    return outcome


def _same(one: Array, other: Array) -> bool:
    return one.shape == other.shape and np.array_equal(one, other, equal_nan=True)


def _where(function: Callable[..., Any], error: BaseException) -> str:
    """Say what was raised, and in which line of the code that was handed in."""
    if isinstance(error, ElsewhereError):
        return str(error)
    said = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    frames = list(traceback.extract_tb(error.__traceback__)[1:])
    if not frames:
        return f"it cannot be called with these arguments: {said}"
    return said + _line(function, frames)


def _line(function: Callable[..., Any], frames: list[traceback.FrameSummary]) -> str:
    """Quote the innermost line that stands in the file of `function`."""
    code = getattr(function, "__code__", None)
    own = [frame for frame in frames if code and frame.filename == code.co_filename] or frames
    line = linecache.getline(own[-1].filename, own[-1].lineno or 0).strip()
    quoted = f":\n    {line}" if line else ""
    return f", in line {own[-1].lineno} ({own[-1].name}){quoted}"


def read(answer: Any, names: Sequence[str]) -> Outcome:
    """Return the parts of an answer by name, whatever their names, or say why it has none."""
    wanted = ", ".join(names)
    if answer is None:
        return Outcome(fault=f"it returns None; is there a `return {wanted}` at its end?")
    if isinstance(answer, Mapping):
        missing = [name for name in names if name not in answer]
        if missing:
            return Outcome(
                fault=f"it returns a dict with the keys {', '.join(map(str, answer)) or 'none'}; "
                f"{', '.join(missing)} {'is' if len(missing) == 1 else 'are'} missing"
            )
        values = [answer[name] for name in names]
    elif len(names) == 1:
        alone = isinstance(answer, tuple) and len(answer) == 1
        values = [answer[0] if alone else answer]
    elif isinstance(answer, tuple | list):
        values = list(answer)
    else:
        return Outcome(
            fault=f"it returns {_kind(answer)}; the {len(names)} arrays {wanted}, as "
            "a tuple or a dict, are wanted"
        )
    if len(values) != len(names):
        return Outcome(fault=f"it returns {len(values)} things; {len(names)} are wanted: {wanted}")
    return _parts(dict(zip(names, values, strict=True)))


def _kind(value: Any) -> str:
    if isinstance(value, np.ndarray):
        return f"one array of shape {value.shape}"
    return f"{type(value).__name__}"


def _parts(values: Mapping[str, Any]) -> Outcome:
    """Turn what should be arrays into arrays of floats, or say which one can't be."""
    outcome = Outcome()
    for name, value in values.items():
        if value is None:
            return Outcome(fault=f"{name} is None; an array is wanted")
        try:
            array = np.asarray(value)
        except Exception as error:  # whatever an object's own __array__ may raise
            return Outcome(fault=f"{name} cannot be made an array: {error}")
        if array.dtype.kind not in "biuf":
            return Outcome(fault=f"{name} holds {array.dtype} values; real numbers are wanted")
        if isinstance(value, list | tuple):
            outcome.notes += (f"{name} is a {type(value).__name__}. It was read as an array.",)
        outcome.parts[name] = array.astype(float)
    return outcome
