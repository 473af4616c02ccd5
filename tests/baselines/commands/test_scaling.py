import json

import numpy as np
import pytest

from palaestra.baselines.cli import main
from palaestra.baselines.runs import MetricRow, RunFolder, RunInfo
from palaestra.baselines.statistics import Sigmoid

LEARNER = Sigmoid(start=0.1, asymptote=0.9, midpoint=15_000, steepness=2, rmse=0)

pytestmark = pytest.mark.usefixtures("warnings_as_before")


@pytest.fixture(autouse=True)
def project(tmp_path, monkeypatch):
    """A folder with the runs of one agent that learns along a sigmoid."""
    monkeypatch.chdir(tmp_path)
    for seed in range(2):
        folder = RunFolder(tmp_path / "runs" / f"seed-{seed}")
        info = RunInfo.begin(
            recipe="reach-ppo", env_id="robot/Reach-v0", agent_kind="control", algorithm="ppo", label="ppo", seed=seed
        )
        info.status = "finished"
        folder.create(info, {"env": {"id": "robot/Reach-v0"}})
        for step in range(3_000, 60_001, 3_000):
            score = float(LEARNER.at(step)) + 0.01 * seed
            folder.append_metrics(MetricRow(step, None, step / 100, {"eval/success_rate": score, "train/loss": np.nan}))
    return tmp_path


def scaling(capsys, *arguments):
    """The exit code, what was printed, and the errors."""
    code = main(["scaling", *arguments])
    output = capsys.readouterr()
    return code, output.out, output.err


def test_parameters_and_the_foretold_end_are_printed(capsys):
    code, out, _ = scaling(capsys)
    assert code == 0
    assert "eval/success_rate against steps C" in out
    assert "foretold from the first 50%" in out
    assert "0.905 (0.900 … 0.910)" in out
    assert "fewer than 5 seeds" in out


def test_json_holds_the_fits(capsys):
    found = json.loads(scaling(capsys, "--json", "--against", "seconds", "--share", "0.6")[1])
    assert found[0]["seeds"] == [0, 1]
    assert found[0]["fit"]["midpoint"]["estimate"] == pytest.approx(150, rel=0.01)
    assert found[0]["fit"]["extrapolation"]["share"] == 0.6


def test_a_metric_that_is_never_a_number_is_said_to_be_missing(capsys):
    code, out, _ = scaling(capsys, "--metric", "train/loss")
    assert code == 0
    assert out == "• ppo in robot/Reach-v0: no finished run has measured train/loss by steps\n"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--share", "1"], ["--share", "got 1"]),
        (["--share", "nan"], ["--share", "got nan"]),
        (["--metric", "eval/sucess_rate"], ["did you mean eval/success_rate"]),
        (["nowhere"], ["no run in nowhere"]),
        (["--filter", "seed=7"], ["no run is left"]),
    ],
)
def test_wrong_usage_is_one_line_and_exit_code_2(capsys, arguments, words):
    code, _, errors = scaling(capsys, *arguments)
    assert code == 2
    assert len(errors.splitlines()) == 1
    assert all(word in errors for word in words), errors
