import copy
import pickle
from dataclasses import asdict

import gymnasium as gym
import numpy as np
import pytest
from gymnasium.error import ResetNeeded
from gymnasium.vector import AutoresetMode, SyncVectorEnv

from palaestra.wrappers.bodies import GymnasiumBody, GymnasiumBodyVector

from ...envs.comparisons import assert_same

BODIES = ["Ant-v5", "HalfCheetah-v5", "Hopper-v5", "Walker2d-v5"]


def actions_of(vector, steps, seed=1):
    """Random actions, some of them out of range."""
    rng = np.random.default_rng(seed)
    return [rng.uniform(-1.3, 1.3, vector.action_space.shape).astype(np.float32) for _ in range(steps)]


def play(vector, steps, seed=1):
    return [vector.step(actions) for actions in actions_of(vector, steps, seed)]


def assert_steps_as_alone(id, *, steps=70, bodies=5, mode="NextStep", threads=2, body=None, **kwargs):
    """A native vector gives what Gymnasium's synchronous one gives, to the bit; the observations, and who ended how."""
    body, kwargs = body or {}, {"max_episode_steps": 30} | kwargs
    alone = SyncVectorEnv([lambda: GymnasiumBody(gym.make(id, **kwargs), **body)] * bodies, autoreset_mode=mode)
    together = GymnasiumBodyVector(id, bodies, threads=threads, autoreset_mode=mode, **body, **kwargs)
    assert_same(together.reset(seed=5), alone.reset(seed=5))
    steps_seen = []
    for step, actions in enumerate(actions_of(together, steps)):
        steps_seen.append(alone.step(actions))
        assert_same(together.step(actions), steps_seen[-1], f"step {step}")
    observations, _, terminated, truncated, infos = zip(*steps_seen, strict=True)
    return np.stack(observations), np.stack(terminated), np.stack(truncated), infos


@pytest.mark.parametrize("id", BODIES)
def test_every_body_steps_in_a_vector_as_it_does_alone(id):
    _, terminated, truncated, _ = assert_steps_as_alone(id)
    assert truncated.any()
    assert terminated.any() == (id != "HalfCheetah-v5")


def test_an_ant_feels_what_it_touches():
    observations, *_ = assert_steps_as_alone("Ant-v5", steps=40, max_episode_steps=100)
    forces = observations[..., 27:]
    assert (forces != 0).any(axis=(0, 2)).all()
    assert forces.min() == -1.0
    assert forces.max() == 1.0


@pytest.mark.parametrize("id", ["Ant-v5", "Hopper-v5"])
def test_an_episode_begins_in_the_step_that_ends_the_one_before_if_asked(id):
    assert assert_steps_as_alone(id, mode="SameStep")[2].any()


@pytest.mark.parametrize(
    ("id", "kwargs"),
    [
        (
            "Ant-v5",
            {
                "include_cfrc_ext_in_observation": False, "exclude_current_positions_from_observation": False,
                "main_body": "aux_1", "healthy_reward": 2, "contact_cost_weight": 0.3, "frame_skip": 2,
                "contact_force_range": (-20.0, 30.0), "terminate_when_unhealthy": False,
            },
        ),
        ("HalfCheetah-v5", {"forward_reward_weight": 0.7, "ctrl_cost_weight": 0.3}),
        ("HalfCheetah-v5", {"exclude_current_positions_from_observation": False, "max_episode_steps": -1}),
        ("Hopper-v5", {"healthy_state_range": (-2.0, 2.0), "healthy_angle_range": (-9.0, 9.0), "healthy_reward": 3}),
        ("Walker2d-v5", {"terminate_when_unhealthy": False, "healthy_z_range": (1.2, 1.3)}),
    ],
)  # fmt: skip
def test_the_parameters_of_the_environment_count(id, kwargs):
    assert_steps_as_alone(id, steps=35, **kwargs)


@pytest.mark.parametrize("threads", [1, 4])
def test_the_number_of_threads_changes_nothing(threads):
    assert_steps_as_alone("Ant-v5", steps=15, bodies=9, threads=threads)


@pytest.mark.parametrize("id", BODIES)
def test_how_actions_lie_in_memory_changes_nothing(id):
    plain, other, listed = (GymnasiumBodyVector(id, 17) for _ in range(3))
    for vector in (plain, other, listed):
        vector.reset(seed=0)
    for actions in actions_of(plain, 3):
        step = plain.step(actions)
        assert_same(other.step(np.asfortranarray(actions)), step)
        exact = listed.step(actions.astype(np.float64).tolist())
        np.testing.assert_allclose(exact[1], step[1], rtol=1e-5)
    assert_same(listed.get_attr("np_random_seed"), plain.get_attr("np_random_seed"))


def speed_and_height(env, action, info):
    """A measure of one's own, which looks at the simulation, the action and the info."""
    return info["x_velocity"] + env.data.qpos[1] + float(action[0])


@pytest.mark.parametrize(
    ("id", "body"),
    [
        ("HalfCheetah-v5", {"cost": "velocity", "limit": 0.0}),
        ("Ant-v5", {"cost": "velocity", "limit": 0.5}),
        ("Ant-v5", {"cost": "contact_force", "limit": 10.0}),
        ("Hopper-v5", {"cost": "effort", "limit": 0.3}),
        ("Hopper-v5", {"cost": f"{__name__}:speed_and_height", "limit": 1.2}),
    ],
)
def test_costs_are_those_of_the_body_alone(id, body):
    *_, infos = assert_steps_as_alone(id, steps=35, body=body)
    costs = np.concatenate([info["cost"] for info in infos if "cost" in info])
    assert set(costs) == {0.0, 1.0}


@pytest.fixture
def ants():
    """Four ants in the middle of their episodes."""
    ants = GymnasiumBodyVector("Ant-v5", 4, max_episode_steps=40)
    ants.reset(seed=0)
    play(ants, 25)
    return ants


def test_snapshots_are_those_of_the_bodies_alone(ants):
    alone = SyncVectorEnv([lambda: GymnasiumBody(gym.make("Ant-v5", max_episode_steps=40))] * 4)
    alone.reset(seed=0)
    play(alone, 25)
    for found, expected in zip(ants.get_state(), alone.call("get_state"), strict=True):
        assert_same(asdict(found.inner[-1]), asdict(expected.inner[-1]))
    alone.call("set_state", ants.get_state()[1])
    ants.set_state([ants.get_state()[1]] * 4)
    assert_same(play(ants, 30), play(alone, 30))


def test_a_restored_snapshot_repeats_the_future_of_every_body(ants):
    states = ants.get_state()
    future = play(ants, 30)
    ants.set_state(pickle.loads(pickle.dumps(states)))
    assert_same(play(ants, 30), future)


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda vector: pickle.loads(pickle.dumps(vector))])
def test_copies_of_the_vector_keep_its_state(ants, copied):
    twin = copied(ants)
    assert_same(play(twin, 30), play(ants, 30))


@pytest.mark.parametrize("kwargs", [{"max_episode_steps": 20}, {"max_episode_steps": -1}])
def test_an_episode_that_is_over_is_so_after_a_snapshot(kwargs):
    hoppers = GymnasiumBodyVector("Hopper-v5", 6, **kwargs)
    hoppers.reset(seed=0)
    ends = np.zeros(6, bool)
    while not ends.any():
        *_, terminated, truncated, _ = play(hoppers, 1)[0]
        ends = terminated | truncated
    states = hoppers.get_state()
    future = play(hoppers, 30)
    assert_same(future[0][4]["_x_velocity"], ~ends)
    hoppers.set_state(states)
    assert_same(play(hoppers, 30), future)


def test_taking_a_snapshot_and_looking_change_nothing(ants):
    twin = copy.deepcopy(ants)
    for _ in range(3):
        ants.get_state()
        assert ants.oracle() == (None,) * 4
        ants.get_attr("spec")
        assert_same(play(ants, 10), play(twin, 10))


def test_environments_are_where_their_bodies_are_when_looked_at(ants):
    observations = play(ants, 1)[0][0]
    np.testing.assert_array_equal([data.qpos[2:] for data in ants.get_attr("data")], observations[:, :13])
    np.testing.assert_array_equal(
        [np.clip(forces[1:], -1, 1).ravel() for forces in (data.cfrc_ext for data in ants.get_attr("data"))],
        observations[:, 27:],
    )


def test_infos_and_observations_of_a_step_never_change_afterwards(ants):
    given = play(ants, 1)[0]
    before = copy.deepcopy(given)
    play(ants, 20)
    ants.reset(seed=3)
    assert_same(given, before)


def test_without_autoreset_the_bodies_of_a_mask_begin_again():
    cheetahs = GymnasiumBodyVector("HalfCheetah-v5", 3, autoreset_mode=AutoresetMode.DISABLED, max_episode_steps=5)
    first, _ = cheetahs.reset(seed=0)
    observations = play(cheetahs, 5)[-1][0]
    with pytest.raises(ResetNeeded, match=r"bodies \[0, 1, 2\] are over"):
        play(cheetahs, 1)
    again, infos = cheetahs.reset(seed=[0, None, None], options={"reset_mask": np.array([True, False, False])})
    np.testing.assert_array_equal(again[0], first[0])
    np.testing.assert_array_equal(again[1:], observations[1:])
    assert list(infos["_x_position"]) == [True, False, False]


def test_a_vector_steps_after_the_reset_only():
    with pytest.raises(ResetNeeded):
        GymnasiumBodyVector("Hopper-v5", 2).step(np.zeros((2, 3)))


@pytest.mark.parametrize(
    ("id", "kwargs", "message"),
    [
        ("Humanoid-v5", {}, "native vector .*Ant-v5, HalfCheetah-v5, Hopper-v5, Walker2d-v5"),
        ("Ant-v4", {}, "id must be a body that has a native vector"),
        ("CartPole-v1", {}, "env must keep a MuJoCo simulation"),
        ("Hopper-v5", {"cost": "speed"}, "unknown cost 'speed'"),
        ("Hopper-v5", {"threads": 0}, "threads must be an integer of 1 or more, got 0"),
        ("Hopper-v5", {"num_envs": 0}, "num_envs must be an integer of 1 or more, got 0"),
        ("Hopper-v5", {"autoreset_mode": "never"}, "autoreset_mode must be one of NextStep, SameStep, Disabled"),
    ],
)  # fmt: skip
def test_wrong_arguments_are_refused_by_name(id, kwargs, message):
    with pytest.raises(ValueError, match=message):
        GymnasiumBodyVector(id, **{"num_envs": 2} | kwargs)


def test_wrong_actions_are_refused_by_name_and_cost_nothing(ants):
    twin = copy.deepcopy(ants)
    wrong = np.zeros((4, 8))
    wrong[2, 1] = np.nan
    with pytest.raises(ValueError, match=r"action must be 8 finite numbers.*for body 2"):
        ants.step(wrong)
    with pytest.raises(ValueError, match="actions must be 4 times 8 numbers"):
        ants.step(np.zeros(8))
    assert_same(play(ants, 3), play(twin, 3))
