"""The two kinds of agents behind one face: what a recipe's agent is built from, saved to and loaded from."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, cast

from ..agents.environments import MakeEnv
from ..agents.evaluation import Agent
from .errors import RunError
from .yaml_source import refuse_unknown_keys

if TYPE_CHECKING:
    from .recipe import ControlAgentSpec, LLMAgentSpec

    AgentSpec = LLMAgentSpec | ControlAgentSpec


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

    def build(self, spec: Any, make_env: MakeEnv, seed: int, device: str) -> TrainableAgent:
        """An agent that has learned nothing yet."""
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


class LLMKind:
    """Agents that speak."""

    def check(self, spec: LLMAgentSpec) -> None:
        """Check the algorithm's name and the parameters against the fields of `LLMConfig`."""
        self._config(spec)

    def build(self, spec: LLMAgentSpec, make_env: MakeEnv, seed: int, device: str) -> TrainableAgent:
        """An `LLMAgent`."""
        from ..agents.llm import LLMAgent

        return cast(TrainableAgent, LLMAgent(make_env, self._config(spec), model=spec.model, seed=seed, device=device))

    def save_training(self, agent: Any, folder: Path) -> None:
        """Weights, optimiser, generators and counters."""
        from ..agents.llm.checkpoint import save_checkpoint

        save_checkpoint(agent, folder)

    def load_training(self, agent: Any, folder: Path) -> None:
        """The same, read back."""
        from ..agents.llm.checkpoint import load_checkpoint

        load_checkpoint(agent, folder)

    def load(self, spec: LLMAgentSpec, make_env: MakeEnv, path: Path, device: str) -> Agent:
        """A saved `LLMAgent`."""
        from ..agents.llm import LLMAgent

        return cast(Agent, LLMAgent.load(path, make_env, device=device))

    def _config(self, spec: LLMAgentSpec) -> Any:
        from pydantic import TypeAdapter

        from ..agents.llm.config import ALGORITHMS, LLMConfig

        if spec.algorithm not in ALGORITHMS:
            raise ValueError(f"algorithm must be one of {', '.join(ALGORITHMS)}, got {spec.algorithm!r}")
        refuse_unknown_keys(spec.params, LLMConfig, ("agent", "params"))
        return TypeAdapter(LLMConfig).validate_python({**ALGORITHMS[spec.algorithm], **spec.params})


class ControlKind:
    """Agents that move."""

    def check(self, spec: ControlAgentSpec) -> None:
        """Check the algorithm's name and its hyper-parameters."""
        from ..agents.control import check_hyperparameters

        check_hyperparameters(spec.algorithm, spec.params)

    def build(self, spec: ControlAgentSpec, make_env: MakeEnv, seed: int, device: str) -> TrainableAgent:
        """A model of Stable-Baselines3."""
        from ..agents.control import make_agent

        agent = make_agent(spec.algorithm, make_env, n_envs=spec.n_envs, seed=seed, device=device, **spec.params)
        return cast(TrainableAgent, agent)

    def save_training(self, agent: Any, folder: Path) -> None:
        """Weights, optimiser, replay buffer, environments and generators."""
        from ..agents.control.checkpoint import save_checkpoint

        save_checkpoint(agent, folder)

    def load_training(self, agent: Any, folder: Path) -> None:
        """The same, read back."""
        from ..agents.control.checkpoint import load_checkpoint

        load_checkpoint(agent, folder)

    def load(self, spec: ControlAgentSpec, make_env: MakeEnv, path: Path, device: str) -> Agent:
        """A saved model."""
        from ..agents.control import ALGORITHMS

        return cast(Agent, ALGORITHMS[spec.algorithm].load(path, device=device))


KINDS: dict[str, AgentKind] = {"llm": LLMKind(), "control": ControlKind()}
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
