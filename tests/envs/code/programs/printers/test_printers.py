import random
from pathlib import Path

import pytest

from palaestra.envs.code.programs.check import check
from palaestra.envs.code.programs.printers import LANGUAGES, print_functions, print_program
from palaestra.envs.code.programs.syntax import (
    SIGNATURES,
    Apply,
    Function,
    Let,
    Literal,
    Op,
    Parameter,
    Program,
    Return,
    Set,
    Type,
    Variable,
    While,
)

from .examples import EDGES, EXAMPLES, PRIMES, REMAINDER
from .random_programs import case_of, case_with, cases, problem_cases
from .toolchains import TOOLCHAINS, outputs

GOLDEN = Path(__file__).parent / "golden"

# random programs, which each use a good part of the language; compilers take seconds for what interpreters do at once
COUNTS = dict.fromkeys(LANGUAGES, 30) | {
    "c": 15,
    "cpp": 2,
    "fortran": 10,
    "go": 4,
    "javascript": 6,
    "ocaml": 10,
    "r": 4,
    "rust": 5,
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_printed_programs_print_what_the_interpreter_says(language, tmp_path):
    if missing := TOOLCHAINS[language].missing():
        pytest.skip(f"{missing} is not installed here")
    examples = [case_of(program, random.Random(0), runs=4) for program in EXAMPLES.values()]
    for i, case in enumerate([*examples, *cases(COUNTS[language]), *problem_cases(6)]):
        source = print_program(case.program, language)
        printed = outputs(language, source, [text for text, _ in case.runs], tmp_path / str(i))
        assert printed == [expected for _, expected in case.runs], source


LARGEST = 2**31 - 1
PRINTABLE = "".join(map(chr, range(32, 127)))


@pytest.mark.parametrize("language", LANGUAGES)
def test_values_at_the_edges_are_read_and_printed_as_they_are(language, tmp_path):
    if missing := TOOLCHAINS[language].missing():
        pytest.skip(f"{missing} is not installed here")
    check(EDGES)
    inputs = [
        ((), 0, 1, ""),
        ((100_000,), 100_000, LARGEST, PRINTABLE),
        ((LARGEST, -LARGEST), -LARGEST, LARGEST, "  blanks on either side  "),
        ((3, -3, 0), LARGEST, 2, "\\"),
        ((0,), -LARGEST, 3, '"'),
    ]
    case = case_with(EDGES, inputs, len(inputs))
    texts = [text for text, _ in case.runs]
    texts[-1] = texts[-1].removesuffix("\n")  # the last line may lack its end
    printed = outputs(language, print_program(EDGES, language), texts, tmp_path / "edges")
    assert printed == [expected for _, expected in case.runs]


def test_the_random_programs_use_every_operation():
    used = set()

    def look(part):
        if isinstance(part, Apply):
            used.add(part.op)
        for child in part if isinstance(part, tuple) else map(part.__getattribute__, getattr(part, "__slots__", ())):
            look(child)

    for case in cases(30):
        look(case.program)
    assert used == set(SIGNATURES)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", EXAMPLES)
def test_programs_look_as_people_write_them(name, language):
    check(EXAMPLES[name])
    suffix = Path(TOOLCHAINS[language].file).suffix
    assert print_program(EXAMPLES[name], language) == (GOLDEN / f"{name}{suffix}").read_text()


def test_functions_alone_neither_read_nor_print():
    whole, alone = print_program(PRIMES, "python"), print_functions(PRIMES, "python")
    assert whole.startswith(alone)
    assert "input" not in alone
    assert "print" not in alone


def test_functions_alone_are_functions_even_of_one_expression():
    assert print_functions(REMAINDER, "python") == "def solve(a, b):\n    return (a + b) % 7\n"


def test_a_language_that_is_not_there_is_refused_with_the_nearest_that_is():
    with pytest.raises(ValueError, match="did you mean python"):
        print_program(REMAINDER, "pyton")
    with pytest.raises(ValueError, match="cobol"):
        print_functions(REMAINDER, "cobol")


A, B, C = (Variable(name, Type.INT) for name in "abc")
ADD, SUB, MUL, NEG = (lambda *operands, op=op: Apply(op, operands) for op in (Op.ADD, Op.SUB, Op.MUL, Op.NEG))


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        (ADD(ADD(A, B), C), "a + b + c"),
        (SUB(A, SUB(B, C)), "a - (b - c)"),
        (MUL(ADD(A, B), C), "(a + b) * c"),
        (ADD(MUL(A, B), C), "a * b + c"),
        (ADD(A, Literal(-5)), "a - 5"),
        (SUB(A, Literal(-5)), "a + 5"),
        (MUL(A, Literal(-5)), "a * -5"),
        (NEG(Literal(-5)), "-(-5)"),
        (NEG(ADD(A, B)), "-(a + b)"),
    ],
)
def test_parentheses_stand_where_they_must_and_nowhere_else(expression, text):
    function = Function("solve", tuple(Parameter(name, Type.INT) for name in "abc"), Type.INT, (Return(expression),))
    assert print_program(Program((function,)), "python").splitlines()[-1] == f"print({text})"


def test_fortran_looks_at_an_element_only_where_there_is_one():
    numbers, i = Variable("numbers", Type.INTS), Variable("i", Type.INT)
    inside = Apply(Op.LT, (i, Apply(Op.LENGTH, (numbers,))))
    positive = Apply(Op.GT, (Apply(Op.AT, (numbers, i)), Literal(0)))
    body = (
        Let("i", Literal(0)),
        While(Apply(Op.AND, (inside, positive)), (Set("i", ADD(i, Literal(1))),)),
        Return(i),
    )
    program = Program((Function("solve", (Parameter("numbers", Type.INTS),), Type.INT, body),))
    text = print_program(program, "fortran")
    assert (
        "        do while (i < size(numbers))\n"
        "            if (numbers(i + 1) <= 0) exit\n"
        "            i = i + 1\n"
        "        end do\n"
    ) in text
