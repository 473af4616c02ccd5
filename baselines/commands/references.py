"""`palaestra references`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import tyro

from ..errors import RunError, UsageError

if TYPE_CHECKING:
    from ..benchmark.references import Reference, SettingKey


@dataclass(frozen=True)
class References:
    """Measure what random and the expert score in every setting of suites: the scale that scores are normalised to."""

    suites: tyro.conf.Positional[tuple[str, ...]] = ()
    """Shipped suites or YAML files; all that are shipped where none is named."""

    episodes: int = 1000
    """How many random and the expert play, each, in every setting."""

    write: Path | None = None
    """Write them into this file; what it says of other settings stays where suites are named."""

    check: tyro.conf.FlagCreatePairsOff[bool] = False
    """Fail where a setting has no stored reference, or one whose 95 % interval does not meet the one measured now."""

    def run(self) -> None:
        """Measure, print, and write or check."""
        from ..benchmark.references import load_references, write_references

        if self.episodes < 1:
            raise UsageError(f"--episodes must be 1 or more, got {self.episodes}")
        if self.write is not None and (self.write.is_dir() or not self.write.parent.is_dir()):
            raise UsageError(f"--write {self.write} must name a file in a folder that is there")
        stored = load_references() if self.check else {}
        keeps = self.write is not None and bool(self.suites) and self.write.exists()
        if keeps:
            load_references(self.write)  # a file that cannot be read is told of before the measurement
        measured = self._measure()
        _print(measured)
        if self.write is not None:
            kept = load_references(self.write) if keeps else {}  # as others have left it meanwhile
            write_references({**kept, **measured}.values(), self.write)
            print(f"references: {self.write}")
        if self.check:
            _check(stored, measured)

    def _measure(self) -> dict[SettingKey, Reference]:
        from rich.console import Console

        from ..benchmark.measurement import measure_reference, settings_of
        from ..benchmark.suite import load_suite, shipped_suites
        from ..progress import progress_board

        names = self.suites or tuple(shipped_suites())
        settings = settings_of(recipe for name in names for recipe in load_suite(name).recipes)
        command = " ".join(["palaestra references", *self.suites, f"--episodes {self.episodes}"])
        console = Console(stderr=True)
        measured: dict[SettingKey, Reference] = {}
        for key, recipe in settings.items():
            with progress_board([_title(key)], console=console) as [sink]:
                measured[key] = measure_reference(recipe, episodes=self.episodes, command=command, progress=sink)
        return measured


def _print(references: Mapping[SettingKey, Reference]) -> None:
    from ..grids import Grid, print_grids
    from ..tables import score_text

    rows = [
        (_title(key), score_text(reference.random), score_text(reference.oracle) if reference.oracle else "–")
        for key, reference in references.items()
    ]
    title = "success, or else return, with 95 % intervals"
    print_grids([Grid(title, ("setting", "random", "oracle"), tuple(rows))])


def _check(stored: Mapping[SettingKey, Reference], measured: Mapping[SettingKey, Reference]) -> None:
    from ..benchmark.measurement import disagreement

    problems = []
    for key, reference in measured.items():
        problem = disagreement(stored[key], reference) if key in stored else "there is no reference"
        if problem:
            problems.append(f"{_title(key)}: {problem}")
    if problems:
        raise RunError(f"{'; '.join(problems)}. `palaestra references --write FILE` writes them anew")
    print(f"all {len(measured)} agree with the stored ones")


def _title(key: SettingKey) -> str:
    env_id, options = key
    return f"{env_id} ({options})" if options else env_id
