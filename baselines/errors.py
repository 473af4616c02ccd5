"""Errors that the command line shows as one line."""


class UsageError(Exception):
    """What was asked for does not exist or does not fit; the message says what would do. Exit code 2."""


class RunError(Exception):
    """Something failed that the user can do something about; the message says what. Exit code 1."""


class RunInterrupted(RunError):
    """A run was stopped before its end and can be continued."""
