"""`palaestra record`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import tyro

from ..errors import UsageError

if TYPE_CHECKING:
    import gymnasium as gym

    from ...envs.core.bodies.offline_data import OfflineDataset


@dataclass(frozen=True)
class Record:
    """Play a data set of a body, for agents that learn offline: by its expert, by chance, or by both."""

    id: Annotated[str, tyro.conf.Positional]
    """The environment."""

    family: Annotated[str, tyro.conf.Positional]
    """Who plays: expert, narrow, play, mixed or random."""

    out: Annotated[str, tyro.conf.Positional]
    """Where to: a new .npz file, or the name of a new data set in Minari's folder, as palaestra/point-maze/play-v0."""

    transitions: int = 20_000
    """How many there are at least: the last episode is played to its end."""

    seed: int = 0
    """Of everything random."""

    set: tyro.conf.UseAppendAction[tuple[str, ...]] = ()
    """Change the environment: --set env.kwargs.split=train."""

    def run(self) -> None:
        """Play it, and write it."""
        from ...envs.core.bodies.offline_data import collect
        from ..evaluate import recipe_of
        from ..recipe import evaluation_environment, in_another_environment
        from .lookup import entry_named

        entry = entry_named(self.id)
        if entry.kind != "body":
            raise UsageError(f"{entry.id} is no body: data sets are of bodies, whose observations are vectors")
        if self.seed < 0:
            raise UsageError(f"--seed must be 0 or more, got {self.seed}")
        recipe, _ = recipe_of(entry.id)
        if self.set:
            recipe = in_another_environment(recipe, self.set)
        env = evaluation_environment(recipe)()
        try:
            self._check_out()  # before anything is played
            dataset = collect(env, self.family, self.transitions, self.seed)
            self._write(dataset, env)
        except ValueError as error:
            raise UsageError(str(error)) from error
        finally:
            env.close()
        counts = f"{len(dataset):,} transitions, {len(dataset.episode_ends):,} episodes"
        print(f"{counts}, {int(dataset.success.sum()):,} of them solved: {self.out}")

    @property
    def _is_file(self) -> bool:
        return self.out.endswith(".npz")

    def _check_out(self) -> None:
        from ...envs.core.bodies.minari_data import check_new_minari

        if not self._is_file:
            check_new_minari(self.out)
        elif Path(self.out).exists():
            raise UsageError(f"{self.out} is there already")

    def _write(self, dataset: OfflineDataset, env: gym.Env[Any, Any]) -> None:
        from ...envs.core.bodies.minari_data import write_minari

        if self._is_file:
            dataset.save(self.out)
        else:
            played = f"{self.family} in {self.id}, seed {self.seed}"
            write_minari(dataset, env, self.out, player=self.family, description=played)
