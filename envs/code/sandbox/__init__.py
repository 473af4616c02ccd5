"""A box for programs nobody trusts: `get_sandbox().run(Job(argv=(PYTHON, "main.py"), files={"main.py": source}))`."""

from .shared import ISOLATIONS, get_sandbox, make_sandbox
from .types import (
    PYTHON,
    ExitReason,
    Job,
    Limits,
    Outcome,
    Sandbox,
    SandboxBroken,
    SandboxUnavailable,
    Session,
)

__all__ = [
    "ISOLATIONS",
    "PYTHON",
    "ExitReason",
    "Job",
    "Limits",
    "Outcome",
    "Sandbox",
    "SandboxBroken",
    "SandboxUnavailable",
    "Session",
    "get_sandbox",
    "make_sandbox",
]
