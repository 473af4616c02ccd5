import copy
import pickle
from pathlib import Path

import gymnasium as gym
import numpy as np
import pytest

import palaestra  # noqa: F401  (registers the environments)
from palaestra.wrappers import find_wrapper, get_state, set_state
from palaestra.wrappers.bodies import GymnasiumBody
from palaestra.wrappers.bodies.cost_measures import VELOCITY_LIMITS

BODIES = ["HalfCheetah-v5", "Hopper-v5", "Ant-v5"]
OTHERS = [
    "Humanoid-v5", "HumanoidStandup-v5", "InvertedDoublePendulum-v5", "Pusher-v5", "Reacher-v5", "Swimmer-v5",
    "Walker2d-v5",
]  # fmt: skip


def wrapped(id, max_episode_steps=12, **kwargs):
    return GymnasiumBody(gym.make(id, max_episode_steps=max_episode_steps), **kwargs)


def go_on(env, steps, seed=0):
    """Random steps by a generator of their own, with a reset without a seed where an episode ends; exact to the bit."""
    rng = np.random.default_rng(seed)
    trace = []
    for _ in range(steps):
        action = rng.uniform(env.action_space.low, env.action_space.high)
        observation, reward, terminated, truncated, info = env.step(action)
        trace.append((observation.tobytes(), float(reward), terminated, truncated, repr(sorted(info.items()))))
        if terminated or truncated:
            trace.append(env.reset()[0].tobytes())
    return trace


@pytest.mark.parametrize("id", [*BODIES, *OTHERS])
def test_a_restored_state_has_the_same_future_through_a_time_limit(id):
    env = wrapped(id)
    env.reset(seed=3)
    go_on(env, 5)
    state = env.get_state()
    stored = pickle.dumps(state)
    future = go_on(env, 20, seed=1)
    assert pickle.dumps(state) == stored, "playing on changed the snapshot"
    for _ in range(2):
        env.set_state(state)
        assert go_on(env, 20, seed=1) == future
    fresh = wrapped(id)
    fresh.set_state(pickle.loads(stored))
    assert go_on(fresh, 20, seed=1) == future


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda env: pickle.loads(pickle.dumps(env))], ids=["copy", "pickle"])
@pytest.mark.parametrize("id", BODIES)
def test_a_copy_goes_on_where_the_original_was(id, copied):
    env = wrapped(id, cost="velocity")
    env.reset(seed=3)
    env.action_space.seed(7)
    go_on(env, 5)
    twin = copied(env)
    assert twin.spec == env.spec
    np.testing.assert_array_equal(twin.action_space.sample(), env.action_space.sample())
    assert go_on(twin, 20, seed=1) == go_on(env, 20, seed=1)


def test_without_the_wrapper_a_pickle_forgets():
    env = gym.make("Hopper-v5")
    env.reset(seed=3)
    go_on(env, 3)
    assert go_on(pickle.loads(pickle.dumps(env)), 3) != go_on(env, 3)


def test_a_snapshot_needs_no_wrapper():
    env = gym.make("Hopper-v5")
    env.reset(seed=3)
    state = get_state(env)
    future = go_on(env, 30)
    set_state(env, state)
    assert go_on(env, 30) == future


def test_a_state_from_before_the_first_reset_can_be_restored():
    env = wrapped("Pusher-v5")
    state = env.get_state()
    env.reset(seed=1)
    go_on(env, 3)
    env.set_state(state)
    assert env.reset(seed=2)[0].tobytes() == wrapped("Pusher-v5").reset(seed=2)[0].tobytes()


def test_where_a_body_of_the_task_was_put_belongs_to_the_snapshot():
    env = wrapped("Pusher-v5")
    env.reset(seed=1)
    state = env.get_state()
    place = env.unwrapped.cylinder_pos.copy()
    env.reset(seed=2)
    assert not np.array_equal(env.unwrapped.cylinder_pos, place)
    env.set_state(state)
    np.testing.assert_array_equal(env.unwrapped.cylinder_pos, place)


def test_a_snapshot_of_another_body_is_refused():
    with pytest.raises(ValueError, match="state must come from another HopperEnv"):
        wrapped("Hopper-v5").set_state(wrapped("Ant-v5").get_state())


def test_every_info_says_success_cost_stuck_and_intervention():
    env = wrapped("Hopper-v5")
    env.reset(seed=0)
    info = env.step(env.action_space.sample())[4]
    assert {name: info[name] for name in ("success", "cost", "is_stuck", "intervention")} == {
        "success": False, "cost": 0.0, "is_stuck": False, "intervention": False,
    }  # fmt: skip
    assert env.oracle() is None


def test_what_the_environment_says_itself_is_kept():
    class Judged(gym.Wrapper):
        def step(self, action):
            observation, reward, *ends, info = super().step(action)
            return observation, reward, *ends, {**info, "success": True, "cost": 0.5}

    env = GymnasiumBody(Judged(gym.make("Hopper-v5")))
    env.reset(seed=0)
    info = env.step(env.action_space.sample())[4]
    assert info["success"]
    assert info["cost"] == 0.5


@pytest.mark.parametrize("name", VELOCITY_LIMITS)
def test_a_velocity_costs_above_the_limit_and_only_there(name):
    env = wrapped(f"{name}-v5", cost="velocity")
    assert env.limit == VELOCITY_LIMITS[name]
    env.reset(seed=0)
    velocity = 0.0
    for limit_is_low in (False, True):
        env.limit = -10.0 if limit_is_low else 10.0
        info = env.step(env.action_space.sample())[4]
        velocity = np.hypot(info["x_velocity"], info.get("y_velocity", 0.0))
        assert info["cost"] == float(limit_is_low)
    assert abs(velocity) < 10


def test_effort_is_the_mean_square_of_the_controls_as_shares_of_their_range():
    env = wrapped("Humanoid-v5", cost="effort", limit=0.999)
    env.reset(seed=0)
    assert env.step(env.action_space.high)[4]["cost"] == 1.0
    assert env.step(0.9 * env.action_space.high)[4]["cost"] == 0.0


def test_a_fall_is_felt_as_a_force_and_flight_is_not():
    env = wrapped("Ant-v5", max_episode_steps=100, cost="contact_force", limit=10.0)
    env.reset(seed=0)
    costs = [env.step(np.zeros(8))[4]["cost"] for _ in range(40)]
    assert costs[0] == 0.0
    assert max(costs) == 1.0


def height(env, action, info):
    """A measure of one's own, found by where it stands."""
    return env.data.qpos[1]


def test_a_measure_may_be_ones_own(monkeypatch):
    monkeypatch.syspath_prepend(str(Path(__file__).parent))
    env = wrapped("Hopper-v5", cost="test_gymnasium_body:height", limit=1.0)
    env.reset(seed=0)
    assert env.step(np.zeros(3))[4]["cost"] == 1.0


def test_its_spec_makes_it_again():
    env = wrapped("HalfCheetah-v5", cost="velocity", limit=1.0)
    again = gym.make(pickle.loads(pickle.dumps(env.spec)))
    assert str(again) == str(env)
    assert again.limit == 1.0


def test_recipes_know_it_by_name():
    assert find_wrapper("gymnasium_body") is GymnasiumBody


@pytest.mark.parametrize(
    ("id", "kwargs", "message"),
    [
        ("Hopper-v5", {"cost": "speed"}, "unknown cost 'speed'"),
        ("Hopper-v5", {"cost": "nowhere:speed", "limit": 1.0}, "cost must be a name or module:function"),
        ("Hopper-v5", {"limit": 1.0}, "limit needs a cost"),
        ("Hopper-v5", {"cost": "velocity", "limit": "fast"}, "limit must be a finite number"),
        ("Hopper-v5", {"cost": "effort"}, "limit must be given for cost='effort' of Hopper"),
        ("Pusher-v5", {"cost": "velocity"}, "limit must be given for cost='velocity' of Pusher"),
        ("CartPole-v1", {}, "env must keep a MuJoCo simulation"),
    ],
)
def test_bad_arguments_are_named(id, kwargs, message):
    with pytest.raises(ValueError, match=message):
        wrapped(id, **kwargs)


def test_a_body_that_tells_no_velocity_cannot_cost_by_it():
    env = wrapped("Pusher-v5", cost="velocity", limit=1.0)
    env.reset(seed=0)
    with pytest.raises(ValueError, match="x_velocity"):
        env.step(np.zeros(7))
