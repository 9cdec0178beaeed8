"""Calling code that nobody has checked: it may raise, hang, change its inputs, return anything."""

import ctypes
import linecache
import sys
import sysconfig
import threading
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from backprop.arrays import Array
from backprop.classroom.grade.inside.lenient import Lenient, Lost, always

# Where code stands that is nobody's answer: Python's own, installed packages, and this one.
LIBRARIES = (
    *(sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")),
    str(Path(np.__file__).parent),
    str(Path(__file__).parents[2]),
    "<frozen ",
)

UNWRITTEN = "not written yet"
HANGS = "hangs on the line that raises"


class _Stopped(BaseException):
    """Thrown into a call that takes too long. No `except Exception` of the code holds it up."""


class ElsewhereError(Exception):
    """Code that ran in another process raised something; the text says what, and where."""


class OutOfTimeError(Exception):
    """The code had not returned when its time was over."""


@dataclass
class Outcome:
    """What became of one call: the parts of its answer, and in words why others are missing.

    `fault` says why there is no part at all. `rest` is what can still be read where a product in
    the code does not fit: all that does not hang on it.
    """

    parts: dict[str, Array] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)
    fault: str = ""
    raised: bool = False
    changed: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    skipped: bool = False
    rest: "Outcome | None" = None


def in_time(work: Callable[[], Any], seconds: float) -> Any:
    """Return what `work` returns; it runs in a thread of its own.

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
    at = _line(list(traceback.extract_stack(frame))) if frame else ""
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
        with np.errstate(all="ignore"):  # what matters is seen in the numbers, and told
            outcome = read(function(*copies.values()), names)  # may raise when it is read
    except _Stopped:
        raise
    except BaseException as error:
        outcome = Outcome(fault=_where(error), raised=True)
    outcome.changed = _changed(arguments, list(copies.values()))
    if outcome.raised and len(names) > 1:
        outcome.rest = _rest(function, arguments, names)
    if outcome.rest:
        outcome.changed = tuple(dict.fromkeys(outcome.changed + outcome.rest.changed))
    return outcome


def _changed(arguments: Mapping[str, Any], copies: Sequence[Array]) -> tuple[str, ...]:
    """Return the names of the arguments that a call has changed."""
    pairs = zip(arguments.items(), copies, strict=True)
    return tuple(name for (name, value), copy in pairs if not _same(np.asarray(copy), value))


def _rest(
    function: Callable[..., Any], arguments: Mapping[str, Any], names: Sequence[str]
) -> Outcome | None:
    """Call with arrays that forgive what does not fit; None if that gives no part.

    Where Python has to decide on what is lost, it goes one way in one call and the other way in
    another, and a part that comes out different hangs on it.
    """
    outcomes = []
    for truth in (False, True):
        copies = [np.array(value).view(Lenient) for value in arguments.values()]
        always(truth)
        try:
            with np.errstate(all="ignore"):
                outcome = read(function(*copies), names)
            outcomes.append(replace(outcome, changed=_changed(arguments, copies)))
        except _Stopped:
            raise
        except BaseException:
            return None
    return _in_common(*outcomes, names)


def _in_common(one: Outcome, other: Outcome, names: Sequence[str]) -> Outcome | None:
    """Return what two outcomes agree on; the rest hangs on the line that raises."""
    found = one.parts | other.parts
    lost = [name for name in names if name in found and not _agree(name, one, other)]
    parts = {name: value for name, value in one.parts.items() if name not in lost}
    why = one.missing | {name: f"{name} {HANGS}" for name in lost}
    missing = {name: why[name] for name in names if name in why}
    changed = tuple(name for name in one.changed if name in other.changed)
    return replace(one, parts=parts, missing=missing, changed=changed) if parts else None


def _agree(name: str, one: Outcome, other: Outcome) -> bool:
    """Say whether a part is the same in two outcomes."""
    return all(name in a.parts for a in (one, other)) and _same(one.parts[name], other.parts[name])


def rescued(outcomes: Sequence[Outcome]) -> list[Outcome]:
    """Return outcomes without the parts that hang on a line that raises; none if none is left."""
    if any(outcome.fault and not outcome.rest for outcome in outcomes):
        return []
    rest = [outcome.rest or outcome for outcome in outcomes]
    lost = {name: why for one in rest for name, why in one.missing.items()}
    kept = [{k: v for k, v in one.parts.items() if k not in lost} for one in rest]
    if not all(kept):
        return []
    return [replace(one, parts=parts, missing=lost) for one, parts in zip(rest, kept, strict=True)]


def _same(one: Array, other: Array) -> bool:
    return one.shape == other.shape and np.array_equal(one, other, equal_nan=True)


def _where(error: BaseException) -> str:
    """Say what was raised, and in which line of the code that was handed in."""
    if isinstance(error, ElsewhereError):
        return str(error)
    said = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    frames = list(traceback.extract_tb(error.__traceback__)[1:])
    if not frames:
        return f"it cannot be called with these arguments: {said}"
    return said + _line(frames)


def raised_in(error: BaseException) -> str:
    """Return the name of the function that raised this."""
    if isinstance(error, ElsewhereError):
        return str(error)
    return traceback.extract_tb(error.__traceback__)[-1].name


def _line(frames: list[traceback.FrameSummary]) -> str:
    """Quote the innermost line that is nobody's library, such as a cell of a notebook."""
    own = [frame for frame in frames if not frame.filename.startswith(LIBRARIES)] or frames
    line = linecache.getline(own[-1].filename, own[-1].lineno or 0).strip()
    quoted = f":\n    {line}" if line else ""
    return f", in line {own[-1].lineno} ({own[-1].name}){quoted}"


def read(answer: Any, names: Sequence[str]) -> Outcome:
    """Return the parts of an answer by name, whatever their names, or say why one has none.

    Of too few, those that are there are taken for the first.
    """
    wanted, notes = ", ".join(names), ()
    if answer is None:
        return Outcome(fault=f"it returns None; is there a `return {wanted}` at its end?")
    if isinstance(answer, Mapping):
        found = {name: answer[name] for name in names if name in answer}
        said = f"it returns a dict with the keys {', '.join(map(str, answer)) or 'none'}"
        notes = (f"You return a dict. It was read by its keys; the sheets want {wanted}.",)
    elif len(names) == 1:
        alone = isinstance(answer, tuple) and len(answer) == 1
        if isinstance(answer, tuple) and not alone and any(map(_is_matrix, answer)):
            few = f"a tuple of {len(answer)}; one array is wanted"
            return Outcome(fault=f"it returns {few}: {wanted}")
        found, said = {names[0]: answer[0] if alone else answer}, ""
    elif isinstance(answer, tuple | list):
        values = list(islice(answer, len(names) + 1))
        if len(values) > len(names):
            return Outcome(
                fault=f"it returns more than {len(names)} things; {len(names)} are wanted: {wanted}"
            )
        found = dict(zip(names, values, strict=False))
        few = f"{len(values)} things; {len(names)} are wanted"
        said = f"it returns {few}: {wanted} (None holds a place)"
    else:
        found = {names[0]: answer} if isinstance(answer, np.ndarray) else {}
        said = (
            f"it returns {_kind(answer)}; the {len(names)} arrays {wanted}, as "
            "a tuple or a dict, are wanted"
        )
    missing = {name: f"{name} is missing: {said}" for name in names if name not in found}
    outcome = _parts(found, missing)
    return replace(outcome, notes=notes + outcome.notes)


def _is_matrix(value: Any) -> bool:
    return isinstance(value, np.ndarray) and value.ndim > 1


def _kind(value: Any) -> str:
    if isinstance(value, np.ndarray):
        return f"one array of shape {value.shape}"
    return f"{type(value).__name__}"


def _parts(found: Mapping[str, Any], missing: Mapping[str, str]) -> Outcome:
    """Turn what should be arrays into arrays of floats, or say which one can't be."""
    outcome = Outcome(missing=dict(missing))
    for name, value in found.items():
        array, fault = _read_as_array(name, value)
        if array is None:
            outcome.missing[name] = fault
            continue
        if isinstance(value, list | tuple):
            outcome.notes += (f"{name} is a {type(value).__name__}. It was read as an array.",)
        outcome.parts[name] = array
    if not outcome.parts:
        whys = list(outcome.missing.values())
        unwritten = len(whys) > 1 and all(why.endswith(UNWRITTEN) for why in whys)
        return Outcome(fault=f"all of it is {UNWRITTEN}" if unwritten else whys[0])
    return outcome


def _read_as_array(name: str, value: Any) -> tuple[Array | None, str]:
    """Return a value as an array of floats, or None and why it is none."""
    if value is None:
        return None, f"{name} is {UNWRITTEN}"
    if (isinstance(value, Lenient) and value.lost) or _is_called_lost(value):
        return None, f"{name} {HANGS}"
    try:
        array = np.asarray(value)
    except Exception as error:  # whatever an object's own __array__ may raise
        return None, f"{name} cannot be made an array: {error}"
    if array.dtype == object and any(map(_is_called_lost, array.flat)):
        return None, f"{name} {HANGS}"
    if array.dtype.kind not in "biuf":
        return None, f"{name} holds {array.dtype} values; real numbers are wanted"
    return array.astype(float), ""


def _is_called_lost(value: Any) -> bool:
    """Say whether this is `Lost`, or its like from a sandbox."""
    return type(value).__name__ == Lost.__name__
