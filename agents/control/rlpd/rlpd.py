"""The algorithm."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import fields
from typing import Any, ClassVar

import numpy as np
import torch
from stable_baselines3 import SAC
from stable_baselines3.common.buffers import ReplayBuffer
from stable_baselines3.common.policies import BasePolicy
from stable_baselines3.common.utils import polyak_update
from torch import Tensor
from torch.nn import functional as F

from ....envs.core.arguments import check_integer, read_fields
from ..offline.data import DataConfig, find_data
from .demonstrations import fill_buffer, load_demonstrations, play_demonstrations
from .ensemble import EnsembleCritic
from .policies import CnnPolicy, MlpPolicy, MultiInputPolicy
from .random_shift import shift_pictures


class RLPD(SAC):
    """Reinforcement learning with prior data (Ball, Smith, Kostrikov and Levine, ICML 2023).

    Soft actor-critic that draws half of every batch from demonstrations, learns from each step many times over, and
    stands it by an ensemble of critics with layer norm. A target is the least value of a few members, drawn anew for
    each update, without the entropy of what comes after; the actor climbs the mean of all. Pictures are shifted at
    random (DrQ), and only the critics train their encoder.

    Defaults are those of the authors' code (ikostrikov/rlpd) and, for what it leaves to the task, of SERL
    (rail-berkeley/serl): ten critics of which two are drawn, eight updates of the critics to one of the actor, a
    temperature that begins at 0.01 and aims at an entropy of minus half an action's numbers.

    Args:
        policy: `MlpPolicy`, `CnnPolicy` or `MultiInputPolicy`; its `policy_kwargs` hold `n_critics` and `layer_norm`.
        env: with continuous actions.
        demonstrations: how many episodes the environment's own expert plays before the training; with 0 and no file
            the whole batch is experience.
        demonstration_file: what `save_demonstrations` wrote, instead of them.
        data: transitions of anybody, instead of them, as offline algorithms have them; `offline.data.DataConfig` has
            the fields.
        n_target_critics: how many critics a target is the least of.
        policy_delay: updates of the critics for each of the actor and the temperature.
        backup_entropy: whether targets count the entropy of what comes after.
        learning_starts: random steps before learning.
        batch_size: transitions of an update.
        buffer_size: transitions of experience that are kept.
        gradient_steps: updates of the critics after every `train_freq` steps.
        ent_coef: the temperature; `auto_0.01` learns it from 0.01.
        target_entropy: what the temperature aims at; `auto` for minus half of how many numbers an action has.
        **more: what SAC takes.

    Raises:
        ValueError: an argument is out of range, or demonstrations cannot be had; the message names it.
    """

    policy_aliases: ClassVar[dict[str, type[BasePolicy]]] = {
        "MlpPolicy": MlpPolicy,
        "CnnPolicy": CnnPolicy,
        "MultiInputPolicy": MultiInputPolicy,
    }
    critic: EnsembleCritic  # pyright: ignore[reportIncompatibleVariableOverride]
    critic_target: EnsembleCritic  # pyright: ignore[reportIncompatibleVariableOverride]

    def __init__(
        self,
        policy: str | type[MlpPolicy],
        env: Any,
        *,
        demonstrations: int = 20,
        demonstration_file: str | None = None,
        data: DataConfig | Mapping[str, Any] | None = None,
        n_target_critics: int = 2,
        policy_delay: int = 8,
        backup_entropy: bool = False,
        learning_starts: int = 300,
        batch_size: int = 256,
        buffer_size: int = 200_000,
        gradient_steps: int = 8,
        ent_coef: str | float = "auto_0.01",
        target_entropy: str | float = "auto",
        _init_setup_model: bool = True,
        **more: Any,
    ) -> None:
        super().__init__(
            policy,
            env,
            learning_starts=learning_starts,
            batch_size=check_integer("batch_size", batch_size, 2),
            buffer_size=buffer_size,
            gradient_steps=gradient_steps,
            ent_coef=ent_coef,
            target_entropy=target_entropy,
            _init_setup_model=False,
            **more,
        )
        if self.n_steps != 1:
            raise ValueError(f"n_steps must be 1: demonstrations are single transitions; got {self.n_steps}")
        self.demonstrations = check_integer("demonstrations", demonstrations, 0)
        self.demonstration_file = demonstration_file
        self.data = None if data is None else read_fields(DataConfig, data, name="data")
        if self.data is not None and demonstration_file is not None:
            raise ValueError("demonstration_file and data exclude each other: give one of them")
        self.n_target_critics = check_integer("n_target_critics", n_target_critics, 1)
        self.policy_delay = check_integer("policy_delay", policy_delay, 1)
        self.backup_entropy = backup_entropy
        self.demonstration_buffer: ReplayBuffer | None = None
        if _init_setup_model:
            self._setup_model()

    def _setup_model(self) -> None:
        if self.target_entropy == "auto":
            self.target_entropy = -0.5 * math.prod(self.action_space.shape or (1,))
        super()._setup_model()
        check_integer("n_target_critics", self.n_target_critics, 1, self.critic.n_critics)
        has_any = bool(self.demonstrations or self.demonstration_file or self.data)
        if self.env is not None and has_any:  # without an environment it is to act
            self.demonstration_buffer = self._demonstrations()

    def _demonstrations(self) -> ReplayBuffer:
        """What the expert shows, or the data hold: the same for the same seed, so no checkpoint holds it."""
        assert self.env is not None
        if self.demonstration_file is not None:
            transitions = load_demonstrations(self.demonstration_file)
        elif self.data is not None:
            dataset = find_data(self.data, self.env, self.seed)
            transitions = {field.name: getattr(dataset, field.name) for field in fields(dataset)}
        else:
            if self.seed is not None:  # other episodes than those that training begins with
                self.env.seed(int(np.random.SeedSequence(self.seed).spawn(1)[0].generate_state(1)[0]))
            transitions = play_demonstrations(self.env, self.demonstrations, self.policy.scale_action)
            self.env.seed(self.seed)
        return fill_buffer(transitions, self.observation_space, self.action_space, self.device)

    def train(self, gradient_steps: int, batch_size: int = 256) -> None:
        """Update the critics so many times, and the actor and the temperature every `policy_delay` of them."""
        self.policy.set_training_mode(True)
        optimizers = [self.actor.optimizer, self.critic.optimizer]
        if self.ent_coef_optimizer is not None:
            optimizers.append(self.ent_coef_optimizer)
        self._update_learning_rate(optimizers)
        critic_losses, actor_losses, temperatures = [], [], []
        for _ in range(gradient_steps):
            if self.use_sde:
                self.actor.reset_noise()
            batch = self.sample_batch(batch_size)
            critic_losses.append(self._update_critics(batch))
            self._n_updates += 1
            if self._n_updates % self.target_update_interval == 0:
                polyak_update(self.critic.parameters(), self.critic_target.parameters(), self.tau)
            if self._n_updates % self.policy_delay == 0:
                temperatures.append(self._temperature().item())
                actor_losses.append(self._update_actor(batch))
        self.logger.record("train/n_updates", self._n_updates, exclude="tensorboard")
        self.logger.record("train/critic_loss", np.mean(critic_losses))
        if actor_losses:
            self.logger.record("train/actor_loss", np.mean(actor_losses))
            self.logger.record("train/ent_coef", np.mean(temperatures))

    def sample_batch(self, batch_size: int) -> Any:
        """A batch: the first half demonstrations, the rest experience; all experience without demonstrations."""
        assert self.replay_buffer is not None
        if self.demonstration_buffer is None:
            batch: Any = self.replay_buffer.sample(batch_size, env=self._vec_normalize_env)
        else:
            half = batch_size // 2
            shown: Any = self.demonstration_buffer.sample(half, env=self._vec_normalize_env)
            lived: Any = self.replay_buffer.sample(batch_size - half, env=self._vec_normalize_env)
            fields = ("observations", "actions", "next_observations", "dones", "rewards")
            batch = shown._replace(**{name: _joined(getattr(shown, name), getattr(lived, name)) for name in fields})
        return batch._replace(
            observations=self.augment(batch.observations),
            next_observations=self.augment(batch.next_observations),
        )

    def augment(self, observations: Any) -> Any:
        """A batch of observations with the pictures in them shifted at random."""
        return shift_pictures(observations, self.observation_space)

    def _temperature(self) -> Tensor:
        return self.ent_coef_tensor if self.log_ent_coef is None else self.log_ent_coef.detach().exp()

    def _update_critics(self, batch: Any) -> float:
        with torch.no_grad():
            next_action_B_A, next_logp_B = self.actor.action_log_prob(batch.next_observations)
            members = torch.randperm(self.critic.n_critics)[: self.n_target_critics].to(self.device)
            next_value_M_B_1 = self.critic_target(batch.next_observations, next_action_B_A, members)
            bonus_B_1 = -self._temperature() * next_logp_B[:, None] if self.backup_entropy else 0.0
            target_B_1 = ensemble_target(batch.rewards, batch.dones, next_value_M_B_1, bonus_B_1, self.gamma)
        value_E_B_1 = self.critic(batch.observations, batch.actions)
        loss = F.mse_loss(value_E_B_1, target_B_1.expand_as(value_E_B_1))
        self.critic.optimizer.zero_grad()
        loss.backward()
        self.critic.optimizer.step()
        return loss.item()

    def _update_actor(self, batch: Any) -> float:
        action_B_A, logp_B = self.actor.action_log_prob(batch.observations)
        value_E_B_1 = self.critic(batch.observations, action_B_A)
        loss = (self._temperature() * logp_B - value_E_B_1.mean(dim=0).squeeze(1)).mean()
        self.actor.optimizer.zero_grad()
        own = [weight for group in self.actor.optimizer.param_groups for weight in group["params"]]
        loss.backward(inputs=own)  # the critics need no gradients of it
        self.actor.optimizer.step()
        if self.ent_coef_optimizer is not None and self.log_ent_coef is not None:
            surprise = logp_B.detach().mean() + float(self.target_entropy)
            self.ent_coef_optimizer.zero_grad()
            (-self.log_ent_coef * surprise).sum().backward()
            self.ent_coef_optimizer.step()
        return loss.item()

    def _excluded_save_params(self) -> list[str]:
        return [*super()._excluded_save_params(), "demonstration_buffer"]


def ensemble_target(
    reward_B_1: Tensor,
    done_B_1: Tensor,
    next_value_M_B_1: Tensor,
    bonus_B_1: Tensor | float,
    gamma: Tensor | float,
) -> Tensor:
    """r + γ (1 - done) (min over members of Q(s', a') + bonus)."""
    return reward_B_1 + gamma * (1.0 - done_B_1) * (next_value_M_B_1.amin(dim=0) + bonus_B_1)


def _joined(first: Any, second: Any) -> Any:
    if isinstance(first, dict):
        return {key: torch.cat([first[key], second[key]]) for key in first}
    return torch.cat([first, second])
