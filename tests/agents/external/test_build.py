from functools import partial
from pathlib import Path

import gymnasium as gym
import numpy as np
import pytest
from stable_baselines3.common.callbacks import BaseCallback

import palaestra.envs  # noqa: F401  (registers the environments)
from palaestra.agents.environments import environment_factory
from palaestra.agents.evaluation import evaluate
from palaestra.agents.external import find_source
from palaestra.agents.external.adapters import ExternalAgent, FunctionAgent
from palaestra.agents.external.build import build_python, check_python, is_trained, load_python

FOLDER = Path(__file__).parent
TALK = environment_factory("text/GuessNumber-v0")


class Watching(BaseCallback):
    """Notes the steps at which it was told that nothing is half done."""

    def __init__(self):
        super().__init__()
        self.steps = []
        self.ended = 0

    def _on_rollout_start(self):
        self.steps.append(self.model.num_timesteps)

    def _on_step(self):
        return True

    def _on_training_end(self):
        self.ended += 1


def source(name):
    return find_source(f"my_agents.py:{name}", FOLDER)


def build(name, make_env=TALK, *, seed=0, **params) -> ExternalAgent:
    return build_python(source(name), params, make_env, seed=seed, device="cpu")


def refusal(name, **params):
    with pytest.raises(ValueError, match=r".") as caught:
        check_python(source(name), params)
    return str(caught.value)


@pytest.mark.parametrize("name", ["guess", "Guesser", "Callable_"])
def test_a_function_a_class_and_a_callable_are_agents_with_their_params(name):
    agent = build(name, number=3)
    assert agent.predict(["a", "b"])[0] == ["3", "3"]
    assert not agent.learns


def test_an_object_is_an_agent_as_it_is():
    assert build("guesser").predict(["a"])[0] == ["7"]
    assert "takes no params; got size" in refusal("guesser", size=3)


def test_a_function_sees_one_observation_at_a_time():
    seen = []
    agent = FunctionAgent(lambda observation: seen.append(observation) or 0)
    agent.predict({"x": np.array([[1, 2], [3, 4]]), "y": np.array([5, 6])})
    assert [{key: np.asarray(value).tolist() for key, value in row.items()} for row in seen] == [
        {"x": [1, 2], "y": 5},
        {"x": [3, 4], "y": 6},
    ]


def test_a_class_gets_what_it_asks_for_and_its_environment_is_seeded():
    first, second, other = (build("Counter", seed=seed).agent for seed in (3, 3, 4))
    assert first.seed == 3
    assert first.device == "cpu"
    assert first.env.reset()[0] == second.env.reset()[0]
    draws = {agent: agent.env.unwrapped.np_random.integers(2**32) for agent in (first, second, other)}
    assert draws[first] == draws[second] != draws[other]


@pytest.mark.parametrize(
    ("name", "params", "words"),
    [
        ("Guesser", {"numbr": 3}, ["params.numbr", "did you mean number?", "it takes number"]),
        ("Guesser", {"seed": 3}, ["params.seed", "by the run"]),
        ("guess", {"numbr": 3}, ["params.numbr", "did you mean number?"]),
        ("OneAtATime", {}, ["predict of OneAtATime must take", "(self, observation)"]),
        ("Pedict", {}, ["neither predict nor __call__", "did you mean pedict?"]),
        ("SavesOnly", {}, ["save(path) but no class method load(path)"]),
        ("number", {}, ["a class, a function or an agent", "int"]),
        ("CannotBeSaved", {"size": 1}, ["params.size", "it takes none"]),
    ],
)
def test_what_cannot_be_an_agent_is_refused_by_name(name, params, words):
    message = refusal(name, **params)
    assert all(word in message for word in words), message


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("NoState", ["NoState must return (actions, state)", "list"]),
        ("OneForAll", ["OneForAll must return one action for each of the 2 observations", "['5']"]),
        ("stay", ["stay must act with a text", "ndarray"]),
    ],
)
def test_an_answer_that_does_not_fit_is_refused(name, words):
    with pytest.raises(ValueError, match=r".") as caught:
        build(name).predict(["a", "b"])
    assert all(word in str(caught.value) for word in words), caught.value


def test_an_action_of_another_shape_is_refused():
    agent = build("stay", partial(gym.make, "Pendulum-v1"))
    with pytest.raises(ValueError, match=r"stay must act with one of Box.*\(1,\).*ndarray"):
        agent.predict(np.zeros((3, 3)))


def test_only_classes_with_learn_are_trained():
    trained = {name: is_trained(source(name).load()) for name in ("guess", "Guesser", "guesser", "Counter")}
    assert trained == {"guess": False, "Guesser": False, "guesser": False, "Counter": True}


def test_every_step_of_an_agent_that_tells_only_its_steps_is_a_safe_point():
    agent, watching = build("Counter"), Watching()
    agent.learn(4, watching)
    assert watching.steps == [0, 1, 2, 3, 4]
    assert watching.ended == 1
    assert agent.num_timesteps == 4


def test_an_agent_without_a_callback_is_heard_of_before_and_after():
    agent, watching = build("PlainLearner"), Watching()
    agent.learn(9, watching)
    assert watching.steps == [0]
    assert agent.num_timesteps == 9
    assert agent.predict(["a"])[0] == ["9"]


def test_an_agent_that_does_not_learn_takes_no_step():
    agent, watching = build("Guesser"), Watching()
    agent.learn(100, watching)
    assert agent.num_timesteps == 0
    assert watching.steps == [0]


@pytest.mark.parametrize("name", ["Counter", "PlainLearner"])
def test_a_trained_agent_is_saved_its_own_way_or_pickled(name, tmp_path):
    agent = build(name)
    agent.learn(40, Watching())
    agent.save(tmp_path / "agent")
    loaded = load_python(source(name), {}, TALK, tmp_path / "agent", device="cpu")
    assert loaded.predict(["a"])[0] == agent.predict(["a"])[0] != ["0"]


def test_an_agent_that_does_not_learn_is_made_anew_with_its_seed(tmp_path):
    build("Guesser", seed=5, number=8).save(tmp_path / "agent")
    loaded = load_python(source("Guesser"), {"number": 8}, TALK, tmp_path / "agent", device="cpu")
    assert loaded.agent.seed == 5
    assert loaded.predict(["a"])[0] == ["8"]


def test_an_agent_that_can_neither_be_saved_nor_pickled_says_what_would_do(tmp_path):
    with pytest.raises(ValueError, match=r"CannotBeSaved cannot be pickled.*save\(path\).*load\(path\)"):
        build("CannotBeSaved").save(tmp_path / "agent")


def test_a_training_goes_on_from_its_state(tmp_path):
    whole = build("ResumableCounter")
    whole.learn(60, Watching())
    first = build("ResumableCounter")
    first.learn(25, Watching())
    first.save_training(tmp_path)
    second = build("ResumableCounter")
    second.load_training(tmp_path)
    assert second.num_timesteps == 25
    second.learn(35, Watching(), reset_num_timesteps=False)
    assert second.num_timesteps == 60
    assert second.agent.number == whole.agent.number > 0
    assert not build("Counter").can_resume


def test_an_agent_of_anothers_is_evaluated_as_any_other():
    records = evaluate(build("guess", number=5), TALK, range(6), deterministic=True, batch_size=3)
    assert [record.turns[0].action for record in records] == ["5"] * 6
