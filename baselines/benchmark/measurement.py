"""Measures the references: random and the expert in every setting of some recipes."""

from __future__ import annotations

from collections.abc import Iterable

from ...agents.baseline_agents import OracleAgent
from ...wrappers.catalogue import is_for_training_alone
from ..progress import ProgressSink, silent
from ..recipe import Recipe
from ..runs import Scores
from ..scoring import has_oracle, play, random_agent, scores_of
from ..store.record import options_line
from .references import Reference, SettingKey

FIRST_REFERENCE_SEED = 500_000
"""Recipes evaluate on seeds from 1,000,000 on, and train agents that speak on those from 2³¹ on: no reference is
measured on an episode that an agent is chosen or scored by."""

REFERENCE_EPISODES = 1000


def settings_of(recipes: Iterable[Recipe]) -> dict[SettingKey, Recipe]:
    """The settings of recipes, each with the first recipe in it."""
    found: dict[SettingKey, Recipe] = {}
    for recipe in recipes:
        found.setdefault((recipe.env.id, options_line(recipe.to_config())), recipe)
    return found


def measure_reference(
    recipe: Recipe, *, episodes: int = REFERENCE_EPISODES, command: str = "", progress: ProgressSink = silent
) -> Reference:
    """What random and the expert score in a recipe's setting.

    Args:
        recipe: the setting; what it trains does not matter.
        episodes: how many each of them plays.
        command: what asked for it.
        progress: is told the episodes played, of both together.

    Raises:
        ValueError: no episode could be graded.
    """
    seeds = range(FIRST_REFERENCE_SEED, FIRST_REFERENCE_SEED + episodes)
    players = {"random": random_agent(0)} | ({"oracle": OracleAgent} if has_oracle(recipe) else {})
    scores: dict[str, Scores] = {}
    for name, player in players.items():
        before = len(scores) * episodes

        def report(done: int, name: str = name, before: int = before) -> None:
            progress(before + done, len(players) * episodes, name)

        scores[name] = scores_of(play(recipe, player, seeds, progress=report))
    return Reference(
        env_id=recipe.env.id,
        env_kwargs={**recipe.env.kwargs, **recipe.evaluation.kwargs},
        wrappers=tuple(
            wrapper.model_dump(mode="json") for wrapper in recipe.wrappers if not is_for_training_alone(wrapper.name)
        ),
        first_seed=FIRST_REFERENCE_SEED,
        random=scores["random"],
        oracle=scores.get("oracle"),
        command=command,
    )


def disagreement(stored: Reference, measured: Reference) -> str | None:
    """Where two measurements of a setting cannot be of the same thing: their 95 % intervals do not meet.

    Returns:
        The first player and measure that differ, with both intervals; None where all agree.
    """
    for player in ("random", "oracle"):
        one: Scores | None = getattr(stored, player)
        other: Scores | None = getattr(measured, player)
        if (one is None) != (other is None):
            return f"{player}: only {'the file' if other is None else 'the environment'} has one"
        if one is None or other is None:
            continue
        for measure, intervals in (("success", _success_intervals), ("return", _return_intervals)):
            (low, high), (other_low, other_high) = intervals(one), intervals(other)
            if low > other_high or other_low > high:
                return (
                    f"{player}'s {measure}: {low:.3g} … {high:.3g} in the file, now {other_low:.3g} … {other_high:.3g}"
                )
    return None


def _success_intervals(scores: Scores) -> tuple[float, float]:
    if scores.success_low is None or scores.success_high is None:
        return -1.0, -1.0  # no notion of success, which agrees with itself alone
    return scores.success_low, scores.success_high


def _return_intervals(scores: Scores) -> tuple[float, float]:
    return scores.return_low, scores.return_high
