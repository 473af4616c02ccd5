import numpy as np
import pytest
import torch
from gymnasium import spaces

from palaestra.agents.control import make_agent
from palaestra.agents.control.mbpo.buffer import BranchedReplayBuffer
from palaestra.agents.control.mbpo.dynamics import (
    LEAST_LOG_VARIANCE,
    MOST_LOG_VARIANCE,
    EnsembleDynamics,
    Prediction,
    disagreement,
    gaussian_loss,
    soft_bounds,
)
from palaestra.agents.control.mbpo.planning import Planner, plan_scores

SMALL = {
    "policy_kwargs": {"net_arch": [8]},
    "dynamics_net_arch": [8],
    "members": 2,
    "candidates": 2,
    "horizon": 2,
    "rollouts": 6,
    "dynamics_gradient_steps": 2,
    "dynamics_train_freq": 4,
    "learning_starts": 8,
    "gradient_steps": 1,
    "batch_size": 8,
    "buffer_size": 100,
}
BOX = spaces.Box(-1, 1, (1,), np.float32)


class Line:
    """Dynamics by hand: rewards are actions, what is not known is minus the action, and an end is at 1 or beyond."""

    def predict(self, state, action):
        return Prediction(state + action, action[:, 0], state[:, 0] + action[:, 0] >= 1.0, -action[:, 0])


def mbpo(**more):
    return make_agent("mbpo", "robot/Reach-v0", device="cpu", **{**SMALL, **more})


def scripted(*actions_of_steps):
    """A policy that answers a batch with the given actions, one list a step."""
    steps = iter(actions_of_steps)
    return lambda state: torch.tensor(next(steps)).view(len(state), 1)


def test_a_plan_scores_discounted_rewards_and_uncertainty():
    reward = torch.tensor([[[1.0, 0.0]], [[2.0, 4.0]]])
    uncertainty = torch.tensor([[[0.5, 1.0]], [[1.0, 0.0]]])
    optimistic = plan_scores(reward, uncertainty, 0.5, 0.9, 1.0)
    torch.testing.assert_close(optimistic, torch.tensor([[1.0 + 1.0 + 0.5 + 0.9, 2.0 + 1.0]]))
    conservative = plan_scores(reward, uncertainty, 0.5, 0.9, -2.0)
    torch.testing.assert_close(conservative, torch.tensor([[2.0 - 2.0 * (0.5 + 0.9), 2.0 - 2.0 * 1.0]]))


def test_the_first_action_of_the_best_plan_is_taken():
    state = torch.tensor([[0.0], [0.0]])
    play = ([0.1, 0.2, 0.2, 0.1], [0.3, 0.0, 0.0, 0.3])  # two states with two plans each, of two steps
    planner = Planner(candidates=2, horizon=2, reward_gamma=1.0, uncertainty_gamma=1.0)
    assert planner.plan(Line(), scripted(*play), state, 0.0).flatten().tolist() == pytest.approx([0.1, 0.1])
    assert planner.plan(Line(), scripted(*play), state, 2.0).flatten().tolist() == pytest.approx([0.2, 0.2])
    assert planner.plan(Line(), scripted(*play), state, -2.0).flatten().tolist() == pytest.approx([0.1, 0.1])


def test_nothing_counts_after_a_predicted_end():
    planner = Planner(candidates=2, horizon=2, reward_gamma=1.0, uncertainty_gamma=1.0)
    policy = scripted([1.0, 0.9], [0.9, 0.2])  # the first plan would come to 1.9, but ends at 1.0
    assert planner.plan(Line(), policy, torch.tensor([[0.0]]), 0.0).item() == pytest.approx(0.9)


def test_disagreement_is_the_deviation_over_members_averaged_over_the_state():
    state_of_two_members = torch.tensor([[[0.0, 1.0]], [[2.0, 1.0]]])
    assert disagreement(state_of_two_members).tolist() == pytest.approx([(2.0**0.5 + 0.0) / 2])


def test_the_loss_of_a_gaussian_by_hand():
    loss = gaussian_loss(torch.tensor([1.0, 0.0]), torch.tensor([0.0, 2.0]), torch.tensor([3.0, 0.0]))
    assert loss.item() == pytest.approx(0.5 * (4.0 + 0.0 + 2.0) / 2)


def test_log_variances_stay_within_their_bounds():
    low, middle, high = soft_bounds(torch.tensor([-1e3, -4.0, 1e3])).tolist()
    assert LEAST_LOG_VARIANCE <= low < middle < high <= MOST_LOG_VARIANCE + 1e-3
    assert middle == pytest.approx(-4.0, abs=0.05)


def test_dynamics_learn_a_line_and_know_where_they_have_not_been():
    torch.manual_seed(0)
    dynamics = EnsembleDynamics(1, 1, 3, [16], 0.02, 0.0)
    state, action = torch.rand(200, 1), 2 * torch.rand(200, 1) - 1
    target = torch.cat([0.5 * action, state], dim=1)
    ended = (state[:, 0] > 0.5).float()
    dynamics.fit(torch.cat([state, action], dim=1), target, ended, 150, 64)
    at = torch.tensor([[0.1], [0.9], [30.0]])
    outcome = dynamics.predict(at, torch.ones(3, 1))
    assert outcome.state_B_S[:2, 0].tolist() == pytest.approx([0.6, 1.4], abs=0.25)
    assert outcome.reward_B[:2].tolist() == pytest.approx([0.1, 0.9], abs=0.25)
    assert outcome.ended_B[:2].tolist() == [False, True]
    assert outcome.uncertainty_B[2] > 3 * outcome.uncertainty_B[:2].max()


def test_a_batch_is_real_in_part_and_the_oldest_imagined_transitions_go():
    buffer = BranchedReplayBuffer(4, BOX, BOX, "cpu", imagined_size=4, real_ratio=0.25)
    one = np.ones((1, 1), np.float32)
    buffer.add(one, one, one, np.array([7.0]), np.array([False]), [{}])
    assert buffer.sample(8).rewards.flatten().tolist() == [7.0] * 8  # nothing is imagined yet
    for rewards in ([1.0, 2.0, 3.0], [4.0, 5.0, 6.0]):
        three = np.ones((3, 1), np.float32)
        buffer.imagine(three, three, np.array(rewards), three, np.zeros(3))
    rewards = buffer.sample(400).rewards.flatten().tolist()
    assert rewards[:100] == [7.0] * 100
    assert set(rewards[100:]) == {3.0, 4.0, 5.0, 6.0}


def test_the_end_of_the_clock_is_no_end_for_the_dynamics():
    buffer = BranchedReplayBuffer(4, BOX, BOX, "cpu", imagined_size=1, real_ratio=0.5)
    one = np.ones((1, 1), np.float32)
    for truncated in (True, False):
        buffer.add(one, one, one, np.zeros(1), np.array([True]), [{"TimeLimit.truncated": truncated}])
    assert buffer.real()[-1].tolist() == [0.0, 1.0]


@pytest.mark.parametrize(
    ("planning", "rates"),
    [("both", {1.0, -2.0}), ("conservative", {-2.0}), ("optimistic", {1.0}), ("none", set())],
)
def test_plans_are_optimistic_in_the_world_and_conservative_in_the_mind(planning, rates, monkeypatch):
    seen = set()
    plan = Planner.plan

    def watched(self, dynamics, policy, state, rate):
        seen.add((len(state), rate))
        return plan(self, dynamics, policy, state, rate)

    monkeypatch.setattr(Planner, "plan", watched)
    model = mbpo(planning=planning)
    model.learn(12)
    assert {rate for _, rate in seen} == rates
    assert all(rate == (1.0 if states == 1 else -2.0) for states, rate in seen)  # one environment, six rollouts
    assert model.replay_buffer.imagined.size() == 6


def test_rollouts_go_on_until_their_length():
    model = mbpo(rollout_length=3, dynamics_train_freq=100)
    model.learn(10)
    kept = model.replay_buffer.imagined
    assert 6 < kept.size() <= 18
    going_on = kept.dones[:6, 0] == 0
    np.testing.assert_array_equal(kept.observations[6 : 6 + going_on.sum(), 0], kept.next_observations[:6, 0][going_on])


def test_a_saved_model_keeps_its_dynamics(tmp_path):
    model = mbpo()
    model.learn(12)
    model.save(tmp_path / "agent")
    loaded = type(model).load(tmp_path / "agent", device="cpu")
    assert torch.equal(loaded.dynamics.input_mean, model.dynamics.input_mean)
    assert all(map(torch.equal, loaded.dynamics.parameters(), model.dynamics.parameters()))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"planning": "bold"}, "planning must be one of both, conservative, optimistic, none, got 'bold'"),
        ({"members": 1}, "members must be an integer of 2 or more"),
        ({"real_ratio": 1.5}, "real_ratio must be between 0 and 1"),
        ({"horizon": 0}, "horizon must be an integer of 1 or more"),
    ],
)
def test_what_cannot_be_is_refused_with_a_reason(arguments, message):
    with pytest.raises(ValueError, match=message):
        mbpo(**arguments)
