import numpy as np
import pytest
import torch
from gymnasium import spaces
from stable_baselines3.common.utils import set_random_seed

from palaestra.agents.control.sqirl.policies import MlpPolicy, Regression, TablePolicy
from palaestra.agents.control.sqirl.random_play import Episode, RandomPlay, random_play
from palaestra.agents.control.sqirl.replay import ReturnReplayBuffer

STATES, ACTIONS = spaces.Discrete(4), spaces.Discrete(2)

# 0 -> 1 or 2, whose actions pay as in tests/envs/tabular/examples.py: 0.6, 0.7 and 0, 1
EPISODES = [
    Episode([0, after, 3], [first, second], [0.0, pays])
    for first, after, pay in ((0, 1, (0.6, 0.7)), (1, 2, (0.0, 1.0)))
    for second, pays in enumerate(pay)
]


def settings(depth, **changes):
    arguments = {"gamma": 1.0, "batch_size": 16, "n_epochs": 1, "max_grad_norm": 10.0, "learning_rate": 1e-2}
    return Regression(depth, **(arguments | changes))


def table(depth, step=0, episodes=EPISODES, gamma=1.0):
    policy = TablePolicy(STATES, ACTIONS, lambda _: 0.0)
    play = random_play(episodes, step, gamma)
    return policy.q_values(policy.regress(play, step, settings(depth, gamma=gamma), None), np.arange(4))


def test_q1_is_the_mean_of_the_returns_of_random_play():
    assert table(1)[0].tolist() == pytest.approx([0.65, 0.5])


def test_q2_looks_one_step_ahead():
    assert table(2)[0].tolist() == pytest.approx([0.7, 1.0])
    assert table(2, gamma=0.5)[0].tolist() == pytest.approx([0.35, 0.5])


def test_there_is_nothing_to_look_at_beyond_the_end():
    assert table(5)[0].tolist() == table(2)[0].tolist()
    assert table(2, step=1)[2].tolist() == [0.0, 1.0]


def test_what_was_never_tried_is_never_chosen_and_where_nothing_was_all_count_alike():
    q_S_A = table(1, episodes=EPISODES[:2])
    assert q_S_A[0].tolist() == [pytest.approx(0.65), -np.inf]
    assert q_S_A[3].tolist() == pytest.approx([0.65, 0.65])


def test_a_table_wants_numbered_observations():
    with pytest.raises(ValueError, match="Discrete"):
        TablePolicy(spaces.Box(0, 1, (3,)), ACTIONS, lambda _: 0.0)


def network(depth, observation_space=STATES):
    torch.manual_seed(0)
    return MlpPolicy(observation_space, ACTIONS, lambda _: 1e-2, depth=depth, net_arch=[16])


def test_the_losses_of_a_network_worked_out_by_hand():
    policy = network(2)
    with torch.no_grad():  # every output is its bias: Q¹ = (1, 2), Q² = (3, 4)
        policy.q_net[-1].weight.zero_()
        policy.q_net[-1].bias.copy_(torch.tensor([1.0, 2.0, 3.0, 4.0]))
    rows = RandomPlay(
        np.array([0, 1]),
        np.array([0, 1]),
        np.array([0.5, 0.5]),
        np.array([1, 3]),
        np.array([False, True]),
        np.array([3.0, 3.0]),
        np.zeros(2, int),
    )
    # Q¹ to the return: (1 - 3)² and (2 - 3)²; Q² to 0.5 + 0.5 · max(1, 2), and to 0.5: (3 - 1.5)² and (4 - 0.5)²
    assert policy.losses(rows, gamma=0.5).tolist() == pytest.approx([(4 + 1) / 2, (1.5**2 + 3.5**2) / 2])


def test_targets_carry_no_gradient_to_the_q_before():
    policy = network(2)
    play = random_play(EPISODES, 0, 1.0)
    policy.losses(play, 1.0)[1].backward()
    of_q1 = policy.q_net[-1].bias.grad[:2]
    assert of_q1.tolist() == [0.0, 0.0]


@pytest.mark.parametrize(("depth", "best"), [(1, 0), (2, 1)])
def test_a_network_comes_to_the_table(depth, best):
    set_random_seed(0)
    policy, replay = network(depth), ReturnReplayBuffer(64, STATES, ACTIONS)
    play = random_play(EPISODES, 0, 1.0)
    replay.remember(play)
    fitted = policy.regress(play, 0, settings(depth, n_epochs=1500), replay)
    q_N_A = policy.q_values(fitted, np.array([0]))
    np.testing.assert_allclose(q_N_A, table(depth)[:1], atol=0.1)  # the steps of Adam go to and fro
    assert q_N_A.argmax() == best


def test_what_was_fitted_stays_when_the_network_is_trained_on():
    policy, replay = network(1, spaces.Box(0, 1, (2,))), ReturnReplayBuffer(64, spaces.Box(0, 1, (2,)), ACTIONS)
    play = random_play([Episode([np.ones(2), np.zeros(2)], [1], [1.0])], 0, 1.0)
    replay.remember(play)
    fitted = policy.regress(play, 0, settings(1), replay)
    before = policy.q_values(fitted, np.ones((1, 2)))
    policy.regress(play, 0, settings(1, n_epochs=50), replay)
    assert np.array_equal(policy.q_values(fitted, np.ones((1, 2))), before)


def test_the_buffer_forgets_the_oldest():
    replay = ReturnReplayBuffer(5, STATES, ACTIONS)
    for _ in range(3):
        replay.remember(random_play(EPISODES[:1], 0, 1.0))  # two transitions
    replay.remember(random_play([Episode([3, 3, 3, 3, 3], [1] * 4, [9.0] * 4)], 0, 1.0))
    assert replay.full
    assert sorted(replay.observations[:, 0].ravel().tolist()) == [1, 3, 3, 3, 3]
    assert set(replay.draw(50).return_N.round(3).tolist()) <= {9.0, 18.0, 27.0, 36.0, 0.6}
