"""What the algorithms minimise, as functions of tensors; element by element where no mean is spoken of."""

from __future__ import annotations

import torch
from torch import Tensor


def expectile_loss(difference: Tensor, expectile: float) -> Tensor:
    """|τ - 1(d < 0)| d²: with d = Q - V, V becomes the τ-expectile of Q.

    Kostrikov, Nair and Levine, Offline reinforcement learning with implicit Q-learning (2022), equation 5.
    """
    return torch.where(difference > 0, expectile, 1.0 - expectile) * difference**2


def gumbel_loss(difference: Tensor, temperature: float, clip: float | None) -> Tensor:
    """(e^z - z - 1) / e^m with z = d / β, at most `clip`; with d = Q - V, V becomes β log E e^(Q / β).

    m is the largest z of the batch, and at least -1; it is a constant to the gradient, and keeps e^z in range.
    Garg, Hejna, Geist and Ermon, Extreme Q-learning (2023), in the form of the authors' code (Div99/XQL,
    offline/critic.py).
    """
    z = difference / temperature
    if clip is not None:
        z = z.clamp(max=clip)
    largest = z.detach().amax(dim=0).clamp(min=-1.0)
    return torch.exp(z - largest) - z * torch.exp(-largest) - torch.exp(-largest)


def chi_square_loss(difference: Tensor, weight: float) -> Tensor:
    """λ max(d + d² / 4, 0) - (1 - λ) d, with d = Q - V.

    Sikchi, Zheng, Zhang and Niekum, Dual RL (2024), in the form of the authors' code (hari-sikchi/DVL,
    offline/critic.py), which grows again below d = -4.
    """
    return weight * (difference + difference**2 / 4.0).clamp(min=0.0) - (1.0 - weight) * difference


def total_variation_loss(difference: Tensor, weight: float) -> Tensor:
    """λ max(d, 0) - (1 - λ) d, with d = Q - V; from the same source."""
    return weight * difference.clamp(min=0.0) - (1.0 - weight) * difference


def regression_weights(advantage: Tensor, temperature: float, limit: float = 100.0) -> Tensor:
    """e^(A · temperature), at most `limit`: how much an action of the data counts when the policy imitates it."""
    return torch.exp(advantage * temperature).clamp(max=limit)


def conservative_gap(value_B_N: Tensor, logp_B_N: Tensor, data_value_B_1: Tensor) -> Tensor:
    """log Σ_n e^(Q(s, a_n) - log p(a_n)) - Q(s, a) of the data, of shape (B, 1).

    The actions a_n were drawn with densities p, for which the sum corrects. Kumar, Zhou, Tucker and Levine,
    Conservative Q-learning (2020), CQL(H) with importance sampling.
    """
    return torch.logsumexp(value_B_N - logp_B_N, dim=1, keepdim=True) - data_value_B_1


def normalised_weight(value_B_1: Tensor, alpha: float) -> Tensor:
    """λ = α / mean |Q|, a constant to the gradient.

    Fujimoto and Gu, A minimalist approach to offline reinforcement learning (2021), equation 5.
    """
    return alpha / value_B_1.detach().abs().mean()


def linear_critic_loss(
    expert_value_B_1: Tensor, policy_value_B_1: Tensor, value_B_1: Tensor, target_B_1: Tensor, beta: float
) -> Tensor:
    """β (E[Q(s, π(s))] - E[Q of the expert]) + E[(target - Q)²] / 4 over a mixture, a single number.

    ReCOIL with Pearson's χ² (Dual RL, algorithm 1), whose conjugate is x + x² / 4.
    """
    linear = policy_value_B_1.mean() - expert_value_B_1.mean()
    return beta * linear + ((target_B_1 - value_B_1) ** 2).mean() / 4.0


def least_squares_critic_loss(
    expert_value_B_1: Tensor, value_B_1: Tensor, target_B_1: Tensor, expert_target: float
) -> Tensor:
    """(E[(Q of the expert - its target)²] + E[(Q - target)²]) / 2 over a mixture, a single number.

    What the authors' code of ReCOIL minimises in place of the linear form, after LS-IQ.
    """
    return (((expert_value_B_1 - expert_target) ** 2).mean() + ((value_B_1 - target_B_1) ** 2).mean()) / 2.0
