"""N bodies in arrays, each in its place."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..cameras import Cameras
from .place import Place
from .view import Pictures, View


class World:
    """The rows of N bodies, the places they are in and the pictures they see. A single environment is a world of one.

    Bodies in one place share a slot: geometry and scene are there once.

    Args:
        env: says how bodies move and where their cameras are.
        bodies: how many, N.
        threads: that draw; None for what pays.

    Attributes:
        state_N_S: all that matters of each body.
        place_N: the slot of the place that each is in.
        geometry: the places, in the environment's own arrays.
    """

    def __init__(self, env: Any, bodies: int, threads: int | None = None) -> None:
        self._env = env
        self.state_N_S = np.zeros((bodies, env.state_size))
        self.place_N = np.zeros(bodies, np.int64)
        self.geometry = env.new_geometry(bodies)
        self._places: list[Place | None] = [None] * bodies
        self._cameras = Cameras.at(np.zeros((bodies, 3)), scene=np.zeros(bodies, int))
        self._pictures: Pictures | None = None
        if env.observation_kind != "state":
            self._view = View(env.textures, bodies, env.pixels, threads)
            self._pictures = Pictures(self._view, bodies, env.pixels, env.history)

    def put(
        self, body: int, place: Place, row_S: NDArray[np.float64], seen_H_W_C: NDArray[np.uint8] | None = None
    ) -> None:
        """Put a body into a place.

        Args:
            body: which.
            place: where.
            row_S: its state.
            seen_H_W_C: the pictures it has seen last; None where it has seen nothing before.
        """
        slot = self._slot_for(body, place)
        self.place_N[body] = slot
        self.state_N_S[body] = row_S
        self._cameras.scene_N[body] = slot
        if self._pictures is not None:
            self._view.put(slot, place.scene)
            self._pictures.begin(body, seen_H_W_C)

    def step(self, action_N_A: NDArray[Any], moving_N: NDArray[np.bool_]) -> None:
        """Move the bodies of a mask."""
        self._env.advance(action_N_A, moving_N, self.state_N_S, self.place_N, self.geometry)
        if self._pictures is not None:
            self._pictures.moved(moving_N)

    def look(self) -> NDArray[np.uint8]:
        """What all bodies see, (N, H, W, 3 · history).

        Raises:
            ValueError: the environment has no pictures.
        """
        if self._pictures is None:
            raise ValueError("observation must be 'pixels' or 'both' for a body to see, got 'state'")
        self._env.aim(self.state_N_S, self._cameras)
        return self._pictures.look(self._cameras)

    def observe(self) -> Any:
        """What all bodies observe: pictures, numbers or a dict of both, with a leading axis N."""
        if self._pictures is None:
            return self._env.observe(self.state_N_S)
        if self._env.observation_kind == "pixels":
            return self.look()
        return {"pixels": self.look(), "state": self._env.observe(self.state_N_S)}

    def has_looked(self, body: int) -> bool:
        """Whether a body has seen something since it was put where it is."""
        return self._pictures is not None and self._pictures.has_looked(body)

    def _slot_for(self, body: int, place: Place) -> int:
        """Where a place is, or is now put: where bodies are in it already, or where no other body is."""
        for slot, known in enumerate(self._places):
            if known is place:
                return slot
        others = set(np.delete(self.place_N, body).tolist())
        slot = next(slot for slot in (int(self.place_N[body]), *range(len(self._places))) if slot not in others)
        self._places[slot] = place
        self._env.put_geometry(self.geometry, slot, place.geometry)
        return slot
