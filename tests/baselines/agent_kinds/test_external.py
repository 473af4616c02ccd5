import shutil
from pathlib import Path

import pytest
import yaml

from palaestra.agents.control import make_agent
from palaestra.agents.llm import LLMAgent
from palaestra.baselines.errors import RunError, RunInterrupted, UsageError
from palaestra.baselines.evaluate import evaluate_player
from palaestra.baselines.recipe import load_recipe, recipe_from_config
from palaestra.baselines.runs import RunFolder
from palaestra.baselines.stopping import StopRequest
from palaestra.baselines.train import TrainRequest, train

AGENTS = Path(__file__).parents[2] / "agents" / "external" / "my_agents.py"
SB3_CLASS = """
from stable_baselines3 import PPO

class MyPPO(PPO):
    def __init__(self, policy, env, n_steps=32, batch_size=32, n_epochs=1, **more):
        super().__init__(policy, env, n_steps=n_steps, batch_size=batch_size, n_epochs=n_epochs, **more)
"""


@pytest.fixture
def folder(tmp_path):
    """A folder with a recipe and the agents it names."""
    shutil.copy(AGENTS, tmp_path / "my_agents.py")
    return tmp_path


def recipe(folder, source, *, steps=0, env="text/GuessNumber-v0", name="mine", **agent):
    value = {
        "name": "mine",
        "env": {"id": env},
        "agent": {"kind": "external", "source": source, "algorithm": name, **agent},
        "budget": {"timesteps": steps},
        "seeds": [0],
        "evaluation": {"episodes": 4, "every_timesteps": 20},
    }
    file = folder / "mine.yaml"
    file.write_text(yaml.safe_dump(value))
    return load_recipe(file)


def trained(folder, found, **arguments):
    return train(TrainRequest(found, folder / "runs", "cpu"), **arguments)


def evaluated(run):
    return [row.step for row in run.read_metrics() if "eval/return_mean" in row.values]


def stop_at(step, stop):
    def report(done, total, note):
        if done >= step:
            stop.request()

    return report


def test_a_function_is_scored_without_training(folder):
    run = trained(folder, recipe(folder, "my_agents.py:guess", params={"number": 3}))
    info = run.read_info()
    assert info.status == "finished"
    assert info.timesteps == 0
    assert info.label == "mine"
    assert info.scores["agent"] == info.scores["best"]
    assert set(info.scores) == {"agent", "best", "random", "oracle"}
    assert {turn["action"] for e in run.read_episodes() if e["source"] == "agent" for turn in e["turns"]} == {"3"}


def test_a_class_that_learns_has_a_curve_and_its_checkpoints_are_evaluated(folder):
    found = recipe(folder, "my_agents.py:Counter", steps=100)
    run = trained(folder, found)
    assert evaluated(run) == [0, 20, 40, 60, 80, 100]
    assert run.read_info().timesteps == 100
    played = evaluate_player(recipe_from_config(run.read_config(), "config.yaml"), run, "last", episodes=1)
    assert int(played.records[0].turns[0].action) > 0


def test_a_class_without_a_callback_is_evaluated_before_and_after(folder):
    assert evaluated(trained(folder, recipe(folder, "my_agents.py:PlainLearner", steps=100))) == [0, 100]


@pytest.mark.parametrize("name", ["Counter", "ResumableCounter"])
def test_an_interrupted_training_comes_to_the_same_numbers(folder, name):
    found = recipe(folder, f"my_agents.py:{name}", steps=100)
    whole = train(TrainRequest(found, folder / "whole", "cpu"))
    stop = StopRequest()
    words = "goes on from step" if name == "ResumableCounter" else "starts again"
    with pytest.raises(RunInterrupted, match=words):
        trained(folder, found, progress=stop_at(50, stop), stop=stop)
    resumed = trained(folder, found)
    assert evaluated(resumed) == evaluated(whole)
    assert resumed.read_info().scores == whole.read_info().scores
    assert resumed.read_info().timesteps == 100


def test_a_training_that_was_stopped_in_its_final_scores_is_not_done_again(folder, monkeypatch):
    found = recipe(folder, "my_agents.py:PlainLearner", steps=100)
    from palaestra.baselines import train as module

    with monkeypatch.context() as patch:
        patch.setattr(module, "score_agents", lambda *a, **k: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(RunInterrupted, match="goes on from step 100"):
            trained(folder, found)
    run = trained(folder, found)
    assert run.read_info().timesteps == 100
    assert {e["turns"][0]["action"] for e in run.read_episodes() if e["source"] == "agent"} == {"100"}


def test_a_source_that_was_edited_is_noticed(folder):
    run = trained(folder, recipe(folder, "my_agents.py:guess"))
    (folder / "my_agents.py").write_text("def guess(observation):\n    return '1'\n")
    with pytest.raises(UsageError, match=r"agent\.source_sha256"):
        trained(folder, load_recipe(folder / "mine.yaml"))
    with pytest.raises(UsageError, match=r"my_agents\.py:guess has changed: its SHA-256 was"):
        recipe_from_config(run.read_config(), "config.yaml")


def test_an_agent_that_fails_fails_its_run_with_its_own_error(folder):
    (folder / "my_agents.py").write_text("def guess(observation):\n    return {}['answer']\n")
    with pytest.raises(KeyError):
        trained(folder, recipe(folder, "my_agents.py:guess"))
    info = RunFolder(folder / "runs" / "text-GuessNumber-v0" / "mine" / "seed-0").read_info()
    assert info.status == "failed"
    assert "answer" in str(info.error)


@pytest.mark.parametrize(
    ("source", "arguments", "words"),
    [
        ("my_agents.py:Counter", {}, ["mine.yaml:", "budget.timesteps", "an agent that learns, got 0"]),
        ("my_agents.py:Gueser", {}, ["mine.yaml:", "did you mean Guesser?"]),
        ("my_agents.py:guess", {"params": {"numbr": 1}}, ["params.numbr", "did you mean number?"]),
        ("my_agents.py:guess", {"n_envs": 2}, ["n_envs is for subclasses of Stable-Baselines3"]),
        ("my_agents.py:guess", {"parms": {}}, ["unknown key 'agent.parms'; did you mean agent.params?"]),
        ("", {}, ["agent.source"]),
    ],
)
def test_a_recipe_that_does_not_fit_is_refused_in_one_line(folder, source, arguments, words):
    with pytest.raises(UsageError) as caught:
        recipe(folder, source, **arguments)
    assert "\n" not in str(caught.value)
    assert all(word in str(caught.value) for word in words), caught.value


@pytest.mark.usefixtures("no_film")
def test_a_subclass_of_stable_baselines3_is_trained_and_goes_on_as_the_suites_own(folder):
    (folder / "mine.py").write_text(SB3_CLASS)
    params = {"learning_rate": "linear_1e-3"}
    found = recipe(folder, "mine.py:MyPPO", steps=128, env="robot/Reach-v0", n_envs=2, params=params)
    whole = train(TrainRequest(found, folder / "whole", "cpu"))
    stop = StopRequest()
    with pytest.raises(RunInterrupted, match="goes on from step 64"):
        trained(folder, found, progress=stop_at(64, stop), stop=stop)
    resumed = trained(folder, found)
    assert resumed.read_info().scores == whole.read_info().scores
    with pytest.raises(UsageError, match=r"MyPPO has no hyper-parameter 'n_step'; did you mean n_steps\?"):
        recipe(folder, "mine.py:MyPPO", steps=128, env="robot/Reach-v0", params={"n_step": 3})


@pytest.mark.usefixtures("no_film")
def test_a_saved_model_of_stable_baselines3_is_scored(folder):
    make_agent("ppo", "robot/Reach-v0", device="cpu").save(folder / "model.zip")
    info = trained(folder, recipe(folder, "model.zip", env="robot/Reach-v0")).read_info()
    assert info.scores["agent"] == info.scores["best"]
    with pytest.raises(UsageError, match=r"model\.zip was trained with the observation_space"):
        trained(folder, recipe(folder, "model.zip"))


@pytest.mark.filterwarnings("ignore:the warm start stopped")
def test_a_hugging_face_model_is_scored_and_trained_only_by_an_algorithm_of_the_suite(folder):
    LLMAgent("text/GuessNumber-v0", device="cpu").policy.save(folder / "model")
    params = {"max_new_tokens": 2, "groups": 2, "group_size": 2}
    scored = trained(folder, recipe(folder, "model", params=params)).read_info()
    assert scored.timesteps == 0
    assert scored.scores["agent"] == scored.scores["best"]
    with pytest.raises(UsageError, match=r"budget\.timesteps"):
        recipe(folder, "model", name="grpo", params=params)
    found = recipe(folder, "model", name="grpo", params=params, steps=20)
    run = train(TrainRequest(found, folder / "trained", "cpu"))
    assert run.read_info().timesteps >= 20
    assert evaluated(run)[0] == 0


def test_a_folder_without_a_readable_model_says_what_is_missing(folder):
    (folder / "model").mkdir()
    (folder / "model" / "config.json").write_text("{}")
    with pytest.raises((UsageError, RunError), match=r"model .*/model.* could not be loaded.*tokenizer"):
        trained(folder, recipe(folder, "model"))
