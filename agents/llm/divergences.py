"""Estimates of the divergence from a reference policy, one number a token; what training adds with `kl_coef`.

Each is a function of the log-probabilities of tokens that were sampled by the policy p, under p and under the
reference q. A new one is one function behind `@register_divergence`.

All estimate KL(p || q). As a loss, which treats what was sampled as given, they do not all descend it: the gradient of
k1 is 0 on average, that of k2 is the gradient of KL(p || q) (reverse KL, which seeks a mode), and that of k3 is the
gradient of KL(q || p) (forward KL, which covers all modes; its importance weights q/p are k3's own).

Source of k1, k2 and k3: Schulman 2020, "Approximating KL divergence".
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


@register_divergence("k2")
def k2(logp_N: torch.Tensor, reference_logp_N: torch.Tensor) -> torch.Tensor:
    """(log p - log q)² / 2: never negative, biased as an estimate, and right as a loss."""
    return (logp_N - reference_logp_N).square() / 2


@register_divergence("k3")
def kl_estimate(logp_N: torch.Tensor, reference_logp_N: torch.Tensor) -> torch.Tensor:
    """q/p - 1 - log(q/p): an unbiased, never negative estimate of KL(p || q).

    Args:
        logp_N: log p of the sampled tokens.
        reference_logp_N: log q of the same tokens.
    """
    log_ratio_N = reference_logp_N - logp_N
    return log_ratio_N.exp() - 1 - log_ratio_N
