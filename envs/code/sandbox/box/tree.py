"""The processes of a box, as the file system of processes outside shows them."""

from __future__ import annotations

import os

_BUFFER_BYTES = 212_992  # the kernel's default, where it does not tell


class Tree:
    """All descendants of this process.

    Args:
        proc: a descriptor of a mounted procfs in which this process is to be seen.
        own_network: whether the sockets of this process's network are all theirs.
    """

    def __init__(self, proc: int, *, own_network: bool = True) -> None:
        self._proc = proc
        self._root = os.readlink("self", dir_fd=proc)
        self._own_network = own_network
        self._buffer_bytes = int(self._read("sys/net/core/wmem_default") or _BUFFER_BYTES)

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

    def living(self) -> list[str]:
        """As `pids`, without those that have ended and are waited for."""
        return [
            pid for pid in self.pids() if self._read(f"{pid}/stat").rpartition(")")[2].split()[:1] not in ([], ["Z"])
        ]

    def memory_bytes(self, enough: int) -> int:
        """The memory they use together: exactly if that is more than `enough`, else some number up to it.

        The tables of their pages count, and for every socket the most that messages in it may take.
        """
        pids = self.pids()
        messages = self._buffer_bytes * self._sockets()
        upper = messages + sum(self._bytes(f"{pid}/status", ("VmRSS:", "VmPTE:")) for pid in pids)
        if upper <= enough:
            return upper
        return messages + sum(
            self._bytes(f"{pid}/smaps_rollup", ("Pss_Anon:", "Pss_Shmem:", "SwapPss:"))
            + self._bytes(f"{pid}/status", ("VmPTE:",))
            for pid in pids
        )

    def _sockets(self) -> int:
        if not self._own_network:
            return 0
        return max(0, self._read("self/net/unix").count("\n") - 1)  # the first line is a heading

    def _bytes(self, path: str, names: tuple[str, ...]) -> int:
        return sum(int(line.split()[1]) << 10 for line in self._read(path).splitlines() if line.startswith(names))

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
            chunks = iter(lambda: os.read(descriptor, 1 << 16), b"")
            return b"".join(chunks).decode(errors="replace")
        except OSError:
            return ""
        finally:
            os.close(descriptor)
