import ast
import asyncio
import contextlib
import gc
import threading
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from palaestra.envs.math.expression import ExpressionError, Value, evaluate


def fraction(expression):
    """The value by another road: Python's parser over fractions."""

    def walk(node):
        if isinstance(node, ast.Constant):
            return Fraction(node.value)
        left, right = walk(node.left), walk(node.right)
        return {ast.Add: Fraction.__add__, ast.Sub: Fraction.__sub__, ast.Mult: Fraction.__mul__,
                ast.Div: Fraction.__truediv__}[type(node.op)](left, right)  # fmt: skip

    return walk(ast.parse(expression, mode="eval").body)


@pytest.mark.parametrize(
    ("expression", "value"),
    [("7", 7), ("2+3*4", 14), ("(2+3)*4", 20), ("10-3-2", 5), ("10-(3-2)", 9), ("8/4/2", 1), ("8/(4/2)", 4),
     ("7/2*4", 14), ("1/3+2/3", 1), (" ( 1 + 2 ) ", 3), ("((((7))))", 7), ("2\u00d73\u22121", 5), ("6\u00f73", 2),
     ("1-5", -4), ("3/(1-4)", -1), ("0", 0)],
)  # fmt: skip
def test_values(expression, value):
    assert evaluate(expression).equals(value)


def test_division_is_exact():
    value = evaluate("7/2")
    assert Fraction(value.numerator, value.denominator) == Fraction(7, 2)
    assert not value.equals(3)
    assert not value.equals(4)
    assert evaluate("1/3*3").equals(1)


def test_the_literals_are_told_in_order():
    assert evaluate("(25-3)*2+25") == Value(69, 1, (25, 3, 2, 25))


@pytest.mark.parametrize(
    "text",
    [
        # nothing, or not all of it
        "", " ", "()", "(", ")", ")(", "(1", "1)", "1+", "+", "*1", "1+*2", "(1+)", "1+()", "1(2)", "(1)(2)", "(1)2",
        "1 2",
        # signs, powers and other operators
        "-1", "+1", "1+-2", "-~-~-~(4+8+6)", "~1", "2**3", "9**9**9", "7//2", "7%2", "1<<10", "1<2", "1==1", "1@2",
        "5!", "not 1", "1 if 1 else 2", "1and 2", "1:=2", "(x:=1)", "lambda:1",
        # literals in other dress
        "07", "00", "1_0", "0x10", "0b1", "1.0", ".5", "1e1", "1j", "True", "None", "'1'", "٣", "３", "²", "Ⅳ", "1l",
        # not arithmetic
        "1,2", "[1]", "{1}", "1;2", "1#2", "1\n+2", "1\t+2", "1\x00", "a", "\ud800", "1+2=3", "1\u00a0+2", "{0}", "%s",
        "__import__('os').system('true')", "[__import__('os')]", "(1).__class__", "1" * 301, "(" * 400, "-" * 400,
        "(" * 150 + ")" * 150, "9" * 10**6,
    ],
)  # fmt: skip
def test_anything_else_is_no_expression(text):
    with pytest.raises(ExpressionError) as caught:
        evaluate(text)
    assert len(str(caught.value)) < 80


@pytest.mark.parametrize("expression", ["1/0", "1/(2-2)", "0/0", "1/(1/2-1/2)"])
def test_division_by_zero_is_told_apart(expression):
    with pytest.raises(ZeroDivisionError):
        evaluate(expression)


def test_nesting_as_deep_as_the_length_allows_is_read():
    assert evaluate("(" * 149 + "7" + ")" * 149).equals(7)
    assert evaluate("+".join(["1"] * 150)).equals(150)
    assert evaluate("9" * 300).equals(int("9" * 300))


EXPRESSIONS = st.recursive(
    st.integers(0, 99).map(str),
    lambda inner: st.tuples(inner, st.sampled_from("+-*/"), inner, st.booleans()).map(
        lambda parts: f"({parts[0]}{parts[1]}{parts[2]})" if parts[3] else f"{parts[0]} {parts[1]} {parts[2]}"
    ),
    max_leaves=12,
)


@settings(max_examples=300)
@given(EXPRESSIONS)
def test_it_agrees_with_fractions(expression):
    try:
        expected = fraction(expression)
    except ZeroDivisionError:
        with pytest.raises(ZeroDivisionError):
            evaluate(expression)
        return
    value = evaluate(expression)
    assert Fraction(value.numerator, value.denominator) == expected


@given(st.text(alphabet="0123456789+-*/() ", max_size=40))
def test_what_it_reads_python_reads_alike(text):
    try:
        value = evaluate(text)
    except (ExpressionError, ZeroDivisionError):
        return
    assert Fraction(value.numerator, value.denominator) == fraction(text.strip())


@given(st.text())
def test_any_text_has_a_value_or_is_refused(text):
    with contextlib.suppress(ExpressionError, ZeroDivisionError):
        evaluate(text)


def test_threads_event_loops_and_finalisers_do_not_disturb_it():
    seen = []
    threads = [threading.Thread(target=lambda: seen.append(evaluate("(1+2)*3-4/2"))) for _ in range(32)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    async def inside():
        return evaluate("(1+2)*3-4/2")

    class Parser:
        def __init__(self):
            self.cycle = self

        def __del__(self):
            ast.parse("(1+2)*3", mode="eval")

    threshold = gc.get_threshold()
    gc.set_threshold(20)
    try:
        for _ in range(200):
            Parser()
            seen.append(evaluate("(1+2)*3-4/2"))
    finally:
        gc.set_threshold(*threshold)
    seen.append(asyncio.run(inside()))
    assert len(seen) == 233
    assert all(value.equals(7) for value in seen)
