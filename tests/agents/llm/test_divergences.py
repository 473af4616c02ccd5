import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from palaestra.agents.llm.divergences import k1, kl_estimate

P, Q = torch.tensor([0.5, 0.3, 0.2]), torch.tensor([0.2, 0.2, 0.6])


@pytest.mark.parametrize("estimate", [k1, kl_estimate])
def test_kl_estimates_average_to_the_divergence(estimate):
    expected = float((P * (P / Q).log()).sum())
    assert float((P * estimate(P.log(), Q.log())).sum()) == pytest.approx(expected, abs=1e-6)


@given(st.floats(-5, 0), st.floats(-5, 0))
def test_k3_is_never_negative(logp, other):
    assert float(kl_estimate(torch.tensor([logp]), torch.tensor([other]))) >= -1e-6
