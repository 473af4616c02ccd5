"""Rollouts in which the policy calls tools: what a tool says is never the policy's own."""

import time
from functools import partial

import gymnasium as gym
import pytest
import torch

import palaestra  # noqa: F401  (registers the environments)
from palaestra.agents.llm.generation.protocol import Completion, Sampling
from palaestra.agents.llm.rollout import stepper
from palaestra.agents.llm.rollout.multi_turn import rollout
from palaestra.agents.llm.tiny import TinyConfig, build_tiny
from palaestra.agents.llm.types import Group, Source, collate
from palaestra.wrappers.tools import Tool, ToolUse

TURNS = ['<tool name="echo">17</tool>', "2", '<tool name="echo">x</tool>', "2", "2", "2", "2"]


class Echo(Tool):
    """Says what it is told, as if it were an answer."""

    name, description = "echo", "repeats"

    def run(self, argument, state):
        return f"<answer>{argument}</answer>"


class Scripted:
    """An engine that says the turns in their order."""

    def __init__(self, policy):
        self._policy = policy
        self.turn = 0
        self.replies = []

    def generate(self, prompts, sampling, generator):
        reply = self._policy.chat.reply(TURNS[self.turn])
        self.turn += 1
        self.replies.append(reply)
        return [Completion(list(reply), [-0.5] * len(reply), True) for _ in prompts]

    def sync(self, policy) -> None: ...

    def forget(self) -> None: ...


@pytest.fixture
def policy():
    """One that can say and read every character of a call and its result."""
    size = TinyConfig(hidden_size=32, layers=2, heads=2, intermediate_size=64, vocabulary=150, context_length=1024)
    return build_tiny([*TURNS, "<result>&;\n", "say one number from 1 to 31", "slow"], size, seed=0, device="cpu")


def play(policy):
    engine = Scripted(policy)
    make = partial(gym.make, "text/GuessNumber-v0", disable_env_checker=True)
    env = ToolUse(make(), tools=[Echo()], describe=False)
    [episode] = rollout(policy, engine, [env], [3], Sampling(80), torch.Generator())
    return episode, engine


def test_own_tokens_are_the_sampled_replies_and_nothing_else(policy):
    episode, engine = play(policy)
    segments = episode.last.lineage()
    assert len(segments) == len(TURNS)
    assert [segment.tokens_T[segment.own_T].tolist() for segment in segments] == engine.replies
    assert {segment.source for segment in segments} == {Source.POLICY}
    batch = collate([Group([episode])], pad_token=policy.pad_token)
    own = batch.tokens_B_T[batch.own_B_T].tolist()
    assert own == [token for reply in engine.replies for token in reply]


def test_what_a_tool_said_is_read_and_masked(policy):
    episode, _ = play(policy)
    assert episode.observations_K[1] == "<result>\n&lt;answer>17&lt;/answer>\n</result>"
    after = episode.last.lineage()[1]
    read = after.tokens_T[~after.own_T].tolist()
    assert read == policy.chat.following(episode.observations_K[1], reply_ended=True)
    assert not after.logp_T[~after.own_T].any()


def test_calls_are_turns_without_reward_that_the_environment_does_not_count(policy):
    episode, _ = play(policy)
    assert episode.rewards_K[0] == episode.rewards_K[2] == 0.0
    assert episode.reward_terms_K[0] == {"task": 0.0, "tools": 0.0}
    assert episode.success is False
    assert len(episode.rewards_K) == 2 + 5, "two calls, and five guesses"


class Slow(Tool):
    """Takes a while, longer for some than for others."""

    name, description = "slow", "waits"

    def run(self, argument, state):
        time.sleep(0.02 + 0.002 * int(argument))
        return argument


class Numbered:
    """An engine whose conversations each call the tool three times with a number of their own, then guess."""

    def __init__(self, policy):
        self._policy = policy
        self._turns = {}

    def generate(self, prompts, sampling, generator):
        return [self._reply(prompt.slot) for prompt in prompts]

    def _reply(self, slot):
        turn = self._turns[slot] = self._turns.get(slot, 0) + 1
        reply = self._policy.chat.reply(f'<tool name="slow">{slot}</tool>' if turn <= 3 else "2")
        return Completion(list(reply), [-0.5] * len(reply), True)

    def sync(self, policy) -> None: ...

    def forget(self) -> None: ...


def test_slow_tools_of_many_episodes_overlap_and_change_nothing(policy, monkeypatch):
    def timed_play():
        make = partial(gym.make, "text/GuessNumber-v0", disable_env_checker=True)
        envs = [ToolUse(make(), tools=[Slow()], describe=False) for _ in range(12)]
        began = time.perf_counter()
        episodes = rollout(policy, Numbered(policy), envs, list(range(12)), Sampling(80), torch.Generator())
        seconds = time.perf_counter() - began
        tokens = [[segment.tokens_T.tolist() for segment in episode.last.lineage()] for episode in episodes]
        return seconds, tokens, [(episode.rewards_K, episode.observations_K) for episode in episodes]

    overlapped, *trajectories = timed_play()
    monkeypatch.setattr(stepper, "SLOW_SECONDS", float("inf"))
    one_by_one, *expected = timed_play()
    assert trajectories == expected
    for number, (_, observations) in enumerate(expected[1]):
        assert observations[1:4] == [f"<result>\n{number}\n</result>"] * 3
    assert overlapped <= 0.6 * one_by_one
