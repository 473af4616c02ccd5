"""`palaestra effective-horizon`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import tyro

from ..errors import UsageError
from .chosen_runs import chosen_runs


@dataclass(frozen=True)
class EffectiveHorizon:
    """Say how hard the decision processes are: their effective horizons; with runs, also what agents needed in them."""

    paths: tyro.conf.Positional[tuple[Path, ...]] = ()
    """Run folders, folders with runs somewhere below, or .parquet files, of the suite `horizon`, say."""

    levels: Annotated[tuple[int, ...], tyro.conf.arg(metavar="N [N ...]")] = ()
    """Only these levels of the processes; all unless given."""

    sticky: float = 0.25
    """How often the last action is carried out again."""

    simulate: tyro.conf.FlagCreatePairsOff[bool] = False
    """Also say how many episodes a step SQIRL needed in simulation, with the best depth of 1 to 3; takes minutes."""

    share: float = 0.95
    """How far on the way from random play to the best policy counts as solved, in runs."""

    filter: str = ""
    """Conditions on the runs, as in `palaestra runs`: "env=tabular/* algo=ppo,dqn,sqirl"."""

    as_json: Annotated[tyro.conf.FlagCreatePairsOff[bool], tyro.conf.arg(name="json")] = False
    """Print JSON in place of a table."""

    def run(self) -> None:
        """Work it out, and print."""
        if not 0.0 <= self.sticky < 1.0:
            raise UsageError(f"--sticky must be from 0 to below 1, got {self.sticky}")
        if not 0.0 < self.share <= 1.0:
            raise UsageError(f"--share must be over 0, and 1 at most, got {self.share}")
        if any(not 0 <= level <= 2 for level in self.levels):
            raise UsageError(f"--levels must be from 0 to 2, got {self.levels}")
        if self.paths:
            self._study()
        else:
            self._table()

    def _table(self) -> None:
        from ..grids import print_grids
        from ..horizon.processes import horizons_grid, process_horizons
        from ..plain import to_plain
        from ..store.listing import print_json

        rows = list(process_horizons(self.levels or None, sticky=self.sticky, simulate=self.simulate))
        if self.as_json:
            print_json(to_plain(rows))
        else:
            print_grids([horizons_grid(rows)])

    def _study(self) -> None:
        from ..grids import print_grids
        from ..horizon import horizon_study
        from ..horizon.study import study_grid, study_notes
        from ..plain import to_plain
        from ..store.listing import print_json

        study = horizon_study(chosen_runs(self.paths, self.filter), share=self.share)
        if not study.rows:
            raise UsageError("no finished run is of a decision process and has been evaluated while it was trained")
        if self.as_json:
            print_json(to_plain(study))
        else:
            print_grids([study_grid(study)], study_notes(study))
