"""What a sampler must offer, and where samplers are known by name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from ..named import NamedFunctions
from ..types import Group

FIRST_TRAINING_SEED = 1 << 31
"""Training seeds start here, so that every smaller seed is held out for evaluation."""


class Sampler(Protocol):
    """Draws tasks, and may learn from how they were played."""

    def draw(self, count: int) -> list[int]:
        """Seeds of `count` tasks."""
        ...

    def observe(self, groups: Sequence[Group]) -> None:
        """Take note of groups that were played."""
        ...

    def metrics(self) -> dict[str, float]:
        """What is worth logging of its state, by the names under which it is logged, `sampler/…`."""
        ...

    def get_state(self) -> dict[str, Any]:
        """Everything that later draws depend on, as `torch.save` takes it and `weights_only` gives it back."""
        ...

    def set_state(self, state: dict[str, Any]) -> None:
        """Return to a snapshot."""
        ...


MakeSampler = Callable[[int], Sampler]
"""From a seed to a sampler. Keyword-only parameters are settings."""

SAMPLERS: NamedFunctions[MakeSampler] = NamedFunctions("sampler")
register_sampler = SAMPLERS.register
