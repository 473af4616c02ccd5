from dataclasses import dataclass, field

import pytest
from gymnasium.error import ResetNeeded

from palaestra.envs.core import SingleTurnEnv, Status, Task, TextEnv, Verdict


@dataclass
class Told:
    words: list[str] = field(default_factory=list)


class Diary(TextEnv):
    """Remembers what it is told, for three turns."""

    levels = ("short", "long")

    def sample(self, rng, level):
        return Task(prompt=f"{self.levels[level]} {rng.integers(1000)}", level=level)

    def start(self, task):
        return Told()

    def respond(self, episode, action):
        episode.words.append(action)
        truncated = len(episode.words) == 3
        info = {"success": True} if truncated else {}
        return " ".join(episode.words), 1.0, False, truncated, info

    def expert(self, episode):
        return f"word {len(episode.words)}"


class Parrot(SingleTurnEnv):
    """Say the word; `crash` breaks its grader."""

    levels = ("only",)

    def sample(self, rng, level):
        return Task(prompt="say hello", answer="hello")

    def grade(self, task, response):
        if response == "crash":
            raise RuntimeError("x" * 1000)
        if response == task.answer[:3]:
            return Verdict.wrong("nearly", 0.5)
        return Verdict.correct("well said") if response == task.answer else Verdict.wrong()

    def solution(self, task):
        return task.answer


def test_an_episode_goes_on_until_it_is_truncated():
    env = Diary()
    assert env.reset(seed=0)[0].startswith("short ")
    assert env.step("a") == ("a", 1.0, False, False, {})
    assert env.step("b")[0] == "a b"
    assert env.step("c") == ("a b c", 1.0, False, True, {"success": True})
    with pytest.raises(ResetNeeded):
        env.step("d")
    assert env.oracle() is None
    env.reset()
    assert env.step("e")[0] == "e", "the second episode shows the first"


def test_the_level_of_the_options_wins_for_one_episode():
    env = Diary(level=1)
    assert env.reset(seed=0)[0].startswith("long ")
    assert env.reset(options={"level": 0})[0].startswith("short ")
    assert env.reset()[0].startswith("long ")


def test_a_task_of_the_options_leaves_the_generator_alone():
    env, other = Diary(), Diary()
    env.reset(seed=3)
    other.reset(seed=3)
    env.reset(options={"task": Task(prompt="mine")})
    assert env.reset() == other.reset()


@pytest.mark.parametrize(
    ("prompt", "message"), [(3, "prompt must be a string"), (None, "prompt"), ("x" * 4097, "4096 characters")]
)
def test_a_prompt_that_cannot_be_an_observation_is_refused(prompt, message):
    with pytest.raises(ValueError, match=message):
        Diary().reset(options={"task": {"prompt": prompt}})


def test_the_transcript_is_kept_with_a_render_mode_only():
    quiet, loud = Diary(), Diary(render_mode="ansi")
    for env in (quiet, loud):
        env.reset(options={"task": {"prompt": "go"}})
        env.step("a")
        env.step("b")
    assert quiet.render() is None
    assert loud.render() == "go\n> a\na\n> b\na b"
    loud.reset(options={"task": {"prompt": "again"}})
    assert loud.render() == "again"


def test_a_snapshot_holds_the_episode_the_generator_and_the_transcript():
    env = Diary(render_mode="ansi")
    env.reset(seed=1)
    env.step("a")
    state = env.get_state()
    futures = []
    for _ in range(2):
        futures.append((env.step("b"), env.step("c"), env.render(), env.reset(), env.reset()))
        env.set_state(state)
    assert futures[0] == futures[1]
    assert state.episode[0].words == ["a"]


def test_single_turns_are_graded_and_over():
    env = Parrot()
    env.reset(seed=0)
    assert env.oracle() == "hello"
    observation, reward, terminated, truncated, info = env.step("hello")
    assert (observation, reward, terminated, truncated) == ("correct: well said", 1.0, True, False)
    assert info == {"success": True, "verdict": Verdict.correct("well said")}


def test_partial_credit_is_a_reward_and_no_success():
    env = Parrot()
    env.reset(seed=0)
    _, reward, _, _, info = env.step("hel")
    assert (reward, info["success"]) == (0.5, False)


def test_a_grader_that_breaks_is_not_a_wrong_answer():
    env = Parrot()
    env.reset(seed=0)
    observation, reward, terminated, _, info = env.step("crash")
    assert info["verdict"].status is Status.GRADER_ERROR
    assert (reward, terminated, info["success"]) == (0.0, True, False)
    assert len(observation) < 300


@pytest.mark.parametrize(("kwargs", "name"), [({"level": 2}, "level"), ({"render_mode": "human"}, "render_mode")])
def test_bad_arguments_are_named(kwargs, name):
    with pytest.raises(ValueError, match=name):
        Diary(**kwargs)
