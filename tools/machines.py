"""Kinds of machine that this one can play, told to NumPy and OpenBLAS through the environment."""

import numpy as np

# What OpenBLAS calls a kind of CPU, and the instructions that NumPy must have found for it.
KINDS = {"Nehalem": "X86_V2", "Haswell": "X86_V3", "SkylakeX": "X86_V4"}
SIMD = np.show_config(mode="dicts")["SIMD Extensions"]
OPTIONAL = SIMD.get("found", [])  # what NumPy uses where it is found, and can be told to leave


def cpu_kinds() -> list[str]:
    """Return the kinds of CPU that this one can play, the oldest first; none if it is no x86."""
    return [kind for kind, needed in KINDS.items() if needed in [*SIMD["baseline"], *OPTIONAL]]


def machine(kind: str | None, threads: int) -> dict[str, str]:
    """Return the environment that makes NumPy believe in this CPU, and use so many threads."""
    named = {"OPENBLAS_CORETYPE": kind} if kind else {}
    return named | {"OPENBLAS_NUM_THREADS": str(threads)}
