"""Does the kernel do what the walls are made of? Every primitive is tried, in a process that ends with the trial."""

from __future__ import annotations

import errno
import mmap
import os
import resource
import sys
from collections.abc import Callable

from . import kernel
from .namespaces import become_nobody, can_become_nobody
from .seccomp import program_filter, zygote_filter

_HELD, _DID_NOT_HOLD = 0, 255


def missing_primitives() -> dict[str, str]:
    """What `NamespaceWalls` needs and this machine lacks: the name of the primitive, and what the kernel said."""
    if sys.platform != "linux" or os.uname().machine != "x86_64":
        return {"Linux on x86-64": f"this is {sys.platform} on {os.uname().machine}"}
    trials: dict[str, Callable[[], bool]] = {
        "user namespaces": lambda: _holds_in_namespaces(0, lambda: True),
        "process id namespaces": lambda: _holds_in_namespaces(kernel.CLONE_NEWPID, lambda: os.getpid() == 1),
        "network namespaces": lambda: _holds_in_namespaces(kernel.CLONE_NEWNET, lambda: True),
        "IPC namespaces": lambda: _holds_in_namespaces(kernel.CLONE_NEWIPC, lambda: True),
        "UTS namespaces": lambda: _holds_in_namespaces(kernel.CLONE_NEWUTS, lambda: True),
        "mount namespaces": lambda: _holds_in_namespaces(kernel.CLONE_NEWNS, _mounts_work),
        "Landlock": lambda: kernel.landlock_abi() >= 1,
        "seccomp filters": lambda: _holds_in_child(_filter_works),
        "process descriptors": lambda: os.pidfd_open(os.getpid()) >= 0,
        "limits of memory": lambda: _holds_in_child(_memory_limit_works),
        "limits of processes": lambda: _holds_in_namespaces(0, _process_limit_works),
        "children in /proc": lambda: os.path.exists(f"/proc/self/task/{os.getpid()}/children"),
    }
    problems = {}
    for name, trial in trials.items():
        try:
            if not trial():
                problems[name] = "it has no effect"
        except OSError as error:
            problems[name] = os.strerror(error.errno or 0)
    return problems


def _holds_in_child(trial: Callable[[], bool]) -> bool:
    return _outcome(os.fork(), trial)


def _holds_in_namespaces(flags: int, trial: Callable[[], bool]) -> bool:
    """As `nobody` where this is root, as the boxes are made."""

    def in_namespaces() -> bool:
        if can_become_nobody():
            become_nobody()
        pid, descriptor = kernel.clone(kernel.CLONE_NEWUSER | flags)
        if pid:
            os.close(descriptor)
        return _outcome(pid, trial)

    return _holds_in_child(in_namespaces)


def _outcome(pid: int, trial: Callable[[], bool]) -> bool:
    """In the child, try and exit; in the parent, the result, with the child's error raised again."""
    if pid == 0:
        code = _DID_NOT_HOLD
        try:
            code = _HELD if trial() else _DID_NOT_HOLD
        except OSError as error:
            code = error.errno or _DID_NOT_HOLD
        finally:
            os._exit(code)
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    if code not in (_HELD, _DID_NOT_HOLD):
        raise OSError(code, "") if code > 0 else OSError(errno.EPERM, "")
    return code == _HELD


def _mounts_work() -> bool:
    kernel.mount("none", "/", "none", kernel.MS_REC | kernel.MS_PRIVATE)
    copy = kernel.detached_copy("/usr")
    kernel.set_mount_attributes(copy, kernel.MOUNT_READ_ONLY | kernel.MOUNT_NO_SUID)
    kernel.attach(copy, "/proc")
    kernel.mount("box", "/dev", "tmpfs", 0, "size=64k,nr_inodes=16")
    return bool(os.statvfs("/proc").f_flag & os.ST_RDONLY) and not os.listdir("/dev")


def _filter_works() -> bool:
    kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)
    kernel.load_seccomp(zygote_filter())
    kernel.load_seccomp(program_filter())
    try:
        kernel.unshare(0)  # which does nothing, where it is not refused
    except PermissionError:
        return True
    return False


def _memory_limit_works() -> bool:
    resource.setrlimit(resource.RLIMIT_AS, (1 << 26, 1 << 26))
    try:
        mmap.mmap(-1, 1 << 27)  # of the kernel: the heap may hold a block as large, which somebody has freed
    except OSError:
        return True
    return False


def _process_limit_works() -> bool:
    resource.setrlimit(resource.RLIMIT_NPROC, (1, 1))
    try:
        if os.fork() == 0:
            os._exit(0)
    except BlockingIOError:
        return True
    return False
