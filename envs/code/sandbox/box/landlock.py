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
_MAKE_DEVICES = (1 << 6) | (1 << 11)  # of characters, of blocks

_RIGHTS_BY_ABI = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}
"""How many rights to files each version knows."""


def landlock_ruleset(readable: Iterable[str], writable: str, devices: Iterable[str]) -> int:
    """A descriptor of the rules for a program.

    It can neither bind nor connect TCP sockets (from version 4 on), nor signal processes or use abstract sockets that
    are not of its own (from version 6 on).

    Args:
        readable: folders and files that it may read and execute.
        writable: the folder below which it may do as it likes. A mount at a place below counts; one at `writable`
            itself does not.
        devices: that it may read and write.

    Raises:
        OSError: the kernel has no Landlock.
    """
    abi = kernel.landlock_abi()
    handled = (1 << _RIGHTS_BY_ABI[min(abi, 5)]) - 1
    fields = [handled, *([0b11] if abi >= 4 else []), *([0b11] if abi >= 6 else [])]
    ruleset = kernel.landlock_create(struct.pack(f"={len(fields)}Q", *fields))
    rules = [(path, _EXECUTE | _READ_FILE | _READ_DIR) for path in readable]
    rules += [(path, _READ_FILE | _WRITE_FILE | _TRUNCATE) for path in devices]
    rules += [("/", _READ_DIR), (writable, ~_MAKE_DEVICES)]
    for path, rights in rules:
        descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
        of_its_kind = -1 if stat.S_ISDIR(os.fstat(descriptor).st_mode) else _FILE_RIGHTS
        kernel.landlock_allow(ruleset, rights & handled & of_its_kind, descriptor)
        os.close(descriptor)
    return ruleset
