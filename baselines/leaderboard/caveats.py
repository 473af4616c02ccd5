"""What a reader has to know before believing a leaderboard."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from ..store.filters import flat
from .comparisons import connected
from .contenders import Contender
from .results import MIN_SEEDS, Caveat, CaveatKind, Row, SettingId, SettingTable

Rows = Mapping[str, Mapping[SettingId, Row]]
"""The rows by label and setting."""

_NAMED_SETTINGS = 3
"""More settings than this are counted, not named."""


def caveats_of(
    contenders: Mapping[SettingId, Sequence[Contender]], tables: Sequence[SettingTable]
) -> tuple[Caveat, ...]:
    """All caveats: what is missing from the scores, then how far they can be compared."""
    labels = sorted({row.label for table in tables for row in table.rows})
    rows = {label: {table.id: row for table in tables for row in table.rows if row.label == label} for label in labels}
    return (
        *_failed(rows),
        *_few_seeds(rows),
        *_duplicates(contenders),
        *_other_config(contenders),
        *_missing(rows),
        *_uneven(rows),
        *_other_seeds(tables),
        *_other_budget(contenders),
        *_other_evaluation(contenders),
        *_references(tables),
    )


def _failed(rows: Rows) -> Iterator[Caveat]:
    counted: list[tuple[CaveatKind, Callable[[Row], int], str]] = [
        ("failed", lambda row: row.failed, "failed"),
        ("unfinished", lambda row: row.unfinished, "running or interrupted"),
        ("unscored", lambda row: row.unscored, "finished without a score"),
    ]
    for label, of_setting in rows.items():
        for kind, count, what in counted:
            settings = tuple(id for id, row in of_setting.items() if count(row))
            if settings:
                number = sum(count(row) for row in of_setting.values())
                runs = "1 run" if number == 1 else f"{number} runs"
                yield Caveat(kind, label, settings, f"{label}: {runs} {what} {_in(settings)}")


def _few_seeds(rows: Rows) -> Iterator[Caveat]:
    for label, of_setting in rows.items():
        settings = tuple(id for id, row in of_setting.items() if row.seeds and row.few_seeds)
        if settings:
            text = f"{label}: fewer than {MIN_SEEDS} seeds {_in(settings)}, so its intervals there are guesses"
            yield Caveat("few_seeds", label, settings, text)


def _duplicates(contenders: Mapping[SettingId, Sequence[Contender]]) -> Iterator[Caveat]:
    for id, present in contenders.items():
        for contender in present:
            if contender.duplicates:
                seeds = _seeds(contender.duplicates)
                text = f"{contender.label}: {seeds} ran more than once in {id}; the latest finished run counts"
                yield Caveat("duplicate", contender.label, (id,), text)


def _other_config(contenders: Mapping[SettingId, Sequence[Contender]]) -> Iterator[Caveat]:
    for id, present in contenders.items():
        for contender in present:
            # of another tool's run only its hyper-parameters are known, the seed and a name of its own among them
            trained = [run.config for run in contender.runs if run.is_finished and "imported" not in run.config]
            if differing := _differing([_training(config) for config in trained]):
                text = f"{contender.label}: runs in {id} count as one agent, and differ in {', '.join(differing)}"
                yield Caveat("other_config", contender.label, (id,), text)


def _training(config: Mapping[str, Any]) -> dict[str, Any]:
    """The keys of a configuration that say how an agent is trained."""
    return flat({name: config.get(name) or {} for name in ("agent", "budget")})


def _differing(configs: Sequence[Mapping[str, Any]]) -> list[str]:
    keys = sorted({key for config in configs for key in config})
    return [key for key in keys if any(config.get(key) != configs[0].get(key) for config in configs)]


def _missing(rows: Rows) -> Iterator[Caveat]:
    scored = {label: frozenset(id for id, row in of.items() if row.seeds) for label, of in rows.items()}
    for group in connected(scored):
        union = frozenset[SettingId]().union(*(scored[label] for label in group))
        for label in sorted(group):
            if settings := tuple(sorted(union - scored[label])):
                text = f"{label} has no score {_in(settings)}, where agents it is compared with have one"
                yield Caveat("missing", label, settings, text)


def _uneven(rows: Rows) -> Iterator[Caveat]:
    for label, of_setting in rows.items():
        counts = {id: len(row.seeds) for id, row in of_setting.items() if row.seeds}
        if counts and (fewest := min(counts.values())) < max(counts.values()):
            settings = tuple(id for id, count in counts.items() if count > fewest)
            text = f"{label} has more seeds {_in(settings)} than elsewhere; its aggregates may use {fewest} of them"
            yield Caveat("uneven", label, settings, text)


def _other_seeds(tables: Sequence[SettingTable]) -> Iterator[Caveat]:
    settings = tuple(table.id for table in tables if len({row.seeds for row in table.rows if row.seeds}) > 1)
    if settings:
        text = f"agents do not all have the same seeds {_in(settings)}; paired tests use those that both have"
        yield Caveat("other_seeds", None, settings, text)


def _other_budget(contenders: Mapping[SettingId, Sequence[Contender]]) -> Iterator[Caveat]:
    for id, present in contenders.items():
        budgets = {
            steps
            for contender in present
            for run in contender.runs
            if (steps := (run.config.get("budget") or {}).get("timesteps"))
        }
        if len(budgets) > 1:
            text = f"{id}: agents were not all trained as long, but for {min(budgets):,} to {max(budgets):,} steps"
            yield Caveat("other_budget", None, (id,), text)


def _other_evaluation(contenders: Mapping[SettingId, Sequence[Contender]]) -> Iterator[Caveat]:
    for id, present in contenders.items():
        tests = {_test_episodes(run.config) for contender in present for run in contender.runs}
        if len(tests) > 1:
            text = f"{id}: runs were not all tested on the same episodes; their recipes' evaluation differs"
            yield Caveat("other_evaluation", None, (id,), text)


def _test_episodes(config: Mapping[str, Any]) -> tuple[Any, Any]:
    evaluation = config.get("evaluation") or {}
    return evaluation.get("first_seed"), evaluation.get("episodes")


def _references(tables: Sequence[SettingTable]) -> Iterator[Caveat]:
    unscaled = tuple(table.id for table in tables if not table.has_scale)
    if unscaled:
        text = f"no scale from random to an expert above it {_in(unscaled)}: left out of normalised scores"
        yield Caveat("no_reference", None, unscaled, text)
    own = tuple(table.id for table in tables if table.has_scale and not table.shipped_reference)
    if own:
        text = f"normalised by what the runs themselves measured of random and the expert {_in(own)}"
        yield Caveat("own_reference", None, own, text)


def _in(settings: Sequence[SettingId]) -> str:
    if len(settings) > _NAMED_SETTINGS:
        return f"in {len(settings)} settings"
    return "in " + ", ".join(map(str, settings))


def _seeds(seeds: Sequence[int]) -> str:
    """`seed 3`, `seeds 0–4`, `seeds 0, 2, 7`."""
    if len(seeds) == 1:
        return f"seed {seeds[0]}"
    if len(seeds) > 2 and list(seeds) == list(range(seeds[0], seeds[-1] + 1)):
        return f"seeds {seeds[0]}–{seeds[-1]}"
    return f"seeds {', '.join(map(str, seeds))}"
