"""Looks into a database."""

from __future__ import annotations

from typing import Any

from ...envs.code.sql.execution import Ending, prepare, run_query
from ...envs.code.sql.schema import literal
from ...envs.core.arguments import check_integer, check_number
from .protocol import Tool, ToolError


class SQLTool(Tool):
    """Runs queries, read-only and in the sandbox, on a database: its own, or the one that the task is about.

    A task with `databases` (of `code/SQL-v0`) is asked for the first, which is the one that its prompt describes; the
    others stay hidden.

    Args:
        database: the statements that make the database; None for the task's.
        engine: what runs the queries, `sqlite` or `duckdb`.
        seconds: of processor time that a query may take.
        rows: how many rows are shown, at most.
        isolation: how queries are held; see `get_sandbox`.

    Raises:
        ValueError: an argument is out of range; the message names it.
        SandboxUnavailable: there is no sandbox here; the message says what is missing.
    """

    name = "sql"
    description = "the rows that one SELECT returns from the database"

    def __init__(
        self,
        *,
        database: str | None = None,
        engine: str = "sqlite",
        seconds: float = 1.0,
        rows: int = 20,
        isolation: str = "full",
    ) -> None:
        prepare(engine, isolation)
        if check_number("seconds", seconds) <= 0:
            raise ValueError(f"seconds must be over 0, got {seconds!r}")
        self._database = database
        self._engine = engine
        self._seconds = seconds
        self._rows = check_integer("rows", rows, 1)
        self._isolation = isolation

    def start(self, task: Any) -> str | None:
        """The database of an episode."""
        if self._database is not None:
            return self._database
        databases = getattr(task, "databases", ())
        return databases[0] if databases else None

    def run(self, argument: str, state: str | None) -> str:
        """The rows, one a line, and how many they are."""
        if state is None:
            raise ToolError("there is no database")
        result = run_query(self._engine, state, argument, seconds=self._seconds, isolation=self._isolation)
        if result.ending is not Ending.ROWS:
            raise ToolError(result.message)
        shown = [", ".join(map(literal, row)) for row in result.rows[: self._rows]]
        if len(result.rows) > self._rows:
            shown.append("…")
        return "\n".join([*shown, f"({len(result.rows)} rows)"])
