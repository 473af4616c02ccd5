"""Objectives for groups in which a teacher's episodes stand beside the policy's own."""

from __future__ import annotations

from typing import Literal

import torch

from ..config import LLMConfig
from ..types import SOURCES, Source
from .registry import ObjectiveInputs, ObjectiveOutputs, register_objective


@register_objective("rl_plus")
def rl_plus(
    inputs: ObjectiveInputs,
    config: LLMConfig,
    *,
    teacher_ratio: Literal["mixture", "policy", "one"] = "mixture",
    exploration: float = 0.5,
) -> ObjectiveOutputs:
    """-r A without a clip; for a teacher's tokens, r is a multiple importance sampling ratio and A grows with surprise.

    RL-PLUS (Dong et al. 2025, arXiv 2508.00222; YihongDong/RL-PLUS, rlplus_core_alg.py). Nobody knows with what
    probability the teacher wrote its tokens. It is taken to be ω = (p_old + 1) / 2, and the tokens to come from the
    even mixture of the old policy and the teacher: r = 2 p / (p_old + ω). Their advantage is multiplied with
    (1 - p)^exploration, without gradient: what is right and unlikely is learned first.

    Args:
        inputs: log-probabilities and advantages.
        config: not used.
        teacher_ratio: r of a teacher's tokens, to compare with: `policy` is p / 1, as if the teacher had been certain
            (LUFFY without its reshaping, Yan et al. 2025); `one` is the gradient of A log p.
        exploration: that exponent; 0 leaves advantages as they are.
    """
    logp_N, old_p_N = inputs.logp_N, inputs.old_logp_N.exp()
    p_N = logp_N.exp()
    if teacher_ratio == "mixture":
        teacher_ratio_N = 2 * p_N / (old_p_N + (old_p_N + 1) / 2)
    elif teacher_ratio == "policy":
        teacher_ratio_N = p_N
    else:
        teacher_ratio_N = (logp_N - logp_N.detach()).exp()
    surprise_N = (1 - p_N.detach()).clamp(min=0) ** exploration
    teacher_N = inputs.source_N == SOURCES.index(Source.TEACHER)
    weight_N = torch.where(teacher_N, teacher_ratio_N * surprise_N, (logp_N - inputs.old_logp_N).exp())
    return ObjectiveOutputs(-weight_N * inputs.advantage_N)
