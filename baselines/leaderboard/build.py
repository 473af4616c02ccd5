"""Builds a leaderboard from runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..benchmark.references import Reference, SettingKey
from ..store.record import Run
from .caveats import caveats_of
from .comparisons import comparisons, normalised_scores
from .contenders import contenders_of
from .results import Checkpoint, Leaderboard
from .settings import setting_table


def leaderboard(
    runs: Sequence[Run], references: Mapping[SettingKey, Reference], *, checkpoint: Checkpoint = "agent"
) -> Leaderboard:
    """Compare the agents of runs, setting by setting and over the settings they share.

    A run counts once it is finished and has the score that is asked for; those that failed or did not finish are
    counted and named in the caveats. A setting's scores are success rates where the environment says what success is,
    else mean returns, and become (score - random) / (oracle - random) where they are compared over settings; intervals
    are over seeds and take both ends of the scale as known. The same runs give the same leaderboard to the digit, in
    whatever order they come.

    Args:
        runs: of any recipes, settings and states.
        references: what random and the expert score; in other settings the runs' own measurements are taken.
        checkpoint: `agent` for the last checkpoint, `best` for the best, `all` for the area under the learning curve,
            for which the runs need their metrics; they are never mixed.

    Raises:
        ValueError: there is no run.
    """
    if not runs:
        raise ValueError("runs must hold at least one run, got none")
    contenders = contenders_of(runs)
    tables = [setting_table(id, present, references, checkpoint) for id, present in contenders.items()]
    return Leaderboard(
        checkpoint=checkpoint,
        comparisons=comparisons(normalised_scores(tables)),
        settings=tuple(tables),
        caveats=caveats_of(contenders, tables),
    )
