"""A classifier that is trained once, from pictures of both kinds."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional as F

from ....envs.core.arguments import check_integer
from .network import PictureClassifierNet, channels_first, generator_from, torch_generator

LEARNING_RATE = 1e-3


class SuccessClassifier:
    """Tells pictures of a task that is done from others; does not change once it is made.

    Every batch is half of one kind and half of the other, so that rare successes count as much as all that is no
    success (binary cross-entropy, Adam). The same pictures and seed give the same classifier on one machine.

    Args:
        done_N_H_W_C: pictures of the task done, bytes.
        other_N_H_W_C: pictures of it not done.
        seed: of the first weights and the batches.
        updates: how many batches.
        batch_size: pictures a batch.

    Raises:
        ValueError: there are no pictures of a kind, they are of different shapes or too small, or a number is out of
            range.
    """

    def __init__(
        self,
        done_N_H_W_C: NDArray[np.uint8],
        other_N_H_W_C: NDArray[np.uint8],
        *,
        seed: int,
        updates: int = 400,
        batch_size: int = 64,
    ) -> None:
        check_pictures(done_N_H_W_C, other_N_H_W_C)
        half = check_integer("batch_size", batch_size, 2) // 2
        rng = np.random.default_rng(seed)
        label_B = torch.cat([torch.ones(half), torch.zeros(half)])
        with torch_generator(generator_from(seed)):
            self._net = PictureClassifierNet(done_N_H_W_C.shape[1:])
        optimizer = torch.optim.Adam(self._net.parameters(), lr=LEARNING_RATE)
        for _ in range(check_integer("updates", updates, 1)):
            chosen = [kind[rng.integers(len(kind), size=half)] for kind in (done_N_H_W_C, other_N_H_W_C)]
            logit_B = self._net.classify(self._net.encode(channels_first(np.concatenate(chosen))))
            loss = F.binary_cross_entropy_with_logits(logit_B, label_B)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()

    def probability(self, picture_B_H_W_C: NDArray[np.uint8]) -> NDArray[np.float64]:
        """How likely each of a batch of pictures shows the task done."""
        return self._net.probability(picture_B_H_W_C)


def check_pictures(done_N_H_W_C: NDArray[np.uint8], other_N_H_W_C: NDArray[np.uint8]) -> None:
    """Refuse what is not some pictures of both kinds and of one shape.

    Raises:
        ValueError: it is not; the message names the kind.
    """
    for name, pictures in (("done", done_N_H_W_C), ("other", other_N_H_W_C)):
        if pictures.ndim != 4 or not len(pictures) or pictures.dtype != np.uint8:
            raise ValueError(f"{name} must be pictures of bytes, (N, H, W, C), got {pictures.dtype} {pictures.shape}")
    if done_N_H_W_C.shape[1:] != other_N_H_W_C.shape[1:]:
        raise ValueError(f"other must be pictures of {done_N_H_W_C.shape[1:]}, got {other_N_H_W_C.shape[1:]}")
