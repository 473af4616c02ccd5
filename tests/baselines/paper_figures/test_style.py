import re
from importlib.resources import files

from palaestra.baselines.paper_figures.style import HUES, line_styles


def test_the_colours_are_those_of_the_report_on_white():
    css = (files("palaestra.baselines.report") / "styles" / "base.css").read_text()
    light = dict(re.findall(r"--series-(\d): (#[0-9a-f]{6})", css[: css.index("prefers-color-scheme: dark")]))
    assert [light[str(number)] for number in range(len(light))] == list(HUES)


def test_labels_have_their_colours_in_order():
    styles = line_styles(["ppo", "sac"])
    assert [style.colour for style in styles.values()] == list(HUES[:2])


def test_no_two_of_many_labels_look_the_same():
    styles = line_styles([f"agent {number}" for number in range(32)])
    assert len({(style.colour, str(style.dash)) for style in styles.values()}) == 32
