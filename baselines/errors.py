"""Errors that the command line shows as one line."""

import errno


class UsageError(Exception):
    """What was asked for does not exist or does not fit; the message says what would do. Exit code 2."""


class RunError(Exception):
    """Something failed that the user can do something about; the message says what. Exit code 1."""


class RunInterrupted(RunError):
    """A run was stopped before its end and can be continued."""


def os_error_line(error: OSError) -> str:
    """What the operating system refused, in one line that names the file."""
    where = f" ({error.filename})" if error.filename else ""
    if error.errno == errno.ENOSPC:
        return f"no space left on the disk{where}: free some and try again"
    reason = (error.strerror or str(error)).splitlines()[0]
    return f"{error.filename}: {reason}" if error.filename else reason
