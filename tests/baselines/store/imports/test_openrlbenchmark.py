import pytest

from palaestra.baselines.errors import RunError
from palaestra.baselines.store.imports.foreign_run import Scoring
from palaestra.baselines.store.imports.identity import Identity
from palaestra.baselines.store.imports.openrlbenchmark import find, read

ROWS = [
    (0, 1.5, 1001.5, 100, 10.0, ""),
    (1, 2.5, 1002.5, "", "", 0.25),
    (2, 3.5, 1003.5, 200, 30.0, "nan"),
    (3, 4.5, 1004.5, 300, "", ""),
]
DESCRIBED = {
    "_attrs": {"state": "finished", "config": {"env_id": "Hopper-v4", "exp_name": "td3", "seed": 2, "_wandb": {}}}
}


def test_a_record_with_values_is_a_row_at_its_step_or_the_one_before(write_history):
    run = read(write_history(ROWS, described=DESCRIBED), Scoring())
    assert [(row.step, row.wall_time, dict(row.values)) for row in run.metrics] == [
        (100, 1.5, {"charts/episodic_return": 10.0}),
        (100, 2.5, {"losses/value_loss": 0.25}),
        (200, 3.5, {"charts/episodic_return": 30.0}),
    ]


def test_the_description_says_what_it_is_a_run_of(write_history):
    run = read(write_history(ROWS, described=DESCRIBED), Scoring())
    assert run.identity == Identity("Hopper-v4", "td3", 2)
    assert run.params == {"env_id": "Hopper-v4", "exp_name": "td3", "seed": 2}
    assert (run.status, run.started) == ("finished", 1000.0)


def test_the_configuration_may_be_as_the_server_keeps_it(write_history):
    described = {"state": "crashed", "config": '{"env": {"value": "Ant-v4"}, "algo": {"value": "sac"}}'}
    run = read(write_history(ROWS, folder="seed-7", described=described), Scoring())
    assert run.identity == Identity("Ant-v4", "sac", 7)
    assert run.status == "failed"


def test_the_score_is_the_mean_of_the_last_hundred_returns(write_history):
    rows = [(n, n, n, n, -1000.0 if n < 5 else 7.0, "") for n in range(105)]
    scores = read(write_history(rows), Scoring()).scores
    assert (scores.return_mean, scores.episodes) == (7.0, 100)


def test_histories_are_found_below_a_folder(write_history, tmp_path):
    files = [write_history(ROWS, folder=f"dataset/{name}") for name in ("b", "a")]
    assert find(tmp_path) == sorted(files)
    assert find(files[0]) == [files[0]]


def test_a_table_of_results_is_refused_for_what_it_is(tmp_path):
    file = tmp_path / "compare.csv"
    file.write_text(",CleanRL PPO,openai/baselines PPO2\nHalfCheetah-v2,2262.50 ± 1196.81,1428.55 ± 62.40\n")
    with pytest.raises(RunError, match="a table of means ± deviations, which holds no single runs: expected a column"):
        read(file, Scoring())


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n"])
def test_what_is_no_history_is_refused(tmp_path, text):
    file = tmp_path / "notes.csv"
    file.write_text(text)
    with pytest.raises(RunError, match="no history of a run: expected a column global_step or _step"):
        read(file, Scoring())


def test_a_cell_without_end_is_refused_by_its_line(write_history):
    with pytest.raises(RunError, match=r"run_df\.csv:3 cannot be read as CSV \(field larger"):
        read(write_history([ROWS[0], (1, 2.5, 1002.5, 200, 1.0, "x" * 200_000)]), Scoring())


def test_steps_are_counted_by_the_column_that_is_filled(write_history):
    rows = [(10, 1.5, 1001.5, "", 10.0, ""), (20, 2.5, 1002.5, "", 20.0, "")]
    assert [row.step for row in read(write_history(rows), Scoring()).metrics] == [10, 20]


@pytest.mark.parametrize("text", ["[1]", "{torn", '{"config": "{torn"}', '{"config": [1]}', '{"_attrs": 1}'])
def test_a_damaged_description_is_named(write_history, text):
    file = write_history(ROWS)
    file.with_name("run.json").write_text(text)
    with pytest.raises(RunError, match=r"run\.json is not the description of a run"):
        read(file, Scoring())
