"""Arrays that forgive a product that does not fit, so that one such line does not cost the rest.

What the product would have given is `Lost`, and so is all that is made of it; everything else is
computed as ever. This file stands inside and outside of the sandbox, and imports nothing of the
package.
"""

from collections.abc import Callable
from typing import Any

import numpy as np


class Lost:
    """Stands for numbers that there are not: whatever is computed with it, it gives itself.

    It is neither true nor false, and has no entries to go through: who asks gets a TypeError.
    """

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return self

    def __call__(self, *_: Any, **__: Any) -> Any:
        """Give itself, whatever was asked."""
        return self

    __array_ufunc__ = __array_function__ = __getitem__ = __setitem__ = __neg__ = __call__
    __add__ = __sub__ = __mul__ = __truediv__ = __matmul__ = __pow__ = __call__
    __radd__ = __rsub__ = __rmul__ = __rtruediv__ = __rmatmul__ = __call__
    __lt__ = __le__ = __gt__ = __ge__ = __call__
    __iter__ = None  # or Python would ask for one entry after the other, and never come to an end

    def __bool__(self) -> bool:
        raise TypeError("whether this is true depends on a line that raises")


class Lenient(np.ndarray[Any, Any]):
    """An array for which a ValueError, as of shapes that do not fit, gives what is lost."""

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **how: Any) -> Any:
        """Compute with plain arrays; what is computed in place stays where it is."""
        places = how.get("out", ())
        if places:
            how["out"] = tuple(map(_plain, places))
        given = [_plain(value) for value in inputs]
        found = _tried(lambda: getattr(ufunc, method)(*given, **how), inputs)
        return places[0] if places and not isinstance(found, Lost) else found

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
    if any(isinstance(value, Lost) for value in given):
        return Lost()
    try:
        found = work()
    except ValueError:
        return Lost()
    return found.view(Lenient) if isinstance(found, np.ndarray) else found


def _plain(value: Any) -> Any:
    return value.view(np.ndarray) if isinstance(value, Lenient) else value
