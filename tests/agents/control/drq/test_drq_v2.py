import gymnasium as gym
import numpy as np
import pytest
import torch
from gymnasium import spaces

from palaestra.agents.control import make_agent

SMALL = {"net_arch": [8], "features_extractor_kwargs": {"channels": [4, 4], "strides": [2, 2], "latent_dim": 8}}


class Lamp(gym.Env):
    """A picture is dark or bright; 1 is paid less how far the action is from -2 or 2. Two steps are an episode."""

    observation_space = spaces.Box(0, 255, (16, 16, 3), np.uint8)
    action_space = spaces.Box(-2, 2, (1,), np.float32)

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self.steps = 0
        return self._show(), {}

    def step(self, action):
        reward = 1.0 - abs(float(action[0]) - (2.0 if self.is_bright else -2.0)) / 4.0
        self.steps += 1
        return self._show(), reward, self.steps == 2, False, {}

    def _show(self):
        self.is_bright = bool(self.np_random.integers(2))
        return np.full((16, 16, 3), 200 if self.is_bright else 50, np.uint8)


class LampAndClock(Lamp):
    """The same beside the number of the step."""

    observation_space = spaces.Dict({"pixels": Lamp.observation_space, "step": spaces.Box(0, 2, (1,), np.float32)})

    def _show(self):
        return {"pixels": super()._show(), "step": np.array([self.steps], np.float32)}


def drq(env=Lamp, **more):
    settings = {"learning_starts": 8, "batch_size": 8, "buffer_size": 200, "train_freq": 1, "policy_kwargs": SMALL}
    return make_agent("drq_v2", env, device="cpu", seed=0, **{**settings, **more})


def silence(critic):
    """Have critics say 0 of everything."""
    for weight in critic.parameters():
        weight.data.zero_()


def test_a_lamp_is_answered_after_a_few_hundred_steps():
    model = drq(learning_rate=3e-3, batch_size=32, gamma=0.5)
    model.learn(400)
    for shade, answer in ((200, 2.0), (50, -2.0)):
        action, _ = model.predict(np.full((16, 16, 3), shade, np.uint8), deterministic=True)
        assert action[0] == pytest.approx(answer, abs=0.5)


def test_noise_falls_linearly_and_is_saved_with_the_weights():
    model = drq(initial_noise=0.8, final_noise=0.2, noise_fraction=0.5)
    assert model.policy.noise.item() == pytest.approx(0.8)
    noise = {}
    train = model.train

    def watched(**arguments):
        train(**arguments)
        noise[model.num_timesteps] = model.policy.noise.item()

    model.train = watched
    model.learn(100)
    assert noise[25] == pytest.approx(0.5)
    assert noise[50] == noise[100] == pytest.approx(0.2)
    assert model.policy.state_dict()["noise"].item() == pytest.approx(0.2)


def test_a_deterministic_action_has_no_noise_and_another_has():
    model = drq()
    picture = np.full((16, 16, 3), 200, np.uint8)
    same = {float(model.predict(picture, deterministic=True)[0][0]) for _ in range(5)}
    others = {float(model.predict(picture)[0][0]) for _ in range(5)}
    assert len(same) == 1
    assert len(others) > 1
    assert max(map(abs, others)) <= 2.0


def test_an_agent_that_was_saved_acts_as_it_did(tmp_path):
    model = drq()
    model.learn(12)
    model.save(tmp_path / "agent.zip")
    loaded = type(model).load(tmp_path / "agent.zip", device="cpu")
    picture = np.full((16, 16, 3), 200, np.uint8)
    assert loaded.predict(picture, deterministic=True)[0] == model.predict(picture, deterministic=True)[0]
    assert loaded.policy.noise == model.policy.noise


@pytest.mark.parametrize(("n_steps", "ahead"), [(1, 1), (3, 2)])  # an episode of two steps has no third reward
def test_a_target_is_the_discounted_rewards_and_the_least_value_after_them(n_steps, ahead):
    model = drq(n_steps=n_steps, gamma=0.5)
    model.learn(8)
    buffer = model.replay_buffer
    buffer.rewards[:], buffer.dones[:] = 2.0, 0.0
    buffer.dones[1::2], buffer.timeouts[1::2] = 1.0, 1.0  # cut off after every second step: bootstrapped
    silence(model.policy.critic)
    silence(model.policy.critic_target)
    model.policy.critic_target.value.bias_E_1_O.data[:] = torch.tensor([7.0, 12.0])[:, None, None]
    batch = buffer.sample(64)
    loss = model._update_critics(batch, model.policy.encode(batch.observations))
    first, second = (2.0 + 0.5 * 7.0 if ahead == 1 else 2.0 + 0.5 * 2.0 + 0.25 * 7.0), 2.0 + 0.5 * 7.0
    is_last = batch.discounts.flatten() == 0.5 if ahead == 2 else torch.ones(64, dtype=torch.bool)
    assert 0 < int(is_last.sum()) <= 64
    wanted = torch.where(is_last, second, first).square().mean().item()
    assert loss == pytest.approx(wanted, rel=1e-5)


def test_the_critics_train_the_encoder_and_the_actor_leaves_it_alone():
    model = drq()
    model.learn(12)
    batch, policy = model.replay_buffer.sample(8), model.policy

    def changed(module, update):
        before = [weight.clone() for weight in module.parameters()]
        update()
        return [not torch.equal(a, b) for a, b in zip(before, module.parameters(), strict=True)]

    def update_actor():
        model._update_actor(policy.encode(batch.observations).detach())

    def update_critics():
        model._update_critics(batch, policy.encode(batch.observations))

    for module in (policy.encoder, policy.critic, policy.critic_target):
        assert not any(changed(module, update_actor))
    assert all(changed(policy.actor, update_actor))
    assert not any(changed(policy.actor, update_critics))
    assert all(changed(policy.encoder, update_critics))


def test_every_update_shifts_the_pictures_before_and_after():
    model = drq()
    model.learn(12)
    shifted = []
    augment = model.augment
    model.augment = lambda observations: shifted.append(len(observations)) or augment(observations)
    model.train(gradient_steps=3, batch_size=8)
    assert shifted == [8] * 6


def test_pictures_beside_numbers_are_learned_from_with_returns_of_one_step():
    model = drq(LampAndClock, n_steps=1)
    model.learn(12)
    assert model.policy.encoder.features_dim == 16
    with pytest.raises(ValueError, match="n_steps must be 1 where observations are dicts, got 3"):
        drq(LampAndClock)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"noise_clip": -0.1}, "noise_clip must be 0 or more, got -0.1"),
        ({"noise_fraction": 0.0}, "noise_fraction must be over 0, and 1 at most, got 0.0"),
        ({"n_steps": 0}, "n_steps must be an integer of 1 or more, got 0"),
    ],
)
def test_an_argument_out_of_range_is_named(arguments, message):
    with pytest.raises(ValueError, match=message):
        drq(**arguments)
