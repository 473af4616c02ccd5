"""Reinforcement learning as the classification of outcomes, by the policy's own log-ratio."""

from __future__ import annotations

import torch
from torch.nn.functional import binary_cross_entropy_with_logits

from ..config import LLMConfig
from .registry import ObjectiveInputs, ObjectiveOutputs, register_objective


@register_objective("pacs", whole_groups=True, every_episode=True)
def pacs(
    inputs: ObjectiveInputs, config: LLMConfig, *, beta: float = 1.0, class_weights: bool = True
) -> ObjectiveOutputs:
    """BCE(sigma(psi), R): the log-ratio of an episode, against those of its group, foretells its reward (PACS).

    psi_i = s_i - mean_{j != i}(s_j) with s = beta sum_t (log p - log p_old), the others being those of the same task.
    Its gradient is a policy gradient weighted with (R - sigma(psi)): actor and critic are one (Li et al. 2025, "PACS:
    Implicit actor critic coupling via a supervised learning framework"; ritzz-ai/PACS, `pacs_core_algos.py`).

    Args:
        inputs: what the objective sees. Returns are the labels, cut to [0, 1]; advantages are not read.
        config: not used; the recipe's `aggregation` is `sequence_mean`.
        beta: scale of the log-ratio.
        class_weights: weigh an episode by n / (2 n_same), n_same of its group's n episodes being right, or wrong, like
            it; groups that agree are not weighed. So a rare outcome counts as much as a common one.
    """
    label_R = inputs.return_R.clamp(0.0, 1.0)
    score_R = beta * inputs.sum_per_row(inputs.logp_N - inputs.old_logp_N)
    same_group_R_R = (inputs.group_R[:, None] == inputs.group_R).float()
    size_R = same_group_R_R.sum(-1)
    mean_R = same_group_R_R @ score_R / size_R
    logit_R = size_R / (size_R - 1).clamp(min=1) * (score_R - mean_R)
    loss_R = binary_cross_entropy_with_logits(logit_R, label_R, reduction="none")
    if class_weights:
        right_R = label_R > 0.5
        same_R = (same_group_R_R * (right_R[:, None] == right_R)).sum(-1)
        loss_R = loss_R * torch.where(same_R < size_R, size_R / (2 * same_R), 1.0)
    return ObjectiveOutputs(loss_R[inputs.row_N])
