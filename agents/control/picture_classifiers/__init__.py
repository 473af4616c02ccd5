"""Networks that tell from a picture whether a task is done, for the rewards of `wrappers.rewards.pictures`."""

from .goal import GoalClassifier
from .success import SuccessClassifier

__all__ = ["GoalClassifier", "SuccessClassifier"]
