import pytest

from palaestra.agents.llm import LLMConfig
from palaestra.agents.llm.schedule import learning_rate_at


@pytest.mark.parametrize(("done", "expected"), [(0.0, 1e-3), (0.25, 8e-4), (1.0, 2e-4), (1.5, 2e-4)])
def test_the_learning_rate_falls_in_a_straight_line_to_its_final_value(done, expected):
    config = LLMConfig(learning_rate=1e-3, final_learning_rate=2e-4)
    assert learning_rate_at(done, config) == pytest.approx(expected)


def test_without_a_final_value_it_stays():
    assert learning_rate_at(0.9, LLMConfig(learning_rate=1e-3)) == 1e-3
