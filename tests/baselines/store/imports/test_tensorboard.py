import pytest
from torch.utils.tensorboard import SummaryWriter

from palaestra.baselines.errors import RunError
from palaestra.baselines.metrics import run_logger
from palaestra.baselines.runs import RunFolder
from palaestra.baselines.store.imports.foreign_run import Scoring
from palaestra.baselines.store.imports.identity import Identity
from palaestra.baselines.store.imports.tensorboard import find, read

PARAMS = {"exp_name": "ppo_continuous_action", "env_id": "HalfCheetah-v4", "seed": 3, "learning_rate": 0.0003}


@pytest.fixture
def cleanrl(tmp_path):
    """A folder as CleanRL's scripts leave it: two environments end an episode at step 20."""
    folder = tmp_path / "runs" / "some name"
    writer = SummaryWriter(str(folder))
    table = "\n".join(f"|{key}|{value}|" for key, value in PARAMS.items())
    writer.add_text("hyperparameters", f"|param|value|\n|-|-|\n{table}")
    for clock, step, tag, value in (
        (100.0, 10, "charts/episodic_return", 1.0),
        (101.0, 10, "charts/episodic_length", 10.0),
        (102.5, 20, "charts/episodic_return", 2.0),
        (102.6, 20, "charts/episodic_return", 4.0),
        (103.0, 20, "losses/value_loss", 0.5),
    ):
        writer.add_scalar(tag, value, step, walltime=clock)
    writer.close()
    return folder


def test_what_is_logged_together_is_a_row_and_nothing_is_lost(cleanrl):
    run = read(cleanrl, Scoring())
    assert [(row.step, row.wall_time, dict(row.values)) for row in run.metrics] == [
        (10, 0.0, {"charts/episodic_return": 1.0, "charts/episodic_length": 10.0}),
        (20, 2.5, {"charts/episodic_return": 2.0}),
        (20, 2.6, {"charts/episodic_return": 4.0, "losses/value_loss": 0.5}),
    ]
    assert run.started == 100.0


def test_the_table_of_hyperparameters_says_what_it_is_a_run_of(cleanrl):
    run = read(cleanrl, Scoring())
    assert run.identity == Identity("HalfCheetah-v4", "ppo_continuous_action", 3)
    assert run.params == {key: str(value) for key, value in PARAMS.items()}


def test_the_score_is_the_mean_of_the_last_episodes_or_of_the_metric_that_was_asked_for(cleanrl):
    assert read(cleanrl, Scoring()).scores.return_mean == pytest.approx(7 / 3)
    assert read(cleanrl, Scoring(last=2)).scores.return_mean == 3.0
    assert read(cleanrl, Scoring(metric="losses/value_loss")).scores.return_mean == 0.5
    with pytest.raises(RunError, match=r"no values of 'eval/mean'.*charts/episodic_return"):
        read(cleanrl, Scoring(metric="eval/mean"))


def test_events_of_stable_baselines_loggers_are_read(tmp_path):
    folder = RunFolder(tmp_path / "PPO_1")
    folder.path.mkdir()
    logger = run_logger(folder, lambda: 0.0, lambda: None)
    for step, value in ((128, 20.0), (256, 30.0)):
        logger.record("rollout/ep_rew_mean", value)
        logger.record("train/loss", 0.5)
        logger.dump(step)
    logger.close()
    (place,) = find(tmp_path)
    run = read(place, Scoring())
    assert [row.step for row in run.metrics] == [128, 256]
    assert run.scores.return_mean == 30.0  # it is a mean over episodes itself
    assert run.identity == Identity(None, "ppo", 1)


def test_a_file_that_was_cut_off_is_read_as_far_as_it_is_whole(cleanrl):
    (file,) = cleanrl.iterdir()
    file.write_bytes(file.read_bytes()[:-20])
    assert [row.step for row in read(cleanrl, Scoring()).metrics] == [10, 20, 20]


@pytest.mark.parametrize("content", [b"", b"no events at all, but a line of text that is long enough"])
def test_a_file_without_scalars_is_refused(tmp_path, content):
    file = tmp_path / "events.out.tfevents.1"
    file.write_bytes(content)
    with pytest.raises(RunError, match=r"tfevents\.1 has no scalars"):
        read(file, Scoring())
