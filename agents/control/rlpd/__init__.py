"""RLPD: soft actor-critic from experience and demonstrations, half and half, with an ensemble of critics."""

from .rlpd import RLPD

__all__ = ["RLPD"]
