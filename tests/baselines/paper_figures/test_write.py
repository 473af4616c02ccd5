import pytest

from palaestra.baselines.cli import main
from palaestra.baselines.paper_figures import write_figures

REFERENCES = "command: palaestra references\nsettings: []\n"


def test_every_figure_is_written_in_every_format(two_agents, read, tmp_path):
    collection, board = read()
    written = write_figures(collection, board, tmp_path / "a" / "figures", formats=("svg", "pdf"))
    assert sorted(path.name for path in (tmp_path / "a" / "figures").iterdir()) == sorted(path.name for path in written)
    assert {path.name for path in written} == {
        f"{name}.{format}"
        for name in (
            "curves",
            "curves-text-GuessNumber-v0",
            "curves-math-Countdown-v0",
            "aggregates",
            "profiles",
            "improvement",
        )
        for format in ("svg", "pdf")
    }


def test_the_same_runs_give_the_same_bytes(make_run, read, tmp_path):
    make_run()
    first, second = (write_figures(*read(), tmp_path / name) for name in ("one", "two"))
    assert first
    for one, two in zip(first, second, strict=True):
        assert one.read_bytes() == two.read_bytes()


def test_settings_of_one_environment_have_files_of_their_own(make_run, read, tmp_path):
    make_run()
    make_run(recipe="harder", kwargs={"level": 3})
    names = {path.stem for path in write_figures(*read(), tmp_path / "figures", formats=("svg",))}
    assert {"curves-text-GuessNumber-v0", "curves-text-GuessNumber-v0-2"} <= names


def test_a_foreign_environment_cannot_choose_where_files_go(make_run, read, tmp_path):
    make_run(env_id="../../etc/Half Cheetah: v4", root=tmp_path / "runs")
    [first, *_] = write_figures(*read(), tmp_path / "figures", formats=("svg",))
    assert first.name == "curves-etc-Half-Cheetah-v4.svg"


def test_without_a_scale_there_are_curves_alone(make_run, read, tmp_path):
    make_run(result={})
    assert [path.name for path in write_figures(*read(), tmp_path / "figures", formats=("svg",))] == [
        "curves-text-GuessNumber-v0.svg"
    ]


@pytest.fixture
def figures(tmp_path):
    (tmp_path / "references.yaml").write_text(REFERENCES)

    def figures(*arguments):
        out = ("--out", str(tmp_path / "out"), "--references", str(tmp_path / "references.yaml"))
        return main(["figures", str(tmp_path), *out, *arguments])

    return figures


def test_the_command_prints_what_it_wrote_and_what_to_know(make_run, figures, tmp_path, capsys):
    make_run()
    assert figures("--format", "pdf", "--width", "85mm") == 0
    output = capsys.readouterr()
    assert output.out.splitlines()[0] == str(tmp_path / "out" / "curves-text-GuessNumber-v0.pdf")
    assert "palaestra: note:" in output.err
    assert "fewer than 5 seeds" in output.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--width", "wide"], "--width takes a width such as"),
        (["--page-width", "1in"], "--page-width must lie between"),
        (["--filter", "algo=nobody"], "none meets --filter 'algo=nobody'"),
    ],
)
def test_wrong_usage_is_one_line(make_run, figures, arguments, words, capsys):
    make_run()
    assert figures(*arguments) == 2
    [line] = capsys.readouterr().err.splitlines()
    assert words in line


def test_nothing_to_draw_is_said(make_run, figures, capsys):
    make_run(result={}, metrics=[])
    assert figures() == 2
    assert "there is nothing to draw" in capsys.readouterr().err
