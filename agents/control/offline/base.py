"""What all offline algorithms share: the data, the loop, and what follows when they may act."""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar, Self

import torch
from gymnasium import spaces
from stable_baselines3.common.callbacks import BaseCallback
from stable_baselines3.common.noise import ActionNoise
from stable_baselines3.common.off_policy_algorithm import OffPolicyAlgorithm
from stable_baselines3.common.policies import BasePolicy
from stable_baselines3.common.save_util import recursive_getattr
from stable_baselines3.common.type_aliases import MaybeCallback, ReplayBufferSamples, RolloutReturn, Schedule, TrainFreq
from stable_baselines3.common.vec_env import VecEnv
from torch import Tensor

from ....envs.core.arguments import check_integer, read_fields
from ....envs.core.bodies.offline_data import OfflineDataset
from ...errors import TrainingDiverged
from .buffer import EpisodeBuffer
from .data import DataConfig, check_data, find_data
from .goals import GoalConfig
from .networks import NormalisedFeatures, normalise_features


class OfflineAlgorithm(OffPolicyAlgorithm):
    """An algorithm that learns from a data set.

    The data are played or read when `learn` is first called; for equal seeds all algorithms get the same. Every
    gradient step counts as a time step. After `offline_steps` of them the agent acts, adds what it lives through to its
    data, and takes a gradient step for every step of an environment.

    The data set is part of a checkpoint, and not of what `save` writes.

    Args:
        policy: `MlpPolicy`.
        env: with vectors for observations and bounded continuous actions.
        data: where the data come from; `DataConfig` has the fields.
        goals: which goals to give in hindsight; `GoalConfig` has the fields. None: rewards and goals are the data's.
        offline_steps: gradient steps before it acts; None if it never does.
        learning_rate: of every optimiser.
        buffer_size: how many transitions are kept, the data included; the oldest go first.
        batch_size: transitions of a gradient step.
        tau: how fast slow copies of networks follow.
        gamma: the discount.
        action_noise: added to the actions when it acts.
        normalize_observations: whether networks see observations with mean 0 and standard deviation 1 over the data.
        log_every: gradient steps between two rows of metrics.
        policy_kwargs: further arguments of the policy.
        stats_window_size: episodes that logged means are taken over.
        tensorboard_log: a folder for TensorBoard.
        verbose: 1 prints what is done.
        seed: of everything random.
        device: of the networks.
        _init_setup_model: whether to build the networks.

    Raises:
        ValueError: an argument is out of range; the message names it.
    """

    fine_tunes: ClassVar[bool] = True
    optimizer_names: ClassVar[tuple[str, ...]]
    replay_buffer: EpisodeBuffer  # pyright: ignore[reportIncompatibleVariableOverride]
    _total_timesteps: int

    def __init__(
        self,
        policy: str | type[BasePolicy],
        env: Any,
        *,
        data: DataConfig | Mapping[str, Any] = DataConfig(expert=1.0),  # noqa: B008  (frozen)
        goals: GoalConfig | Mapping[str, Any] | None = None,
        offline_steps: int | None = None,
        learning_rate: float | Schedule = 3e-4,
        buffer_size: int = 200_000,
        batch_size: int = 256,
        tau: float = 0.005,
        gamma: float = 0.99,
        action_noise: ActionNoise | None = None,
        normalize_observations: bool = False,
        log_every: int = 1000,
        policy_kwargs: dict[str, Any] | None = None,
        stats_window_size: int = 100,
        tensorboard_log: str | None = None,
        verbose: int = 0,
        seed: int | None = None,
        device: torch.device | str = "auto",
        _init_setup_model: bool = True,
    ) -> None:
        self.data = read_fields(DataConfig, data, name="data")
        self.goals = None if goals is None else read_fields(GoalConfig, goals, name="goals")
        super().__init__(
            policy,
            env,
            learning_rate,
            check_integer("buffer_size", buffer_size, 1),
            learning_starts=0,
            batch_size=check_integer("batch_size", batch_size, 1),
            tau=tau,
            gamma=gamma,
            train_freq=1,
            gradient_steps=-1,  # as many as there were steps
            action_noise=action_noise,
            replay_buffer_class=EpisodeBuffer,
            replay_buffer_kwargs={"goals": self.goals},
            policy_kwargs=_policy_defaults(policy_kwargs or {}) | (policy_kwargs or {}),
            stats_window_size=stats_window_size,
            tensorboard_log=tensorboard_log,
            verbose=verbose,
            device=device,
            support_multi_env=True,
            seed=seed,
            sde_support=False,
            supported_action_spaces=(spaces.Box,),
        )
        if offline_steps is not None:
            check_integer("offline_steps", offline_steps, 0)
            if not self.fine_tunes:
                raise ValueError(
                    f"offline_steps must be None: {type(self).__name__} imitates its data, and would imitate itself"
                )
        self.offline_steps = offline_steps
        self.normalize_observations = normalize_observations
        self.log_every = check_integer("log_every", log_every, 1)
        if _init_setup_model:
            self._setup_model()

    @property
    def is_offline(self) -> bool:
        """Whether it still learns without acting."""
        return self.offline_steps is None or self.num_timesteps < self.offline_steps

    @abstractmethod
    def update(self, batch: ReplayBufferSamples) -> dict[str, Tensor]:
        """Take one gradient step.

        Returns:
            What to log, single numbers by name.
        """

    def _setup_model(self) -> None:
        size = self.observation_space.shape
        if size is None or len(size) != 1:
            raise ValueError(f"observations must be vectors, got {self.observation_space}")
        if self.goals is not None and max(*self.goals.achieved, *self.goals.desired) >= size[0]:
            raise ValueError(f"goals must name numbers of an observation below {size[0]}, got {self.goals}")
        super()._setup_model()

    def _get_torch_save_params(self) -> tuple[list[str], list[str]]:
        return ["policy", *self.optimizer_names], []

    def learn(
        self,
        total_timesteps: int,
        callback: MaybeCallback = None,
        log_interval: int = 4,
        tb_log_name: str = "offline",
        reset_num_timesteps: bool = True,
        progress_bar: bool = False,
    ) -> Self:
        """Learn for so many gradient steps, or steps of the environments once it acts.

        Other arguments are as in every algorithm of Stable-Baselines3; `log_interval` counts episodes that it plays.

        Raises:
            ValueError: the data cannot be had, or do not fit.
            TrainingDiverged: a loss is not finite.
        """
        if self.replay_buffer.size() == 0:
            assert self.env is not None
            self.fill(find_data(self.data, self.env, self.seed))
        return super().learn(total_timesteps, callback, log_interval, tb_log_name, reset_num_timesteps, progress_bar)

    def fill(self, dataset: OfflineDataset) -> None:
        """Make these the data to learn from.

        Raises:
            ValueError: they are of other spaces, or too many.
        """
        check_data(dataset, self.observation_space, self.action_space)
        self.replay_buffer.load(dataset)
        if self.normalize_observations:
            normalise_features(self.policy, dataset.observations)

    def collect_rollouts(
        self,
        env: VecEnv,
        callback: BaseCallback,
        train_freq: TrainFreq,
        replay_buffer: Any,
        action_noise: ActionNoise | None = None,
        learning_starts: int = 0,
        log_interval: int | None = None,
    ) -> RolloutReturn:
        """Count a step; once it acts, play one."""
        if not self.is_offline:
            return super().collect_rollouts(
                env, callback, train_freq, replay_buffer, action_noise, learning_starts, log_interval
            )
        callback.on_rollout_start()
        self.num_timesteps += 1
        callback.update_locals(locals())
        goes_on = callback.on_step()
        self._update_current_progress_remaining(self.num_timesteps, self._total_timesteps)
        callback.on_rollout_end()
        return RolloutReturn(1, 0, continue_training=goes_on)

    def train(self, gradient_steps: int, batch_size: int) -> None:
        """Take gradient steps."""
        if not self.policy.training:  # to say so again takes a tenth of a small step
            self.policy.set_training_mode(True)
        self._update_learning_rate([recursive_getattr(self, name) for name in self.optimizer_names])
        for _ in range(gradient_steps):
            self._n_updates += 1
            for name, value in self.update(self.replay_buffer.sample(batch_size)).items():
                number = value.item()
                if not math.isfinite(number):
                    raise TrainingDiverged(f"{name} is {number} at step {self.num_timesteps}: lower learning_rate")
                self.logger.record_mean(f"train/{name}", number)
            if self._n_updates % self.log_every == 0:
                self.logger.record("train/n_updates", self._n_updates, exclude="tensorboard")
                self.dump_logs()


def _policy_defaults(policy_kwargs: Mapping[str, Any]) -> dict[str, Any]:
    defaults: dict[str, Any] = {"features_extractor_class": NormalisedFeatures}
    if "optimizer_class" not in policy_kwargs:
        defaults["optimizer_kwargs"] = {"fused": True}  # Adam's loop over tensors takes as long as all the rest
    return defaults


def descend(optimizer: torch.optim.Optimizer, loss: Tensor) -> None:
    """Take a step down a loss."""
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
