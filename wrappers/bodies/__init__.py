"""Gymnasium's own MuJoCo bodies with what bodies have here: snapshots, costs, one schema of infos, native vectors."""

from .gymnasium_body import GymnasiumBody
from .gymnasium_vector import GymnasiumBodyVector

__all__ = ["GymnasiumBody", "GymnasiumBodyVector"]
