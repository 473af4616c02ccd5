"""`kill -9` at any moment costs at most the running cells' time since their last checkpoint."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from palaestra.baselines.benchmark.cells import cells_of
from palaestra.baselines.benchmark.suite import load_suite
from palaestra.baselines.outcome import train_one
from palaestra.baselines.progress import silent
from palaestra.baselines.reproduction import compare
from palaestra.baselines.runs import RunFolder
from palaestra.baselines.stopping import StopRequest
from palaestra.baselines.store.record import read_run

TIMESTEPS = 40


def start(suite: Path, out: Path, *more: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "palaestra.baselines.cli", "benchmark", str(suite), "--out", str(out)]
    return subprocess.Popen([*command, "--jobs=2", "--device=cpu", "--no-report", *more], start_new_session=True)


@pytest.mark.filterwarnings("ignore:the warm start stopped")
def test_a_benchmark_that_is_killed_again_and_again_ends_with_the_numbers_of_one_that_is_not(write_cell, tmp_path):
    write_cell(tmp_path / "cell.yaml", TIMESTEPS)
    suite = tmp_path / "small.yaml"
    suite.write_text("name: small\nseeds: [0, 1]\ncells: [{recipe: cell.yaml}]")
    undisturbed = cells_of(load_suite(suite), tmp_path / "undisturbed", device="cpu")
    for cell in undisturbed:
        assert train_one(cell, silent, StopRequest()) is None

    disturbed = cells_of(load_suite(suite), tmp_path / "disturbed", device="cpu")
    # once the command alone, in the middle of training: its process has to make room for that of the next; one cell
    # will do, as each has a process to itself
    process = start(suite, tmp_path / "disturbed", "--seeds=0")
    while not RunFolder(disturbed[0].path).last_checkpoint.exists():
        assert process.poll() is None
        time.sleep(0.02)
    process.kill()
    process.wait()
    # once all of them, at whatever moment
    process = start(suite, tmp_path / "disturbed")
    time.sleep(random.uniform(0, 5))
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()

    assert start(suite, tmp_path / "disturbed").wait() == 0
    for cell, other in zip(disturbed, undisturbed, strict=True):
        assert compare(read_run(other.path), read_run(cell.path)).is_same
    lines = [json.loads(line) for line in (tmp_path / "disturbed" / "small.benchmark.jsonl").read_text().splitlines()]
    finished = [line["cell"] for line in lines if line["event"] == "finished"]
    assert sorted(finished) == [f"math-Arithmetic-v0/arithmetic/seed-{seed}" for seed in (0, 1)]
