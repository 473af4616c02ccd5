"""What holds a program: limits, Landlock, the filter of system calls, no capabilities."""

from __future__ import annotations

import os
import resource
from dataclasses import dataclass

from . import kernel
from .filesystem import FOLDER
from .job import BoxLimits
from .landlock import Landlock

_STACK_BYTES = 8 << 20
_LOCKED_BYTES = 64 << 10
_QUEUED_SIGNALS = 256


@dataclass(frozen=True)
class Confinement:
    """Prepared once in the zygote, put on by every program.

    Attributes:
        landlock: the rules about files; None: none are put on.
        seccomp: the filter; None: none is put on.
        count_processes: whether the limit of processes holds for the program alone (in a user namespace), so that it
            can be set.
    """

    landlock: Landlock | None
    seccomp: bytes | None
    count_processes: bool

    def put_on(self, limits: BoxLimits) -> None:
        """Hold this process, and all it will start, to everything; there is no way back."""
        set_limits(limits, count_processes=self.count_processes)
        if self.landlock is not None:
            self.landlock.restrict(FOLDER)
        if self.count_processes:
            kernel.drop_capabilities()
        if self.seccomp is not None:
            kernel.load_seccomp(self.seccomp)


def set_limits(limits: BoxLimits, *, count_processes: bool) -> None:
    """Set what the kernel limits for each process (and, of processes, for each user of a namespace)."""
    both = {
        resource.RLIMIT_FSIZE: limits.folder_bytes,
        resource.RLIMIT_NOFILE: limits.open_files,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_STACK: _STACK_BYTES,
        resource.RLIMIT_MEMLOCK: _LOCKED_BYTES,
        resource.RLIMIT_MSGQUEUE: 0,
        resource.RLIMIT_SIGPENDING: _QUEUED_SIGNALS,
    }
    if limits.address_space:
        both[resource.RLIMIT_AS] = limits.memory_bytes
    if count_processes:
        both[resource.RLIMIT_NPROC] = limits.processes + 1  # the warden
    for which, most in both.items():
        _, hard = resource.getrlimit(which)
        value = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(which, (value, value))
    seconds = max(1, -(-limits.cpu_milliseconds // 1000))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))


def close_descriptors_from(lowest: int) -> None:
    """Close every descriptor from `lowest` on."""
    os.closerange(lowest, 1 << 30)
