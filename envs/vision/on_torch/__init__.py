"""The renderer's second back end: the same scenes, drawn by torch on whatever device it has."""

from .frames import TorchFrames
from .renderer import TorchRenderer

__all__ = ["TorchFrames", "TorchRenderer"]
