"""`palaestra play`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import tyro

from ...envs.core import EnvEntry
from ..errors import UsageError


@dataclass(frozen=True)
class Play:
    """Play an episode: at the terminal where the environment is text, as a moving picture where it is a body."""

    id: Annotated[str, tyro.conf.Positional]
    """The environment."""

    seed: int = 0
    """Of the episode."""

    level: int | None = None
    """The difficulty, in place of the environment's own."""

    agent: Literal["oracle", "random"] = "oracle"
    """Who moves a body, where no run is given."""

    agent_run: Annotated[Path | None, tyro.conf.arg(name="run")] = None
    """A run folder whose best checkpoint moves the body."""

    out: Path | None = None
    """The moving picture to write, .webp or .gif."""

    def run(self) -> None:
        """Play it."""
        from .lookup import entry_named

        entry = entry_named(self.id)
        if self.seed < 0:
            raise UsageError(f"--seed must be 0 or more, got {self.seed}")
        if self.level is not None and not 0 <= self.level < entry.levels:
            raise UsageError(f"--level must lie in 0 … {entry.levels - 1} for {entry.id}, got {self.level}")
        if entry.kind == "text":
            self._at_the_terminal(entry)
        else:
            self._filmed(entry)

    def _at_the_terminal(self, entry: EnvEntry) -> None:
        import gymnasium as gym

        from ..play import play_text

        if self.agent_run is not None or self.out is not None:
            raise UsageError(f"{entry.id} is played at the terminal: --run and --out are for bodies")
        print(f"{entry.id}: type an answer; ? asks the oracle, Ctrl-D ends")
        env = gym.make(entry.id, disable_env_checker=True)
        try:
            play_text(env, _typed_lines(), seed=self.seed, level=self.level)
        finally:
            env.close()

    def _filmed(self, entry: EnvEntry) -> None:
        from ..evaluate import load_player, recipe_of
        from ..play import film_episode

        out = self.out or Path(f"{entry.id.replace('/', '-')}.webp")
        if out.suffix not in (".webp", ".gif"):
            raise UsageError(f"--out must end with .webp or .gif, got {out}")
        recipe, folder = recipe_of(self.id if self.agent_run is None else str(self.agent_run))
        if recipe.env.id != entry.id:
            raise UsageError(f"{self.agent_run} was trained in {recipe.env.id}, not in {entry.id}")
        player = load_player(recipe, folder, self.agent if folder is None else "best", "auto")
        record = film_episode(recipe, player, out, seed=self.seed, level=self.level)
        ending = "" if record.success is None else ", solved" if record.success else ", not solved"
        print(f"{len(record.turns)} steps, return {record.episode_return:.2f}{ending}\nmoving picture: {out}")


def _typed_lines() -> Iterator[str]:
    import sys

    prompt = "> " if sys.stdin.isatty() else ""
    while True:
        try:
            yield input(prompt)
        except EOFError:
            return
