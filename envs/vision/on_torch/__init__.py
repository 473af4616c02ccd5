"""The renderer's second back end: the same scenes, drawn by torch and Warp on whatever device they have."""

from .frames import TorchFrames
from .renderer import TorchRenderer

__all__ = ["TorchFrames", "TorchRenderer"]
