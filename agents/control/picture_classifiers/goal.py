"""A classifier that goes on learning what the goal looks like while an agent tries to look like it (VICE)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from ..rlpd.random_shift import random_shift
from .network import PictureClassifierNet, channels_first, generator_from, torch_generator
from .success import check_pictures

LEARNING_RATE = 3e-4
SMOOTHING = 0.2
"""What is taken from a label of 0 or 1 and spread evenly over both."""

GRADIENT_PENALTY = 10.0
PADDING = 1
"""How many pixels pictures are shifted by, at most; SERL has 4, of pictures of 128."""


class GoalClassifier:
    """Tells pictures of the goal from those that an agent comes to see; every update is one step of learning.

    VICE (Fu et al., Variational inverse control with events, 2018), regularised as in SERL (rail-berkeley/serl,
    `agents/continuous/vice.py`): with features f of as many pictures of the goal as of others, each kind also shifted
    at random, labels y' = 0.8 y + 0.1, mix-up λ ~ U(0, 1) over a permutation π, f~ = λ f + (1 - λ) f_π, and points f^
    drawn evenly between the first half of f~ and the second,

        loss = λ BCE(D(f~), y') + (1 - λ) BCE(D(f~), y'_π) + 10 (|∇D(f^)| - 1)²

    SERL's features are of a network trained on other pictures, and fixed; here the same loss trains them.

    Args:
        shape: height, width and channels of a picture.
        seed: of the first weights and of all that is drawn.

    Raises:
        ValueError: the pictures are too small.
    """

    def __init__(self, shape: tuple[int, ...], *, seed: int) -> None:
        self._shape = tuple(shape)
        self._generator = generator_from(seed)
        with torch_generator(self._generator):
            self._assemble()

    def _assemble(self) -> None:
        self._net = PictureClassifierNet(self._shape)
        self._optimizer = torch.optim.Adam(self._net.parameters(), lr=LEARNING_RATE)

    def update(self, goal_N_H_W_C: NDArray[np.uint8], seen_N_H_W_C: NDArray[np.uint8]) -> float:
        """Learn from a batch of pictures of the goal, and as many of what was seen.

        Returns:
            The loss.

        Raises:
            ValueError: there are no pictures of a kind, or not as many, or of different shapes.
        """
        check_pictures(goal_N_H_W_C, seen_N_H_W_C)
        if len(goal_N_H_W_C) != len(seen_N_H_W_C):
            raise ValueError(f"there must be as many pictures of both, got {len(goal_N_H_W_C)}, {len(seen_N_H_W_C)}")
        with torch_generator(self._generator):
            goal_N, seen_N = channels_first(goal_N_H_W_C), channels_first(seen_N_H_W_C)
            kinds = [goal_N, random_shift(goal_N, PADDING), seen_N, random_shift(seen_N, PADDING)]
            feature_B_F = self._net.encode(torch.cat(kinds))
            label_B = smoothed(torch.arange(len(feature_B_F)) < 2 * len(goal_N))
            mixed_B_F, other_B, share = mix_up(feature_B_F, label_B)
            logit_B = self._net.classify(mixed_B_F)
            loss = share * F.binary_cross_entropy_with_logits(logit_B, label_B)
            loss = loss + (1.0 - share) * F.binary_cross_entropy_with_logits(logit_B, other_B)
            loss = loss + GRADIENT_PENALTY * gradient_penalty(self._net.classify, mixed_B_F)
            self._optimizer.zero_grad()
            loss.backward()
            self._optimizer.step()
        return float(loss.item())

    def probability(self, picture_B_H_W_C: NDArray[np.uint8]) -> NDArray[np.float64]:
        """How likely each of a batch of pictures is one of the goal."""
        return self._net.probability(picture_B_H_W_C)

    def __getstate__(self) -> dict[str, Any]:
        """Weights, the optimiser's moments and the generator."""
        kept = {"shape": self._shape, "generator": self._generator.clone()}
        return kept | {"net": _copied(self._net.state_dict()), "optimizer": _copied(self._optimizer.state_dict())}

    def __setstate__(self, saved: dict[str, Any]) -> None:
        self._shape, self._generator = saved["shape"], saved["generator"].clone()
        with torch.random.fork_rng(devices=[]):
            self._assemble()
        self._net.load_state_dict(saved["net"])
        self._optimizer.load_state_dict(_copied(saved["optimizer"]))


def smoothed(label_B: Tensor) -> Tensor:
    """Labels of 0 and 1, moved towards the middle."""
    return label_B.float() * (1.0 - SMOOTHING) + 0.5 * SMOOTHING


def mix_up(feature_B_F: Tensor, label_B: Tensor) -> tuple[Tensor, Tensor, float]:
    """Features mixed with those of a permutation (Zhang et al., mixup, 2018).

    Returns:
        λ f + (1 - λ) f_π, the labels of the permutation, and λ, drawn evenly for the whole batch.
    """
    share = float(torch.rand(()))
    order_B = torch.randperm(len(feature_B_F))
    return share * feature_B_F + (1.0 - share) * feature_B_F[order_B], label_B[order_B], share


def gradient_penalty(classify: Callable[[Tensor], Tensor], feature_B_F: Tensor) -> Tensor:
    """(|∇ classify| - 1)², on average over points between the first half of a batch and the second.

    (Gulrajani et al., Improved training of Wasserstein GANs, 2017.)
    """
    half = len(feature_B_F) // 2
    share_H_1 = torch.rand(half, 1)
    between_H_F = share_H_1 * feature_B_F[:half] + (1.0 - share_H_1) * feature_B_F[half : 2 * half]
    if not between_H_F.requires_grad:
        between_H_F.requires_grad_()
    (slope_H_F,) = torch.autograd.grad(classify(between_H_F).sum(), between_H_F, create_graph=True)
    norm_H = (slope_H_F.square() + 1e-6).sum(dim=1).sqrt()
    return (norm_H - 1.0).square().mean()


def _copied(state: Any) -> Any:
    if isinstance(state, dict):
        return {key: _copied(value) for key, value in state.items()}
    if isinstance(state, list):
        return [_copied(value) for value in state]
    return state.clone() if isinstance(state, Tensor) else state
