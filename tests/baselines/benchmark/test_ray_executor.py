"""A Ray cluster of two machines, both of them on this one."""

import json

import pytest

from palaestra.baselines.benchmark.executors.ray import RayExecutor
from palaestra.baselines.benchmark.run import run_benchmark
from palaestra.baselines.runs import RunFolder

pytestmark = pytest.mark.xdist_group("ray")


@pytest.fixture
def cluster(monkeypatch):
    monkeypatch.setenv("RAY_USAGE_STATS_ENABLED", "0")
    from ray.cluster_utils import Cluster

    # the command's own machine trains nothing, so that losing either of the other two loses cells and nothing else
    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 0, "include_dashboard": False})
    for _ in range(2):
        cluster.add_node(num_cpus=2)
    yield cluster
    cluster.shutdown()


class LosingExecutor(RayExecutor):
    """Loses one of the two machines once every cell runs."""

    def __init__(self, cluster, cells):
        super().__init__(cluster.address)
        self.cluster, self.cells = cluster, cells
        self.lost = None

    def wait(self, seconds):
        if self.lost is None and all(RunFolder(cell.path).locked for cell in self.cells):
            self.lost = self.cluster.list_all_nodes()[-1]
            self.cluster.remove_node(self.lost, allow_graceful=False)
        return super().wait(seconds)


def test_every_cell_finishes_once_though_a_machine_is_lost_on_the_way(cells, cluster, tmp_path, screen):
    requests = cells(0, 1, 2, timesteps=60)
    executors = []

    def make():
        executors.append(LosingExecutor(cluster, requests))
        return executors[0]

    results = run_benchmark("small", requests, make, screen)
    assert executors[0].lost is not None
    assert [result.failure for result in results] == [None, None, None]
    assert [RunFolder(cell.path).read_info().status for cell in requests] == ["finished"] * 3
    lines = [json.loads(line) for line in (tmp_path / "runs" / "small.benchmark.jsonl").read_text().splitlines()]
    assert sorted(line["cell"] for line in lines if line["event"] == "finished") == [
        f"math-Arithmetic-v0/arithmetic/seed-{seed}" for seed in (0, 1, 2)
    ]
    died = {line["error"] for line in lines if line["event"] == "died"}
    assert died == {"the machine it ran on was lost"}
