"""How many threads pay for how many bodies."""

from __future__ import annotations

import os

_BODIES_A_THREAD = 4


def default_threads(bodies: int) -> int:
    """How many threads pay for so many bodies on the processors that this process may use."""
    processors = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(processors, max(1, bodies // _BODIES_A_THREAD))
