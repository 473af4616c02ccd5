"""Where an episode takes place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..scene import Scene


@dataclass(frozen=True, eq=False)
class Place:
    """A place, which many bodies may share; it never changes.

    Attributes:
        scene: what is seen.
        geometry: what the body moves among, in a form of the environment's own.
    """

    scene: Scene
    geometry: Any
