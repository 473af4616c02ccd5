"""The filter before every system call of a program.

What an honest program never needs, and what has been the way out of boxes, fails with EPERM or ENOSYS; another ABI than
the native one (i386, x32), whose calls have other numbers, is killed with SIGSYS.

Source: https://docs.kernel.org/userspace-api/seccomp_filter.html
"""

from __future__ import annotations

import errno
import struct

_LOAD, _JUMP_EQUAL, _JUMP_AT_LEAST, _JUMP_ANY_BIT, _AND, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x54, 0x06
_NUMBER, _ARCHITECTURE, _ARGUMENTS = 0, 4, 16
_ALLOW, _KILL, _ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
_X86_64, _X32 = 0xC000003E, 0x40000000
_LAST_KNOWN = 462  # mseal; a later call may be anything

_MISSING = {
    "clone3": 435,  # its flags lie in memory, where a filter cannot look; libraries fall back on clone
    "io_uring_setup": 425,
    "io_uring_enter": 426,
    "io_uring_register": 427,
    "memfd_secret": 447,  # memory that no limit counts; so are the next four
    "shmget": 29,
    "msgget": 68,
    "semget": 64,
    "mq_open": 240,
}
_FORBIDDEN = {
    # other processes
    "ptrace": 101,
    "process_vm_readv": 310,
    "process_vm_writev": 311,
    "process_madvise": 440,
    "process_mrelease": 448,
    "pidfd_getfd": 438,
    "kcmp": 312,
    "migrate_pages": 256,
    "move_pages": 279,
    # namespaces and mounts
    "unshare": 272,
    "setns": 308,
    "pivot_root": 155,
    "chroot": 161,
    "open_tree": 428,
    "move_mount": 429,
    "fsopen": 430,
    "fsconfig": 431,
    "fsmount": 432,
    "fspick": 433,
    "mount_setattr": 442,
    "statmount": 457,
    "listmount": 458,
    "sethostname": 170,
    "setdomainname": 171,
    # memory that no table of pages shows
    "vmsplice": 278,
    # keys, programs in the kernel, and what they watch
    "add_key": 248,
    "request_key": 249,
    "keyctl": 250,
    "bpf": 321,
    "perf_event_open": 298,
    "userfaultfd": 323,
    "fanotify_init": 300,
    "lookup_dcookie": 212,
    # files by another way than their name
    "name_to_handle_at": 303,
    "open_by_handle_at": 304,
    # the machine
    "kexec_load": 246,
    "kexec_file_load": 320,
    "init_module": 175,
    "finit_module": 313,
    "delete_module": 176,
    "create_module": 174,
    "get_kernel_syms": 177,
    "query_module": 178,
    "reboot": 169,
    "swapon": 167,
    "swapoff": 168,
    "acct": 163,
    "quotactl": 179,
    "quotactl_fd": 443,
    "nfsservctl": 180,
    "syslog": 103,
    "settimeofday": 164,
    "clock_settime": 227,
    "clock_adjtime": 305,
    "adjtimex": 159,
    "iopl": 172,
    "ioperm": 173,
    "modify_ldt": 154,
    "vhangup": 153,
    "uselib": 134,
    "ustat": 136,
    "sysfs": 139,
    "_sysctl": 156,
    "vserver": 236,
    "set_mempolicy_home_node": 450,
    "mbind": 237,
    "set_mempolicy": 238,
}
_MOUNT, _UNMOUNT, _MEMFD_CREATE, _LANDLOCK = 165, 166, 319, (444, 445, 446)
_CLONE, _SOCKET, _PERSONALITY, _MKNOD, _MKNODAT, _IOCTL, _MMAP, _SETSOCKOPT = 56, 41, 135, 133, 259, 16, 9, 54
_SETPRIORITY, _IOPRIO_SET, _FCNTL = 141, 251, 72
_TO_A_PROCESS = {
    "kill": 62,
    "tkill": 200,
    "tgkill": 234,
    "rt_sigqueueinfo": 129,
    "rt_tgsigqueueinfo": 297,
    "pidfd_open": 434,
    "prlimit64": 302,
    "sched_setaffinity": 203,
    "sched_setattr": 314,
    "sched_setparam": 142,
    "sched_setscheduler": 144,
}
"""Calls whose first argument is the process that they change."""
_WARDEN = 1  # whose processes the next programs will be
_PRIO_USER, _IOPRIO_WHO_USER = 2, 3
_F_SETOWN, _F_SETOWN_EX, _FIOSETOWN, _SIOCSPGRP = 8, 15, 0x8901, 0x8902  # have the kernel send signals to a process
_NEW_NAMESPACES = 0x7E020080  # every CLONE_NEW*, that of time included
_AF_UNIX, _PERSONALITY_QUERY = 1, 0xFFFFFFFF
_FILE_TYPE, _FIFO, _REGULAR = 0o170000, 0o010000, 0o100000
_SHARED_ANONYMOUS = (
    0x21  # flags of memory that stays when all but one page of it is unmapped, so that no limit counts it
)
_SOL_SOCKET, _SO_SNDBUF, _SO_SNDBUFFORCE = 1, 7, 32
_NO = (_RETURN, 0, 0, _ERRNO | errno.EPERM)
_TIOCSTI, _TIOCLINUX = 0x5412, 0x541C  # type into a terminal


def zygote_filter() -> bytes:
    """What neither a program nor the preparation of its box needs, as the kernel takes it: instructions of 8 bytes.

    It is loaded once and inherited, which makes what is loaded for every program short.
    """
    refuse = dict.fromkeys(_MISSING.values(), _ERRNO | errno.ENOSYS)
    refuse |= dict.fromkeys(_FORBIDDEN.values(), _ERRNO | errno.EPERM)
    return _assemble(
        _load(_ARCHITECTURE),
        (_JUMP_EQUAL, 1, 0, _X86_64),
        (_RETURN, 0, 0, _KILL),
        _load(_NUMBER),
        (_JUMP_AT_LEAST, 0, 1, _X32),
        (_RETURN, 0, 0, _KILL),
        (_JUMP_AT_LEAST, 0, 1, _LAST_KNOWN + 1),
        (_RETURN, 0, 0, _ERRNO | errno.ENOSYS),
        # flags and modes lie in the lower halves of the arguments
        *_for_call(_SOCKET, [_load(_argument(0)), (_JUMP_EQUAL, 1, 0, _AF_UNIX), _NO]),
        *_for_call(
            _PERSONALITY,
            [_load(_argument(0)), (_JUMP_EQUAL, 2, 0, 0), (_JUMP_EQUAL, 1, 0, _PERSONALITY_QUERY), _NO],
        ),
        *_for_call(_MKNOD, _only_plain_files(1)),
        *_for_call(_MKNODAT, _only_plain_files(2)),
        *_for_call(_IOCTL, _none_of(1, _TIOCSTI, _TIOCLINUX, _FIOSETOWN, _SIOCSPGRP)),
        *_for_call(_FCNTL, _none_of(1, _F_SETOWN, _F_SETOWN_EX)),
        *(step for number in _TO_A_PROCESS.values() for step in _for_call(number, _none_of(0, _WARDEN))),
        *_for_call(_SETPRIORITY, [*_none_of(0, _PRIO_USER), *_none_of(1, _WARDEN)]),
        *_for_call(_IOPRIO_SET, [*_none_of(0, _IOPRIO_WHO_USER), *_none_of(1, _WARDEN)]),
        *_for_call(
            _MMAP,
            [_load(_argument(3)), (_AND, 0, 0, _SHARED_ANONYMOUS), (_JUMP_EQUAL, 0, 1, _SHARED_ANONYMOUS), _NO],
        ),
        *_for_call(_SETSOCKOPT, _no_larger_buffers()),
        *_refusals(refuse),
    )


def program_filter() -> bytes:
    """What the preparation of a box needs and its program does not; for a process that has `zygote_filter`."""
    return _assemble(
        _load(_NUMBER),
        *_for_call(_CLONE, [_load(_argument(0)), (_JUMP_ANY_BIT, 0, 1, _NEW_NAMESPACES), _NO]),
        *_refusals(dict.fromkeys((_MOUNT, _UNMOUNT), _ERRNO | errno.EPERM)),
        *_refusals(dict.fromkeys((_MEMFD_CREATE, *_LANDLOCK), _ERRNO | errno.ENOSYS)),
    )


def _assemble(*instructions: tuple[int, int, int, int]) -> bytes:
    """A filter that allows what no instruction before decided."""
    return b"".join(struct.pack("=HBBI", *instruction) for instruction in (*instructions, (_RETURN, 0, 0, _ALLOW)))


def _refusals(refuse: dict[int, int]) -> list[tuple[int, int, int, int]]:
    return [
        instruction
        for number, verdict in refuse.items()
        for instruction in ((_JUMP_EQUAL, 0, 1, number), (_RETURN, 0, 0, verdict))
    ]


def _load(offset: int) -> tuple[int, int, int, int]:
    return (_LOAD, 0, 0, offset)


def _argument(index: int) -> int:
    return _ARGUMENTS + 8 * index


def _only_plain_files(index: int) -> list[tuple[int, int, int, int]]:
    return [
        _load(_argument(index)),
        (_AND, 0, 0, _FILE_TYPE),
        (_JUMP_EQUAL, 3, 0, _FIFO),
        (_JUMP_EQUAL, 2, 0, _REGULAR),
        (_JUMP_EQUAL, 1, 0, 0),
        _NO,
    ]


def _none_of(index: int, *values: int) -> list[tuple[int, int, int, int]]:
    """Refuse these values of an argument; others go on behind."""
    *most, last = values
    jumps = [(_JUMP_EQUAL, len(most) - i, 0, value) for i, value in enumerate(most)]
    return [_load(_argument(index)), *jumps, (_JUMP_EQUAL, 0, 1, last), _NO]


def _no_larger_buffers() -> list[tuple[int, int, int, int]]:
    """Messages that nobody reads are counted by how many sockets there are, see `Tree`."""
    refuse = _none_of(2, _SO_SNDBUF, _SO_SNDBUFFORCE)
    return [_load(_argument(1)), (_JUMP_EQUAL, 0, len(refuse), _SOL_SOCKET), *refuse]


def _for_call(number: int, check: list[tuple[int, int, int, int]]) -> list[tuple[int, int, int, int]]:
    """A check of arguments of one call, after which it is allowed."""
    return [(_JUMP_EQUAL, 0, len(check) + 1, number), *check, (_RETURN, 0, 0, _ALLOW)]
