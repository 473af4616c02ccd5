import sqlite3

import duckdb
import numpy as np
import pytest

from palaestra.envs.code.sql.comparison import same_rows
from palaestra.envs.code.sql.domains import DOMAINS
from palaestra.envs.code.sql.drawing import draw_question
from palaestra.envs.code.sql.questions import TEMPLATES
from palaestra.envs.code.sql.schema import Kind, literal
from palaestra.envs.code.sql_env import SQLEnv

LEVELS = list(enumerate(SQLEnv.levels))


def by_sqlite(script: str, query: str):
    connection = sqlite3.connect(":memory:")
    connection.executescript(script)
    return connection.execute(query).fetchall()


def by_duckdb(script: str, query: str):
    with duckdb.connect(":memory:") as connection:
        connection.execute(script)
        return connection.execute(query).fetchall()


def drawn(level: int, count: int, seed: int = 0):
    rng = np.random.default_rng(seed)
    return [draw_question(rng, SQLEnv.levels[level]) for _ in range(count)]


@pytest.mark.parametrize("level", range(len(LEVELS)))
def test_both_engines_give_the_same_rows(level):
    for draw in drawn(level, 6):
        for script in (draw.shown.script(), draw.hidden.script()):
            query, ordered = draw.question.query, draw.question.ordered
            assert same_rows(by_sqlite(script, query), by_duckdb(script, query), ordered=ordered), query


@pytest.mark.parametrize("level", range(len(LEVELS)))
def test_what_is_weaker_than_the_question_is_wrong_on_one_of_the_databases(level):
    for draw in drawn(level, 25):
        question = draw.question
        scripts = (draw.shown.script(), draw.hidden.script())
        right = [by_sqlite(script, question.query) for script in scripts]
        assert right[0]
        assert not same_rows(*right, ordered=False), "an answer copied from what is shown would do"
        for weaker in question.weaker:
            rows = [by_sqlite(script, weaker) for script in scripts]
            assert not all(map(lambda a, b: same_rows(a, b, ordered=question.ordered), right, rows)), weaker


@pytest.mark.parametrize("level", range(len(LEVELS)))
def test_every_kind_of_question_and_every_world_is_drawn(level):
    draws = drawn(level, 150)
    words = {draw.question.query.split(" FROM ")[0].split(" ")[1].split("(")[0] for draw in draws}
    assert len(words) > 1
    names = {name for draw in draws for name in [draw.shown.tables[0].name]}
    worlds = {i for i, d in enumerate(DOMAINS) for t in (d.owners, d.items, d.people) if t.name in names}
    assert worlds == set(range(len(DOMAINS)))
    assert len({draw.question.text for draw in draws}) > 75


def test_names_are_unique_and_references_lead_somewhere():
    for level, _ in LEVELS:
        for draw in drawn(level, 20):
            for table in draw.shown.tables:
                for column in table.columns:
                    values = draw.shown.values_of(table, column)
                    if column.kind in (Kind.KEY, Kind.NAME):
                        assert len(set(values)) == len(values)
                    if column.kind is Kind.REFERENCE:
                        target = next(other for other in draw.shown.tables if other.name == column.refers_to)
                        assert set(values) <= set(draw.shown.values_of(target, target.columns[0]))


def test_a_question_that_demands_an_order_says_so_and_its_query_has_one():
    for level, _ in LEVELS:
        for draw in drawn(level, 25):
            assert draw.question.ordered == (
                "first, equal ones" in draw.question.text or "first." in draw.question.text
            )
            assert not draw.question.ordered or "ORDER BY" in draw.question.query


def test_text_survives_being_written_as_sql():
    for value in ("it's", "'; DROP TABLE x; --", "", "é", None, 3, 2.5, -1):
        assert by_sqlite("CREATE TABLE t (x); INSERT INTO t VALUES (1);", f"SELECT {literal(value)} FROM t") == [
            (value,)
        ]


def test_there_is_a_list_of_questions_for_every_level():
    assert sorted(level.templates for level in SQLEnv.levels) == list(range(len(TEMPLATES)))
    assert len({template for templates in TEMPLATES for template in templates}) == sum(map(len, TEMPLATES))
