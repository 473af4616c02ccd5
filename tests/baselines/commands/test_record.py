import minari
import pytest

from palaestra.baselines.cli import main
from palaestra.envs.core.bodies.offline_data import OfflineDataset

pytestmark = pytest.mark.usefixtures("warnings_as_before")


@pytest.fixture(autouse=True)
def project(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MINARI_DATASETS_PATH", str(tmp_path / "minari"))


def record(capsys, *arguments):
    """The exit code, what was printed, and the errors."""
    code = main(["record", "robot/PointMaze-v0", *arguments])
    output = capsys.readouterr()
    return code, output.out, output.err


def test_a_file_is_written_that_agents_read(capsys):
    code, out, _ = record(capsys, "expert", "expert.npz", "--transitions", "60", "--set", "env.kwargs.split=train")
    assert code == 0
    dataset = OfflineDataset.load("expert.npz")
    assert f"{len(dataset)} transitions, {len(dataset.episode_ends)} episodes" in out
    assert dataset.is_expert.all()


def test_a_data_set_of_minari_s_is_written(capsys):
    code, _, _ = record(capsys, "play", "test/maze/play-v0", "--transitions", "60")
    assert code == 0
    assert minari.load_dataset("test/maze/play-v0").total_steps >= 60


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("naro", "new.npz"), "unknown family 'naro'"),
        (("expert", "there.npz"), "there.npz is there already"),
        (("expert", "test/no-version"), "must be named as palaestra/point-maze/play-v0 is"),
        (("expert", "new.npz", "--seed", "-1"), "--seed must be 0 or more"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_line(capsys, arguments, message, tmp_path):
    (tmp_path / "there.npz").touch()
    code, _, err = record(capsys, *arguments)
    assert code == 2
    assert message in err


def test_text_is_no_body(capsys):
    assert main(["record", "math/Countdown-v0", "expert", "new.npz"]) == 2
    assert "is no body" in capsys.readouterr().err
