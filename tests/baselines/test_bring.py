import shutil
from pathlib import Path

import pytest
from rich.console import Console

from palaestra.baselines import bring
from palaestra.baselines.bring import recipes_with_agent, score_policy
from palaestra.baselines.errors import UsageError
from palaestra.baselines.recipe import load_recipe
from palaestra.baselines.store.record import read_run

AGENTS = Path(__file__).parents[1] / "agents" / "external" / "my_agents.py"


def guess_five(observation):
    return "5"


class Counts:
    """Learns to say how many steps it has taken."""

    number = 0

    def __init__(self, env):
        self.env = env

    def predict(self, observation, state=None, episode_start=None, deterministic=False):
        return [str(self.number)] * len(observation), state

    def learn(self, total_timesteps, callback):
        self.env.reset()
        for _ in range(total_timesteps):
            *_, terminated, truncated, _info = self.env.step("1")
            self.number += 1
            callback.on_step()
            if terminated or truncated:
                self.env.reset()

    def save(self, path):
        path.write_text(str(self.number))

    @classmethod
    def load(cls, path, env):
        agent = cls(env)
        agent.number = int(path.read_text())
        return agent


@pytest.fixture
def score(tmp_path):
    """`score_policy` into a folder of its own, with few episodes and nothing on the screen."""

    def call(policy, env="text/GuessNumber-v0", **more):
        console = Console(file=(tmp_path / "screen").open("a"))
        arguments = {"episodes": 4, "seeds": 2, "out": tmp_path / "runs", "console": console, "device": "cpu"}
        return score_policy(policy, env, **(arguments | more))

    return call


def test_a_function_leaves_real_runs_under_its_name(score):
    first, second = (read_run(folder.path) for folder in score(guess_five))
    assert (first.info.seed, second.info.seed) == (0, 1)
    assert first.info.label == "guess_five"
    assert first.status == "finished"
    assert first.config["agent"]["source"].startswith("<function guess_five in ")
    assert first.options == "level 0"  # the setting of the recipe that is shipped
    assert first.config["budget"]["timesteps"] == 0
    assert {"agent", "best", "random", "oracle"} == set(first.info.scores)


def test_an_object_and_a_file_are_scored_alike(score, tmp_path):
    shutil.copy(AGENTS, tmp_path / "my_agents.py")
    (of_file,) = score(f"{tmp_path}/my_agents.py:guess", seeds=1)
    (of_object,) = score(guess_five, seeds=1)
    assert of_file.read_info().label == "guess"
    assert of_file.read_info().scores == of_object.read_info().scores


def test_a_class_that_learns_is_trained_for_the_budget(score):
    (folder,) = score(Counts, timesteps=30, seeds=[3], name="counts", params=None)
    info = folder.read_info()
    assert (info.timesteps, info.seed, info.label) == (30, 3, "counts")


def test_an_agent_of_the_same_name_that_is_another_is_not_mistaken_for_the_first(score):
    score(Counts, timesteps=30, seeds=1, name="mine")
    with pytest.raises(UsageError, match=r"agent\.source"):
        score(guess_five, seeds=1, name="mine")
    (folder,) = score(guess_five, seeds=1, name="mine", force=True)
    assert folder.path.with_name("seed-0.old-1").exists()


def test_several_settings_are_runs_of_their_own(score):
    other = load_recipe("text/GuessNumber-v0", ["env.kwargs.level=1"])
    folders = score(guess_five, ["text/GuessNumber-v0", other], seeds=1)
    assert [folder.path.parent.name for folder in folders] == ["guess_five-level-0", "guess_five-level-1"]


def test_every_setting_of_recipes_is_there_once():
    recipes = [load_recipe("reach-ppo"), load_recipe("reach-sac"), load_recipe("arithmetic-grpo")]
    found = recipes_with_agent(recipes, f"{AGENTS}:Counter", "mine")
    assert [recipe.env.id for recipe in found] == ["robot/Reach-v0", "math/Arithmetic-v0"]
    assert found[0].budget == recipes[0].budget
    assert found[0].evaluation == recipes[0].evaluation
    assert {recipe.label for recipe in found} == {"mine"}


@pytest.fixture
def no_recipes(monkeypatch):
    monkeypatch.setattr(bring, "shipped_recipes", dict)


@pytest.mark.usefixtures("no_recipes")
def test_an_environment_without_a_recipe_is_played_as_it_is_registered(score):
    (folder,) = score(guess_five, "math/Countdown-v0", seeds=1)
    assert read_run(folder.path).options == ""


@pytest.mark.usefixtures("no_recipes")
def test_a_class_that_learns_where_no_recipe_is_wants_a_budget(score):
    with pytest.raises(UsageError, match=r"budget\.timesteps.*an agent that learns, got 0"):
        score(Counts, "math/Countdown-v0")


@pytest.mark.parametrize(
    ("policy", "env", "more", "words"),
    [
        (guess_five, "text/GuesNumber-v0", {}, ["did you mean text/GuessNumber-v0"]),
        (guess_five, "no-suite", {}, ["no-suite"]),
        (guess_five, "text/GuessNumber-v0", {"seeds": 0}, ["seeds must be 1 or more"]),
        (guess_five, "text/GuessNumber-v0", {"name": "a b"}, ["name"]),
        (guess_five, "text/GuessNumber-v0", {"params": {"x": 1}}, ["params.x", "guess_five has no such parameter"]),
        (3, "text/GuessNumber-v0", {}, ["must be a class, a function or an agent"]),
        ("nothing.zip", "text/GuessNumber-v0", {}, ["nothing.zip", "not there"]),
    ],
)
def test_what_does_not_fit_is_refused(score, policy, env, more, words):
    with pytest.raises(UsageError) as caught:
        score(policy, env, **more)
    assert all(word in str(caught.value) for word in words), caught.value
