"""The command line: `palaestra COMMAND`. One file a command in `commands/`."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import Annotated, Any

import tyro

from .commands.bench import Bench
from .commands.benchmark import Benchmark
from .commands.compare import Compare
from .commands.effective_horizon import EffectiveHorizon
from .commands.evaluate import Evaluate
from .commands.figures import Figures
from .commands.import_runs import ImportRuns
from .commands.list import List
from .commands.pass_at_k import PassAtK
from .commands.play import Play
from .commands.quickstart import Quickstart
from .commands.reach import Reach
from .commands.record import Record
from .commands.references import References
from .commands.report import Report
from .commands.reproduce import Reproduce
from .commands.runs import Runs
from .commands.scaling import Scaling
from .commands.train import Train
from .commands.tune import Tune
from .commands.watch import Watch
from .errors import RunError, UsageError, os_error_line
from .quiet import silence_libraries

_EXTRAS = {
    "vllm": "vllm",
    "ray": "ray",
    "reasoning_gym": "reasoning",
    "minari": "minari",
    "trackio": "trackio",
    "wandb": "wandb",
    "textworld": "textworld",
}
"""Optional modules, and the extra of the package that brings them."""

_Command = (
    Annotated[List, tyro.conf.subcommand("list")]
    | Annotated[Play, tyro.conf.subcommand("play")]
    | Annotated[Record, tyro.conf.subcommand("record")]
    | Annotated[Train, tyro.conf.subcommand("train")]
    | Annotated[Evaluate, tyro.conf.subcommand("evaluate")]
    | Annotated[Tune, tyro.conf.subcommand("tune")]
    | Annotated[PassAtK, tyro.conf.subcommand("pass-at-k")]
    | Annotated[Benchmark, tyro.conf.subcommand("benchmark")]
    | Annotated[Quickstart, tyro.conf.subcommand("quickstart")]
    | Annotated[Compare, tyro.conf.subcommand("compare")]
    | Annotated[Scaling, tyro.conf.subcommand("scaling")]
    | Annotated[Reach, tyro.conf.subcommand("reach")]
    | Annotated[EffectiveHorizon, tyro.conf.subcommand("effective-horizon")]
    | Annotated[References, tyro.conf.subcommand("references")]
    | Annotated[Report, tyro.conf.subcommand("report")]
    | Annotated[Figures, tyro.conf.subcommand("figures")]
    | Annotated[Watch, tyro.conf.subcommand("watch")]
    | Annotated[ImportRuns, tyro.conf.subcommand("import")]
    | Annotated[Reproduce, tyro.conf.subcommand("reproduce")]
    | Annotated[Runs, tyro.conf.subcommand("runs")]
    | Annotated[Bench, tyro.conf.subcommand("bench")]
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command.

    Errors are one line that says what to do; `--debug`, anywhere on the line, shows the traceback too.

    Args:
        arguments: what stands behind `palaestra`; None takes it from the process.

    Returns:
        The exit code: 0 when it went well, 1 for a failure, 2 for wrong usage.
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    debug = "--debug" in given
    given = [argument for argument in given if argument != "--debug"]
    silence_libraries()
    try:
        # the union of annotated types is a form, not a class; tyro takes it, its signature does not say so
        command: Any = tyro.cli(_Command, args=given, prog="palaestra", description=_DESCRIPTION)  # pyright: ignore
        command.run()
    except SystemExit as error:  # of tyro: --help, or usage it has explained already
        return error.code if isinstance(error.code, int) else 2
    except BrokenPipeError:
        # whoever read our output has seen enough; what is still in the buffer must not raise at exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except (Exception, KeyboardInterrupt) as error:
        code, message = explain(error)
        if debug:
            import traceback

            traceback.print_exception(error)
        print(f"palaestra: {message}", file=sys.stderr)
        return code
    return 0


def explain(error: BaseException) -> tuple[int, str]:
    """The exit code for an error, and the line that says what happened and what to do."""
    if isinstance(error, UsageError):
        return 2, str(error)
    if isinstance(error, RunError):
        return 1, str(error)
    if isinstance(error, KeyboardInterrupt):
        return 1, "interrupted"
    if isinstance(error, ImportError):
        module = (error.name or "").partition(".")[0]
        if module in _EXTRAS:
            extra = _EXTRAS[module]
            return 1, f'this needs {module}, which is not installed: pip install "palaestra[{extra}]"'
    if isinstance(error, OSError) and error.strerror:
        return 1, os_error_line(error)
    text = " ".join(str(error).split())
    return 1, f"{type(error).__name__}: {text} (--debug shows the traceback)"


_DESCRIPTION = "Environments for agents that speak and agents that move. --debug shows tracebacks."


if __name__ == "__main__":
    sys.exit(main())
