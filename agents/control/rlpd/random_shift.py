"""Pictures shifted at random, as DrQ augments them."""

from __future__ import annotations

from typing import Any

import torch
from gymnasium import spaces
from stable_baselines3.common.preprocessing import is_image_space
from torch import Tensor

PADDING = 4
"""How many pixels a picture is shifted by, at most (Kostrikov, Yarats and Fergus, 2021)."""


def random_shift(picture_B_C_H_W: Tensor, padding: int = PADDING) -> Tensor:
    """Every picture of a batch, shifted by up to `padding` pixels each way; its edge fills what comes into view."""
    batch, _, height, width = picture_B_C_H_W.shape
    down_B_2, device = torch.randint(-padding, padding + 1, (2, batch)), picture_B_C_H_W.device
    rows_B_H = (torch.arange(height) + down_B_2[0, :, None]).clamp(0, height - 1).to(device)
    columns_B_W = (torch.arange(width) + down_B_2[1, :, None]).clamp(0, width - 1).to(device)
    which_B = torch.arange(batch, device=device)[:, None, None]
    shifted_B_H_W_C = picture_B_C_H_W.permute(0, 2, 3, 1)[which_B, rows_B_H[:, :, None], columns_B_W[:, None, :]]
    return shifted_B_H_W_C.permute(0, 3, 1, 2)


def shift_pictures(observations: Any, space: spaces.Space[Any], padding: int = PADDING) -> Any:
    """A batch of observations with the pictures in them shifted; what is no picture stays as it is."""
    if isinstance(space, spaces.Dict):
        return {key: shift_pictures(observations[key], part, padding) for key, part in space.spaces.items()}
    return random_shift(observations, padding) if is_image_space(space) else observations
