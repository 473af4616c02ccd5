"""Bring your own agent: score a policy, or train a class, in the suite's settings, as run folders like all others."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console

from ..agents.external import find_source, register_object
from ..envs.core import find_entry
from .agents import kind_of
from .benchmark.suite import load_suite, shipped_suites
from .errors import UsageError
from .recipe import Recipe, load_recipe, recipe_from_config
from .recipe_file import shipped_recipes
from .run_all import train_all
from .runs import RunFolder
from .store.record import options_line
from .train import TrainRequest

_EVALUATIONS = 10
"""How often an agent is evaluated while it learns where no recipe says so."""


def score_policy(
    policy: Any,
    env: str | Recipe | Sequence[str | Recipe],
    *,
    name: str | None = None,
    params: Mapping[str, Any] | None = None,
    seeds: int | Sequence[int] = 5,
    timesteps: int | None = None,
    episodes: int | None = None,
    out: str | Path = "runs",
    device: str = "auto",
    force: bool = False,
    console: Console | None = None,
) -> list[RunFolder]:
    """Score an agent as the suite scores its own: on the same test episodes, beside random and oracle.

    A class with `learn` is trained first, once a seed; everything else is scored as it is. The runs are ordinary run
    folders, which `palaestra compare` and `palaestra report` set beside others. One of an object of this process
    cannot be repeated later, because nobody else has the object; one of a file can.

    Args:
        policy: a class, a function from one observation to one action, an agent with a batched `predict`, or a source
            as recipes name it: `file.py:NAME`, `package.module:NAME`, `model.zip`, a folder with a Hugging Face model.
        env: an environment's id (in the setting of its shipped recipe), a recipe, a shipped suite, or several of these.
        name: what to call it where it is compared; None takes the class's, function's or file's own name.
        params: what the class or function is given beside environment, seed and device.
        seeds: how many, from 0; or which.
        timesteps: the budget of a class that learns; None takes the recipe's.
        episodes: how many an evaluation plays; None takes the recipe's, by which scores compare with shipped ones.
        out: the folder of all runs.
        device: `auto`, `cpu`, `cuda` …
        force: put runs that are there aside and start afresh.
        console: where progress is shown; None for the screen.

    Returns:
        The run folders, one for each setting and seed.

    Raises:
        UsageError: there is no such environment, recipe or source, or an argument does not fit.
        RunError: a run failed; the others were trained and scored all the same.
    """
    is_source = isinstance(policy, str | Path)
    source = str(policy) if is_source else register_object(policy)
    chosen = tuple(range(seeds)) if isinstance(seeds, int) else tuple(seeds)
    if not chosen:
        raise UsageError(f"seeds must be 1 or more, got {seeds!r}")
    changes: dict[str, Any] = {"seeds": list(chosen)}
    if timesteps is not None:
        changes["budget"] = {"timesteps": timesteps}
    settings = [
        recipe
        for setting in ([env] if isinstance(env, str | Recipe) else env)
        for recipe in _recipes_of(setting, timesteps)
    ]
    recipes = recipes_with_agent(
        settings, source, name or default_name(source), params=params, episodes=episodes, changes=changes
    )
    requests = [
        TrainRequest(recipe.with_seed(seed), Path(out), device, force) for recipe in recipes for seed in recipe.seeds
    ]
    return train_all(requests, jobs=1, console=console or Console())


def recipes_with_agent(
    recipes: Iterable[Recipe],
    source: str,
    name: str,
    *,
    params: Mapping[str, Any] | None = None,
    episodes: int | None = None,
    changes: Mapping[str, Any] | None = None,
) -> list[Recipe]:
    """The settings of some recipes, each once, with another's agent in place of theirs.

    Args:
        recipes: say the settings, the budgets and how is evaluated; of several in one setting the first one does.
        source: the agent's.
        name: what to call it; the setting's options join the recipe's name.
        params: the agent's.
        episodes: in place of the recipes' own number.
        changes: top-level keys of a recipe in place of the recipes' own.

    Raises:
        UsageError: the name, the source or a parameter does not fit.
    """
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*", name):
        raise UsageError(
            f"an agent's name begins with a letter or digit and has but those, '.', '_' and '-'; got {name!r}"
        )
    found: dict[tuple[str, str], Recipe] = {}
    for recipe in recipes:
        config = recipe.to_config()
        key = recipe.env.id, options_line(config)
        if key in found:
            continue
        config |= changes or {}
        config |= {
            "name": f"{name}-{_slug(key[1])}" if key[1] else name,
            "description": "",
            "label": name,
            "agent": {"kind": "external", "source": source, "algorithm": name, "params": dict(params or {})},
        }
        if episodes is not None:
            config["evaluation"]["episodes"] = episodes
        found[key] = _without_budget_if_useless(recipe_from_config(config, name))
    return list(found.values())


def _without_budget_if_useless(recipe: Recipe) -> Recipe:
    if kind_of(recipe.agent).learns(recipe.agent):
        return recipe
    return recipe.model_copy(update={"budget": recipe.budget.model_copy(update={"timesteps": 0})})


def _recipes_of(setting: str | Recipe, timesteps: int | None) -> Sequence[Recipe]:
    if isinstance(setting, Recipe):
        return [setting]
    if setting in shipped_suites():
        return load_suite(setting).recipes
    if _is_environment(setting) and not any(load_recipe(name).env.id == setting for name in shipped_recipes()):
        return [_bare_recipe(setting, timesteps)]
    return [load_recipe(setting)]


def _is_environment(name: str) -> bool:
    try:
        find_entry(name)
    except ValueError:
        return False
    return True


def _bare_recipe(env_id: str, timesteps: int | None) -> Recipe:
    """What there is to say of an environment that no recipe is shipped for; the agent is only in its place."""
    steps = timesteps or 0
    value = {
        "name": "bare",
        "env": {"id": env_id},
        "agent": {"kind": "external", "source": "builtins:print", "algorithm": "bare"},
        "budget": {"timesteps": steps},
        "evaluation": {"every_timesteps": max(1, steps // _EVALUATIONS)},
    }
    return Recipe.model_validate(value)


def default_name(source: str) -> str:
    """`MyAgent` of `my_agents.py:MyAgent`, `model` of `path/model.zip`."""
    try:
        found = find_source(source)
    except ValueError as error:
        raise UsageError(str(error)) from error
    return _slug(found.attribute or Path(found.text).name.removesuffix(".zip"))


def _slug(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9._-]+", "-", text).strip("-._")
