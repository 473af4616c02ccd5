"""Whether the samples that SQIRL needs tell those that other agents need, as Laidlaw et al. (ICLR 2024) claim."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import rankdata

from ..grids import Grid
from ..leaderboard.contenders import Contender, contenders_of
from ..learning_curve import curve_of
from ..statistics import Reach, reach
from ..store.record import Run
from .processes import ProcessHorizon, process_horizon

SHALLOW = 3.0
"""Processes with an effective horizon up to this are those that every agent should solve."""

_METRIC = "eval/return_mean"
_DEPTH = re.compile(r"-k\d+$")


@dataclass(frozen=True, slots=True)
class Needed:
    """What the agents needed to solve one process.

    Attributes:
        process: which.
        reaches: for each agent, when each of its runs first solved it, or how far it went without.
    """

    process: ProcessHorizon
    reaches: Mapping[str, tuple[Reach, ...]]

    def median(self, agent: str) -> float:
        """The median number of steps; infinite where half of the runs, or more, have not solved it."""
        return float(np.median([each.compute if each.reached else math.inf for each in self.reaches[agent]]))

    def solved(self, agent: str) -> int:
        """How many runs solved it."""
        return sum(each.reached for each in self.reaches[agent])


@dataclass(frozen=True, slots=True)
class HorizonStudy:
    """What the agents needed in all processes.

    Attributes:
        share: a process counts as solved where the evaluation's mean return lies so far on the way from random play to
            the best policy.
        rows: a process each, by effective horizon.
        agents: by label.
    """

    share: float
    rows: tuple[Needed, ...]
    agents: tuple[str, ...]

    def correlation(self, one: str, other: str) -> float:
        """Spearman's rank correlation of the medians over processes that both agents were trained in.

        What was never solved ranks behind all that was, all alike. NaN where there is nothing to rank.
        """
        both = [row for row in self.rows if one in row.reaches and other in row.reaches]
        return spearman([row.median(one) for row in both], [row.median(other) for row in both])

    def correlation_with_horizon(self, agent: str) -> float:
        """The same, of an agent's medians and the effective horizons."""
        rows = [row for row in self.rows if agent in row.reaches]
        return spearman([row.median(agent) for row in rows], [row.process.effective.horizon for row in rows])

    def shallow(self) -> tuple[int, int]:
        """How many runs there are in processes with an effective horizon of at most 3, and how many solved theirs."""
        rows = [row for row in self.rows if row.process.effective.horizon <= SHALLOW]
        runs = sum(len(reaches) for row in rows for reaches in row.reaches.values())
        return runs, sum(row.solved(agent) for row in rows for agent in row.reaches)


def horizon_study(runs: Sequence[Run], *, share: float = 0.95) -> HorizonStudy:
    """Study the finished runs that are of decision processes; others are left aside.

    Of agents whose labels differ in a depth at their end, as `sqirl-k1` and `sqirl-k3`, the one counts, in each
    process, that needed least: k is tuned, as in the paper.

    Args:
        runs: with their metrics.
        share: how far on the way from random play to the best policy counts as solved.
    """
    rows = []
    for contenders in contenders_of(runs).values():
        run = contenders[0].runs[0]
        process = process_horizon(run.info.env_id, run.config["env"].get("kwargs") or {})
        if process is None:
            continue
        score = process.return_at(share)
        needed = Needed(process, {each.label: found for each in contenders if (found := _reaches(each, score))})
        if needed.reaches:
            rows.append(_with_best_depths(needed))
    rows.sort(key=lambda row: row.process.effective.horizon)
    agents = sorted({agent for row in rows for agent in row.reaches})
    return HorizonStudy(share, tuple(rows), tuple(agents))


def spearman(one: Sequence[float], other: Sequence[float]) -> float:
    """Spearman's rank correlation, in which infinities are equal and larger than all else; NaN where all are equal.

    Raises:
        ValueError: the lengths differ.
    """
    if len(one) != len(other):
        raise ValueError(f"one and other must have one length, got {len(one)} and {len(other)}")
    if len(set(one)) < 2 or len(set(other)) < 2:
        return math.nan
    return float(np.corrcoef(rankdata(one), rankdata(other))[0, 1])


def study_grid(study: HorizonStudy) -> Grid:
    """A line for each process: the median steps of each agent, and how many of its runs solved it."""
    lines = tuple(
        (
            f"{row.process.env_id} (level {row.process.level})",
            f"{row.process.effective.horizon:.2f}",
            f"{row.process.nearly_optimal_k}",
            *(_cell(row, agent) for agent in study.agents),
        )
        for row in study.rows
    )
    title = f"steps until the mean return is {study.share:.0%} of the way from random play to the best, medians"
    return Grid(title, ("process", "H̄", "k for 95 %", *study.agents), lines)


def study_notes(study: HorizonStudy) -> Iterator[str]:
    """The correlations, and what became of processes with a short horizon, in sentences."""
    for one, other in itertools.combinations(study.agents, 2):
        yield f"{one} and {other}: Spearman {study.correlation(one, other):.2f}"
    for agent in study.agents:
        yield f"{agent} and H̄: Spearman {study.correlation_with_horizon(agent):.2f}"
    runs, solved = study.shallow()
    if runs:
        yield f"H̄ ≤ {SHALLOW:g}: {solved} of {runs} runs solved their process ({solved / runs:.0%})"


def _reaches(contender: Contender, score: float) -> tuple[Reach, ...]:
    curves = [curve_of(run.metrics, _METRIC, "steps") for run in contender.runs if run.is_finished]
    return tuple(found for curve in curves if (found := reach(curve, score)) is not None)


def _with_best_depths(needed: Needed) -> Needed:
    """One agent of those whose labels differ in their depth alone: the one that needed least."""
    reaches: dict[str, tuple[Reach, ...]] = {}
    for label in sorted(needed.reaches, key=lambda label: (-needed.median(label), needed.solved(label))):
        reaches[_DEPTH.sub("", label)] = needed.reaches[label]  # the last one stays
    return Needed(needed.process, reaches)


def _cell(row: Needed, agent: str) -> str:
    if agent not in row.reaches:
        return ""
    median = row.median(agent)
    needed = "∞" if math.isinf(median) else f"{median:,.0f}"
    return f"{needed} ({row.solved(agent)}/{len(row.reaches[agent])})"
