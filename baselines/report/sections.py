"""One setting as the page shows it: its scores, curves, episodes and moving pictures."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from .aggregate import Row, rows_of
from .collect import Collection, Setting
from .curves import Curves, curves_of
from .dots import DotPlot, dot_plot
from .movies import BYTES_PER_PAGE, Movie, movies_of
from .transcripts import Episode, Source, source_rank, sources_of

MOST_EPISODES = 10  # of one policy
FEWEST_EPISODES = 3
EPISODES_PER_PAGE = 160  # of one policy, over all settings


@dataclass(frozen=True, slots=True)
class Section:
    """One setting. `anchor` is unique on the page."""

    anchor: str
    setting: Setting
    rows: list[Row]
    plot: DotPlot | None
    curves: Curves
    sources: list[Source]
    movies: list[Movie]

    @property
    def title(self) -> str:
        """The environment with its options, in one line."""
        return f"{self.setting.env_id} {self.setting.options}".strip()

    @property
    def headline(self) -> Row | None:
        """The result the card leads with: the best recipe's last checkpoint, which no evaluation has picked."""
        trained = [row for row in self.rows if row.policy == "agent"] or [row for row in self.rows if row.group]
        measured = [row for row in trained if row.success or row.episode_return]
        return max(measured, key=_rank, default=None)

    @property
    def episodes(self) -> list[Episode]:
        """The episodes of all policies."""
        return [episode for source in self.sources for episode in source.episodes]

    @property
    def unfinished(self) -> str:
        """How many runs are not finished, by status: `1 failed, 2 running`; empty where all are."""
        states = Counter(run.status for run in self.setting.runs if not run.is_finished)
        return ", ".join(f"{number} {status}" for status, number in states.most_common())


def sections_of(collection: Collection) -> list[Section]:
    """The settings of a page. The more there are, the fewer episodes and moving pictures each has."""
    settings = collection.settings
    limit = max(FEWEST_EPISODES, min(MOST_EPISODES, EPISODES_PER_PAGE // len(settings)))
    sections = []
    for number, setting in enumerate(settings, start=1):
        anchor = f"env-{number}"
        rows = rows_of(setting)
        sources = sources_of(setting, anchor, limit)
        movies = movies_of(sources, BYTES_PER_PAGE // len(settings))
        sections.append(Section(anchor, setting, rows, dot_plot(rows), curves_of(setting, rows), sources, movies))
    return sections


def policies_of(sections: list[Section]) -> list[tuple[str, str]]:
    """The policies that any section has episodes of, in the order of interest: name and label."""
    labels = {source.name: source.label for section in sections for source in section.sources}
    return sorted(labels.items(), key=lambda item: source_rank(item[0]))


def _rank(row: Row) -> tuple[float, float]:
    return (
        row.success.estimate if row.success else float("-inf"),
        row.episode_return.estimate if row.episode_return else float("-inf"),
    )
