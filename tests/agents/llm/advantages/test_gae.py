from collections.abc import Sequence

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from palaestra.agents.llm import LLMConfig
from palaestra.agents.llm.advantages import needs_critic, valued_tokens
from palaestra.agents.llm.advantages.gae import (
    gae_bilevel,
    gae_token,
    gae_turn,
    gae_within_turn,
    generalized_advantages,
)
from palaestra.agents.llm.types import Batch, Group, collate

from ..made_up import episode_of

CONFIG = LLMConfig(kl_coef=0.0)
ESTIMATORS = [gae_token, gae_within_turn, gae_turn, gae_bilevel]


def valued_batch(
    rewards: Sequence[Sequence[float]],
    lengths: Sequence[Sequence[int]],
    values: Sequence[Sequence[float]],
    *,
    final_values: Sequence[float] | None = None,
) -> Batch:
    """Episodes whose turns are one token of the environment and `lengths` own tokens; `values` of those, in order."""
    episodes = [episode_of(r, lengths=n) for r, n in zip(rewards, lengths, strict=True)]
    batch = collate([Group(episodes)], pad_token=0)
    batch.value_B_T = torch.zeros(batch.own_B_T.shape)
    batch.value_B_T[batch.own_B_T] = torch.tensor([value for row in values for value in row])
    batch.final_value_B = None if final_values is None else torch.tensor(final_values)
    return batch


def own(advantage_B_T: torch.Tensor, batch: Batch) -> list[float]:
    """The advantages of own tokens, to four digits; the other tokens have none."""
    assert not advantage_B_T[~batch.own_B_T].any()
    return [round(advantage, 4) for advantage in advantage_B_T[batch.own_B_T].tolist()]


# One episode of two turns, the first without reward, of two and one own tokens.
TWO_TURNS = valued_batch([[0.0, 1.0]], [[2, 1]], [[0.1, 0.2, 0.4]])


def test_across_turns_own_tokens_are_one_chain():
    # deltas: 0.5*0.2-0.1 = 0, 0.5*0.4-0.2 = 0, 1-0.4 = 0.6; each times 0.5 * 0.8 = 0.4 on the way back
    assert own(gae_token(TWO_TURNS, CONFIG, gamma=0.5, lam=0.8), TWO_TURNS) == [0.096, 0.24, 0.6]


def test_within_turns_nothing_is_expected_behind_a_turns_end():
    # the first turn earns nothing: deltas 0.5*0.2-0.1 = 0 and 0-0.2 = -0.2
    assert own(gae_within_turn(TWO_TURNS, CONFIG, gamma=0.5, lam=0.8), TWO_TURNS) == [-0.08, -0.2, 0.6]


def test_over_turns_a_turn_is_one_action_with_the_value_of_its_beginning():
    # deltas: 0.5*0.4-0.1 = 0.1 and 1-0.4 = 0.6; the first turn's advantage is 0.1 + 0.4*0.6
    assert own(gae_turn(TWO_TURNS, CONFIG, gamma=0.5, lam=0.8), TWO_TURNS) == [0.34, 0.34, 0.6]


def test_on_two_levels_the_last_token_of_a_turn_earns_the_turns_return():
    # the first turn's return is its advantage 0.34 + its value 0.1 = 0.44
    advantage_B_T = gae_bilevel(TWO_TURNS, CONFIG, gamma_turn=0.5, lam_turn=0.8, gamma=0.9, lam=0.5)
    # deltas within it: 0.9*0.2-0.1 = 0.08 and 0.44-0.2 = 0.24
    assert own(advantage_B_T, TWO_TURNS) == [0.188, 0.24, 0.6]  # 0.08 + 0.45*0.24


def test_what_is_expected_behind_a_truncated_episode_is_part_of_its_return():
    batch = valued_batch([[0.0, 1.0]], [[2, 1]], [[0.1, 0.2, 0.4]], final_values=[2.0])
    assert own(gae_token(batch, CONFIG, gamma=0.5, lam=0.0), batch) == [0.0, 0.0, 1.6]
    assert own(gae_turn(batch, CONFIG, gamma=0.5, lam=0.0), batch) == [0.1, 0.1, 1.6]
    assert own(gae_bilevel(batch, CONFIG, gamma_turn=0.5, lam_turn=0.0), batch)[-1] == 1.6
    assert own(gae_within_turn(batch, CONFIG, gamma=0.5, lam=0.0), batch)[-1] == 0.6


def test_turns_without_reward_are_turns():
    """Where turns were inferred from rewards, the three turns would be one and discount nothing."""
    batch = valued_batch([[0.0, 0.0, 1.0]], [[1, 1, 1]], [[0.0, 0.0, 0.0]])
    assert own(gae_turn(batch, CONFIG, gamma=0.5, lam=1.0), batch) == [0.25, 0.5, 1.0]
    assert own(gae_bilevel(batch, CONFIG, gamma_turn=0.5), batch) == [0.25, 0.5, 1.0]


def test_a_divergence_in_the_reward_is_paid_by_the_token_that_diverges():
    batch = valued_batch([[0.0, 1.0]], [[2, 1]], [[0.0, 0.0, 0.0]])
    batch.reference_logp_B_T = torch.zeros(batch.own_B_T.shape)
    batch.reference_logp_B_T[batch.own_B_T] = torch.tensor([-1.0, -3.0, -1.0])  # sampled with -1: k1 is 0, 2, 0
    config = LLMConfig(kl_coef=0.1, kl_in="reward")
    assert own(gae_token(batch, config, gamma=1.0, lam=0.0), batch) == [0.0, -0.2, 1.0]
    assert own(gae_turn(batch, config, gamma=1.0, lam=1.0), batch) == [0.8, 0.8, 1.0]
    assert own(gae_token(batch, CONFIG, gamma=1.0, lam=0.0), batch) == [0.0, 0.0, 1.0]


def test_an_estimator_says_where_it_reads_values():
    assert valued_tokens("gae_turn", TWO_TURNS).tolist() == [[False, True, False, False, True]]
    assert valued_tokens("gae_token", TWO_TURNS).tolist() == [[False, True, True, False, True]]
    assert valued_tokens("gae_bilevel", TWO_TURNS).tolist() == TWO_TURNS.own_B_T.tolist()
    assert needs_critic("gae_turn")
    assert not needs_critic("grpo")


@pytest.mark.parametrize("estimate", ESTIMATORS)
def test_without_values_there_is_no_estimate(estimate):
    with pytest.raises(ValueError, match="needs a critic"):
        estimate(collate([Group([episode_of([1.0])])], pad_token=0), CONFIG)


@pytest.mark.parametrize("estimate", ESTIMATORS)
def test_what_could_not_be_graded_has_no_advantage(estimate):
    batch = valued_batch([[0.0, 1.0], [1.0]], [[2, 1], [1]], [[0.1, 0.2, 0.4], [0.3]])
    graded = estimate(batch, CONFIG)
    batch.gradable_B = torch.tensor([True, False])
    assert torch.equal(estimate(batch, CONFIG), graded * batch.gradable_B[:, None])


numbers = st.floats(-4, 4, width=32)


@st.composite
def valued_batches(draw) -> Batch:
    lengths = draw(st.lists(st.lists(st.integers(1, 3), min_size=1, max_size=3), min_size=1, max_size=3))
    rewards = [[draw(numbers) for _ in row] for row in lengths]
    values = [[draw(numbers) for _ in range(sum(row))] for row in lengths]
    return valued_batch(rewards, lengths, values, final_values=[draw(numbers) for _ in lengths])


def rewards_of_tokens(batch: Batch, row: int) -> list[float]:
    ends, turns = batch.ends_turn_B_T[row], batch.turns_B_T[row]
    columns = batch.own_B_T[row].nonzero().squeeze(-1).tolist()
    return [float(batch.rewards_B_K[row, turns[t]]) if ends[t] else 0.0 for t in columns]


def close(actual: torch.Tensor, expected: Sequence[float]) -> None:
    torch.testing.assert_close(actual, torch.tensor(list(expected)), atol=1e-3, rtol=1e-4)


@given(valued_batches(), st.floats(0, 1), st.floats(0, 1))
def test_gae_is_the_discounted_sum_of_temporal_differences(batch, gamma, lam):
    advantage_B_T = gae_token(batch, CONFIG, gamma=gamma, lam=lam)
    for row in range(len(batch)):
        mine = batch.own_B_T[row]
        reward, value = rewards_of_tokens(batch, row), batch.value_B_T[row, mine].tolist()
        behind = [*value[1:], float(batch.final_value_B[row])]
        delta = [r + gamma * v_next - v for r, v_next, v in zip(reward, behind, value, strict=True)]
        expected = [sum((gamma * lam) ** k * d for k, d in enumerate(delta[t:])) for t in range(len(delta))]
        close(advantage_B_T[row, mine], expected)


@given(valued_batches(), st.floats(0, 1))
def test_a_whole_trace_is_the_return_less_the_value(batch, gamma):
    advantage_B_T = gae_token(batch, CONFIG, gamma=gamma, lam=1.0)
    for row in range(len(batch)):
        mine = batch.own_B_T[row]
        gain = [*rewards_of_tokens(batch, row), float(batch.final_value_B[row])]
        returns = [sum(gamma**k * r for k, r in enumerate(gain[t:])) for t in range(len(gain) - 1)]
        close(advantage_B_T[row, mine] + batch.value_B_T[row, mine], returns)


@given(valued_batches(), st.floats(0, 1))
def test_no_trace_is_the_temporal_difference(batch, gamma):
    advantage_B_T = gae_token(batch, CONFIG, gamma=gamma, lam=0.0)
    for row in range(len(batch)):
        mine = batch.own_B_T[row]
        reward, value = rewards_of_tokens(batch, row), batch.value_B_T[row, mine].tolist()
        behind = [*value[1:], float(batch.final_value_B[row])]
        close(advantage_B_T[row, mine], [r + gamma * n - v for r, n, v in zip(reward, behind, value, strict=True)])


@given(valued_batches())
def test_undiscounted_and_untraced_both_levels_agree_with_one_chain_of_tokens(batch):
    both = gae_bilevel(batch, CONFIG, gamma_turn=1.0, lam_turn=1.0, gamma=1.0, lam=1.0)
    torch.testing.assert_close(both, gae_token(batch, CONFIG, gamma=1.0, lam=1.0), atol=1e-3, rtol=1e-4)


@given(valued_batches(), st.floats(0, 1), st.floats(0, 1))
def test_where_a_turn_is_one_token_turns_and_tokens_agree(batch, gamma, lam):
    rewards = batch.rewards_B_K.tolist()
    ones = [[1] * len(row) for row in rewards]
    batch = valued_batch(rewards, ones, rewards, final_values=batch.final_value_B.tolist())
    over_tokens = gae_token(batch, CONFIG, gamma=gamma, lam=lam)
    torch.testing.assert_close(gae_turn(batch, CONFIG, gamma=gamma, lam=lam), over_tokens)
    over_both = gae_bilevel(batch, CONFIG, gamma_turn=gamma, lam_turn=lam, gamma=0.3, lam=0.3)
    torch.testing.assert_close(over_both, over_tokens, atol=1e-5, rtol=1e-5)


@given(
    st.lists(st.tuples(numbers, numbers, numbers, numbers), min_size=1, max_size=6),
    st.floats(0, 1),
    st.floats(0, 1),
)
def test_estimates_add_up_as_rewards_and_values_do(steps, gamma, lam):
    first_reward, first_value, other_reward, other_value = torch.tensor(steps).T.unsqueeze(1)
    acts = torch.ones_like(first_reward, dtype=torch.bool)

    def estimate(reward: torch.Tensor, value: torch.Tensor) -> torch.Tensor:
        return generalized_advantages(reward, value, acts, gamma=gamma, lam=lam)

    together = estimate(first_reward + other_reward, first_value + other_value)
    apart = estimate(first_reward, first_value) + estimate(other_reward, other_value)
    torch.testing.assert_close(together, apart, atol=1e-3, rtol=1e-4)


@pytest.mark.parametrize("estimate", ESTIMATORS)
@given(batch=valued_batches())
def test_an_episode_is_judged_alone_and_never_by_its_padding(estimate, batch):
    whole = estimate(batch, CONFIG)
    for row in range(len(batch)):
        turns = int(batch.turns_B_T[row].max()) + 1
        mine = batch.own_B_T[row]
        lengths = [int((mine & (batch.turns_B_T[row] == turn)).sum()) for turn in range(turns)]
        alone = valued_batch(
            [batch.rewards_B_K[row, :turns].tolist()],
            [lengths],
            [batch.value_B_T[row, mine].tolist()],
            final_values=[float(batch.final_value_B[row])],
        )
        torch.testing.assert_close(estimate(alone, CONFIG)[0, alone.own_B_T[0]], whole[row, mine])
        assert not whole[row, ~mine].any()
