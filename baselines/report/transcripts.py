"""Chooses the episodes a reader gets to see, and cuts them to what a page can hold."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import zip_longest
from pathlib import Path
from typing import Any

from ..store.record import Run
from .aggregate import POLICIES
from .collect import Setting

EPISODES_PER_SOURCE = 10
ANIMATIONS_PER_SOURCE = 3
TURNS_PER_EPISODE = 200
CHARACTERS_PER_TEXT = 6000
SOURCE_ORDER = ("agent", "best", "warm_start", "oracle", "random")
IMAGE_TYPES = {".webp": "image/webp", ".gif": "image/gif", ".png": "image/png"}


@dataclass(frozen=True, slots=True)
class Text:
    """A text cut to length; `left_out` counts the characters that are not shown."""

    shown: str
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class Turn:
    """What was seen, what was done, what it brought."""

    number: int
    observation: Text | None
    action: Text
    reward: float | None
    terms: list[tuple[str, float]]


@dataclass(frozen=True, slots=True)
class EpisodeView:
    """One episode as the page shows it.

    Attributes:
        anchor: the fragment under which the page links to it.
        speaks: whether it is a conversation; otherwise its turns are rows of numbers.
        turns_left_out: how many turns at the end are not shown.
        animation: its moving picture as a data URI.
    """

    anchor: str
    source: str
    recipe: str
    run_seed: int
    step: int
    seed: int | None
    level: int | None
    success: bool | None
    episode_return: float | None
    verdict: dict[str, Any] | None
    turns: list[Turn]
    turns_left_out: int
    speaks: bool
    final_observation: Text | None
    animation: str | None


@dataclass(frozen=True, slots=True)
class Source:
    """The shown episodes of one policy, out of `recorded` that the run folders hold."""

    name: str
    label: str
    episodes: list[EpisodeView]
    recorded: int


def sources_of(setting: Setting, prefix: str) -> list[Source]:
    """The episodes of a setting by policy. `prefix` starts every anchor and must be unique on the page."""
    recorded: dict[str, list[tuple[Run, dict[str, Any]]]] = {}
    for run in setting.runs:
        for episode in run.episodes:
            recorded.setdefault(str(episode.get("source") or "agent"), []).append((run, episode))
    names = sorted(recorded, key=lambda name: SOURCE_ORDER.index(name) if name in SOURCE_ORDER else len(SOURCE_ORDER))
    sources = []
    for index, name in enumerate(names):
        views = [
            _view(run, episode, name, f"{prefix}-{index}-{number}")
            for number, (run, episode) in enumerate(choose(recorded[name], EPISODES_PER_SOURCE))
        ]
        moving = [view.anchor for view in views if view.animation][:ANIMATIONS_PER_SOURCE]
        views = [view if view.anchor in moving else replace(view, animation=None) for view in views]
        label = POLICIES.get(name, name.replace("_", " ").capitalize())
        sources.append(Source(name, label, views, len(recorded[name])))
    return sources


def choose(recorded: list[tuple[Run, dict[str, Any]]], limit: int) -> list[tuple[Run, dict[str, Any]]]:
    """At most `limit` episodes of every run's last evaluation: runs in turn, successes and failures in turn.

    Both outcomes are shown where both occurred, so the share of successes in the choice is not the success rate. Runs
    are evaluated on the same episode seeds; as long as there is a choice, no seed is shown twice.
    """
    last_step: dict[int, int] = {}
    for run, episode in recorded:
        last_step[id(run)] = max(episode["step"], last_step.get(id(run), 0))
    outcomes: dict[int, dict[bool, list[tuple[Run, dict[str, Any]]]]] = {}
    # sorted: what can be watched comes first
    for run, episode in sorted(recorded, key=lambda pair: not pair[1].get("animation")):
        if episode["step"] == last_step[id(run)]:
            by_outcome = outcomes.setdefault(id(run), {True: [], False: []})
            by_outcome[bool(episode.get("success"))].append((run, episode))
    waiting = [_in_turn(by_outcome.values()) for by_outcome in outcomes.values()]
    chosen: list[tuple[Run, dict[str, Any]]] = []
    seeds: set[Any] = set()
    while len(chosen) < limit and any(waiting):
        for queue in filter(None, waiting):
            unseen = (index for index, (_, episode) in enumerate(queue) if episode.get("seed") not in seeds)
            chosen.append(queue.pop(next(unseen, 0)))
            seeds.add(chosen[-1][1].get("seed"))
    return chosen[:limit]


def _in_turn(lists: Iterable[list[Any]]) -> list[Any]:
    """The first of each list, then the second of each, and so on."""
    return [item for round_ in zip_longest(*lists) for item in round_ if item is not None]


def _view(run: Run, episode: dict[str, Any], source: str, anchor: str) -> EpisodeView:
    raw_turns = episode.get("turns") or []
    final = episode.get("final_observation")
    return EpisodeView(
        anchor=anchor,
        source=source,
        recipe=run.info.recipe,
        run_seed=run.info.seed,
        step=episode["step"],
        seed=episode.get("seed"),
        level=episode.get("level"),
        success=episode.get("success"),
        episode_return=episode.get("episode_return"),
        verdict=episode.get("verdict"),
        turns=[_turn(number, raw) for number, raw in enumerate(raw_turns[:TURNS_PER_EPISODE], start=1)],
        turns_left_out=max(0, len(raw_turns) - TURNS_PER_EPISODE),
        speaks=any(isinstance(raw.get("action"), str) for raw in raw_turns),
        final_observation=None if final is None else cut(final),
        animation=_data_uri(run.path, episode.get("animation")),
    )


def _turn(number: int, raw: dict[str, Any]) -> Turn:
    observation, action = raw.get("observation"), raw.get("action")
    if not isinstance(action, str):
        action = "  ".join(_component(part) for part in (action if isinstance(action, list) else [action]))
    return Turn(
        number=number,
        observation=None if observation is None else cut(str(observation)),
        action=cut(action),
        reward=raw.get("reward"),
        terms=list((raw.get("reward_terms") or {}).items()),
    )


def _component(value: Any) -> str:
    return f"{value:+.3f}" if isinstance(value, float) else str(value)


def cut(text: str) -> Text:
    """The beginning of a text that may be a megabyte long."""
    return Text(text[:CHARACTERS_PER_TEXT], max(0, len(text) - CHARACTERS_PER_TEXT))


def _data_uri(folder: Path, name: Any) -> str | None:
    """A picture inside the run folder as a data URI; None for anything else that the name may point to."""
    if not isinstance(name, str) or Path(name).suffix not in IMAGE_TYPES:
        return None
    try:
        path = (folder / name).resolve()
        if not path.is_relative_to(folder.resolve()):
            return None
        content = path.read_bytes()
    except (OSError, ValueError):
        return None
    return f"data:{IMAGE_TYPES[path.suffix]};base64,{base64.b64encode(content).decode('ascii')}"
