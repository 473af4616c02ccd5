import gymnasium as gym
import pytest

import palaestra  # noqa: F401  (registers the environments)
from palaestra.wrappers.tools import ToolError, ToolUse
from palaestra.wrappers.tools.sql_tool import SQLTool

from .made_up_tools import call

DATABASE = "CREATE TABLE pets (name TEXT, age INTEGER); INSERT INTO pets VALUES ('Ada', 3), ('B''o', NULL), ('Cy', 1);"


@pytest.mark.parametrize("engine", ["sqlite", "duckdb"])
def test_rows_are_shown_one_a_line(engine):
    tool = SQLTool(database=DATABASE, engine=engine, rows=2)
    state = tool.start(None)
    assert tool.run("SELECT * FROM pets LIMIT 2", state) == "'Ada', 3\n'B''o', NULL\n(2 rows)"
    assert tool.run("SELECT name FROM pets", state) == "'Ada'\n'B''o'\n…\n(3 rows)"
    assert tool.run("SELECT name FROM pets WHERE age > 9", state) == "(0 rows)"


@pytest.mark.parametrize("query", ["", "SELCT", "SELECT nme FROM pets", "DELETE FROM pets", "SELECT 1; SELECT 2"])
def test_what_cannot_be_run_says_why(query):
    tool = SQLTool(database=DATABASE)
    with pytest.raises(ToolError, match=r"\w"):
        tool.run(query, tool.start(None))
    assert tool.run("SELECT COUNT(*) FROM pets", DATABASE) == "3\n(1 rows)"


def test_an_agent_explores_the_database_it_is_asked_about_and_no_other():
    env = ToolUse(gym.make("code/SQL-v0"), tools=["sql"], max_calls=30)
    for seed in range(3):
        _, info = env.reset(seed=seed)
        task = info["task"]
        table = task.databases[0].split()[2]
        shown = env.step(call("sql", f"SELECT * FROM {table}"))[0]
        rows = task.databases[0].split("VALUES ")[1].rstrip(";")[1:-1].split("),(")
        assert shown.count("\n") == len(rows) + 2
        assert rows[-1].split(",")[1] in shown
        assert env.step(call("sql", task.answer))[1] == 0.0
        assert env.step(env.oracle())[4]["success"] is True


def test_without_a_database_there_is_nothing_to_ask():
    tool = SQLTool()
    assert tool.start(None) is None
    with pytest.raises(ToolError, match="no database"):
        tool.run("SELECT 1", None)
