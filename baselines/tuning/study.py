"""What a study tries: its settings, and the recipes that it trains."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from ..errors import UsageError
from ..recipe import FIRST_LLM_TRAINING_SEED, MAX_EPISODES, Recipe, recipe_from_config, set_key

SamplerName = Literal["tpe", "random"]
Parameters = Mapping[str, Any]
"""Values of hyper-parameters by their dotted names in the recipe."""


@dataclass(frozen=True, slots=True)
class Study:
    """A search for the best parameters of a recipe's agent.

    Attributes:
        recipe: what is tuned; its search space says which parameters, and within which bounds.
        trials: how many settings of the parameters are tried.
        timesteps: the budget of every run, in trials and in the test.
        tuning_seeds: of the runs of each trial.
        test_seeds: of the runs that the best trial and the recipe's own setting are tested with.
        sampler: proposes the trials: `tpe` from those before, `random` without looking.
        seed: of the sampler.
        batch: how many trials are proposed at a time, knowing the scores of the batches before. The same trials are
            proposed however many runs are trained at the same time.

    Raises:
        UsageError: a number is out of range, a seed serves both to tune and to test, or there is nothing to search.
    """

    recipe: Recipe
    trials: int
    timesteps: int
    tuning_seeds: tuple[int, ...]
    test_seeds: tuple[int, ...]
    sampler: SamplerName = "tpe"
    seed: int = 0
    batch: int = 4

    def __post_init__(self) -> None:
        if not self.recipe.search_space:
            raise UsageError(
                f"recipe {self.recipe.name} has no search_space: add one, as "
                "search_space: {agent.params.learning_rate: {low: 1e-4, high: 1e-2, log: true}}"
            )
        for name in ("trials", "timesteps", "batch"):
            if getattr(self, name) < 1:
                raise UsageError(f"--{name} must be 1 or more, got {getattr(self, name)}")
        if self.seed < 0:
            raise UsageError(f"--sampler-seed must be 0 or more, got {self.seed}")
        for name in ("tuning_seeds", "test_seeds"):
            seeds = getattr(self, name)
            option = f"--{name.replace('_', '-')}"
            if not seeds or min(seeds) < 0 or len(set(seeds)) < len(seeds):
                raise UsageError(f"{option} must be one or more different numbers from 0 on, got {list(seeds)}")
        shared = sorted(set(self.tuning_seeds) & set(self.test_seeds))
        if shared:
            raise UsageError(
                f"seed {shared[0]} stands in --tuning-seeds and in --test-seeds: a score on a seed that was tuned on "
                "flatters; take others"
            )

    @property
    def budget(self) -> int:
        """The environment steps of all runs, the test included."""
        return self.timesteps * (self.trials * len(self.tuning_seeds) + 2 * len(self.test_seeds))

    def own_parameters(self) -> dict[str, Any]:
        """What the recipe itself has for the parameters that are searched; None where it leaves one to its default."""
        config = self.recipe.to_config()
        return {key: _get(config, key) for key in self.recipe.search_space}

    def trial_recipe(self, number: int, parameters: Parameters) -> Recipe:
        """The recipe of a trial: it is evaluated on other episodes than those of the test.

        Raises:
            UsageError: the agent does not take these parameters together.
        """
        first_seed = self.recipe.evaluation.first_seed
        # its best checkpoint and its final score take episodes from two stretches of MAX_EPISODES seeds each
        shifted = first_seed + 2 * MAX_EPISODES
        if shifted > FIRST_LLM_TRAINING_SEED - 2 * MAX_EPISODES:
            shifted = first_seed - 2 * MAX_EPISODES
        name = f"{self.recipe.name}-trial-{number:03d}"
        return self._recipe(name, f"trial {number}", parameters, self.tuning_seeds, shifted)

    def tuned_recipe(self, parameters: Parameters) -> Recipe:
        """The recipe by which tuned parameters are tested."""
        label = f"{self.recipe.label or self.recipe.agent.algorithm} tuned"
        first_seed = self.recipe.evaluation.first_seed
        return self._recipe(f"{self.recipe.name}-tuned", label, parameters, self.test_seeds, first_seed)

    def own_recipe(self) -> Recipe:
        """The recipe by which its own setting is tested."""
        label = self.recipe.label or self.recipe.agent.algorithm
        return self._recipe(self.recipe.name, label, {}, self.test_seeds, self.recipe.evaluation.first_seed)

    def best_config(self, parameters: Parameters, description: str) -> dict[str, Any]:
        """The recipe with tuned parameters in its full budget, as plain values to write to a file."""
        config = self._config(parameters)
        config["name"] = f"{self.recipe.name}-tuned"
        config["description"] = description
        space = self.recipe.model_dump(mode="json", include={"search_space"}, exclude_defaults=True)
        return {**config, **space}

    def _recipe(self, name: str, label: str, parameters: Parameters, seeds: tuple[int, ...], first_seed: int) -> Recipe:
        config = self._config(parameters)
        config |= {"name": name, "label": label, "seeds": list(seeds), "budget": {"timesteps": self.timesteps}}
        config["evaluation"]["first_seed"] = first_seed
        return recipe_from_config(config, name)

    def _config(self, parameters: Parameters) -> dict[str, Any]:
        config = self.recipe.to_config()
        for key, value in parameters.items():
            set_key(config, key.split("."), copy.deepcopy(value))
        return config


def _get(config: Mapping[str, Any], key: str) -> Any:
    value: Any = config
    for part in key.split("."):
        if not isinstance(value, Mapping) or part not in value:
            return None
        value = value[part]
    return value
