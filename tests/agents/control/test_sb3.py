import subprocess
import sys

import gymnasium as gym
import numpy as np
import pytest
import sb3_contrib
import stable_baselines3
import torch
from gymnasium import spaces
from stable_baselines3.common.base_class import BaseAlgorithm

from palaestra.agents.control import ALGORITHMS, find_algorithm, make_agent
from palaestra.agents.control.algorithms import hyperparameter_defaults
from palaestra.envs.robot.reach import ReachEnv

TINY_NET = {"net_arch": [8]}


class Toy(gym.Env):
    """An environment of any two spaces; episodes of five steps, always solved, at no cost, by whatever is done."""

    def __init__(self, observation_space, action_space):
        self.observation_space = observation_space
        self.action_space = action_space
        self.steps = 0

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self.steps = 0
        return self.observation_space.sample(), {}

    def step(self, action):
        self.steps += 1
        return self.observation_space.sample(), 1.0, self.steps == 5, False, {"success": True, "cost": 0.0}

    def oracle(self):
        return self.action_space.sample()

    def action_masks(self):
        return np.ones(self.action_space.n, dtype=bool)


VECTOR = spaces.Box(-1, 1, (3,), np.float32)
PICTURE = spaces.Box(0, 255, (36, 36, 3), np.uint8)
BOTH = spaces.Dict({"vector": VECTOR, "picture": PICTURE})
DISCRETE, CONTINUOUS = spaces.Discrete(2), spaces.Box(-1, 1, (2,), np.float32)


def toy(observation_space=VECTOR, action_space=CONTINUOUS):
    return lambda: Toy(observation_space, action_space)


def test_the_table_names_every_algorithm_of_both_packages():
    packaged = {
        value
        for package in (stable_baselines3, sb3_contrib)
        for value in vars(package).values()
        if isinstance(value, type) and issubclass(value, BaseAlgorithm)
    }
    own = {algorithm for algorithm in ALGORITHMS.values() if algorithm.__module__.startswith("palaestra.")}
    assert set(ALGORITHMS.values()) == packaged | own


def test_importing_the_package_imports_no_torch():
    code = "import sys, palaestra.agents.control; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


# the others learn from data first, or want pictures of a body of their own
BY_ACTING = sorted(
    name
    for name in ALGORITHMS
    if ".control.offline." not in find_algorithm(name).__module__
    and any(alias.startswith("Mlp") for alias in find_algorithm(name).policy_aliases)
)


@pytest.mark.parametrize("name", BY_ACTING)
def test_every_algorithm_that_learns_by_acting_learns_a_little(name):
    needs_discrete = name in ("dqn", "qrdqn", "maskable_ppo", "sqirl")
    model = make_agent(name, toy(action_space=DISCRETE if needs_discrete else CONTINUOUS), policy_kwargs=TINY_NET)
    short = {"learning_starts": 5, "batch_size": 4, "n_steps": 8, "n_delta": 1, "buffer_size": 100}
    short |= {"rollouts": 4, "dynamics_gradient_steps": 2}
    taken = hyperparameter_defaults(find_algorithm(name))
    known = {k: v for k, v in short.items() if k in taken and not (k == "n_steps" and hasattr(model, "tau"))}
    env = toy(action_space=DISCRETE if needs_discrete else CONTINUOUS)
    model = make_agent(name, env, policy_kwargs=TINY_NET, seed=1, device="cpu", **known)
    model.learn(20)
    assert model.num_timesteps >= 20
    action, _ = model.predict(np.zeros((2, 3), np.float32))
    assert len(action) == 2


@pytest.mark.parametrize(
    ("name", "observation_space", "policy"),
    [
        ("ppo", VECTOR, "MlpPolicy"),
        ("ppo", PICTURE, "CnnPolicy"),
        ("ppo", BOTH, "MultiInputPolicy"),
        ("recurrent_ppo", VECTOR, "MlpLstmPolicy"),
        ("recurrent_ppo", BOTH, "MultiInputLstmPolicy"),
    ],
)
def test_the_policy_follows_the_observation_space(name, observation_space, policy):
    model = make_agent(name, toy(observation_space), n_steps=4, batch_size=4)
    assert model.policy_class is find_algorithm(name).policy_aliases[policy]


def test_an_algorithm_without_a_policy_for_the_observations_says_so():
    with pytest.raises(ValueError, match="CrossQ has no policy for the observation space"):
        make_agent("crossq", toy(PICTURE))


def test_success_is_logged():
    model = make_agent("ppo", toy(), n_envs=2, n_steps=8, batch_size=4)
    model.learn(16)
    assert list(model.ep_success_buffer) == [True, True]


def test_the_same_seed_gives_the_same_agent_and_another_seed_other_environments():
    def first_goals(seed):
        made = []

        def make_env():
            made.append(ReachEnv())
            return made[-1]

        model = make_agent("ppo", make_env, n_envs=2, seed=seed, n_steps=8, batch_size=8)
        model.env.reset()
        return [env.task.goal for env in made[1:]]

    assert first_goals(0) == first_goals(0)
    assert not set(first_goals(0)) & set(first_goals(1))


@pytest.mark.parametrize(
    ("name", "env", "arguments", "message"),
    [
        ("pp0", toy(), {}, "algorithm 'pp0' is unknown; did you mean ppo"),
        ("Recurrent-PPO", toy(), {}, "did you mean recurrent_ppo"),
        ("ppo", toy(), {"learning_rat": 1e-3}, "ppo has no hyper-parameter 'learning_rat'; did you mean learning_rate"),
        ("ppo", toy(), {"policy_kwargs": {"net_arc": [8]}}, "has no argument 'net_arc'; did you mean net_arch"),
        ("ppo", toy(), {"policy": "MlpPolice"}, "policy must be one of MlpPolicy"),
        ("ppo", toy(), {"n_envs": 0}, "n_envs must be 1 or more"),
        ("sac", toy(action_space=DISCRETE), {}, r"algorithm sac cannot use the action space Discrete\(2\)"),
        ("dqn", toy(), {}, "algorithm dqn cannot use the action space Box"),
        ("ppo", "text/GuessNumber-v0", {}, r"algorithm ppo cannot use the observation space Text.*llm"),
        ("ppo", toy(), {"device": "gpu"}, "device must be auto, cpu or cuda"),
    ],
)
def test_what_cannot_be_is_refused_with_a_reason(name, env, arguments, message):
    with pytest.raises(ValueError, match=message):
        make_agent(name, env, **arguments)


def test_a_missing_gpu_is_said_with_what_to_do(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(ValueError, match="no GPU was found; use device='auto'"):
        make_agent("ppo", toy(), device="cuda")
