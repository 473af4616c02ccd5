"""What a reward from pictures does to an episode, by judges that need no training."""

import pickle

import gymnasium as gym
import numpy as np
import pytest

import palaestra  # noqa: F401  (registers the environments)
from palaestra.wrappers import make_wrapper
from palaestra.wrappers.rewards.pictures.examples import play_examples

SIZE = 16


class Sure:
    """Says of every picture the same; the classifier that there is once it is made."""

    def __init__(self, verdict):
        self.verdict = verdict

    def __call__(self, *pictures, seed, updates=None):
        return self

    def probability(self, picture_B_H_W_C):
        return np.full(len(picture_B_H_W_C), self.verdict)


class Counting(Sure):
    """Believes in the goal the less, the more updates there were, and remembers what they showed."""

    def __init__(self, verdict=0.9):
        super().__init__(verdict)
        self.batches = []

    def __call__(self, shape, *, seed):
        assert shape == (SIZE, SIZE, 3)
        return self

    def update(self, goal_N_H_W_C, seen_N_H_W_C):
        self.batches.append((goal_N_H_W_C.copy(), seen_N_H_W_C.copy()))
        self.verdict *= 0.9
        return 0.0


@pytest.fixture(autouse=True)
def _can_draw():
    env = gym.make("robot/PegInsert-v0", observation="pixels", pixels=SIZE)
    try:
        env.reset(seed=0)
    except RuntimeError as error:
        pytest.skip(f"no headless OpenGL on this machine: {error}")
    env.close()


def body():
    return gym.make("robot/PegInsert-v0", disable_env_checker=True, reward="sparse")


def judged(verdict, **more):
    return make_wrapper(
        "image_classifier", body(), cameras=["wrist"], size=SIZE, episodes=3, classifier=Sure(verdict), **more
    )


def vice(judge=None, **more):
    settings = {"episodes": 3, "first_updates": 2, "every": 4, "batch_size": 5, "cameras": ["wrist"], "size": SIZE}
    return make_wrapper("vice", body(), classifier=judge or Counting(), **(settings | more))


def play(env, policy):
    """The steps of an episode: (observation, reward, terminated, truncated, info) each."""
    steps = []
    while not steps or not (steps[-1][2] or steps[-1][3]):
        steps.append(env.step(policy()))
    return steps


def still():
    return np.zeros(4, np.float32)


def test_a_verdict_of_success_is_paid_and_ends_the_episode_whatever_the_task_says():
    env = judged(0.5, reward=3.0)
    env.reset(seed=0)
    _, reward, terminated, truncated, info = env.step(still())
    assert (reward, terminated, truncated) == (3.0, True, False)
    assert info["reward_terms"] == {"classifier": 3.0}
    assert (info["success"], info["classified_success"], info["success_probability"]) == (False, True, 0.5)


def test_a_success_that_is_not_seen_is_worth_nothing_and_no_end_to_learn_from():
    env = judged(0.49)
    env.reset(seed=0)
    steps = play(env, env.oracle)
    assert [reward for _, reward, *_ in steps] == [0.0] * len(steps)
    *_, terminated, truncated, info = steps[-1]
    assert (terminated, truncated) == (False, True)
    assert (info["success"], info["classified_success"]) == (True, False)


def test_time_runs_out_as_ever():
    env = judged(0.0)
    env.reset(seed=0)
    steps = play(env, still)
    assert len(steps) == env.unwrapped.max_steps
    assert steps[-1][2:4] == (False, True)


def test_learning_leaves_the_environment_as_it_was():
    env, bare = judged(0.0), body()
    for _ in range(2):  # the second reset goes on from the generator
        seed = 4 if _ == 0 else None
        np.testing.assert_array_equal(env.reset(seed=seed)[0], bare.reset(seed=seed)[0])
        np.testing.assert_array_equal(env.step(still())[0], bare.step(still())[0])


def test_examples_are_told_apart_by_the_true_success():
    env = body()
    shown = []

    def look():
        depth = -env.unwrapped.readings["peg_in_hole"][2]
        shown.append(depth)
        return np.full((1, 1, 3), 255 if depth >= 0.03 else 0, np.uint8)

    examples = play_examples(env, look, episodes=6, seed=0)
    assert len(examples.done_N_H_W_C) + len(examples.other_N_H_W_C) == len(shown)
    assert 3 <= len(examples.done_N_H_W_C) <= 6
    assert (examples.done_N_H_W_C == 255).all()
    assert (examples.other_N_H_W_C == 0).all()


def test_play_that_never_gets_there_is_an_error():
    with pytest.raises(ValueError, match="in 1 play never came to the task done"):
        play_examples(_Lost(body()), lambda: np.zeros((1, 1, 3), np.uint8), episodes=1, seed=0)


class _Lost(gym.Wrapper):
    def step(self, action):
        observation, reward, terminated, truncated, info = super().step(action)
        return observation, reward, terminated, truncated, {**info, "success": False}


def test_what_was_seen_is_learnt_from_every_so_many_steps():
    env = vice(judge := Counting(0.1))
    env.reset(seed=0)
    assert len(judge.batches) == 2
    before = env.get_state().own["_seen"]
    for _ in range(12):
        env.step(still())
    assert len(judge.batches) == 2 + 3
    assert env.get_state().own["_seen"] == before + 12
    assert all(len(goals) == len(seen) == 5 for goals, seen in judge.batches)


def test_a_picture_that_is_seen_again_and_again_becomes_a_negative_example():
    env = vice(judge := Counting(0.1), capacity=8)
    env.reset(seed=0)
    for _ in range(16):
        env.step(still())
    now = env.look()
    assert any(np.abs(picture.astype(int) - now).mean() < 2 for picture in judge.batches[-1][1])
    assert not any(np.abs(picture.astype(int) - now).mean() < 2 for picture in judge.batches[-1][0])


@pytest.mark.parametrize("make", [lambda: judged(0.4), lambda: vice(Counting(0.4))], ids=["image_classifier", "vice"])
def test_a_snapshot_and_a_pickle_go_on_to_the_same_future(make):
    env = make()
    env.reset(seed=0)
    for _ in range(3):
        env.step(env.oracle())
    copies = [pickle.loads(pickle.dumps(env)), make()]
    copies[1].set_state(pickle.loads(pickle.dumps(env.get_state())))
    futures = [play(player, player.oracle) for player in (env, *copies)]
    for future in futures[1:]:
        assert len(future) == len(futures[0])
        for (one, *rest), (other, *others) in zip(future, futures[0], strict=True):
            np.testing.assert_array_equal(one, other)
            assert rest == others


def test_cameras_are_judged_side_by_side():
    env = make_wrapper("image_classifier", body(), cameras=["scene", "wrist"], size=SIZE, classifier=Sure(0.0))
    env.unwrapped.reset(seed=0)
    assert env.look().shape == (SIZE, SIZE, 6)


@pytest.mark.parametrize(
    ("name", "arguments", "message"),
    [
        ("image_classifier", {"cameras": ["ceiling"]}, "cameras must be one or more of scene, wrist"),
        ("image_classifier", {"size": 0}, "size must be an integer from 1 to"),
        ("image_classifier", {"episodes": 0}, "episodes must be"),
        ("image_classifier", {"updates": 0}, "updates must be"),
        ("image_classifier", {"reward": float("nan")}, "reward must be a finite number"),
        ("vice", {"capacity": 0}, "capacity must be"),
        ("vice", {"every": 0}, "every must be"),
        ("vice", {"batch_size": 0}, "batch_size must be"),
        ("vice", {"seed": -1}, "seed must be"),
    ],
)
def test_bad_arguments_are_named(name, arguments, message):
    with pytest.raises(ValueError, match=message):
        make_wrapper(name, body(), **arguments)


@pytest.mark.parametrize("id", ["text/GuessNumber-v0", "CartPole-v1"])
def test_there_must_be_cameras_and_an_expert(id):
    with pytest.raises(ValueError, match="env must"):
        make_wrapper("image_classifier", gym.make(id))
