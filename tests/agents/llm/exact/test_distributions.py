"""What reinforcement learning with and without a KL penalty makes of a policy over 4,096 strings."""

from itertools import product

import pytest
import torch

from palaestra.agents.llm.exact.distributions import (
    descend,
    entropy,
    expectation,
    kl,
    log_partition,
    modes_kept,
    regularised_return,
    target,
    total_variation,
)

BETA = 0.1
STRINGS = ["".join(letters) for letters in product("ab", repeat=12)]
PEAKS = {"aaaaaaaaaaaa": 1.0, "bbbbbbbbbbbb": 0.98, "abababababab": 0.96, "aaabbbaaabbb": 0.94}


def rewards() -> torch.Tensor:
    """What the nearest peak gives, less 0.3 for every letter that differs, and at least 0."""

    def reward(string: str) -> float:
        return max(
            0.0,
            *(height - 0.3 * sum(map(str.__ne__, string, peak)) for peak, height in PEAKS.items()),
        )

    return torch.tensor([reward(string) for string in STRINGS], dtype=torch.float64)


REWARD_S = rewards()
GENERATOR = torch.Generator().manual_seed(0)
REFERENCE_S = (0.3 * torch.randn(len(STRINGS), dtype=torch.float64, generator=GENERATOR)).log_softmax(0)
TARGET_S = target(REFERENCE_S, REWARD_S, beta=BETA)


def test_by_hand_on_two_strings():
    reference = torch.tensor([0.75, 0.25], dtype=torch.float64).log()
    reward = torch.tensor([0.0, 1.0], dtype=torch.float64)
    beta = 1 / torch.tensor(3.0).log().item()  # exp(1 / β) = 3 makes both strings equally likely
    assert target(reference, reward, beta=beta).exp().tolist() == pytest.approx([0.5, 0.5])
    assert float(log_partition(reference, reward, beta=beta).exp()) == pytest.approx(1.5)
    even = torch.tensor([0.5, 0.5], dtype=torch.float64).log()
    assert float(total_variation(reference, even)) == pytest.approx(0.25)
    assert float(entropy(even)) == pytest.approx(0.693147, abs=1e-6)
    assert float(kl(even, reference)) == pytest.approx(0.5 * 0.287682072, abs=1e-6)
    assert float(regularised_return(even, reference, reward, beta=beta)) == pytest.approx(0.5 - beta * 0.143841036)
    with pytest.raises(ValueError, match="beta must be over 0"):
        target(reference, reward, beta=0.0)


def test_a_string_without_probability_costs_nothing():
    certain = torch.tensor([0.0, -torch.inf], dtype=torch.float64)
    even = torch.tensor([0.5, 0.5], dtype=torch.float64).log()
    assert float(entropy(certain)) == 0
    assert float(kl(certain, even)) == pytest.approx(0.693147, abs=1e-6)


def test_the_return_with_a_penalty_is_the_divergence_from_the_target_but_for_a_constant():
    for seed in range(20):
        generator = torch.Generator().manual_seed(seed)
        logp_S = (3 * torch.randn(len(STRINGS), dtype=torch.float64, generator=generator)).log_softmax(0)
        direct = regularised_return(logp_S, REFERENCE_S, REWARD_S, beta=BETA)
        inferred = BETA * log_partition(REFERENCE_S, REWARD_S, beta=BETA) - BETA * kl(logp_S, TARGET_S)
        assert abs(float(direct - inferred)) < 1e-6


def test_without_a_penalty_all_but_one_string_is_forgotten_and_it_need_not_be_a_good_one():
    """The gradient of a string grows with its own probability: what was likely at first wins over what is better."""
    greedy_S = descend(lambda logp_S: -expectation(logp_S, REWARD_S), REFERENCE_S, steps=1000, learning_rate=20.0)
    assert float(entropy(greedy_S)) < 0.1
    assert STRINGS[int(greedy_S.argmax())] not in PEAKS
    assert modes_kept(greedy_S, TARGET_S) == (0, 4)


def test_with_a_penalty_it_comes_to_the_target():
    found_S = descend(
        lambda logp_S: -regularised_return(logp_S, REFERENCE_S, REWARD_S, beta=BETA),
        REFERENCE_S,
        steps=3000,
        learning_rate=100.0,
    )
    assert float(total_variation(found_S, TARGET_S)) < 0.02
    assert modes_kept(found_S, TARGET_S) == (4, 4)
    assert float(entropy(found_S)) > 3


def test_from_a_bad_start_the_reverse_divergence_loses_a_mode_that_the_forward_one_keeps():
    start_S = REFERENCE_S - 60.0 * torch.tensor([string.startswith("b") for string in STRINGS])
    reverse_S = descend(lambda logp_S: kl(logp_S, TARGET_S), start_S, steps=2000, learning_rate=5.0)
    forward_S = descend(lambda logp_S: kl(TARGET_S, logp_S), start_S, steps=2000, learning_rate=5.0)
    assert modes_kept(reverse_S, TARGET_S) == (3, 4)
    assert modes_kept(forward_S, TARGET_S) == (4, 4)
