import pytest
from hypothesis import given
from hypothesis import strategies as st

from palaestra.envs.code.explanation import Explanation, Repair, agreement, exchange, explain, read_repair, write_repair

WRONG = "def add(a, b):\n    return a - b"
RIGHT = "def add(a, b):\n    return a + b"
TRUTH = Explanation(2, "return a - b", "return a + b")


def test_a_difference_of_one_line_explains_itself():
    assert explain(WRONG, RIGHT) == TRUTH


@pytest.mark.parametrize("right", [WRONG, RIGHT + "\n", RIGHT.replace("add", "sub"), "return 1"])
def test_other_differences_have_no_explanation_in_one_line(right):
    assert explain(WRONG, right) is None


def test_what_is_written_is_read_back():
    assert read_repair(write_repair(TRUTH, RIGHT)) == Repair(TRUTH, RIGHT)
    assert read_repair(write_repair(None, RIGHT)) == Repair(Explanation(), RIGHT)
    assert read_repair(write_repair(TRUTH, None)) == Repair(TRUTH, None)


def test_a_program_may_stand_in_a_fence_with_prose_around():
    response = f"The sign is wrong.\nline: 2\n wrong:  return a  - b \n```python\n{RIGHT}\n```\nright: x"
    assert read_repair(response) == Repair(Explanation(2, "return a - b", None), RIGHT)


def test_what_stands_in_the_program_explains_nothing():
    assert read_repair(f"---\nline: 2\n{RIGHT}").explanation == Explanation()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("line: 2\nline: 3", Explanation()),  # not committed
        ("line: 2\nline: 2", Explanation()),
        ("line: two", Explanation()),
        ("line: 2.0", Explanation()),
        ("line: ２", Explanation()),
        ("line: -2", Explanation()),
        ("line: 99999999999", Explanation()),
        ("line: 007", Explanation(line=7)),
        ("wrong:\nright: x", Explanation(right="x")),
        ("Wrong: x", Explanation()),
        ("the line: 2", Explanation()),
        ("line: 2" + " " * 20_000, Explanation()),
    ],
)
def test_a_part_is_said_once_and_plainly(text, said):
    assert read_repair(text) == Repair(said, None)


@pytest.mark.parametrize("rest", ["", "---", "---\n", "---\n \n", "```\n```", "---\n\x00", "---\n\ud800", "-- -\nx"])
def test_nothing_is_no_program(rest):
    assert read_repair(f"line: 2\n{rest}").program is None


@pytest.mark.parametrize(
    ("said", "share"),
    [
        (TRUTH, 1.0),
        (Explanation(), 0.0),
        (Explanation(line=2), 1 / 3),
        (Explanation(1, "return a - b", "return a + b"), 2 / 3),
        (Explanation(2, "return a + b", "return a - b"), 1 / 3),
        (Explanation(None, None, "return a+b"), 0.0),  # blanks may be more or fewer, not none
    ],
)
def test_parts_are_graded_one_by_one(said, share):
    assert agreement(said, TRUTH) == pytest.approx(share)


def test_the_line_is_exchanged_and_keeps_its_indentation():
    assert exchange(WRONG, TRUTH) == RIGHT
    assert exchange(WRONG, Explanation(line=1, right="def sub(a, b):")) == "def sub(a, b):\n    return a - b"


@pytest.mark.parametrize("line", [None, 0, 3])
def test_a_line_that_is_not_there_is_not_exchanged(line):
    assert exchange(WRONG, Explanation(line, None, "return a + b")) is None
    assert exchange(WRONG, Explanation(2, "return a - b", None)) is None


@given(st.text(max_size=200) | st.lists(st.sampled_from(["line: 2", "---", "```", "wrong: x", " "])).map("\n".join))
def test_any_string_is_read(response):
    repair = read_repair(response)
    assert repair.program is None or repair.program.strip()
