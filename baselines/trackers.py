"""Sends a run's metrics to Weights & Biases or to trackio, beside what its folder keeps."""

from __future__ import annotations

import importlib
from typing import Any, Literal

from stable_baselines3.common.logger import KVWriter

from .errors import RunError
from .runs import RunFolder, RunInfo

Tracker = Literal["wandb", "trackio"]

PROJECT = "palaestra"


class TrackerWriter(KVWriter):
    """Hands what is logged on to a tracker's run.

    Args:
        run: what `wandb.init` or `trackio.init` returned.
    """

    def __init__(self, run: Any) -> None:
        self._run = run

    def write(self, key_values: dict[str, Any], key_excluded: dict[str, tuple[str, ...]], step: int = 0) -> None:
        """Log the numbers among the values at an environment step."""
        values = {name: float(value) for name, value in key_values.items() if isinstance(value, int | float)}
        if values:
            self._run.log(values, step=step)

    def close(self) -> None:
        """Finish the run."""
        self._run.finish()


def open_tracker(tracker: Tracker, folder: RunFolder, info: RunInfo) -> TrackerWriter:
    """Begin, or go on with, a run of a tracker; it has the id of the run's folder.

    Where it goes is the tracker's own affair: its environment variables (`WANDB_MODE=offline`, `TRACKIO_DIR` …) hold.

    Raises:
        ImportError: the tracker is not installed.
        RunError: it does not let the run begin; the message says why.
    """
    module = importlib.import_module(tracker)
    title = f"{info.recipe} seed {info.seed}"
    arguments: dict[str, Any] = {
        "project": PROJECT,
        "group": f"{info.env_id} {info.recipe}",
        "config": folder.read_config(),
        "resume": "allow",
    }
    if tracker == "wandb":
        arguments |= {"id": info.id, "name": title, "dir": str(folder.path)}
        arguments["settings"] = module.Settings(console="off", silent=True)
    else:  # trackio knows a run by its name alone
        arguments |= {"name": f"{title} {info.id}", "embed": False}
    try:
        return TrackerWriter(module.init(**arguments))
    except Exception as error:
        reason = " ".join(str(error).split()) or type(error).__name__
        raise RunError(f"--track {tracker}: {tracker}.init failed: {reason}") from error
