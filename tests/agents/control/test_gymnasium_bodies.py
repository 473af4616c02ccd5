import pytest

from palaestra.agents.control import make_agent
from palaestra.agents.control.native_vector import NativeVecEnv
from palaestra.agents.environments import RegisteredEnvironment
from palaestra.wrappers.bodies import NATIVE_BODIES

COSTLY = (("gymnasium_body", {"cost": "velocity"}),)


@pytest.mark.parametrize("id", NATIVE_BODIES)
def test_a_body_of_gymnasium_in_its_wrapper_is_stepped_natively(id):
    vector = RegisteredEnvironment(id, wrappers=COSTLY).make_vector(2, one_thread=True)
    assert vector is not None
    assert vector.spec is not None
    assert vector.spec.id == id


@pytest.mark.parametrize(
    "make_env",
    [
        RegisteredEnvironment("Swimmer-v5", wrappers=COSTLY),
        RegisteredEnvironment("Hopper-v5"),
        RegisteredEnvironment("Hopper-v5", wrappers=(*COSTLY, *COSTLY)),
    ],
)
def test_others_are_stepped_one_by_one(make_env):
    assert make_env.make_vector(2, one_thread=True) is None


def test_an_agent_learns_the_same_to_the_last_digit_either_way():
    def trained(env):
        settings = {"n_steps": 32, "batch_size": 32, "n_epochs": 2, "policy_kwargs": {"net_arch": [16]}}
        agent = make_agent("ppo", env, n_envs=4, seed=3, device="cpu", **settings)
        agent.learn(384)
        weights = {key: tensor.numpy().tobytes() for key, tensor in agent.policy.state_dict().items()}
        episodes = [(episode["r"], episode["l"]) for episode in agent.ep_info_buffer]
        return type(agent.env), weights, episodes

    # of the hoppers some fall earlier, some with the last step, and some do not
    make_env = RegisteredEnvironment("Hopper-v5", {"max_episode_steps": 14}, COSTLY)
    native, native_weights, native_episodes = trained(make_env)
    single, single_weights, single_episodes = trained(lambda: make_env())
    assert native is NativeVecEnv
    assert single is not NativeVecEnv
    assert native_episodes == single_episodes
    assert native_weights == single_weights
