"""Pictures whose free space is known, which learning begins with."""

from __future__ import annotations

from functools import partial

import numpy as np
from gymnasium.vector import AutoresetMode

from ....envs.flight.flight_env import FlightEnv
from ....envs.flight.free_space import PICTURES, FreeSpaceEnv
from ....envs.vision.first_person.vector_env import FirstPersonVectorEnv
from .buffer import Tried


class LabelledPictures:
    """Pictures of floors like those that are flown in, looking as they do, with the right labels of `FreeSpaceEnv`.

    Args:
        flown: an environment that is flown in.
        grid: cells along each side of a picture.
        distance: how far must be free, metres.
        floors: how many are drawn at a time.
    """

    def __init__(self, flown: FlightEnv, grid: int, distance: float, floors: int) -> None:
        make_env = partial(
            FreeSpaceEnv,
            level=flown.level,
            grid=grid,
            distance=distance,
            style=flown.style,
            textures=flown.texture_count,
            observation="pixels",
            pixels=flown.pixels,
            history=flown.history,
        )
        self._vector = FirstPersonVectorEnv(make_env, floors, threads=1, autoreset_mode=AutoresetMode.DISABLED)

    @property
    def count(self) -> int:
        """How many pictures are drawn at a time."""
        return self._vector.num_envs * PICTURES

    def draw(self, seed: int) -> Tried:
        """Pictures of floors drawn from a seed, 1 where they are free and 0 elsewhere."""
        seeds = np.random.SeedSequence(seed).generate_state(self._vector.num_envs).tolist()
        picture_B_H_W_P, _ = self._vector.reset(seed=seeds)
        pictures, labels = [picture_B_H_W_P], [np.stack(self._vector.oracle())]
        for _ in range(PICTURES - 1):
            picture_B_H_W_P, *_ = self._vector.step(labels[-1])
            pictures.append(picture_B_H_W_P)
            labels.append(np.stack(self._vector.oracle()))
        return Tried(np.concatenate(pictures).transpose(0, 3, 1, 2), (np.concatenate(labels) > 0.0).astype(np.float32))
