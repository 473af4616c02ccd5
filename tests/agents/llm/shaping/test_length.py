from dataclasses import replace

import pytest

from palaestra.agents.llm.shaping.length import brevity, overlong
from palaestra.agents.llm.types import Group

from ..made_up import episode_of


def group(*lengths: int, solved: bool = True) -> Group:
    return Group([episode_of([float(solved)], lengths=[length]) for length in lengths])


def test_the_overlong_penalty_grows_over_the_buffer_and_stops_at_the_limit(config):
    groups = [group(1, 6, 7, 9, 10), group(12)]
    found = overlong(groups, replace(config, max_new_tokens=10), buffer=0.4, penalty=2.0)
    assert found[0] == pytest.approx([0.0, 0.0, -0.5, -1.5, -2.0])
    assert found[1] == [-2.0]


def test_the_limit_of_several_turns_can_be_given(config):
    groups = [Group([episode_of([0.0, 0.0, 1.0], lengths=[4, 4, 1])])]
    assert overlong(groups, config, buffer=0.5, penalty=1.0, longest=12) == [[-0.5]]


@pytest.mark.parametrize("buffer", [-1.0, 0.0, 1.5])
def test_the_buffer_is_a_share_of_the_limit(config, buffer):
    with pytest.raises(ValueError, match="buffer must lie in"):
        overlong([], config, buffer=buffer)


def test_brevity_rewards_short_successes_and_punishes_long_failures(config):
    mixed = Group(group(2, 4, 6).episodes + group(2, 4, 6, solved=False).episodes)
    assert brevity([mixed], config, weight=0.2) == [pytest.approx([0.1, 0.0, -0.1, 0.0, 0.0, -0.1])]


def test_where_all_are_of_one_length_nobody_gains_from_brevity(config):
    assert brevity([group(3, 3), group(5)], config) == [[0.0, 0.0], [0.0]]
