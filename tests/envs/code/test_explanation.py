import pytest
from hypothesis import given
from hypothesis import strategies as st

from palaestra.envs.code.explanation import (
    Difference,
    Explanation,
    Repair,
    agreement,
    difference,
    exchange,
    explain,
    read_repair,
    write_repair,
)

WRONG = "def add(a, b):\n    return a - b"
RIGHT = "def add(a, b):\n    return a + b"
TRUTH = Difference(2, "    return a - b", "    return a + b")
SHORT = Explanation(2, "-", "+")


class TestDifferences:
    def test_it_is_the_one_line_in_which_programs_differ(self):
        assert difference(WRONG, RIGHT) == TRUTH

    @pytest.mark.parametrize("right", [WRONG, RIGHT + "\n", RIGHT.replace("add", "sub"), "return 1", WRONG + " "])
    def test_other_programs_have_none(self, right):
        assert difference(WRONG, right) is None

    @pytest.mark.parametrize(
        ("wrong", "right", "pieces"),
        [
            ("return a - b", "return a + b", ("-", "+")),
            ("return n * 12", "return n * 13", ("12", "13")),
            ("return a - b - c", "return a + b - c", ("a -", "a +")),  # there are two minus signs
            ("return n", "return n + 1", ("n", "n + 1")),  # nothing is wrong, but something is missing
            ("return n + 1", "return n", ("n + 1", "n")),
            ("return f(n, n)", "return f(n, m)", (", n", ", m")),
            ("x = x", "x = y", ("= x", "= y")),
        ],
    )
    def test_the_explanation_is_as_short_as_can_be(self, wrong, right, pieces):
        assert explain(Difference(1, wrong, right)) == Explanation(1, *pieces)

    @given(*[st.lists(st.sampled_from(["a", "b", "12", "+", "<=", "("]), min_size=1, max_size=6).map(" ".join)] * 2)
    def test_an_explanation_is_right_and_repairs(self, wrong, right):
        truth = difference(wrong, right)
        if truth is not None:
            assert agreement(explain(truth), truth) == 1.0
            assert exchange(wrong, explain(truth)).split() == right.split()


class TestReading:
    def test_what_is_written_is_read_back(self):
        assert read_repair(write_repair(SHORT, RIGHT)) == Repair(SHORT, RIGHT)
        assert read_repair(write_repair(None, RIGHT)) == Repair(Explanation(), RIGHT)
        assert read_repair(write_repair(SHORT, None)) == Repair(SHORT, None)

    def test_a_program_may_stand_in_a_fence_with_prose_around(self):
        response = f"The sign is wrong.\nline: 2\n wrong:  a  - b \n```python\n{RIGHT}\n```\nright: x"
        assert read_repair(response) == Repair(Explanation(2, "a  - b", None), RIGHT)

    def test_what_stands_in_the_program_explains_nothing(self):
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
    def test_a_part_is_said_once_and_plainly(self, text, said):
        assert read_repair(text) == Repair(said, None)

    @pytest.mark.parametrize("rest", ["", "---", "---\n \n", "```\n```", "---\n\x00", "---\n\ud800", "-- -\nx"])
    def test_nothing_is_no_program(self, rest):
        assert read_repair(f"line: 2\n{rest}").program is None

    @given(st.text(max_size=200) | st.lists(st.sampled_from(["line: 2", "---", "```", "wrong: x", " "])).map("\n".join))
    def test_any_string_is_read(self, response):
        repair = read_repair(response)
        assert repair.program is None or repair.program.strip()


class TestGrading:
    @pytest.mark.parametrize(
        ("said", "share"),
        [
            (SHORT, 1),
            (Explanation(2, "a - b", "a + b"), 1),
            (Explanation(2, "return a - b", "return a+b"), 1),  # blanks do not count
            (Explanation(), 0),
            (Explanation(line=2), 1 / 3),
            (Explanation(1, "a - b", "a + b"), 2 / 3),
            (Explanation(2, "a - b", "b + a"), 2 / 3),  # it adds too, but is not the right program's line
            (Explanation(2, "a", "b"), 1 / 3),
            (Explanation(2, "+", "-"), 1 / 3),
            (Explanation(2, "a - b", None), 2 / 3),
            (Explanation(2, None, "a + b"), 1 / 3),
            (Explanation(2, "ret", "+"), 1 / 3),  # half a word
        ],
    )
    def test_parts_are_graded_one_by_one(self, said, share):
        assert agreement(said, TRUTH) == pytest.approx(share)

    def test_a_piece_that_occurs_twice_says_nothing(self):
        truth = Difference(1, "return n - n", "return n - 1")
        assert agreement(Explanation(1, "n", "1"), truth) == pytest.approx(1 / 3)
        assert agreement(Explanation(1, "- n", "- 1"), truth) == 1.0


class TestExchanging:
    def test_the_piece_is_exchanged_and_the_rest_stays_as_it_is(self):
        assert exchange(WRONG, SHORT) == exchange(WRONG, Explanation(2, "a-b", "a + b")) == RIGHT

    @pytest.mark.parametrize(
        "said",
        [
            Explanation(),
            Explanation(0, "-", "+"),
            Explanation(3, "-", "+"),
            Explanation(2, "-", None),
            Explanation(2, None, "+"),
            Explanation(2, "*", "+"),
            Explanation(1, "add", None),
        ],
    )
    def test_what_is_not_there_or_not_said_is_not_exchanged(self, said):
        assert exchange(WRONG, said) is None
