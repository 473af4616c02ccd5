"""Agents that were written elsewhere: a class, a function, a saved model of Stable-Baselines3, a Hugging Face model."""

from __future__ import annotations

from abc import ABC, abstractmethod
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from ...agents.environments import MakeEnv
from ...agents.external import find_source
from .control import ControlKind
from .llm import LLMKind

if TYPE_CHECKING:
    from ...agents.evaluation import Agent
    from ..agent_specs import ExternalAgentSpec, LLMAgentSpec
    from ..agents import AgentKind, TrainableAgent


class ExternalKind:
    """Agents from elsewhere; each form of a source has a class below."""

    def check(self, spec: ExternalAgentSpec) -> None:
        """Import the source, and check that it can be an agent and takes its parameters."""
        form = _form_of(spec)
        form.check(spec)
        if spec.n_envs > 1 and not isinstance(form, _Sb3Class):
            raise ValueError("n_envs is for subclasses of Stable-Baselines3's algorithms; leave it out")

    def learns(self, spec: ExternalAgentSpec) -> bool:
        """Whether it is a class with `learn`, or a language model with an algorithm of the suite."""
        return _form_of(spec).learns(spec)

    def build(self, spec: ExternalAgentSpec, make_env: MakeEnv, seed: int, device: str) -> TrainableAgent:
        """The agent as its source has it."""
        return _form_of(spec).build(spec, make_env, seed, device)

    def can_resume(self, agent: Any) -> bool:
        """Whether the agent tells the state of its training."""
        return _kind_that_trains(agent).can_resume(agent)

    def save_training(self, agent: Any, folder: Path) -> None:
        """All that the agent tells of its training."""
        _kind_that_trains(agent).save_training(agent, folder)

    def load_training(self, agent: Any, folder: Path) -> None:
        """The same, read back."""
        _kind_that_trains(agent).load_training(agent, folder)

    def load(self, spec: ExternalAgentSpec, make_env: MakeEnv, path: Path, device: str) -> Agent:
        """An agent that was trained; one that does not learn is made anew from its source."""
        return _form_of(spec).load(spec, make_env, path, device)


class _PythonThing:
    """A class, function or object in the suite's adapter."""

    def check(self, spec: Any) -> None:
        from ...agents.external.build import check_python

        check_python(find_source(spec.source), spec.params)

    def learns(self, spec: Any) -> bool:
        from ...agents.external.build import is_trained

        return is_trained(find_source(spec.source).load())

    def build(self, spec: Any, make_env: MakeEnv, seed: int, device: str) -> TrainableAgent:
        from ...agents.external.build import build_python

        agent = build_python(find_source(spec.source), spec.params, make_env, seed=seed, device=device)
        return cast("TrainableAgent", agent)

    def can_resume(self, agent: Any) -> bool:
        return agent.can_resume

    def save_training(self, agent: Any, folder: Path) -> None:
        agent.save_training(folder)

    def load_training(self, agent: Any, folder: Path) -> None:
        agent.load_training(folder)

    def load(self, spec: Any, make_env: MakeEnv, path: Path, device: str) -> Agent:
        from ...agents.external.build import load_python

        return load_python(find_source(spec.source), spec.params, make_env, path, device=device)


class _ScoredModel(ABC, _PythonThing):
    """A model from a file, a folder or the hub that is scored as it is; a subclass says how it is read."""

    def learns(self, spec: Any) -> bool:
        return False

    def build(self, spec: Any, make_env: MakeEnv, seed: int, device: str) -> TrainableAgent:
        from ...agents.external.adapters import ExternalAgent
        from ...agents.external.build import action_space_of

        model = self.read(spec, make_env, seed, device)
        agent = ExternalAgent(model, spec.algorithm, seed=seed, action_space=action_space_of(make_env))
        return cast("TrainableAgent", agent)

    def load(self, spec: Any, make_env: MakeEnv, path: Path, device: str) -> Agent:
        from ...agents.external.adapters import saved_about

        return self.build(spec, make_env, saved_about(path)["seed"], device)

    @abstractmethod
    def read(self, spec: Any, make_env: MakeEnv, seed: int, device: str) -> Agent:
        """The model in the source."""


class _SavedSb3Model(_ScoredModel):
    """The .zip of a model of Stable-Baselines3."""

    def check(self, spec: Any) -> None:
        from ...agents.external.sb3_zip import check_zip

        check_zip(Path(spec.source), spec.params)

    def read(self, spec: Any, make_env: MakeEnv, seed: int, device: str) -> Agent:
        from ...agents.external.sb3_zip import load_zip

        return load_zip(Path(spec.source), make_env, algorithm=spec.params.get("algorithm"), device=device)


class _ScoredLanguageModel(_ScoredModel):
    """A Hugging Face model that answers as it is."""

    def check(self, spec: Any) -> None:
        LLMKind().check(_as_llm(spec))

    def read(self, spec: Any, make_env: MakeEnv, seed: int, device: str) -> Agent:
        return LLMKind().build(_as_llm(spec), make_env, seed, device)


class _TrainedLanguageModel(LLMKind):
    """A Hugging Face model that an algorithm of the suite trains."""

    def check(self, spec: Any) -> None:
        super().check(_as_llm(spec))

    def build(self, spec: Any, make_env: MakeEnv, seed: int, device: str) -> TrainableAgent:
        return super().build(_as_llm(spec), make_env, seed, device)


class _Sb3Class(ControlKind):
    """A subclass of an algorithm of Stable-Baselines3, made and saved as the suite's own are."""

    def check(self, spec: Any) -> None:
        from ...agents.control.hyperparameters import translate

        source = find_source(spec.source)
        thing = source.load()
        translate(thing.__name__, thing, spec.params)

    def build(self, spec: Any, make_env: MakeEnv, seed: int, device: str) -> TrainableAgent:
        from ...agents.control import make_agent

        algorithm = find_source(spec.source).load()
        agent = make_agent(algorithm, make_env, n_envs=spec.n_envs, seed=seed, device=device, **spec.params)
        return cast("TrainableAgent", agent)

    def load(self, spec: Any, make_env: MakeEnv, path: Path, device: str) -> Agent:
        return find_source(spec.source).load().load(path, device=device)


def _form_of(spec: ExternalAgentSpec) -> AgentKind:
    source = find_source(spec.source)
    if source.kind == "sb3":
        return _SavedSb3Model()
    if source.kind == "language_model":
        return _TrainedLanguageModel() if _is_llm_algorithm(spec.algorithm) else _ScoredLanguageModel()
    from ...agents.external.build import is_sb3_class

    return _Sb3Class() if is_sb3_class(source.load()) else _PythonThing()


def _kind_that_trains(agent: Any) -> AgentKind:
    """The kind whose checkpoints fit an agent."""
    from stable_baselines3.common.base_class import BaseAlgorithm

    from ...agents.external.adapters import ExternalAgent

    if isinstance(agent, ExternalAgent):
        return _PythonThing()
    return ControlKind() if isinstance(agent, BaseAlgorithm) else LLMKind()


def _is_llm_algorithm(name: str) -> bool:
    from ...agents.llm import ALGORITHMS

    return name in ALGORITHMS


def _as_llm(spec: ExternalAgentSpec) -> LLMAgentSpec:
    """The agent that speaks; where it is only scored, it does not matter which algorithm would train it."""
    from ..agent_specs import LLMAgentSpec

    algorithm = spec.algorithm if _is_llm_algorithm(spec.algorithm) else "grpo"
    return LLMAgentSpec(kind="llm", algorithm=algorithm, model=spec.source, params=spec.params)
