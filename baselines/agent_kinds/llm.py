"""Agents that speak."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from ...agents.environments import MakeEnv
from ..yaml_source import refuse_unknown_keys

if TYPE_CHECKING:
    from ...agents.evaluation import Agent
    from ..agent_specs import LLMAgentSpec
    from ..agents import TrainableAgent


class LLMKind:
    """Agents that speak."""

    def check(self, spec: LLMAgentSpec) -> None:
        """Check the algorithm's name and the parameters against the fields of `LLMConfig`."""
        self._config(spec)

    def learns(self, spec: LLMAgentSpec) -> bool:
        """It does."""
        return True

    def build(self, spec: LLMAgentSpec, make_env: MakeEnv, seed: int, device: str) -> TrainableAgent:
        """An `LLMAgent`."""
        from ...agents.llm import LLMAgent

        return cast(
            "TrainableAgent", LLMAgent(make_env, self._config(spec), model=spec.model, seed=seed, device=device)
        )

    def can_resume(self, agent: Any) -> bool:
        """It can."""
        return True

    def save_training(self, agent: Any, folder: Path) -> None:
        """Weights, optimiser, generators and counters."""
        from ...agents.llm.checkpoint import save_checkpoint

        save_checkpoint(agent, folder)

    def load_training(self, agent: Any, folder: Path) -> None:
        """The same, read back."""
        from ...agents.llm.checkpoint import load_checkpoint

        load_checkpoint(agent, folder)

    def load(self, spec: LLMAgentSpec, make_env: MakeEnv, path: Path, device: str) -> Agent:
        """A saved `LLMAgent`."""
        from ...agents.llm import LLMAgent

        return cast("Agent", LLMAgent.load(path, make_env, device=device))

    def _config(self, spec: LLMAgentSpec) -> Any:
        from ...agents.external import find_source
        from ...agents.llm import LLMConfig, algorithm_config

        if spec.source is not None:
            source = find_source(spec.source)
            if source.kind != "python":
                raise ValueError(
                    f"source of an agent that speaks must be file.py:NAME or module:NAME, got {spec.source!r}"
                )
            source.load()  # what it registers can be named from now on
        refuse_unknown_keys(spec.params, LLMConfig, ("agent", "params"))
        return algorithm_config(spec.algorithm, spec.params)
