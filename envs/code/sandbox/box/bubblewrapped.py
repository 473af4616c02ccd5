"""The walls that bubblewrap built around an interpreter, with Landlock, the filter and the limits added within."""

from __future__ import annotations

import json
import os
import signal
import socket
import sys
from typing import NoReturn

from . import kernel
from .filesystem import DEVICES, FOLDER, FOLDER_PARENT, shown
from .interpreter import tidy_interpreter
from .job import BoxLimits
from .landlock import landlock_ruleset
from .limits import set_common_limits, set_limits
from .seccomp import program_filter, zygote_filter
from .tree import Tree
from .walls import Walls
from .warden import FAILED, Warden


def main() -> NoReturn:
    """Serve on the socket that the first argument names; the second names a descriptor of the host's procfs."""
    control = socket.socket(fileno=int(sys.argv[1]))
    configuration = json.loads(sys.argv[3])
    try:
        walls = BubblewrapWalls(int(sys.argv[2]), shown(configuration["readable"]))
        tidy_interpreter(configuration["executable"], configuration["own_path"])
    except BaseException as error:
        control.send(FAILED + f"{type(error).__name__}: {error}".encode())
        os._exit(1)
    Warden(control, walls).serve()


class BubblewrapWalls(Walls):
    """For the first process in bubblewrap's namespaces, which serves one program: its folder cannot be made anew.

    Args:
        proc: a descriptor of the host's procfs.
        paths: what of the host is to be seen.
    """

    namespaces = 0
    folder = FOLDER
    serves_again = False
    kernel_counts_processes = False  # as the user outside may be root

    def __init__(self, proc: int, paths: list[str]) -> None:
        self._proc = proc
        set_common_limits()
        self._ruleset = landlock_ruleset(
            readable=[path for path in (*paths, "/etc") if not os.path.islink(path)],
            writable=FOLDER_PARENT,
            devices=DEVICES,
        )
        self._filters = zygote_filter(), program_filter()

    def build(self) -> None:
        """Hide the warden from its program."""
        self.tree = Tree(self._proc)
        kernel.prctl(kernel.PR_SET_DUMPABLE, 0)

    def enter(self, limits: BoxLimits) -> None:
        """Go to the folder."""
        os.chdir(FOLDER)

    def close(self, limits: BoxLimits) -> None:
        """Put on the limits, Landlock and the filters; bubblewrap has dropped the capabilities."""
        kernel.prctl(kernel.PR_SET_DUMPABLE, 1)
        kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)
        kernel.landlock_restrict(self._ruleset)
        set_limits(limits, processes=limits.processes + 1)
        for program in self._filters:
            kernel.load_seccomp(program)

    def kill_all(self) -> None:
        """Kill what is in this namespace, but not its first process."""
        try:
            os.kill(-1, signal.SIGKILL)
        except ProcessLookupError:
            return

    def clear(self) -> None:
        """Nothing: the folder goes with the box."""
