"""What processes hold; one that has ended meanwhile holds nothing."""

from __future__ import annotations

import os

from ..envs.code.sandbox.box.tree import Tree

_TICKS = os.sysconf("SC_CLK_TCK")
_MEMORY = ("RssAnon:", "RssShmem:")
"""Not the pages of files: others read them, too, and the kernel drops them as it likes."""


def descendants() -> list[str]:
    """The ids of the processes that this one started, and of those that they started."""
    proc = os.open("/proc", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        return Tree(proc, own_network=False).pids()
    finally:
        os.close(proc)


def descriptors(pid: str) -> int:
    """How many are open; 0 where the kernel does not let us look."""
    try:
        return len(os.listdir(f"/proc/{pid}/fd"))
    except OSError:
        return 0


def mounts(pid: str) -> int:
    """How many are seen."""
    return _text(f"/proc/{pid}/mountinfo").count("\n")


def memory_bytes(pid: str) -> int:
    """Resident memory that is not of files."""
    lines = _text(f"/proc/{pid}/status").splitlines()
    return sum(int(line.split()[1]) << 10 for line in lines if line.startswith(_MEMORY))


def processor_seconds(pid: str) -> float:
    """Its own, and those of its children that have ended and were waited for."""
    fields = _text(f"/proc/{pid}/stat").rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) / _TICKS


def _text(path: str) -> str:
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read()
    except OSError:
        return ""
