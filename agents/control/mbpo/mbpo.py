"""The algorithm."""

from __future__ import annotations

from typing import Any, ClassVar, Literal, cast, get_args

import numpy as np
import torch
from gymnasium import spaces
from numpy.typing import NDArray
from stable_baselines3 import SAC
from stable_baselines3.common.noise import ActionNoise
from stable_baselines3.common.policies import BasePolicy
from stable_baselines3.sac.policies import MlpPolicy
from torch import Tensor

from ....envs.core.arguments import check_integer, check_number
from .buffer import BranchedReplayBuffer
from .dynamics import EnsembleDynamics
from .planning import Planner

Planning = Literal["both", "conservative", "optimistic", "none"]


class MBPO(SAC):
    """Model-based policy optimisation, with the planning of COPlanner.

    Soft actor-critic learns from short rollouts of a learned ensemble of dynamics, which branch off from real states
    (Janner, Fu, Zhang and Levine, NeurIPS 2019). Actions are chosen by UP-MPC (Wang et al., ICLR 2024; see
    `planning`): optimistic in the real environment, where what the dynamics do not know is worth a look, and
    conservative in their rollouts, where it is not to be trusted. What plays is the policy alone.

    Defaults of planning and dynamics are those of umd-huang-lab/COPlanner (DMC-MBPO-COPlanner), but for fewer rollouts,
    a processor's share. Other than there, the dynamics learn when an episode ends instead of being told, and are fitted
    for a fixed number of steps.

    Args:
        policy: `MlpPolicy`.
        env: with a vector of numbers as observation, and continuous actions.
        planning: where plans are made: `both`, only `conservative` (in rollouts) or `optimistic` (in the real
            environment), or `none`; elsewhere actions are the policy's.
        candidates: K, plans for each action.
        horizon: H, steps of a plan.
        reward_gamma: γ_r, discount of a plan's rewards.
        uncertainty_gamma: γ_u, discount of its uncertainties.
        conservative_rate: c_c, what a unit of uncertainty is taken to cost in rollouts.
        optimistic_rate: c_o, what it is taken to be worth in the real environment.
        members: networks of the ensemble.
        dynamics_net_arch: sizes of their hidden layers.
        dynamics_learning_rate: of their optimiser.
        dynamics_weight_decay: of their optimiser.
        dynamics_train_freq: real steps from one fit to the next.
        dynamics_gradient_steps: of a fit.
        rollouts: how many branch off after each fit.
        rollout_length: their steps.
        kept_fits: after how many fits imagined transitions are dropped.
        real_ratio: the part of a batch that is real.
        learning_starts: random steps before learning.
        gradient_steps: updates of the policy after every `train_freq` steps.
        **more: what SAC takes.

    Raises:
        ValueError: an argument is out of range; the message names it.
    """

    policy_aliases: ClassVar[dict[str, type[BasePolicy]]] = {"MlpPolicy": MlpPolicy}

    def __init__(
        self,
        policy: str | type[MlpPolicy],
        env: Any,
        *,
        planning: Planning = "both",
        candidates: int = 5,
        horizon: int = 5,
        reward_gamma: float = 0.97,
        uncertainty_gamma: float = 0.97,
        conservative_rate: float = 2.0,
        optimistic_rate: float = 1.0,
        members: int = 7,
        dynamics_net_arch: tuple[int, ...] = (200, 200, 200, 200),
        dynamics_learning_rate: float = 1e-3,
        dynamics_weight_decay: float = 1e-5,
        dynamics_train_freq: int = 250,
        dynamics_gradient_steps: int = 500,
        rollouts: int = 2000,
        rollout_length: int = 1,
        kept_fits: int = 4,
        real_ratio: float = 0.05,
        learning_starts: int = 5000,
        gradient_steps: int = 10,
        _init_setup_model: bool = True,
        **more: Any,
    ) -> None:
        if planning not in get_args(Planning):
            raise ValueError(f"planning must be one of {', '.join(get_args(Planning))}, got {planning!r}")
        for name, value in (("real_ratio", real_ratio), ("conservative_rate", conservative_rate)):
            check_number(name, value)
        if not 0.0 <= real_ratio <= 1.0:
            raise ValueError(f"real_ratio must be between 0 and 1, got {real_ratio}")
        self.planning: Planning = planning
        self.planner = Planner(
            check_integer("candidates", candidates, 1),
            check_integer("horizon", horizon, 1),
            check_number("reward_gamma", reward_gamma),
            check_number("uncertainty_gamma", uncertainty_gamma),
        )
        self.conservative_rate = conservative_rate
        self.optimistic_rate = check_number("optimistic_rate", optimistic_rate)
        self.members = check_integer("members", members, 2)
        self.dynamics_net_arch = list(dynamics_net_arch)
        self.dynamics_learning_rate = dynamics_learning_rate
        self.dynamics_weight_decay = dynamics_weight_decay
        self.dynamics_train_freq = check_integer("dynamics_train_freq", dynamics_train_freq, 1)
        self.dynamics_gradient_steps = check_integer("dynamics_gradient_steps", dynamics_gradient_steps, 1)
        self.rollouts = check_integer("rollouts", rollouts, 1)
        self.rollout_length = check_integer("rollout_length", rollout_length, 1)
        self.fitted_at: int | None = None
        imagined_size = rollouts * rollout_length * check_integer("kept_fits", kept_fits, 1)
        super().__init__(
            policy,
            env,
            learning_starts=learning_starts,
            gradient_steps=gradient_steps,
            replay_buffer_class=BranchedReplayBuffer,
            replay_buffer_kwargs={"imagined_size": imagined_size, "real_ratio": real_ratio},
            _init_setup_model=_init_setup_model,
            **more,
        )

    def _setup_model(self) -> None:
        observed = self.observation_space
        if not isinstance(observed, spaces.Box) or len(observed.shape) != 1:
            raise ValueError(f"env must have a vector of numbers as observation for its dynamics, got {observed}")
        super()._setup_model()
        self.dynamics = EnsembleDynamics(
            observed.shape[0],
            int(np.prod(self.action_space.shape or (1,))),
            self.members,
            self.dynamics_net_arch,
            self.dynamics_learning_rate,
            self.dynamics_weight_decay,
        ).to(self.device)

    def _sample_action(
        self, learning_starts: int, action_noise: ActionNoise | None = None, n_envs: int = 1
    ) -> tuple[NDArray[Any], NDArray[Any]]:
        is_random = self.num_timesteps < learning_starts or self.fitted_at is None
        if is_random or self.planning not in ("both", "optimistic"):
            return super()._sample_action(learning_starts, action_noise, n_envs)
        state_N_S = torch.as_tensor(self._last_obs, dtype=torch.float32, device=self.device)
        planned = self.planner.plan(self.dynamics, self._draw, state_N_S, self.optimistic_rate).cpu().numpy()
        if action_noise is not None:
            planned = np.clip(planned + action_noise(), -1.0, 1.0)
        return self.policy.unscale_action(planned), planned

    def train(self, gradient_steps: int, batch_size: int = 256) -> None:
        """Where it is due, fit the dynamics and imagine anew; then what SAC updates."""
        if self.fitted_at is None or self.num_timesteps - self.fitted_at >= self.dynamics_train_freq:
            self._fit_dynamics(batch_size)
            self._imagine()
            self.fitted_at = self.num_timesteps
        super().train(gradient_steps, batch_size)

    def _fit_dynamics(self, batch_size: int) -> None:
        states, actions, rewards, next_states, ended = cast(BranchedReplayBuffer, self.replay_buffer).real()
        targets = torch.cat([next_states - states, rewards[:, None]], dim=1)
        inputs = torch.cat([states, actions], dim=1)
        loss = self.dynamics.fit(inputs, targets, ended, self.dynamics_gradient_steps, batch_size)
        self.logger.record("train/dynamics_loss", loss)

    @torch.no_grad()
    def _imagine(self) -> None:
        """Roll the dynamics out from real states, drawn at random."""
        buffer = cast(BranchedReplayBuffer, self.replay_buffer)
        states, *_ = buffer.real()
        state_B_S = states[torch.randint(len(states), (self.rollouts,)).to(self.device)]
        uncertainties = []
        for _ in range(self.rollout_length):
            if self.planning in ("both", "conservative"):
                action_B_A = self.planner.plan(self.dynamics, self._draw, state_B_S, -self.conservative_rate)
            else:
                action_B_A = self._draw(state_B_S)
            outcome = self.dynamics.predict(state_B_S, action_B_A)
            tensors = (state_B_S, action_B_A, outcome.reward_B, outcome.state_B_S, outcome.ended_B)
            buffer.imagine(*(tensor.cpu().numpy() for tensor in tensors))
            uncertainties.append(outcome.uncertainty_B.mean().item())
            state_B_S = outcome.state_B_S[~outcome.ended_B]
            if not len(state_B_S):
                break
        self.logger.record("train/uncertainty", np.mean(uncertainties))

    def _draw(self, state_B_S: Tensor) -> Tensor:
        with torch.no_grad():
            return self.actor(state_B_S)

    def _get_torch_save_params(self) -> tuple[list[str], list[str]]:
        state_dicts, variables = super()._get_torch_save_params()
        return [*state_dicts, "dynamics", "dynamics.optimizer"], variables
