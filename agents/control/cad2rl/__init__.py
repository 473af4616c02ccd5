"""CAD2RL: where in a picture a flight is free of collisions, learnt from short flights of copies of one state."""

from .cad2rl import CAD2RL

__all__ = ["CAD2RL"]
