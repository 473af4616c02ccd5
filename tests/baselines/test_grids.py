import pytest

from palaestra.baselines.grids import Grid, escaped, grid_markdown, print_grids

GRID = Grid("Scores | here", ("agent", "score"), (("ppo", "1.0"), ("a|b\nc", "[red]2[/red]")))


def test_a_grid_as_markdown():
    assert grid_markdown(GRID).splitlines() == [
        "**Scores \\| here**",
        "",
        "| agent | score |",
        "| --- | ---: |",
        "| ppo | 1.0 |",
        "| a\\|b c | \\[red\\]2\\[/red\\] |",
    ]


@pytest.mark.parametrize(
    ("text", "line"),
    [("a|b", "a\\|b"), ("<b>", "\\<b>"), ("*x*", "\\*x\\*"), ("a\n\nb", "a b"), ("grpo_mean", "grpo_mean")],
)
def test_a_label_cannot_break_out_of_its_cell(text, line):
    assert escaped(text) == line


def test_what_is_piped_on_has_no_line_breaks_and_no_markup(capsys):
    wide = Grid("t" * 150, ("agent", "x" * 90), (("[red]ppo[/red]", "1.0"),))
    print_grids([wide], ["a note that is " + "very " * 60 + "long"])
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "t" * 150
    assert lines[1].split() == ["agent", "x" * 90]
    assert lines[2].split() == ["[red]ppo[/red]", "1.0"]
    assert lines[4].startswith("• a note that is very")
    assert lines[4].endswith("long")
