import pytest

from palaestra.envs.code.programs.building import (
    absolute,
    add,
    append,
    both,
    call,
    choose,
    count,
    element,
    equal,
    function,
    give,
    greater,
    integer,
    integers,
    length,
    let,
    modulo,
    program,
    put,
    subtract,
    when,
)
from palaestra.envs.code.programs.check import check
from palaestra.envs.code.programs.interpreter import RunError
from palaestra.envs.code.programs.mutations import Mistake, killing_inputs, mutants
from palaestra.envs.code.programs.skin import write
from palaestra.envs.code.programs.walking import constants, node_at

XS, K, N, TOTAL, KEPT = integers("xs"), integer("i"), integer("n"), integer("total"), integers("kept")
SMALL = function("small", [N], give(choose(greater(N, 9), 0, absolute(N))))
EVEN = program(
    SMALL,
    function(
        "solve",
        [XS, N],
        let(TOTAL, 0),
        let(KEPT, ()),
        count(
            K, 0, subtract(length(XS), 1),
            when(
                both(equal(modulo(element(XS, K), 2), 0), greater(N, K)),
                put(TOTAL, add(TOTAL, call(SMALL, element(XS, K)))),
                append(KEPT, TOTAL),
                otherwise=[put(TOTAL, 7)],
            ),
        ),
        give(KEPT),
    ),
)  # fmt: skip
INPUTS = (((2, 4, 12, 5, 6, -4, 8, 1), 6), ((2, 4, 6), 1), ((1, 2, 3, 4), 99), ((), 0))


def descriptions(kind):
    return [mutant.description for mutant in mutants(EVEN) if mutant.kind is kind]


def test_every_kind_of_mistake_is_made_and_described():
    assert descriptions(Mistake.OPERATOR) == [
        "in small: wrong operator: n stands where |n| should",
        "in solve: wrong operator: |xs| + 1 stands where |xs| - 1 should",
        "in solve: wrong operator: xs[i] mod 2 = 0 or n > i stands where xs[i] mod 2 = 0 and n > i should",
        "in solve: wrong operator: xs[i] div 2 stands where xs[i] mod 2 should",
        "in solve: wrong operator: total - small(xs[i]) stands where total + small(xs[i]) should",
    ]
    assert descriptions(Mistake.COMPARISON) == [
        "in small: wrong comparison: n >= 9 stands where n > 9 should",
        "in small: wrong comparison: n < 9 stands where n > 9 should",
        "in solve: wrong comparison: xs[i] mod 2 != 0 stands where xs[i] mod 2 = 0 should",
        "in solve: wrong comparison: n >= i stands where n > i should",
        "in solve: wrong comparison: n < i stands where n > i should",
    ]
    assert descriptions(Mistake.BRANCHES) == [
        "in small: swapped branches: |n| if n > 9 else 0 stands where 0 if n > 9 else |n| should",
        "in solve: swapped branches: "
        "if xs[i] mod 2 = 0 and n > i: total := 7; else: total := total + small(xs[i]), append total to kept stands "
        "where if xs[i] mod 2 = 0 and n > i: total := total + small(xs[i]), append total to kept; else: total := 7 "
        "should",
    ]
    assert descriptions(Mistake.INITIAL) == [
        "in solve: wrong initial value: total := 1 stands where total := 0 should",
        "in solve: wrong initial value: total := -1 stands where total := 0 should",
    ]
    assert descriptions(Mistake.BOUND) == [
        "in solve: loop bound: for i from 0 to before |xs| - 2 stands where for i from 0 to before |xs| - 1 should",
        "in solve: loop bound: for i from 0 to before |xs| stands where for i from 0 to before |xs| - 1 should",
        "in solve: loop bound: for i from 1 to before |xs| - 1 stands where for i from 0 to before |xs| - 1 should",
    ]
    # the last statement of a block is never missing
    assert descriptions(Mistake.MISSING) == [
        "in solve: missing statement: total := total + small(xs[i]) is missing",
        "in solve: missing statement: append total to kept is missing",
        "in solve: missing statement: total := 7 is missing",
    ]
    assert "in small: off-by-one constant: 10 stands where 9 should" in descriptions(Mistake.CONSTANT)
    assert "in solve: wrong variable: i stands where n should" in descriptions(Mistake.VARIABLE)
    assert "in solve: wrong variable: total stands where i should" in descriptions(Mistake.VARIABLE)


def test_a_mutant_keeps_the_rules_and_differs_in_one_node():
    found = mutants(EVEN)
    assert len({write(mutant.program) for mutant in found}) == len(found)
    for mutant in found:
        check(mutant.program)
        assert mutant.program != EVEN
        assert node_at(EVEN, mutant.path) == mutant.original
        if mutant.changed is None:
            assert mutant.kind is Mistake.MISSING
            assert mutant.found == ""
        else:
            assert node_at(mutant.program, mutant.path) == mutant.changed
        assert mutant.function in ("small", "solve")


def test_only_what_differs_on_some_input_is_killed():
    kept = {mutant.description: killing_inputs(EVEN, mutant.program, INPUTS) for mutant in mutants(EVEN)}
    assert kept["in solve: wrong initial value: total := 1 stands where total := 0 should"] == (0, 1)
    assert kept["in solve: missing statement: append total to kept is missing"] == (0, 1, 2)
    # a run that is refused differs, too: the empty list has no element
    assert kept["in solve: wrong operator: |xs| + 1 stands where |xs| - 1 should"] == (0, 1, 2, 3)
    assert killing_inputs(EVEN, EVEN, INPUTS) == ()


def test_inputs_that_the_program_cannot_run_on_are_an_error():
    with pytest.raises(RunError):
        killing_inputs(EVEN, EVEN, [(1, 2)])


def test_constants_of_a_program_are_found_in_the_order_of_the_text():
    assert constants(EVEN) == [9, 0, 0, 0, 1, 2, 0, 7]
