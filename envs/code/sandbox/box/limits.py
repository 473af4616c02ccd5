"""What the kernel limits."""

from __future__ import annotations

import resource

from .job import BoxLimits

_STACK_BYTES = 8 << 20
_LOCKED_BYTES = 64 << 10
_QUEUED_SIGNALS = 256


def set_common_limits() -> None:
    """Limit what no program may have more of than any other; what is started from here on inherits it."""
    _set(
        {
            resource.RLIMIT_CORE: 0,
            resource.RLIMIT_STACK: _STACK_BYTES,
            resource.RLIMIT_MEMLOCK: _LOCKED_BYTES,
            resource.RLIMIT_MSGQUEUE: 0,
            resource.RLIMIT_SIGPENDING: _QUEUED_SIGNALS,
        }
    )


def set_limits(limits: BoxLimits, *, processes: int | None) -> None:
    """Limit this process and what it will start.

    Args:
        limits: what it may use.
        processes: how many its user may have in this user namespace; None: as many as before.
    """
    most = {resource.RLIMIT_FSIZE: limits.folder_bytes, resource.RLIMIT_NOFILE: limits.open_files}
    if limits.address_space:
        most[resource.RLIMIT_AS] = limits.memory_bytes
    if processes is not None:
        most[resource.RLIMIT_NPROC] = processes
    _set(most)
    seconds = max(1, -(-limits.cpu_milliseconds // 1000))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))


def _set(most: dict[int, int]) -> None:
    for which, value in most.items():
        try:
            resource.setrlimit(which, (value, value))
        except ValueError:  # more than is allowed here: then what is allowed
            hard = resource.getrlimit(which)[1]
            resource.setrlimit(which, (hard, hard))
