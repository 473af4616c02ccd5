"""The configurations of runs side by side: flattened, with what they ran on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ..store.record import Run
from .collect import Collection
from .formats import hardware


@dataclass(frozen=True, slots=True)
class RunConfig:
    """One run's configuration as the page compares it.

    Attributes:
        key: tells it from all others.
        chosen: whether it is compared at first.
        values: dotted key to value.
    """

    key: str
    env_id: str
    label: str
    seed: int
    status: str
    chosen: bool
    values: dict[str, Any]


def run_configs(collection: Collection, chosen: int = 4) -> list[RunConfig]:
    """The configurations of all runs; those chosen at first are the first run of each of the first `chosen` recipes."""
    found = []
    firsts = 0
    for setting in collection.settings:
        for group in setting.groups:
            for number, run in enumerate(group.runs):
                is_first = number == 0 and firsts < chosen
                firsts += is_first
                key = f"{run.info.id} {run.info.env_id} {run.info.recipe} {run.info.seed}"
                head = (key, setting.env_id, group.label, run.info.seed, run.status)
                found.append(RunConfig(*head, is_first, values_of(run)))
    return found


def values_of(run: Run) -> dict[str, Any]:
    """What a run was made of: its resolved recipe with dotted keys, then commit, machine and versions."""
    values = dict(flattened(run.config))
    values["seed"] = run.info.seed
    values["commit"] = run.info.commit
    values["hardware"] = hardware(run.info.hardware) if run.info.hardware else None
    return values | {f"versions.{name}": version for name, version in run.info.versions.items()}


def flattened(value: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """The leaves of nested mappings and lists under dotted keys: `agent.params.learning_rate`, `wrappers.0.name`.

    An empty mapping or list is a leaf, and so is a list of plain values, which is one value to its reader.
    """
    if isinstance(value, Mapping) and value:
        items = [(str(key), item) for key, item in value.items()]
    elif isinstance(value, list) and any(isinstance(item, Mapping | list) for item in value):
        items = [(str(index), item) for index, item in enumerate(value)]
    else:
        yield prefix, value
        return
    for key, item in items:
        yield from flattened(item, f"{prefix}.{key}" if prefix else key)
