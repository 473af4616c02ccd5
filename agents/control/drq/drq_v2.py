"""The algorithm."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
import torch
from gymnasium import spaces
from stable_baselines3.common.off_policy_algorithm import OffPolicyAlgorithm
from stable_baselines3.common.policies import BasePolicy
from stable_baselines3.common.type_aliases import Schedule
from stable_baselines3.common.utils import polyak_update
from torch import Tensor
from torch.nn import functional as F

from ....envs.core.arguments import check_integer, check_number
from ..rlpd.random_shift import PADDING, shift_pictures
from ..rlpd.rlpd import ensemble_target
from .policies import CnnPolicy, MlpPolicy, MultiInputPolicy


class DrQV2(OffPolicyAlgorithm):
    """DrQ-v2 (Yarats, Fergus, Lazaric and Pinto, Mastering visual continuous control, ICLR 2022).

    Deterministic actor-critic from pictures that are shifted at random, each time they are learned from. Two critics
    train the encoder; the actor sees what they see. Returns are of several steps, and the noise of actions falls
    linearly. What a batch shows is encoded twice, before and after its steps, where an update of soft actor-critic with
    an encoder of its own in the target needs five passes.

    Defaults are those of the authors' code (facebookresearch/drqv2) but for the encoder, which is small
    (`PictureEncoder`, whose last layer actor and critics share, where theirs have one each), and the noise, which falls
    over all of the training.

    Args:
        policy: `CnnPolicy` or `MultiInputPolicy`; `MlpPolicy` where there are no pictures.
        env: with continuous actions.
        learning_rate: of all networks.
        buffer_size: transitions that are kept.
        learning_starts: random steps before learning.
        batch_size: transitions of an update.
        tau: how fast the target critics follow.
        gamma: the discount of a step.
        train_freq: steps of every environment between updates.
        gradient_steps: updates then.
        n_steps: rewards of a return before its bootstrap; 1 where observations are dicts, which
            Stable-Baselines3 has no longer returns for.
        initial_noise: the deviation of the noise at the beginning, of actions in [-1, 1].
        final_noise: the same at the end of `noise_fraction` of the training.
        noise_fraction: over which share of the training the noise falls.
        noise_clip: how far noise goes at most in targets and in what the actor climbs.
        shift: by how many pixels pictures are shifted at most; the authors' 4 are for pictures of 84 by 84.
        **more: what every off-policy algorithm of Stable-Baselines3 takes.

    Raises:
        ValueError: an argument is out of range; the message names it.
    """

    policy_aliases: ClassVar[dict[str, type[BasePolicy]]] = {
        "MlpPolicy": MlpPolicy,
        "CnnPolicy": CnnPolicy,
        "MultiInputPolicy": MultiInputPolicy,
    }
    policy: MlpPolicy  # pyright: ignore[reportIncompatibleVariableOverride]

    def __init__(
        self,
        policy: str | type[MlpPolicy],
        env: Any,
        learning_rate: float | Schedule = 1e-4,
        *,
        buffer_size: int = 1_000_000,
        learning_starts: int = 4000,
        batch_size: int = 256,
        tau: float = 0.01,
        gamma: float = 0.99,
        train_freq: int | tuple[int, str] = 2,
        gradient_steps: int = 1,
        n_steps: int = 3,
        initial_noise: float = 1.0,
        final_noise: float = 0.1,
        noise_fraction: float = 1.0,
        noise_clip: float = 0.3,
        shift: int = PADDING,
        _init_setup_model: bool = True,
        **more: Any,
    ) -> None:
        super().__init__(
            policy,
            env,
            learning_rate,
            buffer_size=buffer_size,
            learning_starts=learning_starts,
            batch_size=check_integer("batch_size", batch_size, 1),
            tau=tau,
            gamma=gamma,
            train_freq=train_freq,
            gradient_steps=gradient_steps,
            n_steps=check_integer("n_steps", n_steps, 1),
            sde_support=False,
            supported_action_spaces=(spaces.Box,),
            support_multi_env=True,
            **more,
        )
        for name, value in (("initial_noise", initial_noise), ("final_noise", final_noise), ("noise_clip", noise_clip)):
            if check_number(name, value) < 0.0:
                raise ValueError(f"{name} must be 0 or more, got {value}")
        if not 0.0 < check_number("noise_fraction", noise_fraction) <= 1.0:
            raise ValueError(f"noise_fraction must be over 0, and 1 at most, got {noise_fraction}")
        self.initial_noise, self.final_noise = initial_noise, final_noise
        self.noise_fraction, self.noise_clip = noise_fraction, noise_clip
        self.shift = check_integer("shift", shift, 0)
        if _init_setup_model:
            self._setup_model()

    def _setup_model(self) -> None:
        if isinstance(self.observation_space, spaces.Dict) and self.n_steps > 1:
            raise ValueError(f"n_steps must be 1 where observations are dicts, got {self.n_steps}")
        super()._setup_model()
        self.policy.noise.fill_(self.initial_noise)

    def train(self, gradient_steps: int, batch_size: int = 256) -> None:
        """Update the critics, their targets and the actor so many times."""
        assert self.replay_buffer is not None
        self.policy.set_training_mode(True)
        self._update_learning_rate([self.policy.actor_optimizer, self.policy.critic_optimizer])
        fallen = min(1.0, (1.0 - self._current_progress_remaining) / self.noise_fraction)
        self.policy.noise.fill_(self.initial_noise + fallen * (self.final_noise - self.initial_noise))
        critic_losses, actor_losses = [], []
        for _ in range(gradient_steps):
            batch = self.replay_buffer.sample(batch_size, env=self._vec_normalize_env)
            feature_B_F = self.policy.encode(self.augment(batch.observations))
            critic_losses.append(self._update_critics(batch, feature_B_F))
            actor_losses.append(self._update_actor(feature_B_F.detach()))
            polyak_update(self.policy.critic.parameters(), self.policy.critic_target.parameters(), self.tau)
        self._n_updates += gradient_steps
        self.logger.record("train/n_updates", self._n_updates, exclude="tensorboard")
        self.logger.record("train/critic_loss", np.mean(critic_losses))
        self.logger.record("train/actor_loss", np.mean(actor_losses))
        self.logger.record("train/noise", self.policy.noise.item())

    def augment(self, observations: Any) -> Any:
        """A batch of observations with the pictures in them shifted at random."""
        return shift_pictures(observations, self.observation_space, self.shift)

    def _update_critics(self, batch: Any, feature_B_F: Tensor) -> float:
        policy = self.policy
        with torch.no_grad():
            next_feature_B_F = policy.encode(self.augment(batch.next_observations))
            next_action_B_A = policy.act(next_feature_B_F, self.noise_clip)
            next_value_E_B_1 = policy.critic_target(next_feature_B_F, next_action_B_A)
            discount = self.gamma if batch.discounts is None else batch.discounts
            target_B_1 = ensemble_target(batch.rewards, batch.dones, next_value_E_B_1, 0.0, discount)
        value_E_B_1 = policy.critic(feature_B_F, batch.actions)
        loss = F.mse_loss(value_E_B_1, target_B_1.expand_as(value_E_B_1))
        policy.critic_optimizer.zero_grad()
        loss.backward()
        policy.critic_optimizer.step()
        return loss.item()

    def _update_actor(self, feature_B_F: Tensor) -> float:
        policy = self.policy
        value_E_B_1 = policy.critic(feature_B_F, policy.act(feature_B_F, self.noise_clip))
        loss = -value_E_B_1.amin(dim=0).mean()
        policy.actor_optimizer.zero_grad()
        loss.backward(inputs=list(policy.actor.parameters()))  # the critics need no gradients of it
        policy.actor_optimizer.step()
        return loss.item()

    def _get_torch_save_params(self) -> tuple[list[str], list[str]]:
        return ["policy", "policy.actor_optimizer", "policy.critic_optimizer"], []

    def _excluded_save_params(self) -> list[str]:
        # what n_steps chose is chosen again
        return [*super()._excluded_save_params(), "replay_buffer_class", "replay_buffer_kwargs"]
