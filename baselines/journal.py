"""Files that survive a crash: whole-file writes that happen or do not, and line files that only lose a torn end."""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from ..agents.durable import replace_file


def write_atomically(path: Path, text: str) -> None:
    """Replace a file by `text`: whoever reads it sees the old content or the new one, never a part.

    Raises:
        OSError: the text could not be written; the old content stands.
    """
    try:
        with replace_file(path) as file:
            file.write(text.encode("utf-8", "surrogatepass"))
    except OSError as error:
        # whoever asked for `path` knows nothing of the file that is written first
        raise OSError(error.errno, error.strerror, str(path)) from error


def append_line(path: Path, value: Any) -> None:
    """Append a value as one line of JSON, whole or not at all.

    Raises:
        OSError: the line could not be written; the file is as before.
        ValueError: the value has a number JSON does not know.
    """
    line = f"{_dump(value)}\n".encode()
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    try:
        size = os.fstat(descriptor).st_size
        try:
            written = os.write(descriptor, line)
            if written < len(line):  # a disk that fills up takes a part of a line first
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))
        except OSError:
            if os.fstat(descriptor).st_size > size:
                os.ftruncate(descriptor, size)
            raise
    finally:
        os.close(descriptor)


def read_lines(path: Path) -> Iterator[dict[str, Any]]:
    """The objects of a line file; a torn last line is left out, a missing file has no line.

    Raises:
        ValueError: a line before the last is not a JSON object; the message names it.
    """
    if not path.exists():
        return
    for number, line in enumerate(path.read_bytes().splitlines(keepends=True), start=1):
        if not line.endswith(b"\n"):
            return  # a line is written in one go with its end, so one without an end was torn by a crash
        try:
            value = json.loads(line)
        except ValueError as error:
            raise ValueError(f"{path}:{number}: not a line of JSON ({error})") from error
        if not isinstance(value, dict):
            raise ValueError(f"{path}:{number}: expected a JSON object, got {type(value).__name__}")
        yield value


def keep_lines(path: Path, wanted: Callable[[dict[str, Any]], bool]) -> None:
    """Drop the lines of a line file that are not wanted, and a torn last line."""
    if not path.exists():
        return
    kept = [_dump(value) for value in read_lines(path) if wanted(value)]
    write_atomically(path, "".join(f"{line}\n" for line in kept))


def _dump(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, allow_nan=False)
    # half a surrogate pair, which a model can well say, has no UTF-8; JSON can escape it
    return text if text.isascii() or _is_utf8(text) else json.dumps(value, allow_nan=False)


def _is_utf8(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
