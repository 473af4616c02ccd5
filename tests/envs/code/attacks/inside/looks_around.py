"""An honest program, run before and after each attack: whatever an attack left behind shows in what it prints."""

import ctypes
import decimal
import gc
import json
import os
import random
import resource
import signal
import socket
import sys
import tempfile
import threading


def names(folder):
    """List a folder, if it is there."""
    try:
        return sorted(os.listdir(folder))
    except OSError as refusal:
        return type(refusal).__name__


def is_open(descriptor):
    """Whether there is a descriptor of this number."""
    try:
        os.fstat(descriptor)
    except OSError:
        return False
    return True


libc = ctypes.CDLL(None, use_errno=True)
PR_GET_DUMPABLE, PR_GET_TIMERSLACK, PR_GET_NO_NEW_PRIVS, PR_GET_THP_DISABLE, PR_GET_SECCOMP = 3, 30, 39, 42, 21
with tempfile.TemporaryFile() as file:
    file.write(b"works")
print(
    json.dumps(
        {
            "sum": [str(2**100), sorted([3, 1, 2]), "straße".upper(), [number + 1 for number in range(4, 9)]],
            "builtins": sorted(name for name, value in vars(__builtins__).items() if type(value) is type(lambda: 0)),
            "modules": sorted(name for name in sys.modules if not name.startswith("encodings.")),
            "finders": [repr(type(finder)) for finder in sys.meta_path] + [repr(type(hook)) for hook in sys.path_hooks],
            "path": [path for path in sys.path if path != os.getcwd()],
            "switches": [
                gc.isenabled(),
                gc.get_threshold(),
                sys.getrecursionlimit(),
                sys.getswitchinterval(),
                sys.get_int_max_str_digits(),
                sys.gettrace() is None,
                sys.getprofile() is None,
                decimal.getcontext().prec,
                repr(type(sys.stdout)),
                sys.flags,
            ],
            "drawn from no seed": random.getstate()[0],
            "threads": threading.active_count(),
            "environment": dict(os.environ),
            "process": [
                os.getppid(),
                os.getuid(),
                os.getgid(),
                os.getgroups(),
                os.nice(0),
                sorted(os.sched_getaffinity(0)),
                os.sched_getscheduler(0),
                os.umask(0o22),
                socket.gethostname(),
                *(
                    libc.prctl(question, 0, 0, 0, 0)
                    for question in (
                        PR_GET_DUMPABLE,
                        PR_GET_TIMERSLACK,
                        PR_GET_NO_NEW_PRIVS,
                        PR_GET_THP_DISABLE,
                        PR_GET_SECCOMP,
                    )
                ),
                libc.personality(0xFFFFFFFF),
            ],
            "blocked": sorted(signal.pthread_sigmask(signal.SIG_BLOCK, [])),
            "handlers": [repr(signal.getsignal(number)) for number in sorted(signal.valid_signals())],
            "limits": [resource.getrlimit(limit) for limit in range(16)],
            "descriptors": [descriptor for descriptor in range(1024) if is_open(descriptor)],
            "folders": {
                folder: names(folder) for folder in (".", "/", "/tmp", "/var/tmp", "/dev", "/dev/shm", "/run", "/home")
            },
            "timers": sum(libc.timer_create(1, None, ctypes.byref(ctypes.c_void_p())) == 0 for _ in range(100)),
            "ipc": [libc.shmget(0x5EC, 1, 0), libc.semget(0x5EC, 1, 0), libc.msgget(0x5EC, 0)],
        },
        indent=1,
        default=repr,
    )
)
