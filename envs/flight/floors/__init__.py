"""Generated indoor floors: what is built, apart from how it looks."""

from .corridors import CorridorRanges, draw_corridor
from .halls import HallRanges, draw_hall
from .plan import Block, FloorPlan, Gate
from .rooms import RoomsRanges, draw_rooms

__all__ = [
    "Block",
    "CorridorRanges",
    "FloorPlan",
    "Gate",
    "HallRanges",
    "RoomsRanges",
    "draw_corridor",
    "draw_hall",
    "draw_rooms",
]
