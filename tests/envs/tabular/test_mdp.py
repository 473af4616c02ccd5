import numpy as np
import pytest

from palaestra.envs.tabular.mdp import TabularMDP
from palaestra.envs.tabular.process import Outcome, Process, count_states


def dense(**changes):
    arguments = {
        "P_S_A_S": np.array([[[0.5, 0.5], [1.0, 0.0]], [[0.0, 1.0], [0.0, 1.0]]]),
        "R": np.array([[1.0, 2.0], [3.0, 4.0]]),
        "start_S": np.array([1.0, 0.0]),
        "horizon": 3,
    }
    return TabularMDP.from_dense(**(arguments | changes))


def test_dense_arrays_come_back_as_they_were():
    P_S_A_S = np.array([[[0.5, 0.5], [1.0, 0.0]], [[0.0, 1.0], [0.0, 1.0]]])
    R_S_A = np.array([[1.0, 2.0], [3.0, 4.0]])
    mdp = dense()
    np.testing.assert_array_equal(mdp.P_S_A_S, P_S_A_S)
    np.testing.assert_array_equal(mdp.R_S_A, R_S_A)
    assert (mdp.n_states, mdp.n_actions) == (2, 2)


def test_a_reward_may_depend_on_the_state_that_follows():
    R_S_A_S = np.array([[[10.0, 20.0], [0.0, 0.0]], [[0.0, 0.0], [0.0, 7.0]]])
    np.testing.assert_array_equal(dense(R=R_S_A_S).R_S_A, [[15.0, 0.0], [0.0, 7.0]])


def test_nothing_follows_a_terminal_state():
    mdp = dense(terminal_S=np.array([False, True]))
    assert not mdp.P_S_A_S[1].any()
    assert not mdp.R_S_A[1].any()


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"P_S_A_S": np.full((2, 2, 2), 0.4)}, "probability_S_A_K"),
        ({"P_S_A_S": np.array([[[1.5, -0.5], [1, 0]], [[0, 1], [0, 1]]])}, "probability_S_A_K"),
        ({"start_S": np.array([0.5, 0.4])}, "start_S"),
        ({"start_S": np.ones(3) / 3}, "start_S"),
        ({"horizon": 0}, "horizon"),
        ({"terminal_S": np.array([True, False])}, "terminal_S"),
    ],
)
def test_what_is_no_process_is_refused_by_name(changes, name):
    with pytest.raises(ValueError, match=name):
        dense(**changes)


def test_the_arrays_cannot_be_changed():
    with pytest.raises(ValueError, match="read-only"):
        dense().start_S[0] = 0.5


class Coin(Process):
    """Two actions: 0 stays, 1 flips a coin for a reward in the other state."""

    actions = ("stay", "flip")
    horizon = 4

    def starts(self):
        return [(1.0, "a")]

    def outcomes(self, state, action):
        other = "b" if state == "a" else "a"
        return [Outcome(1.0, state)] if action == 0 else [Outcome(0.5, other, 1.0), Outcome(0.5, state)]

    def features(self, state):
        return (float(state == "b"),)

    def picture(self, state):
        return ("A.",) if state == "a" else (".A",)


def test_without_sticky_actions_the_rules_are_the_arrays():
    counted = count_states(Coin(), 0.0)
    assert [state.state for state in counted.states] == ["a", "b"]
    np.testing.assert_array_equal(counted.mdp.P_S_A_S, [[[1, 0], [0.5, 0.5]], [[0, 1], [0.5, 0.5]]])
    np.testing.assert_array_equal(counted.mdp.R_S_A, [[0, 0.5], [0, 0.5]])
    np.testing.assert_array_equal(counted.features_S_F, [[0], [1]])


def test_a_sticky_action_is_carried_out_again():
    counted = count_states(Coin(), 0.25)
    index = {state: number for number, state in enumerate(counted.states)}
    first, after_flip = index[("a", None)], index[("a", 1)]
    P_S_A_S, R_S_A = counted.mdp.P_S_A_S, counted.mdp.R_S_A
    assert P_S_A_S[first, 0, index[("a", 0)]] == 1.0  # nothing to carry out again
    assert P_S_A_S[after_flip, 0, index[("a", 0)]] == 0.75
    assert P_S_A_S[after_flip, 0, index[("a", 1)]] == 0.125
    assert P_S_A_S[after_flip, 0, index[("b", 1)]] == 0.125
    assert R_S_A[after_flip].tolist() == [0.125, 0.5]
    assert counted.features_S_F[index[("b", 1)]].tolist() == [1.0, 0.0, 1.0]
