"""One program that runs in a box: its pipes, its end, and what is made of it."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import time
from collections.abc import Mapping

from .box.job import BoxJob, BoxLimits, write_job
from .box.warden import ASKED, CROWD, DEADLINE, FAILED, KEPT, MEMORY, REPORT
from .box_handle import Box, Lost
from .types import PYTHON, ExitReason, Job, Outcome

_GRACE_SECONDS = 1.0  # that the warden has to end a program, before its box is ended, too
_CHUNK = 1 << 16


class RunningProgram:
    """A program in a box, from the request to the outcome. For one thread at a time.

    Args:
        box: an empty one, which is this program's until `finish` returns.
        job: what to run.
        keep_stdin_open: whether more will be sent after `job.stdin`.

    Raises:
        Lost: the box is gone.
    """

    def __init__(self, box: Box, job: Job, *, keep_stdin_open: bool = False) -> None:
        self.box = box
        self._job = job
        self._keep_stdin_open = keep_stdin_open
        self._stdout, self._stderr = bytearray(), bytearray()
        self._printed = 0  # bytes of standard output, also those that were taken
        self._to_send = memoryview(job.stdin)
        self._report: bytes | None = None
        self._failure: str | None = None
        self._kept: int | None = None
        self._stopped_for: ExitReason | None = None
        self._box_is_lost = self._was_killed = False
        self._open: set[int] = set()
        theirs: list[int] = []
        try:
            theirs.append(write_job(_box_job(job)))
            stdin, self._stdin = self._pipe(ours=1)
            theirs.append(stdin)
            self._stdout_pipe, stdout = self._pipe(ours=0)
            theirs.append(stdout)
            self._stderr_pipe, stderr = self._pipe(ours=0)
            theirs.append(stderr)
            self._started = time.monotonic()
            box.run(theirs)
        except BaseException:
            self._close_pipes()
            raise
        finally:
            for descriptor in theirs:
                os.close(descriptor)
        self._deadline = self._started + job.limits.wall_seconds + _GRACE_SECONDS
        self._poll = select.poll()
        for readable in (box, self._stdout_pipe, self._stderr_pipe):
            self._poll.register(readable, select.POLLIN)
        self._send()

    def _pipe(self, ours: int) -> tuple[int, int]:
        ends = os.pipe()
        self._open.add(ends[ours])
        os.set_blocking(ends[ours], False)
        return ends

    def send(self, data: bytes) -> None:
        """Write to its standard input, which was kept open.

        Raises:
            BrokenPipeError: it has ended, or does not read.
        """
        if self._stdin not in self._open:
            raise BrokenPipeError("the program has ended, or closed its standard input")
        self._to_send = memoryview(bytes(self._to_send) + data)
        self._send()
        while self._to_send and not self._is_over and self._stdin in self._open:
            self.step(None)
        if self._to_send or self._stdin not in self._open:
            self._to_send = memoryview(b"")
            raise BrokenPipeError("the program has ended, or does not read")

    def take_line(self, timeout: float) -> bytes | None:
        """The next line of its standard output without the line end; None where none came in time.

        Raises:
            EOFError: none will come.
        """
        until = time.monotonic() + timeout
        looked_at = 0
        while True:
            end = self._stdout.find(b"\n", looked_at)
            if end >= 0:
                line = bytes(self._stdout[:end])
                del self._stdout[: end + 1]
                return line
            looked_at = len(self._stdout)
            if self._stdout_pipe not in self._open or self._stopped_for is not None:
                raise EOFError("the program has ended, or printed too much")
            if self._is_over:
                self._drain()
                if len(self._stdout) == looked_at:
                    raise EOFError("the program has ended")
                continue
            left = until - time.monotonic()
            if left <= 0:
                return None
            self.step(left)

    def finish(self) -> Outcome:
        """Wait for its end, and say what became of it.

        Raises:
            Lost: the box failed or is gone, and nothing is known.
        """
        try:
            while not self._is_over:
                self.step(None)
            self._drain()
            return self._outcome()
        finally:
            self.close()

    def step(self, timeout: float | None) -> None:
        """Wait until something happens, for `timeout` seconds at most, and see to it; or to the deadline."""
        left = self._deadline - time.monotonic()
        if left <= 0:
            if self.box.is_alive():
                self._kill()
            else:  # it has said something while nobody listened, or is gone
                self._read_message()
            return
        for descriptor, _ in self._poll.poll(1000 * (left if timeout is None else min(timeout, left)) + 1):
            if descriptor == self._stdout_pipe:
                self._read_stdout()
            elif descriptor == self._stderr_pipe:
                self._read_stderr()
            elif descriptor == self._stdin:
                self._send()
            else:
                self._read_message()

    def stop(self, reason: ExitReason) -> None:
        """Have it ended at once."""
        if self._stopped_for is None:
            self._stopped_for = reason
            self._deadline = min(self._deadline, time.monotonic() + _GRACE_SECONDS)
            self.box.stop()

    def close(self) -> None:
        """Let go of everything; a program that still runs is killed, and its box with it."""
        if not self._is_over:
            self._kill()
        self._close_pipes()
        if self._kept is not None:
            os.close(self._kept)
            self._kept = None

    def abandon(self) -> None:
        """In a process that was forked: close what is the other's, and leave the program alone."""
        self._close_pipes()
        self.box.abandon()

    @property
    def box_is_empty(self) -> bool:
        """Whether the program is over and its box can run another."""
        return self._report is not None and self._failure is None and not self._box_is_lost

    @property
    def _is_over(self) -> bool:
        return self._report is not None or self._box_is_lost

    def _close_pipes(self) -> None:
        for descriptor in self._open:
            os.close(descriptor)
        self._open.clear()

    def _send(self) -> None:
        descriptor = self._stdin
        if descriptor not in self._open:
            return
        try:
            while self._to_send:
                self._to_send = self._to_send[os.write(descriptor, self._to_send) :]
        except BlockingIOError:
            self._poll.register(descriptor, select.POLLOUT)
            return
        except BrokenPipeError:
            self._close(descriptor)
            return
        if self._keep_stdin_open:
            with contextlib.suppress(KeyError):
                self._poll.unregister(descriptor)
        else:
            self._close(descriptor)

    def _close(self, descriptor: int) -> None:
        with contextlib.suppress(KeyError):
            self._poll.unregister(descriptor)
        self._open.discard(descriptor)
        os.close(descriptor)

    def _read_stdout(self) -> None:
        data = self._read(self._stdout_pipe)
        room = self._job.limits.stdout_bytes - self._printed
        self._stdout += data[:room]
        self._printed += len(data[:room])
        if len(data) > room:
            self.stop(ExitReason.OUTPUT)

    def _read_stderr(self) -> None:
        data = self._read(self._stderr_pipe)
        self._stderr += data[: self._job.limits.stderr_bytes - len(self._stderr)]

    def _read(self, descriptor: int) -> bytes:
        try:
            data = os.read(descriptor, _CHUNK)
        except BlockingIOError:
            return b""
        if not data:
            self._close(descriptor)
        return data

    def _read_message(self) -> None:
        message, descriptor = self.box.receive()
        if message[:1] == b"R":
            self._report, self._kept = message, descriptor
        elif message[:1] == FAILED:
            self._failure = message[1:].decode(errors="replace")
        else:
            self._box_is_lost = True
            self.box.close()

    def _kill(self) -> None:
        """End the box as well, as its warden did not end the program in time."""
        self._box_is_lost = self._was_killed = True
        if self._stopped_for is None:
            self._stopped_for = ExitReason.TIMEOUT
        self.box.kill()

    def _drain(self) -> None:
        for descriptor, read in ((self._stdout_pipe, self._read_stdout), (self._stderr_pipe, self._read_stderr)):
            size = -1
            while descriptor in self._open and size != len(self._stdout) + len(self._stderr):
                size = len(self._stdout) + len(self._stderr)
                read()

    def _outcome(self) -> Outcome:
        if self._failure is not None:
            raise Lost(f"the box failed: {self._failure}")
        if self._report is None and not self._was_killed:
            raise Lost("the box ended without a word")
        wall, cpu, why, status = time.monotonic() - self._started, 0.0, ASKED, signal.SIGKILL
        if self._report is not None:
            _, why, status, wall, cpu = REPORT.unpack(self._report)
        reason, code, detail = _classify(why, status, cpu, self._stopped_for, self._job)
        return Outcome(
            reason=reason,
            code=code,
            stdout=bytes(self._stdout),
            stderr=bytes(self._stderr),
            kept=_kept(self._kept, self._job.keep),
            wall_seconds=wall,
            cpu_seconds=cpu,
            detail=detail,
        )


def _classify(
    why: int, status: int, cpu: float, stopped_for: ExitReason | None, job: Job
) -> tuple[ExitReason, int | None, str]:
    limits = job.limits
    if stopped_for is ExitReason.OUTPUT:
        return ExitReason.OUTPUT, None, f"printed more than {limits.stdout_bytes} bytes"
    if why == MEMORY:
        return ExitReason.MEMORY, None, f"used more than {limits.memory_bytes >> 20} MiB of memory"
    if why == CROWD:
        return ExitReason.REFUSED, None, f"started more than {limits.processes} processes"
    if why == DEADLINE or stopped_for is ExitReason.TIMEOUT:
        return ExitReason.TIMEOUT, None, f"ran longer than {limits.wall_seconds:g} s"
    if os.WIFEXITED(status):
        code = os.WEXITSTATUS(status)
        return (ExitReason.OK, 0, "") if code == 0 else (ExitReason.NON_ZERO, code, f"exit status {code}")
    number = os.WTERMSIG(status)
    if why == ASKED:
        return ExitReason.SIGNAL, number, "killed, as it was no longer needed"
    if number == signal.SIGSYS:
        return ExitReason.REFUSED, None, "made a system call that is refused"
    if number == signal.SIGXCPU or (number == signal.SIGKILL and cpu >= limits.cpu_seconds):
        return ExitReason.TIMEOUT, None, f"computed longer than {limits.cpu_seconds:g} s"
    return ExitReason.SIGNAL, number, f"killed by {_signal_name(number)}"


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def _kept(descriptor: int | None, names: tuple[str, ...]) -> Mapping[str, bytes]:
    if descriptor is None:
        return {}
    with open(os.dup(descriptor), "rb") as file:
        file.seek(0)
        data = file.read()
    found, position = {}, 0
    while position < len(data):
        index, size = KEPT.unpack_from(data, position)
        position += KEPT.size
        found[names[index]] = data[position : position + size]
        position += size
    return found


def _box_job(job: Job) -> BoxJob:
    limits = job.limits
    return BoxJob(
        argv=tuple(job.argv),
        warm=job.argv[0] == PYTHON,
        files=tuple((name, bytes(content)) for name, content in job.files.items()),
        keep=tuple(job.keep),
        limits=BoxLimits(
            wall_milliseconds=round(1000 * limits.wall_seconds),
            cpu_milliseconds=round(1000 * limits.cpu_seconds),
            memory_bytes=limits.memory_bytes,
            address_space=limits.address_space,
            folder_bytes=limits.folder_bytes,
            processes=limits.processes,
            open_files=limits.open_files,
        ),
    )
