from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from palaestra.envs.robot.safe.safe_velocity import LENGTH, LEVELS, SafeVelocityEnv, SafeVelocityTask
from palaestra.envs.robot.safe.velocity_model import SECTION_LENGTH, SECTIONS

from ..playing import cost, play

LIMITS = tuple(np.linspace(0.8, 1.5, SECTIONS).tolist())


def at(place, speed, limits=LIMITS):
    """An environment whose robot is somewhere on the track, upright, at some speed."""
    env = SafeVelocityEnv()
    env.reset(options={"task": SafeVelocityTask(limits=limits, pitch=0.0)})
    state = env.get_state()
    env.data.qpos[:], env.data.qvel[:] = (place, 0.0), (speed, 0.0)
    moved = env.get_state()
    env.set_state(replace(moved, episode=replace(moved.episode, sensors=state.episode.sensors)))
    return env


@pytest.mark.parametrize("level", range(len(LEVELS)))
def test_the_expert_reaches_the_finish_within_the_budget(level):
    env = SafeVelocityEnv(level=level)
    episodes = [play(env, env.oracle, seed=seed) for seed in range(4)]
    assert all(steps[-1][4]["success"] for steps in episodes)
    assert np.mean([cost(steps) for steps in episodes]) <= env.cost_limit


def test_who_does_not_heed_the_signs_exceeds_the_budget_and_earns_more():
    env, heedless = SafeVelocityEnv(), SafeVelocityEnv()
    heedless.reset(options={"task": SafeVelocityTask(limits=(3.0,) * SECTIONS, pitch=0.0)})
    fast = [heedless.oracle()]
    while not heedless.step(fast[-1])[2]:
        fast.append(heedless.oracle())
    task = SafeVelocityTask(limits=(1.0,) * SECTIONS, pitch=0.0)
    actions = iter(fast)
    quick, careful = (play(env, policy, options={"task": task}) for policy in (lambda: next(actions), env.oracle))
    assert cost(quick) > 2 * env.cost_limit >= cost(careful)
    assert sum(step[1] for step in quick) > sum(step[1] for step in careful)


@pytest.mark.parametrize("excess", [-0.2, 0.2])
@pytest.mark.parametrize("section", [0, 3, SECTIONS - 1])
def test_a_step_costs_above_the_limit_of_its_section_and_only_there(section, excess):
    env = at((section + 0.5) * SECTION_LENGTH, LIMITS[section] + excess)
    info = env.step(np.array([0.2]))[4]
    assert info["evaluation"]["limit"] == LIMITS[section]
    assert info["cost"] == float(info["evaluation"]["speed"] > LIMITS[section]) == float(excess > 0)


def test_going_back_too_fast_costs_too():
    assert at(3.0, -2.5).step(np.array([0.0]))[4]["cost"] == 1.0


def test_the_observation_tells_the_limits_here_and_next_and_how_far_it_is():
    env = at(3.4 * SECTION_LENGTH, 1.0)
    observation, *_ = env.step(np.array([0.1]))
    place, speed = env.data.qpos[0], env.data.qvel[0]
    expected = [
        env.data.qpos[1], env.data.qvel[1], speed, LIMITS[3], LIMITS[4], 4 * SECTION_LENGTH - place, LENGTH - place,
        speed - LIMITS[3],
    ]  # fmt: skip
    assert observation == pytest.approx(expected, abs=1e-5)


def test_beyond_the_last_section_its_limit_still_holds():
    observation, *_ = at(LENGTH - 0.5, 1.0).step(np.array([0.1]))
    assert observation[3] == observation[4] == pytest.approx(LIMITS[-1])


def test_who_does_nothing_falls_and_that_is_no_success():
    env = SafeVelocityEnv()
    steps = play(env, lambda: np.zeros(1), options={"task": SafeVelocityTask(limits=LIMITS, pitch=0.05)})
    assert steps[-1][2]
    assert not steps[-1][4]["success"]
    assert abs(env.data.qpos[1]) > 0.9


def test_the_motor_pushes_the_wheels_ahead_and_the_body_back():
    env = SafeVelocityEnv()
    env.reset(options={"task": SafeVelocityTask(limits=LIMITS, pitch=0.0)})
    env.step(np.array([0.3]))
    assert env.data.qvel[0] > 0.1
    assert env.data.qvel[1] < -0.1


def test_the_wheels_start_as_hard_as_the_equations_say():
    # M ẍ + m l θ̈ = τ / r and (I + m l²) θ̈ + m l ẍ = -τ, at rest and upright
    env = SafeVelocityEnv()
    env.reset(options={"task": SafeVelocityTask(limits=LIMITS, pitch=0.0)})
    torque = 1.0
    acceleration = np.linalg.solve([[10.0, 4.0], [4.0, 2.6]], [torque / 0.2, -torque])
    env.step(np.array([torque / 20.0]))
    assert env.data.qvel / 0.04 == pytest.approx(acceleration, rel=0.1)  # it tips and drags a little by then


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), level=st.integers(0, len(LEVELS) - 1))
def test_limits_are_alike_in_as_many_sections_as_the_level_says(seed, level):
    limits = SafeVelocityEnv().sample(np.random.default_rng(seed), level).limits
    assert all(0.8 <= limit <= 2.0 for limit in limits)
    assert len(set(limits)) == SECTIONS // LEVELS[level].sections


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"limits": LIMITS[1:]}, "limits"),
        ({"limits": (0.1,) * 8}, "limits"),
        ({"pitch": 1.0}, "pitch"),
        ({"level": 7}, "level"),
    ],
)
def test_an_impossible_task_is_refused_by_name(fields, named):
    with pytest.raises(ValueError, match=named):
        SafeVelocityEnv().reset(options={"task": {"limits": LIMITS, "pitch": 0.0} | fields})
