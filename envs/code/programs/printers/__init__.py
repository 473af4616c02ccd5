"""Programs of the small language as complete programs of other languages, which read and print the same."""

from __future__ import annotations

from ....core.entry_points import EntryPoints
from ..syntax import Program
from .printer import Printer

_PRINTERS = EntryPoints(
    {
        "python": "palaestra.envs.code.programs.printers.python:PythonPrinter",
        "c": "palaestra.envs.code.programs.printers.c:CPrinter",
        "cpp": "palaestra.envs.code.programs.printers.cpp:CppPrinter",
        "javascript": "palaestra.envs.code.programs.printers.javascript:JavaScriptPrinter",
        "lua": "palaestra.envs.code.programs.printers.lua:LuaPrinter",
        "ocaml": "palaestra.envs.code.programs.printers.ocaml:OCamlPrinter",
        "fortran": "palaestra.envs.code.programs.printers.fortran:FortranPrinter",
        "r": "palaestra.envs.code.programs.printers.r:RPrinter",
        "perl": "palaestra.envs.code.programs.printers.perl:PerlPrinter",
        "bash": "palaestra.envs.code.programs.printers.bash:BashPrinter",
        "rust": "palaestra.envs.code.programs.printers.rust:RustPrinter",
        "go": "palaestra.envs.code.programs.printers.go:GoPrinter",
    },
    unknown="language must be one that programs can be written in, got {!r}",
)

LANGUAGES = tuple(_PRINTERS)
"""The languages' names."""


def print_program(program: Program, language: str) -> str:
    """A program that reads its inputs from standard input and prints its result.

    Args:
        program: one that `check` admits.
        language: one of `LANGUAGES`.

    Raises:
        ValueError: there is no such language; the message gives the nearest one.
    """
    return _printer(language).print_program(program)


def print_functions(program: Program, language: str) -> str:
    """The definitions of a program's functions, with what they need, and nothing that reads or prints.

    Args:
        program: one that `check` admits.
        language: one of `LANGUAGES`.

    Raises:
        ValueError: there is no such language; the message gives the nearest one.
    """
    return _printer(language).print_functions(program)


def _printer(language: str) -> Printer:
    return _PRINTERS.find(language)()
