"""Distributions over S strings that are all written down, and what reinforcement learning makes of them.

Reinforcement learning with a KL penalty maximises J(π) = E[r] - β KL(π ‖ π0). With p* = π0 exp(r / β) / Z this is
β log Z - β KL(π ‖ p*): it is inference of p* from the prior π0, by the reverse divergence (Korbak et al. 2022, "RL with
KL penalties is better viewed as Bayesian inference"). Other divergences to the same p* are other algorithms.

Log-probabilities are float64 tensors of shape (S,).
"""

from __future__ import annotations

from collections.abc import Callable

import torch


def log_partition(reference_logp_S: torch.Tensor, reward_S: torch.Tensor, *, beta: float) -> torch.Tensor:
    """log Z = log Σ π0 exp(r / β)."""
    return (reference_logp_S + reward_S / beta).logsumexp(0)


def target(reference_logp_S: torch.Tensor, reward_S: torch.Tensor, *, beta: float) -> torch.Tensor:
    """log p*, p* ∝ π0 exp(r / β): the policy of highest J.

    Args:
        reference_logp_S: log π0.
        reward_S: r.
        beta: the weight of the divergence in J.

    Raises:
        ValueError: `beta` is not over 0.
    """
    if not beta > 0:
        raise ValueError(f"beta must be over 0, got {beta}")
    return reference_logp_S + reward_S / beta - log_partition(reference_logp_S, reward_S, beta=beta)


def expectation(logp_S: torch.Tensor, value_S: torch.Tensor) -> torch.Tensor:
    """E[value]; a string without any probability counts nothing, whatever its value."""
    p_S = logp_S.exp()
    return torch.where(p_S > 0, p_S * value_S, torch.zeros_like(p_S)).sum()


def kl(logp_S: torch.Tensor, other_logp_S: torch.Tensor) -> torch.Tensor:
    """KL(p ‖ q) in nats."""
    return expectation(logp_S, logp_S - other_logp_S)


def regularised_return(
    logp_S: torch.Tensor, reference_logp_S: torch.Tensor, reward_S: torch.Tensor, *, beta: float
) -> torch.Tensor:
    """J = E[r] - β KL(p ‖ π0)."""
    return expectation(logp_S, reward_S) - beta * kl(logp_S, reference_logp_S)


def entropy(logp_S: torch.Tensor) -> torch.Tensor:
    """-E[log p] in nats."""
    return -expectation(logp_S, logp_S)


def total_variation(logp_S: torch.Tensor, other_logp_S: torch.Tensor) -> torch.Tensor:
    """Half the sum of |p - q|: the most that the probability of any event differs by."""
    return (logp_S.exp() - other_logp_S.exp()).abs().sum() / 2


def modes_kept(
    logp_S: torch.Tensor, target_logp_S: torch.Tensor, *, height: float = 0.5, share: float = 0.5
) -> tuple[int, int]:
    """How many modes of a target a distribution keeps.

    Args:
        logp_S: the distribution.
        target_logp_S: the target.
        height: a string is a mode where the target is at least this share of its maximum.
        share: a mode is kept where the distribution is at least this share of the target.

    Returns:
        How many are kept, and how many there are.
    """
    target_S = target_logp_S.exp()
    is_mode_S = target_S >= height * target_S.max()
    kept_S = is_mode_S & (logp_S.exp() >= share * target_S)
    return int(kept_S.sum()), int(is_mode_S.sum())


def descend(
    loss: Callable[[torch.Tensor], torch.Tensor], logits_S: torch.Tensor, *, steps: int, learning_rate: float
) -> torch.Tensor:
    """Train a tabular softmax policy by the exact gradient of a loss.

    The steps are plain: an adaptive optimiser would blow up the vanishing gradients of what a policy has dropped.

    Args:
        loss: from log-probabilities (S,) to a number.
        logits_S: where to begin.
        steps: how many there are.
        learning_rate: how large they are.

    Returns:
        The log-probabilities it has come to.
    """
    logits_S = logits_S.detach().clone().requires_grad_()
    for _ in range(steps):
        (gradient_S,) = torch.autograd.grad(loss(logits_S.log_softmax(0)), logits_S)
        with torch.no_grad():
            logits_S -= learning_rate * gradient_S
    return logits_S.detach().log_softmax(0)
