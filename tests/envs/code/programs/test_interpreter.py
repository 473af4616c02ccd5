import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from palaestra.envs.code.programs.building import (
    add,
    append,
    apply,
    at_least,
    both,
    call,
    choose,
    count,
    element,
    equal,
    filled,
    function,
    give,
    greater,
    integer,
    integers,
    length,
    less,
    let,
    loop,
    modulo,
    multiply,
    program,
    put,
    put_at,
    string,
    subtract,
    when,
)
from palaestra.envs.code.programs.check import check
from palaestra.envs.code.programs.interpreter import Executable, Refusal, RunError, run
from palaestra.envs.code.programs.syntax import Op
from palaestra.envs.code.programs.values import LIMIT, MAX_LENGTH

A, B, K, N, XS, OWN, S = (
    integer("a"), integer("b"), integer("k"), integer("n"), integers("xs"), integers("own"), string("s")
)  # fmt: skip
MOST = LIMIT - 1


def value_of(expression, *parameters, inputs=()):
    checked = program(function("f", parameters, give(expression)))
    check(checked)
    return run(checked, inputs)


def refusal_of(expression, *parameters, inputs=(), steps=100_000):
    with pytest.raises(RunError) as caught:
        run(program(function("f", parameters, give(expression))), inputs, steps=steps)
    return caught.value.reason


@pytest.mark.parametrize(
    ("op", "operands", "value"),
    [
        (Op.ADD, (2, -5), -3), (Op.SUB, (2, -5), 7), (Op.MUL, (-4, 6), -24), (Op.NEG, (3,), -3), (Op.ABS, (-3,), 3),
        (Op.DIV, (7, 2), 3), (Op.DIV, (-7, 2), -4), (Op.DIV, (-8, 2), -4), (Op.MOD, (7, 3), 1), (Op.MOD, (-7, 3), 2),
        (Op.MIN, (4, -4), -4), (Op.MAX, (4, -4), 4), (Op.EQ, (4, 4), True), (Op.NE, (4, 4), False),
        (Op.LT, (4, 4), False), (Op.LE, (4, 4), True), (Op.GT, (5, 4), True), (Op.GE, (3, 4), False),
        (Op.AND, (True, False), False), (Op.OR, (False, True), True), (Op.NOT, (True,), False),
        (Op.STR_EQ, ("ab", "ab"), True), (Op.STR_EQ, ("ab", "aB"), False), (Op.STR_LENGTH, ("abc",), 3),
        (Op.CHAR_AT, ("abc", 2), "c"), (Op.CONCAT, ("ab", ""), "ab"), (Op.ORD, ("a",), 97), (Op.CHR, (126,), "~"),
        (Op.INT_TO_STR, (-12,), "-12"), (Op.LENGTH, ((3, 4),), 2), (Op.AT, ((3, 4), 1), 4),
        (Op.FILLED, (3, -1), (-1, -1, -1)), (Op.FILLED, (0, 1), ()), (Op.SORTED, ((3, 1, 2, 1),), (1, 1, 2, 3)),
        (Op.ADD, (MOST - 1, 1), MOST), (Op.SUB, (-MOST + 1, 1), -MOST), (Op.NEG, (-MOST,), MOST),
    ],
)  # fmt: skip
def test_operations_give_what_the_language_says(op, operands, value):
    result = value_of(apply(op, *operands))
    assert result == value
    assert type(result) is type(value)


@pytest.mark.parametrize(
    ("op", "operands", "reason"),
    [
        (Op.ADD, (MOST, 1), Refusal.BOUNDS), (Op.SUB, (-MOST, 1), Refusal.BOUNDS),
        (Op.MUL, (1 << 16, 1 << 15), Refusal.BOUNDS),
        (Op.DIV, (1, 0), Refusal.DIVISOR), (Op.MOD, (1, -3), Refusal.DIVISOR),
        (Op.AT, ((1, 2), 2), Refusal.INDEX), (Op.AT, ((1, 2), -1), Refusal.INDEX), (Op.CHAR_AT, ("", 0), Refusal.INDEX),
        (Op.ORD, ("",), Refusal.CHARACTER), (Op.ORD, ("ab",), Refusal.CHARACTER),
        (Op.CHR, (31,), Refusal.CHARACTER), (Op.CHR, (127,), Refusal.CHARACTER),
        (Op.FILLED, (-1, 0), Refusal.LENGTH), (Op.FILLED, (MAX_LENGTH + 1, 0), Refusal.LENGTH),
    ],
)  # fmt: skip
def test_a_run_that_leaves_the_bounds_is_refused_with_the_reason(op, operands, reason):
    assert refusal_of(apply(op, *operands)) is reason


def test_integers_are_held_to_their_bounds_in_between_too():
    assert refusal_of(subtract(multiply(N, N), multiply(N, N)), N, inputs=(1 << 16,)) is Refusal.BOUNDS


def test_only_what_decides_is_looked_at():
    first = element(XS, 0)
    nobody = both(greater(length(XS), 0), equal(first, 3))
    assert value_of(nobody, XS, inputs=((),)) is False
    assert value_of(choose(equal(length(XS), 0), -1, first), XS, inputs=((),)) == -1
    assert value_of(apply(Op.OR, equal(length(XS), 0), equal(first, 3)), XS, inputs=((),)) is True


def test_loops_branches_lists_and_calls_work_together():
    # the sieve of Eratosthenes
    product = multiply(A, B)
    sieve = function(
        "sieve",
        [N],
        let(OWN, filled(add(N, 1), 1)),
        count(A, 2, add(N, 1), count(B, 2, add(N, 1), when(less(product, add(N, 1)), put_at(OWN, product, 0)))),
        give(OWN),
    )  # fmt: skip
    sieved = integers("sieved")
    primes = function(
        "primes",
        [N],
        let(sieved, call(sieve, N)),
        let(XS, ()),
        count(K, 2, length(sieved), when(equal(element(sieved, K), 1), append(XS, K))),
        give(XS),
    )
    whole = program(sieve, primes)
    check(whole)
    assert run(whole, (30,)) == (2, 3, 5, 7, 11, 13, 17, 19, 23, 29)
    assert run(whole, (1,)) == ()


def test_a_return_ends_every_loop_around_it():
    found = when(at_least(multiply(A, B), 6), give(add(multiply(A, 100), B)))
    first = function("f", [N], count(A, 0, N, count(B, 0, N, found)), give(-1))
    assert run(program(first), (9,)) == 106
    assert run(program(first), (2,)) == -1


def test_bounds_of_a_range_are_looked_at_once():
    grow = function("f", [N], let(A, N), let(B, 0), count(K, 0, A, put(A, add(A, 1)), put(B, add(B, 1))), give(B))
    assert run(program(grow), (3,)) == 3
    assert run(program(grow), (-3,)) == 0


def test_inputs_are_not_changed_and_literals_are_new_every_time():
    made = function("made", [N], let(OWN, (7,)), append(OWN, N), give(OWN))
    twice = program(
        made, function("f", [XS], let(A, length(call(made, 1))), give(add(A, add(length(call(made, 2)), length(XS)))))
    )
    inputs = ((1, 2),)
    assert [run(twice, inputs) for _ in range(2)] == [6, 6]
    assert inputs == ((1, 2),)


@pytest.mark.parametrize(
    "inputs", [(), (1, 2), (True,), ("1",), ((1,),), (1 << 31,), (None,), (1.0,)]
)  # fmt: skip
def test_inputs_that_do_not_fit_are_refused(inputs):
    with pytest.raises(RunError) as caught:
        run(program(function("f", [N], give(N))), inputs)
    assert caught.value.reason is Refusal.INPUTS


ENDLESS = function("f", [N], loop(at_least(N, 0), when(less(N, 0), give(0))), give(1))


def test_a_run_takes_no_more_steps_than_it_may():
    squares = Executable(program(function("f", [N], let(A, 0), count(K, 0, N, put(A, add(A, K))), give(A))))
    assert squares.run((100,), steps=1_000) == 4950
    for short in (1, 100):
        with pytest.raises(RunError) as caught:
            squares.run((100,), steps=short)
        assert caught.value.reason is Refusal.STEPS
    begin = time.perf_counter()
    with pytest.raises(RunError, match="steps"):
        run(program(ENDLESS), (1,))
    assert time.perf_counter() - begin < 1


def test_what_grows_without_end_is_stopped_early():
    double = function("f", [S], loop(True, put(string("t"), apply(Op.CONCAT, string("t"), string("t")))), give(S))
    longer = function("f", [S], let(string("t"), S), *double.body)
    with pytest.raises(RunError) as caught:
        run(program(longer), ("ab",))
    assert caught.value.reason is Refusal.LENGTH
    # calls that call twice what calls twice …: no loop, but 2^60 runs
    functions = [function("fa", [N], give(N))]
    for i in range(60):
        one = call(functions[-1], N)
        functions.append(function("f" + chr(98 + i % 24) * (2 + i // 24), [N], give(modulo(add(one, one), 7))))
    with pytest.raises(RunError) as caught:
        run(program(*functions), (1,))
    assert caught.value.reason is Refusal.STEPS


def test_threads_share_a_program_without_sharing_its_variables():
    total = Executable(program(function("f", [N], let(A, 0), count(K, 0, N, put(A, add(A, K))), give(A))))
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lambda n: total.run((n,)), range(500))) == [n * (n - 1) // 2 for n in range(500)]
