import pytest
from hypothesis import given
from hypothesis import strategies as st

from palaestra.baselines.leaderboard import SettingId
from palaestra.baselines.leaderboard.comparisons import compare, connected, shared_settings

A, B, C, D = (SettingId(name, "") for name in "ABCD")
COVERAGE = st.dictionaries(st.sampled_from("pqrst"), st.frozensets(st.sampled_from([A, B, C, D])), max_size=5)


def found(**coverage):
    return shared_settings({label: frozenset(settings) for label, settings in coverage.items()})


def test_agents_with_the_same_settings_are_one_comparison():
    assert found(p=[A, B], q=[A, B]) == [([A, B], ["p", "q"])]


def test_agents_that_speak_and_agents_that_move_are_two():
    assert found(p=[A, B], q=[A, B], r=[C], s=[C]) == [([A, B], ["p", "q"]), ([C], ["r", "s"])]


def test_an_agent_with_one_setting_does_not_take_the_others_away():
    assert found(p=[A, B, C], q=[A, B, C], r=[A]) == [([A, B, C], ["p", "q"]), ([A], ["p", "q", "r"])]


def test_agents_that_overlap_are_compared_where_they_do():
    assert found(p=[A, B], q=[B, C]) == [([B], ["p", "q"])]


def test_an_agent_alone_is_shown_alone():
    assert found(p=[A, B], q=[C]) == [([A, B], ["p"]), ([C], ["q"])]


def test_nothing_has_no_comparison():
    assert found() == []
    assert found(p=[]) == []


@given(COVERAGE)
def test_every_agent_with_a_setting_stands_somewhere_and_has_all_settings_it_is_compared_over(coverage):
    comparisons = shared_settings(coverage)
    assert {label for _, labels in comparisons for label in labels} == {p for p, has in coverage.items() if has}
    for settings, labels in comparisons:
        assert labels == sorted(label for label in coverage if set(settings) <= coverage[label])
    assert len({tuple(settings) for settings, _ in comparisons}) == len(comparisons)


@given(COVERAGE)
def test_groups_share_no_setting_and_lose_no_agent(coverage):
    groups = connected(coverage)
    assert sorted(label for group in groups for label in group) == sorted(coverage)
    settings = [frozenset().union(*(coverage[label] for label in group)) for group in groups]
    assert sum(map(len, settings)) == len(frozenset().union(*settings))


def test_profiles_share_thresholds_that_a_run_gone_astray_does_not_stretch():
    scores = {"p": {A: {0: -500.0, 1: 0.5}}, "q": {A: {0: 1.2, 1: 0.5}}}
    comparison = compare(scores, ["p", "q"], [A])
    for entry in comparison.entries:
        thresholds_K = entry.run_profile.thresholds_K
        assert (thresholds_K[0], thresholds_K[-1]) == pytest.approx((-1, 1.2))
