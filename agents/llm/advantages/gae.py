"""Generalised advantage estimation over tokens, over turns, and over both (Schulman et al. 2016, arXiv 1506.02438).

Values stand before their token: `batch.value_B_T[b, t]` is what a critic expects once everything before token t has
been said. Only own tokens are steps; what the environment says in between is part of the next state. Behind the end of
an episode nothing is expected, unless it was cut off from outside: then `batch.final_value_B` stands there.
"""

from __future__ import annotations

import torch

from ..config import LLMConfig
from ..types import Batch
from .registry import register_advantage
from .token_rewards import token_rewards


@register_advantage("gae_token", values="tokens", reads_divergence=True)
def gae_token(batch: Batch, config: LLMConfig, *, gamma: float = 1.0, lam: float = 0.95) -> torch.Tensor:
    """Across turns: the own tokens of an episode are one chain, in which each turn's reward is at its last own token.

    Args:
        batch: episodes of B sequences and T tokens, with values at the own tokens.
        config: `token_rewards` reads it.
        gamma: discount a token.
        lam: decay of the trace a token.

    Returns:
        Advantages of shape (B, T), 0 where a token is not own and in episodes that could not be graded.
    """
    return generalized_advantages(
        token_rewards(batch, config),
        values_of(batch),
        _graded_tokens(batch),
        gamma=gamma,
        lam=lam,
        final_value_B=batch.final_value_B,
    )


@register_advantage("gae_within_turn", values="tokens", reads_divergence=True)
def gae_within_turn(batch: Batch, config: LLMConfig, *, gamma: float = 1.0, lam: float = 0.95) -> torch.Tensor:
    """Within turns: each turn is a chain of its own, which earns its own reward and expects nothing behind its end.

    Args:
        batch: episodes of B sequences and T tokens, with values at the own tokens.
        config: `token_rewards` reads it.
        gamma: discount a token.
        lam: decay of the trace a token.

    Returns:
        Advantages of shape (B, T), 0 where a token is not own and in episodes that could not be graded.
    """
    return generalized_advantages(
        token_rewards(batch, config),
        values_of(batch),
        _graded_tokens(batch),
        gamma=gamma,
        lam=lam,
        ends_B_S=batch.ends_turn_B_T,
    )


@register_advantage("gae_turn", values="turn_beginnings", reads_divergence=True)
def gae_turn(batch: Batch, config: LLMConfig, *, gamma: float = 1.0, lam: float = 0.95) -> torch.Tensor:
    """Over turns: a turn is one action with one value, at its beginning; its tokens share its advantage.

    Args:
        batch: episodes of B sequences and T tokens, with values at the first own token of each turn.
        config: `token_rewards` reads it; what the tokens of a turn earn is added up.
        gamma: discount a turn.
        lam: decay of the trace a turn.

    Returns:
        Advantages of shape (B, T), 0 where a token is not own and in episodes that could not be graded.
    """
    advantage_B_K, _ = _over_turns(batch, config, gamma=gamma, lam=lam)
    return advantage_B_K.gather(1, batch.turns_B_T) * _graded_tokens(batch)


@register_advantage("gae_bilevel", values="tokens", reads_divergence=True)
def gae_bilevel(
    batch: Batch,
    config: LLMConfig,
    *,
    gamma_turn: float = 0.95,
    lam_turn: float = 1.0,
    gamma: float = 1.0,
    lam: float = 1.0,
) -> torch.Tensor:
    """Over turns, then over the tokens of each turn (bi-level GAE, Wang et al. 2025; mll-lab-nu/RAGEN, VAGEN).

    First `gae_turn` on the values at the turns' beginnings gives each turn an advantage, and with that value a return.
    Then each turn is a chain of tokens whose last one earns that return. Where everything is 1, the advantage of a
    token is the return of the episode from this turn on less the token's value, as for `gae_token`.

    The turns' ends are known from the batch. The authors' code takes them from rewards other than 0, so that turns
    without reward vanish, and counts turns by the values at their last tokens; there, too, the last token earns
    advantage plus value, since a bare advantage would have the value taken off twice.

    Args:
        batch: episodes of B sequences and T tokens, with values at the own tokens.
        config: `token_rewards` reads it; what the tokens of a turn earn is added up.
        gamma_turn: discount a turn.
        lam_turn: decay of the trace a turn.
        gamma: discount a token, within a turn.
        lam: decay of the trace a token, within a turn.

    Returns:
        Advantages of shape (B, T), 0 where a token is not own and in episodes that could not be graded.
    """
    advantage_B_K, value_B_K = _over_turns(batch, config, gamma=gamma_turn, lam=lam_turn)
    return generalized_advantages(
        (advantage_B_K + value_B_K).gather(1, batch.turns_B_T) * batch.ends_turn_B_T,
        values_of(batch),
        _graded_tokens(batch),
        gamma=gamma,
        lam=lam,
        ends_B_S=batch.ends_turn_B_T,
    )


def generalized_advantages(
    reward_B_S: torch.Tensor,
    value_B_S: torch.Tensor,
    acts_B_S: torch.Tensor,
    *,
    gamma: float,
    lam: float,
    ends_B_S: torch.Tensor | None = None,
    final_value_B: torch.Tensor | None = None,
) -> torch.Tensor:
    """GAE over some of the S positions of each row: tokens or turns.

    A_t = delta_t + gamma lam A_u with delta_t = r_t + gamma V_u - V_t, u being the next position with an action. Behind
    the last one A is 0 and V is `final_value_B`; behind an end both are 0.

    Args:
        reward_B_S: what each action earns.
        value_B_S: what is expected before it.
        acts_B_S: where there is an action; the other positions are passed over.
        gamma: discount a step.
        lam: decay of the trace a step.
        ends_B_S: actions behind which nothing is expected; None for none but the last.
        final_value_B: what is expected behind the last action; None for 0.

    Returns:
        Advantages of shape (B, S), 0 where there is no action.
    """
    advantage_B_S = torch.zeros_like(value_B_S)
    next_value_B = torch.zeros_like(value_B_S[:, 0]) if final_value_B is None else final_value_B
    next_advantage_B = torch.zeros_like(next_value_B)
    discount_B_S = torch.full_like(value_B_S, gamma) if ends_B_S is None else gamma * ~ends_B_S
    for step in reversed(range(value_B_S.shape[1])):
        acts_B, value_B, discount_B = acts_B_S[:, step], value_B_S[:, step], discount_B_S[:, step]
        delta_B = reward_B_S[:, step] + discount_B * next_value_B - value_B
        next_advantage_B = torch.where(acts_B, delta_B + discount_B * lam * next_advantage_B, next_advantage_B)
        next_value_B = torch.where(acts_B, value_B, next_value_B)
        advantage_B_S[:, step] = next_advantage_B
    return advantage_B_S * acts_B_S


def values_of(batch: Batch) -> torch.Tensor:
    """The values (B, T) of a batch.

    Raises:
        ValueError: no critic has looked at it.
    """
    if batch.value_B_T is None:
        raise ValueError("the batch has no values: this estimator needs a critic")
    return batch.value_B_T


def _graded_tokens(batch: Batch) -> torch.Tensor:
    """The own tokens (B, T) of episodes that could be graded."""
    return batch.own_B_T & batch.gradable_B[:, None]


def _over_turns(batch: Batch, config: LLMConfig, *, gamma: float, lam: float) -> tuple[torch.Tensor, torch.Tensor]:
    """The advantage of each turn (B, K), and the value at its beginning (B, K)."""
    nothing_B_K = torch.zeros_like(batch.rewards_B_K)
    begins_B_T = batch.begins_turn_B_T
    value_B_K = nothing_B_K.scatter_add(1, batch.turns_B_T, values_of(batch) * begins_B_T)
    acts_B_K = nothing_B_K.scatter_add(1, batch.turns_B_T, begins_B_T.float()) > 0
    reward_B_K = nothing_B_K.scatter_add(1, batch.turns_B_T, token_rewards(batch, config))
    advantage_B_K = generalized_advantages(
        reward_B_K, value_B_K, acts_B_K, gamma=gamma, lam=lam, final_value_B=batch.final_value_B
    )
    return advantage_B_K, value_B_K
