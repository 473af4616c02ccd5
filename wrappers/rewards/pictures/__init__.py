"""Rewards learnt from pictures of the task done; for training alone: agents are scored by the task's own success."""

from .image_classifier import ImageClassifier
from .vice import Vice

__all__ = ["ImageClassifier", "Vice"]
