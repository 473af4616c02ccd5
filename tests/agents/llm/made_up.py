"""Batches and objective inputs with numbers that can be checked by hand."""

from __future__ import annotations

from collections.abc import Sequence

import torch

from palaestra.agents.llm.objectives import ObjectiveInputs
from palaestra.agents.llm.types import Batch, Episode, Group, Segment, Source, StopReason, collate


def episode_of(rewards: Sequence[float], *, lengths: Sequence[int] | None = None, seed: int = 0) -> Episode:
    """An episode with one prompt token and some own tokens a turn; one own token a turn unless `lengths` says more."""
    last: Segment | None = None
    for turn, length in enumerate(lengths or [1] * len(rewards)):
        last = Segment.turn([1], [2] * length, turn=turn, logp=[-1.0] * length, source=Source.POLICY, parent=last)
    assert last is not None
    return Episode(last, list(rewards), [{} for _ in rewards], sum(rewards) > 0, None, StopReason.TERMINATED, seed=seed)


def batch_of(returns: Sequence[float], groups: Sequence[int], gradable: Sequence[bool] | None = None) -> Batch:
    """Episodes of one turn and one own token, the second of two; `groups` counts up from 0."""
    members: list[list[Episode]] = [[] for _ in range(max(groups) + 1)]
    for total, group in zip(returns, groups, strict=True):
        members[group].append(episode_of([total]))
    batch = collate([Group(episodes) for episodes in members], pad_token=0)
    if gradable is not None:
        batch.gradable_B = torch.tensor(gradable)
    return batch


def inputs_of(
    logp: Sequence[float],
    advantages: Sequence[float],
    *,
    old_logp: Sequence[float] | None = None,
    rows: Sequence[int] | None = None,
    groups: Sequence[int] | None = None,
    returns: Sequence[float] | None = None,
    sources: Sequence[int] | None = None,
    reference_logp: Sequence[float] | None = None,
) -> ObjectiveInputs:
    """What an objective sees: old log-probabilities of 0, one row of one group unless something else is said."""
    rows = rows or [0] * len(logp)
    count = max(rows) + 1
    return ObjectiveInputs(
        logp_N=torch.tensor(logp).requires_grad_(),
        old_logp_N=torch.tensor(old_logp) if old_logp is not None else torch.zeros(len(logp)),
        advantage_N=torch.tensor(advantages),
        entropy_N=torch.zeros(len(logp)),
        row_N=torch.tensor(rows),
        group_R=torch.tensor(groups or [0] * count),
        return_R=torch.tensor(returns or [0.0] * count),
        source_N=torch.tensor(sources or [0] * len(logp)),
        reference_logp_N=None if reference_logp is None else torch.tensor(reference_logp),
    )
