"""How agents' scores grow with compute."""

from .fits import Axis, Scaling, scalings

__all__ = ["Axis", "Scaling", "scalings"]
