from dataclasses import replace

from palaestra.agents.llm.filters import keep
from palaestra.agents.llm.types import Group
from palaestra.envs.core import Verdict

from .made_up import episode_of


def group(*returns: float) -> Group:
    return Group([episode_of([value]) for value in returns])


def test_groups_whose_returns_are_all_equal_are_dropped(config):
    mixed, solved, failed = group(0, 1), group(1, 1), group(0, 0)
    assert keep([solved, mixed, failed], replace(config, filters=("drop_uniform",))) == [mixed]


def test_what_could_not_be_graded_does_not_make_a_group_mixed(config):
    broken = group(0, 1)
    broken.episodes[1].verdict = Verdict.grader_error("broke")
    assert keep([broken], replace(config, filters=("drop_uniform",))) == []


def test_without_filters_everything_is_kept(config):
    groups = [group(1, 1)]
    assert keep(groups, config) == groups


def test_groups_that_differ_in_what_shapers_added_alone_can_be_dropped_too(config):
    solved, mixed = group(1.0, 0.9), group(1.0, -0.1)
    by_success = {"name": "drop_uniform", "by": "success"}
    assert keep([solved, mixed], replace(config, filters=("drop_uniform",))) == [solved, mixed]
    assert keep([solved, mixed], replace(config, filters=(by_success,))) == [mixed]
