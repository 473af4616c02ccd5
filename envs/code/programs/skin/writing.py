"""Programs written in the surface."""

from __future__ import annotations

from collections.abc import Iterator

from ..syntax import (
    Append,
    Apply,
    Call,
    Conditional,
    Expression,
    ForRange,
    Function,
    If,
    Let,
    Literal,
    Program,
    Return,
    Set,
    SetAt,
    Statement,
    Variable,
    While,
)
from .words import CONDITIONAL, FALSE, MARKS, TRUE, WORDS


def write(program: Program) -> str:
    """A program in this surface: a statement a line, a function that is one statement on one line.

    Args:
        program: one that `check` admits.
    """
    return "\n".join(_write_function(function) for function in program.functions)


def _write_function(function: Function) -> str:
    header = "".join(f"{parameter.name}{MARKS[parameter.type]} " for parameter in function.parameters)
    header += f"{function.name}{MARKS[function.result]} {{"
    lines = list(_write_block(function.body))
    return f"{header} {lines[0]} }}" if len(lines) == 1 else "\n".join([header, *lines, "}"])


def _write_block(block: tuple[Statement, ...]) -> Iterator[str]:
    for statement in block:
        match statement:
            case Let(name, value):
                yield f"{_write_value(value)} {name}:"
            case Set(name, value):
                yield f"{_write_value(value)} {name}="
            case SetAt(name, index, value):
                yield f"{_write_value(index)} {_write_value(value)} {name}^"
            case Append(name, value):
                yield f"{_write_value(value)} {name}+"
            case Return(value):
                yield f"{_write_value(value)} ."
            case If(condition, then, otherwise):
                yield f"{_write_value(condition)} ("
                yield from _write_block(then)
                if otherwise:
                    yield "/"
                    yield from _write_block(otherwise)
                yield ")"
            case While(condition, body):
                yield f"[ {_write_value(condition)} ;"
                yield from _write_block(body)
                yield "]"
            case ForRange(name, start, stop, body):
                yield f"{_write_value(start)} {_write_value(stop)} {name}["
                yield from _write_block(body)
                yield "]"


def _write_value(expression: Expression) -> str:
    match expression:
        case Literal(bool(value)):
            return TRUE if value else FALSE
        case Literal(str(value)):
            return f"|{value.replace('|', '||')}|"
        case Literal(tuple(value)):
            return " ".join(["<", *map(str, value), ">"])
        case Literal(value):
            return str(value)
        case Variable(name):
            return name
        case Conditional(condition, then, otherwise):
            return " ".join([*map(_write_value, (condition, then, otherwise)), CONDITIONAL])
        case Apply(op, arguments):
            return " ".join([*map(_write_value, arguments), WORDS[op]])
        case Call(function, arguments):
            return " ".join([*map(_write_value, arguments), f"{function}!"])
