"""A warm interpreter that becomes, by cloning itself, one box after another."""

from __future__ import annotations

import _signal  # pyright: ignore[reportMissingImports]
import contextlib
import json
import os
import socket
import sys
from typing import Any, NoReturn

from . import kernel
from .filesystem import shown
from .interpreter import tidy_interpreter
from .limits_only import LimitWalls
from .namespaces import NamespaceWalls
from .probe import missing_primitives
from .walls import Walls
from .warden import FAILED, READY, Warden

NEW_BOX, BOX_MADE, MISSING = b"N", b"P", b"M"


def main() -> NoReturn:
    """Serve requests on the socket that the first argument names, until its other end is closed."""
    control = socket.socket(fileno=int(sys.argv[1]))
    configuration = json.loads(sys.argv[2])
    try:
        os.setsid()
        os.umask(0o022)
        proc = os.open("/proc", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        walls = _walls(control, proc, configuration)
        tidy_interpreter(configuration["executable"], configuration["own_path"])
    except BaseException as error:
        control.send(FAILED + f"{type(error).__name__}: {error}".encode())
        os._exit(1)
    _signal.signal(_signal.SIGCHLD, _signal.SIG_IGN)  # no one waits for the boxes
    control.send(READY)
    _serve(control, walls)


def _walls(control: socket.socket, proc: int, configuration: dict[str, Any]) -> Walls:
    if "folders" in configuration:
        return LimitWalls(proc, configuration["folders"])
    missing = missing_primitives()
    if missing:
        control.send(MISSING + json.dumps(missing).encode())
        os._exit(1)
    return NamespaceWalls(proc, shown(configuration["readable"]))


def _serve(control: socket.socket, walls: Walls) -> NoReturn:
    while True:
        message, descriptors, _, _ = socket.recv_fds(control, 16, 1)
        if not message:
            os._exit(0)
        pid, pidfd = kernel.clone(walls.namespaces)
        with socket.socket(fileno=descriptors[0]) as channel:
            if pid == 0:
                control.close()
                Warden(channel, walls).serve()
            with contextlib.suppress(OSError):  # the caller may be gone; its box will notice
                socket.send_fds(channel, [BOX_MADE], [pidfd])
        os.close(pidfd)
