import pytest
import torch

from palaestra.agents.llm.metrics import advantage_metrics
from palaestra.agents.llm.training_sample import TrainedBatch
from palaestra.agents.llm.types import Group

from .made_up import batch_of, episode_of


def trained_on(advantages: list[float], gradable: list[bool] | None = None) -> TrainedBatch:
    batch = batch_of([0.0] * len(advantages), [0] * len(advantages), gradable)
    groups = [Group([episode_of([0.0]) for _ in advantages])]
    return TrainedBatch(groups, batch, torch.tensor(advantages)[:, None] * batch.own_B_T)


def test_advantages_are_summed_up_over_own_tokens_alone():
    metrics = advantage_metrics(trained_on([2.0, 0.0, -1.0, 3.0]))
    assert metrics["train/advantage_mean"] == 1.0
    assert metrics["train/advantage_std"] == pytest.approx(2.5**0.5)
    assert (metrics["train/advantage_min"], metrics["train/advantage_max"]) == (-1.0, 3.0)
    assert metrics["train/advantage_positive_fraction"] == 0.5


def test_what_could_not_be_graded_is_left_out():
    assert advantage_metrics(trained_on([2.0, 100.0], [True, False]))["train/advantage_max"] == 2.0
    assert advantage_metrics(trained_on([2.0], [False])) == {}
