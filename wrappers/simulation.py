"""Snapshots of environments that keep a MuJoCo simulation but cannot save it themselves, as Gymnasium's cannot."""

# MuJoCo's compiled parts have no stubs
# pyright: reportAttributeAccessIssue=false

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import Any

import gymnasium as gym
import numpy as np
from numpy.typing import NDArray

from ..envs.core import generator_state, restore_generator

# What follows from the integration state, but lags one simulation step behind it once `mj_step` has returned. Rewards,
# costs and observations read it (Ant's speed is a difference of `xpos`): computed anew, it would be another.
_DERIVED = (
    "xpos", "xquat", "xmat", "xipos", "ximat", "geom_xpos", "geom_xmat", "site_xpos", "site_xmat", "cam_xpos",
    "cam_xmat", "light_xpos", "light_xdir", "subtree_com", "subtree_linvel", "subtree_angmom", "cinert", "cvel", "cacc",
    "cfrc_int", "cfrc_ext", "qacc", "qfrc_actuator", "qfrc_passive", "qfrc_bias", "qfrc_constraint", "actuator_length",
    "actuator_velocity", "actuator_force", "ten_length", "ten_velocity", "sensordata",
)  # fmt: skip

# attributes that say how pictures are taken, not what will happen
_OF_PICTURES = ("width", "height", "camera_id")


@dataclass(frozen=True, slots=True)
class SimulationState:
    """What the future of such an environment depends on.

    Attributes:
        generator: the state of its `np_random`, or None where it was never used.
        physics: MuJoCo's integration state.
        derived: what was computed from it, by the name of the field of `MjData`.
        variables: the environment's own numbers and arrays, by attribute (where Pusher put its cylinder, say).
    """

    generator: dict[str, Any] | None
    physics: NDArray[np.float64]
    derived: dict[str, NDArray[np.float64]]
    variables: dict[str, Any]


def has_simulation(env: gym.Env) -> bool:
    """Whether an environment keeps a MuJoCo simulation in `model` and `data`, as all of Gymnasium's do."""
    mujoco = sys.modules.get("mujoco")  # where it was never imported, nothing is of its types
    return mujoco is not None and isinstance(vars(env).get("data"), mujoco.MjData) and hasattr(env, "model")


class Simulation:
    """The simulation of an environment, with `get_state` and `set_state`.

    The model is not part of a state: an environment that changes its model from one reset to the next cannot be saved.

    Args:
        env: an environment of which `has_simulation` is true.
    """

    def __init__(self, env: Any) -> None:
        self.env = env

    def get_state(self) -> SimulationState:
        """A snapshot of the generator, the physics and the environment's variables."""
        import mujoco

        env = self.env
        part = mujoco.mjtState.mjSTATE_INTEGRATION
        physics = np.empty(mujoco.mj_stateSize(env.model, part))
        mujoco.mj_getState(env.model, env.data, physics, part)
        generator = env._np_random
        return SimulationState(
            generator=None if generator is None else generator_state(generator),
            physics=physics,
            derived={name: getattr(env.data, name).copy() for name in _DERIVED},
            variables={name: _copied(value) for name, value in vars(env).items() if _is_variable(name, value)},
        )

    def set_state(self, state: SimulationState) -> None:
        """Return to a snapshot taken from an environment with the same arguments.

        Raises:
            ValueError: the snapshot is of something else.
        """
        import mujoco

        env = self.env
        part = mujoco.mjtState.mjSTATE_INTEGRATION
        size = mujoco.mj_stateSize(env.model, part)
        if not isinstance(state, SimulationState) or len(state.physics) != size:
            raise ValueError(f"state must come from another {type(env).__name__}, got {type(state).__name__}")
        env._np_random = None if state.generator is None else restore_generator(state.generator)
        for name, value in state.variables.items():
            setattr(env, name, _copied(value))
        mujoco.mj_resetData(env.model, env.data)
        mujoco.mj_setState(env.model, env.data, state.physics, part)
        # contacts and the like; only half a step, for a whole one would change the solver's warm start
        mujoco.mj_step1(env.model, env.data)
        for name, array in state.derived.items():
            getattr(env.data, name)[:] = array


def _is_variable(name: str, value: Any) -> bool:
    return isinstance(value, bool | int | float | np.generic | np.ndarray) and name not in _OF_PICTURES


def _copied(value: Any) -> Any:
    return value.copy() if isinstance(value, np.ndarray) else value
