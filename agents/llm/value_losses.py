"""Losses of token values, one number a token: every own token is an action, and an episode's own tokens are a chain.

Sources: Snell et al. 2023, "Offline RL for natural language generation with implicit language Q-learning" (code:
Sea-Snell/Implicit-Language-Q-Learning, `iql_model.py`); Abdulhai et al. 2023, "LMRL Gym" (abdulhaim/LMRL-Gym, `ilql`
and `mc_returns`), whose squared errors have the factor 1/2 that these have.
"""

from __future__ import annotations

import torch
from torch.nn.functional import cross_entropy


def next_values(value_N: torch.Tensor, row_N: torch.Tensor) -> torch.Tensor:
    """The value of the state behind each token (N,): that of the episode's next own token, 0 behind its last.

    Args:
        value_N: the value of the state before each own token.
        row_N: the episode of each token, never falling.
    """
    behind_N = torch.zeros_like(value_N)
    behind_N[:-1] = value_N[1:] * (row_N[1:] == row_N[:-1])
    return behind_N


def squared_errors(q_H_N: torch.Tensor, target_N: torch.Tensor) -> torch.Tensor:
    """sum_h (Q_h - target)^2 / 2 (N,): what every head of Q is wrong by."""
    return (q_H_N - target_N).square().sum(0) / 2


def expectile_loss(value_N: torch.Tensor, target_N: torch.Tensor, expectile: float) -> torch.Tensor:
    """|expectile - 1(target < value)| (target - value)^2 / 2 (Kostrikov et al. 2021, eq. 4).

    With an expectile of 1/2 the value is a mean; towards 1 it nears the largest target that the data hold, which is how
    implicit Q-learning takes a maximum over actions without asking for one that nobody tried.
    """
    error_N = target_N - value_N
    weight_N = torch.where(error_N < 0, 1 - expectile, expectile)
    return weight_N * error_N.square() / 2


def conservative_loss(q_H_N_V: torch.Tensor, action_N: torch.Tensor) -> torch.Tensor:
    """sum_h log sum_a exp Q_h(s, a) - Q_h(s, action) (N,): holds down what nobody said (CQL, Kumar et al. 2020)."""
    return torch.stack([cross_entropy(q_N_V, action_N, reduction="none") for q_N_V in q_H_N_V]).sum(0)


def of_actions(q_H_N_V: torch.Tensor, action_N: torch.Tensor) -> torch.Tensor:
    """Every head's value of the token that was said (H, N)."""
    return q_H_N_V.gather(-1, action_N[None, :, None].expand(len(q_H_N_V), -1, 1)).squeeze(-1)
