"""Starts an interpreter with nothing but the standard library and the modules of the box."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from .box.filesystem import FOLDER

EXECUTABLE = os.path.realpath(getattr(sys, "_base_executable", sys.executable))
"""The interpreter itself, where this process runs one of a virtual environment."""
ROOTS = (sys.base_prefix,)
"""What it needs of the host, beside the system's folders."""
PACKAGE = str(Path(__file__).parent)
"""The folder in which it finds the modules of the box."""

_PROGRAM = "import sys; sys.path.append(sys.argv[-1]); from box.{module} import main; main()"
_ENVIRONMENT = {
    "PATH": f"/usr/local/bin:/usr/bin:/bin:{sys.base_prefix}/bin",
    "HOME": FOLDER,
    "TMPDIR": FOLDER,
    "LANG": "C.UTF-8",
    "PYTHONHASHSEED": "0",
}
"""What every program finds, too."""


def start_interpreter(
    module: str,
    descriptors: Sequence[int],
    *,
    readable: Sequence[str],
    prefix: Sequence[str] = (),
    package: str = PACKAGE,
    **options: str,
) -> subprocess.Popen[bytes]:
    """Start an interpreter that runs the function `main` of a module of the box.

    Args:
        module: its name.
        descriptors: that it inherits; their numbers are its first arguments.
        readable: folders of the host that programs may read, beside the system's.
        prefix: a command that runs the command which follows it.
        package: the folder in which it finds the modules of the box.
        options: what else it is told.
    """
    configuration = {"executable": EXECUTABLE, "own_path": package, "readable": [*readable, *ROOTS], **options}
    return subprocess.Popen(
        [
            *prefix,
            *(EXECUTABLE, "-P", "-s", "-S", "-c", _PROGRAM.format(module=module)),
            *map(str, descriptors),
            json.dumps(configuration),
            package,
        ],
        # pipes, as the streams that programs inherit shall have been made for pipes
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=_ENVIRONMENT,
        cwd="/",
        pass_fds=descriptors,
    )


def close_streams(process: subprocess.Popen[bytes]) -> None:
    """Close the caller's ends of its pipes, which programs do not use."""
    for stream in (process.stdin, process.stdout, process.stderr):
        if stream is not None:
            stream.close()
