"""The checkpoint that a run goes on from: the agent's training state, and what the run knows beside it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from ..agents.durable import replace_folder
from .agents import AgentKind, TrainableAgent
from .errors import RunError


@dataclass(slots=True)
class RunProgress:
    """What a checkpoint knows of the run beside the agent itself.

    Attributes:
        step: environment steps done.
        wall_time: seconds of training so far.
        episodes: training episodes so far, where they are counted.
        trained: whether the budget is used up.
        last_step: the step of the last evaluation.
        best_step: the step of the best one.
        best_score: its score.
    """

    step: int = 0
    wall_time: float = 0.0
    episodes: int | None = None
    trained: bool = False
    last_step: int | None = None
    best_step: int | None = None
    best_score: tuple[float, float] | None = None


def write_checkpoint(path: Path, kind: AgentKind, agent: TrainableAgent, progress: RunProgress) -> None:
    """Replace the checkpoint at `path`; a kill in the middle leaves the former one.

    Raises:
        OSError: the disk is full, say; the former checkpoint stands.
    """
    with replace_folder(path) as folder:
        (folder / "state").mkdir()
        kind.save_training(agent, folder / "state")
        agent.save(folder / "agent")
        (folder / "progress.json").write_text(json.dumps(asdict(progress)))


def read_progress(path: Path) -> RunProgress:
    """What the checkpoint at `path` knows of the run.

    Raises:
        RunError: it is damaged.
    """
    file = path / "progress.json"
    try:
        value = json.loads(file.read_text())
        if value["best_score"] is not None:
            value["best_score"] = tuple(value["best_score"])
        return RunProgress(**value)
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise _damaged(f"{file} cannot be read ({type(error).__name__}: {error})") from error


def restore_agent(path: Path, kind: AgentKind, agent: TrainableAgent) -> None:
    """Put a freshly built agent where the one in the checkpoint was.

    Raises:
        RunError: the checkpoint is damaged, or does not fit the agent.
    """
    try:
        kind.load_training(agent, path / "state")
    except (OSError, ValueError) as error:
        raise _damaged(str(error)) from error


def _damaged(what: str) -> RunError:
    return RunError(f"{' '.join(what.split())}; --force puts the run aside and starts it afresh")
