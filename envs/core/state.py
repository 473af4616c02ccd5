"""Snapshots: an environment's whole state as one picklable value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

import numpy as np


@runtime_checkable
class Stateful(Protocol):
    """What can be saved and restored exactly.

    Restoring a state and repeating the actions repeats the future exactly, the generator's draws included. A state
    shares nothing with the environment that made it, so one state can be restored many times, in any process.
    """

    def get_state(self) -> Any:
        """A picklable snapshot of everything that the future depends on."""
        ...

    def set_state(self, state: Any) -> None:
        """Return to a snapshot taken from an environment with the same constructor arguments."""
        ...


@dataclass(frozen=True, slots=True)
class EnvState:
    """A snapshot of an environment.

    Attributes:
        generator: the state of `np_random`, or None where it was never used.
        over: whether the episode has ended (or never begun), so that only `reset` is legal.
        episode: everything else that the future depends on; None before the first reset.
    """

    generator: dict[str, Any] | None
    over: bool
    episode: Any


def generator_state(rng: np.random.Generator) -> dict[str, Any]:
    """The state of a NumPy generator as plain picklable values that share nothing with it."""
    return dict(rng.bit_generator.state)


def restore_generator(state: dict[str, Any]) -> np.random.Generator:
    """A new generator that continues where `generator_state` was taken.

    Raises:
        ValueError: the state names a bit generator that NumPy does not have.
    """
    bit_generator_type = getattr(np.random, state["bit_generator"], None)
    if bit_generator_type is None:
        raise ValueError(f"state['bit_generator'] must name a NumPy bit generator, got {state['bit_generator']!r}")
    bit_generator = bit_generator_type()
    bit_generator.state = state
    return np.random.Generator(bit_generator)
