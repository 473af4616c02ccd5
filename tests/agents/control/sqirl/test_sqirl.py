import gymnasium as gym
import numpy as np
import pytest
from stable_baselines3.common.callbacks import BaseCallback

from palaestra.agents.control import make_agent
from palaestra.agents.control.checkpoint import load_checkpoint, save_checkpoint
from palaestra.agents.control.sqirl import SQIRL
from palaestra.agents.evaluation import evaluate
from palaestra.envs.tabular.solved import solved_process
from palaestra.envs.tabular.solvers import expected_return


def make(process, *, level=0, n_envs=3, seed=0, **hyperparameters):
    hyperparameters = {"policy": "TablePolicy"} | hyperparameters
    return make_agent(
        "sqirl",
        lambda: gym.make(f"tabular/{process}-v0", level=level),
        n_envs=n_envs,
        seed=seed,
        device="cpu",
        **hyperparameters,
    )


def policy_of(agent, mdp):
    """What the agent does in every step and state, as policy_T_S_A."""
    policy_T_S_A = np.zeros((mdp.horizon, mdp.n_states, mdp.n_actions))
    states, state = np.arange(mdp.n_states), None
    for t in range(mdp.horizon):
        actions, state = agent.predict(states, state, deterministic=True)
        policy_T_S_A[t, states, actions] = 1.0
    return policy_T_S_A


def test_with_enough_episodes_a_process_of_one_step_of_lookahead_is_solved():
    solved = solved_process("signals", 0, 0.25)
    agent = make("Signals", episodes_per_timestep=400).learn(1600)
    assert expected_return(solved.mdp, policy_of(agent, solved.mdp)) == pytest.approx(solved.optimal_return)


class Lure(gym.Env):
    """A choice, and another: left pays 0.6 or 0.7, right 0 or 1; random play earns 0.65 and 0.5."""

    observation_space = gym.spaces.Discrete(4)
    action_space = gym.spaces.Discrete(2)
    pays = ((0.6, 0.7), (0.0, 1.0))

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self.place = 0
        return 0, {}

    def step(self, action):
        if self.place == 0:
            self.place = 1 + int(action)
            return self.place, 0.0, False, False, {}
        return 3, self.pays[self.place - 1][int(action)], True, False, {}


@pytest.mark.parametrize("seed", [0, 1])
@pytest.mark.parametrize(("depth", "earned"), [(1, 0.7), (2, 1.0)])
def test_a_lure_is_followed_with_one_step_of_lookahead_and_not_with_two(depth, earned, seed):
    agent = make_agent(
        "sqirl", Lure, policy="TablePolicy", planning_depth=depth, episodes_per_timestep=200, seed=seed, device="cpu"
    ).learn(800)
    env, state, returned, over = Lure(), None, 0.0, False
    observation, _ = env.reset()
    while not over:
        action, state = agent.predict(np.int64(observation), state, deterministic=True)
        observation, reward, over, _, _ = env.step(action)
        returned += reward
    assert returned == earned


def test_a_network_solves_a_process_of_one_step_of_lookahead():
    solved = solved_process("combination_lock", 0, 0.25)
    agent = make(
        "CombinationLock",
        policy="MlpPolicy",
        episodes_per_timestep=300,
        n_epochs=20,
        learning_rate=1e-2,
        policy_kwargs={"net_arch": [32]},
    ).learn(1200)
    assert expected_return(solved.mdp, policy_of(agent, solved.mdp)) == pytest.approx(solved.optimal_return)


def test_defaults_are_those_of_the_authors():
    agent = make("Chain", policy="MlpPolicy")
    assert (agent.learning_rate, agent.batch_size, agent.n_epochs) == (1e-4, 256, 1)
    assert (agent.episodes_per_timestep, agent.planning_depth, agent.gamma) == (1, 1, 1.0)


class Watch(BaseCallback):
    """Notes episodes per step and fits at the beginning of every collection; checkpoints at one of them."""

    def __init__(self, folder=None, at=0):
        super().__init__()
        self.folder, self.at, self.seen, self.episodes = folder, at, [], 0

    def _on_step(self):
        self.episodes += int(sum(self.locals["dones"]))
        return True

    def _on_rollout_start(self):
        if self.folder is not None and len(self.seen) == self.at:
            save_checkpoint(self.model, self.folder)
        self.seen.append((self.model.episodes_of_pass, len(self.model.fitted), self.episodes))


def test_every_step_collects_its_episodes_and_every_pass_more_of_them():
    watch = Watch()
    make("Signals", episodes_per_timestep=5, n_envs=2, growth=3.0).learn(100, callback=watch)
    # two steps an episode: five episodes for each of two steps, then fifteen
    assert watch.seen[:4] == [(5, 0, 0), (5, 1, 5), (15, 0, 10), (15, 1, 25)]


def test_the_budget_is_kept():
    agent = make("Signals", episodes_per_timestep=30, n_envs=3).learn(200)
    assert 200 <= agent.num_timesteps < 203


def test_the_same_seed_learns_the_same_and_another_does_not():
    agents = [make("Chain", seed=seed).learn(400) for seed in (1, 1, 2)]
    fits = [np.concatenate([np.asarray(q) for q in agent.finished]) for agent in agents]
    assert np.array_equal(fits[0], fits[1])
    assert fits[0].shape != fits[2].shape or not np.array_equal(fits[0], fits[2])


@pytest.mark.parametrize("policy", ["TablePolicy", "MlpPolicy"])
def test_a_saved_agent_acts_alike(policy, tmp_path):
    agent = make("Queue", policy=policy).learn(300)
    agent.save(tmp_path / "agent")
    loaded = SQIRL.load(tmp_path / "agent", device="cpu")
    mdp = solved_process("queue", 0, 0.25).mdp
    assert np.array_equal(policy_of(agent, mdp), policy_of(loaded, mdp))


@pytest.mark.parametrize("policy", ["TablePolicy", "MlpPolicy"])
def test_a_resumed_agent_comes_to_the_same(policy, tmp_path):
    straight = make("Queue", policy=policy, planning_depth=2)
    straight.learn(600, callback=Watch(tmp_path, at=9))
    resumed = make("Queue", policy=policy, planning_depth=2, seed=5)
    load_checkpoint(resumed, tmp_path)
    assert 0 < resumed.num_timesteps < 600
    resumed.learn(600 - resumed.num_timesteps, reset_num_timesteps=False)
    assert resumed.num_timesteps == straight.num_timesteps
    assert resumed.episodes_of_pass == straight.episodes_of_pass
    for one, other in zip(straight.finished, resumed.finished, strict=True):
        for a, b in zip(_arrays(one), _arrays(other), strict=True):
            assert np.array_equal(a, b)


def _arrays(fitted):
    return list(fitted.values()) if isinstance(fitted, dict) else [fitted]


def test_evaluation_tells_it_where_episodes_begin():
    agent = make("CombinationLock", level=1, episodes_per_timestep=60).learn(2600)
    records = evaluate(agent, "tabular/CombinationLock-v0", range(40), level=1, batch_size=7, deterministic=True)
    alone = evaluate(agent, "tabular/CombinationLock-v0", range(40), level=1, batch_size=1, deterministic=True)
    assert [record.episode_return for record in records] == [record.episode_return for record in alone]
    assert np.mean([record.episode_return for record in records]) > 0.7


def test_one_observation_gets_one_action():
    agent = make("Chain").learn(100)
    action, state = agent.predict(np.int64(0), deterministic=True)
    assert agent.action_space.contains(action)
    assert state[0].tolist() == [1]


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        ({"planning_depth": 0}, "planning_depth"),
        ({"episodes_per_timestep": 0}, "episodes_per_timestep"),
        ({"growth": 0.5}, "growth"),
        ({"gamma": 0.0}, "gamma"),
        ({"planing_depth": 2}, "did you mean"),
    ],
)
def test_bad_arguments_are_refused_by_name(arguments, name):
    with pytest.raises(ValueError, match=name):
        make("Chain", **arguments)


def test_continuous_actions_are_refused():
    with pytest.raises(ValueError, match="action space"):
        make_agent("sqirl", "robot/Reach-v0", device="cpu")
