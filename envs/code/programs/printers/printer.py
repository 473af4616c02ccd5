"""The walk over a program that all languages share."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import ClassVar, cast

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
from .changes import reassigned
from .idioms import CHARACTERS, INDICES, Idiom, idioms, plain, plus
from .loops import one_based
from .lowering import Break, Declare, lower, stands
from .names import renamed
from .signs import is_nonnegative, nonnegative_variables
from .templates import Helper, Level, Template

Lines = list[str]
Written = tuple[str, Level]
"""An expression's text, and how tightly it holds together."""


@dataclass(frozen=True, slots=True)
class Layout:
    """The lines that begin and end blocks; `{}` stands for a condition, and an empty line is not written."""

    if_: str
    elif_: str
    else_: str
    end_if: str
    while_: str
    end_while: str
    end_for: str
    end_function: str


class Printer:
    """Writes programs in a language; one for each program. A language is a subclass.

    Attributes:
        layout: the lines around blocks.
        templates: how operations are written; idioms are looked up first.
        conditional: the template of a conditional expression (condition, then, otherwise).
        helpers: definitions that are written where something needs them; what is needed and not here, is imported.
        readers: how a parameter of the main function is read into a variable: `{}` is its name.
        writers: how a result is printed.
        booleans: false and true.
        assign: what stands between a variable and its new value.
        augmented: operators that change a variable by a value.
        append: how an element comes to a list: list, element.
        end: what ends a simple statement.
        first_index: the index of the first element and character.
        blank_lines: between functions.
        step: by which blocks are indented.
        library: words that no function of a program may have for its name, beside those that templates call.
        names_apart: whether variables may be named as functions are.
        called: what is found of a template's words that are called.
    """

    layout: ClassVar[Layout]
    templates: ClassVar[Mapping[Op | Idiom, Template]]
    conditional: ClassVar[Template]
    helpers: ClassVar[Mapping[str, Helper]] = {}
    readers: ClassVar[Mapping[Type, Template]] = {}
    writers: ClassVar[Mapping[Type, Template]] = {}
    booleans: ClassVar[tuple[str, str]] = ("false", "true")
    assign: ClassVar[str] = "="
    augmented: ClassVar[Mapping[Op, str]] = {}
    append: ClassVar[Template]
    end: ClassVar[str] = ";"
    first_index: ClassVar[int] = 0
    blank_lines: ClassVar[int] = 1
    step: ClassVar[str] = "    "
    library: ClassVar[frozenset[str]] = frozenset()
    names_apart: ClassVar[bool] = False
    called: ClassVar[re.Pattern[str]] = re.compile(r"(?<![\w.:$])[a-z]\w*(?=[(.])")

    def __init__(self) -> None:
        self._helpers: list[str] = []
        self._imports: set[str] = set()
        self._names: frozenset[str] = frozenset()  # that no new variable may have
        self._nonnegative: frozenset[str] = frozenset()
        self.reassigned: frozenset[str] = frozenset()  # of the function that is being written

    # Programs.

    def print_program(self, program: Program) -> str:
        """A whole program: it reads the inputs and prints the result."""
        program = self._prepared(program)
        alone = self.only_expression(program)
        functions = [] if alone is not None else self.functions(program.functions)
        main = self.main(program.main, alone)
        return self.assemble(functions, main)

    def print_functions(self, program: Program) -> str:
        """The definitions alone, with what they need."""
        program = self._prepared(program)
        return self.assemble(self.functions(program.functions), [])

    def _prepared(self, program: Program) -> Program:
        program = renamed(program, self.words(), functions_only=self.names_apart)
        self._names = self.words().union(function.name for function in program.functions)
        return program

    @classmethod
    @cache
    def words(cls) -> frozenset[str]:
        """The names of what programs call, beside their own functions."""
        templates = [*cls.templates.values(), *cls.readers.values(), *cls.writers.values()]
        called = {word for template in templates for word in cls.called.findall(template.text)}
        return frozenset(called.union(cls.library, cls.helpers, *(helper.needs for helper in cls.helpers.values())))

    def only_expression(self, program: Program) -> Expression | None:
        """The expression that a program is, if its one function only returns one."""
        match program.functions:
            case (Function(body=(Return(value) as place,)),) if stands(value, place, self.cannot_stand):
                return value
        return None

    def functions(self, functions: Iterable[Function]) -> list[Lines]:
        """Definitions."""
        return [self.function(function) for function in functions]

    def function(self, function: Function) -> Lines:
        """One definition."""
        function = lower(function, self.cannot_stand, self._names)
        self._nonnegative = nonnegative_variables(function)
        self.reassigned = reassigned(function.body)
        return self.framed(self.head(function), self.body(function), self.layout.end_function)

    def main(self, function: Function, alone: Expression | None) -> Lines:
        """What reads the inputs, calls the function, or works out the expression that is all of it, and prints."""
        variables = tuple(Variable(parameter.name, parameter.type) for parameter in function.parameters)
        result = alone or Call(function.name, variables, function.result)
        return [*self.read(function.parameters), *self.show(result)]

    def read(self, parameters: Sequence[Parameter]) -> Lines:
        """What reads the inputs into variables."""
        return [self.filled(self.readers[parameter.type], parameter.name) for parameter in parameters]

    def show(self, result: Expression) -> Lines:
        """What prints the result."""
        return [self.fill(self.writers[result.type], result)]

    def assemble(self, functions: Sequence[Lines], main: Lines) -> str:
        """The text of a program, of its definitions and what comes after them."""
        helpers = [self.helpers[name].text.split("\n") for name in self._helpers]
        gap = "\n" * (self.blank_lines + 1)
        parts = ["\n".join(lines) for lines in (*helpers, *functions, main) if lines]
        if imports := self.imports(sorted(self._imports)):
            parts.insert(0, "\n".join(imports))
        return gap.join(parts) + "\n"

    @property
    def has_helpers(self) -> bool:
        """Whether anything was needed that a program contains only then."""
        return bool(self._helpers)

    def imports(self, names: Sequence[str]) -> Lines:
        """What stands at the top: the imports, sorted, and what else a language wants there."""
        return list(names)

    # Statements.

    def head(self, function: Function) -> str:
        """The first line of a definition."""
        raise NotImplementedError

    def body(self, function: Function) -> Lines:
        """What a function does."""
        return self.block(function.body)

    def block(self, statements: Sequence[Statement]) -> Lines:
        """Statements one after the other."""
        return [line for statement in statements for line in self.statement(statement)]

    def statement(self, statement: Statement) -> Lines:
        """One statement."""
        match statement:
            case Let(name, value):
                return self.let(name, value)
            case Set(name, value):
                return self.assignments(Variable(name, value.type), value)
            case SetAt(name, index, value):
                return self.assignments(Apply(Op.AT, (Variable(name, Type.INTS), index)), value)
            case Append(name, value):
                return [self.extension(name, value)]
            case Return(value):
                return self.give(value)
            case If(condition, then, otherwise):
                return self.choice(condition, then, otherwise)
            case While(condition, body):
                return self.repeat(condition, body)
            case ForRange():
                loop = one_based(statement) if self.first_index == 1 else statement
                return self.framed(self.count(loop), self.block(loop.body), self.layout.end_for)
            case Declare(name, type):
                return self.declare(name, type)
            case Break():
                return self.leave()

    def let(self, name: str, value: Expression) -> Lines:
        """A new variable."""
        return [f"{name} {self.assign} {self.expression(value)}{self.end}"]

    def assignments(self, target: Expression, value: Expression) -> Lines:
        """What gives a variable or an element another value."""
        return [self.assignment(target, value)]

    def assignment(self, target: Expression, value: Expression) -> str:
        """Another value for a variable or an element."""
        value = plain(value) if isinstance(value, Apply) else value
        match value:
            case Apply(op, (first, second)) if first == target and op in self.augmented:
                return f"{self.expression(target)} {self.augmented[op]} {self.expression(second)}{self.end}"
        return f"{self.expression(target)} {self.assign} {self.expression(value)}{self.end}"

    def extension(self, name: str, value: Expression) -> str:
        """One more element."""
        return f"{self.fill(self.append, Variable(name, Type.INTS), value)}{self.end}"

    def give(self, value: Expression) -> Lines:
        """The end of a function."""
        return [f"return {self.expression(value)}{self.end}"]

    def choice(self, condition: Expression, then: Sequence[Statement], otherwise: Sequence[Statement]) -> Lines:
        """A choice, and those that only come where its condition does not hold."""
        layout = self.layout
        lines = [layout.if_.format(self.condition(condition)), *self.indented(self.block(then))]
        while len(otherwise) == 1 and isinstance(otherwise[0], If):
            other = otherwise[0]
            lines += [layout.elif_.format(self.condition(other.condition)), *self.indented(self.block(other.then))]
            otherwise = other.otherwise
        if otherwise:
            lines += [layout.else_, *self.indented(self.block(otherwise))]
        return [*lines, layout.end_if] if layout.end_if else lines

    def repeat(self, condition: Expression, body: Sequence[Statement]) -> Lines:
        """A loop while a condition holds."""
        head = self.layout.while_.format(self.condition(condition))
        return self.framed(head, self.block(body), self.layout.end_while)

    def count(self, loop: ForRange) -> str:
        """The first line of a loop over a range."""
        raise NotImplementedError

    def declare(self, name: str, type: Type) -> Lines:
        """A new variable that gets its value later."""
        raise NotImplementedError

    def leave(self) -> Lines:
        """The end of the innermost loop."""
        return [f"break{self.end}"]

    def framed(self, head: str, body: Lines, end: str) -> Lines:
        """A block between its first and its last line."""
        return [head, *self.indented(body), end] if end else [head, *self.indented(body)]

    def indented(self, lines: Lines) -> Lines:
        """Lines one step to the right."""
        return [self.step + line if line else line for line in lines]

    # Expressions.

    def cannot_stand(self, expression: Expression, place: Expression | Statement) -> bool:
        """Whether an expression cannot be written where it stands, and must be worked out by statements before."""
        return False

    def condition(self, condition: Expression) -> str:
        """What a choice or a loop depends on."""
        return self.expression(condition)

    def expression(self, expression: Expression, least: Level = Level.ANY) -> str:
        """An expression, in parentheses where its place asks for something tighter."""
        text, level = self.written(expression)
        return f"({text})" if level < least else text

    def written(self, expression: Expression) -> Written:
        """An expression without parentheses around it."""
        match expression:
            case Literal(value):
                return self.literal(value)
            case Variable(name):
                return self.variable(name)
            case Conditional(condition, then, otherwise):
                return self.fill(self.conditional, condition, then, otherwise), self.conditional.level
            case Call():
                return self.call(expression)
            case Apply():
                return self.apply(plain(expression))

    def apply(self, apply: Apply) -> Written:
        """An operation, by the most special template there is for it."""
        for idiom, operands in idioms(apply, self.is_nonnegative):
            if idiom in self.templates:
                return self.operation(idiom, operands)
        return self.operation(apply.op, apply.arguments)

    def operation(self, word: Op | Idiom, operands: Sequence[Expression]) -> Written:
        """A template with its operands."""
        template = self.templates[word]
        shifted = list(operands)
        for place in INDICES.get(word, ()):
            shifted[place] = plus(shifted[place], self.first_index)
        texts = [self.expression(operand, least) for operand, least in zip(shifted, template.operands, strict=True)]
        place = CHARACTERS.get(word)
        if place is not None:
            texts[place] = self.character(cast(Literal, operands[place]))
        return self.filled(template, *texts), template.level

    def is_nonnegative(self, expression: Expression) -> bool:
        """Whether an integer is known never to be negative."""
        return is_nonnegative(expression, self._nonnegative)

    def fill(self, template: Template, *operands: Expression) -> str:
        """A template's text with operands in it."""
        texts = [self.expression(operand, least) for operand, least in zip(operands, template.operands, strict=True)]
        return self.filled(template, *texts)

    def filled(self, template: Template, *texts: str) -> str:
        """A template's text with texts in it; what it needs will be written, too."""
        self.need(*template.needs)
        return template.text.format(*texts)

    def need(self, *names: str) -> None:
        """Helpers to be defined, and what is to be imported."""
        for name in names:
            helper = self.helpers.get(name)
            if helper is None:
                self._imports.add(name)
            elif name not in self._helpers:
                self.need(*helper.needs)
                self._helpers.append(name)

    def variable(self, name: str) -> Written:
        """A variable's value."""
        return name, Level.ATOM

    def call(self, call: Call) -> Written:
        """A call of a function."""
        return f"{call.function}({', '.join(map(self.argument, call.arguments))})", Level.POSTFIX

    def argument(self, argument: Expression) -> str:
        """An argument of a call."""
        return self.expression(argument)

    def literal(self, value: int | bool | str | tuple[int, ...]) -> Written:
        """A constant."""
        match value:
            case bool():
                return self.booleans[value], Level.ATOM
            case int():
                return str(value), Level.ATOM if value >= 0 else self.templates[Op.NEG].level
            case str():
                return self.string(value), Level.ATOM
            case tuple():
                return self.list(value)

    def list(self, numbers: Sequence[int]) -> Written:
        """A constant list."""
        return f"[{', '.join(map(str, numbers))}]", Level.ATOM

    def string(self, text: str) -> str:
        """A constant string."""
        return quoted(text, '"')

    def character(self, literal: Literal) -> str:
        """A constant of one character, where a language has characters."""
        return self.expression(literal)


def quoted(text: str, mark: str) -> str:
    """A text between quotation marks, with a backslash before those and backslashes in it."""
    return mark + text.replace("\\", "\\\\").replace(mark, f"\\{mark}") + mark
