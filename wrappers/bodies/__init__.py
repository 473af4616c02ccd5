"""Wrappers that give Gymnasium's own MuJoCo bodies what bodies have here: snapshots, costs, one schema of infos."""

from .gymnasium_body import GymnasiumBody

__all__ = ["GymnasiumBody"]
