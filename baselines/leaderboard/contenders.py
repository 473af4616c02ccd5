"""Who stands against whom: runs by setting and by the name under which they are compared."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ..store.record import Run
from .results import SettingId


@dataclass(frozen=True, slots=True)
class Contender:
    """One agent in one setting: the same thing done with different seeds.

    Attributes:
        label: what it is called.
        recipe: the recipe that trained it.
        runs: by seed, one for each.
        duplicates: seeds of which there were more runs than one.
    """

    label: str
    recipe: str
    runs: tuple[Run, ...]
    duplicates: tuple[int, ...]


def contenders_of(runs: Iterable[Run]) -> dict[SettingId, list[Contender]]:
    """Sort runs into settings, and there by label.

    Where two recipes of one label meet in a setting, both are called `label (recipe)`, in all settings. Of two runs
    with one seed a finished one counts rather than another, and then the later.

    Returns:
        The settings by name, each with its contenders by label.
    """
    settings: dict[SettingId, dict[tuple[str, str], list[Run]]] = {}
    for run in runs:
        named = (run.info.label or run.info.algorithm, run.info.recipe)
        settings.setdefault(SettingId(run.info.env_id, run.options), {}).setdefault(named, []).append(run)
    ambiguous = {named for groups in settings.values() for named in _ambiguous(groups)}
    found = {}
    for id in sorted(settings):
        contenders = [
            _contender(f"{label} ({recipe})" if (label, recipe) in ambiguous else label, recipe, group)
            for (label, recipe), group in settings[id].items()
        ]
        found[id] = sorted(contenders, key=lambda contender: contender.label)
    return found


def _ambiguous(names: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Those (label, recipe) whose label another one has too."""
    names = list(names)
    labels = [label for label, _ in names]
    return [named for named in names if labels.count(named[0]) > 1]


def _contender(label: str, recipe: str, runs: list[Run]) -> Contender:
    ordered = sorted(runs, key=lambda run: (run.info.seed, run.is_finished, run.info.created))
    by_seed = {run.info.seed: run for run in ordered}  # the last one with a seed stays
    duplicates = sorted({run.info.seed for run in ordered if run is not by_seed[run.info.seed]})
    return Contender(label, recipe, tuple(by_seed.values()), tuple(duplicates))
