"""A warm interpreter that becomes, by cloning itself, one box after another."""

from __future__ import annotations

import _signal  # pyright: ignore[reportMissingImports]
import contextlib
import gc
import json
import os
import site
import socket
import sys
from typing import Any, NoReturn

from . import kernel
from .filesystem import shown
from .namespaces import NamespaceWalls
from .walls import Walls
from .warden import FAILED, READY, Warden

NEW_BOX, BOX_MADE = b"N", b"P"


def main() -> NoReturn:
    """Serve requests on the socket that the first argument names, until its other end is closed."""
    control = socket.socket(fileno=int(sys.argv[1]))
    configuration = json.loads(sys.argv[2])
    try:
        os.setsid()
        os.umask(0o022)
        proc = os.open("/proc", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        walls = NamespaceWalls(proc, shown(configuration["readable"]))
        _tidy_interpreter(configuration)
    except BaseException as error:
        control.send(FAILED + f"{type(error).__name__}: {error}".encode())
        os._exit(1)
    control.send(READY)
    gc.collect()
    gc.freeze()
    _serve(control, proc, walls)


def _tidy_interpreter(configuration: dict[str, Any]) -> None:
    """Make this the interpreter that a program expects."""
    gc.disable()
    site.setquit()
    site.setcopyright()
    site.sethelper()
    sys.executable = configuration["executable"]
    own = configuration["own_path"]
    sys.path.remove(own)
    for path in [path for path in sys.path_importer_cache if path.startswith(own)]:
        del sys.path_importer_cache[path]
    for name in [name for name in sys.modules if name.partition(".")[0] == __package__]:
        del sys.modules[name]
    _signal.signal(_signal.SIGCHLD, _signal.SIG_IGN)  # no one waits for the boxes


def _serve(control: socket.socket, proc: int, walls: Walls) -> NoReturn:
    while True:
        message, descriptors, _, _ = socket.recv_fds(control, 16, 1)
        if not message:
            os._exit(0)
        pid, pidfd = kernel.clone(walls.namespaces)
        with socket.socket(fileno=descriptors[0]) as channel:
            if pid == 0:
                control.close()
                Warden(channel, proc, walls).serve()
            with contextlib.suppress(OSError):  # the caller may be gone; its box will notice
                socket.send_fds(channel, [BOX_MADE], [pidfd])
        os.close(pidfd)
