import pickle
import re

import gymnasium as gym
import pytest
import yaml

from palaestra.baselines.errors import UsageError
from palaestra.baselines.recipe import (
    FIRST_LLM_TRAINING_SEED,
    MAX_EPISODES,
    check_environment,
    evaluation_environment,
    in_another_environment,
    load_recipe,
    recipe_from_config,
    training_environment,
)
from palaestra.baselines.recipe_file import shipped_recipes
from palaestra.baselines.scoring import test_seeds as final_seeds

RECIPE = """\
name: guess
env: {id: text/GuessNumber-v0, kwargs: {level: 1}}
agent:
  kind: llm
  algorithm: grpo
  params:
    learning_rate: 3e-4
budget: {timesteps: 1000}
seeds: [0, 1]
evaluation:
  every_timesteps: 100
"""


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "guess.yaml"
    path.write_text(RECIPE)
    return path


def refusal(file, *overrides, replace=None):
    if replace:
        assert replace[0] in RECIPE
        file.write_text(RECIPE.replace(*replace))
    with pytest.raises(UsageError) as caught:
        load_recipe(file, overrides)
    message = str(caught.value)
    assert "\n" not in message
    return message


def test_a_recipe_is_read_with_its_defaults(file):
    recipe = load_recipe(file)
    assert recipe.agent.params == {"learning_rate": 3e-4}  # YAML 1.1 alone would read a string
    assert recipe.evaluation.first_seed == 1_000_000
    assert recipe.threads == 1
    assert recipe_from_config(recipe.to_config(), "config.yaml") == recipe


@pytest.mark.parametrize("name", sorted(shipped_recipes()))
def test_every_shipped_recipe_is_right_and_found_by_its_name_and_environment(name):
    recipe = load_recipe(name)
    assert recipe.name == name
    assert len(recipe.seeds) >= 5
    assert load_recipe(recipe.env.id).env.id == recipe.env.id


@pytest.mark.parametrize(
    ("replace", "line", "key", "near"),
    [
        (("budget:", "bugdet:"), 8, "bugdet", "budget"),
        (("timesteps: 1000", "timestep: 1000"), 8, "budget.timestep", "budget.timesteps"),
        (("kwargs:", "kwarg:"), 2, "env.kwarg", "env.kwargs"),
        (("algorithm:", "algoritm:"), 5, "agent.algoritm", "agent.algorithm"),
        (("learning_rate:", "learning_rat:"), 7, "agent.params.learning_rat", "agent.params.learning_rate"),
    ],
)
def test_an_unknown_key_is_named_with_its_line_and_the_nearest(file, replace, line, key, near):
    message = refusal(file, replace=replace)
    assert f"guess.yaml:{line}: " in message
    assert f"unknown key {key!r}; did you mean {near}?" in message


def test_an_unknown_key_below_a_nested_config_is_named(file):
    message = refusal(file, "agent.params.warm_start.max_step=3")
    assert "did you mean agent.params.warm_start.max_steps?" in message


@pytest.mark.parametrize(
    ("override", "words"),
    [
        ("budget.timesteps=many", ["budget.timesteps", "integer", "'many'"]),
        ("budget.timesteps=0", ["budget.timesteps", "greater than or equal to 1"]),
        ("seeds=[]", ["seeds", "at least 1"]),
        ("seeds=[0, -1]", ["seeds[1]", "-1"]),
        ("seeds=[0, 1, 0]", ["seeds: seed 0 stands 2 times"]),
        ("evaluation.first_seed=2147483648", ["evaluation.first_seed", "less than or equal to", "2147483648"]),
        ("agent.params.groups=few", ["agent.params.groups", "integer", "'few'"]),
        ("agent.params.groups=0", ["groups must be 1 or more", "0"]),
        ("agent.algorithm=gppo", ["algorithm", "grpo", "'gppo'"]),
        ("agent.kind=human", ["agent.kind", "'llm'", "'control'", "'human'"]),
        ("env.id=text/GuesNumber-v0", ["unknown environment id", "did you mean text/GuessNumber-v0"]),
        ("wrappers=[{name: format_rewart}]", ["unknown wrapper", "format_reward"]),
        ("name=../../etc", ["name"]),
        ("env=3", ["env"]),
        ("env.id.x=3", ["'id' is not a mapping"]),
        ("seeds", ["dotted.key=value"]),
        ("seeds=[1", ["not YAML"]),
    ],
)
def test_a_wrong_value_is_one_line_that_says_what_came(file, override, words):
    message = refusal(file, override)
    assert all(word in message for word in words), message


def test_hyper_parameters_of_control_are_checked_before_anything_is_built(file):
    message = refusal(file, "env.id=robot/Reach-v0", "agent={kind: control, algorithm: ppo, params: {gama: 0.9}}")
    assert "gama" in message
    assert "gamma" in message


def test_a_missing_key_is_named(file):
    assert "missing key 'budget'" in refusal(file, replace=("budget: {timesteps: 1000}\n", ""))


def test_a_key_that_stands_twice_is_refused(file):
    message = refusal(file, replace=("seeds: [0, 1]", "seeds: [0, 1]\nseeds: [2]"))
    assert "line 10" in message
    assert "again" in message


@pytest.mark.parametrize("text", ["- 1\n- 2\n", "name: [1\n", "\t", ""])
def test_what_is_no_recipe_is_refused(file, text):
    file.write_text(text)
    assert "guess.yaml" in refusal(file)


def test_overrides_are_typed_and_dotted(file):
    recipe = load_recipe(file, ["agent.params.learning_rate=1e-3", "seeds=[7]", "agent.params.warm_start.max_steps=5"])
    assert recipe.agent.params == {"learning_rate": 1e-3, "warm_start": {"max_steps": 5}}
    assert recipe.seeds == (7,)


@pytest.mark.parametrize("source", ["no-such-recipe", "no/Such-v0", "missing.yaml"])
def test_an_unknown_source_says_what_there_is(source):
    with pytest.raises(UsageError) as caught:
        load_recipe(source)
    assert source in str(caught.value)


def test_the_environment_is_made_by_a_picklable_function(file):
    wrapper = "{name: length_penalty, args: {soft_limit: 4, hard_limit: 8}}"
    make = pickle.loads(pickle.dumps(training_environment(load_recipe(file, [f"wrappers=[{wrapper}]"]))))
    env = make()
    assert env.unwrapped.level == 1
    assert type(env).__name__ == "LengthPenalty"
    assert evaluation_environment(load_recipe(file), render_mode="ansi")().render_mode == "ansi"


def test_one_seed_of_a_recipe_is_a_recipe(file):
    recipe = load_recipe(file).with_seed(3)
    assert recipe.seeds == (3,)
    assert yaml.safe_load(yaml.safe_dump(recipe.to_config()))["seeds"] == [3]


def test_training_evaluation_and_test_seeds_of_an_agent_that_speaks_are_apart(file):
    from palaestra.agents.llm.samplers import FIRST_TRAINING_SEED

    assert FIRST_LLM_TRAINING_SEED == FIRST_TRAINING_SEED
    largest = FIRST_LLM_TRAINING_SEED - 2 * MAX_EPISODES
    recipe = load_recipe(file, [f"evaluation.first_seed={largest}", f"evaluation.episodes={MAX_EPISODES}"])
    assert final_seeds(recipe)[-1] == FIRST_LLM_TRAINING_SEED - 1


def test_a_curriculum_is_for_training_alone(file):
    curriculum = "{name: level_curriculum}"
    penalty = "{name: length_penalty, args: {soft_limit: 4, hard_limit: 8}}"
    recipe = load_recipe(file, [f"wrappers=[{curriculum}, {penalty}]"])
    assert layers(training_environment(recipe)()) == {"LevelCurriculum", "LengthPenalty"}
    assert layers(evaluation_environment(recipe)()) == {"LengthPenalty"}


def test_an_evaluation_has_arguments_of_its_own(file):
    recipe = load_recipe(file, ["evaluation.kwargs={level: 2}"])
    assert training_environment(recipe)().unwrapped.level == 1
    assert evaluation_environment(recipe)().unwrapped.level == 2
    assert recipe.to_config()["evaluation"]["kwargs"] == {"level": 2}
    assert "kwargs" not in load_recipe(file).to_config()["evaluation"]


def test_another_setting_to_play_in_goes_before_that_of_evaluations(file):
    recipe = in_another_environment(load_recipe(file, ["evaluation.kwargs={level: 2}"]), ["env.kwargs.level=0"])
    assert evaluation_environment(recipe)().unwrapped.level == 0


@pytest.mark.parametrize(
    ("kwargs", "message"),
    [
        ("{levl: 2}", "has no argument 'evaluation.kwargs.levl'; did you mean evaluation.kwargs.level?"),
        ("{level: 99}", "cannot be made: level"),
    ],
)
def test_arguments_of_an_evaluation_that_do_not_fit_are_found_before_training(file, kwargs, message):
    with pytest.raises(UsageError, match=re.escape(message)):
        check_environment(load_recipe(file, [f"evaluation.kwargs={kwargs}"]))


def layers(env):
    """The names of Palaestra's wrappers around an environment."""
    names = set()
    while isinstance(env, gym.Wrapper):
        if type(env).__module__.startswith("palaestra."):
            names.add(type(env).__name__)
        env = env.env
    return names


def test_a_search_space_is_no_part_of_a_runs_configuration(file):
    space = "{agent.params.learning_rate: {low: 1e-5, high: 1e-2, log: true}, agent.algorithm: {choices: [grpo]}}"
    recipe = load_recipe(file, [f"search_space={space}"])
    assert recipe.search_space["agent.params.learning_rate"].extremes() == (1e-5, 1e-2)
    assert recipe.to_config() == load_recipe(file).to_config()


@pytest.mark.parametrize(
    ("space", "words"),
    [
        ("{agent.params.groups: {low: 0, high: 8, integer: true}}", ["agent.params.groups: 0 does not fit", "groups"]),
        ("{agent.params.learning_rat: {low: 1, high: 2}}", ["did you mean agent.params.learning_rate?"]),
        ("{agent.params.advantage: {choices: [grpo, 3]}}", ["agent.params.advantage: 3 does not fit"]),
        ("{budget.timesteps: {choices: [1]}}", ["search_space.budget.timesteps", "only keys of the agent"]),
        ("{agent: {choices: [1]}}", ["only keys of the agent"]),
        ("{agent.params.groups: {low: 8, high: 1}}", ["low must be less than high, got 8 and 1"]),
        ("{agent.params.groups: {low: 0, high: 1, log: true}}", ["low must be over 0 with log"]),
        ("{agent.params.groups: {low: 0.5, high: 1, integer: true}}", ["whole numbers"]),
        ("{agent.params.groups: {low: 1}}", ["low and high, or choices"]),
        ("{agent.params.groups: {choices: []}}", ["choices", "at least 1"]),
        ("{agent.params.groups: {choices: [1], low: 0}}", ["choices stand alone"]),
        ("{agent.params.groups: {lo: 1, high: 2}}", ["search_space.agent.params.groups.lo", "low?"]),
        ("{agent.params.groups: 3}", ["search_space.agent.params.groups"]),
    ],
)
def test_a_search_space_that_cannot_be_searched_is_refused(file, space, words):
    message = refusal(file, f"search_space={space}")
    assert all(word in message for word in words), message


def test_a_body_of_gymnasium_is_trained_in_as_many_as_are_stepped_natively(tmp_path):
    path = tmp_path / "cheetah.yaml"
    path.write_text(
        "name: cheetah\nenv: {id: HalfCheetah-v5, kwargs: {max_episode_steps: 20}}\n"
        "wrappers: [{name: gymnasium_body, args: {cost: velocity}}]\n"
        "agent: {kind: control, algorithm: ppo, n_envs: 2, params: {n_steps: 8, batch_size: 16}}\n"
        "budget: {timesteps: 16}\nevaluation: {every_timesteps: 16, episodes: 1}\n"
    )
    recipe = load_recipe(path)
    check_environment(recipe)
    vector = training_environment(recipe).make_vector(2, one_thread=True)
    assert vector is not None
    assert vector.reset(seed=0)[0].shape == (2, 17)
    vector.close()
