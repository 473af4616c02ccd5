"""MBPO: soft actor-critic on short rollouts of learned dynamics, with plans that mind what the dynamics do not know."""

from .mbpo import MBPO

__all__ = ["MBPO"]
