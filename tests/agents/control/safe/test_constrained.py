import gymnasium as gym
import numpy as np
import pytest
import torch
from gymnasium import spaces
from stable_baselines3.common.logger import Logger

from palaestra.agents.control import make_agent
from palaestra.agents.control.safe.cost_critic import cost_advantages
from palaestra.agents.control.safe.pcpo import projected_step
from palaestra.agents.control.safe.ppo_lagrangian import next_multiplier, priced_advantages

SHORT = {"n_steps": 8, "batch_size": 8, "policy_kwargs": {"net_arch": [8]}, "device": "cpu"}


class Toll(gym.Env):
    """Every step costs what it says on the observation; an episode is cut off after `length` steps."""

    observation_space = spaces.Box(0, 1, (1,), np.float32)
    action_space = spaces.Box(-1, 1, (1,), np.float32)

    def __init__(self, cost=0.5, length=4):
        self.cost, self.length = cost, length

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self.steps = 0
        return np.array([self.cost], np.float32), {}

    def step(self, action):
        self.steps += 1
        observation = np.array([self.cost], np.float32)
        return observation, float(action[0]), False, self.steps == self.length, {"cost": self.cost}


class Free(Toll):
    """The same, without a word on costs."""

    def step(self, action):
        return (*super().step(action)[:4], {})


def toll(name, env=Toll, **more):
    return make_agent(name, env, **{**SHORT, **more})


def test_cost_advantages_by_hand():
    advantages = cost_advantages(
        np.array([[1.0], [2.0], [4.0]]),
        np.array([[0.5], [1.0], [3.0]]),
        np.array([2.0]),
        np.array([[1.0], [0.0], [1.0]]),  # the second step ended an episode
        np.array([0.0]),
        gamma=0.5,
        gae_lambda=0.5,
    )
    last = 4.0 + 0.5 * 2.0 - 3.0
    second = 2.0 - 1.0
    first = (1.0 + 0.5 * 1.0 - 0.5) + 0.25 * second
    assert advantages.flatten().tolist() == [first, second, last]


def test_an_ended_rollout_expects_no_more_costs():
    assert (
        cost_advantages(*np.ones((3, 1, 1))[:2], np.ones(1) * 9, np.ones((1, 1)), np.ones(1), gamma=1, gae_lambda=1)
        == 0
    )


def test_the_price_rises_by_the_excess_and_never_falls_below_nothing():
    assert next_multiplier(1.0, 30.0, 25.0, 0.1) == pytest.approx(1.5)
    assert next_multiplier(1.0, 0.0, 25.0, 0.1) == 0.0


def test_a_price_takes_costs_off_advantages():
    advantage, cost_advantage = np.array([[1.0], [3.0]]), np.array([[0.0], [4.0]])
    assert priced_advantages(advantage, cost_advantage, 1.0, standardise=False).tolist() == [[0.5], [-0.5]]
    np.testing.assert_allclose(
        priced_advantages(advantage, cost_advantage, 3.0, standardise=True), [[(-1 + 6) / 4], [(1 - 6) / 4]]
    )


def test_without_a_price_advantages_are_what_they_were():
    advantage = np.array([[-1.0], [1.0]], np.float32)
    np.testing.assert_array_equal(priced_advantages(advantage, advantage * 7, 0.0, standardise=False), advantage)


def test_a_step_is_projected_to_the_limit():
    gradient, cost_gradient, natural, natural_cost = map(torch.tensor, ([2.0, 0.0], [1.0, 1.0], [2.0, 0.0], [1.0, 1.0]))
    args = (gradient, cost_gradient, natural, natural_cost)  # H is the identity
    unconstrained = torch.tensor([1.0, 0.0])  # √(2 · 0.5 / 4) · (2, 0)
    torch.testing.assert_close(projected_step(*args, excess=-5.0, target_kl=0.5), unconstrained)
    torch.testing.assert_close(projected_step(*args, excess=-float("inf"), target_kl=0.5), unconstrained)
    step = projected_step(*args, excess=0.25, target_kl=0.5)
    torch.testing.assert_close(step, unconstrained - (1.0 + 0.25) / 2 * torch.tensor([1.0, 1.0]))
    assert float(cost_gradient @ step) + 0.25 == pytest.approx(0.0)


def test_a_cost_that_no_step_changes_projects_nothing():
    gradient, zero = torch.tensor([2.0, 0.0]), torch.zeros(2)
    torch.testing.assert_close(projected_step(gradient, zero, gradient, zero, 3.0, 0.5), torch.tensor([1.0, 0.0]))


def test_the_cost_of_an_episode_is_its_sum_across_rollouts():
    model = toll(
        "ppo_lagrangian", lambda: Toll(cost=0.5, length=6), multiplier_learning_rate=0.1, initial_multiplier=1.0
    )
    model.cost_limit = 1.0
    model.learn(16)  # two rollouts of eight steps; the second episode is in both
    assert model.episode_cost == pytest.approx(3.0)
    assert model.multiplier == pytest.approx(1.0 + 2 * 0.1 * (3.0 - 1.0))
    assert model.total_cost == pytest.approx(8.0)


def test_the_clock_does_not_end_costs():
    model = toll("ppo_lagrangian", lambda: Toll(length=8), n_epochs=60, gamma=0.5, learning_rate=0.02)
    model.cost_gamma = 0.5
    model.learn(24)
    assert model._cost_values(np.array([[0.5]], np.float32))[0] == pytest.approx(0.5 / (1 - 0.5), abs=0.15)


def test_costs_and_violations_are_logged(monkeypatch):
    model = toll("pcpo", cost_limit=1.0)
    logged = {}
    model.set_logger(Logger(None, []))
    monkeypatch.setattr(model.logger, "record", lambda name, value, **_: logged.setdefault(name, value))
    model.learn(16)
    assert logged["rollout/ep_cost_mean"] == pytest.approx(2.0)
    assert logged["rollout/violation_rate"] == 1.0
    assert logged["rollout/cost_per_step"] == pytest.approx(0.5)
    assert logged["train/excess_cost"] == pytest.approx((2.0 - 1.0) / 4)


def test_a_limit_that_no_step_can_keep_leaves_the_policy_within_the_trust_region():
    model = toll("pcpo", cost_limit=0.0, target_kl=0.01)
    model.learn(8)
    assert model.logger.name_to_value["train/kl_divergence_loss"] <= 0.01


@pytest.mark.parametrize("name", ["ppo_lagrangian", "pcpo"])
def test_a_saved_model_keeps_its_cost_critic(name, tmp_path):
    model = toll(name)
    model.learn(8)
    model.save(tmp_path / "agent")
    loaded = type(model).load(tmp_path / "agent", device="cpu")
    at = np.array([[0.3]], np.float32)
    assert loaded._cost_values(at) == model._cost_values(at)
    assert loaded.predict(at, deterministic=True)[0] == model.predict(at, deterministic=True)[0]


def test_an_environment_that_tells_no_costs_is_refused():
    with pytest.raises(ValueError, match="env must tell the cost of every step"):
        toll("ppo_lagrangian", Free).learn(8)


@pytest.mark.parametrize(
    ("name", "arguments", "message"),
    [
        ("ppo_lagrangian", {"cost_limit": -1.0}, "cost_limit must be 0 or more, got -1.0"),
        ("pcpo", {"cost_gamma": 1.5}, "cost_gamma must be between 0 and 1, got 1.5"),
        ("ppo_lagrangian", {"initial_multiplier": -1.0}, "initial_multiplier must be 0 or more"),
        ("pcpo", {"initial_multiplier": 1.0}, "pcpo has no hyper-parameter 'initial_multiplier'"),
    ],
)
def test_what_cannot_be_is_refused_with_a_reason(name, arguments, message):
    with pytest.raises(ValueError, match=message):
        toll(name, **arguments)
