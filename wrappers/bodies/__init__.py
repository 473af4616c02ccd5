"""Gymnasium's own MuJoCo bodies with what bodies have here: snapshots, costs, one schema of infos, native vectors."""

from .gymnasium_body import GymnasiumBody
from .gymnasium_vector import GymnasiumBodyVector
from .locomotion import NATIVE_BODIES

__all__ = ["NATIVE_BODIES", "GymnasiumBody", "GymnasiumBodyVector"]
