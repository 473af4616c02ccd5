"""Random programs that use everything the small language has, with inputs that keep them within its bounds."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from palaestra.envs.code.programs.check import check
from palaestra.envs.code.programs.interpreter import Executable, RunError
from palaestra.envs.code.programs.problems import LEVELS, sample_problem
from palaestra.envs.code.programs.syntax import (
    SIGNATURES,
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
    Value,
    Variable,
    While,
)
from palaestra.envs.code.programs.values import write_inputs, write_value

INT, BOOL, STR, INTS = Type.INT, Type.BOOL, Type.STR, Type.INTS
TEXTS = (
    "",
    "a",
    "z",
    " ",
    "\\",
    '"',
    "'",
    "it's",
    'say "hi"',
    "100% $x @y",
    "a\\nb",
    "#{x} ${y} `z`",
    " two  blanks ",
    "!",
)
NUMBERS = (0, 1, 2, 3, 7, 10, 97, -1, -2, -5, 100_000, -100_000)
ZERO, ONE = Literal(0), Literal(1)


@dataclass(frozen=True, slots=True)
class Case:
    """A program, what it reads and what it prints."""

    program: Program
    runs: tuple[tuple[str, str], ...]


def cases(count: int, *, runs: int = 2, seed: int = 0) -> list[Case]:
    """Random programs, each with inputs that it gets along with."""
    rng = random.Random(seed)
    found: list[Case] = []
    while len(found) < count:
        program = Maker(rng).program()
        check(program)
        case = case_of(program, rng, runs)
        if case is not None:
            found.append(case)
    return found


def case_of(program: Program, rng: random.Random, runs: int) -> Case | None:
    """A program with random inputs and the interpreter's results; None where too few inputs suit it."""
    types = [parameter.type for parameter in program.main.parameters]
    case = case_with(program, (tuple(value(rng, type) for type in types) for _ in range(8 * runs)), runs)
    return case if case.runs and (len(case.runs) == runs or not types) else None


def problem_cases(count: int, *, seed: int = 0) -> list[Case]:
    """Programs that solve problems of every level in turn, each with two of the problem's cases."""
    rng = np.random.default_rng(seed)
    problems = [sample_problem(rng, i % len(LEVELS)) for i in range(count)]
    return [case_with(problem.program, problem.inputs, 2) for problem in problems]


def case_with(program: Program, inputs: Iterable[tuple[Value, ...]], runs: int) -> Case:
    """A program with the first of some inputs that it gets along with, and the interpreter's results."""
    executable = Executable(program)
    found: dict[str, str] = {}
    for values in inputs:
        try:
            found[write_inputs(values)] = write_value(executable.run(values, steps=20_000)) + "\n"
        except RunError:
            continue
        if len(found) == runs:
            break
    return Case(program, tuple(found.items()))


def value(rng: random.Random, type: Type) -> Value:
    """A random input."""
    match type:
        case Type.INT:
            return rng.choice((rng.randint(-9, 9), rng.randint(-9, 9), rng.randint(-(10**6), 10**6)))
        case Type.BOOL:
            return rng.random() < 0.5
        case Type.STR:
            return "".join(chr(rng.randint(32, 126)) for _ in range(rng.choice((0, 1, 3, 8))))
        case Type.INTS:
            return tuple(rng.randint(-99, 10 ** rng.randint(1, 5)) for _ in range(rng.choice((0, 1, 3, 6))))


class Maker:
    """Makes one program."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.functions: list[Function] = []
        self.readable: dict[str, Type] = {}
        self.locals: dict[str, Type] = {}
        self.counters = 0

    def program(self) -> Program:
        if self.rng.random() < 0.15:
            return Program((self.function("solve", statements=0, parameters=self.rng.randint(1, 3)),))
        for name in ("helper", "other", "solve")[-self.rng.randint(1, 3) :]:
            self.functions.append(self.function(name, self.rng.randint(2, 6), self.rng.randint(1, 3)))
        return Program(tuple(self.functions))

    def function(self, name: str, statements: int, parameters: int) -> Function:
        self.readable, self.locals, self.counters = {}, {}, 0
        listed = [Parameter("pqr"[i], self.rng.choice(list(Type))) for i in range(parameters)]
        self.readable = {parameter.name: parameter.type for parameter in listed}
        result = self.rng.choice(list(Type))
        body: list[Statement] = [self.early_return(result)] if statements and self.rng.random() < 0.4 else []
        for i in range(statements):
            body += self.new_variable(f"{self.rng.choice(('total', 'best', 'item'))}{i}")
            body += self.statements(depth=2)
        if statements and self.rng.random() < 0.4:
            body.append(self.loop((self.early_return(result), *self.statements(depth=1))))
        return Function(name, tuple(listed), result, (*body, Return(self.fresh(result, 3))))

    # Statements.

    def new_variable(self, name: str) -> list[Statement]:
        type = self.rng.choice(list(Type))
        statement = Let(name, self.fresh(type, 3))
        self.readable[name] = self.locals[name] = type
        return [statement]

    def statements(self, depth: int) -> list[Statement]:
        return [self.statement(depth) for _ in range(self.rng.randint(1, 2))]

    def statement(self, depth: int) -> Statement:
        kind = self.rng.choice(("set", "set", "add", "append", "put", "if", "loop", "while"))
        lists = [name for name, type in self.locals.items() if type is INTS]
        if kind in ("append", "put") and lists:
            name = self.rng.choice(lists)
            if kind == "append":
                return Append(name, self.expression(INT, 2))
            length = Apply(Op.LENGTH, (Variable(name, INTS),))
            put = SetAt(name, Apply(Op.MOD, (self.expression(INT, 1), length)), self.expression(INT, 2))
            return If(Apply(Op.GT, (length, ZERO)), (put,))
        if kind == "if" and depth:
            otherwise = tuple(self.statements(depth - 1)) if self.rng.random() < 0.6 else ()
            return If(self.expression(BOOL, 2), tuple(self.statements(depth - 1)), otherwise)
        if kind == "loop" and depth:
            return self.loop(tuple(self.statements(depth - 1)))
        if kind == "while" and depth:
            return self.countdown(tuple(self.statements(depth - 1)))
        return self.assignment(augmented=kind == "add")

    def assignment(self, *, augmented: bool = False) -> Statement:
        names = [name for name, type in self.locals.items() if not augmented or type in (INT, STR)]
        if not names:
            return If(Literal(True), (self.assignment(),))
        name = self.rng.choice(names)
        type = self.locals[name]
        if not augmented:
            value = self.fresh(type, 3)
            return Set(name, Apply(Op.MOD, (value, Literal(10_007))) if type is INT else value)
        if type is STR:
            return Set(name, Apply(Op.CONCAT, (Variable(name, STR), self.expression(STR, 1))))
        op = self.rng.choice((Op.ADD, Op.SUB, Op.DIV, Op.MOD))
        divides = op in (Op.DIV, Op.MOD)
        return Set(name, Apply(op, (Variable(name, INT), self.divisor() if divides else self.expression(INT, 1))))

    def loop(self, body: tuple[Statement, ...]) -> Statement:
        start, stop = self.rng.choice((ZERO, ONE, self.expression(INT, 1))), self.expression(INT, 1)
        self.counters += 1
        bounded = Apply(Op.MIN, (stop, Apply(Op.ADD, (start, Literal(4)))))
        return ForRange(f"i{self.counters}", start, bounded if self.rng.random() < 0.7 else Literal(3), body)

    def countdown(self, body: tuple[Statement, ...]) -> Statement:
        numbers = [name for name, type in self.locals.items() if type is INT]
        if not numbers:
            return self.loop(body)
        name = self.rng.choice(numbers)
        left = Variable(name, INT)
        lower = Set(name, Apply(Op.DIV, (left, Literal(self.rng.randint(2, 9)))))
        condition = Apply(Op.AND, (Apply(Op.GT, (left, ONE)), self.expression(BOOL, 2)))
        return While(condition, (*body, lower))

    def early_return(self, result: Type) -> Statement:
        return If(self.expression(BOOL, 2), (Return(self.fresh(result, 2)),))

    # Expressions.

    def fresh(self, type: Type, depth: int) -> Expression:
        """An expression that may have a name: a list must be a new one."""
        if type is not INTS:
            return self.expression(type, depth)
        if depth and self.rng.random() < 0.2:
            return Conditional(self.expression(BOOL, 1), self.fresh(INTS, depth - 1), self.fresh(INTS, depth - 1))
        return self.operation(INTS, depth) if depth else self.literal(INTS)

    def expression(self, type: Type, depth: int) -> Expression:
        chance = self.rng.random()
        names = [name for name, known in self.readable.items() if known is type]
        if depth == 0 or chance < 0.25:
            return Variable(self.rng.choice(names), type) if names and chance < 0.8 else self.literal(type)
        if chance < 0.35:
            return Conditional(*(self.expression(each, depth - 1) for each in (BOOL, type, type)))
        callable = [function for function in self.functions if function.result is type]
        if callable and chance < 0.55:
            function = self.rng.choice(callable)
            arguments = tuple(self.expression(parameter.type, depth - 1) for parameter in function.parameters)
            return Call(function.name, arguments, type)
        return self.operation(type, depth)

    def operation(self, type: Type, depth: int) -> Expression:
        op = self.rng.choice([op for op, signature in SIGNATURES.items() if signature.result is type])
        a, *rest = (self.expression(argument, depth - 1) for argument in SIGNATURES[op].arguments)
        match op:
            case Op.DIV | Op.MOD:
                return Apply(op, (a, self.divisor()))
            case Op.MUL:
                return Apply(op, (Apply(Op.MOD, (a, Literal(100))), rest[0]))
            case Op.AT | Op.CHAR_AT:
                if _is_constant(a):  # some compilers see that it may be too short
                    return Apply(op, (Literal((3, -1, 4) if op is Op.AT else "x y"), Literal(self.rng.randint(0, 2))))
                length = Apply(Op.LENGTH if op is Op.AT else Op.STR_LENGTH, (a,))
                found = Apply(
                    op, (a, self.rng.choice((Apply(Op.SUB, (length, ONE)), Apply(Op.MOD, (rest[0], length)))))
                )
                return Conditional(Apply(Op.GT, (length, ZERO)), found, self.expression(type, 0))
            case Op.ORD:
                texts = [Variable(name, STR) for name, known in self.readable.items() if known is STR]
                if not texts or self.rng.random() < 0.5:
                    code = Apply(Op.ADD, (Apply(Op.MOD, (self.expression(INT, 0), Literal(95))), Literal(32)))
                    return Apply(op, (self.rng.choice((Literal("A"), Apply(Op.CHR, (code,)))),))
                text = self.rng.choice(texts)
                return Conditional(Apply(Op.EQ, (Apply(Op.STR_LENGTH, (text,)), ONE)), Apply(op, (text,)), Literal(-1))
            case Op.CHR:
                return Apply(op, (Apply(Op.ADD, (Apply(Op.MOD, (a, Literal(95))), Literal(32))),))
            case Op.FILLED:
                return Apply(op, (Apply(Op.MOD, (a, Literal(4))), rest[0]))
            case Op.STR_EQ if isinstance(a, Conditional) and isinstance(a.then, Apply) and a.then.op is Op.CHAR_AT:
                return Apply(Op.AND, (a.condition, Apply(op, (a.then, *rest))))
        return Apply(op, (a, *rest))

    def divisor(self) -> Expression:
        number = Literal(self.rng.randint(1, 12))
        return number if self.rng.random() < 0.7 else Apply(Op.MAX, (self.expression(INT, 1), number))

    def literal(self, type: Type) -> Expression:
        match type:
            case Type.INT:
                return Literal(self.rng.choice(NUMBERS))
            case Type.BOOL:
                return Literal(self.rng.random() < 0.5)
            case Type.STR:
                return Literal(self.rng.choice(TEXTS))
            case Type.INTS:
                return Literal(tuple(self.rng.choice(NUMBERS) for _ in range(self.rng.randint(0, 3))))


def _is_constant(part: object) -> bool:
    if isinstance(part, tuple):
        return all(map(_is_constant, part))
    return not isinstance(part, Variable) and all(
        _is_constant(getattr(part, name)) for name in getattr(part, "__slots__", ())
    )
