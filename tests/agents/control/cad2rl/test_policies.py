"""The network over the directions of a picture."""

import numpy as np
import pytest
import torch
from gymnasium import spaces

from palaestra.agents.control.cad2rl.policies import DirectionNetwork, DirectionPolicy, middles
from palaestra.envs.flight.corridor import CorridorEnv

ACTIONS = spaces.Box(-1.0, 1.0, (2,), np.float32)


def policy(**kwargs):
    torch.manual_seed(0)
    pictures = spaces.Box(0, 255, (3, 24, 24), np.uint8)
    return DirectionPolicy(pictures, ACTIONS, lambda _: 1e-3, grid=3, width=8, **kwargs)


def test_cells_stand_for_their_middles_the_upper_left_first():
    assert middles(3) == pytest.approx(
        np.array([(across, up) for up in (2 / 3, 0.0, -2 / 3) for across in (-2 / 3, 0.0, 2 / 3)])
    )


def test_a_flight_towards_a_cell_is_a_flight_towards_its_middle():
    env = CorridorEnv(observation="state")
    env.reset(seed=100)
    heights = []
    for cell in (1, 7):  # the middle of the upper row, of the lower row
        env.reset(seed=100)
        for _ in range(3):
            observation, *_ = env.step(middles(3)[cell])
        heights.append(observation[6])
    assert heights[0] > heights[1]


@pytest.mark.parametrize("pixels", [17, 24, 36])
def test_pictures_of_any_size_have_as_many_cells(pixels):
    assert DirectionNetwork(3, 5, 8)(torch.zeros(2, 3, pixels, pixels)).shape == (2, 25)


def test_it_flies_to_the_cell_of_the_highest_logit():
    flown = policy()
    pictures = np.random.default_rng(0).integers(256, size=(4, 3, 24, 24)).astype(np.uint8)
    best_N = flown.logits(pictures).argmax(dim=1).numpy()
    actions, _ = flown.predict(pictures, deterministic=True)
    assert np.array_equal(actions, middles(3)[best_N])


def test_some_of_its_actions_are_any_cell():
    pictures = np.zeros((400, 3, 24, 24), np.uint8)
    greedy, _ = policy(exploration=0.5).predict(pictures, deterministic=True)
    explored, _ = policy(exploration=0.5).predict(pictures, deterministic=False)
    assert len(np.unique(greedy, axis=0)) == 1
    assert len(np.unique(explored, axis=0)) == 9
    assert 0.3 < (explored != greedy).any(axis=1).mean() < 0.6  # half of them, eight times of nine


def test_other_spaces_are_refused():
    numbers = spaces.Box(-1.0, 1.0, (4,), np.float32)
    with pytest.raises(ValueError, match="pictures alone"):
        DirectionPolicy(numbers, ACTIONS, lambda _: 1e-3)
    with pytest.raises(ValueError, match="place in the picture"):
        DirectionPolicy(spaces.Box(0, 255, (3, 24, 24), np.uint8), numbers, lambda _: 1e-3)
