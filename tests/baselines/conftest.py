import json
import logging
import warnings
from pathlib import Path
from typing import Any

import gymnasium
import pytest
import yaml
from stable_baselines3.common.callbacks import BaseCallback

from palaestra.baselines import scoring
from palaestra.baselines.agents import KINDS
from palaestra.baselines.recipe import Recipe, load_recipe


class FakeAgent:
    """Guesses the same number always, and its number grows by one with each update; its noise is a hidden state."""

    def __init__(self, fail_at: int | None, error: BaseException | None) -> None:
        self.num_timesteps = self.number = self.noise = 0
        self.fail_at, self.error = fail_at, error

    def set_logger(self, logger):
        self.logger = logger

    def predict(self, observation, state=None, episode_start=None, deterministic=False):
        return [str(self.number)] * len(observation), state

    def learn(self, total_timesteps, callback: BaseCallback, *, reset_num_timesteps=True):
        if reset_num_timesteps:
            self.num_timesteps = 0
        target = self.num_timesteps + total_timesteps
        callback.init_callback(self)  # pyright: ignore
        callback.on_training_start({}, {})
        while self.num_timesteps < target:
            callback.on_rollout_start()
            self.num_timesteps += 10
            if self.fail_at is not None and self.num_timesteps >= self.fail_at:
                raise self.error
            callback.update_locals({"dones": [True, False]})
            callback.on_step()
            callback.on_rollout_end()
            self.number += 1
            self.noise = (self.noise * 1103515245 + 12345) % 2**31
            self.logger.record("train/noise", self.noise)
            self.logger.dump(self.num_timesteps)
        callback.on_training_end()

    def save(self, path):
        Path(path).write_text(str(self.number))


class FakeKind:
    """Agents of the tests: no torch, no learning, and an error when a test wants one."""

    def __init__(self):
        self.fail_at = self.error = None
        self.built = 0

    def check(self, spec):
        unknown = set(spec.params) - {"size"}
        if unknown:
            raise ValueError(f"there is no {unknown.pop()}")

    def build(self, spec, make_env, seed, device):
        self.built += 1
        return FakeAgent(self.fail_at, self.error)

    def learns(self, spec):
        return True

    def can_resume(self, agent):
        return True

    def save_training(self, agent, folder):
        state = {name: getattr(agent, name) for name in ("num_timesteps", "number", "noise")}
        (folder / "state.json").write_text(json.dumps(state))

    def load_training(self, agent, folder):
        vars(agent).update(json.loads((folder / "state.json").read_text()))

    def load(self, spec, make_env, path, device):
        agent = FakeAgent(None, None)
        agent.number = int(Path(path).read_text())
        return agent


@pytest.fixture
def fake_kind(monkeypatch) -> FakeKind:
    kind = FakeKind()
    monkeypatch.setitem(KINDS, "control", kind)
    return kind


@pytest.fixture
def fake_file(fake_kind, tmp_path) -> Path:
    """A recipe of the fake agent."""
    return write_recipe(tmp_path / "fake.yaml")


@pytest.fixture
def fake_recipe(fake_file) -> Recipe:
    return load_recipe(fake_file)


@pytest.fixture
def no_film(monkeypatch):
    """Software rendering takes seconds; films have a test of their own."""
    monkeypatch.setattr(scoring, "film", scoring.play)


@pytest.fixture
def warnings_as_before(monkeypatch):
    """The command line quiets its whole process; other tests rely on warnings."""
    monkeypatch.setattr(gymnasium.logger, "min_level", gymnasium.logger.min_level)
    level = logging.getLogger().level
    with warnings.catch_warnings():
        yield
    logging.getLogger().setLevel(level)


def write_recipe(path: Path) -> Path:
    value = {
        "name": "fake",
        "env": {"id": "text/GuessNumber-v0"},
        "agent": {"kind": "control", "algorithm": "fake"},
        "budget": {"timesteps": 100},
        "seeds": [0],
        "evaluation": {"episodes": 4, "every_timesteps": 20},
    }
    path.write_text(yaml.safe_dump(value))
    return path


@pytest.fixture
def small_llm_recipe() -> dict[str, Any]:
    """A recipe that takes a process a second, and some seconds to import what it needs."""
    return {
        "name": "arithmetic",
        "env": {"id": "math/Arithmetic-v0"},
        "agent": {
            "kind": "llm",
            "algorithm": "grpo",
            "params": {
                "groups": 1,
                "group_size": 2,
                "warm_start": {"max_steps": 1, "episodes": 2, "evaluation_episodes": 2},
            },
        },
        "budget": {"timesteps": 4},
        "evaluation": {"episodes": 2, "every_timesteps": 2},
    }
