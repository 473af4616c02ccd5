import contextlib
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from palaestra.wrappers.tools import Call, CallError, find_call


@pytest.mark.parametrize(
    ("action", "name", "argument"),
    [
        ('<tool name="python">1 + 1</tool>', "python", "1 + 1"),
        ('I need this.\n<tool name="a-b_9">x</tool> and then', "a-b_9", "x"),
        ('<tool name="python">\nfor i in x:\n    y\n</tool>', "python", "for i in x:\n    y"),
        ('<tool name="python">\n    indented</tool>', "python", "    indented"),
        ('<tool name="python"></tool>', "python", ""),
        ('<tool name="a">1</tool><tool name="b">2</tool>', "a", "1"),
        ('<tool name="a"><tool name="b">2</tool></tool>', "a", '<tool name="b">2'),
        ('<answer>4</answer><tool name="a">1</tool>', "a", "1"),
        ('</tool><tool name="a">1</tool>', "a", "1"),
        ('<tool name="a">x < 3 > y & "z"</tool>', "a", 'x < 3 > y & "z"'),
    ],
)
def test_the_first_call_is_read(action, name, argument):
    assert find_call(action) == Call(name, argument)


@pytest.mark.parametrize(
    "action", ["", "7", "<answer>7</answer>", "</tool>", "tool", "<toolbox>", "< tool>", "<TOOL >"]
)
def test_what_begins_no_call_is_none(action):
    assert find_call(action) is None


@pytest.mark.parametrize(
    ("action", "problem"),
    [
        ('<tool name="python">1 + 1', "not closed"),
        ('<tool name="python">1 + 1</tool', "not closed"),
        ("<tool>1</tool>", "looks like"),
        ("<tool name=python>1</tool>", "looks like"),
        ("<tool name='python'>1</tool>", "looks like"),
        ('<tool  name="python">1</tool>', "looks like"),
        ('<tool name="">1</tool>', "looks like"),
        ('<tool name="a b">1</tool>', "looks like"),
        ('<tool name="' + "a" * 41 + '">1</tool>', "looks like"),
        ('<tool >1</tool><tool name="a">1</tool>', "looks like"),
    ],
)
def test_what_begins_a_call_and_is_none_says_what_was_expected(action, problem):
    with pytest.raises(CallError, match=problem):
        find_call(action)


@given(st.from_regex(r"[A-Za-z0-9_-]{1,40}", fullmatch=True), st.text(), st.text())
def test_what_was_written_as_a_call_is_read_as_one(name, before, argument):
    action = f'{before}<tool name="{name}">{argument}</tool>'
    if "<tool" in before or "</tool>" in argument:
        return
    assert find_call(action) == Call(name, argument.strip("\r\n"))


@pytest.mark.parametrize("unit", ["<tool", "<tool ", '<tool name="', '<tool name="a">', "</tool>", "<"])
def test_long_actions_take_no_time(unit):
    began = time.perf_counter()
    for _ in range(2):
        with contextlib.suppress(CallError):
            find_call(unit * (1_000_000 // len(unit)))
    assert time.perf_counter() - began < 2
