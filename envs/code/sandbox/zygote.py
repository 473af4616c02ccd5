"""The caller's handle on one zygote."""

from __future__ import annotations

import json
import os
import select
import socket
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from .box.filesystem import FOLDER
from .box.warden import READY
from .box.zygote import NEW_BOX
from .box_handle import Box, Lost
from .types import SandboxUnavailable

PROGRAM_PATH = f"/usr/local/bin:/usr/bin:/bin:{sys.base_prefix}/bin"
"""Where programs look for others."""

_START_SECONDS = 30.0
_PACKAGE = Path(__file__).parent
_START = "import sys; sys.path.append(sys.argv[3]); from box.zygote import main; main()"


class Zygote:
    """A warm interpreter in a process of its own, which becomes the boxes of programs.

    Args:
        readable: folders of the host that programs may read, beside the system's.

    Raises:
        SandboxUnavailable: it could not build its walls; the message says which.
    """

    def __init__(self, readable: Sequence[str]) -> None:
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        configuration = {
            "readable": [*readable, sys.base_prefix],
            "executable": _interpreter(),
            "own_path": str(_PACKAGE),
        }
        command = [
            _interpreter(),
            *("-P", "-s", "-S", "-c", _START),
            str(theirs.fileno()),
            json.dumps(configuration),
            str(_PACKAGE),
        ]
        try:
            # pipes, so that the streams which programs inherit have been made for pipes
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env=_ENVIRONMENT,
                cwd="/",
                pass_fds=[theirs.fileno()],
            )
        finally:
            theirs.close()
        self._wait_until_ready()

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    def is_alive(self) -> bool:
        """Whether it lives."""
        return self._process.poll() is None

    def new_box(self) -> Box:
        """Have it become another box. May be called from many threads at once.

        Raises:
            Lost: it is gone.
            SandboxBroken: the box could not be built.
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
        self._close_streams()

    def abandon(self) -> None:
        """Let go of a zygote that belongs to the process this one was forked from."""
        self._control.close()
        self._close_streams()
        self._process.returncode = 0  # so that nobody waits for another process's child

    def _wait_until_ready(self) -> None:
        answer = b""
        poll = select.poll()
        poll.register(self._control, select.POLLIN)
        if poll.poll(1000 * _START_SECONDS):
            answer = self._control.recv(4096)
        if answer == READY:
            self._close_streams()
            return
        assert self._process.stderr is not None
        self._process.kill()
        said = answer[1:] or self._process.stderr.read()
        self.close()
        raise SandboxUnavailable(
            f"the sandbox could not be set up: {said.decode(errors='replace').strip() or 'no answer'}"
        )

    def _close_streams(self) -> None:
        for stream in (self._process.stdin, self._process.stdout, self._process.stderr):
            if stream is not None:
                stream.close()


def _interpreter() -> str:
    """The interpreter itself, where this process runs one of a virtual environment."""
    return os.path.realpath(getattr(sys, "_base_executable", sys.executable))


_ENVIRONMENT = {
    "PATH": PROGRAM_PATH,
    "HOME": FOLDER,
    "TMPDIR": FOLDER,
    "LANG": "C.UTF-8",
    "PYTHONHASHSEED": "0",
}
