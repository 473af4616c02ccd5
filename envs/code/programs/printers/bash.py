"""Bash."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import ClassVar

from ..syntax import (
    Apply,
    Call,
    Conditional,
    Expression,
    ForRange,
    Function,
    If,
    Let,
    Literal,
    Op,
    Parameter,
    Program,
    Return,
    Set,
    SetAt,
    Statement,
    Type,
    Variable,
    While,
)
from ..walking import walk
from .braces import CONDITIONAL, OPERATORS
from .changes import may_be_repeated
from .idioms import Idiom, plus
from .lowering import operands
from .printer import Layout, Lines, Printer, Written
from .templates import Helper, Level, Template

_FILLED = """\
filled() {
    local i items=()
    for ((i = 0; i < $1; i++)); do
        items+=("$2")
    done
    REPLY="${items[*]}"
}"""
_REPEATED = frozenset({Op.DIV, Op.MOD, Op.MIN, Op.MAX, Op.ABS})
_NAMED = frozenset({Op.AT, Op.LENGTH, Op.CHAR_AT, Op.STR_LENGTH, Op.SORTED})
_COMMANDS = frozenset({Op.ORD, Op.CHR, Op.FILLED, Op.SORTED})
_LOGIC = frozenset({Op.AND, Op.OR, Op.NOT})
_WORD = re.compile(r"[A-Za-z0-9_\[]")


class BashPrinter(Printer):
    """Writes Bash: functions leave their results in `REPLY`; what a condition asks for is the status they end with.

    The text of an integer is one for the inside of `((…))`; truth values are 0 and 1 there, or else the status of a
    command. The text of a string is one for the inside of double quotation marks. Lists are arrays; they go to and from
    functions as words of one string.
    """

    layout = Layout(
        if_="if {}; then",
        elif_="elif {}; then",
        else_="else",
        end_if="fi",
        while_="while {}; do",
        end_while="done",
        end_for="done",
        end_function="}",
    )
    templates: ClassVar = {
        **OPERATORS,
        Op.DIV: Template("({0} - ({0} < 0 ? {2} : 0)) / {1}", Level.PRODUCT, (Level.SUM, Level.UNARY, Level.ANY)),
        Op.MOD: Template("({0} % {1} + {1}) % {1}", Level.PRODUCT, (Level.PRODUCT, Level.UNARY)),
        Op.ABS: Template("{0} < 0 ? -{1} : {0}", Level.CONDITIONAL, (Level.SUM, Level.ATOM)),
        Op.MIN: Template("{0} < {1} ? {0} : {1}", Level.CONDITIONAL, (Level.SUM, Level.SUM)),
        Op.MAX: Template("{0} > {1} ? {0} : {1}", Level.CONDITIONAL, (Level.SUM, Level.SUM)),
        Op.STR_LENGTH: Template("${{#{0}}}", Level.ATOM, (Level.ATOM,)),
        Op.LENGTH: Template("${{#{0}[@]}}", Level.ATOM, (Level.ATOM,)),
        Op.AT: Template("{0}[{1}]", Level.POSTFIX, (Level.ATOM, Level.ANY)),
    }
    conditional = CONDITIONAL
    helpers: ClassVar = {"filled": Helper(_FILLED)}
    booleans = ("0", "1")
    augmented: ClassVar = {Op.ADD: "+=", Op.SUB: "-=", Op.MUL: "*="}
    end = ""
    names_apart = True

    # Programs.

    def only_expression(self, program: Program) -> Expression | None:
        """Only what stands in one command."""
        alone = super().only_expression(program)
        return None if alone is None or _is_command(alone) or alone.type is Type.INTS else alone

    def main(self, function: Function, alone: Expression | None) -> Lines:
        """Reads variables, and prints."""
        variables = tuple(Variable(parameter.name, parameter.type) for parameter in function.parameters)
        lines = [line for parameter in function.parameters for line in _read(parameter)]
        result = alone or Call(function.name, variables, function.result)
        if function.result is Type.BOOL:
            return [*lines, *self.choice_of_commands(result, ["echo true"], ["echo false"])]
        if alone is None:
            lines += self.bound("REPLY", result)
        word = '"$REPLY"' if alone is None else self.word(alone)
        return [*lines, f"printf '%s\\n' {word}" if function.result is Type.STR else f"echo {word}"]

    def head(self, function: Function) -> str:
        """The name."""
        return f"{function.name}() {{"

    def body(self, function: Function) -> Lines:
        """The parameters and loops' variables are made local; the last command needs no `return`."""
        parameters = [
            f"local {parameter.name}=(${i})"
            if parameter.type is Type.INTS
            else f'local {parameter.name}="${i}"'
            if parameter.type is Type.STR
            else f"local {parameter.name}=${i}"
            for i, parameter in enumerate(function.parameters, 1)
        ]
        counters = " ".join(dict.fromkeys(_counters(function.body)))
        lines = [*parameters, *([f"local {counters}"] if counters else []), *self.block(function.body)]
        return lines[:-1] if lines[-1] == "return" else lines

    # Statements.

    def let(self, name: str, value: Expression) -> Lines:
        """`local`; what commands give comes after it."""
        if value.type is Type.BOOL and not _is_arithmetic(value):
            return [f"local {name}=0", *self.choice_of_commands(value, [f"{name}=1"], [])]
        lines = self.bound(name, value)
        if lines[-1].startswith(f"{name}="):
            return [*lines[:-1], f"local {lines[-1]}"]
        return [f"local {name}", *lines]

    def assignments(self, target: Expression, value: Expression) -> Lines:
        """Arithmetic stands between double parentheses, like the change of an element."""
        if not isinstance(target, Variable):
            return [f"(( {self.assignment(target, value)} ))"]
        match value:
            case Apply(Op.ADD, (first, Literal(1))) if first == target:
                return [f"(( {target.name}++ ))"]
            case Apply(Op.CONCAT, (first, second)) if first == target:
                return [f"{target.name}+={self.word(second)}"]
            case Apply(op, (first, _)) if first == target and op in self.augmented:
                return [f"(( {self.assignment(target, value)} ))"]
        return self.bound(target.name, value)

    def declare(self, name: str, type: Type) -> Lines:
        """`local`."""
        return [f"local {name}"]

    def extension(self, name: str, value: Expression) -> str:
        """`+=`."""
        return f"{name}+=({self.integer(value)})"

    def give(self, value: Expression) -> Lines:
        """A status, or a result in `REPLY`."""
        match value:
            case Literal(bool() as holds):
                return [f"return {0 if holds else 1}"]
            case Variable(name, Type.INTS):
                return [f'REPLY="${{{name}[*]}}"', "return"]
            case Literal(tuple() as numbers):
                return [f'REPLY="{" ".join(map(str, numbers))}"', "return"]
        if value.type is Type.BOOL:
            return [self.condition(value), "return"]
        return [*self.bound("REPLY", value), "return"]

    def count(self, loop: ForRange) -> str:
        """`for`; the end of the range is put aside where it may change."""
        name, start = loop.name, self.expression(loop.start)
        if may_be_repeated(loop.stop, loop.body):
            return f"for (({name} = {start}; {name} < {self.expression(loop.stop, Level.SUM)}; {name}++)); do"
        stop = f"{name}_stop = {self.expression(loop.stop, Level.CONDITIONAL)}"
        return f"for (({name} = {start}, {stop}; {name} < {name}_stop; {name}++)); do"

    def bound(self, name: str, value: Expression) -> Lines:
        """What gives a variable a value."""
        match value:
            case Apply(Op.ORD, (text,)):
                return [f'printf -v {name} %d "\'{self.expression(text)}"']
            case Apply(Op.CHR, (code,)):
                return [f"printf -v {name} '\\\\%o' {self.integer(code)}", f'printf -v {name} %b "${name}"']
            case Apply(Op.SORTED, (numbers,)):
                return [f"{name}=($(printf '%s\\n' \"${{{self.expression(numbers)}[@]}}\" | sort -n))"]
            case Apply(Op.FILLED, (count, element)):
                self.need("filled")
                return self._received(name, value.type, f"filled {self.integer(count)} {self.integer(element)}")
            case Call() if value.type is not Type.BOOL:
                return self._received(name, value.type, self.command(value))
            case Literal(tuple() as numbers):
                return [f"{name}=({' '.join(map(str, numbers))})"]
            case Variable(other, Type.INTS):
                return [f'{name}=("${{{other}[@]}}")']
        if value.type is Type.STR:
            return [f"{name}={self.word(value)}"]
        if value.type is Type.BOOL and not _is_arithmetic(value):
            return self.choice_of_commands(value, [f"{name}=1"], [f"{name}=0"])
        return [f"{name}={self.integer(value)}"]

    def choice_of_commands(self, condition: Expression, then: Lines, otherwise: Lines) -> Lines:
        """Commands where a condition holds, and others where it does not."""
        lines = [self.layout.if_.format(self.condition(condition)), *self.indented(then)]
        return [*lines, *([self.layout.else_, *self.indented(otherwise)] if otherwise else []), self.layout.end_if]

    def _received(self, name: str, type: Type, command: str) -> Lines:
        if name == "REPLY":
            return [command]
        return [command, f"{name}=($REPLY)" if type is Type.INTS else f"{name}=$REPLY"]

    # Conditions: commands with a status.

    def condition(self, condition: Expression) -> str:
        """A command that succeeds where a condition holds."""
        match condition:
            case Literal(value):
                return "true" if value else "false"
            case Call():
                return self.command(condition)
            case Apply(Op.STR_EQ, (first, second)):
                return f"[[ {self.word(first)} == {self.word(second)} ]]"
            case Apply(Op.NOT, (Apply(Op.STR_EQ, (first, second)),)):
                return f"[[ {self.word(first)} != {self.word(second)} ]]"
        if _is_arithmetic(condition):
            return f"(( {self.expression(condition)} ))"
        match condition:
            case Apply(Op.NOT, (inner,)):
                return f"! {self._grouped(inner, Op.NOT)}"
            case Apply(op, (first, second)):
                symbol = "&&" if op is Op.AND else "||"
                return f"{self._grouped(first, op)} {symbol} {self._grouped(second, op)}"
        raise TypeError(f"a condition must be a truth value, got {condition!r}")

    def command(self, call: Call) -> str:
        """A call."""
        return " ".join([call.function, *map(self.word, call.arguments)])

    def _grouped(self, condition: Expression, outer: Op) -> str:
        match condition:
            case Apply(Op.AND | Op.OR as op) if op is not outer and not _is_arithmetic(condition):
                return f"{{ {self.condition(condition)}; }}"
        return self.condition(condition)

    # Words.

    def word(self, value: Expression) -> str:
        """A value as one word of a command."""
        match value:
            case Literal(str() as text) if "'" not in text:
                return f"'{text}'"
            case Literal(tuple() as numbers):
                return f"'{' '.join(map(str, numbers))}'"
            case Variable(name, Type.INTS):
                return f'"${{{name}[*]}}"'
        return f'"{self.expression(value)}"' if value.type is Type.STR else self.integer(value)

    def integer(self, value: Expression) -> str:
        """An integer, or a truth value as 0 or 1, as one word."""
        match value:
            case Literal():
                return self.expression(value)
            case Variable(name):
                return f"${name}"
            case Apply(Op.LENGTH | Op.STR_LENGTH):
                return self.expression(value)
            case Apply(Op.AT):
                return f"${{{self.expression(value)}}}"
        return f"$(( {self.expression(value)} ))"

    # Expressions: integers inside `((…))`, strings inside double quotation marks.

    def expression(self, expression: Expression, least: Level = Level.ANY) -> str:
        """The inside of double parentheses or quotation marks."""
        if expression.type is not Type.STR:
            return super().expression(expression, least)
        match expression:
            case Literal(value):
                return re.sub(r'([\\"$`])', r"\\\1", str(value))
            case Variable(name):
                return name if least is Level.ATOM else f"${name}"
            case Apply(Op.CHAR_AT, (text, index)):
                place = self.expression(index)
                place = f"({place})" if place.startswith("-") or "?" in place else place
                return f"${{{self.expression(text, Level.ATOM)}:{place}:1}}"
            case Apply(Op.CONCAT, (first, second)):
                left, right = self.expression(first), self.expression(second)
                last = first
                while isinstance(last, Apply) and last.op is Op.CONCAT:
                    last = last.arguments[1]
                if _WORD.match(right) and left.endswith(f"${getattr(last, 'name', '')}"):
                    cut = len(left) - len(getattr(last, "name", ""))
                    left = f"{left[:cut]}{{{left[cut:]}}}"
                return left + right
            case Apply(Op.INT_TO_STR, (number,)):
                return self.integer(number)
        raise TypeError(f"a string was expected that stands inside quotation marks, got {expression!r}")

    def operation(self, word: Op | Idiom, operands: Sequence[Expression]) -> Written:
        """Rounding down needs the divisor less one, and a number its opposite."""
        if word is Op.DIV:
            operands = (*operands, plus(operands[1], -1))
        elif word is Op.ABS:
            operands = (*operands, *operands)
        return super().operation(word, operands)

    def cannot_stand(self, expression: Expression, place: Expression | Statement) -> bool:
        """What is the result of a command must have a name, like what is looked into."""
        binds = isinstance(place, Let | Set | Return)
        match place:
            case Apply(Op.AT, (_, index)) | SetAt(_, index) if index is expression and _confuses(index):
                return True
            case Apply(op, (first, *_)) if op in _NAMED and first is expression:
                return not isinstance(expression, Variable)
            case Apply(op) if op in _REPEATED and _repeats(expression):
                return True
            case Return() if isinstance(expression, Apply) and expression.op is Op.SORTED:
                return True
        if expression.type is Type.BOOL and not isinstance(expression, Conditional):
            logical = isinstance(place, Apply) and place.op in _LOGIC
            return not (_is_arithmetic(expression) or binds or logical or isinstance(place, If | While))
        match expression:
            case Conditional(_, _, then):
                return then.type in (Type.STR, Type.INTS) or not all(map(_is_arithmetic, operands(expression)))
        return _is_command(expression) and not binds


def _is_command(expression: Expression) -> bool:
    """Whether a value is the result of a command of its own."""
    match expression:
        case Call():
            return expression.type is not Type.BOOL
        case Apply(op):
            return op in _COMMANDS
    return False


def _is_arithmetic(condition: Expression) -> bool:
    """Whether a truth value can be worked out inside double parentheses."""
    match condition:
        case Call() | Apply(Op.STR_EQ):
            return condition.type is not Type.BOOL
        case Apply(op, parts) if op in _LOGIC:
            return all(map(_is_arithmetic, parts))
    return True


def _confuses(index: Expression) -> bool:
    """Whether an index holds another one and an expansion, with which Bash 5.2 cannot cope inside `((…))`."""
    used = {part.op for _, part in walk(index) if isinstance(part, Apply)}
    return Op.AT in used and not used.isdisjoint((Op.LENGTH, Op.STR_LENGTH))


def _repeats(expression: Expression) -> bool:
    """Whether an operation is in it that writes an operand more than once."""
    return any(isinstance(part, Apply) and part.op in _REPEATED for _, part in walk(expression))


def _read(parameter: Parameter) -> Lines:
    name = parameter.name
    match parameter.type:
        case Type.INT:
            return [f"read -r {name}"]
        case Type.BOOL:
            return [f"read -r {name}", f"[[ ${name} == true ]] && {name}=1 || {name}=0"]
        case Type.STR:
            return [f"IFS= read -r {name}"]
        case Type.INTS:
            return [f"read -r -a {name}"]


def _counters(block: Sequence[Statement]) -> Iterator[str]:
    """Loops' variables, and those that their ends are put aside in."""
    for _, part in walk(tuple(block)):
        if isinstance(part, ForRange):
            yield part.name
            if not may_be_repeated(part.stop, part.body):
                yield f"{part.name}_stop"
