"""The program that runs an agent's Python in the sandbox: it imports nothing of the package, and nothing imports it.

`python python_session.py MAX_OUTPUT` reads one request a line, `{"number": n, "code": text}`, and writes one reply a
line, `{"number": n, "output": text}`. All code runs in one namespace. It could write lines of its own where replies are
written, or end the program; it would fool or end its own session.
"""

from __future__ import annotations

import ast
import contextlib
import io
import json
import linecache
import os
import random
import sys
import traceback


class Output(io.TextIOBase):
    """Keeps the beginning of what is written, and counts the rest."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._parts: list[str] = []
        self._length = 0
        self._omitted = 0

    def writable(self) -> bool:
        """True."""
        return True

    def write(self, text: str) -> int:
        """Keep what there is room for."""
        kept = text[: self._limit - self._length]
        self._parts.append(kept)
        self._length += len(kept)
        self._omitted += len(text) - len(kept)
        return len(text)

    def text(self) -> str:
        """What was kept, and how much was not."""
        text = "".join(self._parts).rstrip("\n")
        return f"{text}\n… ({self._omitted} more characters)" if self._omitted else text


def run(code: str, name: str, namespace: dict[str, object]) -> None:
    """Run code, and print the value of its last expression where it has one, as an interactive interpreter would."""
    linecache.cache[name] = (len(code), None, f"{code}\n".splitlines(keepends=True), name)
    try:
        tree = ast.parse(code, name)
        last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
        exec(compile(tree, name, "exec"), namespace)
        if isinstance(last, ast.Expr):
            value = eval(compile(ast.Expression(last.value), name, "eval"), namespace)
            if value is not None:
                namespace["_"] = value
                print(repr(value))
    except BaseException as error:
        show(error)


def show(error: BaseException) -> None:
    """Print an exception with the frames of the agent's code, which come after this program's."""
    frames = error.__traceback__
    while frames is not None and not frames.tb_frame.f_code.co_filename.startswith("<call "):
        frames = frames.tb_next
    try:
        lines = traceback.format_exception(type(error), error.with_traceback(frames), frames, limit=-8)
    except BaseException:  # its own code says what it is
        lines = [f"{type(error).__name__}\n"]
    print("".join(lines), end="")


def main() -> None:
    """Answer requests until there are no more."""
    limit = int(sys.argv[1])
    requests, replies = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):  # what is written past sys.stdout is not to be mistaken for a reply
        os.dup2(nothing, descriptor)
    namespace: dict[str, object] = {"__name__": "__main__", "__builtins__": __builtins__}
    random.seed(0)
    replies.write(b"ready\n")
    replies.flush()
    for line in requests:
        request = json.loads(line)
        output = Output(limit)
        with contextlib.redirect_stdout(output), contextlib.redirect_stderr(output):
            run(request["code"], f"<call {request['number'] + 1}>", namespace)
        reply = {"number": request["number"], "output": output.text()}
        replies.write(json.dumps(reply).encode() + b"\n")
        replies.flush()


if __name__ == "__main__":
    main()
