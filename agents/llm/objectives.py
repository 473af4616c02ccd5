"""Objectives: pure functions from log-probabilities and advantages to a loss for every own token.

A new objective is one function behind `@register_objective`. Its result is summed with weights that are computed over
the whole optimiser step (`token_weights`), so it never divides by a count of its own.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import torch

from .config import LLMConfig
from .named import NamedFunctions


@dataclass(slots=True, eq=False)
class ObjectiveInputs:
    """What an objective sees of N own tokens.

    Attributes:
        logp_N: log-probabilities under the weights being trained, differentiable.
        behaviour_logp_N: log-probabilities when they were sampled.
        advantage_N: advantages.
    """

    logp_N: torch.Tensor
    behaviour_logp_N: torch.Tensor
    advantage_N: torch.Tensor


@dataclass(slots=True, eq=False)
class ObjectiveOutputs:
    """What an objective makes of them.

    Attributes:
        loss_N: the loss of each token.
        clipped_N: where the gradient was cut off.
    """

    loss_N: torch.Tensor
    clipped_N: torch.Tensor


Objective = Callable[[ObjectiveInputs, LLMConfig], ObjectiveOutputs]

OBJECTIVES: NamedFunctions[Objective] = NamedFunctions("objective")
register_objective = OBJECTIVES.register
find_objective = OBJECTIVES.find


@register_objective("ppo_clip")
def ppo_clip(inputs: ObjectiveInputs, config: LLMConfig) -> ObjectiveOutputs:
    """The clipped surrogate: -min(r A, clip(r, 1 - clip_low, 1 + clip_high) A), r the ratio to the behaviour policy.

    Schulman et al. 2017, eq. 7; separate bounds as in DAPO (Yu et al. 2025). The ratio is taken to what the sampler
    itself computed, so it also corrects for what sampler and trainer compute differently.
    """
    ratio_N = (inputs.logp_N - inputs.behaviour_logp_N).exp()
    clipped_ratio_N = ratio_N.clamp(1 - config.clip_low, 1 + config.clip_high)
    unclipped_N, clipped_N = ratio_N * inputs.advantage_N, clipped_ratio_N * inputs.advantage_N
    return ObjectiveOutputs(-torch.minimum(unclipped_N, clipped_N), clipped_N < unclipped_N)


def kl_estimate(logp_N: torch.Tensor, other_logp_N: torch.Tensor) -> torch.Tensor:
    """An unbiased, never negative estimate of KL(p || q) from samples of p: q/p - 1 - log(q/p) at each token.

    Args:
        logp_N: log p of the sampled tokens.
        other_logp_N: log q of the same tokens.

    Source: Schulman 2020, "Approximating KL divergence", k3.
    """
    log_ratio_N = other_logp_N - logp_N
    return log_ratio_N.exp() - 1 - log_ratio_N


def token_weights(own_B_T: torch.Tensor, aggregation: Literal["token_mean", "sequence_mean"]) -> torch.Tensor:
    """Weights of shape (B, T) over the own tokens of a whole optimiser step, which sum to 1.

    Args:
        own_B_T: the own tokens.
        aggregation: `token_mean` weights every token alike; `sequence_mean` every sequence, its tokens sharing it.

    Raises:
        ValueError: the aggregation is unknown.
    """
    own = own_B_T.float()
    if aggregation == "token_mean":
        return own / own.sum().clamp(min=1)
    if aggregation == "sequence_mean":
        length_B = own.sum(-1, keepdim=True)
        return own / length_B.clamp(min=1) / (length_B > 0).sum().clamp(min=1)
    raise ValueError(f"aggregation must be 'token_mean' or 'sequence_mean', got {aggregation!r}")
