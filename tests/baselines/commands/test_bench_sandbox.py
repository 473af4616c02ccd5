import pytest

from palaestra.baselines.cli import main


def test_rates_and_ratios_are_printed(capsys):
    assert main(["bench", "sandbox", "--threads", "1", "2", "--rounds", "1", "--seconds", "0.05"]) == 0
    out = capsys.readouterr().out
    assert all(words in out for words in ("the sandbox", "fork and exit alone", "times as fast as", "programs/s"))


def test_a_soak_says_that_nothing_leaked(capsys):
    assert main(["bench", "sandbox", "--threads", "2", "--soak", "200"]) == 0
    out = capsys.readouterr().out
    assert "200 programs from 2 threads" in out
    assert out.rstrip().endswith("nothing leaked")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [(["--threads", "0"], "--threads"), (["--rounds", "0"], "--rounds"), (["--soak", "0"], "--soak")],
)
def test_wrong_usage_is_one_line(capsys, arguments, words):
    assert main(["bench", "sandbox", *arguments]) == 2
    [line] = capsys.readouterr().err.splitlines()
    assert words in line
