"""Objectives that clip the ratio to the policy that sampled."""

from __future__ import annotations

import torch

from ..config import LLMConfig
from .registry import ObjectiveInputs, ObjectiveOutputs, register_objective


@register_objective("ppo_clip")
def ppo_clip(inputs: ObjectiveInputs, config: LLMConfig) -> ObjectiveOutputs:
    """The clipped surrogate: -min(r A, clip(r, 1 - clip_low, 1 + clip_high) A), r the ratio to the old policy.

    Schulman et al. 2017, eq. 7; separate bounds as in DAPO (Yu et al. 2025). The ratio is taken to what the sampler
    itself computed, so it also corrects for what sampler and trainer compute differently.
    """
    ratio_N = (inputs.logp_N - inputs.old_logp_N).exp()
    clipped_ratio_N = ratio_N.clamp(1 - config.clip_low, 1 + config.clip_high)
    unclipped_N, clipped_N = ratio_N * inputs.advantage_N, clipped_ratio_N * inputs.advantage_N
    return ObjectiveOutputs(-torch.minimum(unclipped_N, clipped_N), clipped_N < unclipped_N)
