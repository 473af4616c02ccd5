"""FastRLAP: a car that learns to drive fast by practising on its own, from one slow lap and other cars' pictures."""

from .fastrlap import FastRLAP

__all__ = ["FastRLAP"]
