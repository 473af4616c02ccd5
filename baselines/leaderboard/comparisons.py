"""Agents compared over the settings they share."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence

import numpy as np

from ..statistics import (
    aggregate_scores,
    average_score_profile,
    holm,
    paired_test,
    probability_of_improvement,
    run_score_profile,
)
from ..statistics.resampling import Array
from .results import Comparison, Entry, Pair, SettingId, SettingTable

RESAMPLES = 10_000
"""Of every bootstrap, and of every permutation test that cannot try all: the second digit of an interval stands."""

_THRESHOLDS = 101
_WIDEST = (-1.0, 2.0)
"""Where the thresholds of profiles end at the latest; one run gone astray must not squeeze all others into a corner."""

NormalisedScores = Mapping[str, Mapping[SettingId, Mapping[int, float]]]
"""Normalised scores by label, setting and seed."""


def normalised_scores(tables: Sequence[SettingTable]) -> dict[str, dict[SettingId, dict[int, float]]]:
    """The scores of all settings that have a scale."""
    scores: dict[str, dict[SettingId, dict[int, float]]] = {}
    for table in tables:
        for row in table.rows:
            if table.has_scale and row.seeds:
                of_seed = {seed: table.normalise(x) for seed, x in zip(row.seeds, row.seed_scores, strict=True)}
                scores.setdefault(row.label, {})[table.id] = of_seed
    return scores


def comparisons(scores: NormalisedScores) -> tuple[Comparison, ...]:
    """Compare agents over every set of settings that `shared_settings` finds."""
    coverage = {label: frozenset(of_setting) for label, of_setting in scores.items()}
    return tuple(compare(scores, labels, settings) for settings, labels in shared_settings(coverage))


def shared_settings(coverage: Mapping[str, frozenset[SettingId]]) -> list[tuple[list[SettingId], list[str]]]:
    """The sets of settings over which agents can be compared, and by whom.

    One agent that lacks a setting must not take it from all others. So there is a comparison for the settings of each
    agent, of all agents that have them all; and one for those that are common to all agents connected by settings they
    share, which agents that speak and agents that move are not. Who is compared with others somewhere needs no
    comparison of its own.

    Args:
        coverage: the settings of each agent.

    Returns:
        Settings and labels, the comparison of most cells first.
    """
    sets = {settings for settings in coverage.values() if settings}
    sets |= {common for labels in connected(coverage) if (common := _common(coverage, labels))}
    found = [
        (sorted(s), sorted(label for label, has in coverage.items() if s <= has)) for s in sorted(sets, key=sorted)
    ]
    compared = {label for _, labels in found if len(labels) > 1 for label in labels}
    kept = [(settings, labels) for settings, labels in found if len(labels) > 1 or labels[0] not in compared]
    return sorted(kept, key=lambda one: (-len(one[0]) * len(one[1]), one))


def connected(coverage: Mapping[str, frozenset[SettingId]]) -> list[set[str]]:
    """The labels in groups that are connected by settings they share."""
    groups: list[tuple[set[str], frozenset[SettingId]]] = []
    for label, settings in coverage.items():
        touched = [group for group in groups if group[1] & settings]
        groups = [group for group in groups if group not in touched]
        labels = {label}.union(*(group[0] for group in touched))
        groups.append((labels, settings.union(*(group[1] for group in touched))))
    return [labels for labels, _ in groups]


def compare(scores: NormalisedScores, labels: Sequence[str], settings: Sequence[SettingId]) -> Comparison:
    """Compare agents over settings that all of them have.

    Args:
        scores: normalised scores by label, setting and seed.
        labels: whom to compare.
        settings: over which settings.
    """
    matrices = {label: score_matrix_of(scores[label], settings) for label in labels}
    thresholds_K = _thresholds(list(matrices.values()))
    entries = [_entry(label, scores_S_T, thresholds_K) for label, scores_S_T in matrices.items()]
    entries.sort(key=lambda entry: (-entry.aggregates.iqm.estimate, -entry.aggregates.mean.estimate, entry.label))
    return Comparison(tuple(settings), tuple(entries), _pairs(entries, scores, settings))


def score_matrix_of(of_setting: Mapping[SettingId, Mapping[int, float]], settings: Sequence[SettingId]) -> Array:
    """An agent's scores as a matrix (seeds, settings).

    Every setting gives as many seeds as the one with the fewest has: those that all settings have, then the lowest.
    """
    common = set.intersection(*(set(of_setting[setting]) for setting in settings))
    count = min(len(of_setting[setting]) for setting in settings)
    columns = []
    for setting in settings:
        seeds = sorted(of_setting[setting], key=lambda seed: (seed not in common, seed))[:count]
        columns.append([of_setting[setting][seed] for seed in seeds])
    return np.array(columns).T


def _common(coverage: Mapping[str, frozenset[SettingId]], labels: set[str]) -> frozenset[SettingId]:
    return frozenset.intersection(*(coverage[label] for label in labels))


def _thresholds(matrices: Sequence[Array]) -> Array:
    lowest = min(0.0, *(scores_S_T.min() for scores_S_T in matrices))
    highest = max(1.0, *(scores_S_T.max() for scores_S_T in matrices))
    return np.linspace(max(lowest, _WIDEST[0]), min(highest, _WIDEST[1]), _THRESHOLDS)


def _entry(label: str, scores_S_T: Array, thresholds_K: Array) -> Entry:
    return Entry(
        label=label,
        scores_S_T=scores_S_T,
        aggregates=aggregate_scores(scores_S_T, _rng(), resamples=RESAMPLES),
        run_profile=run_score_profile(scores_S_T, thresholds_K, _rng()),
        average_profile=average_score_profile(scores_S_T, thresholds_K, _rng()),
    )


def _pairs(entries: Sequence[Entry], scores: NormalisedScores, settings: Sequence[SettingId]) -> tuple[Pair, ...]:
    pairs = []
    for first, second in itertools.combinations(entries, 2):
        improvement = probability_of_improvement(first.scores_S_T, second.scores_S_T, _rng(), resamples=RESAMPLES)
        differences = [shared_differences(scores[first.label][id], scores[second.label][id]) for id in settings]
        test = paired_test(differences, _rng(), resamples=RESAMPLES) if all(differences) else None
        pairs.append((first.label, second.label, improvement, test))
    corrected = iter(holm([test.p_value for *_, test in pairs if test]))
    return tuple(Pair(*pair, corrected_p=next(corrected) if pair[-1] else None) for pair in pairs)


def shared_differences(first: Mapping[int, float], second: Mapping[int, float]) -> list[float]:
    """The first agent's scores less the second's, on the seeds that both have."""
    return [first[seed] - second[seed] for seed in sorted(first.keys() & second.keys())]


def _rng() -> np.random.Generator:
    """Always the same draws, so that the same runs give the same leaderboard."""
    return np.random.default_rng(0)
