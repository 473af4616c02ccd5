"""How kernels are compiled, and when what was compiled before will do."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

import numba

F = TypeVar("F", bound=Callable[..., Any])

# Neither contraction nor reciprocals: where a product is fused with a sum is chosen anew by each compilation, so that a
# process that compiled would not repeat the bits of one that found machine code. Sums are never reordered, and infinite
# depths mean something.
_OPTIONS: dict[str, Any] = {
    "nogil": True,
    "error_model": "numpy",
    "fastmath": {"nsz"},
}


def kernel(function: F) -> F:
    """A function that only other kernels call."""
    return cast(F, numba.njit(**_OPTIONS)(function))


def entry_kernel(function: F) -> F:
    """A function that Python calls; its machine code is kept for later processes.

    Numba looks for changes in the file of this function alone, but in all that it closes over: let that be `SOURCES`.
    """
    return cast(F, numba.njit(cache=True, **_OPTIONS)(function))


def number_of_sources(folder: Path) -> int:
    """A number that changes with any file of a folder of kernels, and with how kernels are compiled."""
    digest = hashlib.sha256()
    for path in [*sorted(folder.glob("*.py")), Path(__file__)]:
        digest.update(path.read_bytes())
    return int.from_bytes(digest.digest()[:6], "big")


SOURCES = number_of_sources(Path(__file__).parent)
"""A number that changes with the source of any kernel."""
