"""Arrays that forgive a product that does not fit, so that one such line does not cost the rest.

What the product would have given is `Lost`, and so is all that is made of it; everything else is
computed as ever. Where Python has to decide, as in an `if` on what is lost or in its own `max` of
an array, it is told what `always` says: who calls once with each truth sees what hangs on it. This
file stands inside and outside of the sandbox, and imports nothing of the package.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

DECISIONS = 1000  # in one call at most, or a `while` would never end


class Decider:
    """Says which way Python goes where that cannot be known."""

    truth = False
    left = DECISIONS


def always(truth: bool) -> None:
    """Let every decision of the next call be this one."""
    Decider.truth, Decider.left = truth, DECISIONS


def _decided() -> bool:
    Decider.left -= 1
    if Decider.left < 0:
        raise TypeError("whether this is true depends on a line that raises")
    return Decider.truth


class Lost:
    """Stands for numbers that there are not: whatever is computed with it, it gives itself.

    It has no entries to go through: who asks for them gets a TypeError.
    """

    lost = True

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return self

    def __call__(self, *_: Any, **__: Any) -> Any:
        """Give itself, whatever was asked."""
        return self

    __array_ufunc__ = __array_function__ = __getitem__ = __setitem__ = __call__
    __neg__ = __abs__ = __invert__ = __and__ = __or__ = __rand__ = __ror__ = __rpow__ = __call__
    __add__ = __sub__ = __mul__ = __truediv__ = __matmul__ = __pow__ = __call__
    __radd__ = __rsub__ = __rmul__ = __rtruediv__ = __rmatmul__ = __call__
    __lt__ = __le__ = __gt__ = __ge__ = __eq__ = __ne__ = __call__
    __iter__ = None  # or Python would ask for one entry after the other, and never come to an end

    def __bool__(self) -> bool:
        return _decided()

    def __float__(self) -> float:
        return np.inf if _decided() else 0.0  # so that all that is made of it differs


class Lenient(np.ndarray[Any, Any]):
    """An array for which a ValueError, as of shapes that do not fit, gives what is lost.

    It is `lost` itself once something was to be put into it that does not fit, and so is what it
    is a view of, and each view and copy that is made of it.
    """

    lost = False

    def __array_finalize__(self, other: Any) -> None:
        self.lost = getattr(other, "lost", False)

    def __bool__(self) -> bool:
        return bool(_plain(self)) if self.size == 1 and not self.lost else _decided()

    def __setitem__(self, place: Any, value: Any) -> None:
        if _is_lost(value):
            _lose(self)
        try:
            if not self.lost:
                super().__setitem__(place, value)
        except ValueError:
            _lose(self)

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **how: Any) -> Any:
        """Compute with plain arrays; what is computed in place stays where it is."""
        places = how.get("out", ())
        if places:
            how["out"] = tuple(map(_plain, places))
        given = [_plain(value) for value in inputs]
        found = _tried(lambda: getattr(ufunc, method)(*given, **how), inputs)
        if places and isinstance(found, Lost):
            _lose(places[0])
            return found
        return places[0] if places else found

    def __array_function__(self, function: Any, types: Any, args: Any, kwargs: Any) -> Any:
        """Do what NumPy's functions do, such as `np.dot`."""
        do = super().__array_function__
        if Lost in types:
            return Lost()
        return _tried(lambda: do(function, types, args, kwargs), args)

    def dot(self, other: Any, out: Any = None) -> Any:
        """Multiply as `np.dot` does."""
        return np.dot(self, other)


def _tried(work: Callable[[], Any], given: Any) -> Any:
    """Return what `work` gives, or `Lost`."""
    if any(map(_is_lost, given)):
        return Lost()
    try:
        found = work()
    except ValueError:
        return Lost()
    is_plain = isinstance(found, np.ndarray) and not isinstance(found, Lenient)
    return found.view(Lenient) if is_plain else found


def _lose(array: Any) -> None:
    """Let an array be lost, and what it is a view of."""
    for one in (array, getattr(array, "base", None)):
        if isinstance(one, Lenient):
            one.lost = True


def _is_lost(value: Any) -> bool:
    if isinstance(value, np.ndarray) and value.dtype == object:  # as made of a list of rows
        return any(isinstance(one, Lost) for one in value.flat)
    return isinstance(value, Lost | Lenient) and value.lost


def _plain(value: Any) -> Any:
    return value.view(np.ndarray) if isinstance(value, Lenient) else value
