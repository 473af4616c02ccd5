"""Programs of the small language as one Python project of several files.

Every program is a command: `main.py` reads its name on the first line and its inputs on those that follow, one a line,
and prints the result. The function of a command stands in a module of its own, and the functions that these call
in another.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass, replace
from typing import Any

from .programs.printers import print_functions
from .programs.syntax import Call, Function, Program, Type, Value
from .programs.values import write_inputs

PACKAGE = "tools"
HELPERS = f"{PACKAGE}/helpers.py"
MAIN = "main.py"
README = "README.md"

COMMANDS = (
    "amber", "basil", "cedar", "delta", "ember", "fable", "grove", "heron", "indigo", "jasper", "karma", "lotus",
    "maple", "nectar", "onyx", "pebble", "quartz", "raven", "sage", "tulip", "umber", "velvet", "willow", "zephyr",
)  # fmt: skip
"""Names for commands; no variable of a program has one."""

_READERS = {
    Type.INT: "int(input())",
    Type.BOOL: 'input() == "true"',
    Type.STR: "input()",
    Type.INTS: "[int(word) for word in input().split()]",
}
_WRITERS = {
    Type.INT: "print({})",
    Type.BOOL: 'print("true" if {} else "false")',
    Type.STR: "print({})",
    Type.INTS: "print(*{})",
}


def print_project(programs: Sequence[Program], statements: Sequence[str]) -> dict[str, str]:
    """The files of a project, by path.

    Args:
        programs: one or more; no two functions of them have the same name.
        statements: what each of them does, for the README.

    Raises:
        ValueError: two functions have the same name.
    """
    names = [function.name for program in programs for function in program.functions]
    if len(set(names)) < len(names):
        raise ValueError(f"programs must have functions of different names, got {', '.join(names)}")
    files = {README: _print_readme(programs, statements), MAIN: _print_main([program.main for program in programs])}
    for program in programs:
        helpers = [function.name for function in program.functions[:-1]]
        imports = f"from {PACKAGE}.helpers import {', '.join(sorted(helpers))}\n\n\n" if helpers else ""
        files[module(program)] = imports + _print_functions((program.main,))
    helpers = tuple(function for program in programs for function in program.functions[:-1])
    if helpers:
        files[HELPERS] = _print_functions(helpers)
    return files


def module(program: Program) -> str:
    """The path of the module that holds a program's main function."""
    return f"{PACKAGE}/{program.main.name}.py"


def rename_functions(program: Program, names: Mapping[str, str]) -> Program:
    """A program whose functions have other names.

    Args:
        program: the program.
        names: the new names by the old ones.
    """
    return _rename(program, names)


def write_request(program: Program, inputs: Sequence[Value]) -> str:
    """What the project reads to run a program on inputs."""
    return f"{program.main.name}\n{write_inputs(inputs)}"


def _print_functions(functions: tuple[Function, ...]) -> str:
    return print_functions(Program(functions), "python").rstrip("\n") + "\n"


def _rename(node: Any, names: Mapping[str, str]) -> Any:
    if isinstance(node, tuple):
        return tuple(_rename(item, names) for item in node)
    if not is_dataclass(node) or isinstance(node, type):
        return node
    changed = {field.name: _rename(getattr(node, field.name), names) for field in fields(node)}
    if isinstance(node, Function):
        changed["name"] = names.get(node.name, node.name)
    if isinstance(node, Call):
        changed["function"] = names.get(node.function, node.function)
    return replace(node, **changed)


def _print_readme(programs: Sequence[Program], statements: Sequence[str]) -> str:
    parts = ["`python main.py` reads the name of a command on the first line, and its inputs on those that follow."]
    parts += [f"## {program.main.name}\n\n{said}" for program, said in zip(programs, statements, strict=True)]
    return "\n\n".join(parts) + "\n"


def _print_main(mains: Sequence[Function]) -> str:
    lines = [f"from {PACKAGE}.{main.name} import {main.name}" for main in sorted(mains, key=lambda main: main.name)]
    lines += ["", "command = input()"]
    for i, main in enumerate(mains):
        lines.append(f'{"elif" if i else "if"} command == "{main.name}":')
        lines += [f"    {parameter.name} = {_READERS[parameter.type]}" for parameter in main.parameters]
        call = f"{main.name}({', '.join(parameter.name for parameter in main.parameters)})"
        lines.append(f"    {_WRITERS[main.result].format(call)}")
    return "\n".join(lines) + "\n"
