"""Imitation of the expert, until sampled replies are right often enough for reinforcement learning to begin."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import gymnasium as gym

from .config import LLMConfig
from .demonstrations import Demonstration, demonstrate
from .optimizer import MasterAdamW
from .policy import Policy
from .rollout.stepper import Stepper
from .types import Batch, Group, collate

_MAX_GRAD_NORM = 1.0


@dataclass(frozen=True, slots=True)
class WarmStartResult:
    """How a warm start went.

    Attributes:
        success_rate: of sampled replies, as measured last.
        steps: gradient steps.
        demonstrations: episodes of the expert that were read.
        seconds: wall time.
        reached: whether the target was.
    """

    success_rate: float
    steps: int
    demonstrations: int
    seconds: float
    reached: bool


def warm_start(
    policy: Policy,
    envs: Sequence[gym.Env[str, str]],
    draw: Callable[[int], list[int]],
    config: LLMConfig,
    measure: Callable[[], float],
    progress: Callable[[int, float], None] | None = None,
) -> WarmStartResult:
    """Train a policy on fresh demonstrations until `measure` says it is good enough.

    Args:
        policy: the policy to train.
        envs: an environment with an oracle, once or more often, see `demonstrate`.
        draw: gives the seeds of that many tasks to demonstrate.
        config: `config.warm_start` says how.
        measure: the success rate of sampled replies, in [0, 1].
        progress: called after each measurement with the number of steps and the success rate.

    Raises:
        ValueError: the environment has no oracle.
        TrainingDiverged: the gradient is not finite.
    """
    settings = config.warm_start
    began = time.perf_counter()
    optimizer = MasterAdamW(
        policy.parameters(), learning_rate=settings.learning_rate, setting="warm_start.learning_rate"
    )
    steps, success_rate = 0, measure()
    with Stepper() as stepper:
        while success_rate < settings.target_success and steps < settings.max_steps:
            for _ in range(settings.evaluate_every):
                played = demonstrate(envs, draw(settings.episodes), stepper=stepper)
                _imitate(policy, optimizer, played, settings.learning_rate)
                steps += 1
            success_rate = measure()
            if progress is not None:
                progress(steps, success_rate)
    return WarmStartResult(
        success_rate=success_rate,
        steps=steps,
        demonstrations=steps * settings.episodes,
        seconds=time.perf_counter() - began,
        reached=success_rate >= settings.target_success,
    )


def _imitate(
    policy: Policy, optimizer: MasterAdamW, demonstrations: Sequence[Demonstration], learning_rate: float
) -> None:
    """One step of maximum likelihood on the expert's words."""
    episodes = [demonstration.as_episode(policy) for demonstration in demonstrations]
    batch: Batch = collate([Group(episodes)], pad_token=policy.pad_token)
    own = policy.own_tokens(
        batch.tokens_B_T.to(policy.device), batch.own_B_T.to(policy.device), temperature=1.0, with_entropy=False
    )
    loss = -own.logp_N.mean()
    loss.backward()
    optimizer.gather()
    optimizer.step(learning_rate=learning_rate, max_norm=_MAX_GRAD_NORM)
