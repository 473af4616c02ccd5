"""How much training agents need until they first reach a score."""

from .medians import Reaching, reachings

__all__ = ["Reaching", "reachings"]
