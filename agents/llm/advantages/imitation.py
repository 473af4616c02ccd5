"""Advantages that make a policy gradient imitate: how much each episode is worth repeating."""

from __future__ import annotations

import torch

from ..config import LLMConfig
from ..types import Batch
from .group import on_own_tokens
from .registry import register_advantage


@register_advantage("constant")
def constant(batch: Batch, config: LLMConfig) -> torch.Tensor:
    """1: with the objective `reinforce`, the likelihood of everything that is read (behaviour cloning).

    Args:
        batch: episodes of B sequences and T tokens.
        config: not used.

    Returns:
        Advantages of shape (B, T), 0 where a token is not own and in episodes that could not be graded.
    """
    return on_own_tokens(batch, batch.gradable_B.float())


@register_advantage("over_threshold")
def over_threshold(batch: Batch, config: LLMConfig, *, threshold: float = 0.0) -> torch.Tensor:
    """1 for episodes whose return is over a threshold, else 0: only those are imitated (expert iteration).

    As in ReST (Gulcehre et al. 2023, arXiv 2308.08998), "Improve" step. What is not imitated is not read either.

    Args:
        batch: episodes of B sequences and T tokens.
        config: not used.
        threshold: a return that is not good enough yet.

    Returns:
        Advantages of shape (B, T), 0 where a token is not own and in episodes that could not be graded.
    """
    return on_own_tokens(batch, ((batch.return_B > threshold) & batch.gradable_B).float())


@register_advantage("over_expected")
def over_expected(batch: Batch, config: LLMConfig) -> torch.Tensor:
    """Return minus what was expected of the task, the same for every own token (A-LoL, Baheti et al. 2024).

    Args:
        batch: episodes of B sequences and T tokens; the learner has put what it expects into `value_B_T`.
        config: not used.

    Returns:
        Advantages of shape (B, T), 0 where a token is not own and in episodes that could not be graded.
    """
    assert batch.value_B_T is not None
    return (batch.return_B[:, None] - batch.value_B_T) * batch.own_B_T * batch.gradable_B[:, None]
