import pytest

from palaestra.envs.code.programs.building import (
    add,
    append,
    boolean,
    call,
    choose,
    count,
    equal,
    filled,
    function,
    give,
    greater,
    integer,
    integers,
    let,
    loop,
    program,
    put,
    put_at,
    same,
    string,
    when,
)
from palaestra.envs.code.programs.check import check
from palaestra.envs.code.programs.syntax import Apply, Call, Function, Let, Literal, Op, Program, Return, Type, Variable

N, A, K, XS, OWN, S, YES = (
    integer("n"), integer("a"), integer("k"), integers("xs"), integers("own"), string("s"), boolean("yes")
)  # fmt: skip
SUCCESSOR = function("succ", [N], give(add(N, 1)))
COPY = function("copied", [XS], let(OWN, ()), count(K, 0, 3, append(OWN, K)), give(OWN))


def of(*body, parameters=(N, XS, S, YES)):
    return program(SUCCESSOR, COPY, function("f", parameters, *body))


@pytest.mark.parametrize(
    "accepted",
    [
        of(let(OWN, call(COPY, XS)), put(OWN, filled(N, 0)), put(OWN, choose(YES, (1,), call(COPY, XS))), give(OWN)),
        of(count(K, 0, N, when(YES, give(K))), count(K, 0, 3, when(YES, give(K))), give(N)),
        of(let(A, 0), loop(greater(A, N), count(K, 0, A, put(A, K))), give(A)),
        of(when(YES, give(1), otherwise=[give(2)]), give(3)),
    ],
)
def test_programs_that_keep_the_rules_pass(accepted):
    check(accepted)


@pytest.mark.parametrize(
    ("broken", "message"),
    [
        (Program(()), "must have a function"),
        (of(give(A)), "no variable a"),
        (of(give(Variable("n", Type.STR))), "n is of type int, not of type str"),
        (of(give(Apply(Op.ADD, (N, YES)))), r"add takes \(int, int\), got \(int, bool\)"),
        (of(give(Apply(Op.ADD, (N,)))), "add takes"),
        (of(give(equal(S, S))), "eq takes"),
        (of(give(same(S, N))), "str_eq takes"),
        (of(give(choose(N, 1, 2))), "type bool was expected"),
        (of(give(choose(YES, 1, S))), "type int was expected"),
        (of(give(Call("later", (N,), Type.INT))), "no function later"),
        (of(give(Call("f", (N,), Type.INT))), "no function f"),
        (of(give(Call("succ", (S,), Type.INT))), r"succ takes \(int\), got \(str\)"),
        (of(give(Call("succ", (N,), Type.STR))), "succ gives a value of type int"),
        (of(let(N, 1), give(N)), "the name n is taken"),
        (of(let(A, 1), let(A, 2), give(A)), "the name a is taken"),
        (of(let(integer("succ"), 1), give(N)), "succ is the name of a function"),
        (of(let(integer("f"), 1), give(N)), "f is the name of a function"),
        (of(put(A, 1), give(N)), "no local variable a"),
        (of(put(N, 1), give(N)), "n is a parameter and cannot be changed"),
        (of(append(XS, 1), give(N)), "xs is a parameter and cannot be changed"),
        (of(let(A, 1), append(A, 1), give(A)), "a must be a list"),
        (of(let(OWN, ()), put_at(OWN, 0, S), give(OWN)), "type int was expected"),
        (of(let(A, 1), put(A, S), give(A)), "a is of type int, its new value of type str"),
        (of(let(OWN, XS), give(OWN)), "the list xs must be copied"),
        (of(let(OWN, ()), put(OWN, XS), give(OWN)), "the list xs must be copied"),
        (of(let(OWN, ()), put(OWN, choose(YES, OWN, ())), give(OWN)), "the list own must be copied"),
        (of(give(XS)), "the list xs must be copied"),
        (of(count(K, 0, N, put(K, 1)), give(N)), "k is a loop's variable and cannot be changed"),
        (of(count(K, 0, N, when(YES, give(K))), give(K)), "no variable k"),
        (of(count(K, 0, N, count(K, 0, N, give(K))), give(N)), "the name k is taken"),
        (of(count(K, 0, N, give(K)), let(K, 1), give(K)), "k has been a loop's variable"),
        (of(count(K, 0, S, give(K)), give(N)), "type int was expected"),
        (of(when(N, give(1)), give(N)), "type bool was expected"),
        (of(loop(N, give(1)), give(N)), "type bool was expected"),
        (of(when(YES), give(N)), "a block must have a statement"),
        (of(when(YES, let(A, 1)), give(N)), "must not stand inside"),
        (of(when(YES, give(1), put(A, 1)), give(N)), "nothing may stand behind a Return"),
        (of(give(1), give(N)), "nothing may stand behind a Return"),
        (of(when(YES, give(S)), give(N)), "type int was expected"),
        (
            Program((Function("f", (), Type.INT, (Let("a", Literal(1)),)),)),
            "last statement of a function must be",
        ),
        (Program((Function("f", (), Type.INT, ()),)), "a block must have a statement"),
        (Program((Function("f", (), Type.BOOL, (Return(Literal(1)),)),)), "type bool was expected"),
        (program(function("f", [N, N], give(N))), "the name n is taken"),
        (program(SUCCESSOR, SUCCESSOR), "there is a function succ already"),
        (program(function("while", [N], give(N))), "the word while is reserved"),
        (program(function("f", [integer("elif")], give(1))), "the word elif is reserved"),
        (program(function("f", [integer("N")], give(1))), "lower-case words"),
        (program(function("f", [integer("a" * 33)], give(1))), "lower-case words"),
        (program(function("f", [], give(1 << 31))), "between -2\\^31 and 2\\^31"),
        (program(function("f", [], give("é"))), "printable ASCII"),
        (program(function("f", [], give((1, True)))), "lists must hold integers"),
    ],
)
def test_programs_that_break_a_rule_are_refused_with_the_rule(broken, message):
    with pytest.raises(ValueError, match=message):
        check(broken)


def test_nesting_is_bounded_together_with_what_is_called():
    value = N
    for _ in range(97):
        value = add(value, 1)
    deep = function("deep", [N], give(value))
    check(program(deep))
    with pytest.raises(ValueError, match="nested"):
        check(program(deep, function("f", [N], give(call(deep, N)))))
