"""One update: from a batch of episodes to new weights."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import torch

from ..errors import TrainingDiverged
from .advantages import find_advantage
from .config import LLMConfig
from .objectives import ObjectiveInputs, find_objective, kl_estimate, token_weights
from .optimizer import MasterAdamW
from .policy import OwnTokens, Policy
from .types import Batch


@dataclass(slots=True)
class UpdateMetrics:
    """What an update did; means are over the own tokens that were read in its last pass, NaN where none was.

    Attributes:
        loss: the whole loss, entropy and divergence included.
        entropy: of the policy, in nats a token.
        clip_fraction: share of tokens whose gradient the clip cut off.
        kl_sampler: divergence of what trains from what sampled.
        kl_reference: divergence from the reference policy; 0 without one.
        grad_norm: the largest norm before clipping.
        signal_fraction: share of episodes with an advantage other than 0.
        tokens: how many tokens went through the model in all passes, padding left out.
    """

    loss: float = math.nan
    entropy: float = math.nan
    clip_fraction: float = math.nan
    kl_sampler: float = math.nan
    kl_reference: float = math.nan
    grad_norm: float = math.nan
    signal_fraction: float = 0.0
    tokens: int = 0


@dataclass(slots=True)
class _Sums:
    """Weighted sums over the tokens of a pass."""

    weight: float = 0.0
    loss: float = 0.0
    entropy: float = 0.0
    clipped: float = 0.0
    kl_sampler: float = 0.0
    kl_reference: float = 0.0

    def write_means(self, metrics: UpdateMetrics) -> None:
        if self.weight > 0:
            metrics.loss = self.loss / self.weight
            metrics.entropy = self.entropy / self.weight
            metrics.clip_fraction = self.clipped / self.weight
            metrics.kl_sampler = self.kl_sampler / self.weight
            metrics.kl_reference = self.kl_reference / self.weight


class Trainer:
    """Updates a policy by an advantage estimator and an objective, both found by name.

    Args:
        policy: the policy to train.
        config: hyper-parameters.
        optimizer: over its parameters.
        reference: the policy to stay close to, where `kl_coef` is over 0.
    """

    def __init__(
        self, policy: Policy, config: LLMConfig, optimizer: MasterAdamW, reference: Policy | None = None
    ) -> None:
        self._policy = policy
        self._config = config
        self._optimizer = optimizer
        self._reference = reference
        self._advantage = find_advantage(config.advantage)
        self._objective = find_objective(config.objective)

    def advantages(self, batch: Batch) -> torch.Tensor:
        """The advantage (B, T) of every own token, 0 elsewhere."""
        return self._advantage(batch, self._config)

    def update(
        self, batch: Batch, advantage_B_T: torch.Tensor, *, learning_rate: float, generator: torch.Generator
    ) -> UpdateMetrics:
        """Train on a batch.

        Args:
            batch: episodes sampled by the policy.
            advantage_B_T: what `advantages` says of it.
            learning_rate: of every step.
            generator: shuffles the episodes into mini-batches.

        Raises:
            TrainingDiverged: a loss or gradient is not finite, or the gradient's norm is over `divergence_grad_norm`;
                the weights are those before the step that failed.
        """
        has_signal_B = (advantage_B_T != 0).any(-1)
        metrics = UpdateMetrics(signal_fraction=float(has_signal_B.float().mean()))
        # without entropy bonus and reference, an episode without advantage has no gradient: it counts in the
        # denominator and need not be read
        reads_all = self._config.entropy_coef > 0 or self._reference is not None
        gradable = batch.gradable_B.nonzero().squeeze(-1)
        for _ in range(self._config.epochs):
            sums = _Sums()
            for rows in gradable[torch.randperm(len(gradable), generator=generator)].chunk(self._config.minibatches):
                weight_B_T = torch.zeros(batch.own_B_T.shape)
                weight_B_T[rows] = token_weights(batch.own_B_T[rows], self._config.aggregation)
                read = rows if reads_all else rows[has_signal_B[rows]]
                if len(read):
                    norm = self._step(batch, advantage_B_T, weight_B_T, read, sums, metrics, learning_rate)
                    metrics.grad_norm = max(norm, metrics.grad_norm) if metrics.grad_norm >= 0 else norm
            sums.write_means(metrics)
        return metrics

    def _step(
        self,
        batch: Batch,
        advantage_B_T: torch.Tensor,
        weight_B_T: torch.Tensor,
        rows: torch.Tensor,
        sums: _Sums,
        metrics: UpdateMetrics,
        learning_rate: float,
    ) -> float:
        """One step of the optimiser on some rows; the norm of its gradient."""
        loss = 0.0
        for part in _micro_batches(batch, rows, self._config.micro_batch_tokens):
            loss += self._backward(batch, advantage_B_T, weight_B_T, part, sums)
            metrics.tokens += int(batch.length_B[part].sum())
        if not math.isfinite(loss):
            self._optimizer.clear()
            raise TrainingDiverged(f"the loss is {loss}: the last good weights are kept; lower learning_rate")
        norm = self._optimizer.step(
            learning_rate=learning_rate,
            max_norm=self._config.max_grad_norm,
            refuse_norm=self._config.divergence_grad_norm,
        )
        if not norm <= self._config.divergence_grad_norm:
            raise TrainingDiverged(
                f"the gradient's norm is {norm:.3g}, over "
                f"divergence_grad_norm={self._config.divergence_grad_norm:.3g}: the last good weights are kept; "
                "lower learning_rate"
            )
        return norm

    def _backward(
        self,
        batch: Batch,
        advantage_B_T: torch.Tensor,
        weight_B_T: torch.Tensor,
        rows: torch.Tensor,
        sums: _Sums,
    ) -> float:
        """Add the gradient of some rows; their part of the loss."""
        config, device = self._config, self._policy.device
        longest = int(batch.length_B[rows].max())
        tokens_B_T = batch.tokens_B_T[rows, :longest].to(device)
        own_B_T = batch.own_B_T[rows, :longest].to(device)

        def own(value_B_T: torch.Tensor) -> torch.Tensor:
            return value_B_T[rows, :longest].to(device)[own_B_T]

        new = self._own_tokens(self._policy, tokens_B_T, own_B_T)
        weight_N = own(weight_B_T)
        behaviour_logp_N = own(batch.logp_B_T)
        outputs = self._objective(ObjectiveInputs(new.logp_N, behaviour_logp_N, own(advantage_B_T)), config)
        loss_N = outputs.loss_N - config.entropy_coef * new.entropy_N
        kl_reference_N = torch.zeros_like(loss_N)
        if self._reference is not None:
            with torch.no_grad():
                reference = self._own_tokens(self._reference, tokens_B_T, own_B_T)
            kl_reference_N = kl_estimate(new.logp_N, reference.logp_N)
            loss_N = loss_N + config.kl_coef * kl_reference_N
        loss = (weight_N * loss_N).sum()
        loss.backward()
        self._optimizer.gather()

        with torch.no_grad():
            sums.weight += float(weight_N.sum())
            sums.loss += float(loss)
            sums.entropy += float((weight_N * new.entropy_N).sum())
            sums.clipped += float((weight_N * outputs.clipped_N).sum())
            sums.kl_sampler += float((weight_N * kl_estimate(behaviour_logp_N, new.logp_N)).sum())
            sums.kl_reference += float((weight_N * kl_reference_N).sum())
        return float(loss.detach())

    def _own_tokens(self, policy: Policy, tokens_B_T: torch.Tensor, own_B_T: torch.Tensor) -> OwnTokens:
        return policy.own_tokens(tokens_B_T, own_B_T, temperature=self._config.temperature)


def _micro_batches(batch: Batch, rows: torch.Tensor, most_tokens: int) -> Iterator[torch.Tensor]:
    """Split rows into parts of about `most_tokens` tokens with padding, rows of like length together."""
    length_B = batch.length_B[rows]
    order = length_B.argsort(descending=True, stable=True)
    start = 0
    while start < len(order):
        longest = int(length_B[order[start]])
        end = start + max(1, most_tokens // longest)
        yield rows[order[start:end]]
        start = end
