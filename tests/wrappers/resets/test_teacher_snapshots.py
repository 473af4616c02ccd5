import pickle

import gymnasium as gym
import numpy as np
import pytest

import palaestra  # noqa: F401  (registers the environments)
from palaestra.envs.robot.reach import ReachEnv
from palaestra.wrappers import get_state, set_state
from palaestra.wrappers.resets import TeacherSnapshots
from palaestra.wrappers.resets.teacher_snapshots import Snapshot, cluster_snapshots, record_teacher

STILL = np.zeros(4, np.float32)


def students(**kwargs):
    return TeacherSnapshots(ReachEnv(), **({"episodes": 3, "best": 2, "every": 5, "clusters": 3} | kwargs))


def recorded(**kwargs):
    env = ReachEnv()
    arguments = {"episodes": 3, "best": 3, "every": 5, "seed": 0} | kwargs
    return record_teacher(env, lambda _: env.oracle(), **arguments)


def test_a_teacher_is_recorded_every_few_steps_and_never_past_the_end():
    env = ReachEnv()
    for snapshot in recorded():
        set_state(env, snapshot.state)
        np.testing.assert_array_equal(env.present_observation(), snapshot.observation)
        assert env.oracle() is not None
        assert snapshot.state[-1].episode.steps % 5 == 0
        assert env.task == snapshot.task


def test_the_best_episodes_are_kept():
    env, returns = ReachEnv(), {}
    for seed in range(4):
        _, info = env.reset(seed=seed)
        collected, over = 0.0, False
        while not over:
            _, reward, terminated, truncated, _ = env.step(env.oracle())
            collected, over = collected + reward, terminated or truncated
        returns[info["task"]] = collected
    best = {snapshot.task for snapshot in recorded(episodes=4, best=2)}
    assert best == set(sorted(returns, key=returns.get)[-2:])


def test_like_states_fall_into_one_cluster():
    space = gym.spaces.Box(-10, 10, (2,))
    places = [(0, 0), (5, 5), (0.1, 0), (5, 5.1), (0, 0.1), (-5, 5)]
    snapshots = [Snapshot((), np.array(place, np.float32)) for place in places]
    assert sorted(cluster_snapshots(space, snapshots, 3, seed=0)) == [(0, 2, 4), (1, 3), (5,)]
    assert len(cluster_snapshots(space, snapshots[:2] * 3, 6, seed=0)) == 2
    assert cluster_snapshots(space, snapshots, 1, seed=0) == ((0, 1, 2, 3, 4, 5),)


def test_episodes_begin_evenly_over_the_clusters():
    env = students(clusters=4, every=1)
    env.reset(seed=0)
    groups = env._groups
    numbers = [env.reset()[1]["snapshot"] for _ in range(200)]
    shares = [np.mean([number in group for number in numbers]) for group in groups]
    assert len({len(group) for group in groups}) > 1
    np.testing.assert_allclose(shares, 1 / len(groups), atol=0.11)


def test_an_episode_begins_at_the_snapshot_and_the_generator_goes_on():
    env, plain = students(), ReachEnv()
    observation, info = env.reset(seed=7)
    np.testing.assert_array_equal(observation, env.unwrapped.present_observation())
    assert info["task"] == env.unwrapped.task
    plain.reset(seed=7)
    assert env.unwrapped.get_state().generator == plain.get_state().generator


def test_it_is_cut_off_after_the_truncation():
    env = students(truncation=3)
    env.reset(seed=0)
    assert [env.step(STILL)[3] for _ in range(3)] == [False, False, True]


def test_after_the_phase_episodes_are_the_environments_own():
    env, plain = students(phase=4, truncation=2), ReachEnv()
    for _ in range(2):
        assert "snapshot" in env.reset()[1]
        env.step(STILL)
        env.step(STILL)
    observation, info = env.reset(seed=3)
    assert "snapshot" not in info
    np.testing.assert_array_equal(observation, plain.reset(seed=3)[0])
    assert [env.step(STILL)[3] for _ in range(5)] == [False] * 5


def test_a_level_or_a_task_of_the_options_is_passed_on():
    env = students()
    assert env.reset(seed=0, options={"level": 2})[1]["task"].level == 2
    task = env.reset(seed=1, options={"level": 1})[1]["task"]
    info = env.reset(options={"task": task})[1]
    assert info["task"] == task
    assert "snapshot" not in info


def test_given_snapshots_are_used_in_place_of_the_oracle():
    given = recorded(episodes=1, best=1)[2:3]
    env = students(snapshots=given)
    assert {env.reset(seed=seed)[1]["snapshot"] for seed in range(4)} == {0}
    np.testing.assert_array_equal(env.reset()[0], given[0].observation)


def test_a_snapshot_of_the_wrapper_and_a_pickle_go_on_with_the_same_draws():
    env = students()
    env.reset(seed=1)
    env.step(STILL)
    state = pickle.loads(pickle.dumps(get_state(env)))
    future = [env.reset()[1]["snapshot"] for _ in range(8)]
    fresh = students()
    set_state(fresh, state)
    assert [fresh.reset()[1]["snapshot"] for _ in range(8)] == future
    set_state(env, state)
    copy = pickle.loads(pickle.dumps(env))
    assert [copy.reset()[1]["snapshot"] for _ in range(8)] == future


def test_an_environment_without_an_oracle_that_knows_is_refused(monkeypatch):
    monkeypatch.setattr(ReachEnv, "expert", lambda self: None)
    with pytest.raises(ValueError, match="env must have an oracle that knows an action"):
        students().reset(seed=0)


@pytest.mark.parametrize(
    "kwargs",
    [{"snapshots": []}, {"episodes": 0}, {"best": 4}, {"every": 0}, {"clusters": 0}, {"phase": -1}, {"truncation": 0},
     {"seed": -1}],
)  # fmt: skip
def test_bad_arguments_are_named(kwargs):
    with pytest.raises(ValueError, match=f"{next(iter(kwargs))} must"):
        students(**kwargs)
