from hypothesis import given
from hypothesis import strategies as st

from palaestra.agents.llm.random_policy import best_reward, greedy_reward, random_policy_value

TREES = st.recursive(
    st.sampled_from([0.0, 0.0, 0.0, 1.0]), lambda children: st.lists(children, min_size=1, max_size=3), max_leaves=60
)


def test_the_value_of_a_node_is_the_mean_of_its_childrens():
    assert random_policy_value([[1.0, 0.0], 0.0, [0.0, [0.0, 1.0]]]) == (1 / 2 + 0 + 1 / 4) / 3


@given(TREES)
def test_greedy_on_the_random_policys_values_solves_every_tree_that_can_be_solved(tree):
    assert greedy_reward(tree) == best_reward(tree)


def test_with_graded_rewards_many_small_ones_may_outweigh_the_largest():
    tree = [[0.6, 0.6], [1.0, 0.0]]
    assert (greedy_reward(tree), best_reward(tree)) == (0.6, 1.0)
