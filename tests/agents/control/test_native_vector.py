import gymnasium as gym
import numpy as np
import pytest
from stable_baselines3.common.logger import Logger
from stable_baselines3.common.monitor import Monitor
from stable_baselines3.common.vec_env import DummyVecEnv

import palaestra  # noqa: F401  (registers the environments)
from palaestra.agents.control import make_agent
from palaestra.agents.control.monitor import EpisodeMonitor
from palaestra.agents.control.native_vector import NativeVecEnv
from palaestra.agents.environments import RegisteredEnvironment

from .resuming import Metrics

SHORT = {"clip": "jump", "start": "random", "end_on_fall": True}
AGENTS = {
    "ppo": {"n_steps": 32, "batch_size": 32, "n_epochs": 2},
    "sac": {"learning_starts": 100, "train_freq": 4, "batch_size": 32, "buffer_size": 1000},
}


def together(make_env, n_envs):
    return NativeVecEnv(make_env.make_vector(n_envs, one_thread=True))


def one_by_one(make_env, n_envs):
    return DummyVecEnv([lambda: EpisodeMonitor(make_env())] * n_envs)


def plain(value):
    """What a step returned, with types and without the clock of the monitor."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items() if key != "t"}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return (value.dtype, value.shape, value.tobytes()) if isinstance(value, np.ndarray) else (type(value), value)


@pytest.mark.parametrize(
    ("id", "kwargs"),
    [
        ("robot/Reach-v0", {"level": 1}),
        ("robot/Mimic-v0", SHORT),
        ("robot/SafeVelocity-v0", {}),
        ("tabular/Taxi-v0", {}),
    ],
)
def test_every_step_is_that_of_monitored_environments_one_by_one(id, kwargs):
    make_env = RegisteredEnvironment(id, kwargs)
    native, single = together(make_env, 3), one_by_one(make_env, 3)
    for venv in (native, single):
        venv.seed(5)
    assert plain(native.reset()) == plain(single.reset())
    native.action_space.seed(0)
    ended = 0
    for _ in range(90):
        actions = np.stack([native.action_space.sample() for _ in range(3)])
        stepped = native.step(actions)
        assert plain(stepped) == plain(single.step(actions))
        assert native.reset_infos == single.reset_infos
        ended += int(stepped[2].sum())
    assert ended >= 3


@pytest.mark.parametrize("name", AGENTS)
def test_an_agent_learns_the_same_to_the_last_digit_either_way(name):
    def trained(env):
        agent = make_agent(name, env, n_envs=4, seed=3, device="cpu", policy_kwargs={"net_arch": [16]}, **AGENTS[name])
        metrics = Metrics()
        agent.set_logger(Logger(None, [metrics]))
        agent.learn(640, log_interval=1)
        weights = {key: tensor.numpy().tobytes() for key, tensor in agent.policy.state_dict().items()}
        return agent, weights, metrics.after(-1)

    native, native_weights, native_metrics = trained("robot/Reach-v0")
    single, single_weights, single_metrics = trained(lambda: gym.make("robot/Reach-v0"))
    assert isinstance(native.env, NativeVecEnv)
    assert isinstance(single.env, DummyVecEnv)
    assert native_weights == single_weights
    assert len(native_metrics) > 1
    assert native_metrics == single_metrics


@pytest.mark.parametrize(
    "make_env",
    [
        RegisteredEnvironment("robot/Mimic-v0", wrappers=(("reference_state", {}),)),
        RegisteredEnvironment("robot/Reach-v0", {"max_episode_steps": 5}),
        RegisteredEnvironment("CartPole-v1"),
        RegisteredEnvironment("text/GuessNumber-v0"),
    ],
    ids=lambda make_env: make_env.id,
)
def test_what_has_a_wrapper_or_no_vector_of_this_package_is_stepped_one_by_one(make_env):
    assert make_env.make_vector(2, one_thread=True) is None


def test_pictures_are_the_same_either_way():
    make_env = RegisteredEnvironment("robot/Reach-v0", {"observation": "both", "pixels": 16})
    native, single = together(make_env, 2), one_by_one(make_env, 2)
    for venv in (native, single):
        venv.seed(1)
    assert plain(native.reset()) == plain(single.reset())
    assert plain(native.step(np.zeros((2, 4), np.float32))) == plain(single.step(np.zeros((2, 4), np.float32)))


def test_methods_and_attributes_of_the_vector_stand_for_those_of_each_environment():
    native = together(RegisteredEnvironment("robot/Reach-v0", {"level": 2}), 3)
    native.reset()
    assert len(native.env_method("oracle")) == 3
    assert len(native.env_method("oracle", indices=[1])) == 1
    assert native.get_attr("unwrapped")[2].spec.kwargs == {"level": 2}
    assert not native.has_attr("action_masks")
    assert native.env_is_wrapped(Monitor) == [True] * 3
    with pytest.raises(AttributeError, match="hand in a function that makes an environment"):
        native.set_attr("level", 1)


def test_options_are_for_all_environments():
    native = together(RegisteredEnvironment("robot/Reach-v0"), 2)
    native.set_options({"level": 2})
    native.reset()
    assert [info["task"].level for info in native.reset_infos] == [2, 2]
    native.set_options([{"level": 2}, {}])
    with pytest.raises(ValueError, match="must be the same for all"):
        native.reset()


def test_a_vector_that_begins_episodes_by_itself_is_refused():
    with pytest.raises(ValueError, match="must have the autoreset mode"):
        NativeVecEnv(gym.make_vec("robot/Reach-v0", num_envs=2))


def test_a_snapshot_of_other_environments_is_refused():
    native = together(RegisteredEnvironment("robot/Reach-v0"), 2)
    native.reset()
    with pytest.raises(ValueError, match="must be of 2 environments stepped natively, got of 3"):
        native.set_state(together(RegisteredEnvironment("robot/Reach-v0"), 3).get_state())
