"""Writes an agent's logged metrics to its run folder: lines of JSON, and TensorBoard events."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from typing import Any

import numpy as np
from stable_baselines3.common.logger import KVWriter, Logger, TensorBoardOutputFormat

from .runs import MetricRow, RunFolder


class MetricsWriter(KVWriter):
    """Appends what is logged to `metrics.jsonl`.

    Args:
        folder: the run's folder.
        wall_time: seconds of training so far.
        episodes: training episodes so far, or None where they are not counted.
    """

    def __init__(self, folder: RunFolder, wall_time: Callable[[], float], episodes: Callable[[], int | None]) -> None:
        self._folder = folder
        self._wall_time = wall_time
        self._episodes = episodes

    def write(self, key_values: dict[str, Any], key_excluded: dict[str, tuple[str, ...]], step: int = 0) -> None:
        """Append one line with the numbers among the values; nothing where there is none."""
        values = {name: float(value) for name, value in key_values.items() if _is_number(value)}
        if values:
            self._folder.append_metrics(MetricRow(step, self._episodes(), self._wall_time(), values))

    def close(self) -> None:
        """Nothing is held open."""


def run_logger(folder: RunFolder, wall_time: Callable[[], float], episodes: Callable[[], int | None]) -> Logger:
    """A logger that writes to a run's folder.

    The TensorBoard events are written anew from the metrics there are: a run that goes on after a crash would show
    the steps after its checkpoint twice otherwise.
    """
    shutil.rmtree(folder.tensorboard, ignore_errors=True)
    board = TensorBoardOutputFormat(str(folder.tensorboard))
    for row in folder.read_metrics():
        board.write(dict(row.values), dict.fromkeys(row.values, ("",)), row.step)
    return Logger(str(folder.path), [MetricsWriter(folder, wall_time, episodes), board])


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float | np.integer | np.floating) and not isinstance(value, bool)
