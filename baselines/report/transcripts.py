"""Chooses the episodes a reader gets to see, and cuts them to what a page can hold."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

import numpy as np

from ..store.record import Run
from .aggregate import POLICIES
from .collect import Setting

TURNS_PER_EPISODE = 200
CHARACTERS_PER_TEXT = 6000
TRAINING_STEPS = 12
TRAINING_EPISODES = 4  # at each of these steps
TRAINING = "training"
SOURCE_ORDER = ("agent", "best", TRAINING, "warm_start", "oracle", "random")


@dataclass(frozen=True, slots=True)
class Text:
    """A text cut to length; `left_out` counts the characters that are not shown."""

    shown: str
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class Token:
    """One token that the agent was trained on. `logprob` is that under which it was sampled."""

    text: str
    advantage: float | None
    logprob: float | None


@dataclass(frozen=True, slots=True)
class Turn:
    """What was seen, what was done, what it brought; `tokens` are the agent's own where training recorded them."""

    observation: Text | None
    action: Text
    reward: float | None
    terms: list[tuple[str, float]]
    tokens: list[Token]


@dataclass(frozen=True, slots=True)
class Transcript:
    """An episode from beginning to end.

    Attributes:
        speaks: whether it is a conversation; otherwise its turns are rows of numbers.
        turns_left_out: how many turns at the end are not shown.
    """

    speaks: bool
    turns: list[Turn]
    turns_left_out: int
    verdict: dict[str, Any] | None
    final_observation: Text | None


@dataclass(frozen=True, slots=True)
class EpisodeView:
    """One episode as the page lists it.

    Attributes:
        anchor: the fragment under which the page links to it.
        source: who played, or `training`.
        label: the agent of its run.
        status: the verdict's.
        turns: how many it took.
        scale: the largest advantage without its sign among the episodes of its run and step; None where none is known.
    """

    anchor: str
    source: str
    label: str
    run_seed: int
    step: int
    seed: int | None
    level: int | None
    success: bool | None
    episode_return: float | None
    status: str | None
    turns: int
    scale: float | None


@dataclass(frozen=True, slots=True)
class Episode:
    """A chosen episode: how it is listed, what happened, and the run and line that it is from."""

    view: EpisodeView
    transcript: Transcript
    run: Run
    line: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Source:
    """The shown episodes of one policy, out of `recorded` that the run folders hold."""

    name: str
    label: str
    episodes: list[Episode]
    recorded: int


def sources_of(setting: Setting, prefix: str, limit: int) -> list[Source]:
    """At most `limit` episodes of each policy of a setting. `prefix` starts every anchor, and no other setting's."""
    recorded: dict[str, list[tuple[Run, dict[str, Any]]]] = {}
    for run in setting.runs:
        for line in run.episodes:
            if not _is_episode(line):
                continue  # no line that a run wrote; it must not cost the page
            recorded.setdefault(str(line.get("source") or "agent"), []).append((run, line))
    labels = {id(run): group.label for group in setting.groups for run in group.runs}
    sources = []
    for index, name in enumerate(sorted(recorded, key=source_rank)):
        chosen = choose_training(recorded[name]) if name == TRAINING else choose(recorded[name], limit)
        scales = _scales(chosen)
        episodes = []
        for number, (run, line) in enumerate(chosen):
            anchor = f"{prefix}-{index}-{number}"
            view = _view(run, line, name, labels[id(run)], anchor, scales.get((id(run), line["step"])))
            episodes.append(Episode(view, _transcript(line), run, line))
        label = "Training" if name == TRAINING else POLICIES.get(name, name.replace("_", " ").capitalize())
        sources.append(Source(name, label, episodes, len(recorded[name])))
    return sources


def _is_episode(line: dict[str, Any]) -> bool:
    """Whether a line has the shape of an episode; what is said and done in it may be anything."""
    turns = line.get("turns") or []
    return (
        isinstance(line.get("step"), int)
        and isinstance(line.get("seed"), int | None)
        and isinstance(line.get("verdict"), dict | None)
        and isinstance(turns, list)
        and all(isinstance(turn, dict) and _is_turn(turn) for turn in turns)
    )


def _is_turn(turn: dict[str, Any]) -> bool:
    tokens = turn.get("tokens") or []
    return (
        isinstance(turn.get("reward_terms"), dict | None)
        and isinstance(tokens, list)
        and all(isinstance(token, list) and len(token) >= 2 and _are_numbers(token[1:3]) for token in tokens)
    )


def _are_numbers(values: list[Any]) -> bool:
    return all(isinstance(value, int | float | None) for value in values)


def source_rank(name: str) -> int:
    """Where a policy stands among others; those that the suite does not know come last."""
    return SOURCE_ORDER.index(name) if name in SOURCE_ORDER else len(SOURCE_ORDER)


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


def choose_training(recorded: list[tuple[Run, dict[str, Any]]]) -> list[tuple[Run, dict[str, Any]]]:
    """Episodes of training, by step: of the first run of every recipe, at evenly spread steps with both ends."""
    first: dict[str, Run] = {}
    for run, _ in recorded:
        first.setdefault(run.info.recipe, run)
    chosen = []
    for run in first.values():
        by_step: dict[int, list[dict[str, Any]]] = {}
        for other, episode in recorded:
            if other is run:
                by_step.setdefault(episode["step"], []).append(episode)
        steps = sorted(by_step)
        picked = np.unique(np.linspace(0, len(steps) - 1, min(len(steps), TRAINING_STEPS)).round().astype(int))
        chosen += [(run, episode) for index in picked for episode in by_step[steps[index]][:TRAINING_EPISODES]]
    return sorted(chosen, key=lambda pair: pair[1]["step"])


def _in_turn(lists: Iterable[list[Any]]) -> list[Any]:
    """The first of each list, then the second of each, and so on."""
    return [item for round_ in zip_longest(*lists) for item in round_ if item is not None]


def _scales(chosen: list[tuple[Run, dict[str, Any]]]) -> dict[tuple[int, int], float]:
    """The largest advantage without its sign, by run and step: what was normalised together is coloured together."""
    scales: dict[tuple[int, int], float] = {}
    for run, line in chosen:
        tokens = [token for turn in line.get("turns") or [] for token in _tokens(turn)]
        sizes = [abs(token.advantage) for token in tokens if token.advantage is not None]
        if sizes:
            key = (id(run), line["step"])
            scales[key] = max(scales.get(key, 0.0), *sizes)
    return scales


def _view(run: Run, line: dict[str, Any], source: str, label: str, anchor: str, scale: float | None) -> EpisodeView:
    verdict = line.get("verdict") or {}
    return EpisodeView(
        anchor=anchor,
        source=source,
        label=label,
        run_seed=run.info.seed,
        step=line["step"],
        seed=line.get("seed"),
        level=line.get("level"),
        success=line.get("success"),
        episode_return=line.get("episode_return"),
        status=verdict.get("status"),
        turns=len(line.get("turns") or []),
        scale=scale,
    )


def _transcript(line: dict[str, Any]) -> Transcript:
    raw_turns = line.get("turns") or []
    final = line.get("final_observation")
    return Transcript(
        speaks=any(isinstance(raw.get("action"), str) for raw in raw_turns),
        turns=[_turn(raw) for raw in raw_turns[:TURNS_PER_EPISODE]],
        turns_left_out=max(0, len(raw_turns) - TURNS_PER_EPISODE),
        verdict=line.get("verdict"),
        final_observation=None if final is None else cut(str(final)),
    )


def _turn(raw: dict[str, Any]) -> Turn:
    observation, action = raw.get("observation"), raw.get("action")
    if not isinstance(action, str):
        action = "  ".join(_component(part) for part in (action if isinstance(action, list) else [action]))
    return Turn(
        observation=None if observation is None else cut(str(observation)),
        action=cut(action),
        reward=raw.get("reward"),
        terms=list((raw.get("reward_terms") or {}).items()),
        tokens=_tokens(raw),
    )


def _tokens(raw: dict[str, Any]) -> list[Token]:
    """The tokens of a turn as `[text, advantage, logprob]`, the last of which may be missing."""
    return [Token(str(text), advantage, *(rest[:1] or [None])) for text, advantage, *rest in raw.get("tokens") or []]


def _component(value: Any) -> str:
    return f"{value:+.3f}" if isinstance(value, float) else str(value)


def cut(text: str) -> Text:
    """The beginning of a text that may be a megabyte long."""
    return Text(text[:CHARACTERS_PER_TEXT], max(0, len(text) - CHARACTERS_PER_TEXT))
