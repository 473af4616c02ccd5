"""Estimates of the divergence from a reference policy, one number a token; what training adds with `kl_coef`.

Each is a function of the log-probabilities of tokens that were sampled by the policy p, under p and under the
reference q. A new one is one function behind `@register_divergence`.

Source of k1 and k3: Schulman 2020, "Approximating KL divergence".
"""

from __future__ import annotations

from collections.abc import Callable

import torch

from .named import NamedFunctions

Divergence = Callable[[torch.Tensor, torch.Tensor], torch.Tensor]

DIVERGENCES: NamedFunctions[Divergence] = NamedFunctions("divergence")
register_divergence = DIVERGENCES.register


@register_divergence("k1")
def k1(logp_N: torch.Tensor, reference_logp_N: torch.Tensor) -> torch.Tensor:
    """log p - log q: unbiased, and of either sign.

    It belongs into the reward: as a loss it has a gradient of zero on average, since it treats what was sampled as
    given.
    """
    return logp_N - reference_logp_N


@register_divergence("k3")
def kl_estimate(logp_N: torch.Tensor, reference_logp_N: torch.Tensor) -> torch.Tensor:
    """q/p - 1 - log(q/p): an unbiased, never negative estimate of KL(p || q).

    Args:
        logp_N: log p of the sampled tokens.
        reference_logp_N: log q of the same tokens.
    """
    log_ratio_N = reference_logp_N - logp_N
    return log_ratio_N.exp() - 1 - log_ratio_N
