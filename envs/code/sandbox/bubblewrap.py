"""Boxes that bubblewrap builds, one for each program."""

from __future__ import annotations

import os
import shutil
import socket
from collections.abc import Sequence

from .bare_interpreter import PACKAGE, ROOTS, close_streams, start_interpreter
from .box.filesystem import DEVICES, FOLDER, shown
from .box_handle import Box, Lost
from .types import Job, Limits, SandboxUnavailable

_PACKAGE = "/run/palaestra"  # where the modules of the box are shown


class Bubblewrap:
    """Makes boxes with `bwrap`.

    Args:
        readable: folders of the host that programs may read, beside the system's.

    Raises:
        SandboxUnavailable: there is no `bwrap`, or it cannot make a box.
    """

    boxes_serve_again = False

    def __init__(self, readable: Sequence[str]) -> None:
        command = shutil.which("bwrap")
        if command is None:
            raise SandboxUnavailable(
                "isolation 'bubblewrap' needs the program bwrap, which is not on the PATH; "
                "install bubblewrap (Debian: apt-get install bubblewrap)"
            )
        self._command = command
        self._readable = tuple(readable)
        try:
            self.new_box(Job(argv=("true",), limits=Limits())).close()
        except Lost as error:
            raise SandboxUnavailable(f"bwrap cannot make a box: {error}") from error

    def is_alive(self) -> bool:
        """True: nothing has to live."""
        return True

    def new_box(self, job: Job) -> Box:
        """A box for this job.

        Raises:
            Lost: it could not be made.
        """
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        proc = os.open("/proc", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            process = start_interpreter(
                "bubblewrapped",
                [theirs.fileno(), proc],
                readable=self._readable,
                prefix=self._prefix(job.limits),
                package=_PACKAGE,
            )
        except BaseException:
            ours.close()
            raise
        finally:
            theirs.close()
            os.close(proc)
        try:
            return Box(ours, process)
        except Lost as error:
            said = process.stderr.read().decode(errors="replace").strip() if process.stderr is not None else ""
            raise Lost(f"{error}: {said}" if said else str(error)) from error
        finally:
            close_streams(process)

    def close(self) -> None:
        """Nothing: boxes end when they are let go of."""

    def abandon(self) -> None:
        """Nothing is shared with a process that is forked from this one."""

    def _prefix(self, limits: Limits) -> list[str]:
        # not --die-with-parent, which means the thread: the box ends when its channel closes
        arguments = ["--unshare-all", "--unshare-user", "--as-pid-1", "--new-session", "--cap-drop", "ALL"]
        arguments += ["--uid", "1000", "--gid", "1000", "--hostname", "box"]
        for path in shown([*self._readable, *ROOTS]):
            if os.path.islink(path):
                arguments += ["--symlink", os.readlink(path), path]
            else:
                arguments += ["--ro-bind", path, path]
        for path in DEVICES:
            arguments += ["--dev-bind", path, path]
        arguments += ["--ro-bind", f"{PACKAGE}/box", f"{_PACKAGE}/box"]
        arguments += ["--perms", "0700", "--size", str(limits.folder_bytes), "--tmpfs", FOLDER]
        for path in ("/tmp", "/var/tmp", "/dev/shm"):
            arguments += ["--symlink", FOLDER, path]
        return [self._command, *arguments, "--remount-ro", "/", "--chdir", "/", "--"]
