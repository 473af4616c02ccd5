import pytest
import torch

from palaestra.agents.errors import TrainingDiverged
from palaestra.agents.llm.archer.critic import (
    CriticTrainer,
    SlowCopy,
    TurnValues,
    UtteranceCritic,
    advantages,
    q_target,
    value_of_next,
)
from palaestra.agents.llm.archer.encoders import Encoder
from palaestra.agents.llm.archer.turns import Imagined, Turns

WORDS = 8


class Tabular(Encoder):
    """Every history of at most two tokens, and every last token, is a vector of its own."""

    width = WORDS * WORDS

    def __init__(self) -> None:
        super().__init__()
        self.scale = torch.nn.Parameter(torch.ones(()))

    def forward(self, turns: Turns) -> tuple[torch.Tensor, torch.Tensor]:
        last_N, said_N = turns.tokens_B_T[turns.row_N, turns.state_N], turns.tokens_B_T[turns.row_N, turns.reply_N]
        eye = torch.eye(self.width) * self.scale.detach()
        return eye[last_N], eye[last_N * WORDS + said_N]


def trainer_of(*, gamma=0.5, tau=0.2, learning_rate=2e-3):
    critic = UtteranceCritic(Tabular(), torch.Generator().manual_seed(0))
    return CriticTrainer(critic, gamma=gamma, tau=tau, learning_rate=learning_rate, max_grad_norm=1.0)


def turns_of(rows, state_N, reply_N, row_N):
    return Turns(torch.tensor(rows), torch.tensor(row_N), torch.tensor(state_N), torch.tensor(reply_N))


def one_step(trainer, turns, most_tokens=1000, refuse_norm=1e4):
    targets = trainer.targets(turns, most_tokens=most_tokens)
    return trainer.step(turns, targets, most_tokens=most_tokens, refuse_norm=refuse_norm)


def fit(trainer, turns, steps=400):
    for _ in range(steps):
        one_step(trainer, turns)


def test_q_learns_the_reward_and_the_discounted_value_of_what_follows():
    reward_N, ends_N = torch.tensor([0.0, 1.0, 0.5]), torch.tensor([False, True, True])
    v_H_N = torch.tensor([[0.1, 0.6, 0.3], [0.2, 0.8, 0.4]])
    next_v_H_N = value_of_next(v_H_N)
    torch.testing.assert_close(next_v_H_N, torch.tensor([[0.6, 0.3, 0.0], [0.8, 0.4, 0.0]]))
    target_H_N = q_target(reward_N, next_v_H_N, ends_N, gamma=0.9)
    torch.testing.assert_close(target_H_N, torch.tensor([[0.54, 1.0, 0.5], [0.72, 1.0, 0.5]]))


def test_an_advantage_is_the_difference_of_the_smaller_q_and_the_smaller_v():
    values = TurnValues(torch.tensor([[0.9, 0.1], [0.7, 0.5]]), torch.tensor([[0.4, 0.3], [0.6, 0.2]]))
    torch.testing.assert_close(advantages(values), torch.tensor([0.3, -0.1]))


def test_values_go_back_turn_by_turn():
    """Turn 0: after token 1 say 2; turn 1: after token 3 say 4 and win. The policy would say the same."""
    taken = turns_of([[1, 2, 3, 4]], [0, 2], [1, 3], [0, 0])
    imagined = turns_of([[1, 2, 0, 0], [1, 2, 3, 4]], [0, 2], [1, 3], [0, 1])
    both = Imagined(taken, imagined, torch.tensor([0.0, 1.0]), torch.tensor([False, True]), torch.tensor([True, True]))
    trainer = trainer_of()
    fit(trainer, both)
    values = trainer.critic(taken)
    for value_H_N in (values.q_H_N, values.v_H_N):
        torch.testing.assert_close(value_H_N, torch.tensor([[0.5, 1.0]] * 2), atol=0.03, rtol=0)


def test_values_are_those_of_the_present_policy_whoever_played():
    """After token 1, 2 wins and 3 loses; both were played as often, but the policy now says 2 alone."""
    taken = turns_of([[1, 2], [1, 3]], [0, 0], [1, 1], [0, 1])
    imagined = turns_of([[1, 2], [1, 2]], [0, 0], [1, 1], [0, 1])
    both = Imagined(taken, imagined, torch.tensor([1.0, 0.0]), torch.tensor([True, True]), torch.tensor([True, True]))
    trainer = trainer_of()
    fit(trainer, both)
    values = trainer.critic(taken)
    torch.testing.assert_close(values.q_H_N, torch.tensor([[1.0, 0.0]] * 2), atol=0.03, rtol=0)
    torch.testing.assert_close(values.v_H_N, torch.tensor([[1.0, 1.0]] * 2), atol=0.03, rtol=0)


def test_nothing_is_learned_of_an_utterance_whose_consequence_nobody_saw():
    taken = turns_of([[1, 2]], [0], [1], [0])
    both = Imagined(taken, taken, torch.tensor([1.0]), torch.tensor([True]), torch.tensor([False]))
    trainer = trainer_of()
    metrics = one_step(trainer, both)
    assert metrics.q_loss == 0
    assert trainer.critic(taken).q_H_N.abs().max() == 0


def test_splitting_a_step_into_passes_changes_nothing():
    taken = turns_of([[1, 2, 3, 4], [5, 6, 0, 0]], [0, 2, 0], [1, 3, 1], [0, 0, 1])
    both = Imagined(
        taken,
        turns_of([[1, 2, 0, 0], [1, 2, 3, 4], [5, 7, 0, 0]], [0, 2, 0], [1, 3, 1], [0, 1, 2]),
        torch.tensor([0.0, 1.0, 0.5]),
        torch.tensor([False, True, True]),
        torch.tensor([True, True, True]),
    )
    losses = []
    for most_tokens in (4, 1000):
        trainer = trainer_of()
        losses.append([one_step(trainer, both, most_tokens).q_loss for _ in range(5)])
    assert losses[0] == pytest.approx(losses[1], rel=1e-5)
    assert losses[0][0] == pytest.approx(2 * (1 + 0.25) / 3)


def test_a_slow_copy_moves_by_steps_that_its_weights_cannot_show_one_by_one():
    critic = UtteranceCritic(Tabular(), torch.Generator().manual_seed(0)).bfloat16()
    with torch.no_grad():
        critic.encoder.scale.fill_(1.0)
        copy = SlowCopy(critic)
        critic.encoder.scale.fill_(1.0078125)  # the next bfloat16 after 1
    for _ in range(3):
        copy.follow(critic, 0.1)
    assert copy.module.encoder.scale == 1.0
    assert float(copy.get_state()[0]) == pytest.approx(1 + 0.0078125 * (1 - 0.9**3))
    for _ in range(7):
        copy.follow(critic, 0.1)
    assert float(copy.module.encoder.scale) == 1.0078125


def test_a_gradient_that_explodes_leaves_the_weights_and_says_so():
    taken = turns_of([[1, 2]], [0], [1], [0])
    both = Imagined(taken, taken, torch.tensor([1.0]), torch.tensor([True]), torch.tensor([True]))
    trainer = trainer_of()
    with pytest.raises(TrainingDiverged, match=r"lower learner\.critic_learning_rate"):
        one_step(trainer, both, refuse_norm=1e-9)
    assert trainer.critic(taken).q_H_N.abs().max() == 0
