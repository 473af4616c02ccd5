import signal
import socket
import subprocess
import sys
import urllib.request

import pytest

from palaestra.baselines.cli import main


def start(*arguments):
    program = "import sys; from palaestra.baselines.cli import main; sys.exit(main())"
    process = subprocess.Popen(
        [sys.executable, "-c", program, "watch", *map(str, arguments)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    return process, process.stdout.readline()


def test_it_prints_its_address_and_ctrl_c_ends_it(make_run, tmp_path):
    make_run()
    process, line = start(tmp_path)
    assert line.startswith(f"watching {tmp_path} at http://127.0.0.1:")
    address = line.split()[3]
    assert b"guess-number-grpo" in urllib.request.urlopen(address, timeout=20).read()
    process.send_signal(signal.SIGINT)
    assert process.wait(10) == 0


def test_it_ends_by_itself_when_nobody_looks(tmp_path):
    process, _ = start(tmp_path / "not-yet", "--idle-timeout", "1s")
    rest, _ = process.communicate(timeout=20)
    assert (process.returncode, rest) == (0, "stopped: nobody looked for 1s\n")


def test_a_port_that_is_taken_is_one_line(tmp_path, capsys):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        assert main(["watch", str(tmp_path), "--port", str(port)]) == 1
    assert capsys.readouterr().err == f"palaestra: port {port} is taken: leave --port out for one that is free\n"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--idle-timeout", "soon"], "--idle-timeout takes a time such as 90s"),
        (["--port", "70000"], "--port must lie between"),
        (["notes.txt"], "notes.txt is neither a folder of runs nor"),
    ],
)
def test_wrong_usage_is_one_line(arguments, words, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "notes.txt").write_text("")
    assert main(["watch", *arguments]) == 2
    [line] = capsys.readouterr().err.splitlines()
    assert words in line
