"""`palaestra compare`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import tyro

from ..errors import UsageError
from .chosen_runs import chosen_runs

if TYPE_CHECKING:
    from ..leaderboard import Leaderboard


@dataclass(frozen=True)
class Compare:
    """Compare agents: in every setting, and by normalised scores over the settings they share."""

    paths: tyro.conf.Positional[tuple[Path, ...]] = (Path("runs"),)
    """Run folders, folders with runs somewhere below, or .parquet files."""

    filter: str = ""
    """Conditions on the runs, as in `palaestra runs`: "env=robot/* algo=ppo,sac"."""

    checkpoint: Literal["last", "best", "all"] = "last"
    """Whose scores: the last checkpoint's, the best one's, or all of them averaged over training (the area under the
    learning curve)."""

    references: Path | None = None
    """What random and the expert score, a file of `palaestra references`; the shipped one where none is given."""

    as_json: Annotated[tyro.conf.FlagCreatePairsOff[bool], tyro.conf.arg(name="json")] = False
    """Print everything as JSON: all scores, intervals, profiles and pairs."""

    markdown: tyro.conf.FlagCreatePairsOff[bool] = False
    """Print Markdown."""

    into: Path | None = None
    """Write the Markdown into this file, between `<!-- MARKER:begin -->` and `<!-- MARKER:end -->`."""

    marker: str = "leaderboard"
    """The name of the place in the file."""

    check: tyro.conf.FlagCreatePairsOff[bool] = False
    """With --into: write nothing, and fail where the file says something else."""

    def run(self) -> None:
        """Read the runs, compare, and print or write."""
        import json

        from ..grids import print_grids
        from ..leaderboard.grids import duels, markdown, scores_by_setting, standings
        from ..marked_section import MarkedSection
        from ..plain import to_plain

        self._check_usage()
        section = MarkedSection(self.into, self.marker) if self.into is not None else None
        board = self._leaderboard()
        if self.as_json:
            print(json.dumps(to_plain(board), ensure_ascii=False, allow_nan=False))
        elif self.markdown:
            print(markdown(board))
        elif section is None:
            print_grids(
                [*scores_by_setting(board), *standings(board), *duels(board)], [caveat.text for caveat in board.caveats]
            )
        elif self.check:
            section.check(markdown(board), remedy="the same command without --check")
        else:
            section.write(markdown(board))
            print(f"{section.path}: {self.marker}")

    def _check_usage(self) -> None:
        if self.as_json + self.markdown + (self.into is not None) > 1:
            raise UsageError("--json, --markdown and --into exclude each other")
        if self.check and self.into is None:
            raise UsageError("--check compares with a file: give --into FILE with it")

    def _leaderboard(self) -> Leaderboard:
        from ..benchmark.references import load_references
        from ..leaderboard import leaderboard

        references = load_references(self.references)
        runs = chosen_runs(self.paths, self.filter, series=self.checkpoint == "all")
        return leaderboard(runs, references, checkpoint="agent" if self.checkpoint == "last" else self.checkpoint)
