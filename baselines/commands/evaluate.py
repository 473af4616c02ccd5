"""`palaestra evaluate`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

import tyro


@dataclass(frozen=True)
class Evaluate:
    """Score a trained agent, random or the oracle on fixed seeds."""

    target: tyro.conf.Positional[str]
    """A run folder, or an environment's id."""

    agent: Literal["random", "oracle", "last", "best"] | None = None
    """Who plays; a run's best checkpoint, or random where an id is given."""

    episodes: int | None = None
    """How many episodes (a run: as in its recipe, an id: 200)."""

    first_seed: int | None = None
    """The first episode's seed; the test seeds of the final scores where none is given."""

    level: int | None = None
    """The difficulty, in place of the environment's own."""

    set: tyro.conf.UseAppendAction[tuple[str, ...]] = ()
    """Play elsewhere than the agent was trained: --set env.kwargs.digits=3, --set env.id=math/Countdown-v0."""

    device: str = "auto"
    """auto, cpu or cuda."""

    as_json: Annotated[tyro.conf.FlagCreatePairsOff[bool], tyro.conf.arg(name="json")] = False
    """Print JSON in place of a table."""

    def run(self) -> None:
        """Play, and print the scores."""
        import json
        from dataclasses import asdict

        from rich.console import Console

        from ..evaluate import evaluate_player, recipe_of, seeds_of
        from ..progress import progress_board
        from ..recipe import in_another_environment
        from ..tables import player_table

        recipe, folder = recipe_of(self.target)
        if self.set:
            recipe = in_another_environment(recipe, self.set)
        if self.level is not None:
            _check_level(recipe.env.id, self.level)
        player = self.agent or ("random" if folder is None else "best")
        total = len(seeds_of(recipe, self.episodes, self.first_seed))
        # the answer alone goes to stdout, so that JSON can be piped on
        with progress_board([f"{player} in {recipe.env.id}"], console=Console(stderr=True)) as (sink,):
            found = evaluate_player(
                recipe,
                folder,
                player,
                episodes=self.episodes,
                first_seed=self.first_seed,
                level=self.level,
                device=self.device,
                progress=lambda done: sink(done, total, ""),
            )
        if self.as_json:
            run = None if found.run is None else str(found.run)
            where = {"env_id": found.env_id, "agent": player, "run": run}
            print(json.dumps({**where, **asdict(found.scores), **found.measures}))
            return
        console = Console()
        console.print(player_table(player, found.scores))
        if found.measures:
            console.print("means: " + ", ".join(f"{name} {value:.2f}" for name, value in found.measures.items()))


def _check_level(env_id: str, level: int) -> None:
    from ...envs.core import entries
    from ..errors import UsageError

    levels = next((entry.levels for entry in entries() if entry.id == env_id), None)
    if levels is None:
        raise UsageError(f"--level is for this suite's environments; {env_id} knows of none, got {level}")
    if not 0 <= level < levels:
        raise UsageError(f"--level must lie in 0 … {levels - 1} for {env_id}, got {level}")
