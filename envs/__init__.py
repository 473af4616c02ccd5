"""Environments, one folder a domain; `catalogue.py` lists every registered id."""

from .catalogue import ENTRIES
from .core.registry import register


def register_all() -> None:
    """Register every environment of the catalogue with Gymnasium; calling it twice changes nothing."""
    for entry in ENTRIES:
        register(entry)


__all__ = ["ENTRIES", "register_all"]
