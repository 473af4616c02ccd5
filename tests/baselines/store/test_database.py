import math

import pytest

from palaestra.baselines.errors import UsageError
from palaestra.baselines.store.database import TABLES, query
from palaestra.baselines.store.parquet import write_parquet
from palaestra.baselines.store.record import read_run
from palaestra.baselines.store.sources import load_runs


@pytest.fixture(params=["folders", "parquet", "both"])
def runs(request, make_run, tmp_path):
    """Two seeds of one recipe and one run of another, in folders, in a Parquet file, or in both."""
    folders = [make_run(seed=0), make_run(seed=1), make_run(recipe="other", algorithm="ppo")]
    kept = {"folders": [], "parquet": folders, "both": folders[:2]}[request.param]
    if kept:
        write_parquet([read_run(folder) for folder in kept], tmp_path / "runs.parquet", episodes=True)
    places = [*([tmp_path / "runs.parquet"] if kept else []), *folders[len(kept) :]]
    return load_runs(places, series=False).runs


def rows(runs, sql):
    return query(runs, sql).rows


def test_every_table_has_the_columns_it_says_it_has(runs):
    for table, columns in TABLES.items():
        described = rows(runs, f"DESCRIBE {table}")
        assert {name: type_ for name, type_, *_ in described} == columns


def test_scores_can_be_averaged_over_seeds(runs):
    sql = """
        SELECT label, count(*), avg(success_rate) FROM runs JOIN scores USING (run)
        WHERE player = 'best' GROUP BY ALL ORDER BY label
    """
    assert rows(runs, sql) == [("grpo", 2, 0.95), ("ppo", 1, 0.95)]


def test_metrics_are_one_row_a_value(runs):
    sql = "SELECT step, episodes, wall_time, name, value FROM metrics JOIN runs USING (run) WHERE id = 'other-0'"
    found = sorted(rows(runs, sql), key=lambda row: (row[0], row[3]))
    assert found[:3] == [
        (0, 0, 0.5, "eval/return_mean", 0.1),
        (10, 4, 1.25, "eval/return_mean", 0.2),
        (10, 4, 1.25, "train/loss", 1 / 3),
    ]
    assert found[3][:4] == (20, None, 2.0, "train/loss")
    assert math.isnan(found[3][4])
    assert len(found) == 4


def test_every_run_has_its_own_metrics(runs):
    counted = rows(runs, "SELECT run, count(*) FROM metrics GROUP BY run ORDER BY run")
    assert counted == sorted((str(run.path), 4) for run in runs)


def test_configurations_are_one_row_a_key(runs):
    sql = "SELECT DISTINCT value::DOUBLE FROM config WHERE key = 'agent.params.learning_rate'"
    assert rows(runs, sql) == [(0.001,)]


def test_the_status_is_that_of_the_process_and_not_only_of_the_file(make_run):
    run = read_run(make_run(status="running"))
    assert rows([run], "SELECT status FROM runs") == [("interrupted",)]


@pytest.fixture
def plain_episode():
    turns = [{"observation": "Guess", "action": "5", "reward": 1.0, "reward_terms": {}}] * 2
    verdict = {"status": "correct", "score": 1.0, "detail": ""}
    return {
        "step": 20,
        "source": "agent",
        "seed": 7,
        "level": None,
        "episode_return": 1.0,
        "success": True,
        "verdict": verdict,
        "turns": turns,
    }


@pytest.mark.parametrize("in_parquet", [False, True])
def test_episodes_can_be_asked_about(make_run, tmp_path, plain_episode, in_parquet):
    path = make_run(episodes=[plain_episode])
    if in_parquet:
        write_parquet([read_run(path)], tmp_path / "runs.parquet", episodes=True)
        path = tmp_path / "runs.parquet"
    sql = "SELECT step, source, seed, level, episode_return, success, verdict, json_array_length(turns) FROM episodes"
    assert rows(load_runs([path]).runs, sql) == [(20, "agent", 7, None, 1.0, True, "correct", 2)]


def test_what_is_being_written_does_not_disturb(make_run, plain_episode):
    torn, begun, empty = make_run(seed=0, episodes=[plain_episode]), make_run(seed=1), make_run(seed=2)
    for name in ("metrics.jsonl", "episodes.jsonl"):
        with (torn / name).open("a") as file:
            file.write('{"step": 99999, "valu')
        (begun / name).unlink()
        (empty / name).write_text("")
    runs = [read_run(path) for path in (torn, begun, empty)]
    assert rows(runs, "SELECT DISTINCT run, max(step) FROM metrics GROUP BY run") == [(str(torn), 20)]
    assert rows(runs, "SELECT count(*) FROM episodes") == [(1,)]
    assert rows(runs, "SELECT count(*) FROM runs") == [(3,)]


def test_any_name_of_a_folder_will_do(make_run, tmp_path):
    run = read_run(make_run(root=tmp_path / "it's [a] folder*" / "seed=3"))
    assert rows([run], "SELECT count(*) FROM metrics") == [(4,)]


def test_there_are_tables_without_runs():
    for table in TABLES:
        assert rows([], f"SELECT * FROM {table}") == []


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("SELECT * FROM rnus", ['Did you mean "runs"', "the tables are runs, scores, config, metrics, episodes"]),
        ("SELECT labl FROM runs", ["labl", '"label"']),
        ("SELEC 1", ["syntax error"]),
        ("", ["no statement"]),
    ],
)
def test_sql_that_is_refused_is_one_line(sql, words):
    with pytest.raises(UsageError) as caught:
        query([], sql)
    assert all(word in str(caught.value) for word in words), caught.value
    assert "\n" not in str(caught.value)
