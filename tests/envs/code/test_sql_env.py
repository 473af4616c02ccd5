import gymnasium as gym
import pytest

import palaestra  # noqa: F401  (registers the environments)
from palaestra.envs.code import sql_env
from palaestra.envs.code.sql_env import SQLTask
from palaestra.envs.core import Status

SHOWN = "CREATE TABLE pets (name TEXT, kind TEXT, age INTEGER); INSERT INTO pets VALUES {};"
FIRST = SHOWN.format("('Ada','cat',3),('Bo','dog',5),('Cy','cat',NULL),('Di','dog',5)")
SECOND = SHOWN.format("('Ed','cat',9),('Flo','dog',1),('Gus','dog',2)")


def make(**kwargs):
    return gym.make("code/SQL-v0", disable_env_checker=True, **kwargs).unwrapped


def verdict(answer: str, response: str, *, ordered: bool = False, databases=(FIRST, SECOND), **kwargs):
    env = make(**kwargs)
    task = SQLTask(prompt="?", answer=answer, databases=databases, ordered=ordered)
    env.reset(options={"task": task})
    info = env.step(response)[4]
    assert info["success"] == info["verdict"].is_correct
    return info["verdict"]


COUNT = "SELECT COUNT(*) FROM pets WHERE kind = 'cat'"
KINDS = "SELECT DISTINCT kind FROM pets"
BY_AGE = "SELECT name, age FROM pets WHERE age IS NOT NULL ORDER BY age DESC, name"


@pytest.mark.parametrize(
    "response",
    [
        COUNT,
        f"{COUNT};",
        f"The cats.\n```sql\n{COUNT}\n```\n",
        f"```\nSELECT 1\n```\nNo:\n```sql\n{COUNT}\n```",
        "SELECT SUM(CASE WHEN kind = 'cat' THEN 1 ELSE 0 END) AS cats FROM pets",
        "SELECT COUNT(*) - (SELECT COUNT(*) FROM pets WHERE kind <> 'cat') FROM pets",
    ],
)
def test_any_query_that_returns_what_was_asked_is_right(response):
    assert verdict(COUNT, response).status is Status.CORRECT


def test_an_answer_copied_from_what_is_shown_is_wrong_on_the_hidden_database():
    found = verdict(COUNT, "SELECT 2")
    assert (found.status, found.detail) == (Status.WRONG, "the rows are right here, but not on another database")
    values = "SELECT * FROM (VALUES ('Bo', 5), ('Di', 5), ('Ada', 3)) AS t"
    assert verdict(BY_AGE, values, ordered=True).status is Status.WRONG


def test_the_order_counts_only_where_it_is_demanded():
    other = BY_AGE.replace("DESC", "ASC")
    assert verdict(BY_AGE, other).is_correct
    assert not verdict(BY_AGE, other, ordered=True).is_correct
    assert verdict(BY_AGE, BY_AGE, ordered=True).is_correct


def test_rows_that_come_too_often_are_wrong():
    assert not verdict(KINDS, "SELECT kind FROM pets").is_correct
    assert not verdict("SELECT kind FROM pets", KINDS).is_correct
    assert verdict(KINDS, "SELECT kind FROM pets GROUP BY kind").is_correct


def test_columns_count_by_their_order_and_not_by_their_names():
    assert verdict(BY_AGE, "SELECT name AS a, age AS b FROM pets WHERE age > 0").is_correct
    assert not verdict(BY_AGE, "SELECT age, name FROM pets WHERE age > 0").is_correct
    assert not verdict(BY_AGE, "SELECT name, age, kind FROM pets WHERE age > 0").is_correct


@pytest.mark.parametrize("response", ["", "42", "<answer>2</answer>", "SELCT 1", "the cats", "[[", "x" * 30_000])
def test_what_is_no_query_is_unparseable(response):
    assert verdict(COUNT, response).status is Status.UNPARSEABLE


@pytest.mark.parametrize("response", ["SELECT nme FROM pets", "DELETE FROM pets", "SELECT 1; SELECT 2", "PRAGMA x"])
def test_what_the_engine_refuses_is_wrong_and_says_why(response):
    found = verdict(COUNT, response)
    assert found.status is Status.WRONG
    assert found.detail


def test_what_does_not_end_is_a_timeout():
    endless = "WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t) SELECT COUNT(*) FROM t"
    assert verdict(COUNT, endless, seconds=0.2).status is Status.TIMEOUT
    assert verdict(COUNT, COUNT).is_correct


def test_the_engine_decides_what_is_understood():
    duckdb_only, sqlite_only = f"{COUNT} QUALIFY 1 = 1", "SELECT COUNT(*) FROM pets WHERE kind GLOB 'c*' AND 1 IS 1"
    assert verdict(COUNT, "FROM pets SELECT COUNT(*) FILTER (kind = 'cat')", engine="duckdb").is_correct
    assert not verdict(COUNT, "FROM pets SELECT COUNT(*) FILTER (kind = 'cat')").is_correct
    halves = "SELECT 3 / 2"
    assert verdict("SELECT 1.5", halves, engine="duckdb", databases=(FIRST,)).is_correct
    assert verdict("SELECT 1", halves, engine="sqlite", databases=(FIRST,)).is_correct
    assert not verdict("SELECT 1", halves, engine="both", databases=(FIRST,)).is_correct
    assert verdict(COUNT, COUNT, engine="both").is_correct
    assert verdict(COUNT, sqlite_only).is_correct
    assert not verdict(COUNT, duckdb_only).is_correct


def test_the_right_rows_never_enter_the_process_that_runs_the_response(monkeypatch):
    seen = []
    real = sql_env.run_query

    def spy(engine, database, query, **limits):
        seen.append(query)
        return real(engine, database, query, **limits)

    monkeypatch.setattr(sql_env, "run_query", spy)
    answer = "SELECT COUNT(*) FROM pets WHERE kind = 'cat' AND name <> 'never seen before'"
    assert verdict(answer, COUNT).is_correct
    assert seen == [COUNT, answer, COUNT, answer]
    assert verdict(answer, COUNT).is_correct
    assert seen[4:] == [COUNT, COUNT], "the answer's rows are kept"


def test_a_task_whose_own_answer_fails_says_nothing_of_the_response():
    assert verdict("SELECT nme FROM pets", COUNT).status is Status.GRADER_ERROR


@pytest.mark.parametrize("level", range(5))
def test_what_the_agent_reads_is_short_and_does_not_hold_the_answer(level):
    env = make(level=level)
    for seed in range(20):
        prompt, info = env.reset(seed=seed)
        assert len(prompt) < 2000
        assert info["task"].answer not in prompt
        assert prompt.endswith("Answer with one query for SQLite.")
        assert prompt.count("CREATE TABLE") == env.levels[level].tables


def test_sample_rows_are_the_first_of_each_table():
    for count in (0, 1, 3):
        prompt = make(sample_rows=count, level=4).reset(seed=3)[0]
        assert prompt.count("\n-- ") == 4 * count


@pytest.mark.parametrize(
    ("argument", "value"),
    [("engine", "mysql"), ("engine", None), ("seconds", 0), ("seconds", "1"), ("seconds", 61), ("sample_rows", -1),
     ("sample_rows", 6)],
)  # fmt: skip
def test_arguments_out_of_range_are_refused_by_name(argument, value):
    with pytest.raises(ValueError, match=argument):
        make(**{argument: value})


def test_a_task_without_a_database_is_refused():
    with pytest.raises(ValueError, match="databases"):
        make().reset(options={"task": {"prompt": "?", "answer": "SELECT 1", "databases": []}})
