"""What a run of another tool is a run of, as the names of its folders say it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

_CLEANRL = re.compile(r"(?P<env>.+?)__(?P<algorithm>.+?)__(?P<seed>\d+)(?:__\d+)?")
_ZOO = re.compile(r"(?P<env>[\w.:-]+-v\d+)_(?P<seed>\d+)")
_STABLE_BASELINES = re.compile(r"(?P<algorithm>[A-Z][A-Za-z0-9]*)_(?P<seed>\d+)")
_SEED = re.compile(r"seed[-_=]?(?P<seed>\d+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Identity:
    """Which environment, algorithm and seed a run is of; None for what is not known."""

    env_id: str | None = None
    algorithm: str | None = None
    seed: int | None = None

    def filled_from(self, other: Identity) -> Identity:
        """This identity with what it does not know taken from another one."""
        return Identity(
            self.env_id if self.env_id is not None else other.env_id,
            self.algorithm if self.algorithm is not None else other.algorithm,
            self.seed if self.seed is not None else other.seed,
        )


def identity_of_path(path: Path) -> Identity:
    """What the names of a path's last three folders say.

    Understood are CleanRL's `HalfCheetah-v4__ppo__1__1665433045`, the RL Zoo's `ppo/HalfCheetah-v4_1` and
    Stable-Baselines3's `PPO_1` (whose numbers, one a run, stand in for seeds that are written nowhere), and `seed-1`.
    """
    found = Identity()
    for folder in [path.resolve(), *path.resolve().parents][:3]:
        found = found.filled_from(_identity_of_name(folder.name, folder.parent.name))
    return found


def _identity_of_name(name: str, parent: str) -> Identity:
    if match := _CLEANRL.fullmatch(name):
        return Identity(match["env"], match["algorithm"], int(match["seed"]))
    if match := _ZOO.fullmatch(name):
        return Identity(match["env"], parent or None, int(match["seed"]))
    if match := _SEED.fullmatch(name):
        return Identity(seed=int(match["seed"]))
    if match := _STABLE_BASELINES.fullmatch(name):
        return Identity(algorithm=match["algorithm"].lower(), seed=int(match["seed"]))
    return Identity()
