import pytest

from palaestra.baselines.errors import RunError, UsageError
from palaestra.baselines.report.collect import collect
from palaestra.baselines.store.parquet import write_parquet
from palaestra.baselines.store.record import read_run


def test_no_run_is_refused():
    with pytest.raises(UsageError, match="no place to look for runs"):
        collect([])


def test_a_folder_without_runs_is_refused_by_name_in_one_line(tmp_path):
    with pytest.raises(UsageError, match=r"there is no run in .*holiday") as caught:
        collect([tmp_path / "holiday"])
    assert "\n" not in str(caught.value)


def test_a_run_json_that_is_none_is_refused_by_name(make_run):
    folder = make_run()
    (folder / "run.json").write_text("[1, 2]")
    with pytest.raises(RunError, match="seed-0"):
        collect([folder])


def test_a_missing_config_is_named(make_run):
    folder = make_run()
    (folder / "config.yaml").unlink()
    with pytest.raises(RunError, match=r"seed-0/config\.yaml cannot be read"):
        collect([folder])


def test_runs_are_sorted_into_setting_recipe_and_seed(make_run, make_body_run):
    folders = [make_run(seed=1), make_body_run(), make_run(seed=0), make_run(recipe="guess-number-ppo")]
    guess, reach = collect(folders).settings
    assert (guess.env_id, reach.env_id) == ("text/GuessNumber-v0", "robot/Reach-v0")
    assert [group.name for group in guess.groups] == ["guess-number-grpo", "guess-number-ppo"]
    assert [run.info.seed for run in guess.groups[0].runs] == [0, 1]


def test_the_same_environment_with_other_options_is_another_setting(make_run):
    easy, hard = make_run(kwargs={"level": 0}), make_run(recipe="hard", kwargs={"level": 3})
    assert [setting.options for setting in collect([easy, hard]).settings] == ["level 0", "level 3"]


def test_recipes_that_share_a_label_carry_their_name(make_run):
    (setting,) = collect([make_run(), make_run(recipe="other"), make_run(recipe="third", algorithm="ppo")]).settings
    assert [group.label for group in setting.groups] == ["grpo (guess-number-grpo)", "grpo (other)", "ppo"]


def test_a_folder_of_runs_and_a_file_of_runs_are_the_same(make_run, tmp_path):
    folders = [make_run(seed=seed) for seed in range(2)]
    file = tmp_path / "runs.parquet"
    write_parquet([read_run(folder) for folder in folders], file)
    for place in (tmp_path / "text-GuessNumber-v0", file):
        assert [run.info.seed for run in collect([place]).runs] == [0, 1]


def test_a_folder_given_twice_counts_once(make_run):
    folder = make_run()
    assert len(collect([folder, folder]).runs) == 1


def cut(path):
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


@pytest.mark.parametrize(
    ("name", "damage", "reason"),
    [
        ("run.json", cut, "JSONDecodeError"),
        ("config.yaml", lambda path: path.write_text("env: 3"), "no recipe"),
    ],
)
def test_one_damaged_run_does_not_cost_the_others(make_run, name, damage, reason):
    fine, damaged = make_run(seed=0), make_run(seed=1)
    damage(damaged / name)
    collection = collect([fine, damaged])
    assert [run.path for run in collection.runs] == [fine]
    (unreadable,) = collection.unreadable
    assert unreadable.path == damaged
    assert str(damaged / name) in unreadable.reason
    assert reason in unreadable.reason
    assert "\n" not in unreadable.reason


def test_where_no_run_can_be_read_there_is_one_error(make_run):
    folders = [make_run(seed=seed) for seed in range(3)]
    for folder in folders:
        cut(folder / "run.json")
    with pytest.raises(RunError, match=r"seed-0/run\.json.*nor can the 2 other runs"):
        collect(folders)
