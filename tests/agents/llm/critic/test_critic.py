import io
import math
from dataclasses import replace

import pytest
import torch

from palaestra.agents.errors import TrainingDiverged
from palaestra.agents.llm import LLMConfig, Policy
from palaestra.agents.llm.config import CriticConfig
from palaestra.agents.llm.critic import Critic
from palaestra.agents.llm.critic.critic import explained_variance, value_loss
from palaestra.agents.llm.types import Episode, Group, Segment, StopReason, collate

CONFIG = LLMConfig(critic=CriticConfig(learning_rate=1e-2, epochs=30, minibatches=2), micro_batch_tokens=24)


def critic_for(policy: Policy, **settings) -> Critic:
    return Critic(policy, CriticConfig(**{"learning_rate": 1e-2, **settings}), precision="float32", seed=0)


def episode(first: list[int], stop: StopReason = StopReason.TERMINATED, final: str | None = None) -> Episode:
    turn = Segment.turn([2, *first], [6, 7], turn=0, logp=[0.0, 0.0])
    return Episode(turn, [0.0], [{}], None, None, stop, seed=0, final_observation=final)


def learn(critic: Critic, episodes: list[Episode], targets: list[float], *, gradable: list[bool] | None = None):
    batch = collate([Group(episodes)], pad_token=0)
    if gradable is not None:
        batch.gradable_B = torch.tensor(gradable)
    critic.value(batch, episodes, batch.own_B_T, CONFIG)
    target_B_T = torch.tensor(targets)[:, None] * batch.own_B_T
    metrics = critic.update(batch, target_B_T, batch.own_B_T, CONFIG)
    critic.value(batch, episodes, batch.own_B_T, CONFIG)
    assert batch.value_B_T is not None
    assert not batch.value_B_T[~batch.own_B_T].any()
    return batch.value_B_T[batch.own_B_T].view(len(episodes), -1), metrics


def stored_and_read(state):
    """What is left of a state on a disk."""
    file = io.BytesIO()
    torch.save(state, file)
    file.seek(0)
    return torch.load(file, weights_only=True)


def test_it_learns_which_conversations_end_well(policy):
    value_B_N, metrics = learn(critic_for(policy, epochs=30), [episode([20]), episode([21, 22])], [1.0, -1.0])
    torch.testing.assert_close(value_B_N, torch.tensor([[1.0, 1.0], [-1.0, -1.0]]), atol=0.2, rtol=0)
    assert metrics.value_loss < 0.05
    assert metrics.value_grad_norm > 0


def test_the_metrics_are_of_the_values_before_the_update(policy):
    _, metrics = learn(critic_for(policy), [episode([20]), episode([21])], [1.0, -1.0])
    assert metrics.value_mean == 0
    assert metrics.explained_variance == pytest.approx(0)


def test_what_could_not_be_graded_is_not_learned_from(policy):
    episodes = [episode([20]), episode([21])]
    alone, _ = learn(critic_for(policy), episodes[:1], [1.0])
    beside, _ = learn(critic_for(policy), episodes, [1.0, 1e3], gradable=[True, False])
    torch.testing.assert_close(beside[:1], alone)


def test_behind_an_episode_that_was_cut_off_the_critic_expects_what_it_would_before_the_next_reply(policy):
    critic = critic_for(policy, epochs=5)
    learn(critic, [episode([20]), episode([21])], [1.0, 3.0])
    cut_off = episode([20], StopReason.TRUNCATED, "higher")
    played_on = Segment.turn(policy.chat.following("higher", reply_ended=False), [9], turn=1, parent=cut_off.last)
    longer = Episode(played_on, [0.0, 0.0], [{}, {}], None, None, StopReason.TERMINATED, seed=0)
    episodes = [episode([20]), cut_off, longer, episode([20], StopReason.CONTEXT_FULL, "higher")]
    batch = collate([Group(episodes)], pad_token=0)
    critic.value(batch, episodes, batch.own_B_T, CONFIG)
    assert batch.value_B_T is not None
    assert batch.final_value_B is not None
    expected = batch.value_B_T[2, batch.length_B[2] - 1]
    assert expected > 0.5
    torch.testing.assert_close(batch.final_value_B, torch.tensor([0.0, expected, 0.0, 0.0]))


def test_a_cut_off_episode_with_no_room_for_another_reply_is_over(policy):
    critic = critic_for(policy)
    learn(critic, [episode([20]), episode([21])], [1.0, 3.0])
    episodes = [episode([20] * 120, StopReason.TRUNCATED, "higher higher higher")]
    batch = collate([Group(episodes)], pad_token=0)
    critic.value(batch, episodes, batch.own_B_T, CONFIG)
    assert batch.final_value_B is not None
    assert batch.final_value_B.tolist() == [0.0]


def test_a_clipped_value_loss_is_the_worse_of_two():
    value_N = torch.tensor([0.5, 0.5, -0.5], requires_grad=True)
    old_N, target_N = torch.zeros(3), torch.tensor([1.0, 0.0, 1.0])
    # clipped to 0.2: errors 0.5 and 0.8; 0.5 and 0.2; 1.5 and 1.2
    loss_N = value_loss(value_N, target_N, old_value_N=old_N, clip=0.2)
    torch.testing.assert_close(loss_N, torch.tensor([0.64, 0.25, 2.25]) / 2)
    loss_N.sum().backward()
    assert value_N.grad is not None
    assert value_N.grad.tolist() == [0.0, 0.5, -1.5]  # moved further than the clip towards its target: cut off
    unclipped_N = value_loss(value_N, target_N, old_value_N=old_N, clip=None)
    torch.testing.assert_close(unclipped_N, torch.tensor([0.25, 0.25, 2.25]) / 2)


def test_explained_variance_is_1_for_the_truth_0_for_a_constant_and_nothing_without_variance():
    target_N = torch.tensor([0.0, 1.0, 2.0])
    assert explained_variance(target_N + 5, target_N) == 1
    assert explained_variance(torch.ones(3), target_N) == 0
    assert explained_variance(-target_N, target_N) == -3
    assert math.isnan(explained_variance(target_N, torch.ones(3)))


def test_a_gradient_that_explodes_stops_training_and_changes_nothing(policy):
    critic = critic_for(policy)
    episodes = [episode([20])]
    before = [weights.clone() for weights in critic.get_state()["optimizer"]["masters"]]
    with pytest.raises(TrainingDiverged, match=r"lower critic\.learning_rate"):
        learn(critic, episodes, [1e9])
    for old, new in zip(before, critic.get_state()["optimizer"]["masters"], strict=True):
        assert torch.equal(old, new)


def test_it_goes_on_from_a_state_to_the_same_numbers(policy):
    episodes, targets = [episode([20]), episode([21, 22]), episode([23])], [1.0, -1.0, 0.5]
    critic = critic_for(policy, epochs=2, minibatches=2, warmup_updates=1)
    learn(critic, episodes, targets)
    assert not critic.warmed_up
    other = critic_for(policy, epochs=2, minibatches=2, warmup_updates=1)
    other.set_state(stored_and_read(critic.get_state()))
    first, second = (learn(each, episodes, targets)[0] for each in (critic, other))
    assert torch.equal(first, second)
    assert critic.warmed_up
    assert other.warmed_up


@pytest.mark.parametrize("name", ["learning_rate", "epochs", "minibatches", "value_clip", "max_grad_norm"])
def test_impossible_settings_are_refused_by_name(name):
    with pytest.raises(ValueError, match=rf"critic\.{name} must be"):
        replace(CriticConfig(), **{name: 0})
