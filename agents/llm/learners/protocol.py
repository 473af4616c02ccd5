"""What a learner must offer: to gather what it learns from, and to learn from it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol, TypeVar, cast

from ..named import NamedFunctions

if TYPE_CHECKING:
    from ..config import LLMConfig
    from ..player import Player
    from ..policy import Policy
    from ..training_sample import TrainedBatch
    from ..types import Group


@dataclass(slots=True)
class Update:
    """What an update did.

    Attributes:
        metrics: by the names under which they are logged, `train/…`.
        trained: what it trained on, token by token; None where there is no such thing.
    """

    metrics: dict[str, float] = field(default_factory=dict)
    trained: TrainedBatch | None = None


class Learner(Protocol):
    """Trains a policy. Everything it remembers between two updates is in its state.

    The config is handed in with every call, since schedules change it while training goes on.
    """

    def gather(self, player: Player, config: LLMConfig) -> list[Group]:
        """Play, or read, what the next update trains on; it uses up some of the budget."""
        ...

    def update(self, groups: list[Group], config: LLMConfig, *, learning_rate: float) -> Update:
        """Train on it.

        Raises:
            TrainingDiverged: the loss or gradient is not finite or has exploded; the last good weights are kept.
        """
        ...

    def reset(self, what: str) -> None:
        """Begin anew with a part of the state, as `phases.Phase` says.

        Raises:
            ValueError: there is no such part.
        """
        ...

    def get_state(self) -> dict[str, Any]:
        """Everything the rest of training depends on, as `torch.save` takes it and `weights_only` gives it back."""
        ...

    def set_state(self, state: dict[str, Any]) -> None:
        """Return to a state, the policy's weights included."""
        ...


MakeLearner = Callable[["Policy", "LLMConfig", int], Learner]
"""From the policy, the config and a seed to a learner. Keyword-only parameters are settings."""

LEARNERS: NamedFunctions[MakeLearner] = NamedFunctions("learner")

LearnerClass = TypeVar("LearnerClass", bound=Callable[..., Learner])


def register_learner(name: str) -> Callable[[LearnerClass], LearnerClass]:
    """A decorator that makes a class known under a name; it stays the class it is, which others may build on."""
    return cast(Callable[[LearnerClass], LearnerClass], LEARNERS.register(name))
