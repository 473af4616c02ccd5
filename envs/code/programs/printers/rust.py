"""Rust."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from ..syntax import (
    Apply,
    Conditional,
    Expression,
    ForRange,
    Function,
    Literal,
    Op,
    Return,
    SetAt,
    Statement,
    Type,
    Variable,
)
from ..walking import walk
from .braces import OPERATORS, BracePrinter
from .changes import changes
from .idioms import Idiom
from .printer import Layout, Lines, Written, quoted
from .templates import Helper, Level, Template, comparison, function, inside

_METHOD = (Level.POSTFIX, Level.ANY)
_BYTE_AT = (Level.POSTFIX, Level.UNARY)
_CAST = " as i64"
_CHAR_AT = """\
fn char_at(text: &str, i: i64) -> &str {
    &text[i as usize..i as usize + 1]
}"""
_SORTED = """\
fn sorted(list: &[i64]) -> Vec<i64> {
    let mut copy = list.to_vec();
    copy.sort();
    copy
}"""
_READ_LINE = """\
fn read_line() -> String {
    let mut line = String::new();
    std::io::stdin().read_line(&mut line).unwrap();
    line.trim_end_matches('\\n').to_string()
}"""
_READ_LIST = """\
fn read_list() -> Vec<i64> {
    read_line().split_whitespace().map(|word| word.parse().unwrap()).collect()
}"""


def _method(name: str, arguments: int) -> Template:
    return Template(f"{{0}}.{name}({'{1}' if arguments else ''})", Level.POSTFIX, _METHOD[: 1 + arguments])


class RustPrinter(BracePrinter):
    """Writes Rust: functions borrow strings and lists and give new ones.

    The text of a string or a list may be that of a place, which is borrowed, or of a new value, which is owned.
    """

    layout = Layout(
        if_="if {} {{",
        elif_="}} else if {} {{",
        else_="} else {",
        end_if="}",
        while_="while {} {{",
        end_while="}",
        end_for="}",
        end_function="}",
    )
    types: ClassVar = {Type.INT: "i64", Type.BOOL: "bool", Type.STR: "String", Type.INTS: "Vec<i64>"}
    parameter_types: ClassVar = {Type.INT: "i64", Type.BOOL: "bool", Type.STR: "&str", Type.INTS: "&[i64]"}
    templates: ClassVar = {
        **OPERATORS,
        Op.DIV: _method("div_euclid", 1),
        Op.MOD: _method("rem_euclid", 1),
        Op.ABS: _method("abs", 0),
        Op.MIN: _method("min", 1),
        Op.MAX: _method("max", 1),
        Op.STR_EQ: comparison("=="),
        Idiom.STR_NE: comparison("!="),
        Op.STR_LENGTH: Template("{0}.len() as i64", Level.MODULO, (Level.POSTFIX,)),
        Op.CHAR_AT: function("char_at", 2, "char_at"),
        Idiom.CHAR_IS: Template("{0}.as_bytes()[{1} as usize] == {2}", Level.COMPARISON, (*_BYTE_AT, Level.ANY)),
        Idiom.CHAR_IS_NOT: Template("{0}.as_bytes()[{1} as usize] != {2}", Level.COMPARISON, (*_BYTE_AT, Level.ANY)),
        Idiom.CHARS_EQ: Template(
            "{0}.as_bytes()[{1} as usize] == {2}.as_bytes()[{3} as usize]", Level.COMPARISON, _BYTE_AT * 2
        ),
        Idiom.CHARS_NE: Template(
            "{0}.as_bytes()[{1} as usize] != {2}.as_bytes()[{3} as usize]", Level.COMPARISON, _BYTE_AT * 2
        ),
        Op.ORD: Template("{0}.as_bytes()[0] as i64", Level.MODULO, (Level.POSTFIX,)),
        Idiom.ORD_AT: Template("{0}.as_bytes()[{1} as usize] as i64", Level.MODULO, _BYTE_AT),
        Idiom.ORD_OF: Template("{0} as i64", Level.MODULO, (Level.ANY,)),
        Op.CHR: Template("({0} as u8 as char).to_string()", Level.POSTFIX, (Level.UNARY,)),
        Op.INT_TO_STR: _method("to_string", 0),
        Op.LENGTH: Template("{0}.len() as i64", Level.MODULO, (Level.POSTFIX,)),
        Op.AT: Template("{0}[{1} as usize]", Level.POSTFIX, _BYTE_AT),
        Op.FILLED: Template("vec![{1}; {0} as usize]", Level.POSTFIX, (Level.UNARY, Level.ANY)),
        Op.SORTED: function("sorted", 1, "sorted"),
    }
    conditional = Template("if {0} {{ {1} }} else {{ {2} }}", Level.CONDITIONAL, (Level.OR, Level.ANY, Level.ANY))
    augmented: ClassVar = {**BracePrinter.augmented}
    append = inside("{0}.push({1})", 2)
    helpers: ClassVar = {
        "char_at": Helper(_CHAR_AT),
        "sorted": Helper(_SORTED),
        "read_line": Helper(_READ_LINE),
        "read_list": Helper(_READ_LIST, ("read_line",)),
    }
    readers: ClassVar = {
        Type.INT: inside("let {0}: i64 = read_line().parse().unwrap();", 1, "read_line"),
        Type.BOOL: inside('let {0} = read_line() == "true";', 1, "read_line"),
        Type.STR: inside("let {0} = read_line();", 1, "read_line"),
        Type.INTS: inside("let {0} = read_list();", 1, "read_list"),
    }
    writers: ClassVar = {
        Type.INT: inside('println!("{{}}", {0});', 1),
        Type.BOOL: inside('println!("{{}}", {0});', 1),
        Type.STR: inside('println!("{{}}", {0});', 1),
        Type.INTS: Template(
            'println!("{{}}", {0}.iter().map(|number| number.to_string()).collect::<Vec<_>>().join(" "));',
            Level.ANY,
            (Level.POSTFIX,),
        ),
    }

    def __init__(self) -> None:
        super().__init__()
        self._borrowed: frozenset[str] = frozenset()
        self._changed: frozenset[str] = frozenset()

    # Programs.

    def head(self, function: Function) -> str:
        """`fn`, the parameters and the result's type."""
        parameters = ", ".join(
            f"{parameter.name}: {self.parameter_types[parameter.type]}" for parameter in function.parameters
        )
        return f"fn {function.name}({parameters}) -> {self.types[function.result]} {{"

    def body(self, function: Function) -> Lines:
        """The last expression is the result."""
        self._borrowed = frozenset(parameter.name for parameter in function.parameters)
        self._changed = frozenset(change.name for change in changes(function.body))
        *statements, last = function.body
        return [*self.block(statements), *([self.owned(last.value, moved=True)] if isinstance(last, Return) else [])]

    def main(self, function: Function, alone: Expression | None) -> Lines:
        """The main function, which owns what it reads."""
        self._borrowed = frozenset()
        return self.enclosed("fn main() {", super().main(function, alone))

    # Statements.

    def let(self, name: str, value: Expression) -> Lines:
        """A type stands where the value has not only one."""
        if value == Literal(()):
            return [f"let mut {name} = Vec::<i64>::new();"]
        mutable = "mut " if name in self._changed else ""
        type = f": {self.types[value.type]}" if value.type in (Type.INT, Type.INTS) and not _is_typed(value) else ""
        return [f"let {mutable}{name}{type} = {self.owned(value)};"]

    def assignment(self, target: Expression, value: Expression) -> str:
        """A string gets longer, or a variable another value."""
        if value == Apply(Op.ADD, (target, Literal(1))):
            return f"{self.expression(target)} += 1;"
        match value:
            case Apply(Op.CONCAT, (first, second)) if first == target and not _is_in(target, second):
                return f"{self.expression(target)}.push_str({self.argument(second)});"
        if value.type in (Type.STR, Type.INTS):
            return f"{self.expression(target)} = {self.owned(value)};"
        return super().assignment(target, value)

    def give(self, value: Expression) -> Lines:
        """An owned value."""
        return [f"return {self.owned(value, moved=True)};"]

    def count(self, loop: ForRange) -> str:
        """`for` and a range."""
        start = self.expression(loop.start, Level.OR)
        if not (_is_typed(loop.start) or _is_typed(loop.stop)):
            cast = "_i64" if isinstance(loop.start, Literal) else _CAST
            start = f"{self.expression(loop.start, Level.UNARY)}{cast}"
        match loop.stop:
            case Apply(Op.ADD, (last, Literal(1))):
                return f"for {loop.name} in {start}..={self.expression(last, Level.OR)} {{"
        return f"for {loop.name} in {start}..{self.expression(loop.stop, Level.OR)} {{"

    # Expressions.

    def cannot_stand(self, expression: Expression, place: Expression | Statement) -> bool:
        """An index for a list that is about to change does not look at the list."""
        match place:
            case SetAt(name, index) if index is expression:
                return _is_in(Variable(name, Type.INTS), index)
        return False

    def owned(self, value: Expression, *, moved: bool = False) -> str:
        """A value that belongs to whoever gets it.

        Args:
            value: the value.
            moved: whether a variable may be given away.
        """
        match value:
            case Literal(""):
                return "String::new()"
            case Literal(()):
                return "Vec::<i64>::new()"
            case Literal(tuple() as numbers):
                return f"vec![{', '.join(map(str, numbers))}]"
            case Conditional() if value.type in (Type.STR, Type.INTS):
                return self.conditional_of(value, self.owned)
            case Variable(name) if name not in self._borrowed and (moved or value.type in (Type.INT, Type.BOOL)):
                return name
            case Variable(name, Type.STR):
                return f"{name}.to_string()" if name in self._borrowed else f"{name}.clone()"
            case Variable(name, Type.INTS):
                return f"{name}.to_vec()" if name in self._borrowed else f"{name}.clone()"
        text = self.expression(value)
        return f"{text}.to_string()" if value.type is Type.STR and _is_reference(value) else text

    def argument(self, argument: Expression) -> str:
        """Strings and lists are borrowed."""
        match argument:
            case Variable(name, Type.STR | Type.INTS):
                return name if name in self._borrowed else f"&{name}"
            case Literal(tuple() as numbers):
                return f"&[{', '.join(map(str, numbers))}]"
        if argument.type in (Type.STR, Type.INTS) and not _is_reference(argument):
            return f"&{self.expression(argument, Level.UNARY)}"
        return self.expression(argument)

    def conditional_of(self, choice: Conditional, write: Callable[[Expression], str]) -> str:
        """A choice between values that are written in a way of their own."""
        condition = self.expression(choice.condition, Level.OR)
        return self.filled(self.conditional, condition, write(choice.then), write(choice.otherwise))

    def written(self, expression: Expression) -> Written:
        """A choice is between slices, or else between new values."""
        match expression:
            case Conditional() if expression.type in (Type.STR, Type.INTS):
                write = self._slice if _is_place(expression) else self.owned
                return self.conditional_of(expression, write), Level.CONDITIONAL
        return super().written(expression)

    def operation(self, word: Op | Idiom, operands: Sequence[Expression]) -> Written:
        """Borrowed arguments of helpers, methods of numbers whose type is known, indices without a cast."""
        match word, operands:
            case Op.CONCAT, _:
                parts = [self.expression(part) for part in _joined(operands)]
                return f'format!("{"{}" * len(parts)}", {", ".join(parts)})', Level.POSTFIX
            case ((Op.SORTED | Op.CHAR_AT), (first, *rest)):
                arguments = [self.argument(first), *map(self.expression, rest)]
                return self.filled(self.templates[word], *arguments), Level.POSTFIX
            case ((Op.DIV | Op.MOD | Op.ABS | Op.MIN | Op.MAX), (first, *_)) if not _is_typed(first):
                name = self.templates[word].text.removeprefix("{0}.").partition("(")[0]
                return f"i64::{name}({', '.join(map(self.expression, operands))})", Level.POSTFIX
            case Op.AT, (whole, Literal(index)):
                return f"{self.expression(whole, Level.POSTFIX)}[{index}]", Level.POSTFIX
            case Op.LT, (first, second):
                left = self.expression(first, Level.CONCATENATION)
                left = f"({left})" if left.endswith(_CAST) else left  # or `<` would begin arguments of the type
                return f"{left} < {self.expression(second, Level.CONCATENATION)}", Level.COMPARISON
        return super().operation(word, operands)

    def list(self, numbers: Sequence[int]) -> Written:
        """An array."""
        return f"[{', '.join(map(str, numbers))}]" if numbers else "[0_i64; 0]", Level.ATOM

    def character(self, literal: Literal) -> str:
        """A byte."""
        return f"b{quoted(str(literal.value), chr(39))}"

    def _slice(self, value: Expression) -> str:
        match value:
            case Variable(name, type) if name not in self._borrowed:
                return f"{name}.as_str()" if type is Type.STR else f"{name}.as_slice()"
        return self.expression(value)


def _is_typed(value: Expression) -> bool:
    """Whether the compiler knows the type of an integer, or of a list's, without looking further."""
    match value:
        case Literal():
            return False
        case Conditional(_, then, otherwise):
            return _is_typed(then) or _is_typed(otherwise)
        case Apply(Op.AT, (numbers, _)):
            return _is_typed(numbers)
        case Apply(Op.FILLED, (_, element)):
            return _is_typed(element)
        case Apply(Op.ADD | Op.SUB | Op.MUL | Op.DIV | Op.MOD | Op.NEG, parts):
            return any(map(_is_typed, parts))
    return True


def _is_place(value: Expression) -> bool:
    """Whether a string or a list is there already, and may be borrowed for longer than a moment."""
    match value:
        case Literal():
            return value.type is Type.STR
        case Variable():
            return True
        case Conditional(_, then, otherwise):
            return _is_place(then) and _is_place(otherwise)
        case Apply(Op.CHAR_AT, (text, _)):
            return _is_place(text)
    return False


def _is_reference(value: Expression) -> bool:
    """Whether the text of a string or a list is that of a reference."""
    return _is_place(value) or (isinstance(value, Apply) and value.op is Op.CHAR_AT)


def _is_in(part: Expression, whole: Expression) -> bool:
    return any(inner == part for _, inner in walk(whole))


def _joined(operands: Sequence[Expression]) -> list[Expression]:
    joined: list[Expression] = []
    for operand in operands:
        match operand:
            case Apply(Op.CONCAT, parts):
                joined += _joined(parts)
            case Apply(Op.INT_TO_STR, (number,)):
                joined.append(number)
            case _:
                joined.append(operand)
    return joined
