"""The trials of a study, kept line by line in its folder."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from ..errors import RunError
from ..journal import append_line, keep_lines, read_lines
from ..runs import Scores
from ..statistics import interquartile_mean


@dataclass(frozen=True, slots=True)
class SeedScore:
    """What a run came to.

    Attributes:
        seed: the run's.
        score: its final score in the setting's measure; None where it failed.
        random_score: what the random agent scored beside it.
        error: why it failed.
        timesteps: the steps it took.
        wall_time_s: how long that took.
    """

    seed: int
    score: float | None
    random_score: float | None = None
    error: str | None = None
    timesteps: int = 0
    wall_time_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Trial:
    """A setting of the parameters that was tried.

    Attributes:
        number: from 0.
        parameters: the values by their dotted names.
        seeds: what its runs came to.
        score: the interquartile mean over its runs (their mean where they are fewer than four), a failed one taken for
            the worst; None where every run of the study so far has failed.
    """

    number: int
    parameters: Mapping[str, Any]
    seeds: tuple[SeedScore, ...] = field(default=())
    score: float | None = None


def measure(scores: Scores) -> float:
    """A run's score as it is compared: the success rate where there is one, else the mean return."""
    return scores.return_mean if scores.success_rate is None else scores.success_rate


def worst_score(seeds: Sequence[SeedScore]) -> float | None:
    """What a failed run counts as: the lowest score of any run or random agent so far; None where there is none."""
    known = [score for seed in seeds for score in (seed.score, seed.random_score) if score is not None]
    return min(known, default=None)


def filled_scores(seeds: Sequence[SeedScore], worst: float | None) -> list[float]:
    """The scores of runs, the worst in place of those that failed; none where no worst is known and one failed."""
    filled = [worst if seed.score is None else seed.score for seed in seeds]
    return [score for score in filled if score is not None] if None not in filled else []


def scored(trials: Sequence[Trial], before: Sequence[Trial]) -> list[Trial]:
    """The trials of a batch with their scores.

    Args:
        trials: the batch, with what its runs came to.
        before: the trials of the batches before.
    """
    worst = worst_score([seed for trial in (*before, *trials) for seed in trial.seeds])
    found = []
    for trial in trials:
        scores = filled_scores(trial.seeds, worst)
        score = float(interquartile_mean(scores)) if scores else None
        found.append(Trial(trial.number, trial.parameters, trial.seeds, score))
    return found


class TrialLog:
    """The file of a study's trials: a line when one is proposed, and one when it is scored.

    Args:
        path: the file, made when it is needed.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> tuple[dict[int, dict[str, Any]], list[Trial]]:
        """The parameters of every trial that was proposed, and the trials that were scored.

        A last line that a kill tore is dropped.

        Raises:
            RunError: another line is damaged.
        """
        try:
            keep_lines(self._path, lambda line: True)
            proposed: dict[int, dict[str, Any]] = {}
            trials: dict[int, Trial] = {}
            for line in read_lines(self._path):
                if line["event"] == "proposed":
                    proposed[line["number"]] = line["parameters"]
                else:
                    seeds = tuple(SeedScore(**seed) for seed in line["seeds"])
                    trials[line["number"]] = Trial(line["number"], line["parameters"], seeds, line["score"])
        except (KeyError, TypeError, ValueError) as error:
            raise RunError(f"{self._path} cannot be read as a study's trials ({error}): move it away") from error
        return proposed, [trials[number] for number in sorted(trials)]

    def proposed(self, number: int, parameters: Mapping[str, Any]) -> None:
        """Note what a trial will try."""
        append_line(self._path, {"event": "proposed", "number": number, "parameters": dict(parameters)})

    def scored(self, trial: Trial) -> None:
        """Note what a trial came to."""
        append_line(self._path, {"event": "scored", **asdict(trial)})
