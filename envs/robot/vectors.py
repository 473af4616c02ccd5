"""Native vectors by environment id: `load_env_creator("palaestra.envs.robot.vectors:robot/Reach-v0")`."""

from __future__ import annotations

from collections.abc import Callable

from ..core.bodies.body_vector import BodyVectorEnv
from ..core.bodies.vector_makers import vector_maker
from .vector_env import MujocoVectorEnv


def __getattr__(id: str) -> Callable[..., BodyVectorEnv]:
    """The maker of the vector of an id."""
    return vector_maker(id, MujocoVectorEnv)
