"""Plays many episodes at once."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import gymnasium as gym
import torch

from ..generation.protocol import Completion, Engine, Prompt, Sampling
from ..policy import Policy
from ..types import Episode, Segment, Source, StopReason
from .stepper import Step, Stepper


@dataclass(slots=True)
class _Conversation:
    """An episode while it is played."""

    env: gym.Env[str, str]
    seed: int
    tokens: list[int]
    pending: list[int]  # tokens of the environment that no segment holds yet
    observation: str  # what they say
    last: Segment | None = None
    observations_K: list[str] = field(default_factory=list)
    rewards_K: list[float] = field(default_factory=list)
    reward_terms_K: list[dict[str, float]] = field(default_factory=list)
    info: dict[str, Any] = field(default_factory=dict)
    stop: StopReason | None = None

    def finish(self) -> Episode:
        assert self.last is not None
        assert self.stop is not None
        success = False if self.stop is StopReason.CONTEXT_FULL else self.info.get("success")
        return Episode(
            last=self.last,
            rewards_K=self.rewards_K,
            reward_terms_K=self.reward_terms_K,
            success=None if success is None else bool(success),
            verdict=self.info.get("verdict"),
            stop=self.stop,
            seed=self.seed,
            observations_K=self.observations_K,
            final_observation=self.observation,
        )


def rollout(
    policy: Policy,
    engine: Engine,
    envs: Sequence[gym.Env[str, str]],
    seeds: Sequence[int],
    sampling: Sampling,
    generator: torch.Generator,
) -> list[Episode]:
    """Play one episode a seed, as many at once as there are environments.

    An environment whose episode has ended begins the next one at once, so the engine always has as many conversations
    as environments until the seeds are used up. Which episode is played where depends on the replies alone.

    Args:
        policy: whose tokenizer and chat format are used.
        engine: generates the replies; the policy's weights are in it.
        envs: one a conversation at a time, reset here.
        seeds: of the resets; episodes of equal seeds play the very same task.
        sampling: how replies are drawn.
        generator: of random numbers.

    Returns:
        The episodes, in the order of `seeds`. One whose next turn would not fit the context ends with
        `StopReason.CONTEXT_FULL`, keeps the rewards it has, and counts as failed.

    Raises:
        ValueError: there are seeds but no environment.
    """
    if seeds and not envs:
        raise ValueError("envs must hold at least one environment")
    episodes: dict[int, Episode] = {}
    waiting = iter(enumerate(seeds))
    tasks: dict[int, Any] = {}
    active: dict[int, _Conversation] = {}  # by the number of their episode
    idle = list(envs)
    with Stepper() as stepper:
        while len(episodes) < len(seeds):
            for number, seed in itertools.islice(waiting, len(idle)):
                active[number] = _begin(idle.pop(0), seed, tasks, sampling, policy)
            talking = [number for number, conversation in active.items() if conversation.stop is None]
            prompts = [Prompt(active[number].tokens, number) for number in talking]
            completions = engine.generate(prompts, sampling, generator) if prompts else []
            actions = [policy.decode(completion.tokens) for completion in completions]
            steps = stepper.step([active[number].env for number in talking], actions)
            for number, completion, step in zip(talking, completions, steps, strict=True):
                _take_turn(active[number], completion, step, sampling, policy)
            for number in [number for number, conversation in active.items() if conversation.stop is not None]:
                ended = active.pop(number)
                episodes[number] = ended.finish()
                idle.append(ended.env)
    return [episodes[number] for number in range(len(seeds))]


def _begin(
    env: gym.Env[str, str], seed: int, tasks: dict[int, Any], sampling: Sampling, policy: Policy
) -> _Conversation:
    # a wrapper may draw another level in each copy, so the first one's task is handed to the others
    observation, info = env.reset(seed=seed, options={"task": tasks[seed]} if seed in tasks else None)
    if "task" in info:
        tasks.setdefault(seed, info["task"])
    opening = policy.chat.opening(observation)
    conversation = _Conversation(env, seed, list(opening), opening, observation)
    if not _has_room(conversation, sampling, policy):
        # not even the first turn fits: an episode without a word of the policy
        conversation.last = Segment.turn(opening, [], turn=0)
        conversation.observations_K.append(observation)
        conversation.rewards_K.append(0.0)
        conversation.reward_terms_K.append({})
        conversation.stop = StopReason.CONTEXT_FULL
    return conversation


def _has_room(conversation: _Conversation, sampling: Sampling, policy: Policy) -> bool:
    return len(conversation.tokens) + sampling.max_new_tokens <= policy.context_length


def _take_turn(
    conversation: _Conversation, completion: Completion, step: Step, sampling: Sampling, policy: Policy
) -> None:
    conversation.last = Segment.turn(
        conversation.pending,
        completion.tokens,
        turn=len(conversation.rewards_K),
        logp=completion.logp,
        source=Source.POLICY,
        parent=conversation.last,
    )
    conversation.tokens += completion.tokens
    conversation.observations_K.append(conversation.observation)
    observation, reward, terminated, truncated, info = step
    conversation.rewards_K.append(float(reward))
    conversation.reward_terms_K.append(dict(info.get("reward_terms", {})))
    conversation.observation = observation
    conversation.info = info
    if terminated or truncated:
        conversation.stop = StopReason.TERMINATED if terminated else StopReason.TRUNCATED
    else:
        conversation.pending = policy.chat.following(observation, reply_ended=completion.ended)
        conversation.tokens += conversation.pending
        if not _has_room(conversation, sampling, policy):
            conversation.stop = StopReason.CONTEXT_FULL
