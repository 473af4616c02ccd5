import contextlib
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from palaestra.envs.code.programs.check import MAX_DEPTH, check
from palaestra.envs.code.programs.interpreter import Executable, Refusal, RunError, run
from palaestra.envs.code.programs.skin import MAX_TEXT_LENGTH, SkinError, parse, write
from palaestra.envs.code.programs.skin.words import WORDS
from palaestra.envs.code.programs.syntax import (
    SIGNATURES,
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
from palaestra.envs.code.programs.values import LIMIT

COLLATZ = """n# peak# {
n top:
n at:
[ at 1 Fu ;
at 2 Bu 0 Fa (
at 2 Bo at=
/
at 3 Bi 1 Ba at=
)
at top Fu (
at top=
)
]
top .
}"""

WHOLE = """xs@ small? { xs Mi 3 Fi . }
text$ xs@ odd? f$ {
text out:
< 1 -2 > own:
0 xs Mi i[
xs i Ma own+
i own i Ma own^
xs small! odd Ki Ka (
out |a||b| Li out=
)
]
odd own Mi Na out Sa .
}"""


@st.composite
def programs(draw):
    """Programs that `check` admits, from everything that the language has."""
    functions, headers = [], []
    for index in range(draw(st.integers(1, 3))):
        function = draw(functions_after(tuple(headers), f"fun{index}"))
        functions.append(function)
        headers.append((function.name, tuple(p.type for p in function.parameters), function.result))
    return Program(tuple(functions))


@st.composite
def functions_after(draw, headers, name):
    types = draw(st.lists(st.sampled_from(Type), max_size=3))
    parameters = tuple(Parameter(f"par{i}", type) for i, type in enumerate(types))
    readable = {parameter.name: parameter.type for parameter in parameters}
    body, settable = [], {}
    for i in range(draw(st.integers(0, 3))):
        value = draw(values(draw(st.sampled_from(Type)), readable, headers, fresh=True))
        body.append(Let(f"loc{i}", value))
        settable[f"loc{i}"] = readable[f"loc{i}"] = value.type
    result = draw(st.sampled_from(Type))
    body += draw(blocks(readable, settable, headers, result, 2, least=0))
    if body and isinstance(body[-1], Return):
        body.pop()
    body.append(Return(draw(values(result, readable, headers, fresh=True))))
    return Function(name, parameters, result, tuple(body))


@st.composite
def blocks(draw, readable, settable, headers, result, depth, least=1):
    statements = []
    for _ in range(draw(st.integers(least, 3))):
        lists = [name for name, type in settable.items() if type is Type.INTS]
        kinds = ["return"] + ["set"] * bool(settable) + ["append", "set at"] * bool(lists)
        kinds += ["if", "if else", "while", "for"] * bool(depth)
        kind = draw(st.sampled_from(kinds))
        statements.append(draw(statement(kind, readable, settable, lists, headers, result, depth)))
        if kind == "return":
            break
    return tuple(statements)


@st.composite
def statement(draw, kind, readable, settable, lists, headers, result, depth):
    def value(type, fresh=False):
        return draw(values(type, readable, headers, fresh=fresh))

    def block(inside=readable):
        return draw(blocks(inside, settable, headers, result, depth - 1))

    if kind == "return":
        return Return(value(result, fresh=True))
    if kind == "set":
        name = draw(st.sampled_from(sorted(settable)))
        return Set(name, value(settable[name], fresh=True))
    if kind == "append":
        return Append(draw(st.sampled_from(lists)), value(Type.INT))
    if kind == "set at":
        return SetAt(draw(st.sampled_from(lists)), value(Type.INT), value(Type.INT))
    if kind == "for":
        return ForRange(f"at{depth}", value(Type.INT), value(Type.INT), block({**readable, f"at{depth}": Type.INT}))
    condition = value(Type.BOOL)
    if kind == "while":
        return While(condition, block())
    return If(condition, block(), block() if kind == "if else" else ())


LITERALS = {
    Type.INT: st.integers(1 - LIMIT, LIMIT - 1) | st.integers(-9, 9),
    Type.BOOL: st.booleans(),
    Type.STR: st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=4) | st.just("||"),
    Type.INTS: st.lists(st.integers(-99, 99), max_size=3).map(tuple),
}


@st.composite
def values(draw, type, readable, headers, fresh=False, depth=2):
    names = [name for name, known in readable.items() if known is type]
    if names and not (fresh and type is Type.INTS) and draw(st.booleans()):
        return Variable(draw(st.sampled_from(names)), type)
    if depth == 0:
        return Literal(draw(LITERALS[type]))

    def inner(inner_type, fresh=False):
        return draw(values(inner_type, readable, headers, fresh, depth - 1))

    calls = [header for header in headers if header[2] is type]
    kind = draw(st.sampled_from(["literal", "apply", "apply", "conditional"] + ["call"] * bool(calls)))
    if kind == "literal":
        return Literal(draw(LITERALS[type]))
    if kind == "conditional":
        return Conditional(inner(Type.BOOL), inner(type, fresh), inner(type, fresh))
    if kind == "call":
        name, parameters, _ = draw(st.sampled_from(calls))
        return Call(name, tuple(inner(parameter) for parameter in parameters), type)
    op = draw(st.sampled_from([op for op in Op if SIGNATURES[op].result is type]))
    return Apply(op, tuple(inner(argument) for argument in SIGNATURES[op].arguments))


def check_round_trip(program):
    again = parse(write(program))
    assert again == program
    assert repr(again) == repr(program)  # True equals 1 but is not written like it


@settings(max_examples=60, deadline=None)
@given(programs())
def test_what_is_written_is_read_back_exactly(program):
    check(program)
    check_round_trip(program)
    assert parse(write(program).replace("\n", " \t ")) == program


@settings(max_examples=60, deadline=None)
@given(programs(), st.data())
def test_a_run_of_any_program_ends_within_bounds_or_is_refused(program, data):
    inputs = [data.draw(LITERALS[parameter.type]) for parameter in program.main.parameters]
    try:
        value = run(program, inputs, steps=2_000)
    except RunError as error:
        assert error.reason in Refusal  # noqa: PT017  (any outcome but another exception is right)
    else:
        check(Program((Function("f", (), program.main.result, (Return(Literal(value)),)),)))


@settings(max_examples=300, deadline=None)
@given(st.text() | st.text("abx#@$? {}()[];/.|<>10-\n:=+^!BaFiSaYoMi", max_size=80))
def test_no_text_raises_anything_but_a_skin_error(text):
    with contextlib.suppress(SkinError):
        check_round_trip(parse(text))


@settings(max_examples=40, deadline=None)
@given(programs(), st.data())
def test_a_program_with_a_word_changed_is_refused_or_again_a_program(program, data):
    words = write(program).split(" ")
    words[data.draw(st.integers(0, len(words) - 1))] = data.draw(
        st.sampled_from([*words, *WORDS.values(), ")", "", "."])
    )
    with contextlib.suppress(SkinError):
        check_round_trip(parse(" ".join(words)))


def test_programs_written_by_hand_do_what_they_say():
    assert run(parse("a# b# f# { a b Ba 7 Bu . }"), (10, 6)) == 2
    assert run(parse(COLLATZ), (6,)) == 16
    assert run(parse(WHOLE), ("x", (5, 6), False)) == "xa|ba|b"
    assert run(parse(WHOLE), ("x", (5, 6), True)) == "4"
    assert run(parse(WHOLE), ("x", (5, 6, 7), False)) == "x"
    assert write(parse(WHOLE)) == WHOLE
    assert write(parse(COLLATZ)) == COLLATZ


def test_a_name_may_be_a_word_that_another_language_reserves():
    program = parse("while# for# { while . }")
    assert run(program, (3,)) == 3
    with pytest.raises(ValueError, match="reserved"):
        check(program)


@pytest.mark.parametrize(
    ("text", "line", "word", "expected"),
    [
        ("", 1, 1, "a function was expected"),
        ("a# f# {", 1, 4, "the last function is not ended"),
        ("a# f# { a . } b#", 1, 8, "a function was expected"),
        ("a# { a . } {", 1, 3, "no variable a"),
        ("a# f# { a 1 . }", 1, 6, "1 value before it were expected, got 2"),
        ("a# f# { Ba . }", 1, 4, "Ba takes (int, int), got ()"),
        ("a# f# { a Yo Ba . }", 1, 6, "Ba takes (int, int), got (int, bool)"),
        ("a# f# {\na a a Sa . }", 2, 4, "Sa takes (bool, int, int)"),
        ("a# f# {\n\n b . }", 3, 1, "no variable b"),
        ("a# f# { a a: }", 1, 5, "the name a is taken"),
        ("a# f# { 1 a= a . }", 1, 5, "a is a parameter and cannot be changed"),
        ("a# f# { 1 x: }", 1, 6, "a return was expected"),
        ("a# f# { a . a . }", 1, 7, "nothing may stand behind"),
        ("a# f# { a ( a . ) a . }", 1, 5, "a condition takes (bool)"),
        ("a# f# { Yo ( ) a . }", 1, 6, "a statement was expected"),
        ("a# f# { Yo ( 1 x: ) a . }", 1, 7, "inside another statement"),
        ("a# f# { Yo ( a . ] a . }", 1, 8, ") or / was expected"),
        ("a# f# { Yo ( a . / a . / a . ) a . }", 1, 11, ") was expected"),
        ("a# f# { [ 0 x= ; a . ] a . }", 1, 6, "no local variable x"),
        ("a# f# { 1 x: [ 0 x= Yo ; a . ] a . }", 1, 8, "a condition and ; were expected"),
        ("a# f# { 0 a i[ i i= ] a . }", 1, 8, "i is a loop's variable and cannot be changed"),
        ("a# f# { 0 a i[ a . ] i . }", 1, 10, "no variable i"),
        ("a# f# { a g! . }", 1, 5, "no function g"),
        ("a# f# { a f! . }", 1, 5, "no function f"),
        ("a# f# { 1 . } a# f# { 1 . }", 1, 9, "there is a function f already"),
        ("xs@ f@ { xs . }", 1, 5, "the list xs must be copied"),
        ("xs@ f@ { xs ys: ys . }", 1, 5, "the list xs must be copied"),
        ("xs@ f@ { 1 xs+ < > . }", 1, 5, "xs is a parameter and cannot be changed"),
        ("a# f# { 2147483648 . }", 1, 4, "between -2^31 and 2^31"),
        ("a# f# { 007 . }", 1, 4, "decimal digits"),
        ("a# f# { 1٣ . }", 1, 4, "decimal digits"),
        ("a# f$ { |a|b| . }", 1, 4, "between | and |"),
        ("a# f$ { |a\nb| . }", 1, 4, "between | and |"),
        ("a# f$ { |é| . }", 1, 4, "between | and |"),
        ("a# f@ { < 1 x > . }", 1, 6, "an integer or > was expected"),
        ("a# f# { a# . }", 1, 4, "types are marked before"),
        ("a# f# { (a) . }", 1, 4, "a word of the language"),
        ("def f(a): return a", 1, 1, "a function was expected"),
    ],
)  # fmt: skip
def test_an_error_says_where_it_is_and_what_was_expected(text, line, word, expected):
    with pytest.raises(SkinError) as caught:
        parse(text)
    assert expected in str(caught.value)
    assert (caught.value.line, caught.value.word) == (line, word)


@pytest.mark.parametrize(
    "unit",
    ["a# f# { ", "1 ", "[ ", "Yo ( ", "|", "|a| ", "< ", "1 1 Ba ", "a", "9", " ", "\n", "\ud800", "f# { 1 . }\n"],
)
@pytest.mark.parametrize("start", ["", "a# f# { "])
def test_a_text_of_any_length_is_refused_at_once(start, unit):
    begin = time.perf_counter()
    for length in (MAX_TEXT_LENGTH, 1_000_000):
        with pytest.raises(SkinError):
            parse(start + unit * ((length - len(start)) // len(unit)))
    assert time.perf_counter() - begin < 1


def test_nesting_is_bounded_through_calls_too():
    deep = "a# f# { a " + "Da " * (MAX_DEPTH - 2) + ". }"
    check(parse(deep))
    assert Executable(parse(deep)).run((5,)) == 5
    for text in (deep.replace(" .", " Da ."), deep + " a# g# { a f! . }", "a# f# { " + "Yo ( " * MAX_DEPTH):
        with pytest.raises(SkinError, match="nested"):
            parse(text)
    chain = "a# f# { a . }\n" + "".join(f"a# f{'x' * i}x# {{ a f{'x' * i}! . }}\n" for i in range(30))
    check(parse(chain))
    with pytest.raises(SkinError, match="nested"):
        parse("a# f# { a . }\n" + "".join(f"a# f{i + 1}# {{ a f{i or ''}! . }}\n" for i in range(99)))
