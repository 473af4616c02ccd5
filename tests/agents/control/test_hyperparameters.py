import numpy as np
import pytest
import torch
from stable_baselines3 import HerReplayBuffer
from stable_baselines3.common.noise import NormalActionNoise, OrnsteinUhlenbeckActionNoise

from palaestra.agents.control import check_hyperparameters, find_algorithm
from palaestra.agents.control.hyperparameters import action_noise, translate


def translated(name, **hyperparameters):
    return translate(name, find_algorithm(name), hyperparameters)


def test_plain_values_stay_as_they_are():
    values = {"n_steps": 128, "gamma": 0.9, "normalize_advantage": False, "target_kl": None}
    assert translated("ppo", **values) == values


@pytest.mark.parametrize("key", ["learning_rate", "clip_range"])
def test_a_linear_schedule_falls_from_its_start_to_zero(key):
    schedule = translated("ppo", **{key: "linear_3e-4"})[key]
    assert [schedule(remaining) for remaining in (1.0, 0.5, 0.0)] == pytest.approx([3e-4, 1.5e-4, 0.0])


def test_numbers_that_yaml_reads_as_strings_are_numbers():
    assert translated("ppo", learning_rate="3e-4", n_steps="128") == {"learning_rate": 3e-4, "n_steps": 128}
    assert isinstance(translated("ppo", n_steps="128")["n_steps"], int)


def test_words_that_an_algorithm_understands_are_left_to_it():
    assert translated("sac", ent_coef="auto_0.1") == {"ent_coef": "auto_0.1"}


def test_a_train_freq_pair_may_be_a_list():
    assert translated("td3", train_freq=[1, "episode"]) == {"train_freq": (1, "episode")}


def test_classes_go_by_name_or_by_path():
    kwargs = translated("ppo", policy_kwargs={"activation_fn": "tanh", "net_arch": [8]})["policy_kwargs"]
    assert kwargs == {"activation_fn": torch.nn.Tanh, "net_arch": [8]}
    assert translated("ppo", policy_kwargs={"activation_fn": "torch.nn:Mish"}) == {
        "policy_kwargs": {"activation_fn": torch.nn.Mish}
    }
    assert translated("sac", replay_buffer_class="her") == {"replay_buffer_class": HerReplayBuffer}


@pytest.mark.parametrize(
    ("text", "kind"), [("normal_0.1", NormalActionNoise), ("ornstein_uhlenbeck_0.1", OrnsteinUhlenbeckActionNoise)]
)
def test_action_noise_goes_by_name(text, kind):
    noise = action_noise(text, 3)
    assert isinstance(noise, kind)
    assert np.shape(noise()) == (3,)


@pytest.mark.parametrize(
    ("name", "hyperparameters", "message"),
    [
        ("ppo", {"tau": 0.1}, "ppo has no hyper-parameter 'tau'"),
        ("ppo", {"env": "x"}, "ppo has no hyper-parameter 'env'"),
        ("ppo", {"learning_rate": "cubic_1"}, "learning_rate must be a number, or linear_"),
        ("ppo", {"n_steps": "many"}, "n_steps must be a number, got 'many'"),
        ("ppo", {"policy_kwargs": [64]}, "policy_kwargs must be a mapping"),
        ("ppo", {"policy_kwargs": {"activation_fn": "tan"}}, "activation_fn must be one of .*did you mean tanh"),
        ("ppo", {"policy_kwargs": {"activation_fn": "torch.nn:Tan"}}, "which cannot be imported"),
        ("td3", {"action_noise": "loud"}, "action_noise must be one of normal, ornstein_uhlenbeck"),
        ("ppoo", {}, "did you mean ppo"),
    ],
)
def test_a_wrong_value_is_refused_before_anything_is_built(name, hyperparameters, message):
    with pytest.raises(ValueError, match=message):
        check_hyperparameters(name, hyperparameters)
