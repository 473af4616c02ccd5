"""Runs a file as the main program of an interpreter that has started already, as `python FILE` would."""

from __future__ import annotations

import _signal  # pyright: ignore[reportMissingImports]
import gc
import os
import sys
from types import ModuleType
from typing import NoReturn

_INTERRUPTED = -1


def run_python(argv: tuple[str, ...], folder: str) -> NoReturn:
    """Run the file `argv[1]` in `folder` as `__main__`, and exit as the interpreter would."""
    path = os.path.join(folder, argv[1])
    sys.argv = list(argv[1:])
    sys.orig_argv = [sys.executable, *argv[1:]]
    sys.path.insert(0, os.path.dirname(path))
    gc.enable()
    code = _run(path, argv[1])
    code = _finish(code)
    if code == _INTERRUPTED:  # as a shell wants it
        _signal.signal(_signal.SIGINT, _signal.SIG_DFL)
        os.kill(os.getpid(), _signal.SIGINT)
    os._exit(code)


def _run(path: str, name: str) -> int:
    try:
        with open(path, "rb") as file:
            source = file.read()
    except OSError as error:
        print(
            f"{sys.executable}: can't open file {path!r}: [Errno {error.errno}] {os.strerror(error.errno or 0)}",
            file=sys.stderr,
        )
        return 2
    main = ModuleType("__main__")
    namespace = main.__dict__
    namespace.update(__builtins__=sys.modules["builtins"], __file__=path, __cached__=None, __annotations__={})
    sys.modules["__main__"] = main
    try:
        exec(compile(source, path, "exec", dont_inherit=True), namespace)
        return 0
    except SystemExit as error:
        return _exit_code(error.code)
    except BaseException as error:
        uncaught = error
    return _report(uncaught)


def _report(error: BaseException) -> int:
    """Call the hook for an exception that nobody caught; returns the exit status."""
    traceback = error.__traceback__ and error.__traceback__.tb_next  # without the frame of `_run`
    try:
        sys.excepthook(type(error), error.with_traceback(traceback), traceback)
    except SystemExit as exit_:
        return _exit_code(exit_.code)
    except BaseException as second:
        print("Error in sys.excepthook:", file=sys.stderr)
        inner = second.__traceback__ and second.__traceback__.tb_next
        sys.__excepthook__(type(second), second.with_traceback(inner), inner)
        print("\nOriginal exception was:", file=sys.stderr)
        sys.__excepthook__(type(error), error, traceback)
    return _INTERRUPTED if isinstance(error, KeyboardInterrupt) else 1


def _exit_code(code: object) -> int:
    if code is None:
        return 0
    if isinstance(code, int):
        return code & 0xFF
    print(code, file=sys.stderr)
    return 1


def _finish(code: int) -> int:
    """What the interpreter does at its end, as far as a program can see it."""
    import atexit

    threading = sys.modules.get("threading")
    try:
        if threading is not None:
            threading._shutdown()
    except BaseException as error:
        sys.__excepthook__(type(error), error, error.__traceback__)
    atexit._run_exitfuncs()
    _drop_globals()
    for stream in (sys.stdout, sys.stderr):
        try:
            if stream is not None and not getattr(stream, "closed", False):
                stream.flush()
        except BaseException as error:
            if stream is sys.stdout:
                print(f"Exception ignored in: {stream!r}\n{type(error).__name__}: {error}", file=sys.stderr)
                code = 120
    return code


def _drop_globals() -> None:
    """Let go of the program's objects, so that files are flushed and finalisers run."""
    main = sys.modules.get("__main__")
    namespace = getattr(main, "__dict__", {})
    for private in (True, False):
        for name in list(namespace):
            if name != "__builtins__" and (name.startswith("_") and not name.startswith("__")) == private:
                namespace[name] = None
    gc.collect()
