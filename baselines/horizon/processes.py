"""The effective horizons of the registered decision processes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ...envs.core import EnvEntry, entries, find_entry
from ...envs.tabular.effective_horizon import EffectiveHorizon, effective_horizon, nearly_optimal_k
from ...envs.tabular.solved import solved_process
from ..grids import Grid
from .simulation import SampledHorizon, sampled_horizon

STICKY = 0.25
"""What an environment is made with where its arguments do not say."""


@dataclass(frozen=True, slots=True)
class ProcessHorizon:
    """What is known of a process before anything is learned.

    Attributes:
        env_id: of the environment.
        level: its difficulty.
        n_states: the last action included.
        n_actions: how many there are.
        steps: the horizon T.
        nearly_optimal_k: the least k whose greedy policy earns 95 % of the way from random play to the best.
        effective: k, gap and effective horizon.
        random_return: expected.
        optimal_return: expected.
        sampled: how many episodes were enough in simulation; None where that was not asked for.
    """

    env_id: str
    level: int
    n_states: int
    n_actions: int
    steps: int
    nearly_optimal_k: int
    effective: EffectiveHorizon
    random_return: float
    optimal_return: float
    sampled: SampledHorizon | None = None

    def return_at(self, share: float) -> float:
        """The return that lies so far on the way from random play to the best policy."""
        return self.random_return + share * (self.optimal_return - self.random_return)


def process_horizon(env_id: str, kwargs: Mapping[str, Any]) -> ProcessHorizon | None:
    """What is known of an environment's process; None where it is no decision process.

    Args:
        env_id: of the environment.
        kwargs: its arguments, of which `level` and `sticky` matter.
    """
    entry = find_entry(env_id)
    if entry.kind != "tabular":
        return None
    return _of_entry(entry, int(kwargs.get("level", 0)), float(kwargs.get("sticky", STICKY)))


def process_horizons(
    levels: Sequence[int] | None = None, *, sticky: float = STICKY, simulate: bool = False
) -> Iterator[ProcessHorizon]:
    """Every registered process.

    Args:
        levels: only these; all unless given.
        sticky: the probability that the last action is carried out again.
        simulate: whether the episodes that SQIRL needs are found by simulation, which takes a while.
    """
    for entry in entries():
        if entry.kind == "tabular":
            for level in range(entry.levels) if levels is None else levels:
                yield _of_entry(entry, level, sticky, simulate=simulate)


def horizons_grid(rows: Sequence[ProcessHorizon]) -> Grid:
    """A line for each process."""
    columns = ("process", "level", "|S|", "|A|", "T", "least k", "k for 95 %", "k of H̄", "Δ_k", "H̄", "random", "best")
    lines = tuple(
        (
            row.env_id,
            f"{row.level}",
            f"{row.n_states}",
            f"{row.n_actions}",
            f"{row.steps}",
            f"{row.effective.minimum_k}",
            f"{row.nearly_optimal_k}",
            f"{row.effective.k}",
            f"{row.effective.gap:.2g}",
            f"{row.effective.horizon:.2f}",
            f"{row.random_return:.2f}",
            f"{row.optimal_return:.2f}",
            *([] if row.sampled is None else _sampled(row.sampled)),
        )
        for row in rows
    )
    if any(row.sampled is not None for row in rows):
        columns = (*columns, "k in simulation", "m", "log_A m")
    return Grid("effective horizons: H̄ = min over k of k + log_A(1/Δ_k²)", columns, lines)


def _sampled(found: SampledHorizon) -> tuple[str, ...]:
    if found.episodes is None:
        return "–", "∞", "∞"
    return f"{found.k}", f"{found.episodes:,}", f"{found.horizon:.2f}"


def _of_entry(entry: EnvEntry, level: int, sticky: float, *, simulate: bool = False) -> ProcessHorizon:
    solved = solved_process(entry.kwargs["process"], level, sticky)
    mdp = solved.mdp
    return ProcessHorizon(
        entry.id,
        level,
        mdp.n_states,
        mdp.n_actions,
        mdp.horizon,
        nearly_optimal_k(mdp),
        effective_horizon(mdp),
        solved.random_return,
        solved.optimal_return,
        sampled_horizon(solved) if simulate else None,
    )
