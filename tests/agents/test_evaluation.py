import random

import gymnasium as gym
import numpy as np
import pytest
from gymnasium import spaces

from palaestra.agents.evaluation import EpisodeRecord, evaluate, summarise
from palaestra.envs.core import Verdict


class Countdown(gym.Env):
    """An episode of `seed` % 4 + 1 steps; the observation is what is left, the reward the action."""

    observation_space = spaces.Box(0, 10, (1,), np.float32)
    action_space = spaces.Box(-1, 1, (1,), np.float32)
    made = 0

    def __init__(self, verdict=None):
        Countdown.made += 1
        self.verdict = verdict
        self.render_mode = "rgb_array"
        self.closed = False

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self.left = seed % 4 + 1
        self.solved = True
        return np.array([self.left], np.float32), {}

    def step(self, action):
        assert self.left > 0, "stepped after the end"
        self.solved &= float(action[0]) == self.left
        self.left -= 1
        info = {"reward_terms": {"action": np.float32(action[0])}}
        if self.left == 0:
            info["success"] = self.solved
            if self.verdict:
                info["verdict"] = self.verdict
        return np.array([self.left], np.float32), float(action[0]), self.left == 0, False, info

    def render(self):
        return np.full((4, 4, 3), self.left, np.uint8)


class Echo:
    """Answers with what it sees, and remembers in its state how often each row was asked since its episode began."""

    def __init__(self):
        self.asked = []

    def predict(self, observation, state=None, episode_start=None, deterministic=False):
        turns = np.zeros(len(observation), int) if state is None else state.copy()
        turns[episode_start] = 0
        self.asked.append((observation[:, 0].copy(), turns.copy()))
        return observation, turns + 1


class Noise:
    """Draws from every process-wide generator."""

    def predict(self, observation, state=None, episode_start=None, deterministic=False):
        drawn = random.random() + np.random.random()  # noqa: NPY002
        return np.full((len(observation), 1), drawn), state


def test_every_episode_is_played_to_its_end_with_its_own_seed():
    records = evaluate(Echo(), Countdown, range(10), deterministic=True, batch_size=3)
    assert [record.seed for record in records] == list(range(10))
    assert [len(record.turns) for record in records] == [seed % 4 + 1 for seed in range(10)]
    assert [record.episode_return for record in records] == [sum(range(1, seed % 4 + 2)) for seed in range(10)]
    assert all(record.success for record in records)


@pytest.mark.parametrize("batch_size", [1, 2, 7, 50])
def test_the_batch_size_changes_no_episode_of_a_deterministic_agent(batch_size):
    alone = evaluate(Echo(), Countdown, range(7), deterministic=True, batch_size=1)
    together = evaluate(Echo(), Countdown, range(7), deterministic=True, batch_size=batch_size)
    assert [r.episode_return for r in together] == [r.episode_return for r in alone]


def test_no_more_environments_are_made_than_there_are_seeds():
    Countdown.made = 0
    evaluate(Echo(), Countdown, range(3), deterministic=True, batch_size=32)
    assert Countdown.made == 3


def test_an_agent_with_memory_is_told_where_episodes_begin():
    agent = Echo()
    evaluate(agent, Countdown, [3, 0, 0, 0], deterministic=True, batch_size=2)
    first_row = [(int(seen[0]), int(turn[0])) for seen, turn in agent.asked]
    second_row = [int(turn[1]) for _, turn in agent.asked]
    assert first_row == [(4, 0), (3, 1), (2, 2), (1, 3)]
    assert second_row == [0, 0, 0, 0]  # one-step episodes, then rest


def test_a_builder_gets_the_environments_that_are_stepped():
    def build(envs):
        class Oracle:
            def predict(self, observation, state=None, episode_start=None, deterministic=False):
                return [np.array([env.left]) for env in envs], state

        return Oracle()

    records = evaluate(build, Countdown, range(9), deterministic=True, batch_size=4)
    assert all(record.success for record in records)


def test_generators_of_the_process_are_as_before_and_the_same_agent_scores_the_same():
    torch = pytest.importorskip("torch")
    random.seed(1), np.random.seed(1), torch.manual_seed(1)  # noqa: NPY002
    expected = (random.random(), np.random.random(), float(torch.rand(())))  # noqa: NPY002
    random.seed(1), np.random.seed(1), torch.manual_seed(1)  # noqa: NPY002
    first = evaluate(Noise(), Countdown, range(4), deterministic=False)
    assert (random.random(), np.random.random(), float(torch.rand(()))) == expected  # noqa: NPY002
    second = evaluate(Noise(), Countdown, range(4), deterministic=False)
    assert [r.episode_return for r in first] == [r.episode_return for r in second]


def test_pictures_are_kept_only_when_asked_for():
    (filmed,) = evaluate(Echo(), Countdown, [2], deterministic=True, render=True)
    (plain,) = evaluate(Echo(), Countdown, [2], deterministic=True)
    assert [int(frame[0, 0, 0]) for frame in filmed.frames] == [3, 2, 1, 0]
    assert plain.frames == []


def test_reward_terms_and_progress_are_reported():
    seen = []
    records = evaluate(Echo(), Countdown, range(3), deterministic=True, progress=seen.append)
    assert records[1].turns[0].reward_terms == {"action": 2.0}
    assert seen == [1, 2, 3]


def test_text_is_recorded_turn_by_turn_at_the_level_asked_for():
    class Seven:
        def predict(self, observation, state=None, episode_start=None, deterministic=False):
            assert isinstance(observation, list)
            return ["7"] * len(observation), state

    records = evaluate(Seven(), lambda: gym.make("text/GuessNumber-v0"), range(5), deterministic=True, level=1)
    for record in records:
        assert record.level == 1
        assert record.turns[0].observation.startswith("Guess")
        assert isinstance(record.final_observation, str)
        assert record.success is not None


def test_an_episode_whose_grader_broke_is_counted_and_left_out():
    broken = EpisodeRecord(0, None, episode_return=5.0, success=False, verdict=Verdict.grader_error("oops"))
    fine = EpisodeRecord(1, None, episode_return=1.0, success=True, verdict=Verdict.correct())
    summary = summarise([broken, fine])
    assert (summary.episodes, summary.grader_errors) == (1, 1)
    assert (summary.success_rate, summary.return_mean) == (1.0, 1.0)
    assert summary.metrics()["eval/grader_errors"] == 1
    with pytest.raises(ValueError, match="grader did not break"):
        summarise([broken])


def test_without_a_notion_of_success_there_is_no_success_rate():
    summary = summarise([EpisodeRecord(0, None, episode_return=2.0), EpisodeRecord(1, None, episode_return=4.0)])
    assert summary.success_rate is None
    assert (summary.return_mean, summary.return_std) == (3.0, 1.0)
    assert "eval/success_rate" not in summary.metrics()


@pytest.mark.parametrize(("seeds", "batch_size", "named"), [([], 1, "seeds"), ([1], 0, "batch_size")])
def test_wrong_arguments_are_named(seeds, batch_size, named):
    with pytest.raises(ValueError, match=named):
        evaluate(Echo(), Countdown, seeds, deterministic=True, batch_size=batch_size)


def test_an_agents_class_is_built_from_the_environments_it_is_stepped_in():
    class Remembers(Echo):
        def __init__(self, envs):
            super().__init__()
            built.append(len(envs))

    built = []
    (record, *_) = evaluate(Remembers, Countdown, range(3), deterministic=True, batch_size=2)
    assert built == [2]
    assert record.success


@pytest.mark.parametrize(("metadata", "cost"), [({"cost_limit": 2.0}, 3.0), ({}, None)])
def test_costs_are_added_up_where_there_is_a_limit_on_them(metadata, cost):
    class Costly(Countdown):
        def __init__(self):
            super().__init__()
            self.metadata = metadata

        def step(self, action):
            *others, info = super().step(action)
            return (*others, info | {"cost": 1.0})

    summary = summarise(evaluate(Echo(), Costly, [3, 1, 2], deterministic=True, batch_size=2))
    assert summary.cost_mean == (cost and summary.episode_length_mean)
    assert ("eval/cost_mean" in summary.metrics()) == (cost is not None)


def test_what_an_environment_names_is_measured_at_the_end_and_some_of_it_where_the_episode_succeeded():
    class Measured(Countdown):
        metadata = {"measures": ("length",), "measures_of_success": ("time",)}  # noqa: RUF012

        def step(self, action):
            *others, info = super().step(action)
            return (*others, info | {"success": self.seed == 2, "evaluation": {"length": self.seed, "time": 5.0}})

        def reset(self, *, seed=None, options=None):
            self.seed = seed
            return super().reset(seed=seed, options=options)

    records = evaluate(Echo(), Measured, [3, 1, 2], deterministic=True, batch_size=2)
    assert [record.measures for record in records] == [{"length": 3.0}, {"length": 1.0}, {"length": 2.0, "time": 5.0}]
    metrics = summarise(records).metrics()
    assert (metrics["eval/length_mean"], metrics["eval/time_mean"]) == (2.0, 5.0)


def test_nothing_is_measured_that_no_episode_has():
    records = evaluate(Echo(), Countdown, [3, 1, 2], deterministic=True, batch_size=2)
    assert not summarise(records).measure_means
