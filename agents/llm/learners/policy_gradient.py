"""The learner of the policy-gradient family: play, shape, filter, estimate advantages, descend an objective."""

from __future__ import annotations

import copy
from typing import Any

import torch

from ..advantages import ADVANTAGES, valued_tokens
from ..config import LLMConfig
from ..critic import Critic
from ..divergences import kl_estimate
from ..filters import keep
from ..metrics import update_metrics
from ..named import name_of
from ..objectives import needs_of
from ..optimizer import MasterAdamW
from ..player import Player
from ..policy import Policy
from ..shaping import shape
from ..trainer import Trainer, score
from ..training_sample import TrainedBatch
from ..types import Batch, Group, Source, collate
from .protocol import Update, register_learner


@register_learner("policy_gradient")
class PolicyGradient:
    """Every stage is found by its name in the config; this class only hands data from one to the next.

    Args:
        policy: the policy to train; the reference is a copy of what it is now.
        config: hyper-parameters.
        seed: of the order in which episodes are trained on.
    """

    def __init__(self, policy: Policy, config: LLMConfig, seed: int) -> None:
        self._policy = policy
        self._config = config
        self._shuffle = torch.Generator().manual_seed(seed)
        self._critic = config.critic and Critic(policy, config.critic, precision=config.precision, seed=seed)
        has_reference = config.kl_coef > 0 or needs_of(config.objective).reference
        self._reference: Policy | None = copy.deepcopy(policy) if has_reference else None
        self.reset("optimizer")

    def gather(self, player: Player, config: LLMConfig) -> list[Group]:
        """Play `groups` tasks `group_size` times; where filters drop some, play others in their place.

        After `sampling_rounds` rounds the update goes on with the groups there are, and with the last round's where
        none has passed.
        """
        kept: list[Group] = []
        played: list[Group] = []
        for _ in range(config.sampling_rounds):
            played = player.play(self._draw(player, config.groups), config)
            kept += keep(shape(played, config), config)
            if len(kept) >= config.groups:
                break
        return kept[: config.groups] or shape(played, config)

    def _draw(self, player: Player, count: int) -> list[int]:
        """Seeds of tasks to play; a subclass may have tasks of its own."""
        return player.draw(count)

    def update(self, groups: list[Group], config: LLMConfig, *, learning_rate: float) -> Update:
        """One update, as `Trainer.update` says; while the critic warms up, of the critic alone."""
        batch = collate(groups, pad_token=self._policy.pad_token)
        importance_B_T, engine_metrics = self._score(batch, config)
        advantage_B_T, critic_metrics = self._estimate(groups, batch, config)
        if config.whiten_advantages:
            advantage_B_T = whiten(advantage_B_T, batch.own_B_T & batch.gradable_B[:, None])
        trained = TrainedBatch(groups, batch, advantage_B_T)
        if self._critic is not None and not self._critic.warmed_up:
            return Update(critic_metrics | engine_metrics, trained)
        metrics = self._trainer.update(
            batch,
            advantage_B_T,
            config,
            learning_rate=learning_rate,
            generator=self._shuffle,
            importance_B_T=importance_B_T,
        )
        return Update(update_metrics(metrics) | critic_metrics | engine_metrics, trained)

    def reset(self, what: str) -> None:
        """Take the present policy as the reference, return to the reference, or forget the optimisers' moments."""
        if what == "reference":
            self._reference = copy.deepcopy(self._policy)
        elif what == "optimizer":
            self._optimizer = MasterAdamW(
                self._policy.parameters(),
                learning_rate=self._config.learning_rate,
                weight_decay=self._config.weight_decay,
            )
            self._trainer = Trainer(self._policy, self._optimizer)
            if self._critic is not None:
                self._critic.reset_optimizer()
        elif what == "policy":
            if self._reference is None:
                raise ValueError("policy can only be reset to a reference, which is kept where kl_coef is over 0")
            self._policy.model.load_state_dict(self._reference.model.state_dict())
            self.reset("optimizer")  # it holds the weights in full precision
        else:
            raise ValueError(f"only 'reference', 'optimizer' and 'policy' can be reset, got {what!r}")

    def get_state(self) -> dict[str, Any]:
        """Optimiser with full-precision weights, reference, critic, and the order's generator."""
        return {
            "optimizer": self._optimizer.state_dict(),
            "reference": None if self._reference is None else self._reference.model.state_dict(),
            "critic": None if self._critic is None else self._critic.get_state(),
            "shuffle": self._shuffle.get_state(),
        }

    def set_state(self, state: dict[str, Any]) -> None:
        """Return to a state; the optimiser writes its weights into the policy."""
        self._optimizer.load_state_dict(state["optimizer"])
        if state["reference"] is not None:
            if self._reference is None:
                self._reference = copy.deepcopy(self._policy)
            self._reference.model.load_state_dict(state["reference"])
        if self._critic is not None:
            self._critic.set_state(state["critic"])
        self._shuffle.set_state(state["shuffle"].cpu())

    def _estimate(self, groups: list[Group], batch: Batch, config: LLMConfig) -> tuple[torch.Tensor, dict[str, float]]:
        """Advantages (B, T); a critic values the batch before, learns from it afterwards, and has metrics.

        The target of a value is the value plus the advantage, at the tokens at which the estimator reads values.
        """
        estimate = ADVANTAGES.bind(config.advantage)
        if self._critic is None:
            return estimate(batch, config), {}
        valued_B_T = valued_tokens(name_of(config.advantage), batch)
        episodes = [episode for group in groups for episode in group.episodes]
        self._critic.value(batch, episodes, valued_B_T, config)
        assert batch.value_B_T is not None
        advantage_B_T = estimate(batch, config)
        metrics = self._critic.update(batch, batch.value_B_T + advantage_B_T, valued_B_T, config)
        return advantage_B_T, update_metrics(metrics)

    def _score(self, batch: Batch, config: LLMConfig) -> tuple[torch.Tensor | None, dict[str, float]]:
        """Complete the batch's log-probabilities.

        Returns:
            What to multiply losses with where sampler and trainer compute differently, and metrics of the difference.
        """
        everything = torch.arange(len(batch))
        if self._reference is not None:
            batch.reference_logp_B_T = score(self._reference, batch, everything, config)
        # nobody sampled what a teacher wrote: the present policy says how likely it would have been
        written_by_teacher_B_T = batch.written_by(Source.TEACHER)
        if config.importance_cap is None:
            rows = written_by_teacher_B_T.any(-1).nonzero().squeeze(-1)
            if len(rows):
                batch.logp_B_T = torch.where(
                    written_by_teacher_B_T, score(self._policy, batch, rows, config), batch.logp_B_T
                )
            return None, {}
        trainer_logp_B_T = score(self._policy, batch, everything, config)
        difference_B_T = (trainer_logp_B_T - batch.logp_B_T).masked_fill(written_by_teacher_B_T, 0.0)
        sampled_B_T = batch.own_B_T & ~written_by_teacher_B_T
        metrics = {
            "train/kl_engine": float(kl_estimate(batch.logp_B_T, trainer_logp_B_T)[sampled_B_T].mean()),
            "train/importance_capped_fraction": float(
                (difference_B_T.exp() > config.importance_cap)[sampled_B_T].float().mean()
            ),
        }
        batch.logp_B_T = trainer_logp_B_T
        return difference_B_T.exp().clamp(max=config.importance_cap), metrics


def whiten(advantage_B_T: torch.Tensor, counted_B_T: torch.Tensor) -> torch.Tensor:
    """Advantages with mean 0 and deviation 1 over the tokens that count; 0 elsewhere, and where all agree."""
    advantage_N = advantage_B_T[counted_B_T]
    if len(advantage_N) < 2 or advantage_N.min() == advantage_N.max():  # their deviation would be rounding alone
        return torch.zeros_like(advantage_B_T)
    whitened_B_T = torch.zeros_like(advantage_B_T)
    whitened_B_T[counted_B_T] = (advantage_N - advantage_N.mean()) / (advantage_N.std() + 1e-8)
    return whitened_B_T
