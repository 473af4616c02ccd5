"""Programs that are written out in every language beside these tests."""

from __future__ import annotations

from palaestra.envs.code.programs.syntax import (
    Append,
    Apply,
    Call,
    Conditional,
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
    Type,
    Variable,
    While,
)

_A, _B, _N, _I, _COUNT = (Variable(name, Type.INT) for name in ("a", "b", "n", "i", "count"))
_TEXT, _VOWELS, _LINE = (Variable(name, Type.STR) for name in ("text", "vowels", "line"))
_NUMBERS, _PRIMES = (Variable(name, Type.INTS) for name in ("numbers", "primes"))
_ZERO, _ONE, _TWO = Literal(0), Literal(1), Literal(2)


def _apply(op, *arguments):
    return Apply(op, arguments)


REMAINDER = Program(
    (
        Function(
            "solve",
            (Parameter("a", Type.INT), Parameter("b", Type.INT)),
            Type.INT,
            (Return(_apply(Op.MOD, _apply(Op.ADD, _A, _B), Literal(7))),),
        ),
    )
)

PRIMES = Program(
    (
        Function(
            "is_prime",
            (Parameter("n", Type.INT),),
            Type.BOOL,
            (
                If(_apply(Op.LT, _N, _TWO), (Return(Literal(False)),)),
                Let("i", _TWO),
                While(
                    _apply(Op.LE, _apply(Op.MUL, _I, _I), _N),
                    (
                        If(_apply(Op.EQ, _apply(Op.MOD, _N, _I), _ZERO), (Return(Literal(False)),)),
                        Set("i", _apply(Op.ADD, _I, _ONE)),
                    ),
                ),
                Return(Literal(True)),
            ),
        ),
        Function(
            "halved_primes",
            (Parameter("numbers", Type.INTS),),
            Type.INTS,
            (
                Let("primes", Literal(())),
                ForRange(
                    "i",
                    _ZERO,
                    _apply(Op.LENGTH, _NUMBERS),
                    (
                        If(
                            Call("is_prime", (_apply(Op.AT, _NUMBERS, _I),), Type.BOOL),
                            (Append("primes", _apply(Op.AT, _NUMBERS, _I)),),
                        ),
                    ),
                ),
                ForRange(
                    "i",
                    _ONE,
                    _apply(Op.LENGTH, _PRIMES),
                    (SetAt("primes", _I, _apply(Op.DIV, _apply(Op.AT, _PRIMES, _I), _TWO)),),
                ),
                Return(_apply(Op.SORTED, _PRIMES)),
            ),
        ),
    )
)

VOWELS = Program(
    (
        Function(
            "mark",
            (Parameter("text", Type.STR), Parameter("loud", Type.BOOL)),
            Type.STR,
            (
                Let("line", Literal('"')),
                Let("count", _ZERO),
                ForRange(
                    "i",
                    _ZERO,
                    _apply(Op.STR_LENGTH, _TEXT),
                    (
                        If(
                            _apply(
                                Op.OR,
                                _apply(Op.STR_EQ, _apply(Op.CHAR_AT, _TEXT, _I), Literal("a")),
                                _apply(Op.STR_EQ, _apply(Op.CHAR_AT, _TEXT, _I), Literal("e")),
                            ),
                            (
                                Set("count", _apply(Op.ADD, _COUNT, _ONE)),
                                Set(
                                    "line",
                                    _apply(
                                        Op.CONCAT,
                                        _LINE,
                                        Conditional(Variable("loud", Type.BOOL), Literal("$"), Literal("\\")),
                                    ),
                                ),
                            ),
                            (
                                If(
                                    _apply(Op.GE, _apply(Op.ORD, _apply(Op.CHAR_AT, _TEXT, _I)), Literal(97)),
                                    (
                                        Set(
                                            "line",
                                            _apply(
                                                Op.CONCAT,
                                                _LINE,
                                                _apply(
                                                    Op.CHR,
                                                    _apply(
                                                        Op.SUB,
                                                        _apply(Op.ORD, _apply(Op.CHAR_AT, _TEXT, _I)),
                                                        Literal(32),
                                                    ),
                                                ),
                                            ),
                                        ),
                                    ),
                                    (Set("line", _apply(Op.CONCAT, _LINE, _apply(Op.CHAR_AT, _TEXT, _I))),),
                                ),
                            ),
                        ),
                    ),
                ),
                Return(_apply(Op.CONCAT, _LINE, _apply(Op.INT_TO_STR, _COUNT))),
            ),
        ),
    )
)

EXAMPLES = {"remainder": REMAINDER, "primes": PRIMES, "vowels": VOWELS}


def _told(*parts):
    *first, last = parts
    return _apply(Op.CONCAT, _told(*first), last) if first else last


_SIZE = Variable("size", Type.INT)

EDGES = Program(
    (
        # names that some of the languages have for something else
        Function(
            "times", (Parameter("init", Type.INT),), Type.INT, (Return(_apply(Op.NEG, Variable("init", Type.INT))),)
        ),
        Function(
            "solve",
            (
                Parameter("lines", Type.INTS),
                Parameter("a", Type.INT),
                Parameter("b", Type.INT),
                Parameter("text", Type.STR),
            ),
            Type.STR,
            (
                Let("size", _apply(Op.LENGTH, Variable("lines", Type.INTS))),
                Let("merge", _apply(Op.SORTED, Variable("lines", Type.INTS))),
                Append("merge", Call("times", (_SIZE,), Type.INT)),
                # the range's end is what it was when the loop began
                ForRange("i", _ZERO, _apply(Op.LENGTH, Variable("merge", Type.INTS)), (Append("merge", _SIZE),)),
                Set("size", _apply(Op.LENGTH, Variable("merge", Type.INTS))),
                Return(
                    _told(
                        _apply(Op.INT_TO_STR, _SIZE),
                        Literal(" "),
                        _apply(Op.INT_TO_STR, _apply(Op.AT, Variable("merge", Type.INTS), _ZERO)),
                        Literal("$a "),
                        _apply(Op.INT_TO_STR, _apply(Op.DIV, _A, _B)),
                        Literal(" \\n "),
                        _apply(Op.INT_TO_STR, _apply(Op.MOD, _A, _B)),
                        Literal(" %d "),
                        _apply(Op.INT_TO_STR, Call("times", (_A,), Type.INT)),
                        Literal(" {}'`"),
                        _TEXT,
                    )
                ),
            ),
        ),
    )
)
