"""Objectives whose ratio is that of a whole episode."""

from __future__ import annotations

import torch

from ..config import LLMConfig
from .registry import ObjectiveInputs, ObjectiveOutputs, register_objective


@register_objective("gspo")
def gspo(
    inputs: ObjectiveInputs, config: LLMConfig, *, clip_low: float = 3e-4, clip_high: float = 4e-4
) -> ObjectiveOutputs:
    """The clipped surrogate of the episode's ratio: -min(s A, clip(s, 1 - clip_low, 1 + clip_high) A).

    s = exp(mean_t(log p - log p_old)), the ratio of whole episodes to the power of 1 / length (GSPO, Zheng et al. 2025,
    arXiv 2507.18071, eq. 5 to 7; the bounds are those of section 5.1). A reward is given to the whole, so the whole is
    reweighted and clipped.

    Args:
        inputs: what the objective sees; the tokens of an episode share its mean advantage.
        config: not used; the recipe's `aggregation` is `sequence_mean`.
        clip_low: the ratio's lower clip is 1 - clip_low: far narrower than a token's, since means vary less.
        clip_high: its upper clip is 1 + clip_high.
    """
    ratio_R = inputs.mean_per_row(inputs.logp_N - inputs.old_logp_N).exp()
    advantage_R = inputs.mean_per_row(inputs.advantage_N)
    unclipped_R = ratio_R * advantage_R
    clipped_R = ratio_R.clamp(1 - clip_low, 1 + clip_high) * advantage_R
    loss_R = -torch.minimum(unclipped_R, clipped_R)
    return ObjectiveOutputs(loss_R[inputs.row_N], (clipped_R < unclipped_R)[inputs.row_N])
