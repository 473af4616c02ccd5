"""A report of many long runs is written quickly and opens at once."""

import time

import numpy as np
import pytest

from palaestra.baselines.report import write_report
from palaestra.baselines.runs import MetricRow, RunFolder

from .driving import drawn_curves
from .made_up_runs import write_run

SETTINGS, RECIPES, SEEDS, ROWS = 10, 4, 5, 2000


def long_metrics(folder, rng):
    """Two thousand rows of noise, as lines."""
    noise_N = rng.normal(size=ROWS)
    for k in range(ROWS):
        values = {"train/loss": noise_N[k], "train/kl": noise_N[k] / 7, "rollout/ep_rew_mean": k / ROWS + noise_N[k]}
        if k % 10 == 0:
            values |= {"eval/success_rate": k / ROWS, "eval/return_mean": k / ROWS + noise_N[k]}
        folder.append_metrics(MetricRow(100 * k, k, 0.5 * k, values))
    return folder.metrics_path.read_bytes()


@pytest.fixture(scope="module")
def many_runs(tmp_path_factory):
    root = tmp_path_factory.mktemp("many")
    rng = np.random.default_rng(0)
    contents = []
    for setting in range(SETTINGS):
        for recipe in range(RECIPES):
            for seed in range(SEEDS):
                names = {"env_id": f"robot/Task{setting}-v0", "recipe": f"r{recipe}", "algorithm": f"algo-{recipe}"}
                folder = RunFolder(write_run(root, seed=seed, metrics=[], **names))
                if len(contents) < SEEDS:
                    contents.append(long_metrics(folder, rng))
                folder.metrics_path.write_bytes(contents[seed])
    return root


def test_200_runs_of_2000_points_are_written_quickly_and_open_in_under_two_seconds(many_runs, open_page, tmp_path):
    began = time.process_time()
    report = write_report([many_runs], tmp_path / "report.html")
    assert time.process_time() - began < 20

    page = open_page(report)
    ready_ms = page.execute_script("return performance.getEntriesByName('palaestra-ready')[0].startTime")
    (timing,) = page.execute_script("return performance.getEntriesByType('navigation').map((entry) => entry.toJSON())")
    assert timing["domInteractive"] < 2000
    assert ready_ms < 2000
    assert drawn_curves(page, page.find_element("css selector", "[data-curves] .plot"))
