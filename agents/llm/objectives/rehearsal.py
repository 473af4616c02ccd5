"""Objectives that hold a policy to what it could do before, on episodes it played when training began."""

from __future__ import annotations

import math
from typing import Literal

import torch

from ..config import LLMConfig
from ..named import Choice
from ..types import SOURCES, Source
from .registry import OBJECTIVES, ObjectiveInputs, ObjectiveOutputs, needs_of, register_objective

_LARGEST_LOG_RATIO = 20.0

Generator = Literal["forward_kl", "jensen_shannon", "alpha"]
"""An f-divergence by its generator."""


@register_objective("rehearsal", every_episode=True)
def rehearsal(
    inputs: ObjectiveInputs,
    config: LLMConfig,
    *,
    divergence: Generator = "forward_kl",
    coef: float = 0.02,
    alpha: float = 0.2,
    otherwise: Choice = "ppo_clip",
) -> ObjectiveOutputs:
    """coef * f(p / q) on rehearsed tokens, q as stored when they were sampled; another objective on all others.

    DPH-RL (Li et al. 2025, arXiv 2509.07430): no reference policy is read, since the f-divergence from the start policy
    is estimated on its own samples, where q is known. The coefficients that worked there are 0.01 to 0.05 for the
    forward KL and for alpha, and 0.05 to 0.2 for Jensen-Shannon.

    Args:
        inputs: log-probabilities and advantages; those of rehearsed tokens are not read.
        config: of the other objective.
        divergence: as in `f_divergence`.
        coef: its weight.
        alpha: as in `f_divergence`.
        otherwise: the other objective, one that asks for nothing which only the trainer could give it.

    Raises:
        ValueError: it asks for whole groups, a reference, or the old weights.
    """
    needs = needs_of(otherwise)
    if needs.whole_groups or needs.reference or needs.vocabulary_mean:
        raise ValueError(
            f"rehearsal: otherwise must not need whole groups, a reference or old weights, got {otherwise!r}"
        )
    others = OBJECTIVES.bind(otherwise)(inputs, config)
    rehearsed_N = inputs.source_N == SOURCES.index(Source.REHEARSAL)
    drift_N = coef * f_divergence(inputs.logp_N - inputs.old_logp_N, divergence, alpha=alpha)
    clipped_N = None if others.clipped_N is None else others.clipped_N & ~rehearsed_N
    return ObjectiveOutputs(torch.where(rehearsed_N, drift_N, others.loss_N), clipped_N)


def f_divergence(log_ratio_N: torch.Tensor, divergence: Generator, *, alpha: float = 0.2) -> torch.Tensor:
    """f(u), u = p / q on samples of q; its mean over them is the divergence. It is never negative, and 0 where p = q.

    | divergence     | f(u)                                                | mean                            |
    |----------------|-----------------------------------------------------|---------------------------------|
    | forward_kl     | u - 1 - log u                                       | KL(q ‖ p)                       |
    | jensen_shannon | u log u - (u + 1) log((u + 1) / 2)                  | KL(q ‖ m) + KL(p ‖ m)           |
    | alpha          | (u^(1-α) - (1 - α) u - α) / (α (α - 1))             | KL(q ‖ p) as α goes to 1        |

    with m = (p + q) / 2. As in seamoke/DPH-RL, verl/trainer/ppo/core_algos.py.

    Args:
        log_ratio_N: log u; beyond ±20 it is cut off.
        divergence: the name.
        alpha: α, strictly between 0 and 1.

    Raises:
        ValueError: α is out of range.
    """
    log_u_N = log_ratio_N.clamp(-_LARGEST_LOG_RATIO, _LARGEST_LOG_RATIO)
    u_N = log_u_N.exp()
    if divergence == "forward_kl":
        return u_N - 1 - log_u_N
    if divergence == "jensen_shannon":
        return u_N * log_u_N - (u_N + 1) * ((u_N + 1).log() - math.log(2))
    if not 0 < alpha < 1:
        raise ValueError(f"alpha must lie strictly between 0 and 1, got {alpha}")
    return (((1 - alpha) * log_u_N).exp() - (1 - alpha) * u_N - alpha) / (alpha * (alpha - 1))
