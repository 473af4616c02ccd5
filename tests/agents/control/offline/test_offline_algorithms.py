import numpy as np
import pytest
import torch
from stable_baselines3.common.callbacks import BaseCallback

from palaestra.agents.control import ALGORITHMS, make_agent
from palaestra.agents.control.checkpoint import load_checkpoint, save_checkpoint
from palaestra.agents.errors import TrainingDiverged
from palaestra.envs.robot.maze.point_maze import PointMazeEnv

GOALS = {"achieved": [0, 1], "desired": [4, 5], "tolerance": 0.3, "future": 0.6, "random": 0.3}
CASES = {
    "bc": {},
    "rvs": {"goals": GOALS, "augmentation": 0.5, "cells": 4},
    "iql": {"offline_steps": 6},
    "xql": {"policy_kwargs": {"net_arch": [8], "layer_norm": True}},
    "f_dvl": {"divergence": "total_variation"},
    "recoil": {"data": {"expert": 1, "random": 1, "transitions": 20}},
    "td3_bc": {"goals": GOALS, "offline_steps": 6, "action_noise": "normal_0.1"},
    "cql": {"n_actions": 2},
}


@pytest.fixture(autouse=True)
def _one_thread():
    torch.set_num_threads(1)


def make(name, **arguments):
    small = {"policy_kwargs": {"net_arch": [8]}, "batch_size": 8, "data": {"expert": 1, "transitions": 20}}
    arguments = small | CASES[name] | arguments
    return make_agent(name, "robot/PointMaze-v0", n_envs=2, seed=3, device="cpu", **arguments)


def weights(model):
    return {name: tensor.numpy().tobytes() for name, tensor in model.policy.state_dict().items()}


class SaveAt(BaseCallback):
    """Saves a checkpoint at the first safe point after so many steps."""

    def __init__(self, folder, steps):
        super().__init__()
        self.folder, self.steps, self.saved = folder, steps, False

    def _on_step(self):
        return True

    def _on_rollout_start(self):
        if not self.saved and self.num_timesteps >= self.steps:
            save_checkpoint(self.model, self.folder)
            self.saved = True


@pytest.mark.parametrize("name", CASES)
def test_an_agent_learns_is_saved_loaded_and_resumed(name, tmp_path):
    agent = make(name)
    before = weights(agent)
    agent.learn(12, callback=SaveAt(tmp_path, 8))
    assert weights(agent) != before
    agent.save(tmp_path / "agent")
    loaded = ALGORITHMS[name].load(tmp_path / "agent", device="cpu")
    observations = np.random.default_rng(0).uniform(-1, 1, (5, 10)).astype(np.float32)
    actions, _ = agent.predict(observations, deterministic=True)
    assert np.array_equal(loaded.predict(observations, deterministic=True)[0], actions)
    np.random.seed(99)  # noqa: NPY002  (whatever the process drew before does not matter)
    resumed = make(name)
    load_checkpoint(resumed, tmp_path)
    assert resumed.num_timesteps == 8
    resumed.learn(12 - 8, reset_num_timesteps=False)
    assert weights(resumed) == weights(agent)


def test_what_it_lives_through_after_the_offline_steps_joins_its_data(monkeypatch):
    monkeypatch.setattr(PointMazeEnv, "max_steps", 4)
    agent = make("iql", offline_steps=2)
    agent.learn(2)
    known = agent.replay_buffer.size()
    assert not any(agent.replay_buffer.unfinished)
    agent.learn(12, reset_num_timesteps=False)
    assert agent.replay_buffer.size() == known + 8
    assert not agent.replay_buffer.is_expert[known:].any()


def test_one_that_never_acts_leaves_the_environment_alone():
    agent = make("bc")
    steps = []
    agent.env.step_wait = lambda: steps.append(1)
    agent.learn(3)
    assert not steps
    assert agent.num_timesteps == 3


def test_equal_seeds_give_different_algorithms_the_same_data_played_where_they_say():
    first = make("iql", data={"expert": 1, "transitions": 20, "env": {"split": "train"}})
    other = make("xql", data={"expert": 1, "transitions": 20, "env": {"split": "train"}})
    elsewhere = make("bc", data={"expert": 1, "transitions": 20, "env": {"split": "test"}})
    for agent in (first, other, elsewhere):
        agent.learn(1)
    rows = [agent.replay_buffer.observations[:15, 0] for agent in (first, other, elsewhere)]
    assert np.array_equal(rows[0], rows[1])
    assert not np.array_equal(rows[0], rows[2])


def test_observations_are_normalised_for_every_network():
    agent = make("td3_bc", goals=None)
    agent.learn(1)
    seen = agent.policy.actor.features_extractor(
        torch.as_tensor(agent.replay_buffer.observations[: agent.replay_buffer.size(), 0])
    )
    assert seen.mean(dim=0).abs().max() < 1e-3
    assert torch.equal(agent.policy.critic_target.features_extractor.mean, agent.policy.actor.features_extractor.mean)


def test_a_loss_that_is_not_finite_ends_the_training():
    agent = make("bc")
    with torch.no_grad():
        agent.policy.actor.mu[0].weight.fill_(float("nan"))
    with pytest.raises(TrainingDiverged, match="actor_loss is nan"):
        agent.learn(1)


@pytest.mark.parametrize(
    ("name", "arguments", "message"),
    [
        ("rvs", {"goals": None}, "goals must be given"),
        ("bc", {"offline_steps": 5}, "would imitate itself"),
        ("bc", {"goals": GOALS | {"desired": [8, 10]}}, "below 10"),
        ("iql", {"expectile": 1.0}, "between 0 and 1"),
        ("f_dvl", {"divergence": "kl"}, "one of chi_square, total_variation"),
        ("iql", {"data": {"experts": 1}}, "no field 'experts'; did you mean expert"),
    ],
)
def test_arguments_that_make_no_sense_are_refused(name, arguments, message):
    with pytest.raises(ValueError, match=message):
        make(name, **arguments)


def test_imitation_without_an_expert_is_refused():
    with pytest.raises(ValueError, match="must hold transitions of an expert"):
        make("recoil", data={"random": 1, "transitions": 5}).learn(1)
