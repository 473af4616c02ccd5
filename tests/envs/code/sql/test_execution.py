"""Queries that somebody untrusted wrote: what they may do, and what attacks come to."""

import os
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from palaestra.envs.code.sandbox import SandboxBroken
from palaestra.envs.code.sql import execution
from palaestra.envs.code.sql.execution import ENGINES, Ending, run_query

ROWS = 20
DATABASE = "CREATE TABLE books (id INTEGER PRIMARY KEY, title TEXT, price DOUBLE, published TEXT);\n" + (
    "INSERT INTO books VALUES " + ",".join(f"({i},'book {i}',{i}.5,'2024-01-{i + 1:02}')" for i in range(ROWS)) + ";"
)
BOMB_SECONDS = 0.3

by_engine = pytest.mark.parametrize("engine", ENGINES)


def run(engine: str, query: str, **limits):
    return run_query(engine, DATABASE, query, **limits)


def assert_unharmed(engine: str) -> None:
    assert run(engine, "SELECT COUNT(*), SUM(price), MAX(title) FROM books").rows == ((ROWS, 200.0, "book 9"),)


@by_engine
class TestHonestQueries:
    def test_values_come_back_as_they_are(self, engine):
        result = run(engine, "SELECT 1, 2.5, 'it''s', NULL, 'é', -7 FROM books WHERE id = 3")
        assert (result.ending, result.rows) == (Ending.ROWS, ((1, 2.5, "it's", None, "é", -7),))

    @pytest.mark.parametrize(
        "query",
        [
            "SELECT COUNT(*) FROM books;", "select count(*) from books -- how many", "/* how many */ SELECT 20",
            "WITH b AS (SELECT id FROM books) SELECT COUNT(id) FROM b", "VALUES (20)",
            "WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t WHERE n < 20) SELECT COUNT(*) FROM t",
            "SELECT MAX(n) FROM (SELECT ROW_NUMBER() OVER (ORDER BY price DESC) AS n FROM books) AS numbered",
            "SELECT SUM(CASE WHEN price >= 0 THEN 1 ELSE 0 END) FROM books",
            "SELECT COUNT(*) FROM books WHERE SUBSTR(published, 1, 4) = '2024' AND title LIKE 'book%'",
            "SELECT COUNT(*) FROM books AS b WHERE EXISTS (SELECT 1 FROM books WHERE id = b.id)",
            "SELECT CAST(ROUND(AVG(price) * 2) AS INTEGER) FROM books",
            "SELECT 10 UNION SELECT 20 ORDER BY 1 DESC LIMIT 1",
        ],
    )  # fmt: skip
    def test_what_a_question_may_need_is_there(self, engine, query):
        assert run(engine, query).rows == ((20,),)

    def test_many_threads_get_their_own_rows(self, engine):
        with ThreadPoolExecutor(8) as pool:
            results = list(pool.map(lambda i: run(engine, f"SELECT title FROM books WHERE id = {i}"), range(ROWS)))
        assert [result.rows for result in results] == [((f"book {i}",),) for i in range(ROWS)]

    def test_a_column_may_be_called_as_a_function_that_is_refused(self, engine):
        result = run_query(engine, "CREATE TABLE t (random INTEGER); INSERT INTO t VALUES (4);", "SELECT random FROM t")
        assert result.rows == ((4,),)


@by_engine
class TestMistakes:
    @pytest.mark.parametrize("query", ["SELCT 1", "SELECT (1", "SELECT 1 FROM", "SELECT 'a", "25", "\ud800", "a\0b"])
    def test_what_cannot_be_read_is_a_syntax_error(self, engine, query):
        assert run(engine, query).ending is Ending.SYNTAX

    @pytest.mark.parametrize("query", ["SELECT nme FROM books", "SELECT * FROM boks", "SELECT nonsense(id) FROM books"])
    def test_what_is_not_there_is_an_error_with_one_line_that_is_always_the_same(self, engine, query):
        result = run(engine, query)
        assert result.ending is Ending.ERROR
        assert result.message
        assert "\n" not in result.message
        assert run(engine, query) == result

    @pytest.mark.parametrize("query", ["", " ", ";", "-- nothing", "SELECT 1; SELECT 2", "SELECT 1; DROP TABLE books"])
    def test_there_must_be_one_statement(self, engine, query):
        result = run(engine, query)
        assert result.ending is Ending.ERROR
        assert "expected one" in result.message

    def test_too_many_rows_are_none(self, engine):
        assert run(engine, "SELECT id FROM books", rows=ROWS).ending is Ending.ROWS
        result = run(engine, "SELECT id FROM books", rows=ROWS - 1)
        assert (result.ending, result.rows) == (Ending.MEMORY, ())

    def test_too_many_bytes_are_none(self, engine):
        assert run(engine, "SELECT title FROM books", bytes_=100).ending is Ending.MEMORY


WRITING = [
    "INSERT INTO books VALUES (99, 'x', 1, 'y')",
    "UPDATE books SET price = 0",
    "DELETE FROM books",
    "DELETE FROM books RETURNING id",
    "WITH gone AS (DELETE FROM books RETURNING *) SELECT * FROM gone",
    "WITH new AS (INSERT INTO books VALUES (99, 'x', 1, 'y') RETURNING *) SELECT * FROM new",
    "DROP TABLE books",
    "CREATE TABLE mine (x INTEGER)",
    "CREATE TABLE mine AS SELECT * FROM books",
    "CREATE VIEW mine AS SELECT 1",
    "CREATE TRIGGER mine AFTER DELETE ON books BEGIN SELECT 1; END",
    "ALTER TABLE books ADD COLUMN mine INTEGER",
    "BEGIN",
    "COMMIT",
    "VACUUM",
    "REINDEX",
    "ANALYZE",
    "EXPLAIN ANALYZE DELETE FROM books",
]
REACHING_OUT = [
    "ATTACH '{file}' AS other",
    "ATTACH DATABASE '{file}' AS other",
    "COPY books TO '{file}'",
    "COPY (SELECT * FROM books) TO '{file}' (FORMAT csv)",
    "EXPORT DATABASE '{folder}'",
    "VACUUM INTO '{file}'",
    "SELECT * FROM read_text('/etc/passwd')",
    "SELECT * FROM read_csv('/etc/passwd')",
    "SELECT * FROM read_blob('/proc/self/environ')",
    "SELECT * FROM '/etc/passwd'",
    'SELECT * FROM "{secret}"',
    "SELECT * FROM glob('/*')",
    "SELECT readfile('/etc/passwd')",
    "SELECT writefile('{file}', 'x')",
    "SELECT getenv('HOME')",
    "SELECT load_extension('{file}')",
    "SELECT edit('x', 'touch {file}')",
    "SELECT fts3_tokenizer('simple')",
    "INSTALL httpfs",
    "LOAD httpfs",
    "LOAD '{file}'",
    "FORCE INSTALL httpfs FROM 'http://127.0.0.1:1'",
    "SELECT * FROM 'http://127.0.0.1:1/x.csv'",
    "SELECT * FROM sqlite_scan('{file}', 'x')",
    "SELECT * FROM query('SELECT 1')",
    "SELECT * FROM query_table('books')",
    "SELECT * FROM json_execute_serialized_sql('x')",
    "CALL pragma_version()",
    "SELECT * FROM sys",
    "SELECT * FROM engine",
]
SETTING = [
    "PRAGMA table_info(books)",
    "PRAGMA query_only = 0",
    "PRAGMA hard_heap_limit = 0",
    "SELECT * FROM pragma_table_info('books')",
    "SELECT * FROM pragma_database_list",
    "SET memory_limit = '100GB'",
    "SET enable_external_access = true",
    "SET lock_configuration = false",
    "RESET memory_limit",
    "SELECT current_setting('memory_limit')",
    "SELECT * FROM duckdb_settings()",
    "FROM duckdb_memory()",
    "SELECT * FROM duckdb_functions",
    "PREPARE p AS SELECT 1",
    "EXECUTE p",
    "SELECT write_log('x')",
]
CHANGING = [
    "SELECT random()",
    "SELECT RANDOM() FROM books",
    'SELECT "random"()',
    "SELECT randomblob(3)",
    "SELECT uuid()",
    "SELECT gen_random_uuid()",
    "SELECT now()",
    "SELECT current_date",
    "SELECT CURRENT_TIMESTAMP",
    "SELECT localtimestamp",
    "SELECT date('now')",
    "SELECT strftime('%s')",
    "SELECT strftime('%s', ' NOW ')",
    "SELECT julianday()",
    "SELECT system.main.now()",
    "SELECT list_transform([1], x -> random())",
    "SELECT (SELECT now())",
    "SELECT * FROM books TABLESAMPLE 50%",
    "SELECT * FROM books USING SAMPLE 3",
    "SELECT last_insert_rowid()",
    "SELECT sqlite_version()",
    "SELECT version()",
    "SELECT txid_current()",
    "SELECT current_user",
]


@by_engine
class TestAttacks:
    @pytest.mark.parametrize("query", WRITING)
    def test_nothing_is_written(self, engine, query):
        assert run(engine, query).ending in (Ending.ERROR, Ending.SYNTAX)
        assert_unharmed(engine)

    @pytest.mark.parametrize("query", REACHING_OUT)
    def test_nothing_outside_is_read_or_made(self, engine, query, tmp_path):
        secret = tmp_path / "secret.csv"
        secret.write_text("a,b\n1,2\n")
        target = tmp_path / "made"
        result = run(engine, query.format(file=target, folder=tmp_path / "folder", secret=secret))
        assert result.ending in (Ending.ERROR, Ending.SYNTAX)
        assert result.rows == ()
        assert os.listdir(tmp_path) == ["secret.csv"]
        assert_unharmed(engine)

    @pytest.mark.parametrize("query", SETTING)
    def test_no_setting_is_read_or_changed(self, engine, query):
        assert run(engine, query).ending in (Ending.ERROR, Ending.SYNTAX)
        assert_unharmed(engine)

    @pytest.mark.parametrize("query", CHANGING)
    def test_nothing_that_changes_from_one_day_or_draw_to_the_next_is_told(self, engine, query):
        assert run(engine, query).ending in (Ending.ERROR, Ending.SYNTAX)

    @pytest.mark.parametrize(
        "query",
        [
            "WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t) SELECT COUNT(*) FROM t",
            "WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t) SELECT n FROM t ORDER BY n DESC",
            "SELECT COUNT(*) FROM books a, books b, books c, books d, books e, books f, books g "
            "WHERE a.price * b.price + c.price * d.price = e.price * f.price + g.price + 0.1",
            "SELECT * FROM books a, books b, books c, books d, books e, books f ORDER BY a.price * f.price",
        ],
    )
    def test_a_query_without_end_is_stopped(self, engine, query):
        began = time.monotonic()
        assert run(engine, query, seconds=BOMB_SECONDS).ending in (Ending.TIMEOUT, Ending.MEMORY)
        assert time.monotonic() - began < 20 * BOMB_SECONDS
        assert_unharmed(engine)

    @pytest.mark.parametrize(
        "query",
        [
            "SELECT LENGTH(PRINTF('%1000000000d', 1))",
            "SELECT LENGTH(REPEAT('x', 2000000000))",
            "SELECT LENGTH(ZEROBLOB(2000000000))",
            "SELECT REPLACE(HEX(ZEROBLOB(500000)), '0', 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxx')",
            "SELECT LENGTH(GROUP_CONCAT(PRINTF('%100000d', a.id))) FROM books a, books b, books c",
            "SELECT LIST(n) FROM range(1000000000000) t(n)",
            "SELECT STRING_AGG(REPEAT('x', 100000), ',') FROM range(100000)",
            "SELECT COUNT(*) FROM range(1000000000000)",
            "SELECT * FROM generate_series(1, 1000000000000)",
            "SELECT COUNT(DISTINCT n) FROM range(100000000) t(n)",
            "SELECT LPAD('x', 2000000000, 'y')",
            "SELECT 'a' LIKE '%" + "a%" * 5000 + "'",
        ],
    )
    def test_a_query_that_swells_takes_nobodys_memory(self, engine, query):
        result = run(engine, query, seconds=BOMB_SECONDS)
        assert result.ending is not Ending.ROWS or result.rows in (((None,),), ((0,),), ((False,),))
        assert_unharmed(engine)

    @pytest.mark.parametrize(
        "query",
        [
            "SELECT " + "(" * 5000 + "1" + ")" * 5000,
            "SELECT " + "+".join(["1"] * 9000),
            "SELECT " + "NOT " * 4000 + "1",
            "SELECT " + "-" * 15000 + "1",
            "SELECT " + "(SELECT " * 1000 + "1" + ")" * 1000,
            "SELECT " + "CASE WHEN 1 THEN " * 1500 + "1" + " END" * 1500,
            " UNION ".join(["SELECT 1"] * 1500),
            "SELECT * FROM " + ", ".join(f"books b{i}" for i in range(1000)),
            "SELECT " + ", ".join(["*"] * 4000) + " FROM books",
            "/*" * 5000,
        ],
    )
    def test_a_query_that_is_nested_or_long_ends_itself_alone(self, engine, query):
        assert run(engine, query, seconds=BOMB_SECONDS).ending is not None
        assert_unharmed(engine)

    def test_others_are_answered_while_one_does_not_end(self, engine):
        bomb = "WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t) SELECT COUNT(*) FROM t"
        with ThreadPoolExecutor(2) as pool:
            endless = pool.submit(run, engine, bomb, seconds=1.0)
            assert_unharmed(engine)
            assert not endless.done()
            assert endless.result().ending is Ending.TIMEOUT


class TestTheEngine:
    def test_an_engine_that_died_is_replaced(self):
        assert_unharmed("sqlite")
        for session in execution._pool("sqlite", "full")._idle:
            session.close()
        assert_unharmed("sqlite")

    def test_a_forked_process_starts_engines_of_its_own_and_leaves_ours_alone(self):
        assert_unharmed("sqlite")
        child = os.fork()
        if child == 0:
            try:
                assert_unharmed("sqlite")
                os._exit(0)
            finally:
                os._exit(1)
        assert os.waitpid(child, 0)[1] == 0
        assert_unharmed("sqlite")

    def test_an_unknown_engine_is_refused_by_name(self):
        with pytest.raises(ValueError, match="engine must be one of sqlite, duckdb; got 'mysql'"):
            run("mysql", "SELECT 1")

    def test_a_reply_that_makes_no_sense_is_nobodys_wrong_answer(self):
        for reply in (b"", b"[]", b"{}", b'{"ending": "fine"}', b'{"ending": "rows", "rows": 3}'):
            with pytest.raises(SandboxBroken, match="reply"):
                execution._read(reply)
