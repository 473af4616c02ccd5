"""Play one episode: a person at the terminal, or a body filmed."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import gymnasium as gym

from ..agents.evaluation import Agent, AgentBuilder, EpisodeRecord, evaluate
from .animation import write_animation
from .errors import RunError
from .recipe import Recipe, evaluation_environment
from .scoring import frames_per_second


def play_text(env: gym.Env[str, str], lines: Iterable[str], *, seed: int, level: int | None) -> bool | None:
    """Let a person play an episode of a text environment: what they type is the action.

    `?` shows what the oracle would do, and costs nothing; the end of the input ends the episode.

    Args:
        env: a text environment.
        lines: what is typed, line by line.
        seed: of the episode.
        level: the difficulty; None takes the environment's own.

    Returns:
        Whether it succeeded; None where the episode did not end.
    """
    observation, _ = env.reset(seed=seed, options=None if level is None else {"level": level})
    print(observation)
    total = 0.0
    for line in lines:
        action = line.rstrip("\n")
        if action == "?":
            hint = _hint(env)
            print("the oracle knows no answer here" if hint is None else f"the oracle would say: {hint}")
            continue
        observation, reward, terminated, truncated, info = env.step(action)
        total += float(reward)
        print(f"{observation}\n[reward {float(reward):g}]")
        if terminated or truncated:
            success = info.get("success")
            print("" if success is None else "solved" if success else "not solved", end="")
            print(f"{'' if success is None else ', '}return {total:g}")
            return success
    print(f"stopped before the end, return {total:g}")
    return None


def film_episode(
    recipe: Recipe, player: Agent | AgentBuilder, out: Path, *, seed: int, level: int | None
) -> EpisodeRecord:
    """Let an agent play an episode and write it as a moving picture.

    Args:
        recipe: the environment.
        player: who plays.
        out: a `.webp` or `.gif`.
        seed: of the episode.
        level: the difficulty; None takes the environment's own.

    Raises:
        RunError: this machine cannot draw the environment.
    """
    make_env = evaluation_environment(recipe, render_mode="rgb_array")
    try:
        (record,) = evaluate(player, make_env, [seed], deterministic=True, level=level, batch_size=1, render=True)
    except Exception as error:
        raise RunError(f"{recipe.env.id} could not be played and drawn: {' '.join(str(error).split())}") from error
    write_animation(record.frames, out, fps=frames_per_second(recipe), max_frames=200, max_bytes=1_000_000)
    return record


def _hint(env: gym.Env[Any, Any]) -> Any:
    return env.get_wrapper_attr("oracle")() if env.has_wrapper_attr("oracle") else None
