"""How the encoder of pictures is trained before the agent drives: by implicit Q-learning on a pool of data."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import torch
from gymnasium import spaces
from stable_baselines3.common.buffers import DictReplayBuffer
from stable_baselines3.common.torch_layers import BaseFeaturesExtractor, FlattenExtractor, create_mlp
from stable_baselines3.common.utils import polyak_update
from torch import Tensor, nn
from torch.distributions import Normal
from torch.nn import functional as F

from ....envs.core.arguments import check_integer, check_number
from ...errors import TrainingDiverged
from ..offline.losses import expectile_loss, regression_weights
from ..offline.networks import LOG_STD_RANGE
from ..rlpd.ensemble import EnsembleCritic
from ..rlpd.random_shift import random_shift

_SHIFT = 2  # pixels; half of what is usual, for pictures half as large


@dataclass(frozen=True, slots=True, kw_only=True)
class Pretraining:
    """How long the encoder is trained before the agent drives, and how.

    Attributes:
        steps: gradient steps; 0 leaves the encoder as chance has made it.
        batch_size: transitions of a step.
        learning_rate: of Adam.
        gamma: the discount.
        expectile: of Q over the data's actions, that V is.
        temperature: the inverse temperature of the weights that the policy imitates with.
        tau: how fast the slow copies of the Q functions follow.

    Raises:
        ValueError: a field is out of range.
    """

    steps: int = 2000
    batch_size: int = 128
    learning_rate: float = 0.0003
    gamma: float = 0.97
    expectile: float = 0.9
    temperature: float = 3.0
    tau: float = 0.005

    def __post_init__(self) -> None:
        check_integer("pretraining.steps", self.steps, 0)
        check_integer("pretraining.batch_size", self.batch_size, 1)
        check_number("pretraining.temperature", self.temperature)
        for name in ("learning_rate", "gamma", "expectile", "tau"):
            if not 0.0 < check_number(f"pretraining.{name}", getattr(self, name)) < 1.0:
                raise ValueError(f"pretraining.{name} must lie between 0 and 1, got {getattr(self, name)}")


class ImplicitHeads(nn.Module):
    """Q functions with slow copies, V and a Gaussian policy, over features.

    Args:
        features_dim: how many.
        action_space: of the environment.
        net_arch: sizes of the hidden layers.
    """

    def __init__(self, features_dim: int, action_space: spaces.Box, net_arch: list[int]) -> None:
        super().__init__()
        space = spaces.Box(-math.inf, math.inf, (features_dim,))
        actions = action_space.shape[0]
        self.critic, self.critic_target = (
            EnsembleCritic(space, action_space, net_arch, FlattenExtractor(space), features_dim, n_critics=2)
            for _ in range(2)
        )
        self.critic_target.load_state_dict(self.critic.state_dict())
        self.critic_target.requires_grad_(False)
        self.value = nn.Sequential(*create_mlp(features_dim, 1, net_arch, post_linear_modules=[nn.LayerNorm]))
        self.mean = nn.Sequential(*create_mlp(features_dim, actions, net_arch, squash_output=True))
        self.log_std_A = nn.Parameter(torch.zeros(actions))

    def distribution(self, features_B_F: Tensor) -> Normal:
        """Of every number of the actions."""
        return Normal(self.mean(features_B_F), self.log_std_A.clamp(*LOG_STD_RANGE).exp(), validate_args=False)


def pretrain(
    encoder: BaseFeaturesExtractor,
    preprocess: Any,
    pool: DictReplayBuffer,
    action_space: spaces.Box,
    net_arch: list[int],
    config: Pretraining,
) -> dict[str, float]:
    """Train an encoder, in place, by implicit Q-learning (Kostrikov, Nair and Levine, 2022).

    Pictures are shifted at random. The losses of Q and of the policy reach the encoder, that of V does not; the authors
    of FastRLAP let that of Q alone.

    Args:
        encoder: what makes features of observations.
        preprocess: makes what the encoder takes of a batch.
        pool: what to learn from.
        action_space: of the environment.
        net_arch: sizes of the hidden layers over the features.
        config: how long and how.

    Returns:
        The losses of the last steps, by name.

    Raises:
        TrainingDiverged: a loss is not finite.
    """
    heads = ImplicitHeads(encoder.features_dim, action_space, net_arch).to(pool.device)
    encoder.requires_grad_(True)
    trained = [weight for weight in (*encoder.parameters(), *heads.parameters()) if weight.requires_grad]
    optimizer = torch.optim.Adam(trained, config.learning_rate, fused=True)
    losses: dict[str, Tensor] = {}
    for step in range(config.steps):
        batch: Any = pool.sample(config.batch_size)
        features_B_F = encoder(preprocess(_shifted(batch.observations)))
        with torch.no_grad():
            next_features_B_F = encoder(preprocess(_shifted(batch.next_observations)))
        losses = implicit_losses(heads, features_B_F, next_features_B_F, batch, config)
        optimizer.zero_grad()
        loss = torch.stack(list(losses.values())).sum()
        loss.backward()
        optimizer.step()
        polyak_update(heads.critic.parameters(), heads.critic_target.parameters(), config.tau)
        if not math.isfinite(loss.item()):
            raise TrainingDiverged(f"the loss is {loss.item()} at step {step} of the pretraining: lower learning_rate")
    encoder.requires_grad_(False)
    return {name: loss.item() for name, loss in losses.items()}


def implicit_losses(
    heads: ImplicitHeads, features_B_F: Tensor, next_features_B_F: Tensor, batch: Any, config: Pretraining
) -> dict[str, Tensor]:
    """The three losses of implicit Q-learning, by name; single numbers.

    Args:
        heads: Q, V and the policy.
        features_B_F: of the observations, with a gradient.
        next_features_B_F: of those after.
        batch: actions, rewards and ends.
        config: the discount, the expectile and the temperature.
    """
    constant_B_F = features_B_F.detach()
    with torch.no_grad():
        slow_q_B_1 = heads.critic_target(constant_B_F, batch.actions).amin(dim=0)
        target_B_1 = batch.rewards + config.gamma * (1.0 - batch.dones) * heads.value(next_features_B_F)
    value_B_1 = heads.value(constant_B_F)
    weight_B_1 = regression_weights(slow_q_B_1 - value_B_1.detach(), config.temperature)
    logp_B_1 = heads.distribution(features_B_F).log_prob(batch.actions).sum(dim=1, keepdim=True)
    q_E_B_1 = heads.critic(features_B_F, batch.actions)
    return {
        "value_loss": expectile_loss(slow_q_B_1 - value_B_1, config.expectile).mean(),
        "critic_loss": F.mse_loss(q_E_B_1, target_B_1.expand_as(q_E_B_1)),
        "policy_loss": -(weight_B_1 * logp_B_1).mean(),
    }


def _shifted(observations: dict[str, Tensor]) -> dict[str, Tensor]:
    return {**observations, "pixels": random_shift(observations["pixels"], _SHIFT)}
