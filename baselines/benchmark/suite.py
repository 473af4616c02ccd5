"""Suites: one YAML file that says which recipes, or which environments × agents, are trained with which seeds."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Annotated, Any, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from ...envs.core.names import did_you_mean
from ..errors import UsageError
from ..recipe import Recipe, first_error, load_recipe, recipe_from_config
from ..recipe_file import shipped_recipes
from ..yaml_source import KeyPath, UnknownKey, parse_yaml_with_lines, refuse_unknown_keys

_NAME = r"^[A-Za-z0-9][A-Za-z0-9._-]*$"


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


_AnyModel = TypeVar("_AnyModel", bound=_Model)


class RecipeCells(_Model):
    """A recipe, shipped or in a file beside the suite; `set` changes keys of it as `--set` does."""

    recipe: str
    set: dict[str, Any] = {}


class MatrixEnvironment(_Model):
    """An environment of a matrix; `name` tells it from others of its id, in the names of its recipes."""

    id: str
    kwargs: dict[str, Any] = {}
    wrappers: tuple[dict[str, Any], ...] = ()
    name: Annotated[str, Field(pattern=_NAME)] | None = None


class MatrixCells(_Model):
    """Every environment with every agent.

    The key of an agent is its label and its recipes' name; its value is what a recipe has under `agent`. A budget or an
    evaluation in there takes the place of the matrix's.
    """

    environments: Annotated[tuple[MatrixEnvironment, ...], Field(min_length=1)]
    agents: Annotated[dict[str, dict[str, Any]], Field(min_length=1)]
    budget: dict[str, Any] | None = None
    evaluation: dict[str, Any] | None = None
    threads: int = 1


class SuiteFile(_Model):
    """The keys of a suite's file; each of `cells` is a `RecipeCells` or a `MatrixCells`."""

    name: Annotated[str, Field(pattern=_NAME)]
    description: str = ""
    seeds: Annotated[tuple[Annotated[int, Field(ge=0)], ...], Field(min_length=1)] = (0, 1, 2, 3, 4)
    cells: tuple[dict[str, Any], ...] = ()
    include: tuple[str, ...] = ()

    @field_validator("seeds")
    @classmethod
    def _seeds_differ(cls, seeds: tuple[int, ...]) -> tuple[int, ...]:
        return check_seeds(seeds)


@dataclass(frozen=True, slots=True)
class Suite:
    """A suite, checked.

    Attributes:
        name: what it is called.
        description: what it is for.
        recipes: its recipes with their seeds; no two of them train into one folder.
    """

    name: str
    description: str
    recipes: tuple[Recipe, ...]


def check_seeds(seeds: tuple[int, ...]) -> tuple[int, ...]:
    """The seeds, as they are.

    Raises:
        ValueError: one is negative, or stands there twice.
    """
    for seed in seeds:
        if seed < 0:
            raise ValueError(f"seeds are 0 or more, got {seed}")
        if seeds.count(seed) > 1:
            raise ValueError(f"seed {seed} stands {seeds.count(seed)} times; every seed is a run of its own")
    return seeds


def shipped_suites() -> dict[str, Path]:
    """The suites that come with the package, by name, sorted."""
    folder = Path(str(resources.files("palaestra.baselines") / "suites"))
    return {path.stem: path for path in sorted(folder.glob("*.yaml")) if path.stem != "references"}


def load_suite(source: str | Path) -> Suite:
    """A suite by its shipped name, or from a file.

    Args:
        source: `smoke`, or a path to a YAML file.

    Raises:
        UsageError: there is no such suite, or a key or a value in it, or in a recipe of it, does not fit; the message
            is one line that names the file, the line, the key and what would do.
    """
    return _load(_find(str(source), Path()), ())


def _find(source: str, beside: Path) -> Path:
    shipped = shipped_suites()
    if source in shipped:
        return shipped[source]
    path = beside / source
    if path.is_file():
        return path
    if path.suffix in (".yaml", ".yml"):
        raise UsageError(f"there is no suite file {path}")
    raise UsageError(
        f"unknown suite {source!r}{did_you_mean(source, shipped)} (shipped: {', '.join(shipped)}; or give a .yaml file)"
    )


def _load(path: Path, including: tuple[Path, ...]) -> Suite:
    """The suite in a file that the suites of `including` include, one through the other."""
    try:
        value, lines = parse_yaml_with_lines(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"suite {path} cannot be read: {error}") from error
    except yaml.YAMLError as error:
        raise UsageError(f"suite {path} is not YAML: {' '.join(str(error).split())}") from error
    if not isinstance(value, dict):
        raise UsageError(f"suite {path} must be a mapping with name, seeds, cells …, got {type(value).__name__}")
    return _SuiteReader(path, lines, (*including, path.resolve())).read(value)


class _SuiteReader:
    """Turns the values of one suite's file into recipes; every error names the file and the line."""

    def __init__(self, path: Path, lines: Mapping[KeyPath, int], including: tuple[Path, ...]) -> None:
        self._path = path
        self._lines = lines
        self._including = including
        self._found: dict[tuple[str, str], Recipe] = {}

    def read(self, value: dict[str, Any]) -> Suite:
        file = self._validate(SuiteFile, value, ())
        for index, name in enumerate(file.include):
            for recipe in self._included(name, ("include", index)):
                self._add(recipe, ("include", index))
        for index, entry in enumerate(file.cells):
            at: KeyPath = ("cells", index)
            for recipe in self._recipes(entry, at):
                self._add(recipe.model_copy(update={"seeds": file.seeds}), at)
        if not self._found:
            raise self._error("a suite needs cells, or include with the names of other suites", ())
        return Suite(file.name, file.description, tuple(self._found.values()))

    def _included(self, name: str, at: KeyPath) -> Sequence[Recipe]:
        try:
            path = _find(name, self._path.parent)
        except UsageError as error:
            raise self._error(str(error), at) from error
        if path.resolve() in self._including:
            raise self._error(f"{name} includes itself", at)
        return _load(path, self._including).recipes

    def _recipes(self, entry: Mapping[str, Any], at: KeyPath) -> list[Recipe]:
        if "recipe" in entry:
            return [self._shipped_or_beside(self._validate(RecipeCells, entry, at), at)]
        if "environments" in entry or "agents" in entry:
            matrix = self._validate(MatrixCells, entry, at)
            return [
                self._pair(matrix, environment, index, agent, at)
                for index, environment in enumerate(matrix.environments)
                for agent in matrix.agents
            ]
        raise self._error("cells have either recipe, or environments and agents", at)

    def _shipped_or_beside(self, entry: RecipeCells, at: KeyPath) -> Recipe:
        if "seeds" in entry.set:
            raise self._error("a recipe has the suite's seeds: give them under seeds", (*at, "set", "seeds"))
        beside = self._path.parent / entry.recipe
        # JSON is YAML, in which `--set` takes its values
        overrides = [f"{key}={json.dumps(value)}" for key, value in entry.set.items()]
        try:
            return load_recipe(entry.recipe if entry.recipe in shipped_recipes() else beside, overrides)
        except UsageError as error:
            raise self._error(str(error), at) from error

    def _pair(self, matrix: MatrixCells, environment: MatrixEnvironment, index: int, label: str, at: KeyPath) -> Recipe:
        agent = dict(matrix.agents[label])
        config = {
            "name": f"{label}-{environment.name}" if environment.name else label,
            "label": label,
            "env": {"id": environment.id, "kwargs": environment.kwargs},
            "wrappers": list(environment.wrappers),
            "threads": matrix.threads,
        }
        env_at, agent_at = (*at, "environments", index), (*at, "agents", label)
        origins: dict[KeyPath, KeyPath] = {
            (): at,
            ("name",): agent_at,
            ("env",): env_at,
            ("wrappers",): (*env_at, "wrappers"),
            ("agent",): agent_at,
        }
        for section in ("budget", "evaluation"):
            own = agent.pop(section, None)
            shared = getattr(matrix, section)
            if own is not None or shared is not None:
                config[section] = shared if own is None else own
                origins[(section,)] = (*(at if own is None else agent_at), section)
        return recipe_from_config({**config, "agent": agent}, str(self._path), self._lines_from(origins))

    def _lines_from(self, origins: Mapping[KeyPath, KeyPath]) -> dict[KeyPath, int]:
        """The lines of a recipe's keys, whose parts stand in this file where `origins` says."""
        return {
            (*part, *path[len(origin) :]): line
            for part, origin in origins.items()
            for path, line in self._lines.items()
            if path[: len(origin)] == origin
        }

    def _add(self, recipe: Recipe, at: KeyPath) -> None:
        key = (recipe.env.id, recipe.name)
        there = self._found.get(key)
        if there is None:
            self._found[key] = recipe
        elif there.model_copy(update={"seeds": recipe.seeds}) == recipe:
            seeds = dict.fromkeys((*there.seeds, *recipe.seeds))
            self._found[key] = recipe.model_copy(update={"seeds": tuple(seeds)})
        else:
            raise self._error(
                f"two different recipes are named {recipe.name} in {recipe.env.id} and would train into one folder: "
                "give one of them another name (name: beside the environment's id, another key of the agent, or "
                "set: {name: …})",
                at,
            )

    def _validate(self, model: type[_AnyModel], value: Mapping[str, Any], at: KeyPath) -> _AnyModel:
        try:
            refuse_unknown_keys(value, model, at)
            return model.model_validate(value)
        except UnknownKey as error:
            raise self._error(str(error), error.path) from error
        except ValidationError as error:
            message, path = first_error(error, at)
            raise self._error(message, path) from error

    def _error(self, message: str, at: KeyPath) -> UsageError:
        line = self._lines.get(at)
        return UsageError(f"{self._path}:{line}: {message}" if line else f"{self._path}: {message}")
