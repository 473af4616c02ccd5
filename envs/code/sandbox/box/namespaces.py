"""The full walls: namespaces, Landlock, the filter of system calls, limits, no capabilities."""

from __future__ import annotations

import contextlib
import os
import signal

from . import kernel
from .filesystem import DEVICES, FOLDER, FOLDER_PARENT, enter_root, mount_folder
from .job import BoxLimits
from .landlock import landlock_ruleset
from .limits import set_common_limits, set_limits
from .seccomp import program_filter, zygote_filter
from .tree import Tree
from .walls import Walls

NOBODY = 65534
_INSIDE = 1000


def can_become_nobody() -> bool:
    """Whether this is root, and not one that only a namespace calls so, which knows no other users."""
    if os.getuid() != 0:
        return False
    for name in ("uid_map", "gid_map"):
        with open(f"/proc/self/{name}", encoding="ascii") as file:
            ranges = [[int(field) for field in line.split()] for line in file]
        if not any(first <= NOBODY < first + count for first, _, count in ranges):
            return False
    return True


def become_nobody() -> None:
    """Give up being root. Limits of processes do not hold for root, and its files could be written."""
    os.setgroups([])
    os.setresgid(NOBODY, NOBODY, NOBODY)
    os.setresuid(NOBODY, NOBODY, NOBODY)


class NamespaceWalls(Walls):
    """Moves the zygote behind the outer walls: a root of its own, an ordinary user, the first filter.

    Args:
        proc: a descriptor of the mounted procfs.
        paths: what of the host is to be seen.

    Raises:
        OSError: the kernel refuses a wall.
    """

    namespaces = (
        kernel.CLONE_NEWUSER
        | kernel.CLONE_NEWPID
        | kernel.CLONE_NEWNET
        | kernel.CLONE_NEWNS
        | kernel.CLONE_NEWIPC
        | kernel.CLONE_NEWUTS
    )
    folder = FOLDER
    serves_again = True
    kernel_counts_processes = True

    def __init__(self, proc: int, paths: list[str]) -> None:
        self._proc = proc
        user, group = os.getuid(), os.getgid()
        as_root = can_become_nobody()
        if as_root:
            kernel.unshare(kernel.CLONE_NEWNS)
        else:
            kernel.unshare(kernel.CLONE_NEWUSER | kernel.CLONE_NEWNS)
            self._map_user(user, user, group, group)
        enter_root(paths)
        if as_root:
            user = group = NOBODY
            become_nobody()
            kernel.prctl(kernel.PR_SET_DUMPABLE, 1)  # else the files below /proc/self would stay root's
        self._outside = user, group
        set_common_limits()
        self._ruleset = landlock_ruleset(
            readable=[*(path for path in paths if not os.path.islink(path)), "/etc"],
            writable=FOLDER_PARENT,
            devices=DEVICES,
        )
        self._filter = program_filter()
        kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)
        kernel.load_seccomp(zygote_filter())

    def build(self) -> None:
        """Become the user that the box knows, and let nobody in the box get capabilities by running a file."""
        user, group = self._outside
        self._map_user(_INSIDE, user, _INSIDE, group)
        self.tree = Tree(self._proc)
        kernel.drop_capability_bounds()
        kernel.prctl(kernel.PR_SET_DUMPABLE, 0)
        self._last_pid = os.open("sys/kernel/ns_last_pid", os.O_WRONLY | os.O_CLOEXEC, dir_fd=self._proc)

    def enter(self, limits: BoxLimits) -> None:
        """Mount a new folder in memory."""
        mount_folder(limits.folder_bytes)

    def close(self, limits: BoxLimits) -> None:
        """Put on the limits, Landlock and the second filter, and drop all capabilities."""
        kernel.prctl(kernel.PR_SET_DUMPABLE, 1)  # so that the warden may see how much memory it uses
        kernel.landlock_restrict(self._ruleset)
        kernel.drop_capabilities()
        set_limits(limits, processes=limits.processes + 1)  # the warden counts
        kernel.load_seccomp(self._filter)

    def kill_all(self) -> None:
        """Kill what is in this namespace, but not its first process."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(-1, signal.SIGKILL)

    def clear(self) -> None:
        """Unmount the folder, and begin to count processes anew, so that a program has the same id every time."""
        kernel.unmount(FOLDER)
        os.pwrite(self._last_pid, b"1", 0)

    def _map_user(self, user: int, outside_user: int, group: int, outside_group: int) -> None:
        for name, text in (
            ("setgroups", "deny"),
            ("gid_map", f"{group} {outside_group} 1"),
            ("uid_map", f"{user} {outside_user} 1"),
        ):
            descriptor = os.open(f"self/{name}", os.O_WRONLY | os.O_CLOEXEC, dir_fd=self._proc)
            os.write(descriptor, text.encode())
            os.close(descriptor)
