"""The caller's handle on a zygote."""

from __future__ import annotations

import json
import select
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Sequence

from .bare_interpreter import close_streams, start_interpreter
from .box.warden import READY
from .box.zygote import MISSING, NEW_BOX
from .box_handle import Box, Lost
from .types import Job, SandboxUnavailable

_START_SECONDS = 60.0
_WHAT_WOULD_DO = {
    "Linux on x86-64": "run this on such a machine",
    "Landlock": "use Linux 5.13 or later with landlock among the security modules (`lsm=` at boot)",
    "seccomp filters": "use a kernel with CONFIG_SECCOMP_FILTER",
    "children in /proc": "mount /proc, with CONFIG_PROC_CHILDREN",
}
_FOR_NAMESPACES = (
    "set the sysctls kernel.unprivileged_userns_clone=1 and user.max_*_namespaces over 0, or start the container with "
    "seccomp and AppArmor profiles that allow namespaces and mounts"
)


class Zygote:
    """A warm interpreter in a process of its own, which becomes the boxes of programs.

    Args:
        readable: folders of the host that programs may read, beside the system's.
        walls: whether the boxes have any; else they only limit resources.

    Raises:
        SandboxUnavailable: a wall cannot be built here; the message says which.
    """

    boxes_serve_again = True

    def __init__(self, readable: Sequence[str], *, walls: bool) -> None:
        self._folders = None if walls else tempfile.mkdtemp(prefix="palaestra-")
        options = {} if self._folders is None else {"folders": self._folders}
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._process = start_interpreter("zygote", [theirs.fileno()], readable=readable, **options)
        try:
            self._wait_until_ready()
        except BaseException:
            self.close()
            raise

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    def is_alive(self) -> bool:
        """Whether it lives."""
        return self._process.poll() is None

    def new_box(self, job: Job) -> Box:
        """Have it become another box, for any job. May be called from many threads at once.

        Raises:
            Lost: it is gone.
        """
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            try:
                socket.send_fds(self._control, [NEW_BOX], [theirs.fileno()])
            except OSError as error:
                ours.close()
                raise Lost(f"the zygote is gone: {error}") from error
        return Box(ours)

    def close(self) -> None:
        """End it; running programs are killed."""
        self._control.close()
        self._process.kill()
        self._process.wait()
        close_streams(self._process)
        if self._folders is not None:
            shutil.rmtree(self._folders, ignore_errors=True)

    def abandon(self) -> None:
        """Let go of a zygote that belongs to the process this one was forked from."""
        self._control.close()
        forget_process(self._process)

    def _wait_until_ready(self) -> None:
        poll = select.poll()
        poll.register(self._control, select.POLLIN)
        answer = self._control.recv(1 << 16) if poll.poll(1000 * _START_SECONDS) else b""
        if answer == READY:
            close_streams(self._process)
            return
        if answer.startswith(MISSING):
            raise SandboxUnavailable(explain_missing(json.loads(answer[len(MISSING) :])))
        self._process.kill()
        said = answer[1:] or self._process.communicate()[1]
        raise SandboxUnavailable(f"the zygote did not start: {said.decode(errors='replace').strip() or 'no answer'}")


def explain_missing(missing: dict[str, str]) -> str:
    """What is missing, and what would do.

    Args:
        missing: the primitives, and what the kernel said of each.
    """
    causes: dict[tuple[str, str], list[str]] = {}
    for name, problem in sorted(missing.items()):
        causes.setdefault((problem, _WHAT_WOULD_DO.get(name, _FOR_NAMESPACES)), []).append(name)
    parts = [f"{', '.join(names)} ({problem}; {remedy})" for (problem, remedy), names in causes.items()]
    return (
        f"isolation 'full' needs what is missing here: {'; '.join(parts)}. Programs that nobody trusts are not run "
        "without it; isolation='bubblewrap' or the far weaker isolation='rlimits' must be asked for by name"
    )


def forget_process(process: subprocess.Popen[bytes]) -> None:
    """In a process that was forked: have nobody wait for what is another process's child."""
    close_streams(process)
    process.returncode = 0
