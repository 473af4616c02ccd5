import math
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from palaestra.baselines.errors import RunError
from palaestra.baselines.runs import MetricRow, RunInfo, Scores
from palaestra.baselines.store.parquet import read_parquet, write_parquet
from palaestra.baselines.store.record import Run, options_line, read_run

ANY_FLOAT = st.floats(allow_nan=True, allow_infinity=True)
WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
COUNTS = st.integers(0, 2**63 - 1)
JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=6,
)
METRIC_ROWS = st.builds(MetricRow, COUNTS, st.none() | COUNTS, ANY_FLOAT, st.dictionaries(WORDS, ANY_FLOAT, max_size=3))
INFOS = st.builds(
    RunInfo,
    id=WORDS,
    recipe=WORDS,
    env_id=WORDS,
    agent_kind=WORDS,
    algorithm=WORDS.filter(bool),
    label=WORDS.filter(bool),
    seed=COUNTS,
    status=st.sampled_from(["finished", "failed", "interrupted"]),
    error=st.none() | WORDS,
    created=WORDS,
    updated=WORDS,
    wall_time_s=ANY_FLOAT,
    timesteps=COUNTS,
    versions=st.dictionaries(WORDS, WORDS, max_size=3),
    hardware=st.dictionaries(WORDS, JSON_VALUES, max_size=3),
    commit=st.none() | WORDS,
    scores=st.dictionaries(
        WORDS,
        st.builds(Scores, *[st.none() | ANY_FLOAT] * 3, *[ANY_FLOAT] * 3, COUNTS),
        max_size=3,
    ),
)


def run_of(info, *, metrics=(), episodes=(), settings=None):
    config = {"env": {"id": info.env_id, "kwargs": {}}, "agent": {"params": settings or {}}}
    return Run(Path("runs"), info, info.status, config, options_line(config), list(metrics), list(episodes))


def content(run):
    """All of a run but its path, in a form in which NaN equals NaN and the order of keys does not matter."""
    metrics = [(row.step, row.episodes, repr(row.wall_time), sorted(row.values.items())) for row in run.metrics]
    return repr((run.info, run.status, run.config, run.options, metrics, run.episodes))


@settings(max_examples=40, deadline=None)
@given(
    INFOS,
    st.lists(METRIC_ROWS, max_size=4),
    st.lists(st.dictionaries(WORDS, JSON_VALUES, max_size=3), max_size=2),
    st.dictionaries(WORDS, JSON_VALUES, max_size=3),
)
def test_what_is_written_is_read_back_to_the_bit(tmp_path_factory, info, metrics, episodes, settings):
    file = tmp_path_factory.mktemp("round-trip") / "runs.parquet"
    run = run_of(info, metrics=metrics, episodes=episodes, settings=settings)
    write_parquet([run], file, episodes=True)
    (back,) = read_parquet(file)
    assert content(back) == content(run)


def test_run_folders_come_back_as_they_were_in_their_order(make_run, tmp_path):
    runs = [read_run(make_run(seed=seed, kwargs={"level": seed})) for seed in (3, 1, 2)]
    write_parquet(runs, tmp_path / "runs.parquet", episodes=True)
    back = read_parquet(tmp_path / "runs.parquet")
    assert [content(run) for run in back] == [content(run) for run in runs]


def test_a_metric_that_was_not_finite_stays_apart_from_one_that_was_not_logged(make_run, tmp_path):
    write_parquet([read_run(make_run())], tmp_path / "runs.parquet")
    (run,) = read_parquet(tmp_path / "runs.parquet")
    assert list(run.metrics[0].values) == ["eval/return_mean"]
    assert math.isnan(run.metrics[2].values["train/loss"])


def test_the_path_says_which_file_and_where_in_it(make_run, tmp_path):
    first, other = make_run(root=tmp_path / "a"), make_run(root=tmp_path / "b", id="another")
    file = tmp_path / "runs.parquet"
    write_parquet([read_run(first), read_run(other)], file)
    place = file / "text-GuessNumber-v0" / "guess-grpo"
    assert [run.path for run in read_parquet(file)] == [place / "seed-0", place / "seed-0.2"]


def test_episodes_are_left_out_unless_they_are_asked_for(make_run, tmp_path):
    file = tmp_path / "runs.parquet"
    run = read_run(make_run())
    write_parquet([run], file)
    assert read_parquet(file)[0].episodes == []
    write_parquet([run], file, episodes=True)
    assert read_parquet(file)[0].episodes == run.episodes


def test_a_run_that_is_being_written_is_kept_as_one_that_was_interrupted(make_run, tmp_path):
    running = replace(read_run(make_run(status="running")), status="running")
    write_parquet([running], tmp_path / "runs.parquet")
    (run,) = read_parquet(tmp_path / "runs.parquet")
    assert (run.status, run.info.status) == ("interrupted", "interrupted")


def test_the_columns_can_be_queried_without_this_package(make_run, tmp_path):
    file = tmp_path / "runs.parquet"
    write_parquet([read_run(make_run())], file)
    query = f"SELECT scores['agent'].success_rate, versions['torch'], metrics.values['eval/return_mean'] FROM '{file}'"
    assert duckdb.sql(query).fetchall() == [(0.9, "2.13.0", [0.1, 0.2, None])]


def test_a_file_that_cannot_be_replaced_stands(make_run, tmp_path, monkeypatch):
    file = tmp_path / "runs.parquet"
    run = read_run(make_run())
    write_parquet([run], file)
    before = file.read_bytes()

    def full(*arguments):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("shutil.copyfileobj", full)
    with pytest.raises(OSError, match="No space left"):
        write_parquet([run, run], file)
    assert file.read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["runs", "runs.parquet"]


def test_half_a_surrogate_pair_in_an_error_costs_no_run(make_run, tmp_path):
    run = read_run(make_run(status="failed", error="it said \ud83d"))
    write_parquet([run], tmp_path / "runs.parquet")
    assert read_parquet(tmp_path / "runs.parquet")[0].info.error == "it said ?"


def test_a_number_that_is_too_large_is_refused_by_the_run(make_run, tmp_path):
    run = read_run(make_run(seed=2**64))
    with pytest.raises(RunError, match=r"seed-18446744073709551616 does not fit into Parquet") as caught:
        write_parquet([run], tmp_path / "runs.parquet")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", ["it's [a] run*.parquet", "env=reach.parquet", "größer.parquet"])
def test_any_name_of_a_file_will_do(make_run, tmp_path, name):
    file = tmp_path / "id=1 [x]" / name
    write_parquet([read_run(make_run())], file)
    assert read_parquet(file)[0].info.id == "guess-grpo-0"


def test_no_run_is_refused(tmp_path):
    with pytest.raises(ValueError, match="at least one run"):
        write_parquet([], tmp_path / "runs.parquet")
    assert not (tmp_path / "runs.parquet").exists()


def test_parquet_that_holds_no_runs_is_refused_by_the_column_it_lacks(tmp_path):
    file = tmp_path / "cities.parquet"
    duckdb.sql(f"COPY (SELECT 'Olympia' AS city) TO '{file}'")
    with pytest.raises(RunError, match=r"cities\.parquet holds no runs: it has no column 'path'"):
        read_parquet(file)


def test_columns_of_a_later_version_are_passed_over(make_run, tmp_path):
    file, later = tmp_path / "runs.parquet", tmp_path / "later.parquet"
    run = read_run(make_run())
    write_parquet([run], file)
    duckdb.sql(f"COPY (SELECT *, 'good' AS mood FROM '{file}') TO '{later}'")
    assert content(read_parquet(later)[0]) == content(replace(run, episodes=[]))


@pytest.mark.parametrize("damage", [b"", b"PAR1", b"not Parquet at all, but some text"])
def test_a_damaged_file_is_one_line(tmp_path, damage):
    file = tmp_path / "runs.parquet"
    file.write_bytes(damage)
    with pytest.raises(RunError, match=r"runs\.parquet cannot be read as Parquet") as caught:
        read_parquet(file)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("column", ["id", "algorithm", "seed", "config"])
def test_every_column_that_a_run_needs_is_named_where_it_is_missing(make_run, tmp_path, column):
    file, less = tmp_path / "runs.parquet", tmp_path / "less.parquet"
    write_parquet([read_run(make_run())], file)
    duckdb.sql(f"COPY (SELECT * EXCLUDE {column} FROM '{file}') TO '{less}'")
    with pytest.raises(RunError, match=f"it has no column '{column}'"):
        read_parquet(less)


@pytest.mark.parametrize("place", ["/etc/run", "../run", "a/../../run"])
def test_a_run_that_would_lie_elsewhere_is_refused(make_run, tmp_path, place):
    file, edited = tmp_path / "runs.parquet", tmp_path / "edited.parquet"
    write_parquet([read_run(make_run())], file)
    duckdb.sql(f"COPY (SELECT * REPLACE ('{place}' AS path) FROM '{file}') TO '{edited}'")
    with pytest.raises(RunError, match="outside"):
        read_parquet(edited)


def test_two_runs_in_one_place_are_refused_because_their_series_would_be_mixed(make_run, tmp_path):
    one, two, both = (tmp_path / f"{name}.parquet" for name in ("one", "two", "both"))
    write_parquet([read_run(make_run(id="first"))], one)
    write_parquet([read_run(make_run(root=tmp_path / "more", id="second"))], two)
    duckdb.sql(f"COPY (FROM '{one}' UNION ALL FROM '{two}') TO '{both}'")
    with pytest.raises(RunError, match="two of them are text-GuessNumber-v0/guess-grpo/seed-0"):
        read_parquet(both)


def test_a_column_of_another_type_is_named(make_run, tmp_path):
    file, edited = tmp_path / "runs.parquet", tmp_path / "edited.parquet"
    write_parquet([read_run(make_run())], file)
    duckdb.sql(f"COPY (SELECT * REPLACE ('first' AS seed) FROM '{file}') TO '{edited}'")
    with pytest.raises(RunError, match=r"edited\.parquet cannot be read as runs \(TypeError: seed must be int, got"):
        read_parquet(edited)


def test_a_cell_that_is_no_runs_is_one_line(make_run, tmp_path):
    file, edited = tmp_path / "runs.parquet", tmp_path / "edited.parquet"
    write_parquet([read_run(make_run())], file)
    duckdb.sql(f"COPY (SELECT * REPLACE ('[1]' AS config) FROM '{file}') TO '{edited}'")
    with pytest.raises(RunError, match=r"edited\.parquet cannot be read as runs") as caught:
        read_parquet(edited)
    assert "\n" not in str(caught.value)
