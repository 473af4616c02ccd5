import pytest

from palaestra.baselines.cli import main
from palaestra.baselines.renderer_speed import contenders
from palaestra.baselines.renderer_speed.contenders import Contender


@pytest.fixture
def measured(monkeypatch):
    """How each contender was measured: by processor time or by the clock."""
    chosen = [
        Contender("ours", lambda: None, 1, equal="in C++"),
        Contender("in C++", lambda: None, 1),
        Contender("on a GPU", lambda: None, 1, elsewhere=True),
    ]
    ways = {}
    monkeypatch.setattr(contenders, "contenders", lambda **_: chosen)
    for way, rate in (("rate", 100.0), ("wall_rate", 25.0)):
        monkeypatch.setattr(contenders, way, lambda each, _, way=way, rate=rate: ways.update({each.name: way}) or rate)
    return ways


def test_what_is_drawn_elsewhere_is_measured_by_the_clock(capsys, measured):
    assert main(["bench", "renderer", "--rounds", "1", "--device", "cpu"]) == 0
    assert measured == {"ours": "rate", "in C++": "rate", "on a GPU": "wall_rate"}
    out = capsys.readouterr().out
    assert "1.00 (1.00 to 1.00)" in out
    assert "25" in out


def test_with_threads_all_are_measured_by_the_clock(measured):
    assert main(["bench", "renderer", "--rounds", "1", "--threads", "2", "--device", "cpu"]) == 0
    assert set(measured.values()) == {"wall_rate"}


@pytest.mark.parametrize(
    ("arguments", "words"), [(["--rounds", "0"], "--rounds must be 1 or more"), (["--device", "gpt"], "device must be")]
)
def test_wrong_usage_is_one_line(capsys, arguments, words):
    assert main(["bench", "renderer", *arguments]) == 2
    [line] = capsys.readouterr().err.splitlines()
    assert words in line
