import json

import pytest

from palaestra.baselines.benchmark.references import Reference, write_references
from palaestra.baselines.cli import main
from palaestra.baselines.runs import MetricRow, RunFolder, RunInfo, Scores

pytestmark = pytest.mark.usefixtures("warnings_as_before")


def success(rate):
    return Scores(rate, rate - 0.05, rate + 0.05, 0.0, -1.0, 1.0, 200)


def write_run(root, label, seed, score, best=None, status="finished"):
    folder = RunFolder(root / label / f"seed-{seed}")
    info = RunInfo.begin(
        recipe=f"reach-{label}", env_id="robot/Reach-v0", agent_kind="control", algorithm=label, label=label, seed=seed
    )
    info.status = status
    info.scores = {name: success(x) for name, x in (("agent", score), ("best", best)) if x is not None}
    folder.create(info, {"env": {"id": "robot/Reach-v0"}, "evaluation": {"episodes": 200}})
    return folder


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A folder with the runs of two agents, their references and a README."""
    monkeypatch.chdir(tmp_path)
    for seed in range(5):
        write_run(tmp_path / "runs", "ppo", seed, 0.4, best=0.5)
        write_run(tmp_path / "runs", "sac", seed, 0.8, best=0.9)
    reference = Reference("robot/Reach-v0", {}, (), 0, success(0.2), success(1.0))
    write_references([reference], tmp_path / "references.yaml")
    (tmp_path / "README.md").write_text("# Mine\n<!-- leaderboard:begin -->\n<!-- leaderboard:end -->\nMore.\n")
    return tmp_path


def compare(capsys, *arguments):
    """The exit code, what was printed, and the lines of errors."""
    code = main(["compare", *arguments, "--references", "references.yaml"])
    output = capsys.readouterr()
    return code, output.out, output.err.splitlines()


def test_the_terminal_shows_scores_standings_and_pairs(project, capsys):
    code, out, errors = compare(capsys)
    assert (code, errors) == (0, [])
    assert "40% (35–45)" in out
    assert "0.75 (0.75 … 0.75)" in out
    assert "sac over ppo" in out
    assert "0.062" in out


def test_the_best_checkpoint_is_asked_for(project, capsys):
    assert "last checkpoints" in compare(capsys)[1]
    out = compare(capsys, "--checkpoint", "best")[1]
    assert "best checkpoints" in out
    assert "50% (45–55)" in out


def test_all_of_training_is_asked_for(project, capsys):
    for path in (project / "runs").glob("*/seed-*"):
        for step, rate in ((0, 0.2), (100, 0.4)):
            RunFolder(path).append_metrics(MetricRow(step, 0, 0.0, {"eval/success_rate": rate, "eval/return_mean": 0}))
    out = compare(capsys, "--checkpoint", "all")[1]
    assert "all checkpoints, averaged over training" in out
    assert "30% (30–30)" in out


def test_json_holds_everything(project, capsys):
    code, out, _ = compare(capsys, "--json")
    found = json.loads(out)
    assert code == 0
    (comparison,) = found["comparisons"]
    assert [entry["label"] for entry in comparison["entries"]] == ["sac", "ppo"]
    assert len(comparison["entries"][0]["run_profile"]["shares_K"]) == 101
    assert found["settings"][0]["id"] == {"env_id": "robot/Reach-v0", "options": ""}


def test_a_filter_chooses_runs(project, capsys):
    out = compare(capsys, "--filter", "algo=ppo seed=0..2")[1]
    assert "sac" not in out
    assert "3 seeds" in out


def test_the_table_is_written_into_a_file_once_and_is_then_up_to_date(project, capsys):
    assert compare(capsys, "--into", "README.md", "--check")[0] == 1
    assert compare(capsys, "--into", "README.md")[0] == 0
    written = (project / "README.md").read_text()
    assert written.startswith("# Mine\n<!-- leaderboard:begin -->\n\n**Normalised scores")
    assert written.endswith("\n<!-- leaderboard:end -->\nMore.\n")
    assert compare(capsys, "--into", "README.md", "--check")[0] == 0
    compare(capsys, "--into", "README.md")
    assert (project / "README.md").read_text() == written
    assert compare(capsys, "--markdown")[1].strip() in written


def test_a_file_that_says_something_else_is_found_out(project, capsys):
    compare(capsys, "--into", "README.md")
    write_run(project / "runs", "sac", 0, 0.1)
    code, _, errors = compare(capsys, "--into", "README.md", "--check")
    assert code == 1
    assert errors == [
        "palaestra: README.md: the section leaderboard is out of date; the same command without --check writes it anew"
    ]


def test_failed_runs_are_named(project, capsys):
    write_run(project / "runs", "tqc", 0, None, status="failed")
    out = compare(capsys)[1]
    assert "1 failed" in out
    assert "• tqc: 1 run failed in robot/Reach-v0" in out


def test_a_run_that_cannot_be_read_is_named_and_takes_no_other_with_it(project, capsys):
    (project / "runs" / "ppo" / "seed-0" / "run.json").write_text('{"id": "torn')
    code, out, errors = compare(capsys)
    assert code == 0
    assert "4 seeds" in out
    (error,) = errors
    assert error.startswith("palaestra: warning: left out: ")
    assert "seed-0/run.json" in error


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nowhere"], ["no run in nowhere"]),
        (["README.md"], ["README.md", ".parquet"]),
        (["--filter", "algo=dqn"], ["no run is left", "algo=dqn"]),
        (["--filter", "alg=ppo"], ["did you mean algo"]),
        (["--json", "--markdown"], ["exclude each other"]),
        (["--markdown", "--into", "README.md"], ["exclude each other"]),
        (["--check"], ["--into FILE"]),
        (["--into", "NOTES.md"], ["NOTES.md cannot be read"]),
        (["--into", "README.md", "--marker", "table"], ["<!-- table:begin -->", "there is none"]),
    ],
)
def test_wrong_usage_is_one_line_and_exit_code_2(project, capsys, arguments, words):
    code, _, errors = compare(capsys, *arguments)
    assert code == 2
    assert len(errors) == 1
    assert all(word in errors[0] for word in words), errors[0]


def test_runs_of_which_none_can_be_read_are_no_leaderboard(project, capsys):
    for path in (project / "runs").rglob("run.json"):
        path.write_text("{}")
    code, _, errors = compare(capsys)
    assert code == 2
    assert errors[-1] == "palaestra: no run is left: none can be read"
