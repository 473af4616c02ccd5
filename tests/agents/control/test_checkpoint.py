import signal

import gymnasium as gym
import numpy as np
import pytest
import torch
from stable_baselines3.common.logger import Logger

from palaestra.agents.control import make_agent
from palaestra.agents.control.checkpoint import load_checkpoint, save_checkpoint

from .resuming import Metrics, SaveAfter, exit_code, weights

SMALL = {"net_arch": [16]}
CASES = {
    "ppo": (2, {"n_steps": 32, "batch_size": 32, "n_epochs": 2, "learning_rate": "linear_1e-3"}),
    "sac": (2, {"learning_starts": 40, "train_freq": 2, "buffer_size": 300}),
    "td3": (1, {"learning_starts": 40, "action_noise": "normal_0.1", "train_freq": [1, "episode"]}),
    "recurrent_ppo": (2, {"n_steps": 32, "batch_size": 32, "n_epochs": 1}),
    "rlpd": (2, {"learning_starts": 100, "batch_size": 8, "train_freq": 4, "policy_delay": 5, "demonstrations": 2}),
    "drq_v2": (2, {"learning_starts": 100, "batch_size": 8, "train_freq": 4, "buffer_size": 150}),
    "mbpo": (
        2,
        {
            "learning_starts": 100,
            "batch_size": 8,
            "gradient_steps": 1,
            "members": 2,
            "dynamics_net_arch": [8],
            "dynamics_train_freq": 50,
            "dynamics_gradient_steps": 3,
            "candidates": 2,
            "horizon": 2,
            "rollouts": 20,
        },
    ),
    "ppo_lagrangian": (2, {"n_steps": 32, "batch_size": 32, "n_epochs": 1, "cost_limit": 0.0}),
    "pcpo": (2, {"n_steps": 32, "batch_size": 32, "n_critic_updates": 1}),
}
TOTAL = 400


def make(name):
    n_envs, hyperparameters = CASES[name]
    model = make_agent(
        name, "robot/Reach-v0", n_envs=n_envs, seed=3, device="cpu", policy_kwargs=SMALL, **hyperparameters
    )
    metrics = Metrics()
    model.set_logger(Logger(None, [metrics]))
    return model, metrics


def resume(name, folder):
    model, metrics = make(name)
    load_checkpoint(model, folder)
    model.learn(TOTAL - model.num_timesteps, reset_num_timesteps=False, log_interval=1)
    return model, metrics


@pytest.mark.parametrize("name", CASES)
def test_a_resumed_run_ends_with_the_same_weights_and_metrics(name, tmp_path):
    model, metrics = make(name)
    save = SaveAfter(tmp_path, 150)
    model.learn(TOTAL, callback=save, log_interval=1)
    torch.manual_seed(99)
    np.random.seed(99)  # noqa: NPY002  (whatever the process drew before does not matter)
    resumed, resumed_metrics = resume(name, tmp_path)
    assert 0 < save.saved_at < TOTAL
    assert weights(resumed) == weights(model)
    assert resumed_metrics.after(save.saved_at) == metrics.after(save.saved_at)
    assert resumed.num_timesteps == model.num_timesteps
    assert list(resumed.ep_success_buffer) == list(model.ep_success_buffer)


@pytest.mark.parametrize("name", ["ppo", "sac"])
def test_a_run_that_was_killed_resumes_to_the_same_weights(name, tmp_path):
    code = (
        "name, folder = arguments\n"
        "t.make(name)[0].learn(t.TOTAL, callback=t.SaveAfter(folder, 150, kill_after=20), log_interval=1)"
    )
    assert exit_code(__file__, code, name, tmp_path) == -signal.SIGKILL
    uninterrupted, _ = make(name)
    uninterrupted.learn(TOTAL, log_interval=1)
    resumed, _ = resume(name, tmp_path)
    assert weights(resumed) == weights(uninterrupted)


def test_a_write_that_fails_leaves_the_former_checkpoint_whole(tmp_path, monkeypatch):
    model, _ = make("ppo")
    model.learn(64)
    save_checkpoint(model, tmp_path)
    before = (tmp_path / "checkpoint.pt").read_bytes()

    def full_disk(saved, file, **_):
        file.write(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("torch.save", full_disk)
    with pytest.raises(OSError, match="No space left"):
        save_checkpoint(model, tmp_path)
    assert (tmp_path / "checkpoint.pt").read_bytes() == before


def test_only_the_filled_part_of_a_replay_buffer_is_written(tmp_path):
    model = make_agent("sac", "robot/Reach-v0", device="cpu", policy_kwargs=SMALL, buffer_size=100_000)
    model.learn(20)
    save_checkpoint(model, tmp_path)
    assert (tmp_path / "checkpoint.pt").stat().st_size < 1_000_000


def test_a_checkpoint_of_another_algorithm_is_refused(tmp_path):
    model, _ = make("ppo")
    model.learn(64)
    save_checkpoint(model, tmp_path)
    with pytest.raises(ValueError, match="algorithm PPO, but the model has SAC"):
        load_checkpoint(make("sac")[0], tmp_path)


@pytest.mark.parametrize("damage", [lambda data: data[: len(data) // 2], lambda data: b"", lambda data: b"not torch's"])
def test_a_damaged_checkpoint_is_named_in_one_line(tmp_path, damage):
    model, _ = make("ppo")
    model.learn(64)
    save_checkpoint(model, tmp_path)
    file = tmp_path / "checkpoint.pt"
    file.write_bytes(damage(file.read_bytes()))
    with pytest.raises(ValueError, match=r"checkpoint\.pt is damaged") as caught:
        load_checkpoint(make("ppo")[0], tmp_path)
    assert "\n" not in str(caught.value)


def test_a_checkpoint_that_is_not_there_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match="no checkpoint at"):
        load_checkpoint(make("ppo")[0], tmp_path)


def test_an_environment_without_snapshots_begins_its_episodes_anew_and_says_so(tmp_path):
    def make_pole():
        return make_agent("ppo", lambda: gym.make("CartPole-v1"), n_steps=32, batch_size=32, device="cpu")

    model = make_pole()
    model.learn(32)
    save_checkpoint(model, tmp_path)
    resumed = make_pole()
    with pytest.warns(UserWarning, match="has no get_state"):
        load_checkpoint(resumed, tmp_path)
    assert resumed.num_timesteps == 32


def test_a_snapshot_that_breaks_is_no_environment_without_snapshots(tmp_path, monkeypatch):
    def broken(self):
        raise AttributeError("a bug")

    model, _ = make("ppo")
    model.learn(64)
    monkeypatch.setattr("palaestra.envs.robot.reach.ReachEnv.get_state", broken)
    with pytest.raises(AttributeError, match="a bug"):
        save_checkpoint(model, tmp_path)
