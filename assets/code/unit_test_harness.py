"""Runs unit tests inside the sandbox. The function under test is not here: it is asked for at the other end.

This file is sent into the sandbox as text and needs nothing but Python. It speaks JSON, one message a line. The first
line that it reads has the tests' source, the function's name, and a nonce. It then writes `{"arguments", "named"}` for
every call of the function, which is answered with `{"value"}` or `{"error", "message"}`, and in the end the nonce and
whether the tests passed. Tests that leave earlier never get to say so.
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any

_ERRORS = {"TypeError": TypeError, "RuntimeError": RuntimeError}


def main() -> None:
    """Run the tests of the first line."""
    heard, said = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what the tests print does not mix with what is said here

    def say(message: dict[str, Any]) -> None:
        said.write(json.dumps(message).encode() + b"\n")
        said.flush()

    task = json.loads(heard.readline())

    def function(*arguments: Any, **named: Any) -> Any:
        say({"arguments": arguments, "named": named})
        answer = json.loads(heard.readline())
        if "error" in answer:
            raise _ERRORS[answer["error"]](answer["message"])
        return answer["value"]

    function.__name__ = function.__qualname__ = task["function"]
    scope: dict[str, Any] = {"__name__": "tests", task["function"]: function}
    try:
        exec(compile(task["source"], "tests.py", "exec"), scope)
        tests = [value for name, value in scope.items() if name.startswith("test_") and callable(value)]
        for test in tests:
            test()
    except Exception:  # not SystemExit: tests that leave have neither passed nor failed
        say({"nonce": task["nonce"], "passed": False})
    else:
        say({"nonce": task["nonce"], "passed": True})
    sys.stderr.flush()


if __name__ == "__main__":
    main()
