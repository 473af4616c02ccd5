"""One update: from a batch and its advantages to new weights."""

from __future__ import annotations

import copy
import math
from collections.abc import Iterator
from dataclasses import dataclass

import torch

from ..errors import TrainingDiverged
from .config import LLMConfig
from .divergences import DIVERGENCES, kl_estimate
from .objectives import OBJECTIVES, Objective, ObjectiveInputs, needs_of
from .objectives.registry import ObjectiveNeeds
from .optimizer import MasterAdamW
from .policy import OwnTokens, Policy
from .types import Batch
from .weights import token_weights


@dataclass(slots=True)
class UpdateMetrics:
    """What an update did; means are over the own tokens that were read in its last pass, NaN where none was.

    Attributes:
        loss: the whole loss, entropy and divergence included.
        entropy: of the policy, in nats a token.
        clip_fraction: share of tokens whose gradient the clip cut off.
        clip_fraction_high: share of tokens cut off while their advantage called for more.
        clip_fraction_low: share of tokens cut off while their advantage called for less.
        kl_sampler: divergence of what trains from what sampled.
        kl_reference: divergence from the reference policy; 0 without one.
        grad_norm: the largest norm before clipping.
        signal_fraction: share of episodes with an advantage other than 0.
        tokens: how many tokens went through the model in all passes, padding left out.
        optimizer_steps: how many there were.
        staleness: how many of them lay between sampling and training, on average over the steps.
    """

    loss: float = math.nan
    entropy: float = math.nan
    clip_fraction: float = math.nan
    clip_fraction_high: float = math.nan
    clip_fraction_low: float = math.nan
    kl_sampler: float = math.nan
    kl_reference: float = math.nan
    grad_norm: float = math.nan
    signal_fraction: float = 0.0
    tokens: int = 0
    optimizer_steps: int = 0
    staleness: float = math.nan


@dataclass(slots=True)
class _Sums:
    """Weighted sums over the tokens of a pass."""

    weight: float = 0.0
    loss: float = 0.0
    entropy: float = 0.0
    clip_fraction: float = 0.0
    clip_fraction_high: float = 0.0
    clip_fraction_low: float = 0.0
    kl_sampler: float = 0.0
    kl_reference: float = 0.0

    def write_means(self, metrics: UpdateMetrics) -> None:
        if self.weight > 0:
            for name in self.__slots__:
                if name != "weight":
                    setattr(metrics, name, getattr(self, name) / self.weight)


@dataclass(slots=True, eq=False)
class _Pass:
    """What all steps of one update share.

    Attributes:
        batch: the episodes.
        advantage_B_T: their advantages.
        importance_B_T: what each token's loss is multiplied with, for a sampler that computes otherwise than the
            trainer; None for 1.
        old: the policy the update began with, where the objective needs more of it than the batch holds.
        config: hyper-parameters of this update.
        objective: the objective of the config, its settings filled in.
        needs: what it needs.
        learning_rate: of every step.
    """

    batch: Batch
    advantage_B_T: torch.Tensor
    importance_B_T: torch.Tensor | None
    old: Policy | None
    config: LLMConfig
    objective: Objective
    needs: ObjectiveNeeds
    learning_rate: float


class Trainer:
    """Updates a policy; it knows no algorithm, but finds the objective by name.

    Args:
        policy: the policy to train.
        optimizer: over its parameters.
    """

    def __init__(self, policy: Policy, optimizer: MasterAdamW) -> None:
        self._policy = policy
        self._optimizer = optimizer

    def update(
        self,
        batch: Batch,
        advantage_B_T: torch.Tensor,
        config: LLMConfig,
        *,
        learning_rate: float,
        generator: torch.Generator,
        importance_B_T: torch.Tensor | None = None,
    ) -> UpdateMetrics:
        """Train on a batch.

        Args:
            batch: episodes; with `kl_coef` over 0, their log-probabilities under the reference are in it.
            advantage_B_T: the advantage of every own token.
            config: hyper-parameters of this update.
            learning_rate: of every step.
            generator: shuffles the episodes into mini-batches.
            importance_B_T: what the loss of each token is multiplied with; None for 1.

        Raises:
            TrainingDiverged: a loss or gradient is not finite, or the gradient's norm is over `divergence_grad_norm`;
                the weights are those before the step that failed.
        """
        needs = needs_of(config.objective)
        old = copy.deepcopy(self._policy) if needs.vocabulary_mean else None
        objective = OBJECTIVES.bind(config.objective)
        shared = _Pass(batch, advantage_B_T, importance_B_T, old, config, objective, needs, learning_rate)
        has_signal_B = (advantage_B_T != 0).any(-1)
        metrics = UpdateMetrics(signal_fraction=float(has_signal_B.float().mean()))
        # without entropy bonus and reference, an episode without advantage has no gradient for most objectives: it
        # counts in the denominator and need not be read
        reads_all = needs.every_episode or config.entropy_coef > 0 or self._diverges(shared)
        for _ in range(config.epochs):
            sums = _Sums()
            for rows in _mini_batches(shared, generator):
                weight_B_T = torch.zeros(batch.own_B_T.shape)
                weight_B_T[rows] = token_weights(
                    batch.own_B_T[rows],
                    config.aggregation,
                    group_B=batch.group_B[rows],
                    fixed_length=config.max_new_tokens,
                )
                read = rows if reads_all else rows[has_signal_B[rows]]
                if len(read):
                    norm = self._step(shared, weight_B_T, read, sums, metrics)
                    metrics.grad_norm = max(norm, metrics.grad_norm) if metrics.grad_norm >= 0 else norm
                    metrics.optimizer_steps += 1
                    metrics.staleness = (metrics.optimizer_steps - 1) / 2  # the mean of 0, 1, … steps - 1
            sums.write_means(metrics)
        return metrics

    @staticmethod
    def _diverges(shared: _Pass) -> bool:
        """Whether a divergence from the reference is part of the loss."""
        return (
            shared.config.kl_coef > 0 and shared.config.kl_in == "loss" and shared.batch.reference_logp_B_T is not None
        )

    def _step(
        self, shared: _Pass, weight_B_T: torch.Tensor, rows: torch.Tensor, sums: _Sums, metrics: UpdateMetrics
    ) -> float:
        """One step of the optimiser on some rows; the norm of its gradient."""
        config = shared.config
        loss = 0.0
        for part in micro_batches(
            shared.batch, rows, config.micro_batch_tokens, whole_groups=shared.needs.whole_groups
        ):
            loss += self._backward(shared, weight_B_T, part, sums)
            metrics.tokens += int(shared.batch.length_B[part].sum())
        if not math.isfinite(loss):
            self._optimizer.clear()
            raise TrainingDiverged(f"the loss is {loss}: the last good weights are kept; lower learning_rate")
        return self._optimizer.step(
            learning_rate=shared.learning_rate,
            max_norm=config.max_grad_norm,
            refuse_norm=config.divergence_grad_norm,
        )

    def _backward(self, shared: _Pass, weight_B_T: torch.Tensor, rows: torch.Tensor, sums: _Sums) -> float:
        """Add the gradient of some rows; their part of the loss."""
        config, batch, device = shared.config, shared.batch, self._policy.device
        longest = int(batch.length_B[rows].max())
        tokens_B_T = batch.tokens_B_T[rows, :longest].to(device)
        own_B_T = batch.own_B_T[rows, :longest].to(device)

        def own(value_B_T: torch.Tensor) -> torch.Tensor:
            return value_B_T[rows, :longest].to(device)[own_B_T]

        new = own_tokens(self._policy, tokens_B_T, own_B_T, config, with_vocabulary_mean=shared.needs.vocabulary_mean)
        weight_N, old_logp_N = own(weight_B_T), own(batch.logp_B_T)
        _, group_R = batch.group_B[rows].unique(return_inverse=True)
        inputs = ObjectiveInputs(
            logp_N=new.logp_N,
            old_logp_N=old_logp_N,
            advantage_N=own(shared.advantage_B_T),
            entropy_N=new.entropy_N,
            row_N=own_B_T.nonzero()[:, 0],
            group_R=group_R.to(device),
            return_R=batch.return_B[rows].to(device),
            source_N=own(batch.source_B_T),
            reference_logp_N=None if batch.reference_logp_B_T is None else own(batch.reference_logp_B_T),
            vocabulary_mean_N=_vocabulary_mean(new, shared.old, tokens_B_T, own_B_T, config),
        )
        outputs = shared.objective(inputs, config)
        loss_N = outputs.loss_N
        if shared.importance_B_T is not None:
            loss_N = loss_N * own(shared.importance_B_T)
        if config.entropy_coef > 0:
            loss_N = loss_N - config.entropy_coef * new.entropy_N
        if self._diverges(shared):
            assert inputs.reference_logp_N is not None
            divergence = DIVERGENCES.bind(config.divergence)
            loss_N = loss_N + config.kl_coef * divergence(new.logp_N, inputs.reference_logp_N)
        loss = (weight_N * loss_N).sum()
        loss.backward()
        self._optimizer.gather()

        with torch.no_grad():
            sums.weight += float(weight_N.sum())
            sums.loss += float(loss)
            sums.entropy += float((weight_N * new.entropy_N).sum())
            if outputs.clipped_N is not None:
                clipped_N = weight_N * outputs.clipped_N
                sums.clip_fraction += float(clipped_N.sum())
                sums.clip_fraction_high += float(clipped_N[inputs.advantage_N > 0].sum())
                sums.clip_fraction_low += float(clipped_N[inputs.advantage_N < 0].sum())
            sums.kl_sampler += float((weight_N * kl_estimate(old_logp_N, new.logp_N)).sum())
            if inputs.reference_logp_N is not None:
                sums.kl_reference += float((weight_N * kl_estimate(new.logp_N, inputs.reference_logp_N)).sum())
        return float(loss.detach())


@torch.no_grad()
def score(policy: Policy, batch: Batch, rows: torch.Tensor, config: LLMConfig) -> torch.Tensor:
    """What a policy thinks of the own tokens of some episodes.

    Args:
        policy: the policy.
        batch: episodes.
        rows: which of them.
        config: temperature and size of a pass.

    Returns:
        Log-probabilities (B, T) at the sampling temperature, 0 where a token is not own or not in `rows`.
    """
    logp_B_T = torch.zeros(batch.own_B_T.shape)
    for part in micro_batches(batch, rows, config.micro_batch_tokens):
        longest = int(batch.length_B[part].max())
        own_B_T = batch.own_B_T[part, :longest]
        tokens_B_T = batch.tokens_B_T[part, :longest].to(policy.device)
        scored_B_T = torch.zeros(own_B_T.shape)
        scored_B_T[own_B_T] = own_tokens(policy, tokens_B_T, own_B_T.to(policy.device), config).logp_N.cpu()
        logp_B_T[part, :longest] = scored_B_T
    return logp_B_T


def own_tokens(
    policy: Policy,
    tokens_B_T: torch.Tensor,
    own_B_T: torch.Tensor,
    config: LLMConfig,
    *,
    with_vocabulary_mean: bool = False,
) -> OwnTokens:
    """`Policy.own_tokens` at the sampling temperature."""
    return policy.own_tokens(
        tokens_B_T, own_B_T, temperature=config.temperature, with_vocabulary_mean=with_vocabulary_mean
    )


@torch.no_grad()
def _vocabulary_mean(
    new: OwnTokens, old: Policy | None, tokens_B_T: torch.Tensor, own_B_T: torch.Tensor, config: LLMConfig
) -> torch.Tensor | None:
    """`ObjectiveInputs.vocabulary_mean_N`, None where the objective does not need it."""
    if old is None or new.vocabulary_mean_N is None:
        return None
    before = own_tokens(old, tokens_B_T, own_B_T, config, with_vocabulary_mean=True)
    assert before.vocabulary_mean_N is not None
    return new.vocabulary_mean_N - before.vocabulary_mean_N


def _mini_batches(shared: _Pass, generator: torch.Generator) -> Iterator[torch.Tensor]:
    """The gradable episodes in random order, split into `minibatches`; groups stay together where they must."""
    batch, config = shared.batch, shared.config
    gradable = batch.gradable_B.nonzero().squeeze(-1)
    if not shared.needs.whole_groups:
        yield from gradable[torch.randperm(len(gradable), generator=generator)].chunk(config.minibatches)
        return
    groups = batch.group_B[gradable].unique()
    for chosen in groups[torch.randperm(len(groups), generator=generator)].chunk(config.minibatches):
        yield gradable[torch.isin(batch.group_B[gradable], chosen)]


def micro_batches(
    batch: Batch, rows: torch.Tensor, most_tokens: int, *, whole_groups: bool = False
) -> Iterator[torch.Tensor]:
    """Split rows into parts of about `most_tokens` tokens with padding.

    Args:
        batch: episodes.
        rows: which of them; those without an own token, alone or in a group of such, are in no part.
        most_tokens: the most tokens of a part; one episode (or group) may have more.
        whole_groups: keep the episodes of a group together; rows of like length come together otherwise.
    """
    length_of = dict(zip(rows.tolist(), batch.length_B[rows].tolist(), strict=True))
    if whole_groups:
        units = [rows[batch.group_B[rows] == group].tolist() for group in batch.group_B[rows].unique()]
    else:
        units = [[row] for row in sorted(length_of, key=lambda row: -length_of[row])]
    part: list[int] = []
    longest = 0
    for unit in units:
        longest_of_unit = max(length_of[row] for row in unit)
        if longest_of_unit == 0:
            continue
        if part and (len(part) + len(unit)) * max(longest, longest_of_unit) > most_tokens:
            yield torch.tensor(part)
            part, longest = [], 0
        part += unit
        longest = max(longest, longest_of_unit)
    if part:
        yield torch.tensor(part)
