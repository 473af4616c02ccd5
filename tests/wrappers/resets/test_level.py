import gymnasium as gym
import pytest

import palaestra  # noqa: F401  (registers the environments)
from palaestra.wrappers.resets import LevelCurriculum


def curriculum(**kwargs):
    return LevelCurriculum(gym.make("math/Arithmetic-v0"), **({"window": 4, "threshold": 0.75} | kwargs))


def play(env, outcomes, **kwargs):
    """One episode an outcome; the levels they were drawn at."""
    levels = []
    for success in outcomes:
        levels.append(env.reset(**kwargs)[1]["task"].level)
        env.step(env.oracle() if success else "no")
    return levels


def test_the_level_rises_after_a_full_window_of_successes():
    assert play(curriculum(), [1] * 9) == [0] * 4 + [1] * 4 + [2]


def test_the_share_is_over_the_latest_episodes():
    env = curriculum()
    assert play(env, [0, 0, 1, 1, 0]) == [0] * 5
    assert env.level == 0
    play(env, [1, 1])
    assert env.level == 1


def test_it_stops_at_the_last_level():
    assert play(curriculum(window=1, last=2), [1] * 6) == [0, 1, 2, 2, 2, 2]
    assert play(curriculum(window=1, first=3), [1] * 4) == [3, 4, 4, 4]


def test_it_never_falls():
    assert play(curriculum(window=1), [1, 0, 0, 0]) == [0, 1, 1, 1]


def test_the_info_says_the_level():
    env = curriculum(first=2)
    assert env.reset(seed=0)[1]["level"] == 2


def test_a_level_or_a_task_of_the_options_is_passed_on_and_not_counted():
    env = curriculum(window=1)
    assert play(env, [1, 1], options={"level": 3}) == [3, 3]
    task = env.reset(seed=0, options={"level": 4})[1]["task"]
    assert play(env, [1], options={"task": task}) == [4]
    assert env.level == 0
    assert play(env, [1, 1], options={"task": None}) == [0, 1]


def test_an_abandoned_episode_is_not_counted():
    env = curriculum(window=1)
    env.reset(seed=0)
    env.reset(seed=0)
    assert env.level == 0


def test_an_episode_whose_grader_broke_is_not_counted(monkeypatch):
    env = curriculum(window=2, threshold=1.0)

    def broken(task, response):
        raise RuntimeError("broken")

    play(env, [1])
    with monkeypatch.context() as patch:
        patch.setattr(env.unwrapped, "grade", broken)
        assert play(env, [1, 1]) == [0, 0]
    assert play(env, [1, 1]) == [0, 1]


def test_the_environment_is_seeded_through_it():
    env = curriculum()
    assert env.reset(seed=5)[0] == gym.make("math/Arithmetic-v0").reset(seed=5)[0]


@pytest.mark.parametrize(
    ("kwargs", "name"),
    [({"window": 0}, "window"), ({"threshold": 0.0}, "threshold"), ({"threshold": 1.1}, "threshold"),
     ({"window": "5"}, "window"), ({"window": 5.0}, "window"), ({"window": True}, "window"),
     ({"threshold": "1"}, "threshold"),
     ({"threshold": True}, "threshold"), ({"first": 1.0}, "first"), ({"first": None}, "first"), ({"last": "2"}, "last"),
     ({"first": 5}, "first"), ({"first": 2, "last": 1}, "last"), ({"last": 5}, "last")],
)  # fmt: skip
def test_bad_arguments_are_named(kwargs, name):
    with pytest.raises(ValueError, match=f"{name} must"):
        curriculum(**kwargs)


def test_the_environment_must_have_levels():
    with pytest.raises(ValueError, match="levels"):
        LevelCurriculum(gym.make("CartPole-v1"))
