"""What all driving has in common, on the courses of the ids."""

import dataclasses
import itertools

import gymnasium as gym
import numpy as np
import pytest

import palaestra  # noqa: F401  (registers the environments)
from palaestra.envs.core.bodies.offline_data import collect
from palaestra.envs.drive.circuit import CircuitEnv
from palaestra.envs.drive.kernels import layout as column
from palaestra.envs.drive.offroad import OffroadEnv
from palaestra.envs.drive.practice import PracticeEnv

from ..comparisons import assert_same
from ..vision.first_person.test_first_person_vector import assert_steps_as_alone


def drive_to_the_end(env, act):
    """The infos of an episode that has begun."""
    infos, over = [], False
    while not over:
        *_, terminated, truncated, info = env.step(act())
        infos.append(info)
        over = terminated or truncated
    return infos


def test_a_lap_of_the_expert_is_a_success_and_its_time_is_told():
    env = CircuitEnv(observation="state")
    env.reset(seed=100)
    infos = drive_to_the_end(env, env.oracle)
    last = infos[-1]["evaluation"]
    assert infos[-1]["success"]
    assert last["lap_time"] == pytest.approx(0.1 * len(infos))
    assert last["collisions"] == 0
    assert not infos[-2]["success"]


def test_progress_adds_up_to_the_way_that_was_made():
    env = CircuitEnv(observation="state")
    env.reset(seed=101)
    infos = drive_to_the_end(env, env.oracle)
    length = float(env.place.geometry.length_P[0])
    assert 0.8 * length < sum(info["reward_terms"]["progress"] for info in infos) < 1.1 * length


def test_driving_the_wrong_way_is_paid_back():
    env = CircuitEnv(observation="state")
    env.reset(seed=102)
    backwards = [env.step(np.array([0.0, -1.0]))[4]["reward_terms"]["progress"] for _ in range(12)]
    assert sum(backwards) < -0.3


def test_a_car_that_stands_is_stuck_after_two_seconds():
    env = CircuitEnv(observation="state")
    env.reset(seed=100)
    infos = drive_to_the_end(env, lambda: np.zeros(2))
    assert len(infos) == 20
    assert infos[-1]["is_stuck"]
    assert not infos[-1]["success"]


def test_a_collision_costs_and_ends_nothing():
    env = CircuitEnv(observation="state")
    env.reset(seed=100)
    for _ in range(60):
        _, _, terminated, _, info = env.step(np.array([0.3, 1.0]))
        if info["cost"]:
            break
    assert info["cost"] == 1.0
    assert info["evaluation"]["impact"] >= 0.4
    assert info["reward_terms"]["collision"] == pytest.approx(-0.5 * info["evaluation"]["impact"])
    assert not terminated


def test_checkpoints_lie_on_the_lane_and_go_round_once():
    for env_type in (CircuitEnv, OffroadEnv):
        env = env_type(level=1, observation="state")
        env.reset(seed=100)
        courses = env.place.geometry
        points_K_2, line_L_2 = courses.checkpoint_P_K_2[0], courses.line_P_L_5[0, :, :2]
        distance = np.hypot(*np.moveaxis(points_K_2[:, None] - line_L_2, -1, 0))
        assert distance.min(axis=1).max() < courses.lane_P[0] / 4
        steps = np.diff(distance.argmin(axis=1), append=distance[0].argmin()) % column.LINE
        assert steps.sum() == column.LINE


def test_grass_slows_down_and_trees_stand_in_the_way():
    env = OffroadEnv(observation="state")
    env.reset(seed=100)
    courses = env.place.geometry
    assert set(np.unique(courses.surface_P_Y_X)) == {column.GRAVEL, column.DIRT, column.GRASS}
    inside = courses.clearance_P_Y_X[0, 20:-20, 20:-20]
    assert (inside < 0).any()
    assert np.ptp(courses.height_P_Y_X) > 0.5


def test_a_recovery_brings_a_car_back_that_runs_into_everything():
    env = PracticeEnv(observation="state", episode_steps=500)
    env.reset(seed=100)
    infos = drive_to_the_end(env, lambda: np.array([0.0, 1.0]))
    last = infos[-1]["evaluation"]
    assert last["interventions"] > 3
    assert last["rescues"] == 0
    assert sum(info["reward_terms"]["progress"] for info in infos) > 15.0
    told = [info["intervention"] for info in infos]
    assert told.count(True) == len([1 for info in infos if info["evaluation"]["intervention"]])
    assert sum(later and not before for before, later in itertools.pairwise(told)) >= 3


def test_while_a_recovery_drives_actions_count_for_nothing():
    env = PracticeEnv(observation="state")
    env.reset(seed=100)
    while not env.step(np.array([0.4, 1.0]))[4]["intervention"]:
        pass
    state = env.get_state()
    seen = []
    for action in (np.array([1.0, 1.0]), np.array([-1.0, -1.0])):
        env.set_state(state)
        seen.append(env.step(action)[0])
    np.testing.assert_array_equal(seen[0], seen[1])


@pytest.mark.parametrize("mode", ["SameStep", "NextStep"])
@pytest.mark.parametrize("env_type", [CircuitEnv, PracticeEnv])
def test_cars_together_are_to_the_bit_what_they_are_alone(env_type, mode):
    kwargs = {"episode_steps": 30} if env_type is PracticeEnv else {}
    assert_steps_as_alone(lambda: env_type(pixels=32, level=1, **kwargs), mode, steps=70)


def test_the_catalogues_vectors_are_native():
    vector = gym.make_vec("drive/Circuit-v0", num_envs=3, pixels=32)
    alone = gym.make_vec("drive/Circuit-v0", num_envs=3, vectorization_mode="sync", pixels=32)
    assert_same(vector.reset(seed=1)[0], alone.reset(seed=1)[0])
    assert "FirstPerson" in type(vector.unwrapped).__name__


def test_looks_and_the_car_can_be_set_for_an_episode():
    env = CircuitEnv(observation="pixels")
    task = env.reset(seed=100)[1]["task"]
    changes = {"style": (task.style + 1) % 4, "brightness": 0.6, "grip": 0.7, "camera_height": 0.45}
    seen, info = env.reset(seed=100, options={"randomize": changes})
    assert info["task"] == dataclasses.replace(task, **changes)
    assert env.row_S[column.GRIP] == 0.7
    assert not np.array_equal(seen, env.reset(seed=100)[0])


@pytest.mark.parametrize("kind", ["circuit", "offroad"])
def test_a_track_of_ones_own_is_driven_on(tmp_path, kind):
    file = tmp_path / "track.csv"
    file.write_text("x,y\n0,0\n60,0\n90,20\n60,50\n20,40\n-10,20\n")
    env = {"circuit": CircuitEnv, "offroad": OffroadEnv}[kind](track=file, track_scale=0.15, observation="state")
    env.reset(seed=100)
    assert drive_to_the_end(env, env.oracle)[-1]["success"]
    assert float(env.place.geometry.length_P[0]) == pytest.approx(0.15 * 250, rel=0.1)


def test_a_track_that_cannot_be_driven_is_refused_with_the_reason(tmp_path):
    file = tmp_path / "track.csv"
    file.write_text("0,0\n300,0\n300,200\n0,200\n")
    with pytest.raises(ValueError, match="96 m"):
        CircuitEnv(track=file)
    with pytest.raises(ValueError, match="tighter"):
        CircuitEnv(track=file, track_scale=0.004)
    with pytest.raises(ValueError, match="track_scale"):
        CircuitEnv(track=file, track_scale=0)


def test_other_cars_drive_where_variety_is_asked_for():
    def grips(**kwargs):
        env = CircuitEnv(observation="state", **kwargs)
        return [env.reset(seed=seed)[1]["task"].grip for seed in range(20)]

    assert np.ptp(grips(variety=1.0)) > 0.3 > 0.06 > np.ptp(grips())
    assert set(grips(variety=0.0)) == {1.0}
    with pytest.raises(ValueError, match="variety"):
        CircuitEnv(variety=2)


def test_a_pool_of_other_cars_pictures_is_played_from_a_seed():
    env = CircuitEnv(observation="pixels", pixels=16, variety=1.0)
    pool, again = (collect(env, "mixed", 40, seed=0) for _ in range(2))
    assert pool.observations.dtype == np.uint8
    assert pool.observations.shape[1:] == (16, 16, 3)
    np.testing.assert_array_equal(pool.observations, again.observations)


def test_a_course_that_is_named_is_driven_in_every_episode_the_same_way_round_and_in_the_same_textures():
    env = CircuitEnv(observation="state", course=2)
    tasks = [env.reset(seed=seed)[1]["task"] for seed in range(6)]
    assert {(task.layout, task.is_clockwise, task.style) for task in tasks} == {(2, False, 0)}
    assert len({task.start for task in tasks}) == 6


def test_a_course_that_there_is_not_is_refused():
    with pytest.raises(ValueError, match="course must be an integer from 0 to 3, got 4"):
        CircuitEnv(course=4)


def test_an_expert_with_a_limit_drives_slowly_and_as_well():
    env = CircuitEnv(observation="state", course=0, expert_speed=1.0)
    env.reset(seed=100)
    infos = drive_to_the_end(env, env.oracle)
    assert infos[-1]["success"]
    assert max(info["evaluation"]["speed"] for info in infos) < 1.3
    with pytest.raises(ValueError, match="expert_speed must be over 0, got 0"):
        CircuitEnv(expert_speed=0)


def test_infos_tell_where_the_car_is():
    env = CircuitEnv(observation="state")
    env.reset(seed=100)
    _, _, _, _, info = env.step(env.oracle())
    place = [info["evaluation"][name] for name in ("x", "y", "heading")]
    assert place == env.row_S[[column.X, column.Y, column.YAW]].tolist()
