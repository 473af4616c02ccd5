import math

import pytest
import torch

from palaestra.agents.llm.weights import token_weights

OWN = torch.tensor([[False, True, True, True], [False, True, False, False], [False, True, False, False]])
GROUP = torch.tensor([0, 0, 1])


def weights(aggregation: str) -> torch.Tensor:
    return token_weights(OWN, aggregation, group_B=GROUP, fixed_length=5)


def test_token_mean_weights_every_token_alike():
    torch.testing.assert_close(weights("token_mean"), OWN / 5)


def test_sequence_mean_weights_every_episode_alike():
    expected = torch.tensor([[0, 1 / 9, 1 / 9, 1 / 9], [0, 1 / 3, 0, 0], [0, 1 / 3, 0, 0]])
    torch.testing.assert_close(weights("sequence_mean"), expected)


def test_prompt_mean_weights_every_group_alike():
    expected = torch.tensor([[0, 1 / 8, 1 / 8, 1 / 8], [0, 1 / 8, 0, 0], [0, 1 / 2, 0, 0]])
    torch.testing.assert_close(weights("prompt_mean"), expected)


def test_fixed_length_gives_a_token_the_same_weight_in_a_short_and_a_long_episode():
    torch.testing.assert_close(weights("fixed_length"), OWN / 15)


@pytest.mark.parametrize("aggregation", ["token_mean", "sequence_mean", "prompt_mean"])
def test_weights_of_a_mean_sum_to_one(aggregation):
    assert math.isclose(float(weights(aggregation).sum()), 1, rel_tol=1e-6)


def test_unknown_names_are_refused():
    with pytest.raises(ValueError, match="aggregation must be"):
        weights("mean")


@pytest.mark.parametrize("aggregation", ["token_mean", "sequence_mean", "prompt_mean", "fixed_length"])
def test_of_no_episodes_there_are_no_weights(aggregation):
    none = token_weights(OWN[:0], aggregation, group_B=GROUP[:0], fixed_length=5)
    assert none.shape == (0, OWN.shape[1])
