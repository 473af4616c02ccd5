import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from palaestra.agents.llm.divergences import k1, k2, kl_estimate

P, Q = torch.tensor([0.5, 0.3, 0.2]), torch.tensor([0.2, 0.2, 0.6])


@pytest.mark.parametrize("estimate", [k1, kl_estimate])
def test_kl_estimates_average_to_the_divergence(estimate):
    expected = float((P * (P / Q).log()).sum())
    assert float((P * estimate(P.log(), Q.log())).sum()) == pytest.approx(expected, abs=1e-6)


@given(st.floats(-5, 0), st.floats(-5, 0))
def test_k3_is_never_negative(logp, other):
    assert float(kl_estimate(torch.tensor([logp]), torch.tensor([other]))) >= -1e-6


def kl(p, q):
    return (p * (p / q).log()).sum()


@pytest.mark.parametrize(
    ("estimate", "divergence"),
    [(k1, lambda p: 0 * p.sum()), (k2, lambda p: kl(p, Q)), (kl_estimate, lambda p: kl(Q, p))],
    ids=["k1 has none", "k2 has that of the reverse KL", "k3 has that of the forward KL"],
)
def test_the_mean_gradient_of_an_estimate_as_a_loss(estimate, divergence):
    def gradient(loss_of):
        logits = P.log().requires_grad_()
        loss_of(logits.softmax(0)).backward()
        return logits.grad

    found = gradient(lambda p: (p.detach() * estimate(p.log(), Q.log())).sum())
    torch.testing.assert_close(found, gradient(divergence), atol=1e-6, rtol=0)
