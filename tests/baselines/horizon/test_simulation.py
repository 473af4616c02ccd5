import numpy as np
import pytest

from palaestra.baselines.horizon.simulation import _play, learned_policy, sampled_horizon
from palaestra.envs.tabular.solved import solved_process
from palaestra.envs.tabular.solvers import expected_return, policy_q, random_policy


def test_random_play_is_of_the_process():
    """Mean returns from each state and action are the random policy's values, within four standard errors."""
    solved = solved_process("combination_lock", 1, 0.25)
    play = _play(solved, np.zeros((0, solved.mdp.n_states), int), 20_000, np.random.default_rng(0))
    Q_T_S_A = policy_q(solved.mdp, random_policy(solved.mdp))
    at = play.at_step(2)
    for state in np.unique(at.observation_N):
        for action in range(3):
            returns = at.return_N[(at.observation_N == state) & (at.action_N == action)]
            error = returns.std() / np.sqrt(len(returns))
            assert abs(returns.mean() - Q_T_S_A[2, state, action]) <= 4 * error + 1e-9
    assert play.ended_N[play.step_N == solved.mdp.horizon - 1].all()


def test_the_beginning_follows_the_policy():
    solved = solved_process("chain", 0, 0.0)
    on = np.zeros((2, solved.mdp.n_states), int)
    play = _play(solved, on, 2000, np.random.default_rng(0))
    assert play.step_N.min() == 2
    at_end = solved.counted.states.index(next(s for s in solved.counted.states if s.state == 2))
    first = play.observation_N[play.step_N == 2]
    assert np.mean(first == at_end) == pytest.approx(0.8**2, abs=0.04)


@pytest.mark.parametrize(("depth", "solves"), [(1, False), (2, True)])
def test_a_lure_is_solved_with_two_steps_of_lookahead_alone(depth, solves):
    solved = solved_process("bandit_tree", 1, 0.25)
    policy = learned_policy(solved, depth, 20_000, np.random.default_rng(1))
    assert (expected_return(solved.mdp, policy) > 0.69) == solves


def test_easy_processes_need_fewer_episodes_than_hard_ones():
    easy = sampled_horizon(solved_process("combination_lock", 0, 0.25))
    hard = sampled_horizon(solved_process("chain", 0, 0.25))
    assert easy.episodes is not None
    assert hard.episodes is not None
    assert easy.episodes < hard.episodes
    assert easy.horizon == pytest.approx(np.log(easy.episodes) / np.log(3))


def test_what_is_not_enough_is_said_to_be_infinite():
    found = sampled_horizon(solved_process("frozen_grid", 1, 0.25), depths=(1,), runs=1, most=2)
    assert (found.episodes, found.horizon) == (None, np.inf)


def test_nothing_to_try_is_refused():
    with pytest.raises(ValueError, match="runs"):
        sampled_horizon(solved_process("chain", 0, 0.25), runs=0)
