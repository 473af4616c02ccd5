"""Offline learners whose values guide generation: imitation and token values over one body, on a data set."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import nn

from ..buffers.data_set import DataConfig, DataSet
from ..config import LLMConfig
from ..named import name_of
from ..optimizer import MasterAdamW
from ..player import Player
from ..policy import Policy
from ..trainer import micro_batches
from ..training_sample import TrainedBatch
from ..types import Batch, Group, collate
from ..value_heads import ValueGuide
from .protocol import Update


@dataclass(frozen=True, slots=True, eq=False)
class TokenLosses:
    """What every own token of some episodes costs; the loss is the mean over the tokens of an optimiser step.

    Attributes:
        imitation_N: minus its log-probability, weighted.
        q_N: what Q is wrong by.
        value_N: what V is wrong by; 0 for a learner without V.
        conservative_N: the conservative loss, its coefficient included.
    """

    imitation_N: torch.Tensor
    q_N: torch.Tensor
    value_N: torch.Tensor
    conservative_N: torch.Tensor

    @property
    def total_N(self) -> torch.Tensor:
        """All of it."""
        return self.imitation_N + self.q_N + self.value_N + self.conservative_N


@dataclass(frozen=True, slots=True, eq=False)
class OwnStates:
    """What a value learner sees of the N own tokens of some episodes, episode after episode.

    Attributes:
        hidden_N_W: the hidden state before each token, differentiable.
        action_N: the token.
        logp_N_V: log-probabilities under the policy alone, unguided, differentiable.
        row_N: its episode, never falling.
        earned_N: what `ValueGuided.earned` says of it.
    """

    hidden_N_W: torch.Tensor
    action_N: torch.Tensor
    logp_N_V: torch.Tensor
    row_N: torch.Tensor
    earned_N: torch.Tensor

    @property
    def logp_N(self) -> torch.Tensor:
        """The log-probability of each token."""
        return self.logp_N_V.gather(-1, self.action_N[:, None]).squeeze(-1)


@dataclass(slots=True, eq=False)
class _Seen:
    """What an update looks at, and what it finds.

    Attributes:
        batch: the episodes; their log-probabilities are filled in.
        advantage_B_T: the advantages found last.
        sums: of each loss and of the advantages, over all tokens of all passes.
        tokens: how many those are.
        read: how many tokens went through the model in all passes, padding left out.
        grad_norm: the largest norm before clipping.
    """

    batch: Batch
    advantage_B_T: torch.Tensor
    sums: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    tokens: int = 0
    read: int = 0
    grad_norm: float = 0.0

    def add(self, part: torch.Tensor, states: OwnStates, losses: TokenLosses, advantage_N: torch.Tensor) -> None:
        """Take note of what was found on some rows."""
        own_B_T = self.batch.own_B_T[part]
        for kept_B_T, found_N in (
            (self.advantage_B_T, advantage_N),
            (self.batch.logp_B_T, states.logp_N.detach()),
        ):
            kept_B_T[part] = torch.zeros(own_B_T.shape).masked_scatter(own_B_T, found_N.float().cpu())
        for name in TokenLosses.__slots__:
            self.sums[f"{name.removesuffix('_N')}_loss"] += float(getattr(losses, name).detach().sum())
        self.sums["advantage_mean"] += float(advantage_N.sum())
        self.tokens += len(advantage_N)
        self.read += int(self.batch.length_B[part].sum())

    def metrics(self) -> dict[str, float]:
        """Means over tokens, by the names under which they are logged."""
        means = {f"train/{name}": total / self.tokens for name, total in self.sums.items()}
        return means | {"train/grad_norm": self.grad_norm, "train/tokens": float(self.read)}


class ValueGuided(ABC):
    """Learns to imitate a data set and what its tokens are worth, and generates with both.

    The policy's output head imitates; value heads on the same hidden states learn token values; `ValueGuide` adds the
    values to the logits wherever the policy generates, so no second model is needed.

    Args:
        policy: the policy to train; a guide that it has already is trained on.
        config: hyper-parameters.
        seed: of the heads, of the data set and of the order in which it is read.
        data: where the episodes come from.
        heads: how many estimates of Q.
        beta: how much values count in generation.
        gamma: discount a token.
        conservative_coef: weight of the conservative loss.

    Raises:
        ValueError: the discount is out of range, another engine than the native one would generate without the values,
            or the policy cannot be guided.
    """

    def __init__(
        self,
        policy: Policy,
        config: LLMConfig,
        seed: int,
        *,
        data: DataConfig,
        heads: int,
        beta: float,
        gamma: float,
        conservative_coef: float,
    ) -> None:
        if not 0 < gamma <= 1:
            raise ValueError(f"gamma must be over 0 and at most 1, got {gamma}")
        if name_of(config.engine) != "native":
            raise ValueError(f"values guide generation in the engine 'native' alone, got {name_of(config.engine)!r}")
        if policy.guide is None:
            vocabulary, width = policy.model.get_output_embeddings().weight.shape
            policy.guided_by(ValueGuide(width, vocabulary, heads=heads, beta=beta, seed=seed))
        assert policy.guide is not None
        self._policy, self._guide = policy, policy.guide
        self._config = config
        self._gamma, self._conservative_coef = gamma, conservative_coef
        self._data = DataSet(data, seed)
        self._shuffle = torch.Generator().manual_seed(seed)

    def gather(self, player: Player, config: LLMConfig) -> list[Group]:
        """Draw `groups * group_size` episodes, evenly; the first call collects them.

        Raises:
            ValueError: the data set cannot be had.
        """
        self._data.fill(player, self._policy, config)
        episodes = self._data.episodes
        drawn = self._data.draw(config.groups * config.group_size, torch.ones(len(episodes)))
        groups = [Group([episodes[index] for index in drawn])]
        player.count(groups)
        return groups

    def update(self, groups: list[Group], config: LLMConfig, *, learning_rate: float) -> Update:
        """`epochs` passes over the episodes in `minibatches` steps each."""
        batch = collate(groups, pad_token=self._policy.pad_token)
        earned_B_T = self.earned(batch, config)
        seen = _Seen(batch, torch.zeros(batch.own_B_T.shape))
        for _ in range(config.epochs):
            for rows in torch.randperm(len(batch), generator=self._shuffle).chunk(config.minibatches):
                self._backward(seen, rows, earned_B_T, config)
                seen.grad_norm = max(seen.grad_norm, self.descend(config, learning_rate))
        return Update(seen.metrics(), TrainedBatch(groups, batch, seen.advantage_B_T))

    def descend(self, config: LLMConfig, learning_rate: float) -> float:
        """Descend the gathered gradient; its norm.

        Raises:
            TrainingDiverged: the norm is not finite or too large; the weights are as they were.
        """
        return self._optimizer.step(
            learning_rate=learning_rate, max_norm=config.max_grad_norm, refuse_norm=config.divergence_grad_norm
        )

    def reset(self, what: str) -> None:
        """Forget the optimiser's moments."""
        if what != "optimizer":
            raise ValueError(f"only 'optimizer' can be reset, got {what!r}")
        self._optimizer = MasterAdamW(
            [*self._policy.parameters(), *self.trained_heads()],
            learning_rate=self._config.learning_rate,
            weight_decay=self._config.weight_decay,
        )

    def get_state(self) -> dict[str, Any]:
        """Optimiser with full-precision weights, the guide, the data set, and the order's generator."""
        return {
            "optimizer": self._optimizer.state_dict(),
            "guide": self._guide.state_dict(),
            "data": self._data.get_state(),
            "shuffle": self._shuffle.get_state(),
        }

    def set_state(self, state: dict[str, Any]) -> None:
        """Return to a state; the optimiser writes its weights into the policy and the heads."""
        self._guide.load_state_dict(state["guide"])
        self._optimizer.load_state_dict(state["optimizer"])
        self._data.set_state(state["data"])
        self._shuffle.set_state(state["shuffle"].cpu())

    @abstractmethod
    def earned(self, batch: Batch, config: LLMConfig) -> torch.Tensor:
        """What the losses need of the rewards, for every own token (B, T)."""

    @abstractmethod
    def trained_heads(self) -> Iterator[nn.Parameter]:
        """The weights of the heads that gradients train."""

    @abstractmethod
    def losses(self, states: OwnStates) -> tuple[TokenLosses, torch.Tensor]:
        """The losses, and the advantage of every token (N,) without gradient, to look at."""

    def _backward(self, seen: _Seen, rows: torch.Tensor, earned_B_T: torch.Tensor, config: LLMConfig) -> None:
        """Gather the gradient of some rows."""
        total = int(seen.batch.own_B_T[rows].sum())
        for part in micro_batches(seen.batch, rows, config.micro_batch_tokens):
            states = self._states(seen.batch, part, earned_B_T)
            losses, advantage_N = self.losses(states)
            (losses.total_N.sum() / total).backward()
            self._optimizer.gather()
            seen.add(part, states, losses, advantage_N)

    def _states(self, batch: Batch, part: torch.Tensor, earned_B_T: torch.Tensor) -> OwnStates:
        longest = int(batch.length_B[part].max())
        tokens_B_T, own_B_T, earned_B_T = (
            value_B_T[part, :longest].to(self._policy.device)
            for value_B_T in (batch.tokens_B_T, batch.own_B_T, earned_B_T)
        )
        hidden_N_W = self._policy.hidden_states(tokens_B_T, own_B_T)
        logits_N_V = self._policy.model.get_output_embeddings()(hidden_N_W).float()
        return OwnStates(
            hidden_N_W,
            tokens_B_T[own_B_T],
            logits_N_V.log_softmax(-1),
            own_B_T.nonzero()[:, 0],
            earned_B_T[own_B_T],
        )
