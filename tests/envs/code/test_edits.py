import pytest
from hypothesis import given
from hypothesis import strategies as st

from palaestra.envs.code.edits import Edit, EditError, apply_edits, edit_between, parse_edits, write_edits

FILES = {"main.py": "import shop\n\nprint(shop.total(1, 2))\n", "shop.py": "def total(a, b):\n    return a - b\n"}
BLOCK = "### shop.py\n<<<<<<< SEARCH\n    return a - b\n=======\n    return a + b\n>>>>>>> REPLACE"


def refusal(response, files=FILES):
    with pytest.raises(EditError) as caught:
        apply_edits(files, parse_edits(response))
    return str(caught.value)


def block(search, replace, path="shop.py"):
    return write_edits((Edit(path, search, replace),))


class TestParsing:
    def test_a_block_is_read_from_between_prose_and_fences(self):
        response = f"The sign is wrong.\n```python\n{BLOCK}\n```\nThat is all."
        assert parse_edits(response) == (Edit("shop.py", "    return a - b", "    return a + b"),)

    def test_several_blocks_are_read_in_their_order(self):
        edits = (Edit("shop.py", "a", "b"), Edit("main.py", "c\nd", ""), Edit("shop.py", "b", "  x\n\n"))
        assert parse_edits(write_edits(edits)) == edits

    def test_windows_line_ends_change_nothing(self):
        assert parse_edits(BLOCK.replace("\n", "\r\n")) == parse_edits(BLOCK)

    @pytest.mark.parametrize(
        ("response", "message"),
        [
            ("", "expected blocks"),
            ("### shop.py\nreturn a + b", "expected blocks"),
            (BLOCK.removeprefix("### shop.py\n"), "block 1: the line before"),
            (BLOCK.replace("### shop.py", "### shop.py and more"), "must name the file"),
            (BLOCK.replace("=======\n", ""), "======= was expected, >>>>>>> REPLACE came"),
            (BLOCK.replace(">>>>>>> REPLACE", ""), ">>>>>>> REPLACE is missing"),
            (f"{BLOCK}\n{BLOCK[:-20]}", "block 2: >>>>>>> REPLACE is missing"),
            (BLOCK.replace("=======", "=======\n======="), ">>>>>>> REPLACE was expected, ======= came"),
            ("=======\n", "======= without"),
            (f"{BLOCK}\n>>>>>>> REPLACE", "block 2: >>>>>>> REPLACE without"),
            (block("", "x"), "searches nothing"),
            (block(" \n", "x"), "searches nothing"),
            (block("x", "x"), "are the same"),
            (BLOCK + " " * 20_000, "at most 20000"),
        ],
    )
    def test_what_is_no_block_is_refused_in_words(self, response, message):
        assert message in refusal(response)

    @given(st.text(max_size=300) | st.lists(st.sampled_from([*BLOCK.split("\n"), "x", ""])).map("\n".join))
    def test_any_string_is_read_or_refused_without_being_quoted(self, response):
        try:
            assert parse_edits(response)
        except EditError as error:
            assert len(str(error)) < 160  # noqa: PT017  (either outcome is right)


class TestApplying:
    def test_the_searched_lines_are_replaced_and_nothing_else(self):
        edited = apply_edits(FILES, parse_edits(BLOCK))
        assert edited == FILES | {"shop.py": "def total(a, b):\n    return a + b\n"}
        assert "a - b" in FILES["shop.py"]

    def test_an_edit_sees_what_the_one_before_it_left(self):
        edits = (
            Edit("shop.py", "    return a - b", "    c = a\n    return c"),
            Edit("shop.py", "    c = a", "    c = 1"),
        )
        assert apply_edits(FILES, edits)["shop.py"] == "def total(a, b):\n    c = 1\n    return c\n"

    def test_an_empty_replacement_takes_lines_out(self):
        assert apply_edits({"a": "1\n2\n3\n"}, (Edit("a", "2", ""),)) == {"a": "1\n3\n"}
        assert apply_edits({"a": "1\n2\n3"}, (Edit("a", "3", ""),)) == {"a": "1\n2"}

    def test_first_and_last_lines_can_be_replaced(self):
        assert apply_edits({"a": "1\n2"}, (Edit("a", "1", "x"), Edit("a", "2", "y"))) == {"a": "x\ny"}

    @pytest.mark.parametrize(
        ("response", "message"),
        [
            (block("x", "y", path="shop/none.py"), "block 1: there is no such file"),
            (block("x", "y", path="../shop.py"), "no such file"),
            (block("    return b - a", "y"), "does not hold"),
            (block("return a - b", "y"), "does not hold"),  # the indentation is missing
            (block("    return a -", "y"), "does not hold"),  # half a line
            (f"{BLOCK}\n{BLOCK}", "block 2: the file does not hold"),
        ],
    )
    def test_what_cannot_be_found_is_refused_in_words(self, response, message):
        assert message in refusal(response)

    def test_what_occurs_twice_is_ambiguous_also_where_it_overlaps(self):
        assert "more than once" in refusal(block("x", "y"), {"shop.py": "x\n1\nx\n"})
        assert "more than once" in refusal(block("x\nx", "y"), {"shop.py": "x\nx\nx\n"})

    @given(st.lists(st.sampled_from(["a", "b", "  c", ""]), min_size=1, max_size=6), st.data())
    def test_a_unique_run_of_lines_is_replaced_as_slicing_does(self, lines, data):
        start = data.draw(st.integers(0, len(lines) - 1))
        stop = data.draw(st.integers(start + 1, len(lines)))
        runs = [lines[i : i + stop - start] for i in range(len(lines) - (stop - start) + 1)]
        edit = Edit("f", "\n".join(lines[start:stop]), "new\nlines")
        if runs.count(lines[start:stop]) == 1:
            expected = [*lines[:start], "new", "lines", *lines[stop:]]
            assert apply_edits({"f": "\n".join(lines)}, (edit,)) == {"f": "\n".join(expected)}
        else:
            with pytest.raises(EditError, match="more than once"):
                apply_edits({"f": "\n".join(lines)}, (edit,))


class TestMaking:
    def test_an_edit_takes_the_lines_that_differ(self):
        assert edit_between("f", "a\nb\nc\n", "a\nx\nc\n") == Edit("f", "b", "x")

    def test_it_takes_lines_around_them_until_they_are_unique(self):
        assert edit_between("f", "a\nb\nc\nb\n", "a\nb\nc\nx\n") == Edit("f", "c\nb", "c\nx")

    @pytest.mark.parametrize(("old", "new"), [("a", "a"), ("", "a"), ("\n \n", "a")])
    def test_nothing_to_change_or_to_search_is_refused(self, old, new):
        with pytest.raises(ValueError, match="old must be"):
            edit_between("f", old, new)

    @given(*[st.lists(st.sampled_from(["a", "b", "  c", ""]), max_size=6).map("\n".join)] * 2)
    def test_it_makes_the_new_text_of_the_old_one(self, old, new):
        if old == new or not old.strip():
            return
        edit = edit_between("f", old, new)
        assert apply_edits({"f": old}, parse_edits(write_edits((edit,)))) == {"f": new}
