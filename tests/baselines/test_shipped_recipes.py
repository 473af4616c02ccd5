"""Every shipped recipe of an agent that speaks, made small, trains."""

import math

import gymnasium as gym
import pytest
import torch
from stable_baselines3.common.logger import KVWriter, Logger

from palaestra.baselines.agents import kind_of
from palaestra.baselines.recipe import Recipe, load_recipe, training_environment
from palaestra.baselines.recipe_file import shipped_recipes

UPDATES = 2
SMALL_TINY = {"hidden_size": 32, "layers": 2, "heads": 2, "intermediate_size": 64}
SMALL_LEARNER = {"pool": 8, "attempts": 4, "rehearsed": 4, "held_out_tasks": 4, "warmup_updates": 1}
SMALL_DATA = {"tasks": 16, "per_task": 4}


class EvenLengthsWin(gym.Wrapper):
    """A random policy is never right: here every other of its last replies is."""

    def step(self, action):
        observation, _, terminated, truncated, info = self.env.step(action)
        won = (terminated or truncated) and len(action) % 2 == 0
        return observation, float(won), terminated, truncated, info | {"success": won}


class Metrics(KVWriter):
    """Keeps what is logged."""

    def __init__(self) -> None:
        self.logged: dict[str, float] = {}

    def write(self, key_values, key_excluded, step=0) -> None:
        self.logged |= key_values


@pytest.fixture(autouse=True)
def _one_thread():
    torch.set_num_threads(1)


def speaking_recipes() -> list[str]:
    return [name for name in shipped_recipes() if load_recipe(name).agent.kind == "llm"]


def smaller(settings, small):
    """Settings of which those in `small` are no larger than there."""
    return {key: min(value, small[key]) if key in small else value for key, value in settings.items()}


def made_small(recipe: Recipe) -> Recipe:
    params = dict(recipe.agent.params)
    alone = params.get("group_size") == 1
    params |= {
        "groups": 8 if alone else 2,
        "group_size": 1 if alone else 4,
        "tiny": params.get("tiny", {}) | SMALL_TINY,
        "warm_start": {"target_success": 0.0, "evaluation_episodes": 4},
    }
    if isinstance(params.get("learner"), dict):
        params["learner"] = smaller(params["learner"], SMALL_LEARNER)
        if recipe.agent.algorithm == "archer":
            params["learner"]["conversations"] = 8
        if "data" in params["learner"]:
            params["learner"]["data"] = smaller(params["learner"]["data"], SMALL_DATA)
    return recipe.model_copy(update={"agent": recipe.agent.model_copy(update={"params": params})})


@pytest.mark.parametrize("name", speaking_recipes())
def test_two_updates_of_every_shipped_recipe_change_the_policy(name):
    recipe = made_small(load_recipe(name))
    make_env = training_environment(recipe)
    agent = kind_of(recipe.agent).build(recipe.agent, lambda: EvenLengthsWin(make_env()), 0, "cpu")
    before = [weight.clone() for weight in agent.policy.model.parameters()]
    metrics = Metrics()
    agent.set_logger(Logger(None, [metrics]))
    agent.learn(recipe.budget.timesteps, callback=lambda *_: agent.updates < UPDATES)
    assert agent.updates == UPDATES
    assert agent.num_timesteps > 0
    assert [key for key, value in metrics.logged.items() if not math.isfinite(value)] == []
    assert any(not torch.equal(old, new) for old, new in zip(before, agent.policy.model.parameters(), strict=True))
