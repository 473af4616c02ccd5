"""Answer a question about a database with one SQL query."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, ClassVar, Self

import numpy as np

from ..core import SingleTurnEnv, Task, Verdict
from ..core.arguments import check_integer, check_number
from .judge.extract import NoProgram, extract_program
from .sql.comparison import Row, same_rows
from .sql.drawing import SQLLevel, draw_question
from .sql.execution import ENGINES, Ending, QueryResult, prepare, run_query
from .sql.schema import Database, create_statement, literal

BOTH = "both"
_DIALECTS = {"sqlite": "for SQLite", "duckdb": "for DuckDB", BOTH: "that SQLite and DuckDB both run"}
_BEGINNING = re.compile(r"[A-Za-z(]|--|/\*")
_MAX_DETAIL = 120
_MAX_PROMPT = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class SQLTask(Task):
    """A question with its databases.

    Attributes:
        answer: a query that answers the question.
        databases: the statements that make each database; the prompt describes the first, and the others have the same
            tables with other rows.
        ordered: whether the question demands an order of the rows.
    """

    answer: str  # pyright: ignore[reportGeneralTypeIssues]  (by keyword only, so it needs no default)
    databases: tuple[str, ...]
    ordered: bool = False

    @classmethod
    def parse(cls, value: Any) -> Self:
        """As `Task.parse`; there must be a database.

        Raises:
            ValueError: the fields are not those of a task, or one is out of range.
        """
        task = super(SQLTask, cls).parse(value)  # slots=True makes a new class: a bare super() would miss it
        if not task.databases:
            raise ValueError("options['task'] must have databases, one at least")
        return task


class SQLEnv(SingleTurnEnv[SQLTask]):
    """Answer a question about a database with one SQL query.

    ## Task
    A small database is drawn (books and loans, flights and tickets …: eight worlds of four tables, of which one, two or
    four are there, with some of their columns), and a question about it. The answer is a query, and it is right if it
    returns what the question asks for, on the database that is described and on a hidden one with the same tables and
    other rows. Every question is drawn until its databases test it: the right rows differ between the two, and leaving
    out or mistaking a part of the question (a condition, `DISTINCT`, the order, a boundary) gives other rows on one.

    ## Observation
    Text: the `CREATE TABLE` statements, each with a few of its rows as a comment, then the question.

    ## Action
    Text: one `SELECT` (or `WITH … SELECT`), bare or in a block between lines of three backticks, of which the last is
    read. A response of more than 20,000 characters is not read.

    ## Reward
    The verdict's score: 1 where the rows are right, else 0. Columns count by their order and not by their names; the
    order of rows counts where the question demands one; how often a row comes always counts, so where the question says
    `once` or `different`, repeated rows are wrong. Numbers may differ by one part in a million; NULL equals NULL.
    A query that the engine cannot read is unparseable; one that takes longer than `seconds` is a time-out.

    Queries run in the sandbox, read-only and without a clock or random numbers.

    ## Episode end
    Terminates after the one answer.

    ## Levels
    | level | tables | questions                                                                        |
    |-------|--------|----------------------------------------------------------------------------------|
    | 0     | 1      | rows that fulfil a condition, and how many                                       |
    | 1     | 1      | order, limit, aggregates, groups, different values                               |
    | 2     | 2      | the same over a join                                                             |
    | 3     | 2      | groups with a condition or in an order, subqueries, rows without a match         |
    | 4     | 4      | joins of four, outer joins, NULLs, the best of each group, correlated subqueries |

    ## Arguments
    - `level`: the difficulty.
    - `engine`: what runs the queries: `sqlite`, `duckdb`, or `both`, where the rows must be right in either.
    - `seconds`: of processor time that a query may take on a database.
    - `isolation`: how queries are held, see docs/sandbox.md.
    - `sample_rows`: how many rows of each table the observation shows.
    - `render_mode`: `ansi` for the transcript, or None.

    ## Source
    Scoring by execution, on several databases so that a query which is right by chance is found out: Zhong et al.,
    Semantic Evaluation for Text-to-SQL with Distilled Test Suites, 2020.

    Raises:
        ValueError: an argument is out of range; the message names it.
        SandboxUnavailable: there is no sandbox here; the message says what is missing.
    """

    levels: ClassVar[Sequence[SQLLevel]] = (
        SQLLevel(tables=1, extra_columns=1, rows=9, templates=0),
        SQLLevel(tables=1, extra_columns=2, rows=12, templates=1),
        SQLLevel(tables=2, extra_columns=1, rows=15, templates=2),
        SQLLevel(tables=2, extra_columns=2, rows=15, templates=3),
        SQLLevel(tables=4, extra_columns=1, rows=12, templates=4),
    )
    task_type = SQLTask

    def __init__(
        self,
        *,
        level: int = 0,
        engine: str = "sqlite",
        seconds: float = 1.0,
        isolation: str = "full",
        sample_rows: int = 2,
        render_mode: str | None = None,
    ) -> None:
        if engine not in _DIALECTS:
            raise ValueError(f"engine must be one of {', '.join(_DIALECTS)}; got {engine!r}")
        if not 0 < check_number("seconds", seconds) <= 60:
            raise ValueError(f"seconds must lie in (0, 60], got {seconds!r}")
        check_integer("sample_rows", sample_rows, 0, 5)
        super().__init__(level=level, render_mode=render_mode, max_observation_length=_MAX_PROMPT)
        self.engine = engine
        self.seconds = seconds
        self._isolation = isolation
        self._engines = ENGINES if engine == BOTH else (engine,)
        for name in self._engines:
            prepare(name, isolation)  # what is missing is said now, and not by the first verdict
        self.sample_rows = sample_rows

    def sample(self, rng: np.random.Generator, level: int) -> SQLTask:
        """Draw a question and its databases."""
        drawn = draw_question(rng, self.levels[level])
        prompt = (
            f"{_describe(drawn.shown, self.sample_rows)}\n"
            f"{drawn.question.text}\nAnswer with one query {_DIALECTS[self.engine]}."
        )
        return SQLTask(
            prompt=prompt,
            answer=drawn.question.query,
            level=level,
            databases=(drawn.shown.script(), drawn.hidden.script()),
            ordered=drawn.question.ordered,
        )

    def grade(self, task: SQLTask, response: str) -> Verdict:
        """Compare what the query returns with what the answer returns."""
        try:
            query = extract_program(response).strip()
        except NoProgram as error:
            return Verdict.unparseable(str(error))
        if not _BEGINNING.match(query):
            return Verdict.unparseable("expected one SELECT")
        for engine in self._engines:
            for number, database in enumerate(task.databases):
                result = run_query(engine, database, query, seconds=self.seconds, isolation=self._isolation)
                if result.ending is not Ending.ROWS:
                    return _failure(result)
                expected = _expected(engine, database, task.answer, self.seconds, self._isolation)
                if not same_rows(expected, result.rows, ordered=task.ordered):
                    return Verdict.wrong(_difference(expected, result.rows, hidden=number > 0))
        return Verdict.correct()

    def solution(self, task: SQLTask) -> str | None:
        """The query that the question was made with."""
        return task.answer or None


def _describe(database: Database, sample_rows: int) -> str:
    lines: list[str] = []
    for table, rows in zip(database.tables, database.rows, strict=True):
        lines.append(create_statement(table))
        lines += (f"-- {', '.join(map(literal, row))}" for row in rows[:sample_rows])
    return "\n".join(lines)


@lru_cache(maxsize=1024)
def _expected(engine: str, database: str, answer: str, seconds: float, isolation: str) -> tuple[Row, ...]:
    result = run_query(engine, database, answer, seconds=seconds, isolation=isolation)
    if result.ending is not Ending.ROWS:
        raise ValueError(f"the task's own answer fails: {result.message}")
    return result.rows


def _failure(result: QueryResult) -> Verdict:
    detail = result.message[:_MAX_DETAIL]
    if result.ending is Ending.SYNTAX:
        return Verdict.unparseable(detail)
    return Verdict.timeout(detail) if result.ending is Ending.TIMEOUT else Verdict.wrong(detail)


def _difference(expected: Sequence[Row], got: Sequence[Row], *, hidden: bool) -> str:
    if hidden:
        return "the rows are right here, but not on another database"
    if len(expected) != len(got):
        return f"expected {len(expected)} rows, got {len(got)}"
    if expected and len(expected[0]) != len(got[0]):
        return f"expected {len(expected[0])} columns, got {len(got[0])}"
    return "the number of rows is right, but not what they hold or their order"
