"""Advantage-leftover-lunch: offline policy gradients on the episodes that went better than expected."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import torch

from ..buffers.data_set import DataConfig, DataSet
from ..config import LLMConfig
from ..player import Player
from ..policy import Policy
from ..types import Batch, Episode, Group, collate
from ..value_heads import ValueHead
from .offline import Offline
from .protocol import register_learner

_FIT_STEPS = 300
_FIT_LEARNING_RATE = 3e-3


@register_learner("a_lol")
class ALoL(Offline):
    """An episode is one action, and its advantage is its return minus what the reference earns on such a task.

    Before training, the policy (then still the reference) plays held-out tasks, and a value head on its frozen hidden
    state behind the prompt learns to foretell the return. Episodes of the data set that did no better than that are
    left out, the others are drawn in proportion to their advantage (Baheti et al. 2024, "Leftover Lunch:
    Advantage-based offline reinforcement learning for language models"; abaheti95/LoL-RL, `sampling_strategy:
    good_priority`). The objective is `a_lol` or `reinforce`, the advantage `over_expected`.

    Args:
        policy: the policy to train.
        config: hyper-parameters.
        seed: of the data set, of the order in which it is read, and of the value head.
        data: where the episodes come from.
        held_out_tasks: how many tasks the reference plays for the value head, 2 at least; its turns count towards the
            budget.
        sampling: `advantage` draws in proportion to positive advantages; `positive` draws those evenly; `all` draws
            everything evenly, worse than expected or not.
    """

    def __init__(
        self,
        policy: Policy,
        config: LLMConfig,
        seed: int,
        *,
        data: DataConfig,
        held_out_tasks: int = 500,
        sampling: Literal["advantage", "positive", "all"] = "advantage",
    ) -> None:
        if held_out_tasks < 2:
            raise ValueError(f"held_out_tasks must be 2 or more, got {held_out_tasks}: one state has no deviation")
        super().__init__(policy, config, seed, data=data)
        self._seed = seed
        self._held_out = DataConfig(tasks=held_out_tasks, policy=1.0)
        self._sampling = sampling
        self._value_E = torch.zeros(0)

    def get_state(self) -> dict[str, Any]:
        """As for every offline learner, and what was expected of each episode."""
        return super().get_state() | {"expected": self._value_E}

    def set_state(self, state: dict[str, Any]) -> None:
        """Return to a state."""
        super().set_state(state)
        self._value_E = state["expected"].cpu()

    def _weigh(self, player: Player, config: LLMConfig) -> torch.Tensor:
        """How often each episode is read, relative to the others (E,); the first call asks the reference."""
        if not len(self._value_E):
            held_out = DataSet(self._held_out, self._seed)
            held_out.fill(player, self._policy, config)
            self._value_E = expected_returns(
                behind_prompts(self._policy, held_out.episodes),
                held_out.return_E,
                behind_prompts(self._policy, self._data.episodes),
                seed=self._seed,
            )
        if self._sampling == "all":
            return torch.ones_like(self._value_E)
        advantage_E = (self._data.return_E - self._value_E).clamp(min=0)
        return advantage_E if self._sampling == "advantage" else (advantage_E > 0).float()

    def _estimate(self, groups: list[Group], batch: Batch, config: LLMConfig) -> tuple[torch.Tensor, dict[str, float]]:
        """As for every policy gradient, once the batch knows what was expected of its episodes."""
        batch.value_B_T = self._value_E[self._drawn][:, None] * batch.own_B_T
        advantage_B_T, metrics = super()._estimate(groups, batch, config)
        return advantage_B_T, metrics | {"train/expected_return": float(self._value_E[self._drawn].mean())}


@torch.no_grad()
def behind_prompts(policy: Policy, episodes: Sequence[Episode], *, most: int = 256) -> torch.Tensor:
    """A policy's hidden state (E, W) from which the first own token of each episode is predicted, in float32.

    Args:
        policy: the policy.
        episodes: the episodes, each with an own token.
        most: how many are read at once.
    """
    parts = []
    for start in range(0, len(episodes), most):
        batch = collate([Group(list(episodes[start : start + most]))], pad_token=policy.pad_token)
        first_B_T = batch.own_B_T & (batch.own_B_T.cumsum(-1) == 1)
        longest = int(first_B_T.any(0).nonzero().max()) + 1
        tokens_B_T, first_B_T = (part[:, :longest].to(policy.device) for part in (batch.tokens_B_T, first_B_T))
        parts.append(policy.hidden_states(tokens_B_T, first_B_T).float().cpu())
    return torch.cat(parts)


def expected_returns(
    seen_E_W: torch.Tensor, return_E: torch.Tensor, asked_F_W: torch.Tensor, *, seed: int
) -> torch.Tensor:
    """What a value head that learnt returns from some states says of others (F,).

    Args:
        seen_E_W: states.
        return_E: what was earned from each.
        asked_F_W: the states to value.
        seed: of the head's weights.
    """
    mean_W, deviation_W = seen_E_W.mean(0), seen_E_W.std(0) + 1e-6
    head = ValueHead(seen_E_W.shape[1], 1, torch.Generator().manual_seed(seed))
    optimizer = torch.optim.Adam(head.parameters(), lr=_FIT_LEARNING_RATE)
    for _ in range(_FIT_STEPS):
        optimizer.zero_grad()
        value_E = head((seen_E_W - mean_W) / deviation_W).squeeze(-1)
        (value_E - return_E).square().mean().backward()
        optimizer.step()
    with torch.no_grad():
        return head((asked_F_W - mean_W) / deviation_W).squeeze(-1)
