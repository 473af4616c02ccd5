"""A critic that learns what return is to be expected before each own token."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch

from ..config import CriticConfig, LLMConfig
from ..optimizer import MasterAdamW
from ..policy import Policy, Precision
from ..trainer import micro_batches
from ..types import Batch, Episode, Group, Segment, StopReason, collate
from .value_network import ValueNetwork


@dataclass(slots=True)
class CriticMetrics:
    """How well a critic did.

    Attributes:
        value_loss: half the mean squared error (clipped as the config says) over the last pass.
        explained_variance: share of the targets' variance that the values explained before the update; NaN where the
            targets do not vary.
        value_mean: mean value before the update.
        value_grad_norm: the largest norm before clipping.
    """

    value_loss: float
    explained_variance: float
    value_mean: float
    value_grad_norm: float


class Critic:
    """A value network and what trains it.

    Args:
        policy: whose episodes it values; a critic of the policy's own kind begins with its present weights.
        settings: how it learns.
        precision: of a model that is loaded.
        seed: of the order in which episodes are trained on.

    Raises:
        ValueError: the model of the settings is unusable.
    """

    def __init__(self, policy: Policy, settings: CriticConfig, *, precision: Precision, seed: int) -> None:
        self._policy = policy
        self._settings = settings
        self._network = ValueNetwork(settings.model, policy, precision=precision)
        self._shuffle = torch.Generator().manual_seed(seed)
        self._updates = 0
        self.reset_optimizer()

    @property
    def warmed_up(self) -> bool:
        """Whether the policy may learn from the values."""
        return self._updates > self._settings.warmup_updates

    def value(self, batch: Batch, episodes: Sequence[Episode], valued_B_T: torch.Tensor, config: LLMConfig) -> None:
        """Write into a batch what is expected before its tokens, and behind the end of truncated episodes.

        Truncation comes from outside: what the episode would still have brought is part of the return, as in
        Stable-Baselines3. An episode that has filled the context has failed (that is a rule for the policy, which could
        have said less), so nothing is expected behind it.

        Args:
            batch: the episodes as tensors; gets `value_B_T` and `final_value_B`.
            episodes: the same, in the order of the batch's rows.
            valued_B_T: before which tokens.
            config: size of a pass.
        """
        batch.value_B_T = self._values(batch, valued_B_T, config)
        batch.final_value_B = self._final_values(episodes, config)

    def update(
        self, batch: Batch, target_B_T: torch.Tensor, valued_B_T: torch.Tensor, config: LLMConfig
    ) -> CriticMetrics:
        """Regress the values on targets.

        Args:
            batch: episodes with the values from before; those that could not be graded are left out.
            target_B_T: what the values should have been.
            valued_B_T: at which tokens.
            config: size of a pass, and the norm that stops training.

        Raises:
            TrainingDiverged: the norm of the gradient is not finite or over `divergence_grad_norm`; the weights are
                those before the step that failed.
        """
        assert batch.value_B_T is not None
        counted_B_T = valued_B_T & batch.gradable_B[:, None]
        rows = counted_B_T.any(-1).nonzero().squeeze(-1)
        value_N, target_N = batch.value_B_T[counted_B_T], target_B_T[counted_B_T]
        metrics = CriticMetrics(math.nan, explained_variance(value_N, target_N), float(value_N.mean()), math.nan)
        for _ in range(self._settings.epochs):
            loss, norms = 0.0, [0.0]
            for chosen in rows[torch.randperm(len(rows), generator=self._shuffle)].chunk(self._settings.minibatches):
                loss_sum, norm = self._step(batch, target_B_T, counted_B_T, chosen, config)
                loss += loss_sum
                norms.append(norm)
            metrics.value_loss = loss / max(1, len(value_N))
            metrics.value_grad_norm = max(norms)
        self._updates += 1
        return metrics

    def reset_optimizer(self) -> None:
        """Forget the optimiser's moments."""
        self._optimizer = MasterAdamW(
            self._network.parameters(), learning_rate=self._settings.learning_rate, setting="critic.learning_rate"
        )

    def get_state(self) -> dict[str, Any]:
        """Optimiser with full-precision weights, the order's generator, and how often it has learned."""
        return {
            "optimizer": self._optimizer.state_dict(),
            "shuffle": self._shuffle.get_state(),
            "updates": self._updates,
        }

    def set_state(self, state: dict[str, Any]) -> None:
        """Return to a state; the optimiser writes its weights into the network."""
        self._optimizer.load_state_dict(state["optimizer"])
        self._shuffle.set_state(state["shuffle"].cpu())
        self._updates = state["updates"]

    def _step(
        self,
        batch: Batch,
        target_B_T: torch.Tensor,
        counted_B_T: torch.Tensor,
        rows: torch.Tensor,
        config: LLMConfig,
    ) -> tuple[float, float]:
        """One step of the optimiser on some rows; the sum of its losses and the norm of its gradient."""
        assert batch.value_B_T is not None
        count = counted_B_T[rows].sum()
        total = 0.0
        for part in micro_batches(batch, rows, config.micro_batch_tokens):
            longest = int(batch.length_B[part].max())
            device = self._policy.device
            counted = counted_B_T[part, :longest]
            value_N = self._network.values(batch.tokens_B_T[part, :longest].to(device), counted.to(device))
            loss = value_loss(
                value_N,
                target_B_T[part, :longest][counted].to(device),
                old_value_N=batch.value_B_T[part, :longest][counted].to(device),
                clip=self._settings.value_clip,
            ).sum()
            (loss / count).backward()
            self._optimizer.gather()
            total += float(loss.detach())
        norm = self._optimizer.step(
            learning_rate=self._settings.learning_rate,
            max_norm=self._settings.max_grad_norm,
            refuse_norm=config.divergence_grad_norm,
        )
        return total, norm

    @torch.no_grad()
    def _values(self, batch: Batch, valued_B_T: torch.Tensor, config: LLMConfig) -> torch.Tensor:
        """Values (B, T), 0 where none is asked for."""
        value_B_T = torch.zeros(valued_B_T.shape)
        rows = valued_B_T.any(-1).nonzero().squeeze(-1)
        for part in micro_batches(batch, rows, config.micro_batch_tokens):
            longest = int(batch.length_B[part].max())
            valued = valued_B_T[part, :longest]
            tokens_B_T = batch.tokens_B_T[part, :longest].to(self._policy.device)
            part_B_T = torch.zeros(valued.shape)
            part_B_T[valued] = self._network.values(tokens_B_T, valued.to(self._policy.device)).cpu()
            value_B_T[part, :longest] = part_B_T
        return value_B_T

    def _final_values(self, episodes: Sequence[Episode], config: LLMConfig) -> torch.Tensor:
        """What is expected behind each episode (B,)."""
        value_B = torch.zeros(len(episodes))
        cut_off = {
            row: longer
            for row, episode in enumerate(episodes)
            if episode.stop is StopReason.TRUNCATED
            if (longer := _one_token_longer(episode, self._policy)) is not None
        }
        if cut_off:
            batch = collate([Group(list(cut_off.values()))], pad_token=self._policy.pad_token)
            last_B_T = batch.ends_turn_B_T & (batch.turns_B_T == batch.turns_B_T[:, -1:])
            value_B[list(cut_off)] = self._values(batch, last_B_T, config).sum(-1)
        return value_B


def value_loss(
    value_N: torch.Tensor, target_N: torch.Tensor, *, old_value_N: torch.Tensor, clip: float | None
) -> torch.Tensor:
    """Half the squared error of each value; with a clip, the worse of it and the clipped value's.

    max((V - G)^2, (V_old + clamp(V - V_old, -clip, clip) - G)^2) / 2 (Schulman et al. 2017, as in openai/baselines).

    Args:
        value_N: values under the weights being trained, differentiable.
        target_N: what they should be.
        old_value_N: values under the weights that the update began with.
        clip: how far a value may move before its gradient is cut off; None for no limit.
    """
    error_N = (value_N - target_N).square()
    if clip is not None:
        clipped_N = old_value_N + (value_N - old_value_N).clamp(-clip, clip)
        error_N = torch.maximum(error_N, (clipped_N - target_N).square())
    return error_N / 2


def explained_variance(value_N: torch.Tensor, target_N: torch.Tensor) -> float:
    """1 - Var(target - value) / Var(target): 1 for perfect values, 0 for a constant; NaN where targets do not vary."""
    variance = float(target_N.var(correction=0))
    return math.nan if not variance > 0 else 1 - float((target_N - value_N).var(correction=0)) / variance


def _one_token_longer(episode: Episode, policy: Policy) -> Episode | None:
    """A truncated episode up to where its next reply would begin; None where that does not fit the context."""
    if episode.final_observation is None:
        return None
    tokens = [int(token) for segment in episode.last.lineage() for token in segment.tokens_T]
    following = policy.chat.following(episode.final_observation, reply_ended=tokens[-1] in policy.end_tokens)
    if len(tokens) + len(following) > policy.context_length:
        return None
    next_turn = Segment.turn(following, [policy.pad_token], turn=len(episode.rewards_K), parent=episode.last)
    return Episode(next_turn, [*episode.rewards_K, 0.0], [], None, None, episode.stop, episode.seed)
