"""The small language: what programs are made of, whatever surface they are written in.

A program is a list of functions, of which the last one is the task's. Its inputs come one a line on standard input, in
the order of the parameters, and its result is the one line it prints: integers in decimal, booleans as `true` and
`false`, strings as they are, lists of integers with one blank between (an empty line where there are none).

So that a program means the same in every language, its values are held to what all languages share: every integer, also
in between, lies strictly between -2^31 and 2^31, strings hold printable ASCII, indices are in range, divisors are
positive, parameters are never assigned to, names are lower-case words that no language reserves, and no function calls
a later one or itself. No list ever has two names through which it could be changed: what is bound to a name is a new
list (a literal, `filled`, `sorted`, a call), and what a function returns is a new list or a local one. No block but the
`otherwise` of an `If` is empty, and nothing stands behind a `Return`. `check` holds programs to these rules, and the
interpreter refuses a run that leaves the bounds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class Type(StrEnum):
    """What a value is."""

    INT = "int"
    BOOL = "bool"
    STR = "str"
    INTS = "ints"


class Op(StrEnum):
    """What is built in."""

    ADD = "add"
    SUB = "sub"
    MUL = "mul"
    DIV = "div"  # rounds down
    MOD = "mod"  # never negative
    NEG = "neg"
    ABS = "abs"
    MIN = "min"
    MAX = "max"
    EQ = "eq"
    NE = "ne"
    LT = "lt"
    LE = "le"
    GT = "gt"
    GE = "ge"
    AND = "and"  # the second operand is not looked at where the first decides; so is OR's
    OR = "or"
    NOT = "not"
    STR_EQ = "str_eq"
    STR_LENGTH = "str_length"
    CHAR_AT = "char_at"  # (string, index from 0): a string of one character
    CONCAT = "concat"
    ORD = "ord"  # the ASCII code of a string of one character
    CHR = "chr"  # the string of one character of an ASCII code
    INT_TO_STR = "int_to_str"
    LENGTH = "length"
    AT = "at"  # (list, index from 0)
    FILLED = "filled"  # (how many, of what): a new list
    SORTED = "sorted"  # a new list, ascending


@dataclass(frozen=True, slots=True)
class Signature:
    """The types of an operation's arguments and of its result."""

    arguments: tuple[Type, ...]
    result: Type


_INT, _BOOL, _STR, _INTS = Type.INT, Type.BOOL, Type.STR, Type.INTS

SIGNATURES: Mapping[Op, Signature] = MappingProxyType(
    {
        **{op: Signature((_INT, _INT), _INT) for op in (Op.ADD, Op.SUB, Op.MUL, Op.DIV, Op.MOD, Op.MIN, Op.MAX)},
        **{op: Signature((_INT,), _INT) for op in (Op.NEG, Op.ABS)},
        **{op: Signature((_INT, _INT), _BOOL) for op in (Op.EQ, Op.NE, Op.LT, Op.LE, Op.GT, Op.GE)},
        **{op: Signature((_BOOL, _BOOL), _BOOL) for op in (Op.AND, Op.OR)},
        Op.NOT: Signature((_BOOL,), _BOOL),
        Op.STR_EQ: Signature((_STR, _STR), _BOOL),
        Op.STR_LENGTH: Signature((_STR,), _INT),
        Op.CHAR_AT: Signature((_STR, _INT), _STR),
        Op.CONCAT: Signature((_STR, _STR), _STR),
        Op.ORD: Signature((_STR,), _INT),
        Op.CHR: Signature((_INT,), _STR),
        Op.INT_TO_STR: Signature((_INT,), _STR),
        Op.LENGTH: Signature((_INTS,), _INT),
        Op.AT: Signature((_INTS, _INT), _INT),
        Op.FILLED: Signature((_INT, _INT), _INTS),
        Op.SORTED: Signature((_INTS,), _INTS),
    }
)


# Expressions.


@dataclass(frozen=True, slots=True)
class Literal:
    """A constant; its type is that of `value` (a tuple is a list of integers)."""

    value: int | bool | str | tuple[int, ...]

    @property
    def type(self) -> Type:
        """What it is."""
        return type_of(self.value)


@dataclass(frozen=True, slots=True)
class Variable:
    """The value of a parameter or a local variable."""

    name: str
    type: Type


@dataclass(frozen=True, slots=True)
class Apply:
    """A built-in operation on arguments."""

    op: Op
    arguments: tuple[Expression, ...]

    @property
    def type(self) -> Type:
        """What it gives."""
        return SIGNATURES[self.op].result


@dataclass(frozen=True, slots=True)
class Conditional:
    """One expression where a condition holds, another where it does not; only the one is looked at."""

    condition: Expression
    then: Expression
    otherwise: Expression

    @property
    def type(self) -> Type:
        """What either gives."""
        return self.then.type


@dataclass(frozen=True, slots=True)
class Call:
    """A call of an earlier function of the program."""

    function: str
    arguments: tuple[Expression, ...]
    type: Type


Expression = Literal | Variable | Apply | Conditional | Call


# Statements.


@dataclass(frozen=True, slots=True)
class Let:
    """A new local variable, which lives until its function returns."""

    name: str
    value: Expression


@dataclass(frozen=True, slots=True)
class Set:
    """Another value of the same type for a local variable."""

    name: str
    value: Expression


@dataclass(frozen=True, slots=True)
class SetAt:
    """Another element of a local list."""

    name: str
    index: Expression
    value: Expression


@dataclass(frozen=True, slots=True)
class Append:
    """One more element at the end of a local list."""

    name: str
    value: Expression


@dataclass(frozen=True, slots=True)
class If:
    """Statements where a condition holds, others where it does not; no `Let` stands inside."""

    condition: Expression
    then: tuple[Statement, ...]
    otherwise: tuple[Statement, ...] = ()


@dataclass(frozen=True, slots=True)
class While:
    """Statements again and again while a condition holds; no `Let` stands inside."""

    condition: Expression
    body: tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class ForRange:
    """Statements for each integer from `start` up to but without `stop`; no `Let` stands inside.

    `start` and `stop` are looked at once; the loop's variable is not assigned to and is not read after the loop. Loops
    one after the other may use the same name, loops inside one another may not.
    """

    name: str
    start: Expression
    stop: Expression
    body: tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class Return:
    """The end of a function; the last statement of its body is one, others stand only in an `If` or a loop."""

    value: Expression


Statement = Let | Set | SetAt | Append | If | While | ForRange | Return


@dataclass(frozen=True, slots=True)
class Parameter:
    """A name and what it holds."""

    name: str
    type: Type


@dataclass(frozen=True, slots=True)
class Function:
    """A function; it has no effect but its result."""

    name: str
    parameters: tuple[Parameter, ...]
    result: Type
    body: tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class Program:
    """Functions, each after those it calls; the last one is the task's."""

    functions: tuple[Function, ...]

    @property
    def main(self) -> Function:
        """The function that is called with the inputs."""
        return self.functions[-1]


Value = int | bool | str | tuple[int, ...]
"""What a program is given and gives."""


def type_of(value: Value) -> Type:
    """The type of a value.

    Raises:
        TypeError: it is none of the language's.
    """
    if isinstance(value, bool):
        return Type.BOOL
    if isinstance(value, int):
        return Type.INT
    if isinstance(value, str):
        return Type.STR
    if isinstance(value, tuple):
        return Type.INTS
    raise TypeError(f"value must be an int, bool, str or tuple of ints, got {type(value).__name__}")
