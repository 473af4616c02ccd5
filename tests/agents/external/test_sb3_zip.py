import pytest

from palaestra.agents.control import make_agent
from palaestra.agents.environments import environment_factory
from palaestra.agents.external.sb3_zip import algorithm_of, check_zip, load_zip

PENDULUM = environment_factory("Pendulum-v1")
CARTPOLE = environment_factory("CartPole-v1")
DISCRETE = ("dqn", "qrdqn")


@pytest.mark.parametrize("name", ["a2c", "ppo", "trpo", "recurrent_ppo", "sac", "tqc", "crossq", "td3", "dqn", "qrdqn"])
def test_the_algorithm_of_a_saved_model_is_found_out(name, tmp_path):
    file = tmp_path / "model.zip"
    make_agent(name, CARTPOLE if name in DISCRETE else PENDULUM, device="cpu").save(file)
    assert algorithm_of(file) == name


def test_a_saved_model_predicts_as_before(tmp_path):
    model = make_agent("ppo", PENDULUM, seed=3, device="cpu")
    model.save(tmp_path / "model.zip")
    loaded = load_zip(tmp_path / "model.zip", PENDULUM, algorithm=None, device="cpu")
    observation = model.observation_space.sample()
    assert (
        loaded.predict(observation, deterministic=True)[0] == model.predict(observation, deterministic=True)[0]
    ).all()


def test_a_model_for_other_spaces_is_refused(tmp_path):
    make_agent("ppo", PENDULUM, device="cpu").save(tmp_path / "model.zip")
    with pytest.raises(ValueError, match=r"model\.zip was trained with the observation_space Box.*environment has Box"):
        load_zip(tmp_path / "model.zip", CARTPOLE, algorithm=None, device="cpu")


def test_a_wrong_algorithm_is_named(tmp_path):
    make_agent("ppo", PENDULUM, device="cpu").save(tmp_path / "model.zip")
    with pytest.raises(ValueError, match=r"cannot be read as a model of sac"):
        load_zip(tmp_path / "model.zip", PENDULUM, algorithm="sac", device="cpu")


@pytest.mark.parametrize("content", [b"", b"no zip", b"PK\x03\x04 torn"])
def test_what_is_no_saved_model_is_refused(content, tmp_path):
    (tmp_path / "model.zip").write_bytes(content)
    with pytest.raises(ValueError, match=r"model\.zip is not a saved model"):
        check_zip(tmp_path / "model.zip", {})


def test_params_of_a_saved_model_are_checked(tmp_path):
    make_agent("ppo", PENDULUM, device="cpu").save(tmp_path / "model.zip")
    with pytest.raises(ValueError, match=r"params\.algoritm: a saved model takes one parameter, algorithm"):
        check_zip(tmp_path / "model.zip", {"algoritm": "ppo"})
    with pytest.raises(ValueError, match=r"'ppoo' is unknown; did you mean ppo\?"):
        check_zip(tmp_path / "model.zip", {"algorithm": "ppoo"})
