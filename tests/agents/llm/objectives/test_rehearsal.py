import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from palaestra.agents.llm import LLMConfig
from palaestra.agents.llm.objectives import needs_of
from palaestra.agents.llm.objectives.clip import ppo_clip
from palaestra.agents.llm.objectives.rehearsal import f_divergence, rehearsal
from palaestra.agents.llm.types import SOURCES, Source

from ..made_up import inputs_of

POLICY, REHEARSED = SOURCES.index(Source.POLICY), SOURCES.index(Source.REHEARSAL)
P, Q = torch.tensor([0.5, 0.3, 0.2]), torch.tensor([0.2, 0.2, 0.6])
NAMES = ["forward_kl", "jensen_shannon", "alpha"]


def kl(p, q):
    return float((p * (p / q).log()).sum())


def mean_over_q(name, **settings):
    return float((Q * f_divergence((P / Q).log(), name, **settings)).sum())


def test_the_means_over_samples_of_q_are_the_divergences():
    mixture = (P + Q) / 2
    assert mean_over_q("forward_kl") == pytest.approx(kl(Q, P), abs=1e-6)
    assert mean_over_q("jensen_shannon") == pytest.approx(kl(P, mixture) + kl(Q, mixture), abs=1e-6)
    assert mean_over_q("alpha", alpha=0.99) == pytest.approx(kl(Q, P), abs=0.01)
    assert mean_over_q("alpha", alpha=0.01) == pytest.approx(kl(P, Q), abs=0.01)


def test_the_generators_by_hand_where_the_policy_became_twice_as_sure():
    log_2 = torch.tensor([math.log(2)])
    assert float(f_divergence(log_2, "forward_kl")) == pytest.approx(1 - math.log(2))
    assert float(f_divergence(log_2, "jensen_shannon")) == pytest.approx(2 * math.log(2) - 3 * math.log(1.5))
    assert float(f_divergence(log_2, "alpha", alpha=0.2)) == pytest.approx((2**0.8 - 0.8 * 2 - 0.2) / (0.2 * -0.8))


@pytest.mark.parametrize("name", NAMES)
@given(log_ratio=st.floats(-60, 60))
def test_they_are_never_negative_and_finite_and_flat_where_nothing_changed(name, log_ratio):
    logp = torch.tensor([log_ratio, 0.0], requires_grad=True)
    value = f_divergence(logp, name)
    value.sum().backward()
    assert (value >= -1e-5).all()
    assert value.isfinite().all()
    assert logp.grad is not None
    assert logp.grad.isfinite().all()
    assert float(logp.grad[1]) == pytest.approx(0, abs=1e-6)


def test_alpha_lies_between_the_two_divergences_of_kullback_and_leibler():
    with pytest.raises(ValueError, match="alpha must lie strictly between 0 and 1, got 1"):
        f_divergence(torch.zeros(1), "alpha", alpha=1.0)


def test_rehearsed_tokens_are_held_to_what_was_stored_and_all_others_have_the_other_objective():
    values = {"old_logp": [-1.0, -2.0], "sources": [POLICY, REHEARSED]}
    inputs = inputs_of([-0.5, -1.0], [1.0, 7.0], **values)
    outputs = rehearsal(inputs, LLMConfig(), divergence="forward_kl", coef=0.1)
    alone = ppo_clip(inputs_of([-0.5, -1.0], [1.0, 7.0], **values), LLMConfig())
    expected = [float(alone.loss_N[0].detach()), 0.1 * (math.e - 2)]
    torch.testing.assert_close(outputs.loss_N.detach(), torch.tensor(expected))
    assert outputs.clipped_N is not None
    assert outputs.clipped_N.tolist() == [True, False]


def test_episodes_without_advantage_are_read_since_all_that_is_rehearsed_succeeded():
    assert needs_of({"name": "rehearsal", "divergence": "alpha"}).every_episode


@pytest.mark.parametrize("otherwise", ["pacs", {"name": "dpo", "beta": 0.5}, "rover"])
def test_an_objective_that_asks_for_more_than_tokens_cannot_stand_beside_rehearsal(otherwise):
    with pytest.raises(ValueError, match="otherwise must not need whole groups, a reference or old weights"):
        rehearsal(inputs_of([-0.5], [1.0]), LLMConfig(), otherwise=otherwise)
