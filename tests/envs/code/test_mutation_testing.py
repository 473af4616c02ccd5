import time

import pytest

from palaestra.envs.code.mutation_testing import MAX_CALLS, Result, count_kills, read_arguments
from palaestra.envs.code.programs.syntax import Apply, Function, Op, Parameter, Program, Return, Type, Variable
from palaestra.envs.code.sandbox import get_sandbox

A, B = Variable("a", Type.INT), Variable("b", Type.INT)
PARAMETERS = (Parameter("a", Type.INT), Parameter("b", Type.INT))


def version(op):
    return Program((Function("add", PARAMETERS, Type.INT, (Return(Apply(op, (A, B))),)),))


RIGHT = version(Op.ADD)
MUTANTS = tuple(map(version, (Op.SUB, Op.MUL, Op.MAX, Op.DIV)))


def kills(source):
    return count_kills(get_sandbox(), source, RIGHT, MUTANTS)


@pytest.mark.parametrize(
    ("source", "killed"),
    [
        ("assert add(2, 2) == 4", 3),  # 2 * 2 is 4 too
        ("assert add(1, 2) == 3", 4),
        ("assert add(b=2, a=1) == 3", 4),
        ("assert add(0, 5) == 5", 3),
        ("assert add(2, 0) == 2", 2),  # max(2, 0) is 2, 2 - 0 too; a division by zero fails
        ("assert isinstance(add(1, 2), int)", 0),
        ("add(1, 2)", 0),
        ("def test_it():\n    assert add(1, 2) == 3", 4),
        ("class Pair:\n    value = add(1, 2)\n\n\ndef test_it():\n    assert Pair.value == 3", 4),
        ("print('noise', '{}')\nimport os\nos.write(1, b'{}\\n')\nassert add(1, 2) == 3", 4),
        ("try:\n    add('x', 1)\nexcept TypeError:\n    assert add(1, 2) == 3", 4),
        ("import sys, threading, json\nassert add(1, 2) == 3", 4),
    ],
)
def test_a_mutant_is_killed_where_a_value_makes_the_tests_fail(source, killed):
    report = kills(source)
    assert (report.right, report.killed, report.mutants) == (Result.PASSED, killed, 4)
    assert report.score == killed / 4


@pytest.mark.parametrize(
    "source",
    [
        "assert add(1, 2) == 4",
        "assert False",
        "assert add(1, 2) == 3\n\n\ndef test_needs_a_fixture(tmp_path):\n    pass",
        "assert add(1, 2) == 3 and",
        "add(1)",
        "add(1, 2, 3)",
        "add(1, c=2)",
        "add(1.0, 2)",
        "add(True, 2)",
        "add('1', 2)",
        "add([1], 2)",
        "add(1, 10**10)",
        "add(1, 10**5000)",
        "add({1}, 2)",
    ],
)
def test_tests_that_fail_on_the_right_version_kill_nothing(source):
    report = kills(source)
    assert (report.right, report.killed) == (Result.FAILED, 0)


WRITE_TO_ALL = """
add(1, 2)
import os
for fd in range(3, 20):
    try:
        os.write(fd, {})
    except OSError:
        pass
"""


@pytest.mark.parametrize(
    "source",
    [
        "assert add(1, 2) == 3\nimport sys\nsys.exit(0)",
        "assert add(1, 2) == 3\nimport os\nos._exit(0)",
        "import sys\nsys.exit(add(1, 2) != 3)",
        "import os\nos._exit(add(1, 2) != 3)",
        "assert add(1, 2) == 3\nraise KeyboardInterrupt",
        "import os, signal\nadd(1, 2)\nos.kill(os.getpid(), signal.SIGKILL)",
        f"for i in range({MAX_CALLS + 1}):\n    assert add(i, 1) == i + 1",
        "while True:\n    add(1, 2)",
        WRITE_TO_ALL.format("b'x\\n'"),
        WRITE_TO_ALL.format("b'7\\n'"),
        WRITE_TO_ALL.format("b'[' * 100000 + b'\\n'"),
        "add([0] * 5_000_000, 1)",
    ],
)
def test_tests_that_leave_early_neither_pass_nor_kill(source):
    report = kills(source)
    assert (report.right, report.killed) == (Result.LEFT, 0)


def test_tests_that_never_call_the_function_are_worth_nothing():
    report = kills("import random\nassert True")
    assert (report.right, report.called, report.killed) == (Result.PASSED, False, 0)


FORGERY = """
import gc, os
value = add({arguments})
nonce = next(o["nonce"] for o in gc.get_objects() if type(o) is dict and "nonce" in o)
for fd in range(3, 20):
    try:
        os.write(fd, ('{{"nonce": "%s", "passed": %s}}\\n' % (nonce, {passed})).encode())
    except OSError:
        pass
os._exit(0)
"""


def test_a_forged_end_is_worth_what_an_assertion_is():
    # it fails wherever it runs, and so on the right version
    assert kills(FORGERY.format(arguments="1, 2", passed="'false'")).killed == 0
    # it passes wherever it runs
    assert kills(FORGERY.format(arguments="1, 2", passed="'true'")).killed == 0
    # it tells versions apart by their values, as tests do, and for these mutants 2 * 2 is 2 + 2
    told = FORGERY.format(arguments="2, 2", passed="'true' if value == 4 else 'false'")
    assert kills(told).killed <= 3


def test_what_one_run_leaves_behind_the_next_does_not_find():
    source = "import os\nassert add(2, 2) == 4\nassert not os.path.exists('mark')\nopen('mark', 'w').close()"
    assert kills(source).killed == 3


def test_a_failure_that_no_value_explains_kills_nothing():
    # it fails by chance or by the clock, but 2 * 2 is right, and so the mutant that multiplies is never run
    report = count_kills(get_sandbox(), "assert add(2, 2) == 4", RIGHT, (version(Op.MUL),) * 3)
    assert (report.right, report.killed) == (Result.PASSED, 0)


def test_hung_tests_end_within_the_deadline():
    started = time.monotonic()
    assert kills("add(1, 2)\nwhile True:\n    pass").right is Result.LEFT
    assert time.monotonic() - started < 10


@pytest.mark.parametrize(
    ("types", "given", "named", "read"),
    [
        ((Type.INT, Type.INT), [1, 2], {}, (1, 2)),
        ((Type.INT, Type.INT), [1], {"b": 2}, (1, 2)),
        ((Type.INT, Type.INT), [], {"b": 2, "a": 1}, (1, 2)),
        ((Type.INTS,), [[1, 2]], {}, ((1, 2),)),
        ((Type.STR, Type.BOOL), ["x", True], {}, ("x", True)),
    ],
)
def test_arguments_are_read_by_position_and_by_name(types, given, named, read):
    parameters = tuple(Parameter(name, type) for name, type in zip("ab", types, strict=False))
    assert read_arguments(given, named, parameters) == read


@pytest.mark.parametrize(
    ("type", "given", "named", "message"),
    [
        (Type.INT, [], {}, "takes 1 argument$"),
        (Type.INT, [1, 2], {}, "takes 1 argument$"),
        (Type.INT, [1], {"a": 1}, "takes 1 argument$"),
        (Type.INT, [], {"b": 1}, "misses the argument a"),
        (Type.INT, None, {}, "takes 1 argument$"),
        (Type.INT, [1], None, "takes 1 argument$"),
        (Type.INT, [True], {}, "takes an int as a"),
        (Type.INT, [1.0], {}, "takes an int as a"),
        (Type.BOOL, [1], {}, "takes a bool as a"),
        (Type.STR, [1], {}, "takes a str as a"),
        (Type.INTS, [1], {}, "takes a list of int as a"),
        (Type.INTS, ["12"], {}, "takes a list of int as a"),
        (Type.INTS, [[True]], {}, "takes a list of int as a"),
        (Type.INTS, [[[1]]], {}, "takes a list of int as a"),
    ],
)
def test_arguments_of_another_number_name_or_type_are_refused(type, given, named, message):
    with pytest.raises(TypeError, match=message):
        read_arguments(given, named, (Parameter("a", type),))
