"""One sandbox for all who ask in a process."""

from __future__ import annotations

import atexit
import os
import threading
from collections.abc import Callable, Sequence

from .box.filesystem import RESERVED
from .bubblewrap import Bubblewrap
from .pool import BoxPool, BoxSource
from .types import Sandbox
from .zygote import Zygote

_SOURCES: dict[str, Callable[[tuple[str, ...]], BoxSource]] = {
    "full": lambda readable: Zygote(readable, walls=True),
    "bubblewrap": Bubblewrap,
    "rlimits": lambda readable: Zygote(readable, walls=False),
}
ISOLATIONS = tuple(_SOURCES)
"""How programs can be held.

`full`: namespaces of users, processes, networks, mounts and IPC, a file system of its own, Landlock, seccomp, limits.
`bubblewrap`: the same, but bubblewrap makes the namespaces, anew for every program, which takes far longer; as root,
processes are only counted now and then. `rlimits`: limits of resources and nothing else, which stops accidents and no
attack: the program reads and writes what its user can.
"""

_lock = threading.Lock()
_sandboxes: dict[tuple[str, tuple[str, ...]], BoxPool] = {}


def get_sandbox(isolation: str = "full", *, readable: Sequence[str] = ()) -> Sandbox:
    """The sandbox of this process, started when it is first asked for and stopped at exit.

    A process that is forked from this one asks anew, and gets one of its own.

    Args:
        isolation: how programs are held, one of `ISOLATIONS`.
        readable: folders of the host that programs may read and execute from, beside the system's (toolchains).

    Raises:
        ValueError: `isolation` is unknown, or a folder cannot be shown.
        SandboxUnavailable: a primitive that the isolation needs is missing; the message names it.
    """
    key = (_check_isolation(isolation), _check_folders(readable))
    with _lock:
        if key not in _sandboxes:
            _sandboxes[key] = _make_pool(*key)
        return _sandboxes[key]


def make_sandbox(isolation: str = "full", *, readable: Sequence[str] = ()) -> Sandbox:
    """A sandbox of the caller's own, which the caller closes; see `get_sandbox`."""
    return _make_pool(_check_isolation(isolation), _check_folders(readable))


def _make_pool(isolation: str, readable: tuple[str, ...]) -> BoxPool:
    return BoxPool(isolation, lambda: _SOURCES[isolation](readable))


def _check_isolation(isolation: str) -> str:
    if isolation not in ISOLATIONS:
        raise ValueError(f"isolation must be one of {', '.join(ISOLATIONS)}; got {isolation!r}")
    return isolation


def _check_folders(readable: Sequence[str]) -> tuple[str, ...]:
    return tuple(sorted({_check_folder(folder) for folder in readable}))


def _check_folder(folder: str) -> str:
    path = os.path.realpath(folder)
    if not os.path.isdir(path):
        raise ValueError(f"readable must hold folders, got {folder!r}")
    if path == "/" or any(path == taken or path.startswith(f"{taken}/") for taken in RESERVED):
        raise ValueError(f"readable must hold no folders in {', '.join(RESERVED)}, where a box has its own; got {path}")
    return path


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
