import torch

from palaestra.agents.llm import LLMConfig
from palaestra.agents.llm.advantages.imitation import constant, over_expected, over_threshold

from ..made_up import batch_of

BATCH = {"returns": [1.0, 0.0, 0.6], "groups": [0, 0, 0], "gradable": [True, True, False]}


def test_cloning_takes_every_episode_that_could_be_graded_for_worth_1():
    assert constant(batch_of(**BATCH), LLMConfig()).tolist() == [[0, 1], [0, 1], [0, 0]]


def test_expert_iteration_takes_only_what_is_over_the_threshold():
    batch = batch_of([1.0, 0.0, 0.6], [0, 0, 0])
    assert over_threshold(batch, LLMConfig()).tolist() == [[0, 1], [0, 0], [0, 1]]
    assert over_threshold(batch, LLMConfig(), threshold=0.6).tolist() == [[0, 1], [0, 0], [0, 0]]


def test_what_was_expected_is_taken_off_the_return():
    batch = batch_of(**BATCH)
    batch.value_B_T = torch.tensor([[9.0, 0.25], [9.0, 0.25], [9.0, 0.25]])
    assert over_expected(batch, LLMConfig()).tolist() == [[0, 0.75], [0, -0.25], [0, 0]]
