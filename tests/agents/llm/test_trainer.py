import copy
import math
from dataclasses import replace

import pytest
import torch

from palaestra.agents.errors import TrainingDiverged
from palaestra.agents.llm import LLMConfig, Policy
from palaestra.agents.llm.advantages import ADVANTAGES
from palaestra.agents.llm.metrics import update_metrics
from palaestra.agents.llm.objectives import OBJECTIVES, ObjectiveOutputs, register_objective
from palaestra.agents.llm.optimizer import MasterAdamW
from palaestra.agents.llm.tiny import build_tiny
from palaestra.agents.llm.trainer import Trainer, micro_batches, score
from palaestra.agents.llm.types import Batch, Episode, Group, Segment, StopReason, collate
from palaestra.envs.core import Verdict

from .conftest import SMALL, TEXTS
from .made_up import episode_of


def batch_for(policy: Policy, returns: list[float], *, verdicts: list[Verdict | None] | None = None) -> Batch:
    """One group: the same prompt, replies of different length, log-probabilities as the policy has them now."""
    replies = [[6, 7], [8], [9, 10, 11], [12, 13]]
    episodes = []
    for index, total in enumerate(returns):
        prompt, reply = [2, 20, 4], replies[index % len(replies)]
        with torch.no_grad():
            logits_T_V = policy.model(torch.tensor([prompt + reply])).logits[0].float()
        logp = logits_T_V.log_softmax(-1)[2:-1].gather(-1, torch.tensor(reply)[:, None]).squeeze(-1)
        segment = Segment.turn(prompt, reply, turn=0, logp=logp.tolist())
        verdict = verdicts[index] if verdicts else None
        episodes.append(Episode(segment, [total], [{}], total > 0, verdict, StopReason.TERMINATED, seed=0))
    return collate([Group(episodes)], pad_token=policy.pad_token)


def update(policy: Policy, config: LLMConfig, batch: Batch, *, learning_rate: float = 1e-2, reference=None):
    if reference is not None:
        batch.reference_logp_B_T = score(reference, batch, torch.arange(len(batch)), config)
    trainer = Trainer(policy, MasterAdamW(policy.parameters(), learning_rate=learning_rate))
    return train(trainer, batch, config, learning_rate=learning_rate)


def train(trainer: Trainer, batch: Batch, config: LLMConfig, *, learning_rate: float):
    advantage_B_T = ADVANTAGES.bind(config.advantage)(batch, config)
    generator = torch.Generator().manual_seed(0)
    return trainer.update(batch, advantage_B_T, config, learning_rate=learning_rate, generator=generator)


def logp_of(policy: Policy, batch: Batch) -> torch.Tensor:
    """Log-probability of each episode's reply."""
    with torch.no_grad():
        own = policy.own_tokens(batch.tokens_B_T, batch.own_B_T, temperature=1.0)
    logp_B_T = torch.zeros(batch.own_B_T.shape)
    logp_B_T[batch.own_B_T] = own.logp_N
    return logp_B_T.sum(-1)


def gradients(policy: Policy) -> torch.Tensor:
    return torch.cat([parameter.grad.flatten() for parameter in policy.parameters()])


def test_an_update_makes_the_better_reply_likelier_than_the_worse(policy, config):
    batch = batch_for(policy, [1.0, 0.0, 0.0, 0.0])
    before = logp_of(policy, batch)
    update(policy, config, batch)
    change_B = logp_of(policy, batch) - before
    assert change_B[0] > 0.1
    assert change_B[1:].mean() < -0.1


def test_the_gradient_is_that_of_the_policy_gradient_theorem(policy, config, monkeypatch):
    batch = batch_for(policy, [1.0, 0.0, 0.0, 0.0])
    seen = {}
    monkeypatch.setattr(
        MasterAdamW, "step", lambda self, **_: seen.setdefault("gradient", gradients(policy)) is None or 0.0
    )
    update(policy, replace(config, advantage="grpo_mean"), batch)
    policy.model.zero_grad()
    own = policy.own_tokens(batch.tokens_B_T, batch.own_B_T, temperature=1.0)
    advantage_B = torch.tensor([0.75, -0.25, -0.25, -0.25])
    advantage_N = (advantage_B[:, None] * batch.own_B_T)[batch.own_B_T]
    (-(advantage_N * own.logp_N).sum() / 8).backward()  # 8 own tokens
    torch.testing.assert_close(seen["gradient"], gradients(policy), atol=1e-6, rtol=1e-4)


def test_micro_batches_give_the_gradient_of_the_whole(policy, config, monkeypatch):
    found = []
    monkeypatch.setattr(MasterAdamW, "step", lambda self, **_: found.append(gradients(policy)) or 0.0)
    for most_tokens in (10_000, 1):
        policy.model.zero_grad()
        batch = batch_for(policy, [1.0, 0.0, 0.5, 0.0])
        update(policy, replace(config, micro_batch_tokens=most_tokens, entropy_coef=0.1), batch)
    torch.testing.assert_close(found[0], found[1], atol=1e-6, rtol=1e-4)


@pytest.mark.parametrize("whole_groups", [False, True])
def test_micro_batches_leave_out_what_nobody_said_a_word_in(whole_groups):
    batch = collate([Group([episode_of([0.0], lengths=[0])] * 2), Group([episode_of([1.0])] * 2)], pad_token=0)
    parts = list(micro_batches(batch, torch.arange(4), 1, whole_groups=whole_groups))
    assert torch.cat(parts).tolist() == [2, 3]


def test_the_sampler_and_the_trainer_agree_so_nothing_is_clipped(policy, config):
    metrics = update(policy, config, batch_for(policy, [1.0, 0.0, 0.0, 0.0]))
    assert metrics.clip_fraction == 0
    assert abs(metrics.kl_sampler) < 1e-6


def test_stale_samples_are_seen_in_the_divergence_and_clipped(policy, config):
    batch = batch_for(policy, [1.0, 0.0, 0.0, 0.0])
    metrics = update(policy, replace(config, epochs=8), batch)
    assert metrics.kl_sampler > 1e-3
    assert metrics.clip_fraction > 0


def test_an_entropy_bonus_opens_up_a_policy_that_is_sure_of_itself(config):
    entropies = []
    for coefficient in (0.0, 1.0):
        policy = build_tiny(TEXTS, SMALL, seed=0, device="cpu", precision="float32")
        with torch.no_grad():
            policy.model.get_output_embeddings().weight.mul_(20)
        config = replace(config, advantage="grpo_mean", entropy_coef=coefficient, epochs=20)
        entropies.append(update(policy, config, batch_for(policy, [1e-6, 0.0, 0.0, 0.0])).entropy)
    assert entropies[1] > entropies[0] + 0.3


def test_a_reference_is_measured_and_held_on_to(config):
    distances = []
    for coefficient in (1e-6, 100.0):
        policy, reference = (build_tiny(TEXTS, SMALL, seed=0, device="cpu", precision="float32") for _ in range(2))
        batch = batch_for(policy, [1.0, 0.0, 0.0, 0.0])
        metrics = update(policy, replace(config, kl_coef=coefficient, epochs=20), batch, reference=reference)
        distances.append(metrics.kl_reference)
    assert distances[0] > 4 * distances[1] > 0


def test_a_group_that_agrees_changes_nothing(policy, config):
    before = [parameter.detach().clone() for parameter in policy.parameters()]
    metrics = update(policy, config, batch_for(policy, [1.0, 1.0, 1.0, 1.0]))
    assert metrics.signal_fraction == 0
    assert all(torch.equal(a, b) for a, b in zip(before, policy.parameters(), strict=True))


def test_an_episode_whose_grader_broke_is_left_out(policy, config):
    broken = [None, None, None, Verdict.grader_error("broke")]
    batch = batch_for(policy, [1.0, 0.0, 0.0, 0.0], verdicts=broken)
    assert update(policy, config, batch).signal_fraction == 0.75


def test_a_loss_that_is_not_a_number_stops_training_with_the_weights_as_they_were(policy, config):
    before = [parameter.detach().clone() for parameter in policy.parameters()]
    batch = batch_for(policy, [1.0, 0.0, 0.0, 0.0])
    batch.logp_B_T[0, 3] = math.nan
    with pytest.raises(TrainingDiverged, match="the loss is nan"):
        update(policy, config, batch)
    assert all(torch.equal(a, b) for a, b in zip(before, policy.parameters(), strict=True))


def test_an_exploding_gradient_stops_training_with_the_weights_as_they_were(policy, config):
    before = [parameter.detach().clone() for parameter in policy.parameters()]
    with pytest.raises(TrainingDiverged, match="divergence_grad_norm"):
        update(policy, replace(config, divergence_grad_norm=1e-6), batch_for(policy, [1.0, 0.0, 0.0, 0.0]))
    assert all(torch.equal(a, b) for a, b in zip(before, policy.parameters(), strict=True))


def test_a_group_that_agrees_is_still_held_to_the_reference_and_counts_in_the_denominator(config):
    def two_groups(policy: Policy) -> Batch:
        batch = batch_for(policy, [1.0, 0.0, 1.0, 1.0])
        batch.group_B = torch.tensor([0, 0, 1, 1])
        return batch

    policy, reference = (build_tiny(TEXTS, SMALL, seed=seed, device="cpu", precision="float32") for seed in (0, 1))
    metrics = update(policy, replace(config, kl_coef=0.1), two_groups(policy), reference=reference)
    assert metrics.tokens == sum((5, 4, 6, 5))
    policy = build_tiny(TEXTS, SMALL, seed=0, device="cpu", precision="float32")
    assert update(policy, config, two_groups(policy)).tokens == sum((5, 4))


def test_what_was_not_measured_is_not_a_number_and_not_logged(policy, config):
    metrics = update(policy, config, batch_for(policy, [1.0, 1.0, 1.0, 1.0]))
    assert math.isnan(metrics.entropy)
    assert set(update_metrics(metrics)) == {"train/signal_fraction", "train/tokens", "train/optimizer_steps"}


def test_staleness_is_the_mean_number_of_steps_since_sampling(policy, config):
    batch = batch_for(policy, [1.0, 0.0, 0.0, 0.0])
    assert update(policy, config, batch).staleness == 0
    stale = update(policy, replace(config, epochs=2, minibatches=2), batch_for(policy, [1.0, 0.0, 0.0, 0.0]))
    assert (stale.optimizer_steps, stale.staleness) == (4, 1.5)


def test_a_failed_update_leaves_no_gradient_behind(policy, config):
    trainer = Trainer(policy, MasterAdamW(policy.parameters(), learning_rate=1e-2))
    poisoned, good = batch_for(policy, [1.0, 0.0, 0.0, 0.0]), batch_for(policy, [1.0, 0.0, 0.0, 0.0])
    poisoned.logp_B_T[0, 3] = math.nan
    with pytest.raises(TrainingDiverged):
        train(trainer, poisoned, config, learning_rate=1e-2)
    metrics = train(trainer, good, config, learning_rate=1e-2)
    assert math.isfinite(metrics.loss)


def test_an_objective_may_ask_for_the_mean_change_over_the_vocabulary(policy, config, monkeypatch):
    monkeypatch.setattr(OBJECTIVES, "_functions", dict(OBJECTIVES._functions))
    batch, before = batch_for(policy, [1.0, 0.0, 0.0, 0.0]), copy.deepcopy(policy)
    found = []

    def mean_over_vocabulary(of: Policy) -> torch.Tensor:
        with torch.no_grad():
            return of.model(batch.tokens_B_T).logits[:, :-1].log_softmax(-1).mean(-1)[batch.own_B_T[:, 1:]]

    @register_objective("curious", every_episode=True, vocabulary_mean=True)
    def curious(inputs, config):
        change_N = mean_over_vocabulary(policy) - mean_over_vocabulary(before)
        found.append((inputs.vocabulary_mean_N.sort().values, change_N.sort().values))  # rows may be reordered
        return ObjectiveOutputs(-inputs.advantage_N * inputs.logp_N)

    update(policy, replace(config, objective="curious", epochs=2), batch)
    (first, _), (second, expected) = found
    assert not first.any()
    assert expected.abs().max() > 0.005
    torch.testing.assert_close(second, expected, atol=1e-5, rtol=0)
