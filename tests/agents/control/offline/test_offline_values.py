"""Two states: the first leads to 0.2 and the end, or to the second; that one to 0 or 1, and the end."""

import math

import gymnasium as gym
import numpy as np
import pytest
import torch
from gymnasium import spaces

from palaestra.agents.control import make_agent
from palaestra.envs.core.bodies.offline_data import OfflineDataset

GAMMA = 0.9


class Fork(gym.Env):
    """Only its spaces matter: nothing is played."""

    observation_space = spaces.Box(0, 1, (2,))
    action_space = spaces.Box(-1, 1, (1,))

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        return np.zeros(2, np.float32), {}

    def step(self, action):
        return np.zeros(2, np.float32), 0.0, True, False, {}


FIRST, SECOND = np.eye(2, dtype=np.float32)
DATA = OfflineDataset(
    np.stack([FIRST, FIRST, SECOND, SECOND]),
    np.stack([FIRST, SECOND, SECOND, SECOND]),
    np.array([[-1], [1], [-1], [1]], np.float32),
    np.array([0.2, 0.0, 0.0, 1.0], np.float32),
    np.array([True, False, True, True]),
    np.array([False, True, False, False]),
    np.zeros(4, bool),
    np.array([False, False, False, True]),
    np.zeros(4),
)


def expectile(low, high):
    return 0.9 * high + 0.1 * low


def soft_maximum(low, high):
    return 0.5 * math.log((math.exp(low / 0.5) + math.exp(high / 0.5)) / 2)


@pytest.mark.parametrize(
    ("algorithm", "arguments", "v_of"),
    [("iql", {"expectile": 0.9}, expectile), ("xql", {"beta": 0.5}, soft_maximum)],
)
def test_values_come_to_those_worked_out_by_hand(algorithm, arguments, v_of):
    torch.set_num_threads(1)
    agent = make_agent(
        algorithm, Fork, seed=0, device="cpu", policy_kwargs={"net_arch": [32]}, batch_size=64, gamma=GAMMA,
        learning_rate=1e-2, tau=0.1, temperature=10.0, buffer_size=4, **arguments,
    )  # fmt: skip
    agent.fill(DATA)
    agent.learn(400)
    second = v_of(0.0, 1.0)
    onward = GAMMA * second
    with torch.no_grad():
        states, actions = torch.as_tensor(DATA.observations), torch.as_tensor(DATA.actions)
        q = agent.policy.critic(states, actions)[0].flatten().tolist()
        v = agent.policy.state_value(torch.eye(2)).flatten().tolist()
    assert q == pytest.approx([0.2, onward, 0.0, 1.0], abs=0.08)
    assert v == pytest.approx([v_of(0.2, onward), second], abs=0.08)
    actions, _ = agent.predict(np.eye(2, dtype=np.float32), deterministic=True)
    assert (actions > 0).all()
