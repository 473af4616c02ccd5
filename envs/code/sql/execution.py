"""Runs queries nobody trusts: in the sandbox, read-only, within limits of time, memory and rows."""

from __future__ import annotations

import atexit
import json
import os
import threading
from dataclasses import dataclass
from enum import StrEnum
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from ..sandbox import PYTHON, Job, Limits, Sandbox, SandboxBroken, Session, get_sandbox
from .comparison import Row

ENGINES = ("sqlite", "duckdb")
"""What can run a query."""

_PROGRAM = "box_program.py"
_LIMITS = Limits(
    wall_seconds=3600.0,  # of a session, which serves many queries
    cpu_seconds=3600.0,
    memory_bytes=1 << 30,
    address_space=False,  # a query's own is limited
    stdout_bytes=1 << 30,
    processes=16,
)
_START_SECONDS = 60.0
_PATIENCE_SECONDS = 10.0  # beyond what the program in the box waits for a query
_WALL_FACTOR = 20  # of the processor time, as in the box
_SESSIONS = 2 * (os.cpu_count() or 1)


class Ending(StrEnum):
    """How a query ended."""

    ROWS = "rows"
    SYNTAX = "syntax"  # the engine could not read it
    ERROR = "error"  # no such column, not a SELECT, a function that is refused …
    TIMEOUT = "timeout"
    MEMORY = "memory"  # too many rows, too large, or needs too much


@dataclass(frozen=True, slots=True)
class QueryResult:
    """What a query gave.

    Attributes:
        ending: how it ended.
        rows: what it returned.
        message: one line about why it returned nothing; the same query gets the same line.
    """

    ending: Ending
    rows: tuple[Row, ...] = ()
    message: str = ""


def prepare(engine: str, isolation: str = "full") -> None:
    """Start the sandbox that queries will run in.

    Args:
        engine: one of `ENGINES`.
        isolation: how queries are held; see `get_sandbox`.

    Raises:
        ValueError: there is no such engine or isolation.
        SandboxUnavailable: there is no sandbox here; the message says what is missing.
    """
    if engine not in ENGINES:
        raise ValueError(f"engine must be one of {', '.join(ENGINES)}; got {engine!r}")
    _sandbox(engine, isolation)


def run_query(
    engine: str,
    database: str,
    query: str,
    *,
    seconds: float = 1.0,
    rows: int = 1000,
    bytes_: int = 1 << 18,
    isolation: str = "full",
) -> QueryResult:
    """Run one SELECT on a database that is made for it.

    The query runs in the sandbox, in a process of its own; engines that are warm wait there for queries, one for each
    of several threads. It cannot write, tell the time, draw numbers, or see anything but the database.

    Args:
        engine: one of `ENGINES`.
        database: the statements that make the database; they are trusted.
        query: any string.
        seconds: of processor time that making the database and running the query may take.
        rows: at most; a query that gives more gives none.
        bytes_: of all rows together, at most.
        isolation: how queries are held; see `get_sandbox`.

    Raises:
        ValueError: there is no such engine or isolation.
        SandboxUnavailable: there is no sandbox here.
        SandboxBroken: the sandbox failed.
    """
    if engine not in ENGINES:
        raise ValueError(f"engine must be one of {', '.join(ENGINES)}; got {engine!r}")
    try:
        query.encode()
    except UnicodeEncodeError:
        return QueryResult(Ending.SYNTAX, message="a query is text that UTF-8 can encode")
    if "\0" in query:
        return QueryResult(Ending.SYNTAX, message="a query has no NUL characters")
    request = {"database": database, "query": query, "seconds": seconds, "rows": rows, "bytes": bytes_}
    pool = _pool(engine, isolation)
    reply = pool.ask(json.dumps(request).encode() + b"\n", _WALL_FACTOR * seconds + _PATIENCE_SECONDS)
    if reply is None:
        return QueryResult(Ending.MEMORY, message="the query ends the engine")
    return _read(reply)


class _Pool:
    """Sessions with one engine, each for one thread at a time."""

    def __init__(self, engine: str, isolation: str) -> None:
        self._engine = engine
        self._isolation = isolation
        self._idle: list[Session] = []
        self._lock = threading.Lock()
        self._free = threading.BoundedSemaphore(_SESSIONS)

    def ask(self, request: bytes, timeout: float) -> bytes | None:
        """The reply to a request; None where the engine ended over it."""
        with self._free:
            # one that waited may have ended meanwhile; a new one ends over nothing but the request
            for session in (self._take(), None):
                session = session or _open(self._engine, self._isolation)
                try:
                    session.send(request)
                    reply = session.read_line(timeout)
                except (BrokenPipeError, EOFError):
                    reply = None
                except BaseException:
                    session.close()
                    raise
                if reply is not None:
                    with self._lock:
                        self._idle.append(session)
                    return reply
                session.close()
        return None

    def _take(self) -> Session | None:
        with self._lock:
            return self._idle.pop() if self._idle else None

    def close(self) -> None:
        """End the sessions that wait."""
        with self._lock:
            while self._idle:
                self._idle.pop().close()


_pools: dict[tuple[str, str], _Pool] = {}
_pools_lock = threading.Lock()


def _pool(engine: str, isolation: str) -> _Pool:
    with _pools_lock:
        return _pools.setdefault((engine, isolation), _Pool(engine, isolation))


def _module_folders(engine: str) -> list[str]:
    """Where the box finds the engine, beside the standard library."""
    if engine == "sqlite":
        return []
    spec = find_spec(engine)
    if spec is None or spec.origin is None:
        raise SandboxBroken(f"{engine} is not installed")
    return [str(Path(spec.origin).resolve().parent.parent)]


def _sandbox(engine: str, isolation: str) -> Sandbox:
    return get_sandbox(isolation, readable=_module_folders(engine))


def _open(engine: str, isolation: str) -> Session:
    source = Path(__file__).with_name(_PROGRAM).read_bytes()
    argv = (PYTHON, _PROGRAM, engine, *_module_folders(engine))
    session = _sandbox(engine, isolation).open(Job(argv=argv, files={_PROGRAM: source}, limits=_LIMITS))
    try:
        greeting = session.read_line(_START_SECONDS)
    except EOFError:
        greeting = None
    if greeting != b"ready":
        outcome = session.close()
        raise SandboxBroken(
            f"{engine} did not start: {outcome.detail} {outcome.stderr[-200:].decode(errors='replace')}"
        )
    return session


def _read(reply: bytes) -> QueryResult:
    try:
        fields: dict[str, Any] = json.loads(reply)
        rows = tuple(map(tuple, fields.get("rows", ())))
        return QueryResult(Ending(fields["ending"]), rows, str(fields.get("message", "")))
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise SandboxBroken(f"the engine's reply cannot be read: {error}") from error


def _close_all() -> None:
    for pool in _pools.values():
        pool.close()


def _forget_after_fork() -> None:
    # the sessions are the other process's; to close one would end it there
    global _pools_lock
    _pools_lock = threading.Lock()
    _pools.clear()


atexit.register(_close_all)
os.register_at_fork(after_in_child=_forget_after_fork)
