import pickle

import gymnasium as gym
import numpy as np
import pytest
from gymnasium import spaces

from palaestra.envs.core.randomization import Choice, Range, check_randomized
from palaestra.wrappers import make_wrapper
from palaestra.wrappers.resets import DomainRandomization
from palaestra.wrappers.resets.domain_randomization import Draw

PICTURE = np.random.default_rng(0).integers(0, 256, (12, 16, 3)).astype(np.uint8)


class Street(gym.Env):
    """Shows one picture twice, one after the other along the channels, beside a number."""

    randomizable = {  # noqa: RUF012
        "friction": Range(0.1, 10.0),
        "trees": Range(0, 5, is_integer=True),
        "sky": Choice(("grey", "blue")),
    }
    observation_space = spaces.Dict(
        {"pixels": spaces.Box(0, 255, (12, 16, 6), np.uint8), "state": spaces.Box(-1, 1, (2,), np.float32)}
    )
    action_space = spaces.Discrete(2)

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self.world = check_randomized((options or {}).get("randomize", {}), self.randomizable)
        return self._look(), {"task": int(self.np_random.integers(1000))}

    def step(self, action):
        return self._look(), 0.0, False, False, {}

    def _look(self):
        return {"pixels": np.concatenate([PICTURE, PICTURE], axis=-1), "state": np.ones(2, np.float32)}

    def get_state(self):
        return self.np_random.bit_generator.state

    def set_state(self, state):
        self.np_random.bit_generator.state = state

    def oracle(self):
        return 1


def randomized(**ranges):
    return DomainRandomization(Street(), ranges=ranges)


def test_every_episode_has_a_world_of_its_own():
    env = randomized(friction={"log_uniform": [0.5, 2.0]}, trees={"integer": [1, 3]}, sky={"choice": ["grey", "blue"]})
    worlds = []
    for _ in range(40):
        _, info = env.reset()
        assert info["randomized"] == env.unwrapped.world
        worlds.append(env.unwrapped.world)
    assert {world["trees"] for world in worlds} == {1, 2, 3}
    assert {world["sky"] for world in worlds} == {"grey", "blue"}
    frictions = [world["friction"] for world in worlds]
    assert min(frictions) >= 0.5
    assert max(frictions) <= 2.0
    assert len(set(frictions)) == 40


def test_a_seed_fixes_the_draws_and_leaves_the_tasks_alone():
    def play(env):
        return [env.reset(seed=seed)[1] for seed in (3, None, None)]

    first, again = (play(randomized(friction={"uniform": [0.5, 2.0]})) for _ in range(2))
    assert first == again
    assert [info["task"] for info in first] == [info["task"] for info in play(Street())]


def test_without_a_seed_the_draws_follow_from_the_environments_generator():
    draws = []
    for seed in (0, 0, 1):
        env = randomized(friction={"uniform": [0.5, 2.0]})
        env.unwrapped.np_random = np.random.default_rng(seed)
        draws.append(env.reset()[1]["randomized"])
    assert draws[0] == draws[1] != draws[2]


def test_what_the_options_name_stays_as_they_say():
    env = randomized(friction={"uniform": [0.5, 2.0]}, trees={"integer": [1, 3]})
    _, info = env.reset(seed=0, options={"randomize": {"friction": 7.0}})
    assert info["randomized"]["friction"] == env.unwrapped.world["friction"] == 7.0
    assert env.unwrapped.world["trees"] in (1, 2, 3)


@pytest.mark.parametrize(
    ("name", "value"),
    [("distortion", 0.3), ("blur", 1.5), ("hue", 90.0), ("saturation", 0.2), ("contrast", 0.5), ("brightness", 0.3),
     ("gamma", 2.0), ("noise", 0.1), ("jpeg", 10)],
)  # fmt: skip
def test_an_effect_changes_every_picture_alike_and_nothing_else(name, value):
    env = randomized(**{name: {"choice": [value]}})
    seen, info = env.reset(seed=0)
    assert env.observation_space.contains(seen)
    assert (seen["state"] == 1).all()
    assert info["randomized"] == {name: value}
    frames = seen["pixels"][..., :3], seen["pixels"][..., 3:]
    for frame in frames:
        assert (frame != PICTURE).mean() > 0.3
    assert (frames[0] == frames[1]).all() == (name != "noise")
    later = env.step(0)[0]["pixels"]
    assert (later == seen["pixels"]).all() == (name != "noise")


def test_brightness_and_contrast_do_what_they_say():
    env = randomized(brightness={"choice": [0.2]}, contrast={"choice": [0.5]})
    seen = env.reset(seed=0)[0]["pixels"][..., :3]
    np.testing.assert_allclose(seen, (PICTURE / 255 - 0.5) * 127.5 + 127.5 + 51, atol=0.51)


def test_a_barrel_lens_shows_more_at_the_corners_and_the_same_in_the_middle():
    picture = np.zeros((33, 33, 3), np.uint8)
    picture[16, 16] = picture[16, 26] = 255
    env = randomized(distortion={"choice": [0.5]})
    env.reset(seed=0)
    shown = env._effects.apply(picture, np.random.default_rng(0))
    assert (shown[16, 16] == 255).all()
    assert np.abs(np.average(np.arange(20, 33), weights=shown[16, 20:, 0] + 1e-9) - 25) < 1.0


def test_a_snapshot_brings_back_effects_and_noise():
    env = randomized(noise={"uniform": [0.05, 0.2]}, gamma={"uniform": [0.5, 2.0]})
    env.reset(seed=5)
    state = pickle.loads(pickle.dumps(env.get_state()))
    after = env.step(0)[0]["pixels"]
    worlds = [env.reset()[1] for _ in range(2)]
    env.set_state(state)
    np.testing.assert_array_equal(env.step(0)[0]["pixels"], after)
    assert [env.reset()[1] for _ in range(2)] == worlds
    assert env.oracle() == 1


def test_it_is_pickled_recorded_and_made_by_name():
    env = make_wrapper("domain_randomization", Street(), ranges={"blur": {"uniform": [0.5, 2.0]}})
    again = pickle.loads(pickle.dumps(env))
    np.testing.assert_array_equal(again.reset(seed=1)[0]["pixels"], env.reset(seed=1)[0]["pixels"])
    assert env._saved_kwargs == {"ranges": {"blur": {"uniform": [0.5, 2.0]}}}


@pytest.mark.parametrize(
    ("ranges", "message"),
    [
        ({}, "ranges must be a mapping of distributions by name"),
        ({"fricton": {"uniform": [1, 2]}}, r"unknown name 'fricton'; did you mean friction\? \(known: .*trees, sky\)"),
        ({"friction": [1, 2]}, "'friction'.* must be a mapping of one of uniform, log_uniform, integer, choice"),
        ({"friction": {"normal": [1, 2]}}, "must be a mapping of one of"),
        ({"friction": {"uniform": [1, 2, 3]}}, "must be two bounds of uniform"),
        ({"friction": {"uniform": [2, 1]}}, "must be a lower and a higher bound of uniform"),
        ({"friction": {"log_uniform": [0, 1]}}, "bound above 0 of log_uniform"),
        ({"friction": {"uniform": [0.01, 1.0]}}, "must be from 0.1 to 10, got 0.01"),
        ({"trees": {"uniform": [1, 2]}}, "'trees'.* must be an integer"),
        ({"sky": {"choice": ["green"]}}, "must be one of 'grey', 'blue', got 'green'"),
        ({"jpeg": {"integer": [0, 50]}}, "jpeg.* must be an integer from 1 to 100"),
        ({"blur": {"choice": []}}, "must list bounds or values of choice"),
    ],
)
def test_what_cannot_be_drawn_is_refused(ranges, message):
    with pytest.raises(ValueError, match=message):
        DomainRandomization(Street(), ranges=ranges)


def test_effects_need_pictures():
    with pytest.raises(ValueError, match=r"effects on pictures \(blur\), but env shows none"):
        DomainRandomization(gym.make("CartPole-v1"), ranges={"blur": {"uniform": [1, 2]}})


def test_a_logarithmic_draw_is_as_often_above_the_middle_factor_as_below():
    draw, rng = Draw.parse("x", {"log_uniform": [0.01, 100.0]}), np.random.default_rng(0)
    assert 400 < sum(draw.sample(rng) < 1.0 for _ in range(1000)) < 600
