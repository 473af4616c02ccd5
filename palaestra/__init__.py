"""Palaestra: Gymnasium environments for agents that speak and agents that move.

Importing the package registers every environment with Gymnasium and loads nothing else: domains, torch,
transformers and mujoco are imported when they are first used.
"""

from .envs import register_all  # pyright: ignore[reportMissingImports]  (the build maps ../envs here)
from .version import __version__

register_all()

__all__ = ["__version__"]
