import signal

import numpy as np
import pytest
import torch
from stable_baselines3.common.callbacks import BaseCallback
from stable_baselines3.common.logger import Logger

from palaestra.agents.control import ALGORITHMS, make_agent
from palaestra.agents.control.checkpoint import load_checkpoint
from palaestra.agents.environments import RegisteredEnvironment

from ..resuming import Metrics, SaveAfter, exit_code, weights

COURSE = {"pixels": 36, "course": 0, "variety": 0.0}
TOTAL = 60


def fastrlap(env=COURSE, **more):
    settings = {
        "pool": {"transitions": 60, "env": {"variety": 1.0, "course": None, "episode_steps": 40}},
        "pretraining": {"steps": 2, "batch_size": 8},
        "learning_starts": 10,
        "batch_size": 8,
        "buffer_size": 100,
        "gradient_steps": 1,
        "policy_delay": 2,
        "log_every": 10,
        "policy_kwargs": {"net_arch": [8], "n_critics": 3},
    }
    made = RegisteredEnvironment("drive/Practice-v0", env)
    model = make_agent("fastrlap", made, seed=3, device="cpu", **{**settings, **more})
    metrics = Metrics()
    model.set_logger(Logger(None, [metrics]))
    return model, metrics


def test_pretraining_changes_the_encoder_and_practice_does_not():
    model, _ = fastrlap()
    begun = {name: tensor.clone() for name, tensor in model.policy.encoder.state_dict().items()}
    model.learn(12)
    pretrained = {name: tensor.clone() for name, tensor in model.policy.encoder.state_dict().items()}
    actor = {name: tensor.clone() for name, tensor in model.actor.state_dict().items()}
    model.learn(20, reset_num_timesteps=False)
    practised = model.policy.encoder.state_dict()
    assert any(not torch.equal(begun[name], pretrained[name]) for name in begun)
    assert all(torch.equal(pretrained[name], practised[name]) for name in begun)
    assert any(not torch.equal(actor[name], tensor) for name, tensor in model.actor.state_dict().items())


def test_features_that_are_kept_are_those_of_what_was_seen():
    model, _ = fastrlap(pretraining={"steps": 0}, learning_starts=100)
    seen = []

    class Watch(BaseCallback):
        def _on_step(self):
            seen.append({key: part.copy() for key, part in self.locals["new_obs"].items()})
            return True

    model.learn(8, callback=Watch())
    assert model.replay_buffer.size() == 7  # where the car stood before the first step is not known
    for row in range(7):
        np.testing.assert_allclose(
            model.replay_buffer.next_observations[row], model.policy.encode(seen[row + 1]), atol=1e-6
        )


def test_the_demonstration_is_one_slow_lap():
    model, metrics = fastrlap(pretraining={"steps": 0}, demonstration_speed=1.2)
    model.learn(10)
    lap = model.demonstration_buffer
    length = np.linalg.norm(np.diff(lap.position_N_2[: lap.size()], axis=0), axis=1).sum()
    assert 15.0 < length < 30.0
    assert lap.size() == round(10 * model.demonstration_lap_time) - 1
    assert metrics.rows[-1][1]["rollout/demonstration_lap_time"] == model.demonstration_lap_time
    assert not lap.dones.any()


def test_a_lap_that_no_episode_is_long_enough_for_is_refused():
    model, _ = fastrlap({**COURSE, "episode_steps": 50}, pretraining={"steps": 0})
    with pytest.raises(ValueError, match="demonstration_speed must be enough for a lap"):
        model.learn(1)


def test_a_resumed_practice_ends_with_the_same_weights_and_metrics(tmp_path):
    model, metrics = fastrlap()
    model.learn(TOTAL, callback=SaveAfter(tmp_path, 30))
    torch.manual_seed(99)
    np.random.seed(99)  # noqa: NPY002  (whatever the process drew before does not matter)
    resumed, resumed_metrics = resume(tmp_path)
    assert weights(resumed) == weights(model)
    assert resumed_metrics.after(30) == metrics.after(30) != []


def test_a_practice_that_was_killed_resumes_to_the_same_weights(tmp_path):
    code = "t.fastrlap()[0].learn(t.TOTAL, callback=t.SaveAfter(arguments[0], 30, kill_after=10))"
    assert exit_code(__file__, code, tmp_path) == -signal.SIGKILL
    whole, _ = fastrlap()
    whole.learn(TOTAL)
    assert weights(resume(tmp_path)[0]) == weights(whole)


def resume(folder):
    model, metrics = fastrlap()
    load_checkpoint(model, folder)
    model.learn(TOTAL - model.num_timesteps, reset_num_timesteps=False)
    return model, metrics


def test_a_saved_agent_acts_as_before(tmp_path):
    model, _ = fastrlap()
    model.learn(15)
    model.save(tmp_path / "agent")
    loaded = ALGORITHMS["fastrlap"].load(tmp_path / "agent", device="cpu")
    observation, _ = RegisteredEnvironment("drive/Practice-v0", COURSE)().reset(seed=1)
    expected, _ = model.predict(observation, deterministic=True)
    assert np.array_equal(loaded.predict(observation, deterministic=True)[0], expected)


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"env": {**COURSE, "observation": "state"}}, "no policy for the observation space"),
        ({"n_envs": 2}, "n_envs must be 1"),
        ({"goals": {"near": 0.0}}, r"goals\.near must be over 0"),
        ({"pool": {"family": "mixd"}}, r"pool\.family 'mixd' is unknown"),
        ({"pretraining": {"expectile": 1.0}}, r"pretraining\.expectile must lie between 0 and 1"),
        ({"demonstration_speed": 0}, "demonstration_speed must be over 0"),
    ],
)
def test_what_does_not_fit_is_refused(more, message):
    with pytest.raises(ValueError, match=message):
        fastrlap(**more)
