import io
import json
import signal
import subprocess
import sys
import warnings
from pathlib import Path

import pytest

from palaestra.baselines import quickstart as quickstart_module
from palaestra.baselines import vector_throughput
from palaestra.baselines.cli import explain, main
from palaestra.baselines.runs import RunFolder

pytestmark = pytest.mark.usefixtures("warnings_as_before")


@pytest.fixture(autouse=True)
def in_an_empty_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def ask(capsys, *arguments):
    """The exit code, what was printed, and the lines of errors."""
    code = main(arguments)
    output = capsys.readouterr()
    return code, output.out, output.err.splitlines()


def run(*arguments, **options):
    command = [sys.executable, "-m", "palaestra.baselines.cli", *arguments]
    return subprocess.run(command, capture_output=True, text=True, **options)


def test_list_shows_every_environment_and_filters(capsys):
    code, out, _ = ask(capsys, "list")
    assert code == 0
    assert {"text/GuessNumber-v0", "robot/Reach-v0"} <= {line.split("\t")[0] for line in out.splitlines()}
    bodies = ask(capsys, "list", "--kind", "body")[1]
    assert "robot/Reach-v0" in bodies
    assert "text/GuessNumber-v0" not in bodies
    assert "math/Countdown-v0" in ask(capsys, "list", "--tag", "verifiable")[1]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["list", "--tag", "nonsense"], ["nonsense", "tags are"]),
        (["play", "text/GuesNumber-v0"], ["did you mean text/GuessNumber-v0"]),
        (["play", "text/GuessNumber-v0", "--level", "99"], ["--level", "99"]),
        (["play", "text/GuessNumber-v0", "--out", "x.webp"], ["at the terminal"]),
        (["play", "robot/Reach-v0", "--out", "x.mp4"], [".webp", "x.mp4"]),
        (["train", "no-such-recipe"], ["no-such-recipe"]),
        (["train", "FILE", "--set", "budget.timestep=3"], ["budget.timestep", "did you mean budget.timesteps"]),
        (["train", "FILE", "--timesteps", "0"], ["budget.timesteps", "0"]),
        (["train", "FILE", "--seed", "0", "0"], ["seed 0 stands 2 times"]),
        (["train", "FILE", "--set", "env.kwargs.levle=1"], ["env.kwargs.levle", "did you mean env.kwargs.level"]),
        (["train", "FILE", "--jobs", "0"], ["--jobs"]),
        (["train", "FILE", "--model", "gpt"], ["--model", "agents that speak"]),
        (["evaluate", "text/GuesNumber-v0"], ["no run folder", "did you mean text/GuessNumber-v0"]),
        (["evaluate", "text/GuessNumber-v0", "--agent", "best"], ["needs a run folder"]),
        (["evaluate", "text/GuessNumber-v0", "--episodes", "0"], ["--episodes"]),
        (["evaluate", "text/GuessNumber-v0", "--first-seed", "-1"], ["--first-seed"]),
        (["evaluate", "."], ["not a run folder"]),
        (["evaluate", "text/GuessNumber-v0", "--set", "budget.timesteps=3"], ["below env. change", "budget"]),
        (["evaluate", "text/GuessNumber-v0", "--set", "env.kwargs.levle=1"], ["levle", "no argument"]),
        (["report", "empty"], ["no run in empty", "palaestra train"]),
        (["bench", "throughput", "--domain", "none"], ["domain", "text"]),
        (["quickstart", "--seeds", "0"], ["--seeds"]),
    ],
)
def test_wrong_usage_is_one_line_and_exit_code_2(capsys, fake_file, arguments, words):
    code, _, errors = ask(capsys, *[str(fake_file) if argument == "FILE" else argument for argument in arguments])
    assert code == 2
    assert len(errors) == 1
    assert errors[0].startswith("palaestra: ")
    assert all(word in errors[0] for word in words), errors[0]


@pytest.mark.parametrize("arguments", [[], ["nonsense"], ["list", "--nonsense"], ["train"]])
def test_what_the_parser_refuses_is_exit_code_2(capsys, arguments):
    assert main(arguments) == 2


def test_the_packages_own_warnings_are_one_line(capsys, fake_file, fake_kind, monkeypatch):
    build = fake_kind.build

    def build_and_warn(*arguments):
        # as palaestra's agents do, in the name of a module of the package
        warnings.warn_explicit("mind\nthis", UserWarning, "agent.py", 1, module="palaestra.agents.llm.agent")
        warnings.warn_explicit("noise", UserWarning, "library.py", 1, module="library")
        return build(*arguments)

    monkeypatch.setattr(fake_kind, "build", build_and_warn)
    assert ask(capsys, "train", str(fake_file))[2] == ["palaestra: warning: mind this"]


def test_help_is_no_error(capsys):
    assert main(["--help"]) == 0
    assert "quickstart" in capsys.readouterr().out


def test_a_traceback_only_with_debug_wherever_it_stands(capsys, fake_file, fake_kind):
    fake_kind.fail_at, fake_kind.error = 10, ZeroDivisionError("oops")
    code, _, errors = ask(capsys, "train", str(fake_file))
    assert code == 1
    assert errors == ["palaestra: fake seed 0: ZeroDivisionError: oops (--debug shows the traceback)"]
    for arguments in (["--debug", "train", str(fake_file)], ["train", "--debug", str(fake_file)]):
        code, _, errors = ask(capsys, *arguments)
        assert code == 1
        assert any("Traceback" in line for line in errors)
        assert any("ZeroDivisionError" in line for line in errors)


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (ModuleNotFoundError("No module named 'vllm'", name="vllm"), 'pip install "palaestra[vllm]"'),
        (ModuleNotFoundError("No module named 'ray.util'", name="ray.util"), 'pip install "palaestra[ray]"'),
        (ModuleNotFoundError("No module named 'textworld'", name="textworld"), 'pip install "palaestra[textworld]"'),
        (OSError(28, "No space left on device", "x"), "no space left on the disk (x)"),
        (PermissionError(13, "Permission denied", "x/y"), "x/y: Permission denied"),
        (KeyboardInterrupt(), "interrupted"),
        (RuntimeError("two\nlines"), "RuntimeError: two lines"),
    ],
)
def test_a_failure_says_what_to_do(error, words):
    code, message = explain(error)
    assert code == 1
    assert words in message
    assert "\n" not in message


def test_a_missing_gpu_is_a_failure_not_wrong_usage(capsys, fake_file):
    import torch

    if torch.cuda.is_available():
        pytest.skip("there is a GPU")
    code, _, errors = ask(capsys, "train", str(fake_file), "--device", "cuda")
    assert code == 1
    assert len(errors) == 1
    assert "no GPU" in errors[0]


def test_train_evaluate_and_report_go_together(capsys, fake_file):
    code, out, errors = ask(capsys, "train", str(fake_file), "--seed", "3", "4", "--set", "evaluation.episodes=5")
    assert (code, errors) == (0, [])
    folders = [line.removeprefix("run: ") for line in out.splitlines() if line.startswith("run: ")]
    assert [folder.rpartition("/")[2] for folder in folders] == ["seed-3", "seed-4"]
    assert RunFolder.open(folders[0]).read_info().scores["oracle"].episodes == 5

    code, out, _ = ask(capsys, "train", str(fake_file), "--seed", "3", "4", "--set", "evaluation.episodes=5")
    assert (code, out.count("finished already")) == (0, 2)

    code, out, _ = ask(capsys, "evaluate", folders[0], "--json")
    found = json.loads(out)
    stored = RunFolder.open(folders[0]).read_info().scores["best"]
    assert (code, found["agent"], found["episodes"]) == (0, "best", 5)
    assert found["return_mean"] == stored.return_mean

    code, out, _ = ask(capsys, "report", "runs", "--out", "r.html")
    assert code == 0
    assert "r.html" in out
    assert "<html" in Path("r.html").read_text()


@pytest.mark.parametrize("name", ["run.json", "config.yaml"])
@pytest.mark.usefixtures("fake_kind")
def test_a_damaged_run_is_one_line_that_names_the_file(capsys, fake_file, name):
    assert ask(capsys, "train", str(fake_file))[0] == 0
    folder = Path("runs/text-GuessNumber-v0/fake/seed-0")
    (folder / name).write_text("{")
    for arguments in (["train", str(fake_file)], ["evaluate", str(folder), "--agent", "best"], ["report"]):
        if arguments[0] == "evaluate" and name == "run.json":
            continue  # an evaluation reads only the recipe
        code, _, errors = ask(capsys, *arguments)
        assert code == 1
        assert len(errors) == 1
        assert str(folder / name) in errors[0]


def test_evaluating_an_environment_plays_random_or_its_oracle(capsys):
    code, out, _ = ask(capsys, "evaluate", "text/GuessNumber-v0", "--agent", "oracle", "--episodes", "9", "--json")
    found = json.loads(out)
    assert (code, found["success_rate"], found["episodes"], found["run"]) == (0, 1.0, 9, None)
    code, out, _ = ask(capsys, "evaluate", "text/GuessNumber-v0", "--episodes", "9")
    assert code == 0
    assert "random" in out


def test_what_an_environment_measures_is_told_with_its_scores(capsys):
    asked = (
        "evaluate",
        "drive/Circuit-v0",
        "--agent",
        "oracle",
        "--episodes",
        "1",
        "--set",
        "env.kwargs.observation=state",
    )
    _, out, _ = ask(capsys, *asked, "--json")
    found = json.loads(out)
    assert found["laps"] == found["success_rate"] == 1.0
    assert found["lap_time"] > 1.0
    _, out, _ = ask(capsys, *asked)
    assert f"lap_time {found['lap_time']:.2f}" in " ".join(out.split())


def test_evaluate_takes_an_agent_elsewhere(capsys):
    arguments = ("--set", "env.id=math/Arithmetic-v0", "--set", "env.kwargs.digits=2", "--agent", "oracle", "--json")
    code, out, _ = ask(capsys, "evaluate", "text/GuessNumber-v0", *arguments, "--episodes", "3")
    found = json.loads(out)
    assert (code, found["env_id"], found["success_rate"]) == (0, "math/Arithmetic-v0", 1.0)


@pytest.mark.usefixtures("fake_kind")
def test_a_path_that_cannot_be_written_is_named_with_the_reason(capsys, fake_file):
    Path("file").touch()
    code, _, errors = ask(capsys, "train", str(fake_file), "--out", "file")
    assert (code, len(errors)) == (1, 1)
    assert "file/text-GuessNumber-v0/fake/seed-0: Not a directory" in errors[0]
    assert ask(capsys, "train", str(fake_file))[0] == 0
    Path("folder").mkdir()
    for out in ("/proc/x.html", "file/x.html", "folder"):
        code, _, errors = ask(capsys, "report", "--out", out)
        assert (code, len(errors)) == (1, 1)
        assert out.partition("/x")[0] in errors[0]
        assert "--debug" not in errors[0]


def test_a_person_plays_with_a_hint(capsys, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.StringIO("?\nnonsense\n"))
    code, out, _ = ask(capsys, "play", "text/GuessNumber-v0", "--seed", "1")
    assert code == 0
    assert "the oracle would say: 16" in out
    assert "say one number" in out
    assert "stopped before the end" in out


def test_a_body_is_filmed(capsys):
    code, out, _ = ask(capsys, "play", "robot/Reach-v0", "--out", "reach.gif")
    assert code == 0
    assert "moving picture: reach.gif" in out
    assert Path("reach.gif").read_bytes()[:3] == b"GIF"


def test_throughput_is_measured_beside_an_empty_environment(capsys):
    short = ["--seconds", "0.01", "--repetitions", "1"]
    code, out, _ = ask(capsys, "bench", "throughput", "--id", "math/Countdown-v0", *short)
    assert code == 0
    assert "bench/Empty-v0" in out
    assert "bench/Counting-v0" in out
    assert "grades/s" in out


def test_vectors_of_gymnasiums_bodies_are_measured_and_a_missing_envpool_is_told(capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "envpool", None)
    monkeypatch.setattr(vector_throughput, "COUNTS", (2,))
    monkeypatch.setenv("COLUMNS", "200")
    code, out, _ = ask(capsys, "bench", "throughput", "--id", "Hopper-v5", "--seconds", "0.01", "--repetitions", "1")
    assert code == 0
    assert "not installed" in out
    assert "native" in out


def test_the_table_says_what_an_incomplete_envpool_lacks(capsys, monkeypatch):
    rates = vector_throughput.VectorRates(
        "Hopper-v5", 2, {way: [1.0] for way in ("sync", "async", "native")}, {"EnvPool": "no such file: [assets]"}
    )
    monkeypatch.setattr(vector_throughput, "COUNTS", (2,))
    monkeypatch.setattr(vector_throughput, "measure_vectors", lambda *_, **__: rates)
    monkeypatch.setenv("COLUMNS", "200")
    code, out, _ = ask(capsys, "bench", "throughput", "--id", "Hopper-v5", "--seconds", "0.01", "--repetitions", "1")
    assert code == 0
    assert "EnvPool is incomplete: no such file: [assets]" in out


def test_the_quickstart_trains_once_and_reports_every_time(capsys, fake_file, monkeypatch, fake_kind):
    monkeypatch.setattr(quickstart_module, "RECIPES", (str(fake_file),))
    code, out, errors = ask(capsys, "quickstart", "--jobs", "1")
    assert (code, errors) == (0, [])
    assert "quickstart.html" in out
    Path("runs/quickstart.html").unlink()
    code, out, _ = ask(capsys, "quickstart", "--jobs", "1")
    assert code == 0
    assert "finished already" in out
    assert Path("runs/quickstart.html").exists()
    assert fake_kind.built == 1


def test_an_interrupted_training_says_how_to_go_on(capsys, fake_file, fake_kind):
    fake_kind.fail_at, fake_kind.error = 50, KeyboardInterrupt()
    code, _, errors = ask(capsys, "train", str(fake_file))
    assert code == 1
    assert len(errors) == 1
    assert "the same command goes on from step 40" in errors[0]


def test_exit_codes_and_streams_of_a_real_process():
    wrong = run("evaluate", "nonsense")
    assert (wrong.returncode, wrong.stdout, len(wrong.stderr.splitlines())) == (2, "", 1)
    right = run("evaluate", "text/GuessNumber-v0", "--episodes", "3", "--json")
    assert (right.returncode, right.stderr) == (0, "")
    assert json.loads(right.stdout)["episodes"] == 3


def test_a_reader_that_goes_away_is_no_traceback():
    process = subprocess.Popen(
        [sys.executable, "-c", "from palaestra.baselines.cli import main\nimport sys\nsys.exit(main(['list']))"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGPIPE, signal.SIG_IGN),
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    errors = process.stderr.read()
    process.stderr.close()
    process.wait()
    assert "Traceback" not in errors


def test_help_imports_nothing_heavy():
    script = (
        "import sys\nfrom palaestra.baselines.cli import main\nmain(['list'])\n"
        "print([name for name in ('torch', 'mujoco', 'transformers', 'pydantic') if name in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert found.stdout.splitlines()[-1] == "[]"
