"""CAD2RL as a whole."""

import signal

import numpy as np
import pytest
import torch
from gymnasium import spaces
from stable_baselines3.common.callbacks import BaseCallback
from stable_baselines3.common.logger import Logger

from palaestra.agents.control import make_agent
from palaestra.agents.control.cad2rl import CAD2RL
from palaestra.agents.control.cad2rl.buffer import Ends, Tried, TriedDirections
from palaestra.agents.control.cad2rl.free_space import LabelledPictures
from palaestra.agents.control.cad2rl.policies import middles
from palaestra.agents.control.cad2rl.targets import free_share, tried_cells_loss
from palaestra.agents.control.checkpoint import load_checkpoint, save_checkpoint
from palaestra.agents.environments import RegisteredEnvironment
from palaestra.envs.flight.corridor import CorridorEnv
from palaestra.envs.flight.rollouts import collision_times

from ..resuming import SaveAfter, exit_code, weights  # noqa: F401  (SaveAfter: in the process that is killed)

CORRIDOR = RegisteredEnvironment("flight/Corridor-v0", {"pixels": 16, "observation": "pixels"})
SMALL = {
    "n_envs": 2,
    "seed": 3,
    "device": "cpu",
    "free_space_pictures": 16,
    "n_steps": 2,
    "directions": 3,
    "hold": 2,
    "horizon": 6,
    "batch_size": 8,
    "gradient_steps": 2,
    "buffer_size": 40,
    "policy_kwargs": {"grid": 3, "width": 8},
}


def small(env=CORRIDOR, **changes):
    model = make_agent("cad2rl", env, **{**SMALL, **changes})
    model.set_logger(Logger(None, []))
    return model


class Watch(BaseCallback):
    """Notes the timesteps at the beginning of every round; saves at one of them."""

    def __init__(self, folder=None, save_at=None):
        super().__init__()
        self.folder, self.save_at, self.begun = folder, save_at, []

    def _on_step(self):
        return True

    def _on_rollout_start(self):
        if len(self.begun) == self.save_at:
            save_checkpoint(self.model, self.folder)
        self.begun.append(self.num_timesteps)


def test_every_picture_and_every_step_of_bodies_and_copies_counts(monkeypatch):
    model = small()
    copied, fly_copies = [], model._fly_copies

    def watched(pictures):
        flown = fly_copies(pictures)
        copied.append(flown.steps)
        return flown

    monkeypatch.setattr(model, "_fly_copies", watched)
    watch = Watch()
    model.learn(100, callback=watch)
    assert watch.begun[:2] == [0, 16]
    assert model.num_timesteps == 16 + sum(2 * 2 + steps for steps in copied) >= 100
    assert 0 < max(copied) <= 2 * 3 * 6


def test_values_are_those_of_flights_from_where_the_bodies_are():
    model = small(free_space_pictures=0)
    model.learn(1)
    bodies = model.env.unwrapped.vector.envs
    states = model.env.unwrapped.vector.get_state()
    pictures = np.asarray(model._last_obs)
    flown = model._fly_copies(pictures)
    assert np.array_equal(flown.tried.picture_N_P_H_W, pictures)
    best_N = model.policy.logits(pictures).argmax(dim=1).numpy()

    def act(seen):
        return model.predict(seen, deterministic=True)[0]

    for body, state, best, value_C in zip(bodies, states, best_N, flown.tried.value_N_C, strict=True):
        cells = np.flatnonzero(~np.isnan(value_C))
        assert len(cells) == 3
        assert best in cells
        times = collision_times(body, state, middles(model.policy.grid)[cells], act, hold=2, horizon=6)
        assert value_C[cells] == pytest.approx(free_share(times, 6, model.gamma))


def test_what_is_to_come_is_added_where_flights_went_on():
    model = small(credit="bootstrapped")
    picture = np.zeros((1, *model.observation_space.shape), np.uint8)
    value_1_C = np.full((1, 9), np.nan, np.float32)
    value_1_C[0, [2, 5]] = 0.25, 0.5
    ends = Ends(np.array([[2, 5]]), np.array([[0.0, 0.5]], np.float32), np.stack([picture, picture + 9], axis=1))
    target_1_C = model._targets(Tried(picture, value_1_C, ends))
    with torch.no_grad():
        best = model.target_network(model.policy.to_floats(picture + 9)).max().sigmoid().item()
    assert target_1_C[0, 2] == 0.25
    assert target_1_C[0, 5].item() == pytest.approx(0.5 + 0.5 * best)
    assert target_1_C.isnan().sum() == 7


def test_bootstrapped_copies_fly_no_further_than_a_direction_is_held():
    model = small(credit="bootstrapped", free_space_pictures=0)
    model.learn(1)
    flown = model._fly_copies(np.asarray(model._last_obs))
    assert flown.steps <= 2 * 3 * 2
    assert flown.tried.ends.picture_N_K_P_H_W.shape == (2, 3, 3, 16, 16)
    model.learn(60)


def test_labels_are_those_of_free_space():
    labelled = LabelledPictures(CorridorEnv(pixels=16, observation="pixels"), 3, 1.5, 2)
    tried = labelled.draw(7)
    assert tried.picture_N_P_H_W.shape == (labelled.count, 3, 16, 16) == (16, 3, 16, 16)
    assert set(np.unique(tried.value_N_C)) == {0.0, 1.0}
    assert np.array_equal(labelled.draw(7).picture_N_P_H_W, tried.picture_N_P_H_W)
    assert not np.array_equal(labelled.draw(8).picture_N_P_H_W, tried.picture_N_P_H_W)


def test_labels_alone_teach_to_tell_free_space():
    learning = {"free_space_pictures": 960, "buffer_size": 960, "batch_size": 64, "gradient_steps": 10}
    model = small(n_envs=8, learning_rate=3e-3, **learning)
    test = model._labelled.draw(7)
    share = test.value_N_C.mean()
    model.learn(960)
    with torch.no_grad():
        loss = tried_cells_loss(model.policy.logits(test.picture_N_P_H_W), torch.as_tensor(test.value_N_C)).item()
    assert loss < 0.95 * -(share * np.log(share) + (1 - share) * np.log(1 - share))


def test_the_oldest_pictures_go_first():
    buffer = TriedDirections(4, spaces.Box(0, 255, (1, 1, 1), np.uint8), spaces.Box(-1.0, 1.0, (2,)), 1, 0)
    for first in (0, 3):
        numbers = np.arange(first, first + 3)
        buffer.remember(Tried(numbers.reshape(-1, 1, 1, 1).astype(np.uint8), numbers[:, None].astype(np.float32)))
    assert set(buffer.pictures.ravel()) == {2, 3, 4, 5}
    drawn = buffer.sample(50)
    assert np.array_equal(drawn.picture_N_P_H_W.ravel(), drawn.value_N_C.ravel())
    assert set(drawn.value_N_C.ravel()) == {2.0, 3.0, 4.0, 5.0}


@pytest.mark.parametrize(("credit", "save_at"), [("monte_carlo", 1), ("monte_carlo", 4), ("bootstrapped", 4)])
def test_a_resumed_run_ends_with_the_same_weights(credit, save_at, tmp_path):
    changes = {"credit": credit, "free_space_pictures": 32}
    model = small(**changes)
    model.learn(200, callback=Watch(tmp_path, save_at))
    torch.manual_seed(99)
    np.random.seed(99)  # noqa: NPY002  (whatever the process drew before does not matter)
    resumed = small(**changes)
    load_checkpoint(resumed, tmp_path)
    assert 0 < resumed.num_timesteps < 200
    resumed.learn(200 - resumed.num_timesteps, reset_num_timesteps=False)
    assert resumed.num_timesteps == model.num_timesteps
    assert weights(resumed) == weights(model)


def test_a_run_that_was_killed_resumes_to_the_same_weights(tmp_path):
    code = "t.small().learn(200, callback=t.SaveAfter(arguments[0], 60, kill_after=20))"
    assert exit_code(__file__, code, tmp_path) == -signal.SIGKILL
    resumed = small()
    load_checkpoint(resumed, tmp_path)
    assert 60 <= resumed.num_timesteps < 200
    resumed.learn(200 - resumed.num_timesteps, reset_num_timesteps=False)
    whole = small()
    whole.learn(200)
    assert weights(resumed) == weights(whole)


def test_one_by_one_it_learns_as_from_a_vector():
    found = []
    for env in (CORRIDOR, lambda: CORRIDOR()):
        model = small(env)
        model.learn(80)
        found.append(weights(model))
    assert found[0] == found[1]


def test_a_saved_agent_flies_as_before(tmp_path):
    model = small()
    model.learn(20)
    model.save(tmp_path / "agent")
    loaded = CAD2RL.load(tmp_path / "agent", device="cpu")
    pictures = np.random.default_rng(0).integers(256, size=(5, 16, 16, 3)).astype(np.uint8)
    for agent in (model, loaded):
        assert agent.predict(pictures, deterministic=True)[0].shape == (5, 2)
    assert np.array_equal(
        model.predict(pictures, deterministic=True)[0], loaded.predict(pictures, deterministic=True)[0]
    )


@pytest.mark.parametrize(
    ("kwargs", "changes", "message"),
    [
        ({"control": "velocity", "observation": "pixels"}, {}, "place in the picture"),
        ({"observation": "state"}, {}, "policy"),
        ({"observation": "pixels"}, {"directions": 10}, "directions must be 9 at most"),
        ({"observation": "pixels"}, {"horizon": 1}, "horizon"),
        ({"observation": "pixels"}, {"credit": "guessed"}, "credit"),
        ({"observation": "pixels"}, {"credit": "bootstrapped", "gamma": 1.0}, "gamma must be under 1"),
    ],
)
def test_what_it_cannot_learn_from_is_refused(kwargs, changes, message):
    with pytest.raises(ValueError, match=message):
        small(RegisteredEnvironment("flight/Corridor-v0", {"pixels": 16, **kwargs}), **changes)


def test_environments_without_copies_are_refused():
    with pytest.raises(ValueError, match="flight"):
        small(RegisteredEnvironment("drive/Circuit-v0", {"pixels": 16, "observation": "pixels"}))
