"""Proposes the parameters of the next trial.

A proposal is a pure function of the study's seed, the trial's number and the trials that were scored before, so a study
that was killed proposes what it would have proposed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import optuna

from ..search_space import SearchRange
from .study import SamplerName
from .trials import Trial

_STARTUP_TRIALS = 8
"""How many trials are drawn at random before the tree-structured Parzen estimator has something to go by."""


def propose(
    space: Mapping[str, SearchRange], scored: Sequence[Trial], number: int, sampler: SamplerName, seed: int
) -> dict[str, Any]:
    """The parameters of a trial.

    Args:
        space: the parameters, and where each is searched.
        scored: the trials of the batches before; those without a score are left out.
        number: the trial's.
        sampler: `tpe` (Bergstra et al., "Algorithms for hyper-parameter optimization", 2011) or `random`.
        seed: of the study.

    Returns:
        A value for each parameter.
    """
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    drawn = int(np.random.SeedSequence([seed, number]).generate_state(1)[0])
    study = optuna.create_study(direction="maximize", sampler=_make_sampler(sampler, drawn))
    distributions = {name: _distribution(searched) for name, searched in space.items()}
    for trial in scored:
        if trial.score is not None:
            encoded = {name: _encoded(searched, trial.parameters[name]) for name, searched in space.items()}
            study.add_trial(optuna.trial.create_trial(params=encoded, distributions=distributions, value=trial.score))
    asked = study.ask(distributions).params
    return {name: _decoded(searched, asked[name]) for name, searched in space.items()}


def _make_sampler(name: SamplerName, seed: int) -> optuna.samplers.BaseSampler:
    if name == "random":
        return optuna.samplers.RandomSampler(seed=seed)
    return optuna.samplers.TPESampler(seed=seed, n_startup_trials=_STARTUP_TRIALS)


def _distribution(searched: SearchRange) -> optuna.distributions.BaseDistribution:
    if searched.choices is not None:
        # by their places: Optuna takes no lists
        return optuna.distributions.CategoricalDistribution(range(len(searched.choices)))
    low, high = searched.extremes()
    if searched.integer:
        return optuna.distributions.IntDistribution(low, high, log=searched.log)
    return optuna.distributions.FloatDistribution(low, high, log=searched.log)


def _encoded(searched: SearchRange, value: Any) -> Any:
    return value if searched.choices is None else searched.choices.index(value)


def _decoded(searched: SearchRange, value: Any) -> Any:
    return value if searched.choices is None else searched.choices[value]
