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


@register_objective("cispo")
def cispo(inputs: ObjectiveInputs, config: LLMConfig, *, most: float = 5.0) -> ObjectiveOutputs:
    """The policy gradient with a clipped importance weight: -sg(min(r, most)) A log p (CISPO).

    MiniMax-M1 (Chen et al. 2025, arXiv 2506.13585); `most` as in ScaleRL (Khatri et al. 2025). The gradient passes
    through log p alone, so that, other than with `ppo_clip`, a rare token that has become likelier goes on learning.

    Args:
        inputs: what the objective sees.
        config: not used.
        most: the largest weight; smaller ones are not clipped. `clipped_N` says where it was reached.
    """
    ratio_N = (inputs.logp_N.detach() - inputs.old_logp_N).exp()
    return ObjectiveOutputs(-ratio_N.clamp(max=most) * inputs.advantage_N * inputs.logp_N, ratio_N > most)
