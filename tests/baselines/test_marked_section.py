import pytest

from palaestra.baselines.errors import RunError, UsageError
from palaestra.baselines.marked_section import MarkedSection

TEXT = "# Title\n<!-- scores:begin -->\nold\n<!-- scores:end -->\nThe end.\n"


@pytest.fixture
def readme(tmp_path):
    path = tmp_path / "README.md"
    path.write_text(TEXT)
    return path


def test_only_what_stands_between_the_markers_is_written(readme):
    MarkedSection(readme, "scores").write("| new |")
    assert readme.read_text() == TEXT.replace("\nold\n", "\n\n| new |\n\n")


def test_what_was_written_is_up_to_date_and_writing_it_again_changes_nothing(readme):
    MarkedSection(readme, "scores").write("new\n")
    written = readme.read_text()
    MarkedSection(readme, "scores").check("new", remedy="this")
    MarkedSection(readme, "scores").write("new")
    assert readme.read_text() == written


def test_what_differs_is_out_of_date_and_says_what_to_do(readme):
    with pytest.raises(RunError, match="the section scores is out of date; `make scores` writes it anew"):
        MarkedSection(readme, "scores").check("new", remedy="`make scores`")
    assert readme.read_text() == TEXT


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (TEXT.replace("<!-- scores:begin -->", ""), "one line <!-- scores:begin --> .* there is none"),
        (TEXT.replace("<!-- scores:end -->", ""), "one line <!-- scores:end --> .* there is none"),
        (TEXT + TEXT, "there are 2"),
        ("<!-- scores:end --> <!-- scores:begin -->", "stands before"),
    ],
)
def test_a_file_without_the_place_is_refused(readme, text, words):
    readme.write_text(text)
    with pytest.raises(UsageError, match=words):
        MarkedSection(readme, "scores")


def test_a_file_that_is_not_there_or_is_no_text_is_refused(tmp_path):
    (tmp_path / "binary").write_bytes(b"\xff\xfe\xff")
    for name in ("missing", "binary"):
        with pytest.raises(UsageError, match=f"{name} cannot be read"):
            MarkedSection(tmp_path / name, "scores")
