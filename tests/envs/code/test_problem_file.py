import json

import pytest

from palaestra.envs.code.judge import CallCase, Checker, Floats, StdinCase
from palaestra.envs.code.problem_file import read_problems

ECHO = {"statement": "Print what you read.", "cases": [{"stdin": "a\n", "stdout": "a\n"}]}
DOUBLE = {"statement": "Double x.", "function": "double", "calls": [{"arguments": [2], "returns": 4}]}


def read(tmp_path, *lines):
    file = tmp_path / "problems.jsonl"
    file.write_text("\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines))
    return read_problems(file, "python")


def test_a_line_is_a_problem(tmp_path):
    echo, double = read(tmp_path, ECHO, "", DOUBLE | {"solution": "def double(x): return 2 * x"})
    assert echo.prompt == "Print what you read."
    assert echo.cases == [StdinCase("a\n", "a\n", visible=True)]
    assert double.cases == [CallCase((2,), 4, visible=True)]
    assert (double.function, double.language, double.comparison) == ("double", "python", "")
    assert double.solution == "def double(x): return 2 * x"


def test_hidden_cases_come_behind_those_that_are_shown(tmp_path):
    cases = [{"stdin": str(i), "stdout": "x", "hidden": i in (0, 2)} for i in range(4)]
    (task,) = read(tmp_path, ECHO | {"cases": cases})
    assert [(case.stdin, case.visible) for case in task.cases] == [("1", True), ("3", True), ("0", False), ("2", False)]


def test_comparison_and_limits_are_the_problems_own(tmp_path):
    floats, checked = read(
        tmp_path,
        ECHO | {"comparison": {"floats": {"absolute": 0.5}}, "limits": {"seconds": 1.5, "memory_mb": 64}},
        ECHO | {"comparison": {"checker": {"source": "print('accepted')"}}},
    )
    assert floats.read_comparison() == Floats(absolute=0.5)
    assert (floats.limits.cpu_seconds, floats.limits.memory_bytes) == (1.5, 64 << 20)
    assert checked.read_comparison() == Checker("print('accepted')")


@pytest.mark.parametrize(("line", "named"), [
    ("{", "JSON"),
    ("[" * 100_000, "JSON"),
    ("3", "object, got int"),
    ('{"statement": NaN}', "NaN"),
    ({"statment": "x"}, "statment.*statement"),
    ({"cases": ECHO["cases"]}, "statement"),
    (ECHO | {"statement": 3}, "statement"),
    (ECHO | {"statement": "x" * 20_001}, "statement"),
    ({"statement": "x"}, "cases, or calls"),
    (ECHO | DOUBLE, "cases, or calls"),
    (ECHO | {"function": "f"}, "cases, or calls"),
    ({**DOUBLE, "function": ""}, "function"),
    ({**DOUBLE, "function": "f()"}, "function"),
    (ECHO | {"cases": [{"stdin": "a"}]}, r"cases\[0\].*stdout"),
    (ECHO | {"cases": [{"stdin": "a", "stdout": 3}]}, r"cases\[0\].*stdout"),
    (ECHO | {"cases": [3]}, r"cases\[0\]"),
    (ECHO | {"cases": "a"}, "cases"),
    (ECHO | {"cases": [{"stdin": "a", "stdout": "\n"}]}, "blank"),
    (ECHO | {"cases": [{"stdin": "\ud800", "stdout": "a"}]}, "cases"),
    (DOUBLE | {"calls": [{"arguments": 2, "returns": 4}]}, r"calls\[0\].*arguments"),
    (DOUBLE | {"comparison": "tokens"}, "comparison"),
    (ECHO | {"comparison": "token"}, "tokens"),
    (ECHO | {"comparison": {"checker": {"source": "", "language": "pyton"}}}, "python"),
    (ECHO | {"limits": {"seconds": 0}}, "seconds"),
    (ECHO | {"limits": {"second": 1}}, "second"),
    (ECHO | {"limits": {"memory_mb": 10**6}}, "memory_mb"),
    (ECHO | {"solution": 3}, "solution"),
])  # fmt: skip
def test_a_bad_line_is_refused_with_its_number(tmp_path, line, named):
    with pytest.raises(ValueError, match=rf"(?s)line 3.*{named}|{named}.*line 3"):
        read(tmp_path, ECHO, "", line)


@pytest.mark.parametrize("text", [b"", b"\n \n", b"\xff"])
def test_a_file_without_problems_is_refused(tmp_path, text):
    (tmp_path / "none.jsonl").write_bytes(text)
    with pytest.raises(ValueError, match=r"problems.*none\.jsonl"):
        read_problems(tmp_path / "none.jsonl", "python")


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(ValueError, match=r"problems.*gone\.jsonl"):
        read_problems(tmp_path / "gone.jsonl", "python")
