"""DrQ-v2: control from pictures that are shifted at random."""

from .drq_v2 import DrQV2

__all__ = ["DrQV2"]
