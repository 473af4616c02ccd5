"""The LLM agent: reinforcement learning of a language model behind the face of Stable-Baselines3."""

from __future__ import annotations

import json
import time
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Self

import numpy as np
import torch
from numpy.typing import NDArray
from pydantic import TypeAdapter
from stable_baselines3.common.callbacks import BaseCallback, CallbackList, ConvertCallback
from stable_baselines3.common.logger import Logger, configure

from ..environments import MakeEnv
from .algorithms import check_stages
from .config import LLMConfig
from .demonstrations import vocabulary_texts
from .environments import text_environment_factory
from .generation.protocol import Prompt, Sampling
from .learners import LEARNERS
from .memory import keep_freed_memory
from .metrics import advantage_metrics
from .player import Player
from .policy import Policy
from .samplers import UniformSampler
from .schedule import Schedule, learning_rate_at
from .tiny import build_tiny
from .training_sample import TrainedBatch
from .types import Group
from .warm_start import WarmStartResult, warm_start

_EXPERTS = 32  # that play at a time in a warm start, for where an answer is judged slowly
_TASKS_FOR_VOCABULARY = 256
_CONFIG_FILE = "palaestra.json"


class LLMAgent:
    """A language model that learns from the rewards of a text environment.

    A learner, chosen by the config, gathers episodes and trains on them, update after update, until the budget is used
    up. The embedded `tiny` model is made from scratch and first imitates the environment's expert until it is right now
    and then.

    Attributes:
        config: hyper-parameters, as the schedule has them at present; `save` writes these.
        trained: what the latest update trained on; None before the first.

    Args:
        env: a registered id, or a function without arguments that makes a text environment.
        config: hyper-parameters; None for the defaults.
        model: `tiny`, or a folder or hub name of a Hugging Face causal LM.
        seed: of everything random in the agent.
        device: `auto` (the GPU if there is one), `cpu`, `cuda` …
        verbose: 1 prints the metrics of every update, 0 nothing.

    Raises:
        ValueError: an argument is unusable; the message names it.
    """

    def __init__(
        self,
        env: str | MakeEnv,
        config: LLMConfig | None = None,
        *,
        model: str | Path | Policy = "tiny",
        seed: int = 0,
        device: str = "auto",
        verbose: int = 0,
    ) -> None:
        self.config = config or LLMConfig()
        check_stages(self.config)
        self._schedule = Schedule(self.config)
        self.seed = seed
        self.verbose = verbose
        self.updates = 0
        self.warm_start_result: WarmStartResult | None = None
        self.trained: TrainedBatch | None = None
        self._make_env = text_environment_factory(env)
        self._env_name = env if isinstance(env, str) else None
        self._logger: Logger | None = None
        self._needs_warm_start = model == "tiny"
        if isinstance(model, Policy):
            self.policy = model
        elif model == "tiny":
            self.policy = self._build_tiny(device)
        else:
            self.policy = Policy.load(
                model, device=device, precision=self.config.precision, context_length=self.config.context_length
            )
        longest = max(config.max_new_tokens for config in self._schedule.configs)
        if longest >= self.policy.context_length:
            raise ValueError(
                f"max_new_tokens must be under the model's context length of {self.policy.context_length}, "
                f"got {longest}"
            )
        self._player = Player(self._make_env, self.policy, self.config, seed)
        self._begin_learning()

    # The face of Stable-Baselines3.

    @property
    def num_timesteps(self) -> int:
        """Turns so far."""
        return self._player.num_timesteps

    @property
    def num_episodes(self) -> int:
        """Episodes so far."""
        return self._player.num_episodes

    @property
    def logger(self) -> Logger:
        """Where metrics go."""
        if self._logger is None:
            self._logger = configure(None, ["stdout"] if self.verbose else [])
        return self._logger

    def set_logger(self, logger: Logger) -> None:
        """Send metrics to a logger of Stable-Baselines3."""
        self._logger = logger

    def get_env(self) -> None:
        """None: the agent plays copies of its own (callbacks of Stable-Baselines3 ask)."""
        return None

    def learn(
        self,
        total_timesteps: int,
        callback: BaseCallback | list[BaseCallback] | Callable[..., bool] | None = None,
        log_interval: int = 1,
        reset_num_timesteps: bool = True,
        progress_bar: bool = False,
    ) -> Self:
        """Train.

        Args:
            total_timesteps: how many environment steps (turns) to take, at least; updates are not cut short.
            callback: of Stable-Baselines3; `on_rollout_start` is the safe point between updates, `on_step` is called
                once an update and stops training where it returns False.
            log_interval: updates between two records of metrics.
            reset_num_timesteps: count from zero; False goes on counting.
            progress_bar: show one (needs tqdm and rich).

        Raises:
            TrainingDiverged: the loss or gradient is not finite or has exploded; the last good weights are kept.
        """
        if reset_num_timesteps:
            self._player.num_timesteps = self._player.num_episodes = 0
        target = total_timesteps if reset_num_timesteps else self.num_timesteps + total_timesteps
        keep_freed_memory()
        if self._needs_warm_start:
            self._warm_start()
        hooks = _as_callback(callback, progress_bar=progress_bar)
        hooks.init_callback(self)  # pyright: ignore[reportArgumentType]  (the face of BaseAlgorithm, not its class)
        scope: dict[str, Any] = {"self": self, "total_timesteps": target}
        hooks.on_training_start(scope, {})
        going_on = True
        while going_on and self.num_timesteps < target:
            hooks.on_rollout_start()
            # a share of the whole budget: a resumed run goes on where its schedule was
            learning_rate = learning_rate_at(self.num_timesteps / target, self.config)
            groups = self._learner.gather(self._player, self.config)
            hooks.on_rollout_end()
            metrics = self._update(groups, learning_rate)
            self._advance(self.num_timesteps / target, metrics)
            if self.updates % log_interval == 0:
                self.logger.dump(self.num_timesteps)
            going_on = hooks.on_step()
        hooks.on_training_end()
        return self

    def predict(
        self,
        observation: str | Sequence[str],
        state: list[list[int]] | None = None,
        episode_start: NDArray[np.bool_] | Sequence[bool] | None = None,
        deterministic: bool = False,
    ) -> tuple[Any, list[list[int]]]:
        """Answer observations.

        Args:
            observation: one string, or a list of n.
            state: what the last call returned: the token ids of each conversation; None to begin.
            episode_start: where a new episode begins, n booleans; None for nowhere but at the first call.
            deterministic: take the most likely token each time instead of sampling (from torch's global generator).

        Returns:
            One string or a list of n, and the state for the next call. The answer of a conversation that has outgrown
            the context is empty.
        """
        observations = [observation] if isinstance(observation, str) else list(observation)
        conversations = [list(tokens) for tokens in state] if state is not None else [[] for _ in observations]
        starts = np.zeros(len(observations), dtype=bool) if episode_start is None else np.asarray(episode_start)
        for index, text in enumerate(observations):
            if starts[index] or not conversations[index]:
                conversations[index] = self.policy.chat.opening(text)
            else:
                ended = conversations[index][-1] in self.policy.end_tokens
                conversations[index] += self.policy.chat.following(text, reply_ended=ended)
        sampling = Sampling(self.config.max_new_tokens, temperature=0.0 if deterministic else self.config.temperature)
        room = self.policy.context_length - sampling.max_new_tokens
        prompts = [Prompt(tokens, slot) for slot, tokens in enumerate(conversations) if len(tokens) <= room]
        device = self.policy.device
        generator = (
            torch.default_generator if device.type == "cpu" else torch.cuda.default_generators[device.index or 0]
        )
        actions = [""] * len(conversations)
        for prompt, completion in zip(prompts, self._player.engine.generate(prompts, sampling, generator), strict=True):
            conversations[prompt.slot] += completion.tokens
            actions[prompt.slot] = self.policy.decode(completion.tokens)
        return (actions[0] if isinstance(observation, str) else actions), conversations

    def save(self, path: str | Path) -> None:
        """Write model, tokenizer and config to a folder, in Hugging Face's format.

        Training state (optimiser, generators, counters) is not part of it: see `checkpoint.save_checkpoint`.
        """
        folder = Path(path)
        folder.mkdir(parents=True, exist_ok=True)
        self.policy.save(folder)
        stored = {"config": asdict(self.config), "env": self._env_name, "seed": self.seed}
        (folder / _CONFIG_FILE).write_text(json.dumps(stored, indent=2))

    @classmethod
    def load(cls, path: str | Path, env: str | MakeEnv | None = None, *, device: str = "auto") -> Self:
        """Read what `save` wrote.

        Args:
            path: the folder.
            env: as in the constructor; None for the id it was trained in.
            device: as in the constructor.

        Raises:
            ValueError: the folder holds no agent, or names no environment and `env` is None.
        """
        file = Path(path) / _CONFIG_FILE
        if not file.is_file():
            raise ValueError(f"path {str(path)!r} holds no saved agent: {_CONFIG_FILE} is missing")
        stored = json.loads(file.read_text())
        env = env or stored["env"]
        if env is None:
            raise ValueError("env must be given: the saved agent was trained in an environment without an id")
        config = TypeAdapter(LLMConfig).validate_python(stored["config"])
        policy = Policy.load(
            Path(path), device=device, precision=config.precision, context_length=config.context_length
        )
        return cls(env, config, model=policy, seed=stored["seed"])

    # Training state, for checkpoints.

    def get_training_state(self) -> dict[str, Any]:
        """Everything besides the configuration that the rest of training depends on."""
        return {
            "learner": self._learner.get_state(),
            "schedule": self._schedule.get_state(),
            "player": self._player.get_state(),
            "updates": self.updates,
            "needs_warm_start": self._needs_warm_start,
            "warm_start_result": None if self.warm_start_result is None else asdict(self.warm_start_result),
        }

    def set_training_state(self, state: dict[str, Any]) -> None:
        """Return to a state of an agent made with the same arguments."""
        self._schedule.set_state(state["schedule"])
        self.config = self._schedule.config
        self._learner.set_state(state["learner"])
        self._player.set_state(state["player"])
        self.updates = state["updates"]
        result = state["warm_start_result"]
        self.warm_start_result = None if result is None else WarmStartResult(**result)
        self.trained = None
        self._needs_warm_start = state["needs_warm_start"]
        self._player.sync()

    # How it works.

    def _build_tiny(self, device: str) -> Policy:
        env = self._make_env()
        texts = vocabulary_texts(env, UniformSampler(self.seed).draw(_TASKS_FOR_VOCABULARY))
        env.close()
        config = self.config
        return build_tiny(
            texts,
            config.tiny,
            seed=self.seed,
            device=device,
            precision=config.precision,
            context_length=config.context_length,
        )

    def _begin_learning(self) -> None:
        """A fresh learner, which takes the present policy as where it starts from."""
        self._learner = LEARNERS.bind(self.config.learner)(self.policy, self.config, self.seed)

    def _warm_start(self) -> None:
        settings = self.config.warm_start
        envs = [self._make_env() for _ in range(min(settings.episodes, _EXPERTS))]

        def measure() -> float:
            episodes = self._player.rollout(self._player.draw_fresh(settings.evaluation_episodes), self.config)
            return float(np.mean([bool(episode.success) for episode in episodes if episode.is_gradable]))

        def progress(steps: int, success_rate: float) -> None:
            if self.verbose:
                print(f"warm start: {steps} steps, success {success_rate:.2f}")

        result = warm_start(self.policy, envs, self._player.draw_fresh, self.config, measure, progress)
        for env in envs:
            env.close()
        if not result.reached:
            warnings.warn(
                f"the warm start stopped after {result.steps} steps at a success rate of {result.success_rate:.2f}, "
                f"below warm_start.target_success={settings.target_success}",
                stacklevel=3,
            )
        self.warm_start_result = result
        self._needs_warm_start = False
        self._begin_learning()
        self.logger.record("warm_start/success_rate", result.success_rate)
        self.logger.record("warm_start/steps", result.steps)
        self.logger.record("warm_start/demonstrations", result.demonstrations)
        self.logger.record("time/warm_start_seconds", result.seconds)
        self.logger.dump(self.num_timesteps)

    def _update(self, groups: list[Group], learning_rate: float) -> dict[str, float]:
        """Train on what was gathered; what was logged."""
        metrics = self._player.take_metrics()
        began = time.perf_counter()
        update = self._learner.update(groups, self.config, learning_rate=learning_rate)
        seconds = time.perf_counter() - began
        self.trained = update.trained
        self.updates += 1
        metrics |= update.metrics | self._schedule.metrics()
        if update.trained is not None:
            metrics |= advantage_metrics(update.trained)
        metrics |= {"time/update_seconds": seconds, "train/learning_rate": learning_rate}
        if "train/tokens" in metrics:
            metrics["time/tokens_per_second_trained"] = metrics["train/tokens"] / seconds
        for key, value in metrics.items():
            self.logger.record(key, value)
        self.logger.record("time/total_timesteps", self.num_timesteps, exclude="tensorboard")
        self.logger.record("time/episodes", self.num_episodes)
        self.logger.record("time/updates", self.updates)
        return metrics

    def _advance(self, done: float, metrics: Mapping[str, float]) -> None:
        """Go on to what the schedule says is next."""
        for part in self._schedule.advance(done=done, success=metrics.get("rollout/success_rate")):
            self._learner.reset(part)
        self.config = self._schedule.config
        self._player.sync()


def _as_callback(callback: Any, *, progress_bar: bool) -> BaseCallback:
    if callback is None:
        callback = []
    if isinstance(callback, list):
        callback = CallbackList(callback)
    if not isinstance(callback, BaseCallback):
        callback = ConvertCallback(callback)
    if progress_bar:
        from stable_baselines3.common.callbacks import ProgressBarCallback

        callback = CallbackList([callback, ProgressBarCallback()])
    return callback
