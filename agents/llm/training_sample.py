"""What an update trained on, kept so that people can look at it token by token."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch

from ..evaluation import EpisodeRecord, TokenRecord, TurnRecord
from .policy import Policy
from .token_text import token_text
from .types import Batch, Episode, Group


@dataclass(frozen=True, slots=True, eq=False)
class TrainedBatch:
    """What one update trained on.

    Attributes:
        groups: the episodes.
        batch: the same as tensors, one row an episode.
        advantage_B_T: the advantage of every own token, 0 elsewhere.
    """

    groups: Sequence[Group]
    batch: Batch
    advantage_B_T: torch.Tensor


def training_sample(trained: TrainedBatch, policy: Policy, most: int) -> list[EpisodeRecord]:
    """Episodes of one group with the advantage of every token.

    The group is the first from which something was learned, or the first of all where nothing was; its episodes are
    taken evenly from the highest return to the lowest. Those that could not be graded taught nothing and are left out.

    Args:
        trained: what an update trained on.
        policy: whose tokens they are.
        most: how many episodes.
    """
    batch = trained.batch
    has_signal_B = (trained.advantage_B_T != 0).any(-1)
    candidates = (has_signal_B if has_signal_B.any() else batch.gradable_B).nonzero().squeeze(-1)
    if not len(candidates):
        return []
    rows = ((batch.group_B == batch.group_B[candidates[0]]) & batch.gradable_B).nonzero().squeeze(-1)
    rows = rows[batch.return_B[rows].argsort(descending=True, stable=True)]
    rows = rows[torch.linspace(0, len(rows) - 1, min(most, len(rows))).round().long()]
    episodes = [episode for group in trained.groups for episode in group.episodes]
    return [_record(episodes[row], row, trained, policy) for row in rows.tolist()]


def _record(episode: Episode, row: int, trained: TrainedBatch, policy: Policy) -> EpisodeRecord:
    turns = [_turn(episode, row, turn, trained, policy) for turn in range(len(episode.rewards_K))]
    return EpisodeRecord(
        seed=episode.seed,
        level=None,
        episode_return=episode.total_reward,
        success=episode.success,
        turns=turns,
        verdict=episode.verdict,
        final_observation=episode.final_observation,
    )


def _turn(episode: Episode, row: int, turn: int, trained: TrainedBatch, policy: Policy) -> TurnRecord:
    batch = trained.batch
    mine_T = batch.own_B_T[row] & (batch.turns_B_T[row] == turn)
    tokens = batch.tokens_B_T[row, mine_T].tolist()
    values = zip(tokens, trained.advantage_B_T[row, mine_T].tolist(), batch.logp_B_T[row, mine_T].tolist(), strict=True)
    return TurnRecord(
        observation=episode.observations_K[turn],
        action=policy.decode(tokens),
        reward=episode.rewards_K[turn],
        reward_terms=episode.reward_terms_K[turn],
        tokens=[TokenRecord(token_text(policy.tokenizer, token), advantage, logp) for token, advantage, logp in values],
    )
