"""The program that runs queries in the box: it imports nothing of the package, and nothing imports it.

`python box_program.py sqlite` or `python box_program.py duckdb FOLDER_OF_THE_MODULE` reads one request a line and
writes one reply a line, both JSON. Every query runs in a process of its own that has nothing but the database, the
query and a pipe back: whatever a query does to the engine ends with it, and no query learns of another.

    request: {"database": script, "query": text, "seconds": of processor time, "rows": at most, "bytes": at most}
    reply:   {"ending": "rows", "rows": [[value, …], …]}, or {"ending": why not, "message": one line}

A query is one SELECT. Functions that tell the time, draw numbers or look at anything but their arguments are refused:
the same query gives the same rows for ever.
"""

from __future__ import annotations

import json
import os
import resource
import select
import signal
import sqlite3
import sys
import time
from collections.abc import Callable
from decimal import Decimal

_WALL_FACTOR = 20  # of the processor time: how long a query may wait for a processor of a busy machine
_MEMORY = 256 << 20
_ADDRESS_SPACE = 2 << 30  # a live DuckDB has 0.7 GiB mapped already
_MESSAGE = 200

# Deterministic, and about their arguments alone. Date functions look at the clock when they are told `now`: see _dates.
_SQLITE_FUNCTIONS = frozenset({
    "abs", "acos", "acosh", "asin", "asinh", "atan", "atan2", "atanh", "avg", "ceil", "ceiling", "char", "coalesce",
    "cos", "cosh", "count", "cume_dist", "date", "datetime", "degrees", "dense_rank", "exp", "first_value", "floor",
    "format", "glob", "group_concat", "hex", "ifnull", "iif", "instr", "json", "json_array", "json_array_length",
    "json_extract", "json_group_array", "json_group_object", "json_object", "json_quote", "json_type", "json_valid",
    "julianday", "lag", "last_value", "lead", "length", "like", "likelihood", "likely", "ln", "log", "log10", "log2",
    "lower", "ltrim", "max", "min", "mod", "nth_value", "ntile", "nullif", "percent_rank", "pi", "pow", "power",
    "printf", "quote", "radians", "rank", "replace", "round", "row_number", "rtrim", "sign", "sin", "sinh", "sqrt",
    "strftime", "substr", "substring", "sum", "tan", "tanh", "time", "total", "trim", "trunc", "typeof", "unhex",
    "unicode", "unixepoch", "unlikely", "upper", "zeroblob",
})  # fmt: skip
_SQLITE_DATES = ("date", "time", "datetime", "julianday", "unixepoch", "strftime")
_SQLITE_INSIDES = ("bytecode", "dbstat", "pragma_", "sqlite_dbpage", "sqlite_stmt", "tables_used")
_SQLITE_SYNTAX = ("syntax error", "incomplete input", "unrecognized token")

# Macros have no stability in DuckDB's catalogue; these expand to functions that have.
_DUCKDB_MACROS = frozenset({
    "array_append", "array_pop_back", "array_pop_front", "array_prepend", "array_push_back", "array_push_front",
    "array_reverse", "array_to_string", "date_add", "days_in_month", "fdiv", "fmod", "generate_subscripts",
    "geomean", "geometric_mean", "if", "json", "list_any_value", "list_append", "list_avg", "list_bool_and",
    "list_bool_or", "list_count", "list_first", "list_last", "list_max", "list_median", "list_min", "list_mode",
    "list_prepend", "list_product", "list_reverse", "list_string_agg", "list_sum", "nullif", "split_part", "wavg",
    "weighted_avg",
})  # fmt: skip
_DUCKDB_TABLE_FUNCTIONS = frozenset({"generate_series", "json_each", "json_tree", "range", "unnest"})
_DUCKDB_QUERIES = frozenset({"SELECT_NODE", "SET_OPERATION_NODE", "RECURSIVE_CTE_NODE", "CTE_NODE"})
_DUCKDB_NAMES = ("current_", "local", "session_", "pg_", "duckdb_", "pragma_")  # how names about the session begin
_DUCKDB_SESSION = frozenset({"user", "version", "query", "query_table"})
_DUCKDB_SETTINGS: dict[str, str | bool | int | float | list[str]] = {
    "threads": "1",
    "async_threads": "0",  # without threads it may be forked
    "memory_limit": f"{_MEMORY >> 20}MiB",
    "allow_community_extensions": "false",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "python_enable_replacements": "false",  # a table's name would look at Python's variables
    "preserve_insertion_order": "true",
}


class Refused(Exception):
    """A query that is not run, or was stopped; the arguments are the ending and the message."""


class SQLite:
    """Runs a query with SQLite."""

    def run(self, database: str, query: str, rows: int) -> list[tuple]:
        """The rows of a query, one more than `rows` at most."""
        connection = sqlite3.connect(":memory:", isolation_level=None)
        connection.executescript(database)
        for name in _SQLITE_DATES:
            connection.create_function(name, -1, _dates(name), deterministic=True)
        for pragma in ("query_only = 1", "temp_store = 2", f"hard_heap_limit = {_MEMORY}", "trusted_schema = 0"):
            connection.execute(f"PRAGMA {pragma}").fetchall()
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, 1 << 20)
        connection.setlimit(sqlite3.SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 200)
        connection.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
        connection.setlimit(sqlite3.SQLITE_LIMIT_EXPR_DEPTH, 200)

        def authorise(action: int, first: str | None, second: str | None, *_: str | None) -> int:
            if action in (sqlite3.SQLITE_SELECT, sqlite3.SQLITE_RECURSIVE):
                return sqlite3.SQLITE_OK
            if action == sqlite3.SQLITE_READ:
                inside = (first or "").lower().startswith(_SQLITE_INSIDES)
                return sqlite3.SQLITE_DENY if inside else sqlite3.SQLITE_OK
            if action == sqlite3.SQLITE_FUNCTION and (second or "").lower() in _SQLITE_FUNCTIONS:
                return sqlite3.SQLITE_OK
            return sqlite3.SQLITE_DENY

        connection.set_authorizer(authorise)
        try:
            cursor = connection.execute(query)
            if cursor.description is None:
                raise Refused("error", "expected one SELECT")
            return cursor.fetchmany(rows + 1)
        except (sqlite3.Warning, sqlite3.ProgrammingError):
            raise Refused("error", "expected one statement") from None
        except sqlite3.Error as error:
            message = str(error)
            if message.startswith("user-defined function"):
                message = "dates are computed from a given date, not from the clock"
            raise Refused("syntax" if any(words in message for words in _SQLITE_SYNTAX) else "error", message) from None


def _dates(name: str) -> Callable[..., str | int | float | None]:
    """SQLite's function of that name, without a clock."""

    def function(*arguments: object) -> str | int | float | None:
        times = arguments[1:] if name == "strftime" else arguments
        if not times or any(isinstance(value, str) and value.strip().lower() == "now" for value in times):
            raise ValueError("there is no clock")
        inner = sqlite3.connect(":memory:")
        return inner.execute(f"SELECT {name}({','.join('?' * len(arguments))})", arguments).fetchone()[0]

    return function


class DuckDB:
    """Runs a query with DuckDB. One instance is opened at once, and every query runs in a fork of it.

    Args:
        folder: where the module is.
    """

    def __init__(self, folder: str) -> None:
        sys.path.append(folder)
        import duckdb

        self._duckdb = duckdb
        self._connection = duckdb.connect(":memory:", config=_DUCKDB_SETTINGS)
        catalogue = self._connection.execute(
            "SELECT function_name FROM duckdb_functions() WHERE function_type IN ('scalar', 'aggregate', 'window') "
            "GROUP BY function_name HAVING bool_and(stability = 'CONSISTENT')"
        ).fetchall()
        self._functions = {name for (name,) in catalogue} | _DUCKDB_MACROS
        for setting in ("temp_directory = ''", "enable_external_access = false", "lock_configuration = true"):
            self._connection.execute(f"SET {setting}")

    def run(self, database: str, query: str, rows: int) -> list[tuple]:
        """The rows of a query, one more than `rows` at most."""
        duckdb = self._duckdb
        self._connection.execute(database)
        try:
            self._check(query)
            self._connection.execute("BEGIN TRANSACTION READ ONLY")
            return self._connection.execute(query).fetchmany(rows + 1)
        except duckdb.OutOfMemoryException:
            raise Refused("memory", "the query needs too much memory") from None
        except (duckdb.ParserException, duckdb.SyntaxException) as error:
            raise Refused("syntax", str(error)) from None
        except duckdb.Error as error:
            raise Refused("error", str(error)) from None

    def _check(self, query: str) -> None:
        statements = self._connection.extract_statements(query)
        if len(statements) != 1:
            raise Refused("error", "expected one statement")
        if statements[0].type != self._duckdb.StatementType.SELECT:
            raise Refused("error", "expected one SELECT")
        [(text,)] = self._connection.execute("SELECT json_serialize_sql(?)", [query]).fetchall()
        tree = json.loads(text)
        if tree["error"]:
            raise Refused("error", str(tree.get("error_message")))
        waiting = [tree["statements"]]
        while waiting:
            node = waiting.pop()
            if isinstance(node, list):
                waiting += node
            elif isinstance(node, dict):
                self._check_node(node)
                waiting += node.values()

    def _check_node(self, node: dict) -> None:
        if node.get("sample") is not None:
            raise Refused("error", "samples are not drawn here")
        kind = node.get("type")
        if isinstance(kind, str) and kind.endswith("_NODE") and kind not in _DUCKDB_QUERIES:
            raise Refused("error", "expected one SELECT")
        if kind == "TABLE_FUNCTION":
            name = node["function"]["function_name"].lower()
            if name not in _DUCKDB_TABLE_FUNCTIONS:
                raise Refused("error", "there is no such table function here")
            node["function"]["function_name"] = "range"  # one that _functions may lack, but is fine
        elif kind == "BASE_TABLE":
            if node["table_name"].lower().startswith(_DUCKDB_NAMES):
                raise Refused("error", "there is no such table here")
        elif node.get("class") == "COLUMN_REF":
            name = node["column_names"][-1].lower()
            if name.startswith(_DUCKDB_NAMES) or name in _DUCKDB_SESSION:
                raise Refused("error", "there is no such column here")
        elif "function_name" in node:
            name = node["function_name"].lower()
            allowed = name in self._functions or name in _DUCKDB_TABLE_FUNCTIONS or node.get("is_operator")
            if not allowed or name.startswith(_DUCKDB_NAMES) or name in _DUCKDB_SESSION:
                raise Refused("error", "there is no such function here")


def plain(value: object) -> object:
    """A value as JSON can say it: numbers, texts, truth values and NULL; anything else as text."""
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value.hex() if isinstance(value, bytes) else str(value)


def reply_to(engine: SQLite | DuckDB, request: dict) -> bytes:
    """Run a query and say how it ended."""
    try:
        rows = engine.run(request["database"], request["query"], request["rows"])
        if len(rows) > request["rows"]:
            raise Refused("memory", f"the query gives more than {request['rows']} rows")
        reply = json.dumps({"ending": "rows", "rows": [[plain(value) for value in row] for row in rows]}).encode()
        if len(reply) > request["bytes"]:
            raise Refused("memory", f"the rows have more than {request['bytes']} bytes")
        return reply
    except Refused as refused:
        ending, message = refused.args
    except MemoryError:
        ending, message = "memory", "the query needs too much memory"
    except RecursionError:
        ending, message = "error", "the query is nested too deeply"
    except Exception as error:
        ending, message = "error", f"the query cannot be run: {type(error).__name__}"
    line = next((line.strip() for line in message.splitlines() if line.strip()), "")
    return json.dumps({"ending": ending, "message": line[:_MESSAGE]}).encode()


def apart(engine: SQLite | DuckDB, request: dict) -> bytes:
    """Run a query in a process of its own."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.close(read)
            os.closerange(0, min(read, write))  # nothing to read from, and no way to write a reply for another query
            resource.setrlimit(resource.RLIMIT_AS, (_ADDRESS_SPACE, _ADDRESS_SPACE))
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
            signal.setitimer(signal.ITIMER_PROF, request["seconds"])  # kills
            reply = memoryview(reply_to(engine, request))
            while reply:
                reply = reply[os.write(write, reply) :]
        finally:
            os._exit(0)
    os.close(write)
    deadline = time.monotonic() + _WALL_FACTOR * request["seconds"]
    reply = b""
    while len(reply) <= request["bytes"] and (left := deadline - time.monotonic()) > 0:
        if select.select([read], [], [], left)[0]:
            part = os.read(read, 1 << 16)
            if not part:
                break
            reply += part
    os.close(read)
    late = time.monotonic() >= deadline
    if late:
        os.kill(child, signal.SIGKILL)
    status = os.waitpid(child, 0)[1]
    if reply and os.WIFEXITED(status):
        return reply
    if late or (os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGPROF):
        return json.dumps({"ending": "timeout", "message": "the query takes too long"}).encode()
    return json.dumps({"ending": "memory", "message": "the query needs too much memory"}).encode()


def main() -> None:
    """Answer requests until there are no more."""
    engine = SQLite() if sys.argv[1] == "sqlite" else DuckDB(sys.argv[2])
    out = sys.stdout.buffer
    out.write(b"ready\n")
    out.flush()
    for line in sys.stdin.buffer:
        out.write(apart(engine, json.loads(line)) + b"\n")
        out.flush()


if __name__ == "__main__":
    main()
