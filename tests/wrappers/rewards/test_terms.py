from hypothesis import given
from hypothesis import strategies as st

from palaestra.wrappers.rewards import add_term

REWARDS = st.floats(-1e6, 1e6)


def test_the_first_term_is_the_environments_own():
    assert add_term(1.0, {"success": True}, "length", -0.25) == (
        0.75,
        {"success": True, "reward_terms": {"task": 1.0, "length": -0.25}},
    )


def test_the_terms_of_the_environment_stay():
    reward, info = add_term(3.0, {"reward_terms": {"reach": 1.0, "stay": 2.0}}, "length", -1.0)
    assert (reward, info["reward_terms"]) == (2.0, {"reach": 1.0, "stay": 2.0, "length": -1.0})


def test_terms_of_one_name_add_up():
    _, info = add_term(0.0, {}, "format", 0.5)
    assert add_term(0.5, info, "format", 0.25)[1]["reward_terms"] == {"task": 0.0, "format": 0.75}


def test_the_info_is_not_changed():
    info = {"reward_terms": {"task": 1.0}}
    add_term(1.0, info, "length", -1.0)
    assert info == {"reward_terms": {"task": 1.0}}


@given(REWARDS, st.lists(st.tuples(st.sampled_from("abc"), REWARDS), max_size=6))
def test_the_reward_is_exactly_the_sum_of_its_terms(reward, terms):
    info = {}
    for name, value in terms:
        reward, info = add_term(reward, info, name, value)
        assert sum(info["reward_terms"].values()) == reward
