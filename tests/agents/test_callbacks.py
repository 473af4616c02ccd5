import gymnasium as gym
import numpy as np
import pytest
from gymnasium import spaces
from stable_baselines3.common.logger import KVWriter, Logger
from stable_baselines3.common.vec_env import DummyVecEnv

from palaestra.agents.callbacks import EvaluationCallback, manual_resets, score_of
from palaestra.agents.evaluation import EvaluationSummary


class Bandit(gym.Env):
    """One step; the reward is the action."""

    observation_space = spaces.Box(0, 1, (1,), np.float32)
    action_space = spaces.Box(-10, 10, (1,), np.float32)

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        return np.zeros(1, np.float32), {}

    def step(self, action):
        return np.zeros(1, np.float32), float(action[0]), True, False, {}


class Rows(KVWriter):
    def __init__(self):
        self.rows = []

    def write(self, key_values, key_excluded, step=0):
        self.rows.append((step, dict(key_values)))

    def close(self):
        pass


class Learner:
    """Takes `size` steps a rollout, and gets what the plan says after each."""

    def __init__(self, plan, size=10):
        self.plan, self.size, self.num_timesteps, self.saved = plan, size, 0, []
        self.rows = Rows()
        self.logger = Logger(None, [self.rows])

    @property
    def quality(self):
        return self.plan[min(self.num_timesteps // self.size, len(self.plan) - 1)]

    def predict(self, observation, state=None, episode_start=None, deterministic=False):
        return np.full((len(observation), 1), self.quality), state

    def save(self, path):
        self.saved.append((self.num_timesteps, path))

    def learn(self, total, callback):
        callback.init_callback(self)
        callback.on_training_start({}, {})
        while self.num_timesteps < total:
            callback.on_rollout_start()
            self.num_timesteps += self.size
            assert callback.on_step()
            callback.on_rollout_end()
        callback.on_training_end()


def trained(plan, total, every, **arguments):
    learner = Learner(plan)
    learner.learn(total, EvaluationCallback(Bandit, range(3), every, **arguments))
    return learner


def test_it_evaluates_at_the_start_at_safe_points_and_at_the_end():
    learner = trained([1.0], total=70, every=25)
    assert [step for step, _ in learner.rows.rows] == [0, 30, 50, 70]
    assert learner.rows.rows[0][1]["eval/return_mean"] == 1.0


def test_an_interval_shorter_than_a_rollout_evaluates_at_every_safe_point_once():
    assert [step for step, _ in trained([1.0], total=30, every=1).rows.rows] == [0, 10, 20, 30]


def test_the_best_agent_is_kept_and_a_tie_keeps_the_earlier(tmp_path):
    learner = trained([1.0, 5.0, 5.0, 2.0], total=30, every=10, best_path=tmp_path / "best" / "agent")
    assert [step for step, _ in learner.saved] == [0, 10]
    assert (tmp_path / "best").is_dir()


def test_without_a_path_nothing_is_saved():
    assert trained([1.0, 2.0], total=20, every=10).saved == []


def test_success_counts_before_the_return_and_nan_is_worst():
    def summary(success_rate, return_mean):
        return EvaluationSummary(1, 0, success_rate, return_mean, 0.0, 1.0)

    assert score_of(summary(0.5, 0.0)) > score_of(summary(0.4, 9.0))
    assert score_of(summary(0.5, 1.0)) > score_of(summary(0.5, 0.0))
    assert score_of(summary(None, float("nan"))) < score_of(summary(None, -1e9))


def test_a_wrong_interval_is_refused():
    with pytest.raises(ValueError, match="every_timesteps"):
        EvaluationCallback(Bandit, range(3), 0)


def test_manual_resets_are_logged_where_the_training_counts_them():
    class Counted(Bandit):
        manual_resets = 3

    learner = Learner([0.0, 1.0])
    learner.env = DummyVecEnv([Counted, Counted])
    learner.learn(10, EvaluationCallback(Bandit, [0], 10))
    assert [row["train/manual_resets"] for _, row in learner.rows.rows] == [6, 6]
    learner.env = DummyVecEnv([Bandit])
    assert manual_resets(learner) is None
    del learner.env
    assert manual_resets(learner) is None


def test_what_the_episodes_of_a_rollout_cost_is_logged_where_it_is_counted():
    learner = Learner([0.0])
    callback = EvaluationCallback(Bandit, [0], 10)
    callback.init_callback(learner)
    for infos in ([{}, {"episode": {"cost": 2.0}}], [{"episode": {"cost": 4.0}}, {"episode": {"r": 1.0}}]):
        callback.locals = {"infos": infos}
        callback.on_step()
    callback.on_rollout_end()
    assert learner.logger.name_to_value["rollout/ep_cost_mean"] == 3.0
