"""The caller's handle on one box."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import socket
import subprocess
import time

from .box.warden import FAILED, READY, RUN, STOP
from .box.zygote import BOX_MADE
from .types import SandboxBroken

_BUILD_SECONDS = 30.0
_LONGEST_MESSAGE = 8192


class Lost(Exception):
    """A process of the sandbox is gone; what it was asked may not have been done."""


class Box:
    """A box that runs one program at a time, and is empty in between.

    Args:
        channel: to its warden, who is just being made.
        process: whose end is the end of the box; None: its zygote will send a descriptor of it.

    Raises:
        Lost: there will be none.
        SandboxBroken: it could not be built.
    """

    def __init__(self, channel: socket.socket, process: subprocess.Popen[bytes] | None = None) -> None:
        self._channel = channel
        self._process = process
        self._pidfd = None if process is None else os.pidfd_open(process.pid)
        try:
            self._wait_until_built()
        except BaseException:
            self.close()
            raise

    def fileno(self) -> int:
        """What becomes readable when there is a message."""
        return self._channel.fileno()

    def run(self, descriptors: list[int]) -> None:
        """Have it run a program.

        Args:
            descriptors: the job, standard input, output and error.

        Raises:
            Lost: it is gone.
        """
        try:
            socket.send_fds(self._channel, [RUN], descriptors)
        except OSError as error:
            raise Lost(f"the box is gone: {error}") from error

    def stop(self) -> None:
        """Have it end the program that runs."""
        with contextlib.suppress(OSError):  # it is gone
            self._channel.send(STOP)

    def receive(self) -> tuple[bytes, int | None]:
        """The next message and the descriptor that came with it; an empty message where it is gone."""
        try:
            message, descriptors, _, _ = socket.recv_fds(self._channel, _LONGEST_MESSAGE, 1, socket.MSG_CMSG_CLOEXEC)
        except ConnectionError:
            return b"", None
        return message, descriptors[0] if descriptors else None

    def is_alive(self) -> bool:
        """Whether its warden lives and has nothing to say, as is right while no program runs."""
        poll = select.poll()
        poll.register(self._channel, select.POLLIN)
        return not poll.poll(0)

    def kill(self) -> None:
        """End it with all that runs in it, and wait until that is over."""
        if self._pidfd is not None:
            with contextlib.suppress(ProcessLookupError):  # it has ended already
                signal.pidfd_send_signal(self._pidfd, signal.SIGKILL)
            poll = select.poll()
            poll.register(self._pidfd, select.POLLIN)
            poll.poll(1000 * _BUILD_SECONDS)
        self.close()

    def close(self) -> None:
        """Let go of it, at which it ends with all that runs in it."""
        self._channel.close()
        if self._pidfd is not None:
            os.close(self._pidfd)
            self._pidfd = None
        if self._process is not None:
            self._process.wait()

    def abandon(self) -> None:
        """In a process that was forked: let go of it, and leave it to the other."""
        self._channel.close()
        if self._pidfd is not None:
            os.close(self._pidfd)
            self._pidfd = None
        if self._process is not None:
            self._process.returncode = 0  # it is not this process's child

    def _wait_until_built(self) -> None:
        until = time.monotonic() + _BUILD_SECONDS
        poll = select.poll()
        poll.register(self._channel, select.POLLIN)
        built = False
        while not built or self._pidfd is None:
            if not poll.poll(max(0.0, 1000 * (until - time.monotonic()))):
                raise Lost("no box was made in time")
            message, descriptor = self.receive()
            if message == BOX_MADE:
                self._pidfd = descriptor
            elif message == READY:
                built = True
            elif message[:1] == FAILED:
                raise SandboxBroken(f"the box could not be built: {message[1:].decode(errors='replace')}")
            else:
                raise Lost("no box was made")
