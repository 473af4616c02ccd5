import pytest

from palaestra.envs.code.programs.building import (
    absolute,
    add,
    append,
    both,
    choose,
    code,
    count,
    divide,
    either,
    element,
    equal,
    give,
    greater,
    integer,
    integers,
    join,
    length,
    less,
    let,
    loop,
    minimum,
    modulo,
    multiply,
    negation,
    negative,
    put,
    put_at,
    same,
    string,
    subtract,
    when,
)
from palaestra.envs.code.programs.wording import formula, sentence

A, B, C, XS, S = integer("a"), integer("b"), integer("c"), integers("xs"), string("s")


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        (add(A, multiply(B, C)), "a + b * c"),
        (multiply(add(A, B), C), "(a + b) * c"),
        (add(add(A, B), C), "a + b + c"),
        (add(A, add(B, C)), "a + b + c"),
        (subtract(A, subtract(B, C)), "a - (b - c)"),
        (subtract(subtract(A, B), C), "a - b - c"),
        (modulo(add(A, B), 7), "(a + b) mod 7"),
        (multiply(A, modulo(B, 7)), "a * (b mod 7)"),
        (divide(multiply(A, B), C), "a * b div c"),
        (multiply(A, -2), "a * (-2)"),
        (negative(add(A, B)), "-(a + b)"),
        (absolute(subtract(A, B)), "|a - b|"),
        (minimum(A, add(B, 1)), "min(a, b + 1)"),
        (both(less(A, B), either(equal(A, 1), greater(B, 2))), "a < b and (a = 1 or b > 2)"),
        (negation(less(A, B)), "not a < b"),
        (negation(both(less(A, B), less(B, C))), "not (a < b and b < c)"),
        (choose(less(A, B), add(A, 1), choose(less(B, A), 0, B)), "a + 1 if a < b else 0 if b < a else b"),
        (add(choose(less(A, B), A, B), 1), "(a if a < b else b) + 1"),
        (element(XS, subtract(length(XS), 1)), "xs[|xs| - 1]"),
        (same(join(S, "x"), "yx"), 's + "x" = "yx"'),
        (code(S), "code(s)"),
        (let(XS, (1, -2)).value, "[1, -2]"),
        (let(A, True).value, "true"),
    ],
)
def test_formulas_have_the_parentheses_that_their_meaning_needs(expression, text):
    assert formula(expression) == text


@pytest.mark.parametrize(
    ("statement", "text"),
    [
        (let(A, 1), "a := 1"), (put(A, add(A, 1)), "a := a + 1"), (put_at(XS, A, 0), "xs[a] := 0"),
        (append(XS, A), "append a to xs"), (when(less(A, B), put(A, 1)), "if a < b"),
        (loop(less(A, B), put(A, 1)), "while a < b"),
        (count(A, 0, B, put(C, A)), "for a from 0 to before b"), (give(A), "return a"),
    ],
)  # fmt: skip
def test_statements_are_said_by_their_beginning(statement, text):
    assert sentence(statement) == text
