"""Landlock: which files a program may touch, whatever its user may.

Source: https://docs.kernel.org/userspace-api/landlock.html
"""

from __future__ import annotations

import os
import stat
import struct
from collections.abc import Iterable

from . import kernel

_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1, 2, 4, 8
_TRUNCATE, _IOCTL_DEV = 1 << 14, 1 << 15
_FILE_RIGHTS = _EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE | _IOCTL_DEV
_READING = _EXECUTE | _READ_FILE | _READ_DIR
_NO_RIGHTS_TO_MAKE_DEVICES = ~((1 << 6) | (1 << 11))  # character and block devices

# how many rights to files each version knows
_RIGHTS_BY_ABI = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}


class Landlock:
    """Prepares the rules that all programs share.

    Args:
        abi: the kernel's version of Landlock.
        readable: folders and files that may be read and executed.
        devices: that may be read and written.
    """

    def __init__(self, abi: int, readable: Iterable[str], devices: Iterable[str]) -> None:
        self._handled = (1 << _RIGHTS_BY_ABI[min(abi, 5)]) - 1
        fields = [self._handled]
        if abi >= 4:
            fields.append(0b11)  # TCP: neither bind nor connect
        if abi >= 6:
            fields.append(0b11)  # no abstract sockets of, and no signals to, processes outside
        self._attributes = struct.pack(f"={len(fields)}Q", *fields)
        self._rules = [(self._open(path), _READING) for path in readable]
        self._rules += [(self._open(path), _READ_FILE | _WRITE_FILE | _TRUNCATE) for path in devices]
        self._rules.append((self._open("/"), _READ_DIR))  # the names of what is there
        self._rules = [(descriptor, self._fitting(rights, descriptor)) for descriptor, rights in self._rules]

    def restrict(self, writable: str) -> None:
        """Hold this process to the shared rules, and let it do as it likes in one folder."""
        ruleset = kernel.landlock_create(self._attributes)
        for descriptor, rights in self._rules:
            kernel.landlock_allow(ruleset, rights, descriptor)
        folder = self._open(writable)
        kernel.landlock_allow(ruleset, self._handled & _NO_RIGHTS_TO_MAKE_DEVICES, folder)
        kernel.landlock_restrict(ruleset)
        os.close(folder)
        os.close(ruleset)

    def _open(self, path: str) -> int:
        return os.open(path, os.O_PATH | os.O_CLOEXEC)

    def _fitting(self, rights: int, descriptor: int) -> int:
        is_folder = stat.S_ISDIR(os.fstat(descriptor).st_mode)
        return rights & self._handled & (-1 if is_folder else _FILE_RIGHTS)
