import gymnasium as gym
import numpy as np
import pytest
import torch
from gymnasium import spaces

from palaestra.agents.control import make_agent
from palaestra.agents.control.algorithms import find_algorithm
from palaestra.agents.control.rlpd.encoders import PicturesAndNumbersEncoder

PIXELS = spaces.Box(0, 255, (16, 16, 3), np.uint8)
STATE = spaces.Box(-1, 1, (2,), np.float32)
SMALL = {"net_arch": [8], "features_extractor_kwargs": {"channels": [4, 4], "strides": [2, 2], "latent_dim": 6}}


class Noise(gym.Env):
    """Everything is chance."""

    observation_space = spaces.Dict({"pixels": PIXELS, "state": STATE})
    action_space = spaces.Box(-1, 1, (1,), np.float32)

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self.observation_space.seed(seed)
        return self.observation_space.sample(), {}

    def step(self, action):
        return self.observation_space.sample(), float(action[0]), False, self.np_random.random() < 0.2, {}


def agent(**policy_kwargs):
    return make_agent(
        "asymmetric_ppo",
        Noise,
        device="cpu",
        seed=0,
        n_steps=16,
        batch_size=8,
        policy_kwargs={**SMALL, **policy_kwargs},
    )


def observation(pixels, state):
    return {"pixels": np.full((16, 16, 3), pixels, np.uint8), "state": np.full(2, state, np.float32)}


def act(model, seen):
    return float(model.predict(seen, deterministic=True)[0][0])


def value(model, seen):
    batch, _ = model.policy.obs_to_tensor(seen)
    with torch.no_grad():
        return float(model.policy.predict_values(batch))


def test_an_action_depends_on_what_the_actor_sees_alone_and_a_value_on_everything():
    model = agent()
    model.learn(64)
    bright, told, dark = observation(200, 0.0), observation(200, 1.0), observation(20, 0.0)
    assert act(model, bright) == act(model, told) != act(model, dark)
    assert value(model, bright) != value(model, told)
    assert value(model, bright) != value(model, dark)


def test_the_actor_may_be_the_one_that_is_told():
    model = agent(actor_sees=["state"])
    assert act(model, observation(200, 0.5)) == act(model, observation(20, 0.5)) != act(model, observation(20, -0.5))


def test_no_gradient_of_the_actors_reaches_what_only_the_critic_sees():
    model = agent()
    batch, _ = model.policy.obs_to_tensor(observation(200, 0.3))
    model.policy.get_distribution(batch).mode().sum().backward()
    touched = {
        key: any(weight.grad is not None and bool(weight.grad.any()) for weight in part.parameters())
        for key, part in model.policy.features_extractor.parts.items()
    }
    assert touched == {"pixels": True, "state": False}


def test_the_columns_of_parts_are_where_their_features_are():
    encoder = PicturesAndNumbersEncoder(Noise.observation_space, channels=[4], strides=[2], latent_dim=5)
    assert encoder.columns(["pixels"]) == [0, 1, 2, 3, 4]
    assert encoder.columns(["state"]) == [5, 6, 7, 8, 9]
    assert encoder.columns(["state", "pixels"]) == list(range(10))
    channels_first = {"pixels": torch.rand(1, 3, 16, 16), "state": torch.rand(1, 2)}
    encoder = PicturesAndNumbersEncoder(
        spaces.Dict({"pixels": spaces.Box(0, 255, (3, 16, 16), np.uint8), "state": STATE}), [4], [2], 5
    )
    features = encoder(channels_first)
    assert torch.equal(features[:, encoder.columns(["state"])], encoder.parts["state"](channels_first["state"]))


def test_actor_and_critic_may_have_layers_of_other_sizes():
    policy = agent(net_arch={"pi": [], "vf": [9, 7]}).policy
    assert policy.action_net.in_features == 6
    assert policy.value_net.in_features == 7


def test_an_agent_that_was_saved_acts_as_it_did(tmp_path):
    model = agent(actor_sees=["state"])
    model.learn(16)
    model.save(tmp_path / "agent.zip")
    loaded = find_algorithm("asymmetric_ppo").load(tmp_path / "agent.zip", device="cpu")
    seen = observation(200, 0.3)
    assert act(loaded, seen) == act(model, seen)


@pytest.mark.parametrize(
    ("policy_kwargs", "message"),
    [
        (
            {"actor_sees": ["depth"]},
            r"actor_sees must name parts of the observation \(pixels, state\), got \['depth'\]",
        ),
        ({"actor_sees": []}, "actor_sees must name parts of the observation"),
        (
            {"features_extractor_class": "combined", "features_extractor_kwargs": {}},
            "features_extractor_class must be a PicturesAndNumbersEncoder.*got CombinedExtractor",
        ),
    ],
)
def test_what_the_actor_cannot_see_is_told(policy_kwargs, message):
    with pytest.raises(ValueError, match=message):
        agent(**policy_kwargs)
