"""Recipes: one YAML file that says which agent is trained where, for how long and with which seeds."""

from __future__ import annotations

import copy
import inspect
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, TypeVar

import gymnasium as gym
import yaml
from gymnasium.envs.registration import load_env_creator
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SerializerFunctionWrapHandler,
    ValidationError,
    field_validator,
    model_serializer,
)

from ..agents.environments import RegisteredEnvironment
from ..envs.core import check_known, find_entry
from ..envs.core.names import nearest
from .agent_specs import AgentSpec, ExternalAgentSpec, LLMAgentSpec
from .agents import kind_of
from .errors import UsageError
from .recipe_file import read_recipe_file, shipped_recipes
from .search_space import SearchRange
from .yaml_source import KeyPath, UnknownKey, dotted, parse_yaml, refuse_unknown_keys

_AgentWithSource = TypeVar("_AgentWithSource", bound=ExternalAgentSpec | LLMAgentSpec)

FIRST_LLM_TRAINING_SEED = 2**31
"""Agents that speak train on seeds from here on (`agents.llm.samplers`, which needs torch to import)."""

MAX_EPISODES = 1_000_000
"""The most episodes of an evaluation: so many seeds lie between those of the curve and those of the final test."""


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=False)


class EnvSpec(_Model):
    """The environment: a registered id and constructor arguments."""

    id: str
    kwargs: dict[str, Any] = {}


class WrapperSpec(_Model):
    """A wrapper by its name in the catalogue, and its arguments."""

    name: str
    args: dict[str, Any] = {}


class BudgetSpec(_Model):
    """How long training goes on, in environment steps; 0 is for an agent that does not learn."""

    timesteps: Annotated[int, Field(ge=0)]


class EvaluationSpec(_Model):
    """The episodes an agent is evaluated on while it learns, and how often that is.

    `kwargs` are arguments of the environment that take the place of those it is trained with: other starts, say.
    `first_seed` leaves room for these episodes and for those of the final test below the seeds of the training.
    """

    episodes: Annotated[int, Field(ge=1, le=MAX_EPISODES)] = 200
    every_timesteps: Annotated[int, Field(ge=1)]
    first_seed: Annotated[int, Field(ge=0, le=FIRST_LLM_TRAINING_SEED - 2 * MAX_EPISODES)] = 1_000_000
    deterministic: bool = False
    kwargs: dict[str, Any] = {}

    @model_serializer(mode="wrap")
    def _without_missing_kwargs(self, serialize: SerializerFunctionWrapHandler) -> dict[str, Any]:
        values = serialize(self)
        return {name: value for name, value in values.items() if name != "kwargs" or value}


class Recipe(_Model):
    """A whole recipe, checked.

    A file may begin with `extends: NAME` and say only what differs (`recipe_file.read_recipe_file`).

    Wrappers that choose what an episode begins with (those of `wrappers/resets`, a curriculum of levels say) or learn a
    reward (`wrappers/rewards/pictures`) are for training alone: evaluations are played without them, so that every
    agent is scored on the same tasks by the same success, however many environments are played side by side.

    The search space says which parameters of the agent `palaestra tune` varies, by their dotted names. It changes
    nothing about a run, and is no part of a run's configuration.
    """

    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]
    description: str = ""
    label: Annotated[str, Field(min_length=1)] | None = None
    env: EnvSpec
    wrappers: tuple[WrapperSpec, ...] = ()
    agent: Annotated[AgentSpec, Field(discriminator="kind")]
    budget: BudgetSpec
    seeds: Annotated[tuple[Annotated[int, Field(ge=0)], ...], Field(min_length=1)] = (0, 1, 2, 3, 4)
    evaluation: EvaluationSpec
    threads: Annotated[int, Field(ge=1)] = 1
    search_space: dict[str, SearchRange] = {}

    @field_validator("seeds")
    @classmethod
    def _seeds_differ(cls, seeds: tuple[int, ...]) -> tuple[int, ...]:
        for seed in seeds:
            if seeds.count(seed) > 1:
                raise ValueError(f"seed {seed} stands {seeds.count(seed)} times; every seed is a run of its own")
        return seeds

    def with_seed(self, seed: int) -> Recipe:
        """The recipe for this one seed."""
        return self.model_copy(update={"seeds": (seed,)})

    def to_config(self) -> dict[str, Any]:
        """The recipe as plain values, for `config.yaml`."""
        return self.model_dump(mode="json", exclude={"search_space"})


def load_recipe(source: str | Path, overrides: Sequence[str] = ()) -> Recipe:
    """A recipe by its shipped name, by the id of an environment (its first shipped recipe), or from a file.

    Args:
        source: `guess-number-grpo`, `text/GuessNumber-v0`, or a path to a YAML file.
        overrides: changes of the form `agent.params.learning_rate=3e-4`, their values read as YAML.

    Raises:
        UsageError: there is no such recipe, or a key or a value does not fit; the message is one line that names the
            file, the line, the key and what would do.
    """
    path = _find(str(source))
    value, lines = read_recipe_file(path)
    for override in overrides:
        _override(value, override, lines)
    return _check(value, str(path), lines)


def in_another_environment(recipe: Recipe, overrides: Sequence[str]) -> Recipe:
    """The recipe with another environment, or another setting of the one that is evaluated in, in the same wrappers.

    Args:
        recipe: as it is; what its evaluations take in place of the training's arguments, the overrides change, too.
        overrides: changes of the form `env.kwargs.level=1` and `env.id=math/Countdown-v0`.

    Raises:
        UsageError: a key or a value does not fit, or the environment cannot be made.
    """
    played = copy.deepcopy({**recipe.env.kwargs, **recipe.evaluation.kwargs})
    value: dict[str, Any] = {"env": {"id": recipe.env.id, "kwargs": played}}
    for override in overrides:
        if not override.startswith("env."):
            raise UsageError(f"--set names where to play: only keys below env. change, got {override!r}")
        _override(value, override, {})
    try:
        env = EnvSpec.model_validate(value["env"])
        check_known(env.id)
    except ValueError as error:
        raise UsageError(f"--set {' '.join(overrides)}: {_one_line(error)}") from error
    evaluation = recipe.evaluation.model_copy(update={"kwargs": {}})
    changed = recipe.model_copy(update={"env": env, "evaluation": evaluation})
    check_environment(changed)
    return changed


def recipe_from_config(config: Mapping[str, Any], where: str, lines: Mapping[KeyPath, int] | None = None) -> Recipe:
    """The recipe of plain values: of a run folder's `config.yaml`, or put together from a suite.

    Args:
        config: the recipe's keys and values.
        where: the file that they are from.
        lines: the line in that file of every key of `config`, for the messages.

    Raises:
        UsageError: it does not fit this version's recipes.
    """
    return _check(dict(config), where, lines or {})


def training_environment(recipe: Recipe) -> RegisteredEnvironment:
    """What makes the recipe's environment in all its wrappers."""
    return RegisteredEnvironment(recipe.env.id, recipe.env.kwargs, _arguments(recipe.wrappers))


def evaluation_environment(recipe: Recipe, *, render_mode: str | None = None) -> RegisteredEnvironment:
    """What makes the environment to evaluate in: without the wrappers that are for training alone."""
    from ..wrappers.catalogue import is_for_training_alone

    kwargs = {**recipe.env.kwargs, **recipe.evaluation.kwargs}
    if render_mode is not None:
        kwargs["render_mode"] = render_mode
    kept = [wrapper for wrapper in recipe.wrappers if not is_for_training_alone(wrapper.name)]
    return RegisteredEnvironment(recipe.env.id, kwargs, _arguments(kept))


def _arguments(wrappers: Iterable[WrapperSpec]) -> tuple[tuple[str, dict[str, Any]], ...]:
    return tuple((wrapper.name, wrapper.args) for wrapper in wrappers)


def check_environment(recipe: Recipe) -> None:
    """Make the environment of training and that of evaluation once, to find arguments that do not fit before training.

    Raises:
        UsageError: an argument is unknown, missing or out of range; the message names it.
    """
    entry = gym.spec(recipe.env.id).entry_point
    if entry is None:
        raise UsageError(f"recipe {recipe.name}: {recipe.env.id} is a vector alone, and single environments are needed")
    parameters = inspect.signature(load_env_creator(entry) if isinstance(entry, str) else entry).parameters
    if not any(parameter.kind is inspect.Parameter.VAR_KEYWORD for parameter in parameters.values()):
        known = [*parameters, "max_episode_steps"]  # the one that Gymnasium takes for itself
        for place, kwargs in (("env.kwargs", recipe.env.kwargs), ("evaluation.kwargs", recipe.evaluation.kwargs)):
            for name in kwargs:
                if name not in known:
                    near = nearest(name, known)
                    meant = f"did you mean {place}.{near}?" if near else f"known are {', '.join(known)}"
                    raise UsageError(f"recipe {recipe.name}: {recipe.env.id} has no argument '{place}.{name}'; {meant}")
    try:
        training_environment(recipe)().close()
        if recipe.evaluation.kwargs:
            evaluation_environment(recipe)().close()
    except (TypeError, ValueError, gym.error.Error) as error:
        raise UsageError(f"recipe {recipe.name}: {recipe.env.id} cannot be made: {_one_line(error)}") from error


def _find(source: str) -> Path:
    shipped = shipped_recipes()
    if source in shipped:
        return shipped[source]
    path = Path(source)
    if path.suffix in (".yaml", ".yml") or path.is_file():
        if not path.is_file():
            raise UsageError(f"there is no recipe file {source}")
        return path
    if "/" in source:
        try:
            entry = find_entry(source)
        except ValueError as error:
            raise UsageError(str(error)) from error
        for candidate in shipped.values():
            # one that extends another varies it
            own = parse_yaml(candidate.read_text(encoding="utf-8"))
            if "extends" not in own and own["env"]["id"] == entry.id:
                return candidate
        raise UsageError(f"no recipe is shipped for {entry.id}: write one and give its path; shipped: {_list(shipped)}")
    raise UsageError(f"unknown recipe {source!r}; shipped are {_list(shipped)}, or give a .yaml file or an id")


def _override(value: dict[str, Any], override: str, lines: dict[KeyPath, int]) -> None:
    key, equals, text = override.partition("=")
    if not equals or not all(key.split(".")):
        raise UsageError(f"--set takes dotted.key=value, got {override!r}")
    try:
        new = parse_yaml(text)
    except yaml.YAMLError as error:
        raise UsageError(f"--set {override}: the value is not YAML: {_one_line(error)}") from error
    path = tuple(key.split("."))
    try:
        set_key(value, path, new)
    except ValueError as error:
        raise UsageError(f"--set {override}: {error}") from error
    # an error in this value is the command line's, not a line's of the file
    for known in [known for known in lines if known[: len(path)] == path]:
        del lines[known]


def set_key(value: dict[str, Any], path: Sequence[str], new: Any) -> None:
    """Set a key of nested mappings; mappings on the way that are missing are made.

    Raises:
        ValueError: what stands on the way is no mapping.
    """
    target = value
    for part in path[:-1]:
        target = target.setdefault(part, {})
        if not isinstance(target, dict):
            raise ValueError(f"{part!r} is not a mapping in the recipe")
    target[path[-1]] = new


def _check(value: dict[str, Any], where: str, lines: Mapping[KeyPath, int]) -> Recipe:
    def fail(message: str, path: KeyPath = ()) -> UsageError:
        line = lines.get(path)
        return UsageError(f"{where}:{line}: {message}" if line else f"{where}: {message}")

    try:
        refuse_unknown_keys(value, Recipe)
        recipe = Recipe.model_validate(value)
    except UnknownKey as error:
        raise fail(str(error), error.path) from error
    except ValidationError as error:
        message, path = first_error(error)
        raise fail(message, path) from error
    try:
        check_known(recipe.env.id)
    except ValueError as error:
        raise fail(str(error), ("env", "id")) from error
    _check_wrappers(recipe, fail)
    try:
        recipe = _with_checked_agent(recipe, Path(where).parent)
    except UnknownKey as error:
        raise fail(str(error), error.path) from error
    except ValidationError as error:
        message, path = first_error(error, ("agent", "params"))
        raise fail(message, path) from error
    except ValueError as error:
        raise fail(f"agent: {_one_line(error)}", ("agent",)) from error
    if recipe.budget.timesteps == 0 and kind_of(recipe.agent).learns(recipe.agent):
        path = ("budget", "timesteps")
        raise fail("budget.timesteps: should be greater than or equal to 1 for an agent that learns, got 0", path)
    _check_search_space(recipe, value, where, fail)
    return recipe


def _check_search_space(recipe: Recipe, value: dict[str, Any], where: str, fail: Any) -> None:
    """Check that every parameter to search can be set, by setting it to the ends of its range or to every choice."""
    for key, searched in recipe.search_space.items():
        at = ("search_space", key)
        path = key.split(".")
        if path[0] != "agent" or not all(path[1:]) or len(path) < 2:
            raise fail(f"search_space.{key}: only keys of the agent can be searched, as agent.params.NAME", at)
        for candidate in searched.extremes():
            changed = copy.deepcopy({name: part for name, part in value.items() if name != "search_space"})
            try:
                set_key(changed, path, candidate)
                _check(changed, where, {})
            except (UsageError, ValueError) as error:
                reason = str(error).removeprefix(f"{where}: ")
                raise fail(f"search_space.{key}: {candidate!r} does not fit: {reason}", at) from error


def _check_wrappers(recipe: Recipe, fail: Any) -> None:
    if not recipe.wrappers:
        return
    from ..wrappers.catalogue import find_wrapper

    for index, wrapper in enumerate(recipe.wrappers):
        try:
            find_wrapper(wrapper.name)
        except ValueError as error:
            raise fail(str(error), ("wrappers", index)) from error


def _with_checked_agent(recipe: Recipe, folder: Path) -> Recipe:
    """Check the agent's parameters before anything is built; the source of an external one is looked up."""
    agent = recipe.agent
    if isinstance(agent, ExternalAgentSpec | LLMAgentSpec) and agent.source is not None:
        agent = _located(agent, agent.source, folder)
        recipe = recipe.model_copy(update={"agent": agent})
    kind_of(agent).check(agent)
    return recipe


def _located(agent: _AgentWithSource, named: str, folder: Path) -> _AgentWithSource:
    """The agent with its source's absolute path and the digest of what is there."""
    from ..agents.external import find_source

    source = find_source(named, folder)
    digest = source.digest()
    if agent.source_sha256 not in (None, digest):
        raise ValueError(
            f"source {named} has changed: its SHA-256 was {agent.source_sha256} and is {digest}; bring the "
            "former one back, or leave source_sha256 out to use what is there now"
        )
    return agent.model_copy(update={"source": source.text, "source_sha256": digest})


def first_error(error: ValidationError, prefix: KeyPath = ()) -> tuple[str, KeyPath]:
    """The first of pydantic's findings as one line, and the path of the key that it is about."""
    detail: Any = error.errors(include_url=False)[0]
    # in a union pydantic puts the tag or the type into the path; a file has no such key
    path = prefix + tuple(part for part in detail["loc"] if part not in ("llm", "control", "external", "str"))
    if detail["type"] == "missing":
        return f"missing key {dotted(path)!r}", path[:-1]
    if detail["type"] == "value_error":
        return f"{dotted(path)}: {detail['ctx']['error']}", path
    if detail["type"] == "union_tag_invalid":
        return f"agent.kind: must be {detail['ctx']['expected_tags']}, got {detail['ctx']['tag']!r}", (*path, "kind")
    got = detail.get("input")
    shown = f", got {got!r}" if not isinstance(got, dict | list) else f", got a {type(got).__name__}"
    return f"{dotted(path)}: {detail['msg'][0].lower()}{detail['msg'][1:]}{shown}", path


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())


def _list(names: Mapping[str, Any]) -> str:
    return ", ".join(names) or "none"
