import dataclasses
import math
import pickle
from functools import partial

import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env

from palaestra.envs.robot.mimic.imitation import TERMS
from palaestra.envs.robot.mimic.mimic_env import MimicEnv
from palaestra.envs.robot.mimic.task import LEVELS, MimicTask

from ..vector_checks import assert_steps_as_alone

STILL = dict.fromkeys(("pose", "velocity", "end_effectors", "root", "centre_of_mass"), 1.0)


def play(env, policy=None, **reset):
    """The infos of one episode."""
    _, info = env.reset(**reset)
    infos, over = [], False
    while not over:
        *_, terminated, truncated, info = env.step(env.oracle() if policy is None else policy())
        infos.append(info | {"terminated": terminated, "truncated": truncated})
        over = terminated or truncated
    return infos


def exactly(env, phase=0.0, **task):
    """An episode that begins exactly with a frame of the clip."""
    env.reset(options={"task": MimicTask(phase=phase, **task)})
    return env


def similarities_now(env):
    """What the body earns where it stands, without a step."""
    return env.evaluate(env.readings, env.episode)


@pytest.mark.parametrize("kwargs", [{}, {"clip": "backflip"}, {"body": "humanoid", "clip": "run"}])
@pytest.mark.parametrize("phase", [0.0, 0.3, 0.7])
def test_a_body_that_is_where_the_clip_is_is_perfectly_alike(kwargs, phase):
    env = exactly(MimicEnv(**kwargs), phase)
    found = similarities_now(env)
    # a foot that stands a millimetre in the floor is lifted out
    assert {term: round(float(getattr(found, term)), 3) for term in TERMS} == STILL


def test_the_expert_walks_open_loop():
    last = play(MimicEnv(end_on_fall=True), options={"task": MimicTask(phase=0.0)})[-1]
    assert last["truncated"]
    assert last["success"]
    assert last["evaluation"]["score"] > 0.9


def test_a_body_that_lets_its_joints_go_to_the_middle_falls_and_scores_little():
    env = MimicEnv(end_on_fall=True)
    last = play(env, policy=lambda: np.zeros(8, np.float32), seed=0)[-1]
    assert last["terminated"]
    assert last["evaluation"]["fallen"]
    assert not last["success"]
    assert last["evaluation"]["score"] < 0.2


def test_without_early_termination_a_fall_does_not_end_the_episode():
    infos = play(MimicEnv(), policy=lambda: np.zeros(8, np.float32), seed=0)
    assert len(infos) == MimicEnv.max_steps
    assert infos[-1]["truncated"]
    assert infos[-1]["evaluation"]["fallen"]


def test_a_clip_that_does_not_repeat_ends_the_episode():
    env = MimicEnv(clip="kick")
    infos = play(env, seed=0)
    assert len(infos) == env.reference.last == 60
    assert infos[-1]["terminated"]
    assert infos[-1]["success"]


def test_the_score_is_the_imitation_of_all_possible_steps():
    env = MimicEnv(clip="jump", end_on_fall=True)
    infos = play(env, policy=lambda: np.zeros(8, np.float32), seed=0)
    assert len(infos) < env.reference.last
    imitated = sum(info["evaluation"]["imitation"] for info in infos)
    assert infos[-1]["evaluation"]["score"] == pytest.approx(imitated / env.reference.last)


def test_the_reward_is_the_imitation_and_the_sum_of_its_terms():
    env, rng = MimicEnv(), np.random.default_rng(0)
    env.reset(seed=0)
    for _ in range(20):
        _, reward, *_, info = env.step(rng.uniform(-1, 1, 8))
        assert set(info["reward_terms"]) == set(TERMS)
        assert reward == pytest.approx(info["evaluation"]["imitation"])
        assert 0 <= reward <= 1


def test_weights_are_shares_and_with_a_goal_the_goal_has_its_own():
    env = MimicEnv(goal="heading", weights={"pose": 3, "velocity": 0, "end_effectors": 0, "root": 1, "goal": 0.4})
    env.reset(seed=0)
    _, reward, *_, info = env.step(env.oracle())
    found = info["evaluation"]
    imitation = (3 * found["pose"] + found["root"] + 0.1 * found["centre_of_mass"]) / 4.1
    assert found["imitation"] == pytest.approx(imitation)
    assert reward == pytest.approx(0.7 * imitation + 0.4 * found["goal"])


def test_scales_set_how_fast_a_similarity_falls():
    soft, hard = (MimicEnv(scales={"pose": scale}) for scale in (0.1, 0.2))
    task = MimicTask(phase=0.0, offsets=(0.5,) * 8)
    found = [similarities_now(env) for env in (soft, hard) if env.reset(options={"task": task})]
    assert float(found[1].pose) == pytest.approx(float(found[0].pose) ** 2)
    assert found[1].pose < 0.9


def test_the_start_is_the_first_frame_unless_any_is_asked_for():
    first, anywhere = MimicEnv(), MimicEnv(start="random")
    assert {first.reset(seed=seed)[1]["task"].phase for seed in range(5)} == {0.0}
    phases = [anywhere.reset(seed=seed)[1]["task"].phase for seed in range(40)]
    assert min(phases) < 0.2
    assert max(phases) > 0.8
    frames = {phase * anywhere.reference.last for phase in phases}
    assert all(frame == pytest.approx(round(frame)) for frame in frames)


def test_a_random_start_has_the_clips_pose_and_velocity():
    env = exactly(MimicEnv(clip="backflip"), phase=30 / 65)
    np.testing.assert_allclose(env.data.qpos, env.reference.qpos_FQ[30])
    np.testing.assert_allclose(env.data.qvel, env.reference.qvel_FV[30])
    assert abs(env.data.qvel[2]) > 5  # it turns
    assert float(env.episode.possible) == 35


def test_no_episode_of_a_clip_that_does_not_repeat_begins_at_its_very_end():
    env = MimicEnv(clip="jump", start="random")
    env.reset(seed=0)
    assert min(env.episode.possible for _ in range(200) if env.reset()) == 5


@pytest.mark.parametrize("level", range(len(LEVELS)))
def test_a_level_is_how_far_from_the_clip_an_episode_begins(level):
    env = MimicEnv()
    tasks = [env.sample(np.random.default_rng(seed), level) for seed in range(50)]
    offsets = np.abs([task.offsets for task in tasks])
    assert 0.9 * LEVELS[level].offset < offsets.max() <= LEVELS[level].offset
    assert np.abs([task.nudge for task in tasks]).max() <= LEVELS[level].nudge


def test_no_episode_begins_with_a_foot_in_the_floor():
    env = MimicEnv(level=2)
    for seed in range(10):
        env.reset(seed=seed)
        assert (env.data.contact.dist[: env.data.ncon] > -1e-6).all()


def test_a_new_cycle_begins_where_the_body_is():
    env = exactly(MimicEnv())
    for _ in range(env.reference.last):
        env.step(env.oracle())
    behind = env.readings["pelvis"][0] - env.reference.postures.position_X3[-1, 0]
    assert abs(behind) > 0.005
    env.step(env.oracle())
    assert env.episode.frame == 1
    wanted = env.reference.postures.position_X3[1, 0] + env.episode.origin[0]
    assert abs(wanted - env.readings["pelvis"][0]) < abs(behind) + 0.005


def test_a_heading_is_rewarded_for_speed_along_it_and_turns_the_clip():
    env = exactly(MimicEnv(body="humanoid", goal="heading"), direction=1.0, speed=0.0)
    slow = similarities_now(env)
    assert slow.goal == 1.0
    assert slow.root < 1.0  # it looks ahead, and the clip goes to the left
    env = exactly(MimicEnv(body="humanoid", goal="heading"), direction=math.pi, speed=1.0)
    assert similarities_now(env).goal < 0.01  # it goes the wrong way
    env = exactly(MimicEnv(body="humanoid", goal="heading"), direction=0.0, speed=1.0)
    assert similarities_now(env).goal > 0.99


def test_a_target_is_struck_by_what_the_clip_names_and_stays_struck():
    env = exactly(MimicEnv(clip="kick", goal="strike"), target=(0.9, -0.09, 0.8))
    infos = []
    for _ in range(50):
        infos.append(env.step(env.oracle())[4])
    struck = [info["evaluation"]["is_struck"] for info in infos]
    assert not struck[10]
    assert struck[-1]
    assert struck == sorted(struck)
    first = struck.index(True)
    assert infos[first]["evaluation"]["goal"] == 1.0
    assert infos[-1]["reward_terms"]["goal"] == pytest.approx(0.3)
    assert 0.1 < infos[first - 1]["evaluation"]["goal"] < 1.0


@pytest.mark.parametrize("kwargs", [{"clip": "kick", "goal": "strike"}, {"goal": "heading"}])
def test_a_goal_is_in_the_observation(kwargs):
    plain, with_goal = MimicEnv(clip=kwargs.get("clip", "walk")), MimicEnv(**kwargs)
    seen = [with_goal.reset(seed=seed)[0] for seed in (0, 1)]
    size = plain.observation_space.shape[0]
    assert not np.array_equal(seen[0][size:], seen[1][size:])


def test_what_a_humanoid_sees_does_not_depend_on_where_it_heads():
    env = MimicEnv(body="humanoid")
    exactly(env)
    ahead = env.observe(env.readings, env.episode)
    quarter = np.array([math.cos(math.pi / 4), 0.0, 0.0, math.sin(math.pi / 4)])
    w, x, y, z = env.data.qpos[3:7]
    env.data.qpos[3:7] = [
        quarter[0] * w - quarter[3] * z,
        quarter[0] * x - quarter[3] * y,
        quarter[0] * y + quarter[3] * x,
        quarter[0] * z + quarter[3] * w,
    ]
    env.data.qvel[:2] = -env.data.qvel[1], env.data.qvel[0]
    env.set_state(env.get_state())
    aside = env.observe(env.readings, env.episode)
    np.testing.assert_allclose(aside, ahead, atol=1e-5)


@pytest.mark.parametrize(
    ("kwargs", "message"),
    [
        ({"body": "biped"}, "body must be one of planar, humanoid"),
        ({"clip": "fly"}, "clip must be one of"),
        ({"clip": 3}, "clip must be a name"),
        ({"goal": "fame"}, "goal must be one of none, heading, strike"),
        ({"goal": "heading", "clip": "jump"}, "goal must not be 'heading' for the clip jump"),
        ({"goal": "strike"}, "goal must not be 'strike' for the clip walk"),
        ({"start": "last"}, "start must be 'first' or 'random'"),
        ({"end_on_fall": 1}, "end_on_fall must be True or False"),
        ({"weights": {"poise": 1}}, "weights has no field 'poise'; did you mean pose"),
        ({"weights": {"pose": -1}}, r"weights\.pose must be 0 or more"),
        ({"weights": dict.fromkeys(TERMS, 0.0)}, "weights must have one above 0"),
        ({"scales": {"root": "5"}}, r"scales\.root must be a finite number"),
    ],
)
def test_a_wrong_argument_is_refused_by_name(kwargs, message):
    with pytest.raises(ValueError, match=message):
        MimicEnv(**kwargs)


@pytest.mark.parametrize(
    ("task", "named"),
    [
        ({"phase": 1.0}, "phase"),
        ({"phase": -0.1}, "phase"),
        ({"phase": 0.0, "offsets": [1.0]}, "offsets"),
        ({"phase": 0.0, "offsets": [1e9] * 8}, "numbers within"),
        ({"phase": 0.0, "nudge": [1.0]}, "nudge"),
        ({"phase": 0.0, "level": 7}, "level"),
    ],
)
def test_an_impossible_task_is_refused_by_name(task, named):
    with pytest.raises(ValueError, match=named):
        MimicEnv().reset(options={"task": task})


@pytest.mark.parametrize(
    "kwargs",
    [
        {"body": "humanoid", "goal": "heading", "start": "random", "end_on_fall": True, "level": 2},
        {"clip": "kick", "goal": "strike", "start": "random"},
        {"clip": "backflip", "end_on_fall": True},
    ],
)
def test_many_bodies_step_as_each_does_alone(kwargs):
    assert assert_steps_as_alone(partial(MimicEnv, **kwargs), steps=70) >= 4


def test_a_humanoid_passes_gymnasiums_checks_and_pickles_with_its_state(recwarn):
    env = MimicEnv(body="humanoid", clip="kick", goal="strike", start="random")
    check_env(env, skip_render_check=True)
    env.reset(seed=5)
    env.step(env.action_space.sample())
    again = pickle.loads(pickle.dumps(env))
    action = env.action_space.sample()
    results = [one.step(action) for one in (env, again)]
    np.testing.assert_array_equal(results[0][0], results[1][0])
    assert results[0][1] == results[1][1]
    assert dataclasses.asdict(env.task) == dataclasses.asdict(again.task)
    assert not list(recwarn)
