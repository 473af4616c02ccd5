"""The processes of a box, as the file system of processes outside shows them."""

from __future__ import annotations

import os


class Tree:
    """All descendants of this process.

    Args:
        proc: a descriptor of a mounted procfs in which this process is to be seen.
    """

    def __init__(self, proc: int) -> None:
        self._proc = proc
        self._root = os.readlink("self", dir_fd=proc)

    def pids(self) -> list[str]:
        """Their ids, as the procfs numbers them."""
        found, frontier = [], [self._root]
        while frontier:
            pid = frontier.pop()
            for thread in self._threads(pid):
                children = self._read(f"{pid}/task/{thread}/children").split()
                found += children
                frontier += children
        return found

    def memory_bytes(self, enough: int) -> int:
        """The memory they use together: exactly if that is more than `enough`, else some number up to it."""
        pids = self.pids()
        upper = sum(self._resident(pid) for pid in pids)
        if upper <= enough:
            return upper
        return sum(self._proportional(pid) for pid in pids)

    def _resident(self, pid: str) -> int:
        fields = self._read(f"{pid}/statm").split()
        return int(fields[1]) * _PAGE if fields else 0

    def _proportional(self, pid: str) -> int:
        total = 0
        for line in self._read(f"{pid}/smaps_rollup").splitlines():
            if line.startswith(("Pss_Anon:", "Pss_Shmem:", "SwapPss:")):
                total += int(line.split()[1]) << 10
        return total

    def _threads(self, pid: str) -> list[str]:
        try:
            descriptor = os.open(f"{pid}/task", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC, dir_fd=self._proc)
        except OSError:
            return []
        try:
            return os.listdir(descriptor)
        except OSError:
            return []
        finally:
            os.close(descriptor)

    def _read(self, path: str) -> str:
        try:
            descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC, dir_fd=self._proc)
        except OSError:
            return ""  # it has ended
        try:
            return os.read(descriptor, 1 << 16).decode(errors="replace")
        except OSError:
            return ""
        finally:
            os.close(descriptor)


_PAGE = os.sysconf("SC_PAGE_SIZE")
