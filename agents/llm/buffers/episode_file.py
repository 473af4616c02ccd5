"""Episodes in a file: one JSON object a line, as in the `episodes.jsonl` of a run's folder.

A line holds `turns`, each with its `observation`, `action` and `reward`. It may hold `seed`, which tells tasks apart
(without it, every line is a task of its own), `success`, and `level` and `final_observation` for people to read.
Other keys, such as those that runs write beside these, are left alone.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from pydantic import BaseModel, Field, FiniteFloat, ValidationError

from ...durable import replace_file
from ...evaluation import EpisodeRecord
from ..demonstrations import Demonstration


class _Turn(BaseModel):
    observation: str
    action: str
    reward: FiniteFloat


class _Line(BaseModel):
    turns: list[_Turn] = Field(min_length=1)
    seed: int | None = None
    success: bool | None = None


def write_episodes(path: str | Path, records: Iterable[EpisodeRecord]) -> None:
    """Write episodes that `palaestra.agents.evaluation.evaluate` played, whoever the agent was.

    Args:
        path: the file, replaced as a whole; its folder is there.
        records: the episodes.

    Raises:
        OSError: the file cannot be written; what was there is as it was.
    """
    with replace_file(Path(path)) as file:
        for record in records:
            line = {
                "seed": record.seed,
                "level": record.level,
                "success": record.success,
                "turns": [
                    {"observation": turn.observation, "action": turn.action, "reward": turn.reward}
                    for turn in record.turns
                ],
                "final_observation": record.final_observation,
            }
            file.write(json.dumps(line).encode() + b"\n")


def read_episodes(path: str | Path) -> list[Demonstration]:
    """Read a file of episodes.

    Returns:
        The episodes, in the order of the lines. One that does not say whether it succeeded did so where its return is
        over 0; one without a seed gets a negative one that no other has.

    Raises:
        ValueError: the file cannot be read, holds no episode, or a line does not fit; the message names it.
    """
    try:
        lines = Path(path).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"episodes {str(path)!r} cannot be read: {error}") from error
    episodes = [_read(line, number, f"{path}:{number}") for number, line in enumerate(lines, 1) if line.strip()]
    if not episodes:
        raise ValueError(f"episodes {str(path)!r} holds no episode; a line is a JSON object with 'turns'")
    return episodes


def _read(text: str, number: int, where: str) -> Demonstration:
    try:
        line = _Line.model_validate_json(text)
    except ValidationError as error:
        detail = error.errors(include_url=False)[0]
        key = ".".join(map(str, detail["loc"]))
        raise ValueError(f"{where}: {key + ': ' if key else ''}{detail['msg']}") from error
    rewards_K = [turn.reward for turn in line.turns]
    return Demonstration(
        observations_K=[turn.observation for turn in line.turns],
        actions_K=[turn.action for turn in line.turns],
        rewards_K=rewards_K,
        success=sum(rewards_K) > 0 if line.success is None else line.success,
        seed=-number if line.seed is None else line.seed,
    )
