"""System calls that Python has no names for; each raises OSError where the kernel says no."""

from __future__ import annotations

import ctypes
import os
import stat
import struct

# of x86-64
_CLONE = 56
_UNSHARE = 272
_MOUNT = 165
_UMOUNT = 166
_PIVOT_ROOT = 155
_CAPSET = 126
_PRCTL = 157
_SECCOMP = 317
_OPEN_TREE, _MOVE_MOUNT, _FSOPEN, _FSCONFIG, _FSMOUNT, _MOUNT_SETATTR = 428, 429, 430, 431, 432, 442
_OPENAT2 = 437
_LANDLOCK_CREATE, _LANDLOCK_ADD, _LANDLOCK_RESTRICT = 444, 445, 446

CLONE_PIDFD = 0x1000
CLONE_NEWNS, CLONE_NEWCGROUP, CLONE_NEWUTS, CLONE_NEWIPC = 0x20000, 0x2000000, 0x4000000, 0x8000000
CLONE_NEWUSER, CLONE_NEWPID, CLONE_NEWNET = 0x10000000, 0x20000000, 0x40000000
_SIGCHLD = 17

MS_RDONLY, MS_NOSUID, MS_NODEV, MS_REC, MS_PRIVATE = 1, 2, 4, 0x4000, 1 << 18
MNT_DETACH = 2
MOUNT_READ_ONLY, MOUNT_NO_SUID, MOUNT_NO_DEVICES, MOUNT_NO_EXECUTION = 1, 2, 4, 8
_AT_EMPTY_PATH, _AT_RECURSIVE = 0x1000, 0x8000
_OPEN_TREE_CLONE, _OPEN_TREE_CLOEXEC = 1, os.O_CLOEXEC
_MOVE_MOUNT_FROM_EMPTY_PATH = 4

PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_CAPBSET_DROP, PR_SET_NO_NEW_PRIVS, PR_SET_CHILD_SUBREAPER = 1, 4, 24, 38, 36
PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL = 47, 4

LANDLOCK_RULE_PATH_BENEATH = 1
_BENEATH_WITHOUT_LINKS = 0x04 | 0x08  # RESOLVE_NO_SYMLINKS, RESOLVE_BENEATH

# holds the interpreter's lock while it calls, so that a child never has to take it
_libc = ctypes.PyDLL(None, use_errno=True)
_syscall = _libc.syscall
_syscall.restype = ctypes.c_long
_syscall.argtypes = [ctypes.c_long] * 7
_address_of_bytes = ctypes.PyDLL(None).PyBytes_AsString
_address_of_bytes.restype = ctypes.c_size_t
_address_of_bytes.argtypes = [ctypes.py_object]


_ZEROS = (0,) * 6
_CAPABILITY_HEADER = struct.pack("=Ii", 0x20080522, 0)
_NO_CAPABILITIES = bytes(24)


def _call(number: int, *arguments: int | bytes) -> int:
    """Make a call; of bytes, which end with a null byte by themselves, it gets the address."""
    numbers = [value if isinstance(value, int) else _address_of_bytes(value) for value in arguments]
    result = _syscall(number, *numbers, *_ZEROS[len(numbers) :])
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
    return result


def clone(flags: int) -> tuple[int, int]:
    """As fork, into new namespaces. Returns the child's id and a descriptor of it, (0, -1) in the child."""
    pidfd = ctypes.c_int(-1)
    pid = _call(_CLONE, flags | CLONE_PIDFD | _SIGCHLD, 0, ctypes.addressof(pidfd), 0, 0)
    if pid == 0:
        ctypes.pythonapi.PyOS_AfterFork_Child()
        return 0, -1
    return pid, pidfd.value


def unshare(flags: int) -> None:
    """Move into new namespaces."""
    _call(_UNSHARE, flags)


def mount(source: str, target: str, kind: str, flags: int, data: str = "") -> None:
    """Mount a file system."""
    _call(_MOUNT, source.encode(), target.encode(), kind.encode(), flags, data.encode())


def unmount(target: str) -> None:
    """Take a mount out of sight, also where it is in use."""
    _call(_UMOUNT, target.encode(), MNT_DETACH)


def pivot_root(new: str, old: str) -> None:
    """Make another mount the root."""
    _call(_PIVOT_ROOT, new.encode(), old.encode())


def detached_copy(path: str) -> int:
    """A descriptor of a copy of the mounts at and below a path, which is nowhere to be seen yet."""
    return _call(_OPEN_TREE, -100, os.fsencode(path), _OPEN_TREE_CLONE | _OPEN_TREE_CLOEXEC | _AT_RECURSIVE)


def set_mount_attributes(descriptor: int, attributes: int) -> None:
    """Set attributes of a mount and of all below it."""
    structure = struct.pack("=4Q", attributes, 0, 0, 0)
    _call(_MOUNT_SETATTR, descriptor, b"", _AT_EMPTY_PATH | _AT_RECURSIVE, structure, len(structure))


def set_one_mount_read_only(descriptor: int) -> None:
    """Make a mount read-only, and leave those below it as they are."""
    structure = struct.pack("=4Q", MOUNT_READ_ONLY, 0, 0, 0)
    _call(_MOUNT_SETATTR, descriptor, b"", _AT_EMPTY_PATH, structure, len(structure))


def attach(descriptor: int, path: str) -> None:
    """Show a detached mount at a path."""
    _call(_MOVE_MOUNT, descriptor, b"", -100, os.fsencode(path), _MOVE_MOUNT_FROM_EMPTY_PATH)


def prctl(option: int, value: int = 0) -> None:
    """Set an attribute of this process."""
    _call(_PRCTL, option, value, 0, 0, 0)


def drop_capability_bounds() -> None:
    """Have no file that is run from now on give capabilities."""
    capability = 0
    while _syscall(_PRCTL, PR_CAPBSET_DROP, capability, 0, 0, 0, 0) == 0:  # until the kernel knows no more of them
        capability += 1
    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL)


def drop_capabilities() -> None:
    """Give up every capability that this process has."""
    _call(_CAPSET, _CAPABILITY_HEADER, _NO_CAPABILITIES)


def load_seccomp(program: bytes) -> None:
    """Put a filter before every system call from now on."""
    structure = struct.pack("=HxxxxxxQ", len(program) // 8, _address_of_bytes(program))
    _call(_SECCOMP, 1, 0, structure)


def landlock_abi() -> int:
    """The version of Landlock.

    Raises:
        OSError: there is none.
    """
    return _call(_LANDLOCK_CREATE, 0, 0, 1)


def landlock_create(attributes: bytes) -> int:
    """A descriptor of an empty ruleset."""
    return _call(_LANDLOCK_CREATE, attributes, len(attributes), 0)


def landlock_allow(ruleset: int, rights: int, parent: int) -> None:
    """Allow what `rights` says below the open folder, or to the open file, `parent`."""
    _call(_LANDLOCK_ADD, ruleset, LANDLOCK_RULE_PATH_BENEATH, struct.pack("=Qi", rights, parent), 0)


def landlock_restrict(ruleset: int) -> None:
    """Hold this process to a ruleset from now on."""
    _call(_LANDLOCK_RESTRICT, ruleset, 0)


def read_regular_file(folder: int, name: str, most: int) -> bytes | None:
    """What is in a regular file below an open folder, reached through no symbolic link; None where there is none.

    Nothing is returned of a file with more than `most` bytes.
    """
    how = struct.pack("=3Q", os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOFOLLOW, 0, _BENEATH_WITHOUT_LINKS)
    try:
        descriptor = _call(_OPENAT2, folder, os.fsencode(name), how, len(how))
    except OSError:
        return None
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode) or status.st_size > most:
            return None
        with open(descriptor, "rb", buffering=0, closefd=False) as file:
            return file.readall()
    finally:
        os.close(descriptor)
