import gymnasium as gym
import numpy as np
import pytest
from gymnasium import spaces

from palaestra.agents.baseline_agents import ConstantAgent, OracleAgent, RandomAgent
from palaestra.envs.core import Text

BODY = spaces.Box(-1, 1, (4,), np.float32)
WORDS = Text(100)


def test_a_random_agent_draws_an_action_for_each_observation():
    actions, _ = RandomAgent(BODY).predict(np.zeros((3, 20)))
    assert actions.shape == (3, 4)
    assert len({action.tobytes() for action in actions}) == 3
    words, _ = RandomAgent(WORDS).predict(["a", "b"])
    assert len(words) == 2
    assert all(WORDS.contains(word) for word in words)


def test_one_string_gets_one_string():
    assert isinstance(RandomAgent(WORDS).predict("a")[0], str)
    assert ConstantAgent("7").predict("a") == ("7", None)


def test_a_random_agent_repeats_its_seed_and_leaves_the_space_alone():
    space = spaces.Box(-1, 1, (4,), np.float32, seed=5)
    drawn = [RandomAgent(space, seed=1).predict(np.zeros((2, 20)))[0] for _ in range(2)]
    np.testing.assert_array_equal(drawn[0], drawn[1])
    np.testing.assert_array_equal(space.sample(), spaces.Box(-1, 1, (4,), np.float32, seed=5).sample())


def test_observations_may_be_dicts_of_arrays():
    assert RandomAgent(BODY).predict({"state": np.zeros((3, 20)), "pixels": np.zeros((3, 8, 8, 3))})[0].shape == (3, 4)


def test_a_constant_agent_answers_everything_alike():
    assert ConstantAgent("7").predict(["a", "b"])[0] == ["7", "7"]
    assert ConstantAgent(np.ones(4)).predict(np.zeros((2, 20)))[0].tolist() == [[1.0] * 4] * 2


def test_an_oracle_solves_the_very_environments_it_is_given():
    envs = [gym.make("robot/Reach-v0") for _ in range(3)]
    observations = [env.reset(seed=seed)[0] for seed, env in enumerate(envs)]
    agent, solved = OracleAgent(envs), set()
    while len(solved) < 3:
        actions, _ = agent.predict(np.stack(observations))
        for i, env in enumerate(envs):
            observations[i], _, terminated, truncated, info = env.step(actions[i])
            if terminated or truncated:
                assert info["success"]
                solved.add(i)
                observations[i], _ = env.reset()


def test_an_oracle_speaks_where_the_environment_does():
    env = gym.make("math/Arithmetic-v0")
    observation, _ = env.reset(seed=0)
    actions, _ = OracleAgent([env]).predict([observation])
    assert env.step(actions[0])[4]["success"]


def test_an_oracle_refuses_environments_that_have_none_and_batches_of_another_size():
    with pytest.raises(ValueError, match="must have an oracle"):
        OracleAgent([gym.make("CartPole-v1")])
    env = gym.make("robot/Reach-v0")
    env.reset(seed=0)
    with pytest.raises(ValueError, match="must be a batch of 1"):
        OracleAgent([env]).predict(np.zeros((2, 20)))
