"""The weakest walls: limits of resources, and a folder that a program begins in but may leave."""

from __future__ import annotations

import os
import shutil
import signal

from . import kernel
from .job import BoxLimits
from .limits import set_common_limits, set_limits
from .tree import Tree
from .walls import Walls


class LimitWalls(Walls):
    """No wall at all against a program that means harm: it can read and write what its user can, and use the network.

    Args:
        proc: a descriptor of the mounted procfs.
        folders: a folder for the folders of all boxes.
    """

    namespaces = 0
    serves_again = True
    kernel_counts_processes = False  # but all of its user's

    def __init__(self, proc: int, folders: str) -> None:
        self._proc = proc
        self._folders = folders
        set_common_limits()

    def build(self) -> None:
        """Become the parent of all orphans in the box, and name its folder."""
        kernel.prctl(kernel.PR_SET_CHILD_SUBREAPER, 1)
        self.folder = os.path.join(self._folders, str(os.getpid()))
        os.environ["HOME"] = os.environ["TMPDIR"] = self.folder
        self.tree = Tree(self._proc, own_network=False)

    def enter(self, limits: BoxLimits) -> None:
        """Make the folder anew."""
        kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
        os.mkdir(self.folder, 0o700)
        os.chdir(self.folder)

    def close(self, limits: BoxLimits) -> None:
        """Put on the limits."""
        set_limits(limits, processes=None)
        kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)

    def kill_all(self) -> None:
        """Kill all descendants, until there are none but zombies."""
        while alive := self.tree.living():
            for pid in alive:
                try:
                    os.kill(int(pid), signal.SIGKILL)
                except ProcessLookupError:
                    continue

    def clear(self) -> None:
        """Remove the folder."""
        shutil.rmtree(self.folder, ignore_errors=True)
