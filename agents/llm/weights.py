"""How much each own token counts in the loss of an optimiser step."""

from __future__ import annotations

from typing import Literal

import torch

Aggregation = Literal["token_mean", "sequence_mean", "prompt_mean", "fixed_length"]


def token_weights(
    own_B_T: torch.Tensor, aggregation: Aggregation, *, group_B: torch.Tensor, fixed_length: int
) -> torch.Tensor:
    """Weights of shape (B, T) over the own tokens of a whole optimiser step.

    Args:
        own_B_T: the own tokens.
        aggregation: `token_mean` weights every token alike (DAPO, Yu et al. 2025); `sequence_mean` every episode, its
            tokens sharing it (GRPO, Shao et al. 2024); `prompt_mean` every group, its tokens sharing it (ScaleRL,
            Khatri et al. 2025); these three sum to 1. `fixed_length` divides the sum of each episode by a constant,
            so that a token counts the same whatever the length of its episode (Dr. GRPO, Liu et al. 2025).
        group_B: the group of each episode.
        fixed_length: that constant.

    Raises:
        ValueError: the aggregation is unknown.
    """
    own = own_B_T.float()
    if aggregation == "token_mean":
        return own / own.sum().clamp(min=1)
    length_B = own.sum(-1)
    counts_B = length_B > 0
    if aggregation == "sequence_mean":
        return own / length_B.clamp(min=1)[:, None] / counts_B.sum().clamp(min=1)
    if aggregation == "prompt_mean":
        groups, place_B = group_B.unique(return_inverse=True)
        length_G = torch.zeros(len(groups)).index_add_(0, place_B, length_B)
        return own / length_G[place_B].clamp(min=1)[:, None] / (length_G > 0).sum().clamp(min=1)
    if aggregation == "fixed_length":
        return own / fixed_length / counts_B.sum().clamp(min=1)
    raise ValueError(
        f"aggregation must be 'token_mean', 'sequence_mean', 'prompt_mean' or 'fixed_length', got {aggregation!r}"
    )
