"""What a random agent and the expert score in a setting: the ends of the scale that scores are normalised to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from importlib import resources
from pathlib import Path
from typing import Any

import yaml

from ..errors import RunError
from ..journal import write_atomically
from ..runs import Scores
from ..store.record import options_line
from ..yaml_source import parse_yaml

SettingKey = tuple[str, str]
"""An environment's id, and what sets its use apart in one line (`options_line`)."""


@dataclass(frozen=True, slots=True)
class Reference:
    """The ends of one setting's scale.

    Attributes:
        env_id: the environment.
        env_kwargs: its constructor's arguments.
        wrappers: its wrappers as a recipe's config has them, `{name, args}` each.
        first_seed: of the episodes; the others follow it.
        random: what the agent that draws from the action space scored.
        oracle: what the expert scored; None where no one knows one.
        command: what measured it.
    """

    env_id: str
    env_kwargs: Mapping[str, Any]
    wrappers: tuple[Mapping[str, Any], ...]
    first_seed: int
    random: Scores
    oracle: Scores | None
    command: str = ""

    @property
    def key(self) -> SettingKey:
        """The setting."""
        return self.env_id, options_line({"env": {"kwargs": self.env_kwargs}, "wrappers": self.wrappers})


def shipped_references() -> Path:
    """The file with the references of every setting in the shipped suites."""
    return Path(str(resources.files("palaestra.baselines") / "suites" / "references.yaml"))


def load_references(path: Path | None = None) -> dict[SettingKey, Reference]:
    """The references by setting.

    Args:
        path: a file that `palaestra references --write` made; None takes the shipped one.

    Raises:
        RunError: the file cannot be read.
    """
    path = shipped_references() if path is None else path
    try:
        entries = parse_yaml(path.read_text(encoding="utf-8"))["settings"]
        references = [_from_plain(entry) for entry in entries]
    except (OSError, AttributeError, KeyError, TypeError, ValueError, yaml.YAMLError) as error:
        reason = " ".join(str(error).split())
        raise RunError(
            f"{path} cannot be read as references ({type(error).__name__}: {reason}); "
            "`palaestra references --write FILE` makes such a file"
        ) from error
    return {reference.key: reference for reference in references}


def write_references(references: Iterable[Reference], path: Path) -> None:
    """Write references, in the order of their settings.

    Raises:
        OSError: the file cannot be written; what it held stands.
    """
    ordered = sorted(references, key=lambda reference: reference.key)
    value = {"settings": [_to_plain(reference) for reference in ordered]}
    write_atomically(path, yaml.safe_dump(value, sort_keys=False, allow_unicode=True, width=120))


def _from_plain(entry: Mapping[str, Any]) -> Reference:
    oracle = entry["oracle"]
    return Reference(
        env_id=entry["env"]["id"],
        env_kwargs=entry["env"]["kwargs"],
        wrappers=tuple(entry["wrappers"]),
        first_seed=entry["first_seed"],
        random=Scores(**entry["random"]),
        oracle=oracle and Scores(**oracle),
        command=entry["command"],
    )


def _to_plain(reference: Reference) -> dict[str, Any]:
    return {
        "env": {"id": reference.env_id, "kwargs": dict(reference.env_kwargs)},
        "wrappers": [dict(wrapper) for wrapper in reference.wrappers],
        "command": reference.command,
        "first_seed": reference.first_seed,
        "random": asdict(reference.random),
        "oracle": reference.oracle and asdict(reference.oracle),
    }
