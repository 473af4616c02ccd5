"""What a leaderboard says, as plain values for tables, pages and files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

from ..statistics import Aggregates, Interval, PairedTest, Profile
from ..statistics.resampling import Array

MIN_SEEDS = 5
"""Fewer runs than this say little about an agent: the interval over them is a guess."""

Checkpoint = Literal["agent", "best", "all"]
Measure = Literal["success", "return"]
CaveatKind = Literal[
    "few_seeds",
    "failed",
    "unfinished",
    "unscored",
    "duplicate",
    "missing",
    "uneven",
    "other_budget",
    "other_config",
    "other_seeds",
    "other_evaluation",
    "own_reference",
    "no_reference",
]


class SettingId(NamedTuple):
    """An environment and what sets its use apart in one line; equal to the plain tuple of both."""

    env_id: str
    options: str

    def __str__(self) -> str:
        return f"{self.env_id} ({self.options})" if self.options else self.env_id


@dataclass(frozen=True, slots=True)
class Row:
    """One agent in one setting.

    Attributes:
        label: what the agent is called.
        recipe: the recipe that trained it.
        score: the mean over its runs, in the setting's measure; None where no run has a score.
        normalised: the same on the scale from random, 0, to the expert, 1; None where the setting has no scale.
        seeds: of the runs that count, ascending.
        seed_scores: what each of them scored.
        failed: how many runs failed; they have no score.
        unfinished: how many are running or were interrupted.
        unscored: how many finished without the score that was asked for.
    """

    label: str
    recipe: str
    score: Interval | None
    normalised: Interval | None
    seeds: tuple[int, ...]
    seed_scores: tuple[float, ...]
    failed: int = 0
    unfinished: int = 0
    unscored: int = 0

    @property
    def few_seeds(self) -> bool:
        """Whether there are too few runs for the interval to be trusted."""
        return len(self.seeds) < MIN_SEEDS


@dataclass(frozen=True, slots=True)
class SettingTable:
    """One setting with its agents, the best first.

    Attributes:
        measure: success rates where the environment says what success is, else mean returns.
        random: what random actions score; None where nobody measured it.
        oracle: what the expert scores; None where nobody knows one.
        shipped_reference: whether both come from the references, rather than from the runs themselves.
    """

    id: SettingId
    measure: Measure
    rows: tuple[Row, ...]
    random: Interval | None
    oracle: Interval | None
    shipped_reference: bool

    @property
    def has_scale(self) -> bool:
        """Whether scores can be normalised here."""
        return self.random is not None and self.oracle is not None and self.oracle.estimate > self.random.estimate

    def normalise(self, score: float) -> float:
        """A score as (score - random) / (oracle - random).

        Raises:
            ValueError: the setting has no scale.
        """
        if self.random is None or self.oracle is None or not self.has_scale:
            raise ValueError(f"{self.id} has no scale: random scores {self.random}, the expert {self.oracle}")
        return (score - self.random.estimate) / (self.oracle.estimate - self.random.estimate)


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """One agent over all settings of a comparison.

    Attributes:
        scores_S_T: its normalised scores, shape (seeds, settings).
        aggregates: what they come to.
        run_profile: the share of runs above each threshold.
        average_profile: the share of settings whose mean lies above each threshold.
    """

    label: str
    scores_S_T: Array
    aggregates: Aggregates
    run_profile: Profile
    average_profile: Profile

    @property
    def seeds(self) -> int:
        """How many runs there are in each setting."""
        return self.scores_S_T.shape[0]

    @property
    def few_seeds(self) -> bool:
        """Whether there are too few runs for the intervals to be trusted."""
        return self.seeds < MIN_SEEDS


@dataclass(frozen=True, slots=True)
class Pair:
    """Two agents of a comparison, the one that stands higher first.

    Attributes:
        improvement: how likely a run of the first scores higher than one of the second.
        test: of their differences on shared seeds; None where they share none in some setting.
        corrected_p: its p-value corrected for all pairs of the comparison (Holm).
    """

    first: str
    second: str
    improvement: Interval
    test: PairedTest | None
    corrected_p: float | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """Agents compared over settings that all of them were trained in.

    Attributes:
        settings: the columns of every entry's scores.
        entries: by interquartile mean, the best first.
        pairs: all of them.
    """

    settings: tuple[SettingId, ...]
    entries: tuple[Entry, ...]
    pairs: tuple[Pair, ...]


@dataclass(frozen=True, slots=True)
class Caveat:
    """What a reader has to know before believing a number.

    Attributes:
        label: the agent it is about; None where it is about all.
        settings: where it holds.
        text: in one sentence.
    """

    kind: CaveatKind
    label: str | None
    settings: tuple[SettingId, ...]
    text: str


@dataclass(frozen=True, slots=True)
class Leaderboard:
    """How agents compare.

    Attributes:
        checkpoint: whose scores these are: `agent`, the last checkpoint, `best`, or `all`, averaged over training.
        comparisons: one for every set of settings over which agents can be compared, the largest first; usually one.
        settings: by name.
        caveats: what to know before believing it.
    """

    checkpoint: Checkpoint
    comparisons: tuple[Comparison, ...]
    settings: tuple[SettingTable, ...]
    caveats: tuple[Caveat, ...]
