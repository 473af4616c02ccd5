"""Preferences between episodes of one task."""

from __future__ import annotations

import torch
from torch.nn.functional import logsigmoid

from ..config import LLMConfig
from .registry import ObjectiveInputs, ObjectiveOutputs, register_objective


@register_objective("dpo", whole_groups=True, every_episode=True, reference=True)
def dpo(
    inputs: ObjectiveInputs, config: LLMConfig, *, beta: float = 0.1, likelihood_coef: float = 0.0
) -> ObjectiveOutputs:
    """-log sigma(h_w - h_l) for every pair of a group with R_w > R_l, h = beta sum_t (log p - log q) (DPO).

    Rafailov et al. 2023, eq. 7; q is the reference. A group's loss is the mean over its pairs, and that of a group of
    equal returns is 0. With groups of two it is DPO as published; larger ones compare every better episode with every
    worse one.

    Args:
        inputs: what the objective sees; advantages are not read.
        config: not used; the recipe's `aggregation` is `sequence_mean`.
        beta: scale of the implicit reward h.
        likelihood_coef: weight of -mean_t log p of the episodes that are better than another. A preference is also met
            by making both episodes unlikely; this holds the better one where it is (RPO, Pang et al. 2024, eq. 1).
    """
    assert inputs.reference_logp_N is not None
    reward_R = beta * inputs.sum_per_row(inputs.logp_N - inputs.reference_logp_N)
    preferred_R_R = preferences(inputs.return_R, inputs.group_R)
    loss_R_R = -logsigmoid(reward_R[:, None] - reward_R) * preferred_R_R
    groups = int(inputs.group_R.max()) + 1

    def group_sum(value_R: torch.Tensor) -> torch.Tensor:
        return torch.zeros(groups, dtype=value_R.dtype, device=value_R.device).index_add(0, inputs.group_R, value_R)

    pairs_G = group_sum(preferred_R_R.sum(-1).to(loss_R_R.dtype))
    loss_R = (group_sum(loss_R_R.sum(-1)) / pairs_G.clamp(min=1))[inputs.group_R]
    loss_R = loss_R - likelihood_coef * preferred_R_R.any(-1) * inputs.mean_per_row(inputs.logp_N)
    return ObjectiveOutputs(loss_R[inputs.row_N])


def preferences(return_R: torch.Tensor, group_R: torch.Tensor) -> torch.Tensor:
    """Whether episode i is preferred to episode j (R, R): it is of the same task and earned more."""
    return (group_R[:, None] == group_R) & (return_R[:, None] > return_R)
