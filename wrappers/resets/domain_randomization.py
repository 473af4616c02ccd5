"""Episodes whose looks and dynamics vary, so that what is learned does not depend on them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import gymnasium as gym
import numpy as np
from gymnasium import spaces

from ...envs.core.arguments import check_number
from ...envs.core.names import did_you_mean
from ...envs.core.randomization import Choice, Range
from ..base import Wrapper
from .picture_effects import EFFECTS, NO_EFFECTS, PictureEffects, with_effects

_KINDS = ("uniform", "log_uniform", "integer", "choice")
_STREAM = 0x0D03A1  # so that a seed's own draws differ from the environment's


@dataclass(frozen=True, slots=True)
class Draw:
    """A distribution of one number or name.

    Attributes:
        kind: `uniform` and `log_uniform` are numbers between two others, `integer` is a whole number from the first to
            the last of two, `choice` is one of several values, all equally likely.
        values: the two bounds, or what is chosen from.
    """

    kind: str
    values: tuple[Any, ...]

    @classmethod
    def parse(cls, name: str, description: Any) -> Draw:
        """The distribution that a mapping such as `{"uniform": [0.5, 2.0]}` describes.

        Args:
            name: what it is of, for errors.
            description: one of the kinds, with its bounds or values.

        Raises:
            ValueError: it describes none.
        """
        if not isinstance(description, Mapping) or len(description) != 1 or next(iter(description)) not in _KINDS:
            raise ValueError(
                f"ranges[{name!r}] must be a mapping of one of {', '.join(_KINDS)} to its bounds or values, "
                f"got {description!r}"
            )
        [(kind, values)] = description.items()
        if not isinstance(values, Sequence) or isinstance(values, str) or not values:
            raise ValueError(f"ranges[{name!r}] must list bounds or values of {kind}, got {values!r}")
        if kind == "choice":
            return cls(kind, tuple(values))
        if len(values) != 2:
            raise ValueError(f"ranges[{name!r}] must be two bounds of {kind}, got {values!r}")
        low, high = (check_number(f"ranges[{name!r}]", value) for value in values)
        if kind == "integer" and not all(isinstance(value, int) for value in values):
            raise ValueError(f"ranges[{name!r}] must be two whole numbers, got {values!r}")
        if low > high or (kind == "log_uniform" and low <= 0):
            above = " above 0" if kind == "log_uniform" else ""
            raise ValueError(f"ranges[{name!r}] must be a lower and a higher bound{above} of {kind}, got {values!r}")
        return cls(kind, tuple(values) if kind == "integer" else (float(low), float(high)))

    def sample(self, rng: np.random.Generator) -> Any:
        """One value."""
        if self.kind == "choice":
            return self.values[int(rng.integers(len(self.values)))]
        low, high = self.values
        if self.kind == "integer":
            return int(rng.integers(low, high + 1))
        if self.kind == "uniform":
            return float(rng.uniform(low, high))
        return float(np.clip(math.exp(rng.uniform(math.log(low), math.log(high))), low, high))


class DomainRandomization(Wrapper):
    """Draws looks and dynamics anew for every episode (Tobin and others, 2017; Sadeghi and Levine, 2017).

    A name is either one that the environment lists in `randomizable` (its light, friction, field of view …), which
    `reset(options={"randomize": {name: value}})` sets, or one of the effects on pictures in `PictureEffects`, which are
    applied to every picture of an observation: each 8-bit array of three channels a frame, wherever it stands in a
    dict. Where both have a name, the environment's is meant. Noise is drawn anew for every picture, everything else
    once an episode. `info["randomized"]` of a reset has what was drawn.

        DomainRandomization(env, ranges={
            "friction": {"log_uniform": [0.5, 2.0]},
            "brightness": {"uniform": [-0.2, 0.2]},
            "jpeg": {"integer": [30, 95]},
            "gamma": {"choice": [0.8, 1.0, 1.25]},
        })

    A seed fixes the draws, yet poses the same tasks as without the wrapper; without one they follow from the
    environment's generator. Values that the options of a reset name stay as they are.

    Args:
        env: the environment.
        ranges: distributions by name, each a mapping of `uniform`, `log_uniform`, `integer` or `choice` to its bounds
            or values.

    Raises:
        ValueError: a name is unknown, a distribution is none or leads out of what is allowed, or there are effects on
            pictures but no pictures; the message names it.
    """

    counters = ("_generator", "_effects")

    def __init__(self, env: gym.Env, *, ranges: Mapping[str, Any]) -> None:
        if not isinstance(ranges, Mapping) or not ranges:
            raise ValueError(f"ranges must be a mapping of distributions by name, got {ranges!r}")
        own: Mapping[str, Range | Choice] = getattr(env.unwrapped, "randomizable", {})
        known = {**EFFECTS, **own}
        draws = {}
        for name, description in ranges.items():
            if name not in known:
                raise ValueError(
                    f"ranges has the unknown name {name!r}{did_you_mean(str(name), known)} (known: {', '.join(known)})"
                )
            draws[name] = Draw.parse(name, description)
            for value in draws[name].values:
                known[name].check(f"ranges[{name!r}]", value)
        super().__init__(env, ranges=ranges)
        self._own = {name: draw for name, draw in draws.items() if name in own}
        self._of_pictures = {name: draw for name, draw in draws.items() if name not in own}
        if self._of_pictures and not _has_pictures(env.observation_space):
            raise ValueError(
                f"ranges has effects on pictures ({', '.join(self._of_pictures)}), but env shows none: "
                f"{env.observation_space}"
            )
        self._generator: np.random.Generator | None = None
        self._effects: PictureEffects = NO_EFFECTS

    def reset(self, *, seed: int | None = None, options: Mapping[str, Any] | None = None) -> tuple[Any, dict[str, Any]]:
        """Begin an episode with looks and dynamics of its own.

        Raises:
            ValueError: an option is unknown or out of range.
        """
        rng = self._generator_of(seed)
        own, effects = (
            {name: draw.sample(rng) for name, draw in part.items()} for part in (self._own, self._of_pictures)
        )
        options = dict(options or {})
        if own or "randomize" in options:
            options["randomize"] = {**own, **options.get("randomize", {})}
        self._effects = with_effects(effects)
        observation, info = self.env.reset(seed=seed, options=options or None)
        drawn = {**effects, **options.get("randomize", {})}
        return self._seen(observation), {**info, "randomized": drawn}

    def step(self, action: Any) -> tuple[Any, Any, bool, bool, dict[str, Any]]:
        """Step; pictures are seen as the episode's effects show them."""
        observation, reward, terminated, truncated, info = self.env.step(action)
        return self._seen(observation), reward, terminated, truncated, info

    def _generator_of(self, seed: int | None) -> np.random.Generator:
        if seed is not None:
            self._generator = np.random.default_rng((seed, _STREAM))
        elif self._generator is None:
            self._generator = np.random.default_rng(int(self.env.unwrapped.np_random.integers(2**63)))
        return self._generator

    def _seen(self, observation: Any) -> Any:
        if self._effects == NO_EFFECTS:
            return observation
        if isinstance(observation, Mapping):
            return {name: self._seen(value) for name, value in observation.items()}
        if not _is_picture(np.shape(observation), getattr(observation, "dtype", None)):
            return observation
        rng = self._generator_of(None)
        frames = np.split(observation, observation.shape[-1] // 3, axis=-1)
        return np.concatenate([self._effects.apply(frame, rng) for frame in frames], axis=-1)


def _is_picture(shape: tuple[int, ...], dtype: Any) -> bool:
    return dtype == np.uint8 and len(shape) == 3 and shape[-1] > 0 and shape[-1] % 3 == 0


def _has_pictures(space: spaces.Space[Any]) -> bool:
    if isinstance(space, spaces.Dict):
        return any(_has_pictures(part) for part in space.spaces.values())
    return isinstance(space, spaces.Box) and _is_picture(space.shape, space.dtype)
