"""Puts everything into the one HTML file."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup
from plotly.offline import get_plotlyjs

from ..journal import write_atomically
from ..store.record import Run
from .aggregate import Row, rows_of
from .collect import Collection, Setting, collect
from .figures import DotPlot, curves, dot_plot
from .formats import FILTERS, duration, hardware, listing, printable
from .transcripts import EpisodeView, Source, sources_of


@dataclass(frozen=True, slots=True)
class Section:
    """One setting as the page shows it. `anchor` is unique on the page."""

    anchor: str
    setting: Setting
    rows: list[Row]
    plot: DotPlot | None
    curves: dict[str, Any]
    sources: list[Source]

    @property
    def headline(self) -> Row | None:
        """The result the card leads with: the best recipe's last checkpoint, which no evaluation has picked."""
        trained = [row for row in self.rows if row.policy == "agent"] or [row for row in self.rows if row.group]
        measured = [row for row in trained if row.success or row.episode_return]
        return max(measured, key=_rank, default=None)

    @property
    def animated(self) -> list[tuple[Source, EpisodeView]]:
        """The episodes that have a moving picture, with their policy: the policies side by side on the same seeds."""
        by_policy = [
            sorted(
                ((source, episode) for episode in source.episodes if episode.animation),
                key=lambda pair: pair[1].seed or 0,
            )
            for source in self.sources
        ]
        return [pair for round_ in zip_longest(*by_policy) for pair in round_ if pair is not None]

    @property
    def animated_policies(self) -> int:
        """How many policies have moving pictures."""
        return len({source.name for source, _ in self.animated})


def write_report(run_folders: list[Path], out: Path) -> Path:
    """Write one self-contained HTML file about `run_folders` to `out`; parent folders are made.

    The file needs no network and no file beside it. It is written under another name and renamed, so `out` is never
    half a report.

    Args:
        run_folders: folders as `palaestra train` leaves them; those that failed or cannot be read are shown as such.
        out: where the report goes, e.g. `runs/report.html`.

    Returns:
        `out`.

    Raises:
        ValueError: no folder was given.
        RunError: none of them can be read as a run.
    """
    html = render(collect([Path(folder) for folder in run_folders]))
    out = Path(out)
    out.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(out, html)
    return out


def render(collection: Collection) -> str:
    """The page as a string."""
    settings, runs = collection.settings, collection.runs
    sections = [_section(f"env-{number}", setting) for number, setting in enumerate(settings, start=1)]
    environment = Environment(
        loader=PackageLoader(__package__ or "palaestra.baselines.report"),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        # Every value on its way into the page: text that no page can hold becomes text that it can.
        finalize=lambda value: printable(value) if isinstance(value, str) and not isinstance(value, Markup) else value,
    )
    environment.filters.update(FILTERS)
    has_curves = any(section.curves["keys"] for section in sections)
    page = environment.get_template("report.html.j2").render(
        names=_names(settings),
        summary=_summary(collection),
        sections=sections,
        runs=runs,
        unreadable=collection.unreadable,
        unfinished=[run for run in runs if not run.is_finished],
        payload={section.anchor: section.curves for section in sections},
        plotly=Markup(get_plotlyjs()) if has_curves else "",
        script=_static(environment, "report.js"),
        style=_static(environment, "report.css"),
    )
    return page


def _section(anchor: str, setting: Setting) -> Section:
    rows = rows_of(setting)
    return Section(anchor, setting, rows, dot_plot(rows), curves(setting, rows), sources_of(setting, anchor))


def _static(environment: Environment, name: str) -> Markup:
    loader = environment.loader
    assert loader is not None
    return Markup(loader.get_source(environment, name)[0])


def _rank(row: Row) -> tuple[float, float]:
    return (
        row.success.estimate if row.success else float("-inf"),
        row.episode_return.estimate if row.episode_return else float("-inf"),
    )


def _names(settings: list[Setting]) -> list[str]:
    """What the page calls itself: its environments, or how many there are."""
    names = list(dict.fromkeys(setting.env_id for setting in settings))
    return names if len(names) <= 2 else [f"{len(names)} environments"]


def _summary(collection: Collection) -> str:
    """What was run, in a few plain sentences."""
    settings, runs = collection.settings, collection.runs
    trained = [
        f"{group.algorithm} on {setting.env_id} ({_seeds(group.runs)})"
        for setting in settings
        for group in setting.groups
    ]
    shown = [*trained[:6], f"{len(trained) - 6} more"] if len(trained) > 7 else trained
    parts = [f"Trained with {listing(shown)}."]
    machines = list(dict.fromkeys(hardware(run.info.hardware) for run in runs if run.info.hardware))
    count = "The run" if len(runs) == 1 else f"The {len(runs)} runs"
    where = f" on {listing(machines)}" if machines else ""
    parts.append(f"{count} took {duration(sum(run.info.wall_time_s for run in runs))}{where}.")
    states = Counter(run.status for run in runs)
    if set(states) != {"finished"}:
        parts.append(f"Of the {len(runs)}, {listing([f'{count} {status}' for status, count in states.most_common()])}.")
    if collection.unreadable:
        number = len(collection.unreadable)
        parts.append(f"{number} more {'run' if number == 1 else 'runs'} could not be read.")
    return " ".join(parts)


def _seeds(runs: list[Run]) -> str:
    return f"{len(runs)} seeds" if len(runs) != 1 else f"seed {runs[0].info.seed}"
