import pytest

from palaestra.agents.llm.shaping.turns import failed_turns
from palaestra.agents.llm.types import Group

from ..made_up import episode_of


def test_a_failure_gains_for_every_turn_before_its_last_up_to_a_bound(config):
    failures = [episode_of([0.0] * turns) for turns in (1, 2, 4, 9)]
    success = episode_of([0.0, 0.0, 1.0])
    found = failed_turns([Group([*failures, success])], config, per_turn=0.05, most=0.2)
    assert found == [pytest.approx([0.0, 0.05, 0.15, 0.2, 0.0])]
