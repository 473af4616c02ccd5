"""Agents that were written elsewhere: a class, a function, a saved model of Stable-Baselines3, a Hugging Face model.

Importing this package imports neither torch nor the source of any agent.
"""

from .source import Source, find_source, register_object

__all__ = ["Source", "find_source", "register_object"]
