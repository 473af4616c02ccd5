"""Puts everything into the one HTML file."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.resources import files
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from ..journal import write_atomically
from .collect import Collection, collect
from .configs import run_configs
from .formats import FILTERS, printable
from .payload import pack_curves, pack_profiles, pack_values, plain
from .sections import Section, policies_of, sections_of
from .standings import Standings, standings_of
from .summary import names_of, progress_of, summary_of

HUES = 8
"""Colours for labels; the ninth label has the first one's colour and a dashed line."""

STYLES = ("base", "leaderboard", "results", "curves", "motion", "episodes", "runs", "narrow")
SCRIPTS = (
    "page",
    "packed",
    "chart",
    "leaderboard",
    "curves",
    "motion",
    "transcript",
    "episodes",
    "configs",
    "keyboard",
    "live",
    "start",
)
"""What the page is made of, in the order in which it stands there."""


def write_report(paths: Iterable[Path], out: Path) -> Path:
    """Write one self-contained HTML file about runs to `out`; parent folders are made.

    The file needs no network and no file beside it. It is written under another name and renamed, so `out` is never
    half a report.

    Args:
        paths: folders as `palaestra train` leaves them; those that failed or cannot be read are shown as such.
        out: where the report goes, e.g. `runs/report.html`.

    Returns:
        `out`.

    Raises:
        ValueError: no path was given.
        RunError: none of them can be read as a run.
    """
    html = render_page(collect([Path(path) for path in paths]))
    out = Path(out)
    out.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(out, html)
    return out


def render_page(collection: Collection, *, live: str | None = None) -> str:
    """The page as a string.

    Args:
        collection: the runs that it is about, at least one.
        live: for a server, the version of the runs. It answers `/version` with it, a text that changes when the runs
            do, and `/page` with the page: the page looks every two seconds, and where the version is another takes the
            next page in its place without losing what its reader had chosen.
    """
    sections = sections_of(collection)
    standings = standings_of(collection)
    runs = collection.runs
    environment = _environment()
    return environment.get_template("report.html.j2").render(
        live=live,
        names=names_of(collection),
        summary=summary_of(collection),
        progress=progress_of(collection),
        standings=standings,
        sections=sections,
        labels=collection.labels,
        hues={label: number % HUES for number, label in enumerate(collection.labels)},
        runs=runs,
        unreadable=collection.unreadable,
        unfinished=[run for run in runs if run.status in ("failed", "interrupted")],
        payload=plain(_payload(collection, sections)),
        blocks=_blocks(collection, standings, sections),
        style=_static("styles", STYLES, "css"),
        script=_static("scripts", SCRIPTS, "js"),
    )


def _environment() -> Environment:
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
    return environment


def _payload(collection: Collection, sections: list[Section]) -> dict[str, Any]:
    """What the scripts need at once: names, and the list of episodes without what was said in them."""
    return {
        "labels": collection.labels,
        "policies": policies_of(sections),
        "sections": [
            {
                "anchor": section.anchor,
                "title": section.title,
                "several": len(section.setting.runs) > 1,
                "sources": [
                    {"name": source.name, "label": source.label, "recorded": source.recorded}
                    for source in section.sources
                ],
                "episodes": [episode.view for episode in section.episodes],
            }
            for section in sections
        ],
    }


def _blocks(collection: Collection, standings: list[Standings], sections: list[Section]) -> dict[str, str]:
    """What the scripts unpack when it is looked at, by the id of its element."""
    blocks = {}
    if standings:
        boards = [board for one in standings for board in one.boards]
        blocks["profiles"] = pack_profiles({board.anchor: board.profiles for board in boards})
    for section in sections:
        if section.curves.keys:
            blocks[f"{section.anchor}-curves"] = pack_curves(section.curves)
        if section.sources:
            blocks[f"{section.anchor}-talk"] = pack_values([episode.transcript for episode in section.episodes])
    return blocks | {"all-configs": pack_values(run_configs(collection))}


def _static(folder: str, names: tuple[str, ...], suffix: str) -> Markup:
    place = files(__package__ or "palaestra.baselines.report") / folder
    return Markup("\n".join((place / f"{name}.{suffix}").read_text(encoding="utf-8") for name in names))
