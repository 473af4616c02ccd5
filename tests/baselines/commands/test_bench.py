import pytest

from palaestra.baselines.cli import main
from palaestra.baselines.training_speed import compare


@pytest.fixture(autouse=True)
def _without_trl(monkeypatch):
    monkeypatch.setattr(compare, "trl_is_installed", lambda: False)


def test_a_step_is_measured_in_a_process_of_its_own_and_its_parts_are_shown(capsys):
    small = ["--parameters", "0.34M", "--precision", "float32", "--groups", "1", "--group-size", "2"]
    assert main(["bench", "training", *small, "--completion-tokens", "2", "--repetitions", "2", "--profile"]) == 0
    out = capsys.readouterr().out
    assert "2 completions × 2 tokens" in " ".join(out.split())
    assert all(word in out for word in ("tokens/s", "limit", "decode", "backward", "the rest"))
    assert 'pip install "palaestra[bench]"' in out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--group-size", "1"], "--group-size must be 2 or more"),
        (["--repetitions", "0"], "--repetitions"),
        (["--device", "gpt"], "--device"),
    ],
)
def test_wrong_usage_is_one_line(capsys, arguments, words):
    assert main(["bench", "training", *arguments]) == 2
    [line] = capsys.readouterr().err.splitlines()
    assert words in line
