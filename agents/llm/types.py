"""What flows through the LLM kernel: segments make episodes, episodes make groups, groups make a batch.

Everything is kept as token ids from the moment it was sampled; nothing is decoded and tokenised again. Shape suffixes:
B sequences, T tokens, K turns, N the policy's own tokens of a batch, flattened.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
import torch
from numpy.typing import NDArray

from ...envs.core import Status, Verdict


class Source(StrEnum):
    """Who wrote the own tokens of a segment."""

    POLICY = "policy"
    TEACHER = "teacher"
    REHEARSAL = "rehearsal"
    TOOL = "tool"
    HINT = "hint"
    SUMMARY = "summary"


SOURCES = tuple(Source)
"""The order in which tensors number the sources."""


class StopReason(StrEnum):
    """Why an episode ended."""

    TERMINATED = "terminated"
    TRUNCATED = "truncated"
    CONTEXT_FULL = "context_full"


@dataclass(frozen=True, slots=True, eq=False)
class Segment:
    """One turn: the tokens the environment added, then the tokens that answered them.

    Attributes:
        tokens_T: token ids.
        logp_T: log-probability of each own token when it was sampled (at the sampling temperature); 0 elsewhere.
        own_T: which tokens are `source`'s own, and so may be trained on.
        turns_T: the turn each token belongs to, counted from 0; turn ends are known from here, never from rewards.
        source: who wrote the own tokens.
        parent: the segment before; None for the first. Segments that share a parent are a fork.
    """

    tokens_T: NDArray[np.int64]
    logp_T: NDArray[np.float32]
    own_T: NDArray[np.bool_]
    turns_T: NDArray[np.int64]
    source: Source = Source.POLICY
    parent: Segment | None = None

    @classmethod
    def turn(
        cls,
        context: Sequence[int],
        reply: Sequence[int],
        *,
        turn: int,
        logp: Sequence[float] | None = None,
        source: Source = Source.POLICY,
        parent: Segment | None = None,
    ) -> Segment:
        """A segment from the tokens of the environment and the tokens of the reply.

        Args:
            context: token ids the environment added.
            reply: token ids of the answer.
            turn: the index of the turn.
            logp: the reply's log-probabilities; None where nobody sampled it (a teacher's text).
            source: who wrote the reply.
            parent: the segment before.
        """
        length = len(context) + len(reply)
        logp_T = np.zeros(length, dtype=np.float32)
        if logp is not None:
            logp_T[len(context) :] = logp
        own_T = np.zeros(length, dtype=bool)
        own_T[len(context) :] = True
        tokens_T = np.fromiter((*context, *reply), dtype=np.int64, count=length)
        return cls(tokens_T, logp_T, own_T, np.full(length, turn, dtype=np.int64), source, parent)

    def lineage(self) -> list[Segment]:
        """This segment and all before it, the first one first."""
        segments: list[Segment] = []
        segment: Segment | None = self
        while segment is not None:
            segments.append(segment)
            segment = segment.parent
        return segments[::-1]


@dataclass(slots=True, eq=False)
class Episode:
    """One episode of one environment.

    Attributes:
        last: the last segment; its lineage is the whole episode.
        rewards_K: the reward of each turn.
        reward_terms_K: the named terms of each turn's reward, empty where the environment names none.
        success: whether the task was solved; None where the environment does not say.
        verdict: the grader's finding, where an answer was graded.
        stop: why it ended.
        seed: the seed of its reset.
        observations_K: what the environment said before each turn, for people to read; empty where nobody kept it.
        final_observation: what it said last.
    """

    last: Segment
    rewards_K: list[float]
    reward_terms_K: list[dict[str, float]]
    success: bool | None
    verdict: Verdict | None
    stop: StopReason
    seed: int
    observations_K: list[str] = field(default_factory=list)
    final_observation: str | None = None

    @property
    def total_reward(self) -> float:
        """The undiscounted return."""
        return float(sum(self.rewards_K))

    @property
    def is_gradable(self) -> bool:
        """False where the grader broke: such an episode says nothing about the policy and is left out of training."""
        return self.verdict is None or self.verdict.status is not Status.GRADER_ERROR


@dataclass(slots=True, eq=False)
class Group:
    """Episodes of one task, compared with one another by group-relative algorithms."""

    episodes: list[Episode]


@dataclass(slots=True, eq=False)
class Batch:
    """Episodes as tensors, padded on the right; padding is never an own token.

    Attributes:
        tokens_B_T: token ids.
        own_B_T: the tokens that answer the environment: the policy's own, or a teacher's in its place.
        logp_B_T: their log-probabilities when sampled.
        turns_B_T: the turn of each token; padding repeats the last.
        source_B_T: who wrote each own token, as an index into `tuple(Source)`.
        rewards_B_K: the reward of each turn, 0 beyond the last.
        group_B: the index of each episode's group.
        gradable_B: False where the grader broke.
        reference_logp_B_T: log-probabilities under the reference policy, where there is one.
        value_B_T: what a critic expects before each own token, where there is a critic.
        final_value_B: what it expects behind the end of episodes that were cut off from outside, 0 for the others.
    """

    tokens_B_T: torch.Tensor
    own_B_T: torch.Tensor
    logp_B_T: torch.Tensor
    turns_B_T: torch.Tensor
    source_B_T: torch.Tensor
    rewards_B_K: torch.Tensor
    group_B: torch.Tensor
    gradable_B: torch.Tensor
    reference_logp_B_T: torch.Tensor | None = None
    value_B_T: torch.Tensor | None = None
    final_value_B: torch.Tensor | None = None

    @property
    def begins_turn_B_T(self) -> torch.Tensor:
        """Where a turn's first own token is."""
        own_before_B_T = self.own_B_T[:, :-1] & (self.turns_B_T[:, 1:] == self.turns_B_T[:, :-1])
        begins_B_T = self.own_B_T.clone()
        begins_B_T[:, 1:] &= ~own_before_B_T
        return begins_B_T

    @property
    def ends_turn_B_T(self) -> torch.Tensor:
        """Where a turn's last own token is."""
        next_own_B_T = self.own_B_T[:, 1:] & (self.turns_B_T[:, 1:] == self.turns_B_T[:, :-1])
        ends_B_T = self.own_B_T.clone()
        ends_B_T[:, :-1] &= ~next_own_B_T
        return ends_B_T

    def written_by(self, source: Source) -> torch.Tensor:
        """Which own tokens (B, T) somebody wrote."""
        return self.own_B_T & (self.source_B_T == SOURCES.index(source))

    @property
    def return_B(self) -> torch.Tensor:
        """The undiscounted return of each episode."""
        return self.rewards_B_K.sum(-1)

    @property
    def length_B(self) -> torch.Tensor:
        """How many tokens of each row are needed: up to its last own token."""
        positions_T = torch.arange(1, self.own_B_T.shape[1] + 1)
        return (self.own_B_T * positions_T).amax(-1)

    def __len__(self) -> int:
        return self.tokens_B_T.shape[0]


def collate(groups: Sequence[Group], *, pad_token: int) -> Batch:
    """Lay the episodes of groups out as one batch, group after group.

    Raises:
        ValueError: there is no episode.
    """
    episodes = [episode for group in groups for episode in group.episodes]
    if not episodes:
        raise ValueError("groups must hold at least one episode")
    lineages = [episode.last.lineage() for episode in episodes]
    longest = max(sum(len(segment.tokens_T) for segment in lineage) for lineage in lineages)
    turns = max(len(episode.rewards_K) for episode in episodes)
    shape = (len(episodes), longest)
    tokens_B_T = np.full(shape, pad_token, dtype=np.int64)
    own_B_T = np.zeros(shape, dtype=bool)
    logp_B_T = np.zeros(shape, dtype=np.float32)
    turns_B_T = np.zeros(shape, dtype=np.int64)
    source_B_T = np.zeros(shape, dtype=np.int64)
    rewards_B_K = np.zeros((len(episodes), turns), dtype=np.float32)
    for row, (episode, lineage) in enumerate(zip(episodes, lineages, strict=True)):
        end = 0
        for segment in lineage:
            start, end = end, end + len(segment.tokens_T)
            tokens_B_T[row, start:end] = segment.tokens_T
            own_B_T[row, start:end] = segment.own_T
            logp_B_T[row, start:end] = segment.logp_T
            turns_B_T[row, start:end] = segment.turns_T
            source_B_T[row, start:end] = SOURCES.index(segment.source)
        turns_B_T[row, end:] = turns_B_T[row, end - 1]
        rewards_B_K[row, : len(episode.rewards_K)] = episode.rewards_K
    group_B = [index for index, group in enumerate(groups) for _ in group.episodes]
    return Batch(
        tokens_B_T=torch.from_numpy(tokens_B_T),
        own_B_T=torch.from_numpy(own_B_T),
        logp_B_T=torch.from_numpy(logp_B_T),
        turns_B_T=torch.from_numpy(turns_B_T),
        source_B_T=torch.from_numpy(source_B_T),
        rewards_B_K=torch.from_numpy(rewards_B_K),
        group_B=torch.tensor(group_B),
        gradable_B=torch.tensor([episode.is_gradable for episode in episodes]),
    )
