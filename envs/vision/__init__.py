"""A batched first-person renderer for bodies that see: what driving and flight look through."""

from .cameras import Cameras
from .frames import Frames
from .lighting import Lamp, bake_light
from .renderer import Renderer
from .scene import Boxes, Ceiling, Fog, Label, Light, Scene, Walls
from .textures import Textures, make_textures

__all__ = [
    "Boxes",
    "Cameras",
    "Ceiling",
    "Fog",
    "Frames",
    "Label",
    "Lamp",
    "Light",
    "Renderer",
    "Scene",
    "Textures",
    "Walls",
    "bake_light",
    "make_textures",
]
