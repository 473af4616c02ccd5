import pickle

import gymnasium as gym
import pytest
from gymnasium import wrappers

import palaestra  # noqa: F401  (registers the environments)
from palaestra.wrappers import get_state, set_state

ID = "text/GuessNumber-v0"


def go_on(env, actions):
    return [env.step(action) for action in actions]


@pytest.mark.parametrize("kwargs", [{}, {"disable_env_checker": True}, {"max_episode_steps": 4}])
def test_whatever_make_returns_can_be_saved(kwargs):
    env = gym.make(ID, **kwargs)
    env.reset(seed=0)
    go_on(env, ["1", "2"])
    state = pickle.loads(pickle.dumps(get_state(env)))
    future = go_on(env, ["3", "4"])
    for _ in range(2):
        set_state(env, state)
        assert go_on(env, ["3", "4"]) == future
    fresh = gym.make(ID, **kwargs)
    set_state(fresh, state)
    assert go_on(fresh, ["3", "4"]) == future


def test_a_time_limit_goes_on_counting_where_it_was():
    env = wrappers.TimeLimit(gym.make(ID), 3)
    env.reset(seed=0)
    env.step("1")
    state = get_state(env)
    for _ in range(2):
        assert [step[3] for step in go_on(env, ["1", "1"])] == [False, True]
        set_state(env, state)


def test_statistics_of_an_episode_are_kept():
    env = wrappers.RecordEpisodeStatistics(gym.make(ID))
    env.reset(seed=0)
    go_on(env, ["1", "1", "1"])
    state = get_state(env)
    go_on(env, ["1", "1"])
    set_state(env, state)
    assert go_on(env, ["1", "1"])[-1][4]["episode"]["l"] == 5


def test_a_bare_environment_needs_no_wrapper():
    env = gym.make(ID).unwrapped
    env.reset(seed=0)
    state = get_state(env)
    first = env.step("3")
    set_state(env, state)
    assert env.step("3") == first


def test_what_cannot_be_saved_is_named():
    class Secret(gym.Wrapper):
        """Keeps something nobody knows of."""

    with pytest.raises(TypeError, match="Secret"):
        get_state(Secret(gym.make(ID)))
    with pytest.raises(TypeError, match="CartPole"):
        get_state(gym.make("CartPole-v1"))


def test_a_snapshot_of_other_wrappers_is_refused():
    env = gym.make(ID)
    env.reset(seed=0)
    state = get_state(env)
    for other in (env.unwrapped, gym.make(ID, disable_env_checker=True), wrappers.TimeLimit(gym.make(ID), 3)):
        with pytest.raises(ValueError, match="state"):
            set_state(other, state)
