import threading
from dataclasses import replace

import pytest

from palaestra.envs.code.judge import (
    CallCase,
    Checker,
    CheckerBroken,
    Exact,
    Floats,
    StdinCase,
    Tokens,
    feedback,
    find_language,
    judge,
    load_languages,
)
from palaestra.envs.code.sandbox import ExitReason, Limits, SandboxBroken, get_sandbox
from palaestra.envs.core import Status

PYTHON = find_language("python")
SUCCESSOR = [StdinCase("3\n", "4\n", visible=True), StdinCase("7\n", "8\n"), StdinCase("-1\n", "0\n")]
SHORT = Limits(cpu_seconds=1.0, wall_seconds=5.0)


class Watched:
    """The sandbox, and every job it was given."""

    isolation = "watched"

    def __init__(self):
        self.jobs = []

    def run(self, job):
        self.jobs.append(job)
        return get_sandbox().run(job)


class Broken:
    isolation = "broken"

    def run(self, job):
        raise SandboxBroken("nothing works")


def python(source, cases=SUCCESSOR, **settings):
    return judge(source, PYTHON, cases, **settings)


def test_a_program_that_passes_every_case_is_correct():
    judgement = python("print(int(input()) + 1)")
    assert judgement.verdict().is_correct
    assert judgement.score(all_pass_bonus=0.5) == 1.0
    assert feedback(judgement) == "All cases passed."


def test_cases_that_pass_earn_their_share():
    judgement = python("x = int(input())\nprint(abs(x) + 1 if x < 5 else 8)")
    assert [result.passed for result in judgement.results] == [True, True, False]
    assert judgement.score() == pytest.approx(2 / 3)
    assert judgement.score(all_pass_bonus=0.25) == pytest.approx(0.5)
    assert judgement.score(all_pass_bonus=1.0) == 0.0
    assert judgement.verdict(all_pass_bonus=0.25).score == pytest.approx(0.5)


def test_a_program_that_runs_and_prints_something_else_may_earn_a_little():
    wrong, broken = python("print(99)"), python("print(99)\n1/0")
    assert wrong.score(all_pass_bonus=1.0, runs_credit=0.2) == 0.2
    assert broken.score(all_pass_bonus=1.0, runs_credit=0.2) == 0.0
    assert wrong.score() == 0.0


@pytest.mark.parametrize("name", ["all_pass_bonus", "runs_credit"])
def test_shares_out_of_range_are_refused_by_name(name):
    for value in (-0.1, 1.1, float("nan"), "1"):
        with pytest.raises(ValueError, match=name):
            python("print(1)").score(**{name: value})


@pytest.mark.parametrize(("source", "reason"), [
    ("print(int(input()) + 1)\nraise SystemExit(3)", ExitReason.NON_ZERO),
    ("print(int(input()) + 1, flush=True)\nimport os; os.kill(os.getpid(), 11)", ExitReason.SIGNAL),
    ("print(int(input()) + 1, flush=True)\nimport os; os._exit(1)", ExitReason.NON_ZERO),
    ("x = bytearray(10**9)\nx[::4096] = bytes(len(x[::4096]))", ExitReason.NON_ZERO),
    ("while True: print('x' * 10**6)", ExitReason.OUTPUT),
])  # fmt: skip
def test_only_a_program_that_ends_well_passes(source, reason):
    judgement = python(source)
    assert judgement.passed == 0
    assert judgement.results[0].reason is reason
    assert judgement.verdict().status is Status.WRONG


@pytest.mark.parametrize("source", ["", "pass", "import sys; sys.exit(0)", "import os; os._exit(0)", "print()"])
def test_a_program_that_prints_nothing_earns_nothing_though_a_case_asks_for_that(source):
    cases = [StdinCase("1\n", "\n"), StdinCase("2\n", "2\n")]
    assert python(source, cases).verdict(all_pass_bonus=0.0).score == 0.0


def test_behind_the_first_case_that_does_not_end_nothing_counts():
    source = "x = int(input())\nwhile x == 7: pass\nprint(x + 1)"
    judgement = python(source, SUCCESSOR * 2, limits=SHORT)
    assert [result.reason for result in judgement.results] == [
        ExitReason.OK,
        ExitReason.TIMEOUT,
        None,
        None,
        None,
        None,
    ]
    assert judgement.passed == 1
    assert judgement.verdict().status is Status.WRONG
    assert python("while True: pass", limits=SHORT).verdict().status is Status.TIMEOUT


def test_all_cases_together_have_a_deadline():
    judgement = python("import time; time.sleep(0.4); print(1)", [StdinCase("", "1")] * 20, deadline_seconds=1.0)
    assert judgement.results[-1].reason is None
    assert 0 < judgement.passed < 20


def test_an_honest_program_may_exit_and_use_threads():
    source = (
        "import sys, threading\n"
        "def work(): print(int(input()) + 1)\n"
        "thread = threading.Thread(target=work); thread.start(); thread.join()\n"
        "sys.exit(0)"
    )
    assert python(source).all_passed


def test_feedback_shows_the_first_failing_visible_case_and_nothing_of_hidden_ones():
    cases = [StdinCase("11\n", "SECRET\n"), *SUCCESSOR]
    text = feedback(python("print(5)", cases))
    assert text == "Input:\n3\nExpected output:\n4\nOutput:\n5"
    assert "SECRET" not in python("print(5)", cases).verdict().detail
    assert feedback(python("print(4)", cases)) == "A hidden case did not pass."
    longer = [replace(case, expected=case.expected + "x" * 50) if not case.visible else case for case in cases]
    assert feedback(python("print(4)", longer)) == "A hidden case did not pass."


def test_feedback_is_the_same_for_the_same_program():
    source = "import sys, os\nopen('/nowhere/at/all')"
    first = feedback(python(source))
    assert first == feedback(python(source))
    assert "FileNotFoundError" in first
    assert '"main.py"' in first
    assert "exit status 1" in first


def test_feedback_and_details_stay_short():
    judgement = python("import sys\nsys.stderr.write('e' * 50_000)\nprint('x' * 500_000)")
    assert len(feedback(judgement)) < 3_000
    assert len(judgement.verdict().detail) < 160


def test_the_sandbox_is_never_given_what_is_expected():
    sandbox = Watched()
    judge("print(1)", PYTHON, [StdinCase("in", "SECRET")], sandbox=sandbox)
    judge("def f(x): pass", PYTHON, [CallCase(("in",), "SECRET")], sandbox=sandbox, function="f")
    assert len(sandbox.jobs) == 2
    assert "SECRET" not in repr(sandbox.jobs)


def test_it_is_compiled_once():
    sandbox = Watched()
    source = '#include <stdio.h>\nint main() { int x; scanf("%d", &x); printf("%d\\n", x + 1); }'
    assert judge(source, find_language("c"), SUCCESSOR, sandbox=sandbox).all_passed
    assert len(sandbox.jobs) == 1 + len(SUCCESSOR)


def test_a_program_that_does_not_compile_is_wrong_and_the_compiler_is_quoted():
    judgement = judge("int main() { return x; }", find_language("c"), SUCCESSOR)
    assert judgement.score(runs_credit=0.2) == 0.0
    assert judgement.verdict().status is Status.WRONG
    assert "main.c:1:21: error" in feedback(judgement)
    assert feedback(judgement) == feedback(judge("int main() { return x; }", find_language("c"), SUCCESSOR))


def test_a_sandbox_that_fails_is_no_verdict():
    with pytest.raises(SandboxBroken):
        python("print(1)", sandbox=Broken())


def test_there_must_be_cases_of_one_kind():
    with pytest.raises(ValueError, match="cases"):
        python("print(1)", [])
    with pytest.raises(ValueError, match="cases"):
        python("print(1)", [*SUCCESSOR, CallCase((1,), 2)], function="f")


def test_many_threads_get_the_same_judgements():
    sources = ["print(int(input()) + 1)", "print(4)", "print(", "1/0"]
    expected = [python(source).verdict() for source in sources]
    seen = []
    threads = [threading.Thread(target=lambda: seen.append([python(s).verdict() for s in sources])) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == [expected] * 8


class TestComparisons:
    def test_words_are_compared_unless_something_else_is_asked_for(self):
        cases = [StdinCase("", "1 2\n")]
        assert python("print(1); print(2)", cases).all_passed
        assert not python("print(1); print(2)", cases, comparison=Exact()).all_passed
        assert python("print(1, 2.0000001)", cases, comparison=Floats()).all_passed
        assert not python("print(1, 2.0000001)", cases, comparison=Tokens()).all_passed

    def test_a_checker_admits_every_right_answer(self):
        factors = Checker(
            "n = int(open('input.txt').read()); words = open('output.txt').read().split()\n"
            "good = len(words) == 2 and all(w.isdigit() and 1 < int(w) < n for w in words)\n"
            "print('accepted' if good and int(words[0]) * int(words[1]) == n else 'wrong')"
        )
        cases = [StdinCase("12\n", "2 6\n")]
        for source, right in (("print(3, 4)", True), ("print(6, 2)", True), ("print(1, 12)", False), ("pass", False)):
            assert python(source, cases, comparison=factors).all_passed is right

    @pytest.mark.parametrize("source", ["", "print('yes')", "print('accepted'); 1/0", "print('accepted\\nwrong')"])
    def test_a_checker_that_breaks_is_no_verdict(self, source):
        with pytest.raises(CheckerBroken):
            python("print(1)", [StdinCase("", "1")], comparison=Checker(source))

    def test_a_checker_may_be_compiled_and_is_so_once(self):
        sandbox = Watched()
        checker = Checker('#include <stdio.h>\nint main() { puts("accepted"); }', language="c")
        assert judge("print(1)", PYTHON, SUCCESSOR, comparison=checker, sandbox=sandbox).all_passed
        assert sum("gcc" in job.argv for job in sandbox.jobs) == 1
        with pytest.raises(CheckerBroken, match="compile"):
            python("print(1)", comparison=Checker("int main(", language="c"))


SUMS = [CallCase((1, 2), 3, visible=True), CallCase((5, 5), 10), CallCase((-1, 1), 0)]


def call(source, cases=SUMS, language=PYTHON, **settings):
    return judge(source, language, cases, function="f", **settings)


class TestCalls:
    def test_a_function_that_returns_what_is_expected_is_correct(self):
        assert call("def f(a, b):\n    print('noise')\n    return a + b").verdict().is_correct
        assert call("f = lambda a, b: a + b").all_passed

    @pytest.mark.parametrize("source", [
        "import sys\ndef f(a, b): sys.exit(0)",
        "import os\ndef f(a, b): os._exit(0)",
        "import os; os._exit(0)",
        "exit(0)",
        "def f(a, b): raise ValueError",
        "def f(a, b): raise BaseException",
        "def f(a, b): return f(a, b)",
        "def g(a, b): return a + b",
        "f = 3",
        "def f(a): return a",
        "def f(",
        "",
        "class E:\n    def __eq__(self, other): return True\ndef f(a, b): return E()",
        "class E(dict):\n    def __eq__(self, other): return True\ndef f(a, b): return E()",
        "class E(str):\n    def __eq__(self, other): return True\ndef f(a, b): return E('x')",
        "class E(int):\n    def __eq__(self, other): return True\n    __hash__ = None\ndef f(a, b): return E(77)",
        "import json\njson.dumps = json.JSONEncoder.encode = lambda *_: 'true'\ndef f(a, b): return 77",
        "def f(a, b): return float('nan')",
        "def f(a, b): return str(a + b)",
        "def f(a, b): return [a + b]",
        "def f(a, b): yield a + b",
        "def f(a, b):\n    import os\n    for fd in range(3, 64):\n"
        "        try: os.write(fd, b'{\"value\": true}\\n' * 3)\n        except OSError: pass\n    return True",
    ])  # fmt: skip
    def test_whatever_is_not_the_value_fails(self, source):
        judgement = call(source)
        assert judgement.passed == 0
        assert judgement.verdict().status is Status.WRONG

    def test_a_program_that_ends_before_it_answers_fails_the_rest(self):
        judgement = call("import os\ndef f(a, b):\n    if a == 5: os._exit(0)\n    return a + b")
        assert [result.passed for result in judgement.results] == [True, False, False]
        assert not judgement.runs

    def test_one_exception_fails_one_case(self):
        judgement = call("def f(a, b):\n    if a == 5: raise KeyError('no five')\n    return a + b")
        assert [result.passed for result in judgement.results] == [True, False, True]
        assert judgement.results[1].error == "KeyError: 'no five'"

    def test_a_call_that_does_not_end_fails_it_and_the_rest(self):
        judgement = call("def f(a, b):\n    while a == 5: pass\n    return a + b", limits=SHORT)
        assert [result.passed for result in judgement.results] == [True, False, False]

    @pytest.mark.parametrize(("body", "expected", "same"), [
        ("True", 1, False), ("1", True, False), ("1.0", 1, True), ("(1, 2)", [1, 2], True),
        ("{'a': [None]}", {"a": [None]}, True),
        ("'\\ud800'", "\ud800", True), ("0.1 + 0.2", 0.3, False), ("10**5000", 1, False),
    ])  # fmt: skip
    def test_values_come_back_as_plain_data(self, body, expected, same):
        assert call(f"def f(): return {body}", [CallCase((), expected)]).all_passed is same

    def test_numbers_may_differ_by_a_tolerance(self):
        cases = [CallCase((), 0.3)]
        assert call("def f(): return 0.1 + 0.2", cases, comparison=Floats()).all_passed
        with pytest.raises(ValueError, match="comparison"):
            call("def f(): return 0.1 + 0.2", cases, comparison=Tokens())

    def test_feedback_shows_the_arguments_of_a_visible_case_alone(self):
        assert feedback(call("def f(a, b): return a")) == "Arguments:\n[1, 2]\nExpected:\n3\nReturned:\n1"
        assert feedback(call("def f(a, b): return 3")) == "A hidden case did not pass."
        assert "TypeError" in feedback(call("def f(a): return a"))

    def test_javascript_has_calls_too(self):
        if (node := load_languages()["javascript"]).missing_command():
            pytest.skip("node is not installed")
        assert call("function f(a, b) { console.log('noise'); return a + b }", language=node).all_passed
        assert call("const f = (a, b) => String(a + b)", language=node).passed == 0
        assert call("const f = () => undefined", language=node).passed == 0
        assert call("process.exit(0)", language=node).passed == 0

    def test_a_language_without_a_harness_is_refused(self):
        with pytest.raises(ValueError, match="harness"):
            call("", language=find_language("c"))

    @pytest.mark.parametrize("function", [None, "", "f()", "a.b", "f\n"])
    def test_the_function_must_be_a_name(self, function):
        with pytest.raises(ValueError, match="function"):
            judge("", PYTHON, SUMS, function=function)
