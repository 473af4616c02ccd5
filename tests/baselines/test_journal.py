import errno
import os
import signal
import subprocess
import sys

import pytest

from palaestra.baselines.journal import append_line, keep_lines, read_lines, write_atomically


def test_a_line_is_read_back_whatever_its_characters(tmp_path):
    values = [{"text": "ä\n\u2028\r\t\\ 漢 \ud800 \x85"}, {"n": 1.5}]
    for value in values:
        append_line(tmp_path / "a.jsonl", value)
    assert list(read_lines(tmp_path / "a.jsonl")) == values
    keep_lines(tmp_path / "a.jsonl", lambda line: True)
    assert list(read_lines(tmp_path / "a.jsonl")) == values
    (tmp_path / "a.jsonl").read_text(encoding="utf-8")  # other programs read it too


def test_a_torn_last_line_is_left_out_and_cut_off(tmp_path):
    path = tmp_path / "a.jsonl"
    append_line(path, {"step": 1})
    with path.open("a") as file:
        file.write('{"step": 2, "val')
    assert list(read_lines(path)) == [{"step": 1}]
    keep_lines(path, lambda line: True)
    append_line(path, {"step": 3})
    assert list(read_lines(path)) == [{"step": 1}, {"step": 3}]


def test_a_broken_line_before_the_last_is_named(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text('{"step": 1}\nnonsense\n{"step": 2}\n')
    with pytest.raises(ValueError, match=r"a\.jsonl:2"):
        list(read_lines(path))


def test_a_missing_file_has_no_lines(tmp_path):
    assert list(read_lines(tmp_path / "none.jsonl")) == []
    keep_lines(tmp_path / "none.jsonl", lambda line: True)


def test_a_kill_in_the_middle_of_appending_leaves_whole_lines(tmp_path):
    path = tmp_path / "a.jsonl"
    script = (
        "import sys, pathlib, itertools\n"
        "from palaestra.baselines.journal import append_line\n"
        "for n in itertools.count():\n"
        "    append_line(pathlib.Path(sys.argv[1]), {'step': n, 'text': 'x' * 5000})\n"
        "    if n == 50: print('going', flush=True)\n"
    )
    process = subprocess.Popen([sys.executable, "-c", script, str(path)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "going\n"
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    steps = [line["step"] for line in read_lines(path)]
    assert len(steps) > 50
    assert steps == list(range(len(steps)))


def test_a_disk_that_fills_up_within_a_line_leaves_the_file_as_it_was(tmp_path, monkeypatch):
    path = tmp_path / "a.jsonl"
    append_line(path, {"step": 1})
    before = path.read_bytes()
    write = os.write
    monkeypatch.setattr(os, "write", lambda descriptor, data: write(descriptor, data[:5]))
    with pytest.raises(OSError, match="space") as caught:
        append_line(path, {"step": 2})
    assert caught.value.errno == errno.ENOSPC
    assert path.read_bytes() == before


def test_a_device_that_is_full_says_so(tmp_path):
    (tmp_path / "full").symlink_to("/dev/full")
    with pytest.raises(OSError, match="space"):
        append_line(tmp_path / "full", {"step": 1})


def test_a_whole_file_is_replaced_or_stands(tmp_path, monkeypatch):
    path = tmp_path / "a.json"
    write_atomically(path, "old")

    def full(descriptor):
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="full"):
        write_atomically(path, "new")
    assert path.read_text() == "old"
    assert [file.name for file in tmp_path.iterdir()] == ["a.json"]


def test_numbers_that_json_does_not_know_are_refused(tmp_path):
    with pytest.raises(ValueError, match="JSON"):
        append_line(tmp_path / "a.jsonl", {"x": float("nan")})
