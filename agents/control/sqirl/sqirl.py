"""The algorithm."""

from __future__ import annotations

import math
from typing import Any, ClassVar, Self

import numpy as np
import torch
from gymnasium import spaces
from numpy.typing import NDArray
from stable_baselines3.common.base_class import BaseAlgorithm
from stable_baselines3.common.callbacks import BaseCallback
from stable_baselines3.common.policies import BasePolicy
from stable_baselines3.common.type_aliases import MaybeCallback, Schedule
from stable_baselines3.common.utils import safe_mean
from stable_baselines3.common.vec_env import VecEnv

from ....envs.core.arguments import check_integer
from .policies import MlpPolicy, Regression, SQIRLPolicy, TablePolicy
from .random_play import Episode, random_play
from .replay import ReturnReplayBuffer


class SQIRL(BaseAlgorithm):
    """Shallow Q-iteration via reinforcement learning (Laidlaw, Zhu, Russell and Dragan, ICLR 2024).

    For t = 0, 1, 2 … it collects m episodes that follow what was fitted for the steps before t, and are random from
    there; fits Q¹ to the returns of the random play, and Q^{i+1} to r + γ max Q^i, i from 1 to k - 1; and from then on
    acts greedily on Q^k at step t. A pass is over when no episode reaches step t. Then the next one begins, with
    `growth` times as many episodes, until the budget is used up; `predict` follows the last pass that was finished, or
    the first one as far as it has come.

    Defaults are those of the authors' code (cassidylaidlaw/effective-horizon, effective_horizon/sb3/algorithms/
    sqirl.py), but for γ, which is 1 in their experiments; there is one pass there.

    Args:
        policy: `MlpPolicy` fits a network, `TablePolicy` means.
        env: with `Discrete` actions.
        learning_rate: of the network.
        episodes_per_timestep: m, of the first pass.
        planning_depth: k.
        growth: how many times more episodes the next pass collects.
        batch_size: transitions of a gradient step.
        n_epochs: gradient steps × batch size, over the steps that were collected.
        gamma: γ.
        max_grad_norm: the longest gradient.
        buffer_size: how many transitions the network is trained on.
        policy_kwargs: further arguments of the policy.
        stats_window_size: episodes that logged means are taken over.
        tensorboard_log: a folder for TensorBoard.
        verbose: 1 prints what is done.
        seed: of everything random.
        device: of the network.
        _init_setup_model: whether to build the network.

    Raises:
        ValueError: an argument is out of range; the message names it.
    """

    policy_aliases: ClassVar[dict[str, type[BasePolicy]]] = {"MlpPolicy": MlpPolicy, "TablePolicy": TablePolicy}
    policy: SQIRLPolicy  # pyright: ignore[reportIncompatibleVariableOverride]
    action_space: spaces.Discrete  # pyright: ignore[reportIncompatibleVariableOverride]

    def __init__(
        self,
        policy: str | type[SQIRLPolicy],
        env: Any,
        learning_rate: float | Schedule = 1e-4,
        episodes_per_timestep: int = 1,
        planning_depth: int = 1,
        growth: float = 2.0,
        batch_size: int = 256,
        n_epochs: int = 1,
        gamma: float = 1.0,
        max_grad_norm: float = 10.0,
        buffer_size: int = 1_000_000,
        policy_kwargs: dict[str, Any] | None = None,
        stats_window_size: int = 100,
        tensorboard_log: str | None = None,
        verbose: int = 0,
        seed: int | None = None,
        device: torch.device | str = "auto",
        _init_setup_model: bool = True,
    ) -> None:
        super().__init__(
            policy,
            env,
            learning_rate,
            policy_kwargs=policy_kwargs,
            stats_window_size=stats_window_size,
            tensorboard_log=tensorboard_log,
            verbose=verbose,
            device=device,
            support_multi_env=True,
            seed=seed,
            supported_action_spaces=(spaces.Discrete,),
        )
        self.episodes_per_timestep = check_integer("episodes_per_timestep", episodes_per_timestep, 1)
        self.planning_depth = check_integer("planning_depth", planning_depth, 1)
        self.batch_size = check_integer("batch_size", batch_size, 1)
        self.n_epochs = check_integer("n_epochs", n_epochs, 1)
        self.buffer_size = check_integer("buffer_size", buffer_size, 1)
        if growth < 1.0:
            raise ValueError(f"growth must be 1 or more, got {growth}")
        if not 0.0 < gamma <= 1.0:
            raise ValueError(f"gamma must be over 0, and 1 at most, got {gamma}")
        self.growth, self.gamma, self.max_grad_norm = growth, gamma, max_grad_norm
        self.replay_buffer: ReturnReplayBuffer | None = None
        self.fitted: list[Any] = []  # of the present pass, one for each step
        self.finished: list[Any] = []  # of the last one that was finished
        self.episodes_of_pass = episodes_per_timestep
        if _init_setup_model:
            self._setup_model()

    def _setup_model(self) -> None:
        self._setup_lr_schedule()
        self.set_random_seed(self.seed)
        arguments = dict(self.policy_kwargs)
        if issubclass(self.policy_class, MlpPolicy):
            arguments["depth"] = self.planning_depth
        policy_class: Any = self.policy_class
        self.policy = policy_class(  # pyright: ignore[reportIncompatibleVariableOverride]
            self.observation_space, self.action_space, self.lr_schedule, **arguments
        ).to(self.device)
        if self.policy.replays:
            self.replay_buffer = ReturnReplayBuffer(self.buffer_size, self.observation_space, self.action_space)

    def _get_torch_save_params(self) -> tuple[list[str], list[str]]:
        return (["policy", "policy.optimizer"] if self.policy.replays else ["policy"]), []

    def learn(
        self,
        total_timesteps: int,
        callback: MaybeCallback = None,
        log_interval: int = 4,
        tb_log_name: str = "SQIRL",
        reset_num_timesteps: bool = True,
        progress_bar: bool = False,
    ) -> Self:
        """Learn for so many steps of the environments; arguments as in every algorithm of Stable-Baselines3."""
        total_timesteps, callback = self._setup_learn(
            total_timesteps, callback, reset_num_timesteps, tb_log_name, progress_bar
        )
        callback.on_training_start(locals(), globals())
        assert self.env is not None
        while self.num_timesteps < total_timesteps:
            episodes = self.collect_rollouts(self.env, callback, total_timesteps)
            if episodes is None:
                break
            self._update_current_progress_remaining(self.num_timesteps, total_timesteps)
            self.train(episodes)
            self._log()
        callback.on_training_end()
        return self

    def collect_rollouts(self, env: VecEnv, callback: BaseCallback, total_timesteps: int) -> list[Episode] | None:
        """Play the episodes of one step: greedy as far as there are fits, random from there.

        Every environment plays its share of them from beginning to end, so that short ones are no more frequent.

        Returns:
            The episodes; None where the callback, or the end of the budget, stopped it.
        """
        callback.on_rollout_start()
        observations: Any = env.reset()
        left_B = np.full(env.num_envs, self.episodes_of_pass // env.num_envs)
        left_B[: self.episodes_of_pass % env.num_envs] += 1
        playing = [Episode([observation]) for observation in observations]
        episodes: list[Episode] = []
        while left_B.any():
            active_B = left_B > 0
            actions = self._act(observations, np.array([len(episode.actions) for episode in playing]))
            observations, rewards, dones, infos = env.step(actions)
            dones = dones & active_B
            self.num_timesteps += int(active_B.sum())
            callback.update_locals(locals())
            if not callback.on_step():
                return None
            self._update_info_buffer([infos[i] if active_B[i] else {} for i in range(env.num_envs)], dones)
            for i in np.flatnonzero(active_B):
                playing[i].actions.append(int(actions[i]))
                playing[i].rewards.append(float(rewards[i]))
                playing[i].observations.append(infos[i]["terminal_observation"] if dones[i] else observations[i])
                if dones[i]:
                    episodes.append(playing[i])
                    playing[i] = Episode([observations[i]])
                    left_B[i] -= 1
            self._episode_num += int(dones.sum())
            if self.num_timesteps >= total_timesteps and left_B.any():
                return None
        callback.on_rollout_end()
        return episodes

    def train(self, episodes: list[Episode]) -> None:
        """Fit the Q function of the next step; at the end of a pass, begin another."""
        step = len(self.fitted)
        longest = max(len(episode.actions) for episode in episodes)
        if step < longest:
            play = random_play(episodes, step, self.gamma)
            if self.replay_buffer is not None:
                self.replay_buffer.remember(play)
            self.fitted.append(self.policy.regress(play, step, self._settings(), self.replay_buffer))
            self._n_updates += 1
        if step + 1 >= longest:
            self.finished, self.fitted = self.fitted, []
            self.episodes_of_pass = math.ceil(self.episodes_of_pass * self.growth)

    def predict(
        self,
        observation: Any,
        state: tuple[NDArray[Any], ...] | None = None,
        episode_start: NDArray[Any] | None = None,
        deterministic: bool = False,
    ) -> tuple[NDArray[Any], tuple[NDArray[Any], ...] | None]:
        """The greedy actions.

        Args:
            observation: one, or a batch.
            state: what was returned at the step before; how many actions each episode has had. None in the first.
            episode_start: which episodes begin now.
            deterministic: without effect; what was fitted is followed without exploring.

        Returns:
            The actions, and the next state. Steps after the last that was fitted follow that; before anything is
            fitted, every action is the first.
        """
        observation = np.asarray(observation)
        is_batch = observation.ndim > len(self.observation_space.shape or ())
        observation_N = observation if is_batch else observation[None]
        step_N = np.zeros(len(observation_N), np.int64) if state is None else state[0].copy()
        if episode_start is not None:
            step_N[np.asarray(episode_start, bool)] = 0
        fits = self.finished or self.fitted
        action_N = np.zeros(len(observation_N), np.int64)
        if fits:
            action_N = self._greedy(fits, observation_N, np.minimum(step_N, len(fits) - 1))
        return (action_N if is_batch else action_N[0]), (step_N + 1,)

    def _act(self, observation_N: NDArray[Any], step_N: NDArray[np.int64]) -> NDArray[np.int64]:
        action_N = self.action_space.np_random.integers(int(self.action_space.n), size=len(step_N))
        early_N = step_N < len(self.fitted)
        if early_N.any():
            action_N[early_N] = self._greedy(self.fitted, observation_N[early_N], step_N[early_N])
        return action_N

    def _greedy(self, fits: list[Any], observation_N: NDArray[Any], step_N: NDArray[np.int64]) -> NDArray[np.int64]:
        action_N = np.zeros(len(step_N), np.int64)
        for step in np.unique(step_N).tolist():
            rows = step_N == step
            action_N[rows] = self.policy.q_values(fits[step], observation_N[rows]).argmax(axis=-1)
        return action_N

    def _settings(self) -> Regression:
        return Regression(
            self.planning_depth,
            self.gamma,
            self.batch_size,
            self.n_epochs,
            self.max_grad_norm,
            float(self.lr_schedule(self._current_progress_remaining)),
        )

    def _log(self) -> None:
        if self.ep_info_buffer:
            self.logger.record("rollout/ep_rew_mean", safe_mean([info["r"] for info in self.ep_info_buffer]))
            self.logger.record("rollout/ep_len_mean", safe_mean([info["l"] for info in self.ep_info_buffer]))
        if self.ep_success_buffer:
            self.logger.record("rollout/success_rate", safe_mean(self.ep_success_buffer))
        self.logger.record("rollout/episodes_per_timestep", self.episodes_of_pass)
        self.logger.record("train/fitted_steps", len(self.fitted))
        self.logger.record("time/total_timesteps", self.num_timesteps, exclude="tensorboard")
        self.logger.dump(step=self.num_timesteps)
