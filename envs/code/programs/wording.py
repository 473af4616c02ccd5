"""Expressions and statements as people write them down, in no programming language: `(a + b) mod 7`."""

from __future__ import annotations

from .syntax import (
    Append,
    Apply,
    Call,
    Conditional,
    Expression,
    ForRange,
    If,
    Let,
    Literal,
    Op,
    Return,
    Set,
    SetAt,
    Statement,
    Type,
    Variable,
    While,
)

_CONDITIONAL, _OR, _AND, _NOT, _COMPARISON, _SUM, _PRODUCT, _ATOM = range(8)

_INFIX = {
    Op.OR: ("or", _OR),
    Op.AND: ("and", _AND),
    Op.EQ: ("=", _COMPARISON),
    Op.STR_EQ: ("=", _COMPARISON),
    Op.NE: ("!=", _COMPARISON),
    Op.LT: ("<", _COMPARISON),
    Op.LE: ("<=", _COMPARISON),
    Op.GT: (">", _COMPARISON),
    Op.GE: (">=", _COMPARISON),
    Op.ADD: ("+", _SUM),
    Op.CONCAT: ("+", _SUM),
    Op.SUB: ("-", _SUM),
    Op.MUL: ("*", _PRODUCT),
    Op.DIV: ("div", _PRODUCT),
    Op.MOD: ("mod", _PRODUCT),
}
_ASSOCIATIVE = {Op.ADD, Op.MUL, Op.CONCAT, Op.AND, Op.OR}
_NAMES = {
    Op.ORD: "code",
    Op.CHR: "character",
    Op.INT_TO_STR: "text",
    Op.FILLED: "filled",
    Op.SORTED: "sorted",
}


def formula(expression: Expression) -> str:
    """An expression in the notation of mathematics, with as few parentheses as keep its meaning."""
    return _formula(expression)[0]


def sentence(statement: Statement) -> str:
    """The beginning of a statement, without the statements inside it."""
    match statement:
        case Let(name, value) | Set(name, value):
            return f"{name} := {formula(value)}"
        case SetAt(name, index, value):
            return f"{name}[{formula(index)}] := {formula(value)}"
        case Append(name, value):
            return f"append {formula(value)} to {name}"
        case If(condition):
            return f"if {formula(condition)}"
        case While(condition):
            return f"while {formula(condition)}"
        case ForRange(name, start, stop):
            return f"for {name} from {formula(start)} to before {formula(stop)}"
        case Return(value):
            return f"return {formula(value)}"


def _formula(expression: Expression) -> tuple[str, int]:
    match expression:
        case Literal(value):
            if expression.type is Type.INT:
                return str(value), _ATOM if expression.value >= 0 else _PRODUCT  # pyright: ignore[reportOperatorIssue]
            if expression.type is Type.INTS:
                return f"[{', '.join(map(str, value))}]", _ATOM  # pyright: ignore[reportArgumentType]
            return (f'"{value}"' if expression.type is Type.STR else str(value).lower()), _ATOM
        case Variable(name):
            return name, _ATOM
        case Conditional(condition, then, otherwise):
            parts = [_within(condition, _OR), _within(then, _OR), _within(otherwise, _CONDITIONAL)]
            return f"{parts[1]} if {parts[0]} else {parts[2]}", _CONDITIONAL
        case Call(name, arguments):
            return f"{name}({', '.join(map(formula, arguments))})", _ATOM
        case Apply(op, arguments) if op in _INFIX:
            sign, binding = _INFIX[op]
            right = arguments[1]
            associates = op in _ASSOCIATIVE and isinstance(right, Apply) and right.op is op
            least = binding if associates else binding + 1
            left = _within(arguments[0], binding + (binding == _COMPARISON))
            return f"{left} {sign} {_within(right, least)}", binding
        case Apply(op, arguments):
            return _other(op, arguments)


def _other(op: Op, arguments: tuple[Expression, ...]) -> tuple[str, int]:
    match op:
        case Op.NOT:
            return f"not {_within(arguments[0], _NOT)}", _NOT
        case Op.NEG:
            return f"-{_within(arguments[0], _ATOM)}", _PRODUCT
        case Op.ABS | Op.LENGTH | Op.STR_LENGTH:
            return f"|{formula(arguments[0])}|", _ATOM
        case Op.AT | Op.CHAR_AT:
            return f"{_within(arguments[0], _ATOM)}[{formula(arguments[1])}]", _ATOM
        case _:
            return f"{_NAMES.get(op, op)}({', '.join(map(formula, arguments))})", _ATOM


def _within(expression: Expression, least: int) -> str:
    text, binding = _formula(expression)
    return text if binding >= least else f"({text})"
