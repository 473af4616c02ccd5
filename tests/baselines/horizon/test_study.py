import json
import math

import pytest

from palaestra.baselines.cli import main
from palaestra.baselines.horizon import horizon_study, process_horizon
from palaestra.baselines.horizon.simulation import SampledHorizon
from palaestra.baselines.horizon.study import spearman
from palaestra.baselines.runs import MetricRow, RunFolder, RunInfo
from palaestra.baselines.store.record import read_run

pytestmark = pytest.mark.usefixtures("warnings_as_before")

SOLVED_AT = {
    "tabular/BanditTree-v0": {"sqirl": (200, 200, 400), "ppo": (400, 400, 400)},
    "tabular/Signals-v0": {"sqirl": (400, 600, 600), "ppo": (800, 900, 1000)},
    "tabular/RiverSwim-v0": {"sqirl": (None, None, 800), "ppo": (None, 900, None)},
}
"""The steps at which each agent's runs, of 1,000 steps each, solve each process; that of RiverSwim at level 1."""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for env_id, agents in SOLVED_AT.items():
        kwargs = {"level": 1} if env_id == "tabular/RiverSwim-v0" else {}
        process = process_horizon(env_id, kwargs)
        for label, moments in agents.items():
            for seed, moment in enumerate(moments):
                run = RunFolder(tmp_path / "runs" / f"{label}-{env_id.partition('/')[2]}" / f"seed-{seed}")
                info = RunInfo.begin(
                    recipe=f"{label}-{env_id}",
                    env_id=env_id,
                    agent_kind="control",
                    algorithm=label,
                    label=label,
                    seed=seed,
                )
                info.status = "finished"
                run.create(info, {"env": {"id": env_id, "kwargs": kwargs}})
                for step in range(0, 1001, 100):
                    share = 0.96 if moment is not None and step >= moment else 0.94
                    run.append_metrics(MetricRow(step, step, 1.0, {"eval/return_mean": process.return_at(share)}))
    return tmp_path / "runs"


def test_ranks_are_correlated_and_infinities_are_alike():
    assert spearman([1, 2, 3], [10, 200, 3000]) == pytest.approx(1.0)
    assert spearman([1, 2, math.inf], [3, 2, 1]) == pytest.approx(-1.0)
    assert spearman([1, 2, 3, 4], [2, 1, 4, 3]) == pytest.approx(0.6)
    assert spearman([1, math.inf, math.inf], [5, math.inf, math.inf]) == pytest.approx(1.0)
    assert math.isnan(spearman([1, 1, 1], [1, 2, 3]))


def test_ranks_of_other_things_are_refused():
    with pytest.raises(ValueError, match="length"):
        spearman([1], [1, 2])


def test_runs_are_judged_by_the_way_from_random_play_to_the_best(folder):
    study = horizon_study([read_run(path) for path in sorted(folder.glob("*/*"))])
    assert study.agents == ("ppo", "sqirl")
    rows = {row.process.env_id: row for row in study.rows}
    assert rows["tabular/Signals-v0"].median("sqirl") == 600
    assert rows["tabular/RiverSwim-v0"].median("sqirl") == math.inf
    assert rows["tabular/RiverSwim-v0"].process.level == 1
    assert study.correlation("ppo", "sqirl") == pytest.approx(1.0)
    assert study.correlation_with_horizon("sqirl") == pytest.approx(1.0)
    assert study.shallow() == (12, 12)
    lenient = horizon_study([read_run(path) for path in sorted(folder.glob("*/*"))], share=0.5)
    assert all(row.median("ppo") == 0 for row in lenient.rows)


def test_of_several_depths_the_best_counts(folder):
    runs = [read_run(path) for path in sorted(folder.glob("*/*"))]
    for run in runs:
        run.info.label = {"ppo": "sqirl-k2", "sqirl": "sqirl-k1"}[run.info.label]
    study = horizon_study(runs)
    assert study.agents == ("sqirl",)
    assert {row.process.env_id: row.median("sqirl") for row in study.rows}["tabular/Signals-v0"] == 600


def test_the_command_prints_what_agents_needed(folder, capsys):
    assert main(["effective-horizon", str(folder)]) == 0
    out = capsys.readouterr().out
    (line,) = [line for line in out.splitlines() if line.startswith("tabular/RiverSwim-v0 (level 1)")]
    assert "∞ (1/3)" in line
    assert "ppo and sqirl: Spearman 1.00" in out
    assert "H̄ ≤ 3: 12 of 12 runs solved their process (100%)" in out


def test_the_command_prints_the_horizons_of_the_processes(capsys):
    assert main(["effective-horizon", "--levels", "0", "--json"]) == 0
    rows = {row["env_id"]: row for row in json.loads(capsys.readouterr().out)}
    assert len(rows) == 15
    lock = rows["tabular/CombinationLock-v0"]
    assert (lock["n_actions"], lock["steps"], lock["effective"]["k"]) == (3, 2, 2)
    assert lock["effective"]["horizon"] == pytest.approx(2 + math.log(1 / 0.75**2, 3))


def test_a_simulation_says_how_many_episodes_are_enough(capsys, monkeypatch):
    monkeypatch.setattr(
        "palaestra.baselines.horizon.processes.sampled_horizon",
        lambda solved: SampledHorizon(2, 64, math.log(64, solved.mdp.n_actions)),
    )
    assert main(["effective-horizon", "--levels", "0", "--simulate"]) == 0
    (line,) = [line for line in capsys.readouterr().out.splitlines() if line.startswith("tabular/Chain-v0")]
    assert line.split()[-3:] == ["2", "64", "6.00"]


@pytest.mark.parametrize("option", [("--sticky", "1"), ("--share", "0"), ("--levels", "3")])
def test_bad_options_are_refused_by_name(option, capsys):
    assert main(["effective-horizon", *option]) == 2
    assert option[0] in capsys.readouterr().err


def test_runs_of_other_environments_are_said_to_be_none(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    run = RunFolder(tmp_path / "runs" / "reach" / "seed-0")
    info = RunInfo.begin(
        recipe="reach", env_id="robot/Reach-v0", agent_kind="control", algorithm="ppo", label="ppo", seed=0
    )
    info.status = "finished"
    run.create(info, {"env": {"id": "robot/Reach-v0"}})
    assert main(["effective-horizon", "runs"]) == 2
    assert "decision process" in capsys.readouterr().err
