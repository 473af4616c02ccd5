"""The base of every wrapper."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass
from typing import Any, ClassVar

import gymnasium as gym
from gymnasium.utils import RecordConstructorArgs

from .snapshot import get_state, set_state


@dataclass(frozen=True, slots=True)
class WrapperState:
    """A snapshot of a wrapper and what it wraps.

    Attributes:
        inner: the layers below, outermost first.
        own: the wrapper's own counters by name.
    """

    inner: tuple[Any, ...]
    own: dict[str, Any]


class Wrapper(gym.Wrapper, RecordConstructorArgs):
    """A Gymnasium wrapper that its spec records, that pickles, and that takes part in snapshots.

    A subclass hands its arguments to this constructor, names in `counters` the attributes that the future depends on,
    and overrides `reset` and `step` where it must.

    Class attributes:
        counters: the attributes that a snapshot must hold; they must be picklable.

    Args:
        env: the environment to wrap.
        arguments: the subclass's own arguments, as they were given.
    """

    counters: ClassVar[tuple[str, ...]] = ()

    def __init__(self, env: gym.Env, **arguments: Any) -> None:
        RecordConstructorArgs.__init__(self, **arguments)
        gym.Wrapper.__init__(self, env)

    def get_state(self) -> WrapperState:
        """A snapshot of this wrapper and everything below it.

        Raises:
            TypeError: a layer below cannot be saved; the message names it.
        """
        return WrapperState(get_state(self.env), deepcopy({name: getattr(self, name) for name in self.counters}))

    def set_state(self, state: WrapperState) -> None:
        """Return to a snapshot of the same wrappers around the same environment.

        Raises:
            TypeError: a layer below cannot be restored; the message names it.
            ValueError: the snapshot is of other wrappers.
        """
        if not isinstance(state, WrapperState) or set(state.own) != set(self.counters):
            raise ValueError(f"state must come from a {type(self).__name__}, got {type(state).__name__}")
        set_state(self.env, state.inner)
        for name, value in deepcopy(state.own).items():
            setattr(self, name, value)

    def oracle(self) -> Any:
        """The expert's next action, as the layer below tells it."""
        return self.env.get_wrapper_attr("oracle")()
