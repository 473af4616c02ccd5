import json

import pytest

from palaestra.baselines.errors import RunError
from palaestra.baselines.runs import MetricRow, Scores
from palaestra.baselines.store.record import options_line, read_run, with_metrics


def test_a_folder_without_run_json_is_refused_by_name(tmp_path):
    with pytest.raises(RunError, match=r"holiday is not a run folder: it has no run\.json"):
        read_run(tmp_path / "holiday")


def test_torn_last_lines_are_left_out(make_run):
    folder = make_run()
    whole = read_run(folder)
    for name in ("metrics.jsonl", "episodes.jsonl"):
        with (folder / name).open("a") as file:
            file.write('{"step": 99999, "valu')
    torn = read_run(folder)
    assert len(torn.metrics) == len(whole.metrics) == 3
    assert torn.episodes == whole.episodes


def test_a_run_whose_process_is_gone_counts_as_interrupted(make_run):
    assert read_run(make_run(status="running")).status == "interrupted"


def test_a_run_that_has_only_begun_can_be_read(make_run):
    run = read_run(make_run(metrics=[], episodes=[], scores={}))
    assert (run.metrics, run.episodes, run.info.scores) == ([], [], {})


def test_keys_of_a_later_schema_are_passed_over(make_run):
    folder = make_run()
    content = json.loads((folder / "run.json").read_text())
    (folder / "run.json").write_text(json.dumps(content | {"mood": "good"}))
    assert read_run(folder).is_finished


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"seed": "x"}, "seed must be int, got 'x'"),
        ({"seed": None}, "seed must be int, got None"),
        ({"created": 2026}, "created must be str, got 2026"),
        ({"commit": 7}, "commit must be str or NoneType, got 7"),
        ({"wall_time_s": "long"}, "wall_time_s must be float or int, got 'long'"),
        ({"scores": {"agent": dict.fromkeys(Scores.__dataclass_fields__, "?")}}, "success_rate must be float or"),
    ],
)
def test_a_field_of_another_type_is_named(make_run, change, words):
    folder = make_run()
    content = json.loads((folder / "run.json").read_text())
    (folder / "run.json").write_text(json.dumps(content | change))
    with pytest.raises(RunError) as caught:
        read_run(folder)
    assert f"run.json cannot be read as a run's: {words}" in str(caught.value)


def cut(path):
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def damage_second_line(path):
    first, second, *others = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([first, second[:9] + b"\n", *others]))


@pytest.mark.parametrize(
    ("name", "damage", "reason"),
    [
        ("run.json", cut, "JSONDecodeError"),
        ("run.json", lambda path: path.write_text("[1, 2]"), "cannot be read"),
        ("metrics.jsonl", damage_second_line, "line 2"),
        ("config.yaml", lambda path: path.unlink(), "FileNotFoundError"),
        ("config.yaml", lambda path: path.write_text("env: [1"), "ParserError"),
        ("config.yaml", lambda path: path.write_text("env: 3"), "no recipe"),
        ("config.yaml", lambda path: path.write_text(""), "mapping"),
    ],
)
def test_a_damaged_file_is_named_in_one_line(make_run, name, damage, reason):
    folder = make_run()
    damage(folder / name)
    with pytest.raises(RunError) as caught:
        read_run(folder)
    assert str(folder / name) in str(caught.value)
    assert reason in str(caught.value)
    assert "\n" not in str(caught.value)


def test_damage_to_the_series_does_not_matter_where_they_are_not_read(make_run):
    folder = make_run()
    damage_second_line(folder / "metrics.jsonl")
    assert read_run(folder, series=False).info.seed == 0


def test_the_options_are_the_constructors_arguments_and_the_wrappers():
    config = {
        "env": {"id": "text/GuessNumber-v0", "kwargs": {"level": 2}},
        "wrappers": [{"name": "length_penalty", "args": {"soft_limit": 4}}, {"name": "format_reward"}],
    }
    assert options_line(config) == "level 2, length_penalty(soft_limit=4), format_reward()"
    assert options_line({"env": {"id": "robot/Reach-v0"}}) == ""


def test_wrappers_that_evaluation_leaves_out_make_no_other_setting():
    plain = {"env": {"id": "robot/Mimic-v0"}, "wrappers": [{"name": "length_penalty", "args": {"soft_limit": 4}}]}
    resets = [{"name": "reference_state"}, {"name": "early_termination", "args": {"flag": "fallen"}}]
    assert options_line(plain) == options_line({**plain, "wrappers": [*resets, *plain["wrappers"]]})


def test_an_argument_of_evaluations_takes_the_place_of_the_trainings():
    trained = {"env": {"kwargs": {"clip": "jump", "start": "random"}}, "evaluation": {"kwargs": {"start": "first"}}}
    assert options_line(trained) == options_line({"env": {"kwargs": {"clip": "jump", "start": "first"}}})


def test_metrics_are_chosen_by_pattern_and_rows_without_any_are_dropped(make_run):
    rows = [
        MetricRow(0, 0, 0.0, {"eval/return_mean": 0.5, "eval/success_rate": 0.25}),
        MetricRow(10, 1, 1.0, {"train/loss": 2.0, "train/entropy": 1.5}),
        MetricRow(20, 2, 2.0, {"train/loss": 1.0}),
    ]
    kept = with_metrics(read_run(make_run(metrics=rows)), ["eval/*", "train/entropy"])
    assert [(row.step, dict(row.values)) for row in kept.metrics] == [
        (0, {"eval/return_mean": 0.5, "eval/success_rate": 0.25}),
        (10, {"train/entropy": 1.5}),
    ]
