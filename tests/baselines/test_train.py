import errno
import json
import signal
import subprocess
import sys

import pytest
import yaml

from palaestra.agents.baseline_agents import OracleAgent
from palaestra.agents.errors import TrainingDiverged
from palaestra.baselines import scoring
from palaestra.baselines.errors import RunError, RunInterrupted, UsageError
from palaestra.baselines.recipe import load_recipe
from palaestra.baselines.runs import RunFolder
from palaestra.baselines.stopping import StopRequest
from palaestra.baselines.train import TrainRequest, train

QUICK_PPO = {
    "name": "quick",
    "env": {"id": "robot/Reach-v0"},
    "agent": {
        "kind": "control",
        "algorithm": "ppo",
        "n_envs": 2,
        "params": {"n_steps": 32, "batch_size": 32, "n_epochs": 1},
    },
    "budget": {"timesteps": 384},
    "seeds": [0],
    "evaluation": {"episodes": 2, "every_timesteps": 128},
}

QUICK_GRPO = {
    "name": "speaks",
    "env": {"id": "text/GuessNumber-v0"},
    "agent": {
        "kind": "llm",
        "algorithm": "grpo",
        "params": {
            "groups": 2,
            "group_size": 2,
            "warm_start": {"max_steps": 2, "episodes": 4, "evaluate_every": 2, "evaluation_episodes": 4},
        },
    },
    "budget": {"timesteps": 100},
    "seeds": [0],
    "evaluation": {"episodes": 4, "every_timesteps": 40},
}

# killed as soon as the first line after the second checkpoint is on the disk, so that there is something to cut
KILLED_AFTER_A_CHECKPOINT = """
import os, pathlib, signal, sys
from palaestra.baselines.recipe import load_recipe
from palaestra.baselines.runs import RunFolder
from palaestra.baselines.train import TrainRequest, train

append = RunFolder.append_metrics

def append_and_die(folder, row):
    append(folder, row)
    if row.step > 128 and row.step % 128:
        os.kill(os.getpid(), signal.SIGKILL)

RunFolder.append_metrics = append_and_die
train(TrainRequest(load_recipe(sys.argv[1]), pathlib.Path(sys.argv[2]), "cpu"))
"""


def numbers(folder):
    """The metrics without those that a clock makes."""
    return [
        (row.step, row.episodes, {name: value for name, value in row.values.items() if not name.startswith("time/")})
        for row in folder.read_metrics()
    ]


def stop_at(step, stop):
    def report(done, total, note):
        if done >= step:
            stop.request()

    return report


@pytest.fixture
def request_(fake_recipe, tmp_path):
    return TrainRequest(fake_recipe, tmp_path / "runs")


def test_a_run_leaves_scores_metrics_episodes_and_checkpoints(request_):
    folder = train(request_)
    info = folder.read_info()
    assert info.status == "finished"
    assert info.timesteps == 100
    assert set(info.scores) == {"agent", "best", "random", "oracle"}
    assert info.scores["oracle"].success_rate == 1.0
    assert info.scores["oracle"].episodes == 4
    evaluated = [row for row in folder.read_metrics() if "eval/success_rate" in row.values]
    assert [row.step for row in evaluated] == [0, 20, 40, 60, 80, 100]
    assert evaluated[-1].episodes == 10
    sources = [episode["source"] for episode in folder.read_episodes()]
    assert {source: sources.count(source) for source in set(sources)} == dict.fromkeys(info.scores, 4)
    assert (folder.last_checkpoint / "agent").exists()
    assert (folder.best_checkpoint / "agent").exists()
    assert folder.path.relative_to(request_.out).parts == ("text-GuessNumber-v0", "fake", "seed-0")


def test_a_sample_episode_tells_every_turn(request_):
    episode = next(e for e in train(request_).read_episodes() if e["source"] == "oracle")
    assert episode["success"] is True
    assert episode["seed"] == 2_000_000
    assert episode["turns"][0]["observation"].startswith("Guess")
    assert set(episode["turns"][0]) == {"observation", "action", "reward", "reward_terms"}
    assert episode["animation"] is None


def test_the_final_test_shares_no_seed_with_the_evaluations_that_chose_the_best(request_):
    from palaestra.baselines.scoring import test_seeds as final_seeds

    evaluation = request_.recipe.evaluation
    chosen_on = range(evaluation.first_seed, evaluation.first_seed + evaluation.episodes)
    assert not set(final_seeds(request_.recipe)) & set(chosen_on)


def test_a_finished_run_is_not_trained_again(request_, fake_kind):
    before = train(request_).info_path.read_bytes()
    assert train(request_).info_path.read_bytes() == before
    assert fake_kind.built == 1


def test_force_puts_the_old_run_aside(request_):
    first = train(request_).read_info().id
    forced = TrainRequest(request_.recipe, request_.out, force=True)
    assert train(forced).read_info().id != first
    assert RunFolder.open(request_.path.with_name("seed-0.old-1")).read_info().id == first


def test_a_run_of_another_configuration_is_refused_by_the_key_that_differs(request_, tmp_path):
    train(request_)
    other = load_recipe(tmp_path / "fake.yaml", ["evaluation.episodes=5"])
    with pytest.raises(UsageError, match=r"evaluation\.episodes = 4, not 5.*--force"):
        train(TrainRequest(other, request_.out))


def test_a_stopped_run_goes_on_to_the_numbers_of_one_that_was_not(request_, tmp_path):
    whole = train(TrainRequest(request_.recipe, tmp_path / "whole"))
    stop = StopRequest()
    with pytest.raises(RunInterrupted, match="goes on from step 60"):
        train(request_, stop_at(55, stop), stop)
    stopped = RunFolder.open(request_.path)
    assert stopped.read_info().status == "interrupted"
    resumed = train(request_)
    assert numbers(resumed) == numbers(whole)
    assert resumed.read_info().scores == whole.read_info().scores
    assert resumed.read_info().status == "finished"


@pytest.mark.parametrize("name", ["progress.json", "state/state.json"])
def test_a_damaged_checkpoint_is_named_and_may_be_put_aside(request_, name):
    stop = StopRequest()
    with pytest.raises(RunInterrupted):
        train(request_, stop_at(55, stop), stop)
    file = RunFolder(request_.path).last_checkpoint / name
    file.write_text('{"step"')
    with pytest.raises(RunError, match=r"--force") as caught:
        train(request_)
    assert "\n" not in str(caught.value)
    forced = TrainRequest(request_.recipe, request_.out, force=True)
    assert train(forced).read_info().status == "finished"


def test_an_agent_that_cannot_be_loaded_is_named(request_):
    best = train(request_).best_checkpoint
    (best / "agent").write_text("no number")
    with pytest.raises(RunError, match=r"best/agent cannot be read"):
        scoring.load_agent(request_.recipe, best, "cpu")


def test_ctrl_c_at_once_keeps_the_last_checkpoint(request_, fake_kind):
    fake_kind.fail_at, fake_kind.error = 50, KeyboardInterrupt()
    with pytest.raises(RunInterrupted, match="goes on from step 40"):
        train(request_)
    fake_kind.fail_at = None
    assert [row.step for row in train(request_).read_metrics() if "train/noise" in row.values] == list(
        range(10, 101, 10)
    )


def test_diverged_numbers_name_the_best_agent_before(request_, fake_kind):
    fake_kind.fail_at, fake_kind.error = 50, TrainingDiverged("the loss is nan")
    with pytest.raises(RunError, match=r"diverged.*the loss is nan.*checkpoints/best"):
        train(request_)
    info = RunFolder.open(request_.path).read_info()
    assert info.status == "failed"
    assert "the loss is nan" in str(info.error)


def test_a_full_disk_is_one_line_and_earlier_data_stay_whole(request_, monkeypatch):
    append = RunFolder.append_metrics

    def append_until_full(folder, row):
        if row.step >= 50:
            raise OSError(errno.ENOSPC, "No space left on device")
        append(folder, row)

    monkeypatch.setattr(RunFolder, "append_metrics", append_until_full)
    with pytest.raises(RunError, match=r"no space left on the disk.*goes on from step 40"):
        train(request_)
    folder = RunFolder.open(request_.path)
    assert folder.read_info().status == "failed"
    assert [row.step for row in folder.read_metrics()][-1] == 40
    monkeypatch.undo()


def test_an_unforeseen_error_is_kept_with_the_run_and_comes_through(request_, fake_kind):
    fake_kind.fail_at, fake_kind.error = 50, ZeroDivisionError("oops")
    with pytest.raises(ZeroDivisionError):
        train(request_)
    assert RunFolder.open(request_.path).read_info().error == "oops"


def test_an_agent_that_cannot_be_built_leaves_no_run(request_, fake_kind, monkeypatch):
    def refuse(*arguments):
        raise ValueError("this agent does not fit")

    monkeypatch.setattr(fake_kind, "build", refuse)
    with pytest.raises(UsageError, match="does not fit"):
        train(request_)
    assert list(request_.out.iterdir()) == []


@pytest.mark.parametrize(("failing_step", "raised"), [(0, UsageError), (50, ValueError)])
def test_what_the_first_update_finds_unusable_is_wrong_usage_and_leaves_no_run(
    request_, fake_kind, failing_step, raised
):
    fake_kind.fail_at, fake_kind.error = failing_step, ValueError("the data set is torn")
    with pytest.raises(raised, match="the data set is torn"):
        train(request_)
    assert request_.path.exists() == (failing_step > 0)


@pytest.mark.parametrize(
    ("override", "words"),
    [
        ("env.kwargs.levle=1", ["env.kwargs.levle", "did you mean env.kwargs.level?"]),
        ("env.kwargs.level=99", ["level", "99"]),
        ("wrappers=[{name: length_penalty, args: {soft_limt: 4}}]", ["soft_limt", "did you mean soft_limit?"]),
    ],
)
@pytest.mark.usefixtures("fake_kind")
def test_an_environment_that_cannot_be_made_is_wrong_usage_and_leaves_no_run(fake_file, tmp_path, override, words):
    request = TrainRequest(load_recipe(fake_file, [override]), tmp_path / "runs")
    with pytest.raises(UsageError) as caught:
        train(request)
    assert all(word in str(caught.value) for word in words), caught.value
    assert not request.out.exists()


def test_a_run_that_never_came_to_a_checkpoint_may_be_begun_in_another_way(request_, fake_kind, monkeypatch, tmp_path):
    def break_(*arguments):
        raise ZeroDivisionError

    build = fake_kind.build
    monkeypatch.setattr(fake_kind, "build", break_)
    with pytest.raises(ZeroDivisionError):
        train(request_)
    monkeypatch.setattr(fake_kind, "build", build)
    other = load_recipe(tmp_path / "fake.yaml", ["evaluation.episodes=5"])
    assert train(TrainRequest(other, request_.out)).read_info().status == "finished"


def test_a_machine_that_cannot_draw_still_scores(fake_recipe):
    # text has no pictures: the environment refuses the render mode, as a missing driver does
    with pytest.warns(UserWarning, match="could not be drawn"):
        (record,) = scoring.film(fake_recipe, OracleAgent, [1])
    assert record.success
    assert record.frames == []


def test_a_missing_gpu_is_one_line(request_):
    torch = pytest.importorskip("torch")
    if torch.cuda.is_available():
        pytest.skip("there is a GPU")
    with pytest.raises(RunError, match=r"device 'cuda'.*no GPU.*cpu"):
        train(TrainRequest(request_.recipe, request_.out, device="cuda"))


@pytest.mark.usefixtures("no_film")
def test_ppo_killed_in_the_middle_goes_on_to_the_same_numbers(tmp_path):
    file = tmp_path / "quick.yaml"
    file.write_text(yaml.safe_dump(QUICK_PPO))
    recipe = load_recipe(file)
    command = [sys.executable, "-c", KILLED_AFTER_A_CHECKPOINT, str(file), str(tmp_path / "killed")]
    assert subprocess.run(command, capture_output=True).returncode == -signal.SIGKILL
    request = TrainRequest(recipe, tmp_path / "killed", "cpu")
    dead = RunFolder.open(request.path)
    assert dead.read_info().status == "running"
    assert dead.read_metrics()[-1].step == 192
    assert json.loads((dead.last_checkpoint / "progress.json").read_text())["step"] == 128
    resumed = train(request)
    whole = train(TrainRequest(recipe, tmp_path / "whole", "cpu"))
    assert numbers(resumed) == numbers(whole)
    assert resumed.read_info().scores == whole.read_info().scores


@pytest.mark.filterwarnings("ignore:the warm start stopped")
def test_an_agent_that_speaks_is_stopped_and_goes_on_to_the_same_numbers(tmp_path):
    file = tmp_path / "speaks.yaml"
    file.write_text(yaml.safe_dump(QUICK_GRPO))
    recipe = load_recipe(file)
    whole = train(TrainRequest(recipe, tmp_path / "whole", "cpu"))
    stop = StopRequest()
    request = TrainRequest(recipe, tmp_path / "stopped", "cpu")
    with pytest.raises(RunInterrupted):
        train(request, stop_at(recipe.evaluation.every_timesteps, stop), stop)
    assert 0 < RunFolder.open(request.path).read_info().timesteps < recipe.budget.timesteps
    resumed = train(request)
    assert numbers(resumed) == numbers(whole)
    assert resumed.read_info().scores == whole.read_info().scores
    assert {"warm_start", "training", "agent", "best"} <= {episode["source"] for episode in resumed.read_episodes()}
    assert of_training(resumed) == of_training(whole)
    steps = {row.step for row in whole.read_metrics() if "eval/return_mean" in row.values}
    assert {episode["step"] for episode in of_training(whole)} == steps - {0}
    assert all(turn["tokens"] for episode in of_training(whole) for turn in episode["turns"])


def of_training(folder: RunFolder) -> list[dict]:
    return [episode for episode in folder.read_episodes() if episode["source"] == "training"]
