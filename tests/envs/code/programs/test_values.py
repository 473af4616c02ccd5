import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from palaestra.envs.code.programs.syntax import Type, type_of
from palaestra.envs.code.programs.values import LIMIT, check_value, read_inputs, read_value, write_inputs, write_value

INTEGERS = st.integers(1 - LIMIT, LIMIT - 1)
STRINGS = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=12)
VALUES = INTEGERS | st.booleans() | STRINGS | st.lists(INTEGERS, max_size=5).map(tuple)


def test_values_are_written_as_programs_print_them():
    written = [write_value(value) for value in (-3, True, False, " a b", (1, -2, 3), ())]
    assert written == ["-3", "true", "false", " a b", "1 -2 3", ""]
    assert write_inputs((3, "ab", (), (4,))) == "3\nab\n\n4\n"
    assert write_inputs(()) == ""


@settings(max_examples=150, deadline=None)
@given(st.lists(VALUES, max_size=4))
def test_what_is_written_is_read_back(values):
    types = [type_of(value) for value in values]
    again = read_inputs(write_inputs(values), types)
    assert repr(again) == repr(tuple(values))
    for value, type in zip(values, types, strict=True):
        check_value(value, type)


@pytest.mark.parametrize(
    ("text", "type"),
    [("", Type.INT), ("007", Type.INT), ("+1", Type.INT), ("-0", Type.INT), (" 1", Type.INT), ("1_0", Type.INT),
     ("١", Type.INT), ("2147483648", Type.INT), ("9" * 5000, Type.INT), ("True", Type.BOOL), ("1", Type.BOOL),
     ("1  2", Type.INTS), (" ", Type.INTS), ("1,2", Type.INTS), ("é", Type.STR), ("\t", Type.STR)],
)  # fmt: skip
def test_other_texts_are_no_values(text, type):
    with pytest.raises(ValueError, match="text must"):
        read_value(text, type)


@pytest.mark.parametrize("text", ["3", "3\n4\n", "", "3\n\n", "x\n"])
def test_inputs_are_as_many_lines_as_types(text):
    with pytest.raises(ValueError, match="text must"):
        read_inputs(text, [Type.INT])


@pytest.mark.parametrize(
    ("value", "type"),
    [(1, Type.BOOL), (True, Type.INT), ("a\n", Type.STR), ("é", Type.STR), ((1, True), Type.INTS),
     ((1, "2"), Type.INTS), (1 << 31, Type.INT), (1.5, Type.INT),
     ([1], Type.INTS), (None, Type.STR), ("a" * 10_001, Type.STR)],
)  # fmt: skip
def test_other_values_are_refused(value, type):
    with pytest.raises(ValueError, match=r"must|expected"):
        check_value(value, type)
