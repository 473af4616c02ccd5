"""What directions are worth."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from palaestra.agents.control.cad2rl.targets import bootstrapped_parts, free_share, tried_cells_loss


def test_the_share_of_free_steps_by_hand():
    time_N = np.array([1, 2, 3, 4])  # collides at once, after one step, after two; not within three
    assert free_share(time_N, 3, 1.0) == pytest.approx([0.0, 1 / 3, 2 / 3, 1.0])
    assert free_share(time_N, 3, 0.5) == pytest.approx([0.0, 1 / 1.75, 1.5 / 1.75, 1.0])


def test_the_parts_of_a_bootstrapped_target_by_hand():
    time_N = np.array([1, 2, 3, 3])  # two steps are flown
    earned_N, discount_N = bootstrapped_parts(time_N, np.array([False, False, False, True]), 2, 0.5)
    assert earned_N == pytest.approx([0.0, 0.5, 0.75, 1.0])
    assert discount_N == pytest.approx([0.0, 0.0, 0.25, 0.0])


@given(st.integers(1, 20), st.floats(0.5, 0.99), st.integers(1, 5))
def test_to_be_free_for_ever_is_worth_one_however_it_is_cut(hold, gamma, pieces):
    earned_N, discount_N = bootstrapped_parts(np.array([hold + 1]), np.array([False]), hold, gamma)
    value = 1.0
    for _ in range(pieces):
        value = earned_N[0] + discount_N[0] * value
    assert value == pytest.approx(1.0)


@given(st.integers(2, 20), st.floats(0.5, 1.0))
def test_a_later_collision_is_worth_more(horizon, gamma):
    share_N = free_share(np.arange(1, horizon + 2), horizon, gamma)
    assert (np.diff(share_N) > 0).all()
    assert share_N[[0, -1]] == pytest.approx([0.0, 1.0])


def test_a_cell_that_was_not_tried_gets_no_gradient():
    logit_N_C = torch.zeros(2, 3, requires_grad=True)
    target_N_C = torch.tensor([[torch.nan, 1.0, torch.nan], [0.25, torch.nan, 0.0]])
    tried_cells_loss(logit_N_C, target_N_C).backward()
    # of a cross-entropy: the sigmoid less the target, over the cells of the picture and the pictures
    assert torch.allclose(logit_N_C.grad, torch.tensor([[0.0, -0.25, 0.0], [0.0625, 0.0, 0.125]]))
