"""What lies outside the box: things to read, to change, to talk to and to kill, and whether anybody did."""

from __future__ import annotations

import ctypes
import json
import os
import re
import resource
import secrets
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import palaestra.envs.code.sandbox

LITTER_FOLDERS = (
    "/",
    "/tmp",
    "/var/tmp",
    "/dev",
    "/dev/shm",
    "/dev/mqueue",
    "/run",
    "/run/lock",
    "/home",
    str(Path.home()),
)
_libc = ctypes.CDLL(None, use_errno=True)
_TABLES = ("/proc/self/mounts", "/proc/sys/kernel/hostname")
_LITTER = ("attacked-by-a-test", "neighbour-was-here", "core")
_KEYS_OF_ATTACKS = (0x5EC, 4242)


class Outside:
    """All that attacks aim at, each with the name under which their sources know it.

    Attributes:
        secret: what no program may see; the environment, an open file, a file in the home folder and the memory of
            this process hold it.
        targets: by name, what an attack aims at.
        descriptor: an open file with the secret, which children inherit unless somebody prevents it.
    """

    def __init__(self, folder: Path, home: Path) -> None:
        self.secret = f"secret-of-the-tests-{secrets.token_hex(16)}"
        self._name = f"attacked-{secrets.token_hex(4)}"
        self._folder = folder
        self._writable = folder / "writable"
        self._shared = Path("/dev/shm") / f"shared-{self._name}"
        self._files = (folder / "secret", self._writable, home / f".{self._name}", self._shared)
        folder.chmod(0o777)
        for path in self._files:
            path.write_text(self.secret)
            path.chmod(0o666)
        self._memory = ctypes.create_string_buffer(self.secret.encode())
        self.descriptor = os.open(self._files[0], os.O_RDWR)
        os.set_inheritable(self.descriptor, True)
        os.environ["PALAESTRA_SECRET"] = self.secret
        self._listeners = self._listen()
        self._victim = subprocess.Popen(["sleep", "1000"])
        self._ipc_key = secrets.randbelow(1 << 30) + 1
        self._shared_memory = _libc.shmget(self._ipc_key, 4096, 0o1666)
        self._semaphores = _libc.semget(self._ipc_key, 1, 0o1666)
        self._messages = _libc.msgget(self._ipc_key, 0o1666)
        self._queue = _libc.mq_open(f"/{self._name}".encode(), os.O_RDWR | os.O_CREAT, 0o666, None)
        tcp, udp, unix, _ = self._listeners
        self.targets: dict[str, str | int] = {
            "TARGET_FILE": str(self._files[0]),
            "TARGET_WRITABLE": str(self._writable),
            "TARGET_FOLDER": str(folder),
            "TARGET_HOME_FILE": str(self._files[2]),
            "TARGET_SHM_FILE": str(self._shared),
            "TARGET_SOURCE_FILE": str(palaestra.envs.code.sandbox.__file__),
            "TARGET_TEST_FILE": __file__,
            "TARGET_TCP_PORT": tcp.getsockname()[1],
            "TARGET_UDP_PORT": udp.getsockname()[1],
            "TARGET_UNIX_PATH": unix.getsockname(),
            "TARGET_UNIX_NAME": self._name,
            "TARGET_PID": self._victim.pid,
            "TARGET_TESTS_PID": os.getpid(),
            "TARGET_ADDRESS": ctypes.addressof(self._memory),
            "TARGET_IPC_KEY": self._ipc_key,
            "TARGET_QUEUE_NAME": self._name,
            "TARGET_NAME": self._name,
        }
        self._before = self._picture()

    def aim(self, source: str) -> str:
        """A source with every target's name replaced by its value, as a literal that all languages here read alike."""
        return re.sub(r"TARGET_[A-Z_]*[A-Z]", lambda match: json.dumps(self.targets[match[0]]), source)

    def harm(self) -> list[str]:
        """What happened out here since this was last asked; nothing where the boxes hold."""
        now = self._picture()
        found = [f"{what}: {was} became {now[what]}" for what, was in self._before.items() if now[what] != was]
        self._before = now
        found += [f"a contact at {listener.getsockname()!r}" for listener in self._listeners if _was_reached(listener)]
        return found

    def forget_contacts(self) -> None:
        """Take up all that somebody said to the listeners, as if nobody had."""
        for listener in self._listeners:
            while _was_reached(listener):
                pass

    def close(self) -> None:
        """Take everything away."""
        self._victim.kill()
        self._victim.wait()
        for listener in self._listeners:
            listener.close()
        os.close(self.descriptor)
        for path in self._files:
            path.unlink(missing_ok=True)
        _libc.shmctl(self._shared_memory, 0, None)
        _libc.semctl(self._semaphores, 0, 0, None)
        _libc.msgctl(self._messages, 0, None)
        _libc.mq_unlink(f"/{self._name}".encode())
        del os.environ["PALAESTRA_SECRET"]

    def _listen(self) -> tuple[socket.socket, ...]:
        tcp = socket.create_server(("127.0.0.1", 0))
        udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        udp.bind(("127.0.0.1", 0))
        named, abstract = (socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) for _ in range(2))
        named.bind(str(self._folder / "socket"))
        os.chmod(self._folder / "socket", 0o666)
        abstract.bind(f"\0{self._name}")
        for listener in (named, abstract):
            listener.listen()
        for listener in (tcp, udp, named, abstract):
            listener.setblocking(False)
        return tcp, udp, named, abstract

    def _picture(self) -> dict[str, object]:
        picture: dict[str, object] = {str(path): _described(path) for path in self._files}
        picture |= {table: Path(table).read_text() for table in _TABLES}
        for what, pid in (("the victim", self._victim.pid), ("the tests", os.getpid())):
            status = Path(f"/proc/{pid}/status").read_text().split("State:")[1]
            picture[what] = (
                status.split()[0] in "SR",
                os.getpriority(os.PRIO_PROCESS, pid),
                os.sched_getaffinity(pid),
                os.sched_getscheduler(pid),
                resource.prlimit(pid, resource.RLIMIT_NOFILE),
            )
        picture["the victim lives"] = self._victim.poll() is None
        picture["the tests' memory"] = self._memory.value
        picture["System V"] = [
            identifier
            for key in (self._ipc_key, *_KEYS_OF_ATTACKS)
            for identifier in (_libc.shmget(key, 0, 0), _libc.semget(key, 0, 0), _libc.msgget(key, 0))
        ]
        picture["files in the folder"] = sorted(os.listdir(self._folder))
        picture["litter"] = sorted(
            f"{folder}/{name}"
            for folder in (*LITTER_FOLDERS, os.getcwd())
            if os.access(folder, os.R_OK)
            for name in os.listdir(folder)
            if self._name in name or name in _LITTER
        )
        return picture


def _described(path: Path) -> tuple[object, ...]:
    status = path.stat()
    text = path.read_text()
    return text, status.st_ino, status.st_mode, status.st_uid, status.st_gid, status.st_nlink, status.st_mtime_ns


def _was_reached(listener: socket.socket) -> bool:
    try:
        if listener.type == socket.SOCK_DGRAM:
            listener.recv(4096)
        else:
            listener.accept()[0].close()
    except BlockingIOError:
        return False
    return True


def descendants() -> set[int]:
    """All processes of this one's sandboxes that are still there; not those of a browser, say, that other tests use."""
    parents: dict[int, int] = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                parents[int(name)] = int(Path(f"/proc/{name}/stat").read_text().rpartition(")")[2].split()[1])
            except (FileNotFoundError, ProcessLookupError):
                continue  # it has ended meanwhile
    frontier = {pid for pid, parent in parents.items() if parent == os.getpid() and _is_zygote(pid)}
    found = set(frontier)
    while frontier:
        frontier = {pid for pid, parent in parents.items() if parent in frontier}
        found |= frontier
    return found


def _is_zygote(pid: int) -> bool:
    try:
        return b"box.zygote" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return False


def processes_left_over(most: int, patience_seconds: float = 2.0) -> int:
    """How many more descendants there are than `most`, when they have had time to be gone."""
    deadline = time.monotonic() + patience_seconds
    while (left := len(descendants()) - most) > 0 and time.monotonic() < deadline:
        time.sleep(0.01)
    return max(0, left)


@contextmanager
def something_outside() -> Iterator[Outside]:
    """Everything that attacks aim at, for as long as it is needed."""
    folder = Path(tempfile.mkdtemp(prefix="outside-", dir="/tmp"))
    outside = Outside(folder, Path.home())
    try:
        yield outside
    finally:
        outside.close()
        shutil.rmtree(folder)
