"""Native vectors by environment id, as `palaestra.envs.vision.first_person.vectors:drive/Circuit-v0` names one."""

from __future__ import annotations

from collections.abc import Callable

from ...core.bodies.body_vector import BodyVectorEnv
from ...core.bodies.vector_makers import vector_maker
from .vector_env import FirstPersonVectorEnv


def __getattr__(id: str) -> Callable[..., BodyVectorEnv]:
    """The maker of the vector of an id."""
    return vector_maker(id, FirstPersonVectorEnv)
