"""The kinds of agents behind one face: what a recipe's agent is built from, saved to and loaded from."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from ..agents.environments import MakeEnv
from ..agents.evaluation import Agent
from .agent_kinds.control import ControlKind
from .agent_kinds.external import ExternalKind
from .agent_kinds.llm import LLMKind
from .errors import RunError

if TYPE_CHECKING:
    from .agent_specs import AgentSpec


class TrainableAgent(Agent, Protocol):
    """The face of Stable-Baselines3 that training needs."""

    num_timesteps: int
    logger: Any

    def learn(self, total_timesteps: int, callback: Any = None, *, reset_num_timesteps: bool = True) -> Any:
        """Train for so many more environment steps."""
        ...

    def set_logger(self, logger: Any) -> None:
        """Log to this logger."""
        ...

    def save(self, path: Any) -> None:
        """Save what `predict` needs."""
        ...


class AgentKind(Protocol):
    """How agents of one kind are made, saved and loaded."""

    def check(self, spec: Any) -> None:
        """Check the parameters before anything is built.

        Raises:
            ValueError: one does not fit.
        """
        ...

    def learns(self, spec: Any) -> bool:
        """Whether there is something to train; if not, the agent is scored as it is and takes no step."""
        ...

    def build(self, spec: Any, make_env: MakeEnv, seed: int, device: str) -> TrainableAgent:
        """An agent that has learned nothing yet."""
        ...

    def can_resume(self, agent: Any) -> bool:
        """Whether `save_training` keeps a half-finished training; if not, an interrupted one starts again."""
        ...

    def save_training(self, agent: Any, folder: Path) -> None:
        """Save all that training depends on."""
        ...

    def load_training(self, agent: Any, folder: Path) -> None:
        """Put a freshly built agent where `save_training` found another."""
        ...

    def load(self, spec: Any, make_env: MakeEnv, path: Path, device: str) -> Agent:
        """An agent saved with its `save`, to evaluate."""
        ...


KINDS: dict[str, AgentKind] = {"llm": LLMKind(), "control": ControlKind(), "external": ExternalKind()}
"""Every kind of agent by the `kind` of a recipe."""


def kind_of(spec: AgentSpec) -> AgentKind:
    """The kind of a recipe's agent."""
    return KINDS[spec.kind]


def check_device(device: str) -> None:
    """Make sure that a device is there.

    Raises:
        RunError: it is not, or its name is not one of torch's.
    """
    if device in ("auto", "cpu"):
        return  # without torch, which takes seconds to import
    from ..agents.devices import resolve_device

    try:
        resolve_device(device)
    except ValueError as error:
        raise RunError(str(error)) from error
