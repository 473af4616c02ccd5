import gymnasium as gym
import numpy as np
import pytest
import torch
from gymnasium import spaces
from torch.nn import functional as F

from palaestra.agents.control import make_agent
from palaestra.agents.control.rlpd.demonstrations import load_demonstrations, play_demonstrations, save_demonstrations
from palaestra.agents.control.rlpd.ensemble import EnsembleCritic
from palaestra.agents.control.rlpd.random_shift import random_shift
from palaestra.agents.control.rlpd.rlpd import ensemble_target
from palaestra.agents.control.stacked_layers import StackedLinear

SMALL = {"net_arch": [8], "n_critics": 4}
REACH = "robot/Reach-v0"


class Mirror(gym.Env):
    """Show a picture and a number; the expert answers the number's sign. An episode is cut off at its second step."""

    observation_space = spaces.Dict(
        {"state": spaces.Box(-1, 1, (1,), np.float32), "pixels": spaces.Box(0, 255, (36, 36, 3), np.uint8)}
    )
    action_space = spaces.Box(-2, 2, (1,), np.float32)

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self.steps = 0
        return self._show(), {}

    def step(self, action):
        reward = float(np.sign(action[0]) == np.sign(self.number))
        self.steps += 1
        return self._show(), reward, False, self.steps == 2, {}

    def oracle(self):
        return np.array([2.0 if self.number > 0 else -2.0], np.float32)

    def _show(self):
        self.number = self.np_random.uniform(-1, 1)
        picture = self.np_random.integers(0, 256, (36, 36, 3), np.uint8)
        return {"state": np.array([self.number], np.float32), "pixels": picture}


def rlpd(env=REACH, **more):
    settings = {"demonstrations": 3, "learning_starts": 8, "batch_size": 8, "policy_kwargs": SMALL, "buffer_size": 100}
    return make_agent("rlpd", env, device="cpu", **{**settings, **more})


def test_a_target_is_the_least_of_the_members_that_were_drawn():
    reward, done = torch.tensor([[1.0], [2.0]]), torch.tensor([[0.0], [1.0]])
    values_of_two = torch.tensor([[[3.0], [5.0]], [[4.0], [1.0]]])
    assert ensemble_target(reward, done, values_of_two, 0.0, 0.5).tolist() == [[1.0 + 0.5 * 3.0], [2.0]]
    assert ensemble_target(reward, done, values_of_two, 2.0, 0.5).tolist() == [[1.0 + 0.5 * 5.0], [2.0]]


def test_every_update_asks_two_members_of_the_target_and_all_of_the_critic(monkeypatch):
    model = rlpd()
    model.learn(10)
    asked = []
    whole = EnsembleCritic.forward

    def watched(self, obs, actions, members=None):
        asked.append((self is model.critic_target, None if members is None else len(set(members.tolist()))))
        return whole(self, obs, actions, members)

    monkeypatch.setattr(EnsembleCritic, "forward", watched)
    model.policy_delay = 100_000
    model.train(gradient_steps=3, batch_size=8)
    assert asked == [(True, 2), (False, None)] * 3


def test_a_stacked_network_computes_what_its_members_would_one_by_one():
    torch.manual_seed(0)
    box = spaces.Box(-1, 1, (3,), np.float32)
    critic = EnsembleCritic(box, box, [5, 4], torch.nn.Flatten(), 3, n_critics=3)
    for weight in critic.parameters():
        weight.data += 0.1 * torch.randn_like(weight)
    obs, action = torch.rand(2, 6, 3)
    together = critic(obs, action)
    for member in range(3):
        x = torch.cat([obs, action], dim=1)
        for layer, norm in zip(critic.hidden, critic.norms, strict=True):
            x = x @ layer.weight_E_I_O[member] + layer.bias_E_1_O[member]
            x = F.relu(F.layer_norm(x, x.shape[1:], norm.weight_E_1_O[member, 0], norm.bias_E_1_O[member, 0]))
        alone = x @ critic.value.weight_E_I_O[member] + critic.value.bias_E_1_O[member]
        torch.testing.assert_close(together[member], alone)
    torch.testing.assert_close(critic(obs, action, torch.tensor([2, 0])), together[[2, 0]])


def test_members_begin_apart():
    weight_E_I_O = StackedLinear(3, 4, 5).weight_E_I_O
    assert not torch.equal(weight_E_I_O[0], weight_E_I_O[1])
    assert float(weight_E_I_O.detach().abs().max()) <= (6 / (4 + 5)) ** 0.5


def test_a_shift_moves_a_whole_picture_by_at_most_four_pixels():
    torch.manual_seed(0)
    picture = torch.arange(3 * 12 * 12, dtype=torch.int16).reshape(1, 3, 12, 12)
    padded = F.pad(picture.double(), (4, 4, 4, 4), mode="replicate").short()
    crops = {(y, x): padded[0, :, y : y + 12, x : x + 12] for y in range(9) for x in range(9)}
    found = set()
    for shifted in random_shift(picture.expand(400, -1, -1, -1)):
        found |= {at for at, crop in crops.items() if torch.equal(crop, shifted)}
    assert len(found) > 70  # of 81; every one was among them, or the next line would fail
    assert all(any(torch.equal(c, s) for c in crops.values()) for s in random_shift(picture.expand(20, -1, -1, -1)))


def test_half_of_a_batch_is_demonstrations():
    model = rlpd()
    model.learn(20)
    model.demonstration_buffer.rewards[:] = 77.0
    batch = model.sample_batch(9)
    assert batch.rewards.flatten().tolist().count(77.0) == 4
    assert len(batch.rewards) == len(batch.observations) == 9


def test_without_demonstrations_a_batch_is_all_experience():
    model = rlpd(demonstrations=0)
    model.learn(20)
    assert model.demonstration_buffer is None
    assert len(model.sample_batch(9).rewards) == 9


def test_the_actor_follows_every_so_many_updates_of_the_critics():
    model = rlpd(policy_delay=4, gradient_steps=2, learning_starts=4)
    model.learn(5)  # one step after the random ones: two updates
    before = [weight.clone() for weight in model.actor.parameters()]
    model.train(gradient_steps=1, batch_size=8)
    assert all(torch.equal(a, b) for a, b in zip(before, model.actor.parameters(), strict=True))
    model.train(gradient_steps=1, batch_size=8)
    assert not all(torch.equal(a, b) for a, b in zip(before, model.actor.parameters(), strict=True))


def test_data_of_a_family_take_the_place_of_demonstrations():
    data = {"family": "play", "transitions": 30}
    first, offline = rlpd(data=data, seed=0), make_agent("bc", REACH, data=data, seed=0, device="cpu")
    offline.learn(1)
    shown, size = first.demonstration_buffer, offline.replay_buffer.size()
    assert shown.full
    assert len(shown.observations) == size >= 30
    assert np.array_equal(shown.observations, offline.replay_buffer.observations[:size])
    assert np.array_equal(shown.rewards, offline.replay_buffer.rewards[:size])
    first.learn(12)


def test_data_and_a_file_exclude_each_other():
    with pytest.raises(ValueError, match="demonstration_file and data exclude each other"):
        rlpd(data={"family": "play"}, demonstration_file="x.npz")


def test_demonstrations_are_the_experts_and_the_same_for_a_seed():
    first, again, other = (rlpd(seed=seed, n_envs=2).demonstration_buffer for seed in (0, 0, 1))
    assert first.full
    assert first.observations.tobytes() == again.observations.tobytes() != other.observations.tobytes()
    assert int((first.dones * (1 - first.timeouts)).sum()) == 3  # the expert ends every episode at the goal


def test_the_end_of_the_clock_is_no_end_for_a_target():
    buffer = rlpd(Mirror, demonstrations=2).demonstration_buffer
    assert buffer.dones.flatten().tolist() == buffer.timeouts.flatten().tolist() == [0.0, 1.0, 0.0, 1.0]
    assert buffer.rewards.tolist() == [[1.0]] * 4
    assert set(np.abs(buffer.actions).flatten()) == {1.0}  # ±2 of an action space of ±2


def test_pictures_are_learned_from_and_only_critics_train_their_encoder():
    model = rlpd(Mirror, policy_kwargs={**SMALL, "features_extractor_kwargs": {"channels": [4, 4], "strides": [2, 2]}})
    model.learn(12)
    assert model.actor.features_extractor is model.critic.features_extractor
    batch = model.sample_batch(8)
    before = [weight.clone() for weight in model.critic.parameters()]
    model._update_actor(batch)
    assert all(torch.equal(a, b) for a, b in zip(before, model.critic.parameters(), strict=True))
    encoder = [weight.clone() for weight in model.critic.features_extractor.parameters()]
    model._update_critics(batch)
    now = model.critic.features_extractor.parameters()
    assert not any(torch.equal(a, b) for a, b in zip(encoder, now, strict=True))


def test_demonstrations_may_come_from_a_file(tmp_path):
    model = rlpd(Mirror, demonstrations=2)
    transitions = play_demonstrations(model.env, 2, model.policy.scale_action)
    save_demonstrations(transitions, tmp_path / "shown.npz")
    read = rlpd(Mirror, demonstration_file=str(tmp_path / "shown.npz")).demonstration_buffer
    assert read.buffer_size == 4
    np.testing.assert_array_equal(read.observations["pixels"][:, 0], transitions["observations.pixels"])
    with pytest.raises(ValueError, match=r"observations must be of shape \(4, 20\), and is missing"):
        rlpd(demonstration_file=str(tmp_path / "shown.npz"))


def test_a_file_that_holds_no_demonstrations_is_named(tmp_path):
    (tmp_path / "not.npz").write_bytes(b"nothing")
    with pytest.raises(ValueError, match=r"demonstration_file must be an \.npz file"):
        load_demonstrations(tmp_path / "not.npz")
    np.savez(tmp_path / "ragged.npz", actions=np.zeros(2), rewards=np.zeros(3))
    with pytest.raises(ValueError, match=r"arrays of one length, got .*'rewards': 3"):
        load_demonstrations(tmp_path / "ragged.npz")


def test_a_saved_model_acts_as_before_and_carries_no_demonstrations(tmp_path):
    model = rlpd()
    model.learn(12)
    model.save(tmp_path / "agent")
    loaded = type(model).load(tmp_path / "agent", device="cpu")
    observation = np.zeros((2, 20), np.float32)
    assert loaded.demonstration_buffer is None
    np.testing.assert_array_equal(
        loaded.predict(observation, deterministic=True)[0], model.predict(observation, deterministic=True)[0]
    )


@pytest.mark.parametrize(
    ("env", "arguments", "message"),
    [
        (REACH, {"n_target_critics": 5}, "n_target_critics must be an integer from 1 to 4, got 5"),
        (REACH, {"policy_delay": 0}, "policy_delay must be an integer of 1 or more"),
        (REACH, {"demonstrations": -1}, "demonstrations must be an integer of 0 or more"),
        (REACH, {"demonstration_file": "gone.npz"}, "demonstration_file must be an .npz file"),
        (REACH, {"n_steps": 3}, "n_steps must be 1"),
        ("Pendulum-v1", {}, r"demonstrations must be 0 or come from a file: the environment has no oracle\(\)"),
    ],
)
def test_what_cannot_be_is_refused_with_a_reason(env, arguments, message):
    with pytest.raises(ValueError, match=message):
        rlpd(env, **arguments)
