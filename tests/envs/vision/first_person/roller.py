"""The smallest body that sees: a ball that rolls about on a floor with a crate."""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np
from gymnasium import spaces

from palaestra.envs.core import TaskFields
from palaestra.envs.core.bodies.evaluation import Evaluation
from palaestra.envs.core.randomization import Range
from palaestra.envs.vision import Boxes, Fog, Scene
from palaestra.envs.vision.first_person.env import FirstPersonEnv
from palaestra.envs.vision.first_person.place import Place
from palaestra.envs.vision.procedural import standard_textures

X, Y, YAW, PROGRESS, COUNT = range(5)


@functools.cache
def textures():
    return standard_textures(size=32)


@functools.cache
def place(crate, fog):
    box = Boxes([[crate, 5.0, 0.5]], [[1.0, 1.0, 1.0]], [textures()["crate"]])
    scene = Scene(size=(10.0, 10.0), floor_Y_X=textures()["tiles"], boxes=box, fog=Fog(fog))
    return Place(scene, np.array([crate, 5.0]))


@dataclass(frozen=True, slots=True, kw_only=True)
class RollerTask(TaskFields):
    crate: float
    fog: float = 0.0
    level: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class RollerEvaluation(Evaluation):
    intervention: bool = False
    x: float = 0.0


class RollerEnv(FirstPersonEnv[RollerTask]):
    levels = ("near", "far")
    task_type = RollerTask
    state_size = 5
    action_size = 2
    max_steps = 12
    randomizable = {"fog": Range(0.0, 0.2)}  # noqa: RUF012

    textures = property(lambda self: textures())

    def sample(self, rng, level):
        return RollerTask(crate=float(rng.integers(5, 8)) + level, level=level)

    def make_place(self, task):
        return place(task.crate, task.fog)

    def new_geometry(self, slots):
        return np.zeros((slots, 2))

    def put_geometry(self, geometry, slot, of_place):
        geometry[slot] = of_place

    def start(self, task, place):
        return np.array([1.0, 5.0, 0.0, 0.0, 0.0])

    def advance(self, action_N_A, moving_N, state_N_S, place_N, geometry):
        for n in np.flatnonzero(moving_N):
            row_S = state_N_S[n]
            row_S[YAW] += 0.2 * action_N_A[n, 1]
            row_S[X] += 0.5 * action_N_A[n, 0]
            row_S[PROGRESS] = 0.5 * action_N_A[n, 0] / geometry[place_N[n], 0]
            row_S[COUNT] += 1

    def evaluate(self, row_XS):
        return RollerEvaluation(success=row_XS[..., X] > 4.0, intervention=row_XS[..., COUNT] == 2.0, x=row_XS[..., X])

    def reward_terms(self, row_XS):
        return {"progress": row_XS[..., PROGRESS]}

    def aim(self, state_N_S, cameras):
        cameras.position_N_3[:, :2] = state_N_S[:, :2]
        cameras.position_N_3[:, 2] = 0.6
        cameras.angles_N_3[:, 0] = state_N_S[:, YAW]
        cameras.fov_N[:] = 1.2

    def observe(self, row_XS):
        return row_XS[..., :3].astype(np.float32)

    def state_space(self):
        return spaces.Box(-np.inf, np.inf, (3,), np.float32)

    def expert(self):
        return np.array([1.0, 0.0], np.float32)
