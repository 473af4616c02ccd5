"""A warm interpreter that becomes, by cloning itself, the box of one program after another.

It never reads what a program is or gets: the clone does, from a descriptor that comes with the request. So its memory,
which every program inherits, holds nothing of the others.
"""

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
from .confinement import Confinement
from .filesystem import DEVICES, enter_root, shown
from .landlock import Landlock
from .seccomp import program_filter, zygote_filter
from .warden import Descriptors, remember_outer_user, serve

_BOX = (
    kernel.CLONE_NEWUSER
    | kernel.CLONE_NEWPID
    | kernel.CLONE_NEWNET
    | kernel.CLONE_NEWNS
    | kernel.CLONE_NEWIPC
    | kernel.CLONE_NEWUTS
)
_NOBODY = 65534
_FEW_DESCRIPTORS = 16


def main() -> NoReturn:
    """Serve requests on the socket that the first argument names, until its other end is closed."""
    control = socket.socket(fileno=int(sys.argv[1]))
    configuration = json.loads(sys.argv[2])
    try:
        proc, confinement = _set_up(configuration)
        _tidy_interpreter(configuration)
    except BaseException as error:
        control.send(b"E" + f"{type(error).__name__}: {error}".encode())
        os._exit(1)
    control.send(b"ready")
    gc.collect()
    gc.freeze()
    _serve(control, proc, confinement)


def _set_up(configuration: dict[str, Any]) -> tuple[int, Confinement]:
    proc = os.open("/proc", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    paths = shown(configuration["readable"])
    user, group = os.getuid(), os.getgid()
    os.setsid()
    os.umask(0o022)
    if user == 0:
        kernel.unshare(kernel.CLONE_NEWNS)
    else:
        kernel.unshare(kernel.CLONE_NEWUSER | kernel.CLONE_NEWNS)
        for name, text in (("setgroups", "deny"), ("gid_map", f"{group} {group} 1"), ("uid_map", f"{user} {user} 1")):
            with open(f"/proc/self/{name}", "w", encoding="ascii") as file:
                file.write(text)
    enter_root(paths)
    if user == 0:
        os.setgroups([])
        os.setresgid(_NOBODY, _NOBODY, _NOBODY)
        os.setresuid(_NOBODY, _NOBODY, _NOBODY)
        kernel.prctl(kernel.PR_SET_DUMPABLE, 1)  # else the files below /proc/self would stay root's
    remember_outer_user()
    landlock = Landlock(kernel.landlock_abi(), [*(path for path in paths if not os.path.islink(path)), "/etc"], DEVICES)
    confinement = Confinement(landlock, program_filter(), count_processes=True)
    kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)
    kernel.load_seccomp(zygote_filter())
    return proc, confinement


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


def _serve(control: socket.socket, proc: int, confinement: Confinement) -> NoReturn:
    while True:
        data, descriptors, _, _ = socket.recv_fds(control, 16, _FEW_DESCRIPTORS)
        if not data:
            os._exit(0)
        pid, pidfd = kernel.clone(_BOX)
        if pid == 0:
            control.close()
            serve(Descriptors(*descriptors), proc, confinement)
        # where the caller is gone, its box will notice
        with socket.socket(fileno=descriptors.pop()) as report, contextlib.suppress(OSError):
            socket.send_fds(report, [b"P"], [pidfd])
        for descriptor in (*descriptors, pidfd):
            os.close(descriptor)
