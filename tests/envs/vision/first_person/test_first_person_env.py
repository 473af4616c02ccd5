import pickle

import numpy as np
import pytest
from gymnasium.error import ResetNeeded

from .roller import RollerEnv


def play(env, actions, **reset):
    seen = [env.reset(**reset)[0]]
    for action in actions:
        seen.append(env.step(action)[0])
    return seen


def test_pictures_are_of_where_the_body_is():
    still, moved = play(RollerEnv(observation="pixels"), [np.array([1.0, 0.0])], seed=0)
    assert still.shape == (64, 64, 3)
    assert still.std() > 5
    assert not np.array_equal(still, moved)


def test_what_was_seen_stays_in_the_history_the_newest_last():
    actions = [np.array([0.5, 0.3])] * 3
    first, second, third, fourth = play(RollerEnv(observation="pixels"), actions, seed=1)
    begun, *_, last = play(RollerEnv(observation="pixels", history=3), actions, seed=1)
    np.testing.assert_array_equal(begun, np.concatenate([first] * 3, axis=-1))
    np.testing.assert_array_equal(last, np.concatenate([second, third, fourth], axis=-1))


def test_an_observation_once_given_never_changes():
    env = RollerEnv(history=2)
    observation, _ = env.reset(seed=0)
    kept = observation["pixels"].copy()
    for _ in range(3):
        env.step(env.action_space.sample())
    np.testing.assert_array_equal(observation["pixels"], kept)


@pytest.mark.parametrize("history", [1, 3])
def test_a_snapshot_and_a_pickle_remember_what_was_seen(history):
    env = RollerEnv(observation="pixels", history=history)
    play(env, [np.array([0.5, 0.4])] * 2, seed=2)
    state, stored = env.get_state(), pickle.dumps(env)
    expected = env.step(np.array([0.1, 0.2]))
    env.reset(seed=9)
    env.set_state(state)
    for other in (env, pickle.loads(stored)):
        np.testing.assert_array_equal(other.step(np.array([0.1, 0.2]))[0], expected[0])


def test_what_may_be_varied_is_set_for_one_episode_and_told_by_the_task():
    env = RollerEnv(observation="pixels")
    clear, _ = env.reset(seed=0)
    foggy, info = env.reset(seed=0, options={"randomize": {"fog": 0.2}})
    assert info["task"].fog == 0.2
    assert not np.array_equal(clear, foggy)
    np.testing.assert_array_equal(env.reset(options={"task": info["task"]})[0], foggy)
    np.testing.assert_array_equal(env.reset(seed=0)[0], clear)


def test_what_may_not_be_varied_is_refused_by_name():
    env = RollerEnv()
    for values, words in (({"fgo": 0.1}, "fgo.*fog"), ({"fog": 1.0}, "fog.*0.2"), (3, "mapping")):
        with pytest.raises(ValueError, match=words):
            env.reset(options={"randomize": values})


def test_an_intervention_is_told_in_the_step_in_which_it_happens():
    env = RollerEnv()
    env.reset(seed=0)
    told = [env.step(np.zeros(2))[4]["intervention"] for _ in range(3)]
    assert told == [False, True, False]


def test_stepping_past_the_end_needs_a_reset():
    env = RollerEnv(observation="state")
    env.reset(seed=0)
    while not env.step(np.array([1.0, 0.0]))[2]:
        pass
    with pytest.raises(ResetNeeded):
        env.step(np.zeros(2))


def test_bad_arguments_are_refused_by_name():
    for name, value in (("observation", "smell"), ("pixels", 0), ("history", 0), ("render_mode", "ansi"), ("level", 2)):
        with pytest.raises(ValueError, match=name):
            RollerEnv(**{name: value})
