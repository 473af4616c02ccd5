import pytest

from palaestra.baselines.paper_figures.canvas import (
    add_legend,
    drawn,
    fitted,
    legend_rows,
    panels,
    shortened,
    undrawable,
)
from palaestra.baselines.paper_figures.style import line_styles


def figure(labels=("ppo", "sac")):
    made, [[axes]] = panels(1, 1, 3.25, 2.0)
    axes.plot([0, 1], [0, 1])
    add_legend(made, labels, line_styles(labels))
    return made


@pytest.mark.parametrize("format", ["svg", "pdf", "png"])
def test_the_same_figure_gives_the_same_bytes(format):
    assert drawn(figure(), format) == drawn(figure(), format)


def test_files_carry_no_date_and_fonts_that_publishers_take():
    svg, pdf = drawn(figure(), "svg"), drawn(figure(), "pdf")
    assert b"<dc:date>" not in svg
    assert b"CreationDate" not in pdf
    assert b"/Type3" not in pdf
    assert b"CIDFontType2" in pdf


def test_labels_are_taken_by_the_letter(recwarn):
    labels = ["_hidden", "$x^2", r"\alpha", "100 %"]
    made = figure(labels)
    assert drawn(made, "svg")
    assert [text.get_text() for text in made.legends[0].get_texts()] == labels
    assert not recwarn.list


@pytest.mark.parametrize(
    ("text", "most", "short"), [("reach", 5, "reach"), ("reaching", 5, "re…ng"), ("reaching", 6, "rea…ng")]
)
def test_a_long_name_loses_its_middle(text, most, short):
    assert shortened(text, most) == short


def test_a_name_is_shortened_to_the_room_there_is():
    assert fitted("reach", 1.0, size=8) == "reach"
    long = "i" * 20 + "m" * 20
    shorter, shortest = fitted(long, 2.0, size=8), fitted(long, 1.0, size=8, bold=True)
    assert len(long) > len(shorter) > len(shortest) > 3


def test_letters_that_the_font_lacks_are_found():
    assert undrawable(["grpo 算法", "法 τ ↓ …"]) == ["法", "算"]


def test_a_legend_takes_the_rows_it_needs():
    assert legend_rows(["ppo", "sac"], 3.25) == 1
    assert legend_rows(["proximal policy optimisation"] * 3, 3.25) == 3
    assert legend_rows(["a name that is wider than the whole figure, and then some"], 1.5) == 1
