"""Errors that end a training run."""


class TrainingDiverged(RuntimeError):
    """Training left the numbers it can go on from: a loss, a gradient or a weight is not finite, or has exploded.

    The message says which quantity it was and at which step; the last good checkpoint stays as it was.
    """
