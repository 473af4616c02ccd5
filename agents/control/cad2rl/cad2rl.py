"""The algorithm."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Literal, Self, get_args

import numpy as np
import torch
from gymnasium import spaces
from numpy.typing import NDArray
from stable_baselines3.common.base_class import BaseAlgorithm
from stable_baselines3.common.callbacks import BaseCallback
from stable_baselines3.common.policies import BasePolicy
from stable_baselines3.common.type_aliases import MaybeCallback, Schedule
from stable_baselines3.common.utils import polyak_update, safe_mean
from stable_baselines3.common.vec_env import VecEnv
from torch import Tensor, nn

from ....envs.core import EnvState
from ....envs.core.arguments import check_integer, check_number
from ....envs.flight.flight_env import FlightEnv
from ....envs.flight.rollouts import Copies
from ..native_vector import NativeVecEnv
from .buffer import Ends, Tried, TriedDirections
from .free_space import LabelledPictures
from .policies import DirectionPolicy, middles
from .targets import bootstrapped_parts, free_share, tried_cells_loss

Credit = Literal["monte_carlo", "bootstrapped"]


@dataclass(frozen=True, slots=True)
class _Flown:
    """What copies found out.

    Attributes:
        tried: pictures, and what directions in them came to.
        steps: of all copies together.
        collided: the share of copies that did.
    """

    tried: Tried
    steps: int
    collided: float


class CAD2RL(BaseAlgorithm):
    """Collision avoidance via deep reinforcement learning (Sadeghi and Levine, RSS 2017).

    A fully convolutional network says of each direction of a picture how likely a flight that way is free of
    collisions. It begins with pictures whose free space is known. Then, over and over, bodies fly on by the present
    policy, and from where they are, copies of them fly: some directions each, held for a while, then by the policy. The
    share of their steps that are free of collisions is what a direction is worth; nothing is bootstrapped, and nothing
    but collisions counts, so no reward is looked at.

    With `credit="bootstrapped"` copies fly no further than a direction is held, and a target network says what is to
    come from there: fitted Q iteration, by flights just as many steps long in all.

    A labelled picture, a body's step and a copy's step each count as a timestep.

    Other than in the paper, directions are few, pictures small and steps short: a direction is held for some steps of
    0.1 s where theirs is one long step, and shares are discounted.

    Args:
        policy: `CnnPolicy`.
        env: of `flight/…`, with `control="direction"` and pictures alone as observation, in no wrapper that changes
            what is seen.
        learning_rate: of the network.
        credit: whether values are `monte_carlo` or `bootstrapped`.
        free_space_pictures: labelled pictures that learning begins with; 0 for none.
        free_space_distance: how far must be free for a label to say so, metres.
        n_steps: steps that each body flies between two flights of its copies.
        directions: copies of each body: one flies where the policy would, the others to cells drawn evenly.
        hold: steps for which a copy's direction is held.
        horizon: steps of a copy's flight where values are `monte_carlo`, the held ones included.
        gamma: the discount of a step.
        buffer_size: pictures that are kept.
        batch_size: pictures of an update.
        gradient_steps: updates after every round of flights, or of labelled pictures.
        tau: how fast a target network follows.
        max_grad_norm: the longest gradient.
        policy_kwargs: further arguments of the policy.
        stats_window_size: episodes that logged means are taken over.
        tensorboard_log: a folder for TensorBoard.
        verbose: 1 prints what is done.
        seed: of everything random.
        device: of the network.
        _init_setup_model: whether to build the network.

    Raises:
        ValueError: an argument is out of range, or the environment is another one; the message names it.
    """

    policy_aliases: ClassVar[dict[str, type[BasePolicy]]] = {"CnnPolicy": DirectionPolicy}
    policy: DirectionPolicy  # pyright: ignore[reportIncompatibleVariableOverride]

    def __init__(
        self,
        policy: str | type[DirectionPolicy],
        env: Any,
        learning_rate: float | Schedule = 1e-3,
        *,
        credit: Credit = "monte_carlo",
        free_space_pictures: int = 16_000,
        free_space_distance: float = 1.5,
        n_steps: int = 2,
        directions: int = 4,
        hold: int = 10,
        horizon: int = 16,
        gamma: float = 0.97,
        buffer_size: int = 4000,
        batch_size: int = 64,
        gradient_steps: int = 16,
        tau: float = 0.01,
        max_grad_norm: float = 10.0,
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
            supported_action_spaces=(spaces.Box,),
        )
        if credit not in get_args(Credit):
            raise ValueError(f"credit must be one of {', '.join(get_args(Credit))}, got {credit!r}")
        self.credit: Credit = credit
        self.free_space_pictures = check_integer("free_space_pictures", free_space_pictures, 0)
        self.free_space_distance = check_number("free_space_distance", free_space_distance)
        self.n_steps = check_integer("n_steps", n_steps, 1)
        self.directions = check_integer("directions", directions, 1)
        self.hold = check_integer("hold", hold, 1)
        self.horizon = check_integer("horizon", horizon, hold)
        if not 0.0 < check_number("gamma", gamma) <= 1.0:
            raise ValueError(f"gamma must be over 0, and 1 at most, got {gamma}")
        if gamma == 1.0 and credit == "bootstrapped":
            raise ValueError("gamma must be under 1 where credit is bootstrapped, got 1")
        if not 0.0 < check_number("tau", tau) <= 1.0:
            raise ValueError(f"tau must be over 0, and 1 at most, got {tau}")
        self.gamma, self.tau = gamma, tau
        self.buffer_size = check_integer("buffer_size", buffer_size, 1)
        self.batch_size = check_integer("batch_size", batch_size, 1)
        self.gradient_steps = check_integer("gradient_steps", gradient_steps, 1)
        self.max_grad_norm = check_number("max_grad_norm", max_grad_norm)
        self.pictures_labelled = 0
        self.replay_buffer: TriedDirections | None = None
        self.target_network: nn.Module | None = None
        self._labelled: LabelledPictures | None = None
        self._copies: Copies | None = None
        if _init_setup_model:
            self._setup_model()

    def _setup_model(self) -> None:
        self._setup_lr_schedule()
        self.set_random_seed(self.seed)
        policy_class: Any = self.policy_class
        self.policy = policy_class(  # pyright: ignore[reportIncompatibleVariableOverride]
            self.observation_space, self.action_space, self.lr_schedule, **self.policy_kwargs
        ).to(self.device)
        cells = self.policy.grid**2
        if self.directions > cells:
            raise ValueError(f"directions must be {cells} at most, the cells of a picture, got {self.directions}")
        is_bootstrapped = self.credit == "bootstrapped"
        if is_bootstrapped:
            self.target_network = self.policy.make_network().to(self.device)
            self.target_network.load_state_dict(self.policy.network.state_dict())
        if self.env is None:
            return
        flown = _flown(self.env)
        assert isinstance(self.observation_space, spaces.Box)
        ends = self.directions if is_bootstrapped else 0
        self.replay_buffer = TriedDirections(self.buffer_size, self.observation_space, self.action_space, cells, ends)
        self._copies = Copies(flown, self.n_envs * self.directions, threads=1)
        if self.free_space_pictures:
            self._labelled = LabelledPictures(flown, self.policy.grid, self.free_space_distance, self.n_envs)

    def _get_torch_save_params(self) -> tuple[list[str], list[str]]:
        networks = ["policy", "policy.optimizer"]
        return ([*networks, "target_network"] if self.target_network is not None else networks), []

    def _excluded_save_params(self) -> list[str]:
        return [*super()._excluded_save_params(), "replay_buffer", "_labelled", "_copies"]

    def learn(
        self,
        total_timesteps: int,
        callback: MaybeCallback = None,
        log_interval: int = 4,
        tb_log_name: str = "CAD2RL",
        reset_num_timesteps: bool = True,
        progress_bar: bool = False,
    ) -> Self:
        """Learn for so many simulated steps; arguments as in every algorithm of Stable-Baselines3."""
        total_timesteps, callback = self._setup_learn(
            total_timesteps, callback, reset_num_timesteps, tb_log_name, progress_bar
        )
        callback.on_training_start(locals(), globals())
        while self.num_timesteps < total_timesteps:
            callback.on_rollout_start()
            labels = self.pictures_labelled < self.free_space_pictures
            if not (self._label(callback) if labels else self._fly(callback)):
                break
            callback.on_rollout_end()
            self._update_current_progress_remaining(self.num_timesteps, total_timesteps)
            self.train()
            self._log()
        callback.on_training_end()
        return self

    def train(self) -> None:
        """Regress the cells that were tried."""
        self.policy.set_training_mode(True)
        self._update_learning_rate(self.policy.optimizer)
        losses = []
        for _ in range(self.gradient_steps):
            tried: Any = self._buffer.sample(self.batch_size)
            loss = tried_cells_loss(self.policy.logits(tried.picture_N_P_H_W), self._targets(tried))
            self.policy.optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(self.policy.network.parameters(), self.max_grad_norm)
            self.policy.optimizer.step()
            if self.target_network is not None:
                polyak_update(self.policy.network.parameters(), self.target_network.parameters(), self.tau)
            losses.append(loss.item())
        self._n_updates += self.gradient_steps
        self.policy.set_training_mode(False)
        self.logger.record("train/loss", float(np.mean(losses)))
        self.logger.record("train/n_updates", self._n_updates, exclude="tensorboard")

    @property
    def _buffer(self) -> TriedDirections:
        if self.replay_buffer is None:
            raise ValueError("env must be given for the agent to learn, got None")
        return self.replay_buffer

    def _label(self, callback: BaseCallback) -> bool:
        """Draw labelled pictures; whether to go on."""
        assert self._labelled is not None
        self._buffer.remember(self._labelled.draw(_any_seed()))
        self.pictures_labelled += self._labelled.count
        self.num_timesteps += self._labelled.count
        callback.update_locals(locals())
        return callback.on_step()

    def _fly(self, callback: BaseCallback) -> bool:
        """Let bodies fly on, and copies of them from where they are; whether to go on."""
        assert self.env is not None
        assert self._copies is not None
        for _ in range(self.n_steps):
            actions, _ = self.policy.predict(self._last_obs, deterministic=False)  # pyright: ignore[reportArgumentType]
            self._last_obs, _, dones, infos = self.env.step(actions)  # pyright: ignore[reportAttributeAccessIssue]
            self.num_timesteps += self.n_envs
            callback.update_locals(locals())
            if not callback.on_step():
                return False
            self._update_info_buffer(infos, dones)
            self._episode_num += int(dones.sum())
        flown = self._fly_copies(np.asarray(self._last_obs))
        self._buffer.remember(flown.tried)
        self.num_timesteps += flown.steps
        self.logger.record("rollout/copies_collided", flown.collided)
        return True

    def _fly_copies(self, picture_N_P_H_W: NDArray[np.uint8]) -> _Flown:
        """Let copies of the bodies fly, some directions each."""
        assert self.env is not None
        assert self._copies is not None
        is_bootstrapped = self.target_network is not None
        steps = self.hold if is_bootstrapped else self.horizon
        cell_N_K = self._cells_to_try(picture_N_P_H_W)
        snapshots = [state for state in _snapshots(self.env) for _ in range(self.directions)]
        action_M_2 = middles(self.policy.grid)[cell_N_K.ravel()]
        flights = self._copies.fly(snapshots, action_M_2, self._act, hold=self.hold, horizon=steps, seed=_any_seed())
        ends = None
        if is_bootstrapped:
            value_M, discount_M = bootstrapped_parts(flights.time_N, flights.reached_N, steps, self.gamma)
            seen = self._copies.observe().transpose(0, 3, 1, 2)
            ends = Ends(
                cell_N_K,
                discount_M.reshape(cell_N_K.shape).astype(np.float32),
                seen.reshape(*cell_N_K.shape, *seen.shape[1:]),
            )
        else:
            value_M = free_share(flights.time_N, steps, self.gamma)
        tried = Tried(picture_N_P_H_W, self._values(cell_N_K, value_M), ends)
        return _Flown(tried, int(flights.steps_N.sum()), float((flights.time_N <= steps).mean()))

    def _act(self, picture_M_H_W_P: NDArray[np.uint8]) -> NDArray[np.float32]:
        return self.policy.predict(picture_M_H_W_P, deterministic=True)[0]

    def _values(self, cell_N_K: NDArray[np.int64], value_M: NDArray[Any]) -> NDArray[np.float32]:
        """The values of all cells: those of the K that were tried, NaN for the others."""
        value_N_C = np.full((len(cell_N_K), self.policy.grid**2), np.nan, np.float32)
        np.put_along_axis(value_N_C, cell_N_K, value_M.reshape(cell_N_K.shape).astype(np.float32), axis=1)
        return value_N_C

    def _cells_to_try(self, picture_N_P_H_W: NDArray[np.uint8]) -> NDArray[np.int64]:
        """Of each picture the best cell, and others that are drawn evenly; none twice."""
        with torch.no_grad():
            best_N = self.policy.logits(picture_N_P_H_W).argmax(dim=1).cpu().numpy()
        order_N_C = np.random.random((len(best_N), self.policy.grid**2))  # noqa: NPY002  (as Stable-Baselines3 does)
        order_N_C[np.arange(len(best_N)), best_N] = -1.0
        return order_N_C.argsort(axis=1)[:, : self.directions]

    def _targets(self, tried: Tried) -> Tensor:
        """The values of cells, with what is to come after the flights that went on."""
        target_N_C = torch.as_tensor(tried.value_N_C, device=self.device)
        if tried.ends is None or self.target_network is None:
            return target_N_C
        row_F, flight_F = np.nonzero(tried.ends.discount_N_K)
        if len(row_F):
            seen = self.policy.to_floats(tried.ends.picture_N_K_P_H_W[row_F, flight_F])
            discount_F = torch.as_tensor(tried.ends.discount_N_K[row_F, flight_F], device=self.device)
            with torch.no_grad():
                best_F = self.target_network(seen).max(dim=1).values.sigmoid()
            target_N_C[row_F, tried.ends.cell_N_K[row_F, flight_F]] += discount_F * best_F
        return target_N_C

    def _log(self) -> None:
        if self.ep_info_buffer:
            self.logger.record("rollout/ep_rew_mean", safe_mean([info["r"] for info in self.ep_info_buffer]))
            self.logger.record("rollout/ep_len_mean", safe_mean([info["l"] for info in self.ep_info_buffer]))
        if self.ep_success_buffer:
            self.logger.record("rollout/success_rate", safe_mean(self.ep_success_buffer))
        self.logger.record("time/total_timesteps", self.num_timesteps, exclude="tensorboard")
        self.logger.dump(step=self.num_timesteps)


def _flown(venv: VecEnv) -> FlightEnv:
    """One of the environments, to make copies by.

    Raises:
        ValueError: they are no flights that are seen as they are, or not by pictures alone.
    """
    flown = _bodies(venv)[0]
    if not isinstance(flown, FlightEnv):
        raise ValueError(f"env must be one of flight/…, with snapshots to fly on from, got {type(flown).__name__}")
    if flown.observation_space != venv.unwrapped.observation_space:
        raise ValueError("env must have no wrapper that changes what is observed: copies would see something else")
    return flown


def _bodies(venv: VecEnv) -> list[Any]:
    inner: Any = venv.unwrapped
    envs = inner.vector.envs if isinstance(inner, NativeVecEnv) else inner.envs
    return [env.unwrapped for env in envs]


def _snapshots(venv: VecEnv) -> list[EnvState]:
    inner = venv.unwrapped
    if isinstance(inner, NativeVecEnv):
        return list(inner.vector.get_state())
    return [body.get_state() for body in _bodies(venv)]


def _any_seed() -> int:
    return int(np.random.randint(2**31))  # noqa: NPY002  (Stable-Baselines3 draws from it, and checkpoints keep it)
