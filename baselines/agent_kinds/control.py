"""Agents that move."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from ...agents.environments import MakeEnv

if TYPE_CHECKING:
    from ...agents.evaluation import Agent
    from ..agent_specs import ControlAgentSpec
    from ..agents import TrainableAgent


class ControlKind:
    """Agents that move."""

    def check(self, spec: ControlAgentSpec) -> None:
        """Check the algorithm's name and its hyper-parameters."""
        from ...agents.control import check_hyperparameters

        check_hyperparameters(spec.algorithm, spec.params)

    def learns(self, spec: ControlAgentSpec) -> bool:
        """It does."""
        return True

    def build(self, spec: ControlAgentSpec, make_env: MakeEnv, seed: int, device: str) -> TrainableAgent:
        """A model of Stable-Baselines3."""
        from ...agents.control import make_agent

        agent = make_agent(spec.algorithm, make_env, n_envs=spec.n_envs, seed=seed, device=device, **spec.params)
        return cast("TrainableAgent", agent)

    def can_resume(self, agent: Any) -> bool:
        """It can."""
        return True

    def save_training(self, agent: Any, folder: Path) -> None:
        """Weights, optimiser, replay buffer, environments and generators."""
        from ...agents.control.checkpoint import save_checkpoint

        save_checkpoint(agent, folder)

    def load_training(self, agent: Any, folder: Path) -> None:
        """The same, read back."""
        from ...agents.control.checkpoint import load_checkpoint

        load_checkpoint(agent, folder)

    def load(self, spec: ControlAgentSpec, make_env: MakeEnv, path: Path, device: str) -> Agent:
        """A saved model."""
        from ...agents.control import ALGORITHMS

        return cast("Agent", ALGORITHMS[spec.algorithm].load(path, device=device))
