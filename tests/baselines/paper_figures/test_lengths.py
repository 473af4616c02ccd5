import pytest

from palaestra.baselines.errors import UsageError
from palaestra.baselines.paper_figures.lengths import parse_length


@pytest.mark.parametrize(
    ("text", "inches"), [("3.25in", 3.25), ("8.5cm", 8.5 / 2.54), ("85mm", 85 / 25.4), ("234.9 pt", 234.9 / 72.27)]
)
def test_a_width_is_read_in_inches(text, inches):
    assert parse_length(text, "--width") == pytest.approx(inches)


@pytest.mark.parametrize("text", ["", "3.25", "in", "3.25px", "-3in", "1e1in", "nanin"])
def test_what_is_no_width_is_refused_by_the_name_of_the_option(text):
    with pytest.raises(UsageError, match="--width takes a width such as"):
        parse_length(text, "--width")


@pytest.mark.parametrize("text", ["0in", "1in", "2000mm"])
def test_a_width_that_holds_no_figure_is_refused(text):
    with pytest.raises(UsageError, match=r"--width must lie between 1\.5in and 40in"):
        parse_length(text, "--width")
