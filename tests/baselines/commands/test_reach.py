import json

import pytest

from palaestra.baselines.cli import main
from palaestra.baselines.runs import MetricRow, RunFolder, RunInfo

pytestmark = pytest.mark.usefixtures("warnings_as_before")

AT_60 = {"quick": (200, 300, 100), "slow": (1200, 800, 1000), "lost": (None, None, 900)}
"""The episodes at which each agent's runs, of 1,500 episodes each, reach 60 %."""


@pytest.fixture(autouse=True)
def project(tmp_path, monkeypatch):
    """A folder with the runs of three agents."""
    monkeypatch.chdir(tmp_path)
    for label, moments in AT_60.items():
        for seed, moment in enumerate(moments):
            folder = RunFolder(tmp_path / "runs" / label / f"seed-{seed}")
            info = RunInfo.begin(
                recipe=label, env_id="text/GuessNumber-v0", agent_kind="llm", algorithm="ppo", label=label, seed=seed
            )
            info.status = "finished"
            folder.create(info, {"env": {"id": "text/GuessNumber-v0"}})
            for episodes in range(0, 1501, 100):
                score = 0.61 if moment is not None and episodes >= moment else 0.4
                folder.append_metrics(MetricRow(5 * episodes, episodes, episodes / 10, {"eval/success_rate": score}))
    return tmp_path


def reach(capsys, *arguments):
    """The exit code, what was printed, and the errors."""
    code = main(["reach", *arguments])
    output = capsys.readouterr()
    return code, output.out, output.err


def test_medians_and_their_ratios_to_the_quickest_agent_are_printed(capsys):
    code, out, _ = reach(capsys, "0.6")
    assert code == 0
    assert "episodes until eval/success_rate is first 0.6" in out
    lines = {line.split()[1]: line for line in out.splitlines() if line.startswith("text/")}
    assert "3/3" in lines["quick"]
    assert "200 (100 … 300)" in lines["quick"]
    assert "1,000 (800 … 1,200)" in lines["slow"]
    assert "5.00 (2.67 … 12.00)" in lines["slow"]
    assert "1/3" in lines["lost"]
    assert "∞ (900 … ∞)" in lines["lost"]
    assert lines["lost"].split()[-1] == "7.50"
    assert "2 of its runs ended at 1,500 episodes or before without reaching it" in out
    assert "fewer than 5 seeds" in out


def test_steps_and_seconds_count_as_well(capsys):
    for against, median in (("steps", 1000), ("seconds", 20)):
        found = json.loads(reach(capsys, "0.6", "--against", against, "--json")[1])
        assert {row["label"]: row["median"]["estimate"] for row in found}["quick"] == median


def test_json_says_null_where_nothing_is_known(capsys):
    found = {row["label"]: row for row in json.loads(reach(capsys, "0.6", "--json")[1])}
    assert found["lost"]["median"]["estimate"] is None
    assert found["lost"]["reaches"][2] == {"compute": 900.0, "reached": True}
    assert found["quick"]["ratio"] is None


def test_where_nobody_arrives_there_is_no_ratio(capsys):
    code, out, _ = reach(capsys, "0.9")
    assert code == 0
    assert "0/3" in out
    assert "∞ (∞ … ∞)" in out


def test_a_metric_that_was_not_measured_is_said_to_be_missing(capsys):
    _, out, _ = reach(capsys, "0.6", "--metric", "eval/nothing")
    assert "quick in text/GuessNumber-v0: no finished run has measured eval/nothing by episodes" in out


def test_a_score_that_is_no_number_is_refused(capsys):
    code, _, error = reach(capsys, "nan")
    assert code == 2
    assert "SCORE must be a finite number" in error
