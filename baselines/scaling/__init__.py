"""How agents' scores grow with compute."""

from .fits import Scaling, scalings

__all__ = ["Scaling", "scalings"]
