"""One sandbox for all who ask in a process."""

from __future__ import annotations

import atexit
import os
import threading
from collections.abc import Sequence

from .pool import BoxPool
from .types import Sandbox

ISOLATIONS = ("full",)

_lock = threading.Lock()
_sandboxes: dict[tuple[str, tuple[str, ...]], BoxPool] = {}


def get_sandbox(isolation: str = "full", *, readable: Sequence[str] = ()) -> Sandbox:
    """The sandbox of this process, started when it is first asked for and stopped at exit.

    Args:
        isolation: how programs are held: `full`.
        readable: folders of the host that programs may read and execute from, beside the system's (toolchains).

    Raises:
        ValueError: `isolation` is unknown, or a folder cannot be shown.
        SandboxUnavailable: a primitive that the isolation needs is missing; the message names it.
    """
    if isolation not in ISOLATIONS:
        raise ValueError(f"isolation must be one of {', '.join(ISOLATIONS)}; got {isolation!r}")
    key = (isolation, tuple(sorted({os.path.realpath(folder) for folder in readable})))
    with _lock:
        if key not in _sandboxes:
            _sandboxes[key] = BoxPool(key[1])
        return _sandboxes[key]


def _close_all() -> None:
    with _lock:
        for sandbox in _sandboxes.values():
            sandbox.close()
        _sandboxes.clear()


def _forget_after_fork() -> None:
    global _lock
    _lock = threading.Lock()
    for sandbox in _sandboxes.values():
        sandbox.abandon()
    _sandboxes.clear()


atexit.register(_close_all)
os.register_at_fork(after_in_child=_forget_after_fork)
