"""Samplers: which tasks the next update trains on.

A new sampler is one class behind `@register_sampler`; the keyword-only parameters of its constructor are its settings.
"""

from . import pass_rates, repeated  # noqa: F401  (registers their classes)
from .registry import FIRST_TRAINING_SEED, SAMPLERS, Sampler, register_sampler
from .uniform import UniformSampler

__all__ = ["FIRST_TRAINING_SEED", "SAMPLERS", "Sampler", "UniformSampler", "register_sampler"]
