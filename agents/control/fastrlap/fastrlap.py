"""The algorithm."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, cast

import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray
from stable_baselines3.common.callbacks import BaseCallback
from stable_baselines3.common.policies import BasePolicy

from ....envs.core.arguments import check_integer, check_number, read_fields
from ..offline.data import data_seed, make_again
from ..rlpd import RLPD
from ..rlpd.encoders import LATENT_DIM
from .buffer import PracticeBuffer
from .goals import PracticeGoals
from .laps import LapTimes
from .policies import FrozenEncoderPolicy
from .pool import PoolConfig, play_pool
from .pretraining import Pretraining, pretrain


class FastRLAP(RLPD):
    """FastRLAP (Stachowicz et al., A system for learning high-speed driving via deep RL and practicing, 2023).

    Three stages. A pool of other cars' data trains an encoder of pictures by implicit Q-learning. The encoder is then
    frozen: every picture is encoded when it is met, and only features are kept and learned from. Then the car
    practises: RLPD, half of whose batches are one slow lap that the environment's expert shows, the other half what the
    car has lived through, with goals given in hindsight. Nobody puts the car back; what it does while its recovery
    drives is not learned from.

    The reward is the agent's own, since goals given in hindsight have none: see `goals.practice_rewards`. For the
    metrics `rollout/first_lap_step` and others of laps and mishaps see `LapTimes`; `rollout/demonstration_lap_time` is
    that of the slow lap.

    The pool and the slow lap are made anew from the seed; no checkpoint holds them.

    Args:
        policy: `MultiInputPolicy`.
        env: one `drive/Practice-v0` with observations of pictures and state, or another that tells of laps,
            interventions, place and heading as that does.
        pool: of other cars' data; `PoolConfig` has the fields.
        pretraining: of the encoder; `Pretraining` has the fields.
        goals: in hindsight, and their rewards; `PracticeGoals` has the fields.
        demonstration_speed: of the slow lap, m/s at most.
        log_every: steps between two rows of metrics.
        policy_kwargs: further arguments of the policy.
        **more: what `RLPD` takes, but its demonstrations.

    Raises:
        ValueError: an argument is out of range; the message names it.
    """

    policy_aliases: ClassVar[dict[str, type[BasePolicy]]] = {"MultiInputPolicy": FrozenEncoderPolicy}
    policy: FrozenEncoderPolicy  # pyright: ignore[reportIncompatibleVariableOverride]
    replay_buffer: PracticeBuffer  # pyright: ignore[reportIncompatibleVariableOverride]

    def __init__(
        self,
        policy: str | type[FrozenEncoderPolicy],
        env: Any,
        *,
        pool: PoolConfig | Mapping[str, Any] = PoolConfig(env={"variety": 1.0}),  # noqa: B008  (frozen)
        pretraining: Pretraining | Mapping[str, Any] = Pretraining(),  # noqa: B008
        goals: PracticeGoals | Mapping[str, Any] = PracticeGoals(),  # noqa: B008
        demonstration_speed: float = 1.0,
        log_every: int = 250,
        policy_kwargs: dict[str, Any] | None = None,
        _init_setup_model: bool = True,
        **more: Any,
    ) -> None:
        self.pool = read_fields(PoolConfig, pool, name="pool")
        self.pretraining = read_fields(Pretraining, pretraining, name="pretraining")
        self.goals = read_fields(PracticeGoals, goals, name="goals")
        if check_number("demonstration_speed", demonstration_speed) <= 0:
            raise ValueError(f"demonstration_speed must be over 0, got {demonstration_speed}")
        self.demonstration_speed = demonstration_speed
        self.log_every = check_integer("log_every", log_every, 1)
        self.is_pretrained = False
        self.demonstration_lap_time = 0.0
        self.laps = LapTimes()
        encoder_kwargs = (policy_kwargs or {}).get("features_extractor_kwargs") or {}
        super().__init__(
            policy,
            env,
            demonstrations=0,
            replay_buffer_class=PracticeBuffer,
            replay_buffer_kwargs={"latent_dim": encoder_kwargs.get("latent_dim", LATENT_DIM), "goals": self.goals},
            policy_kwargs=policy_kwargs,
            _init_setup_model=_init_setup_model,
            **more,
        )

    def _setup_model(self) -> None:
        if self.n_envs != 1:
            raise ValueError(f"n_envs must be 1, for one car practises; got {self.n_envs}")
        super()._setup_model()

    def _setup_learn(
        self,
        total_timesteps: int,
        callback: Any = None,
        reset_num_timesteps: bool = True,
        tb_log_name: str = "fastrlap",
        progress_bar: bool = False,
    ) -> tuple[int, BaseCallback]:
        """Pretrain, and have the slow lap driven, where it is not done yet."""
        begins = self._last_obs is None or reset_num_timesteps
        prepared = super()._setup_learn(total_timesteps, callback, reset_num_timesteps, tb_log_name, progress_bar)
        if begins:
            self.replay_buffer.begin()
        if not self.is_pretrained:
            self._pretrain()
        if self.demonstration_buffer is None:
            self.demonstration_buffer = self._drive_slow_lap()
        return prepared

    def _pretrain(self) -> None:
        if self.pretraining.steps:
            assert self.env is not None
            env, action_space = make_again(self.env, self.pool.env), cast(spaces.Box, self.action_space)
            space = cast(spaces.Dict, self.observation_space)
            try:
                data = play_pool(env, self.pool, data_seed(self.seed), space, action_space, self.device)
            finally:
                env.close()
            net_arch = cast("list[int]", self.policy.net_arch)
            losses = pretrain(
                self.policy.encoder, self.policy.preprocess, data, action_space, net_arch, self.pretraining
            )
            for name, loss in losses.items():
                self.logger.record(f"pretraining/{name}", loss)
        self.is_pretrained = True

    def _drive_slow_lap(self) -> PracticeBuffer:
        """Have the environment's expert drive a lap, slowly.

        Raises:
            ValueError: it does not come round within an episode.
        """
        assert self.env is not None
        env = make_again(self.env, {"expert_speed": self.demonstration_speed})
        steps: list[tuple[Any, NDArray[np.float32], dict[str, Any]]] = []
        try:
            env.reset(seed=data_seed(self.seed))
            laps, is_over, info = 0, False, {}
            while not laps and not is_over:
                action = env.get_wrapper_attr("oracle")()
                observation, _, terminated, truncated, info = env.step(action)
                steps.append((observation, action, info))
                laps, is_over = info["evaluation"]["laps"], terminated or truncated
        finally:
            env.close()
        if not laps:
            raise ValueError(
                f"demonstration_speed must be enough for a lap of an episode, got {self.demonstration_speed}"
            )
        self.demonstration_lap_time = float(info["evaluation"]["lap_time"])
        space = cast(spaces.Dict, self.observation_space)
        kwargs: dict[str, Any] = self.replay_buffer_kwargs
        buffer = PracticeBuffer(len(steps), space, self.action_space, self.device, **kwargs)
        for observation, action, info in steps:
            feature_O = self.policy.encode({key: part[None] for key, part in observation.items()})[0]
            buffer.follow(feature_O, self.policy.scale_action(action), info, is_over=False)
        return buffer

    def _store_transition(
        self,
        replay_buffer: Any,
        buffer_action: NDArray[Any],
        new_obs: Any,
        reward: NDArray[Any],
        dones: NDArray[np.bool_],
        infos: list[dict[str, Any]],
    ) -> None:
        """Keep what was seen as features."""
        info, is_over = infos[0], bool(dones[0])
        seen = new_obs
        if is_over:
            seen = {key: part[None] for key, part in info["terminal_observation"].items()}
        replay_buffer.follow(self.policy.encode(seen)[0], buffer_action[0], info, is_over)
        self.laps.note(info["evaluation"], self.num_timesteps, is_over)
        self._last_obs = new_obs

    def _on_step(self) -> None:
        super()._on_step()
        if self.num_timesteps % self.log_every == 0:
            self.logger.record("rollout/demonstration_lap_time", self.demonstration_lap_time)
            for name, value in self.laps.metrics().items():
                self.logger.record(name, value)
            self.dump_logs()

    def augment(self, observations: Any) -> Any:
        """Features as they are: there are no pictures left to shift."""
        return observations
