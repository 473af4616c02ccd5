"""Wrappers that compose in any order: rewards, resets, tools and observations."""

from .base import Wrapper, WrapperState
from .catalogue import WRAPPERS, find_wrapper, make_wrapper
from .snapshot import get_state, set_state

__all__ = ["WRAPPERS", "Wrapper", "WrapperState", "find_wrapper", "get_state", "make_wrapper", "set_state"]
