from dataclasses import replace

import pytest

from palaestra.baselines.errors import UsageError
from palaestra.baselines.recipe import MAX_EPISODES, load_recipe
from palaestra.baselines.scoring import test_seeds as final_seeds


def episodes(recipe):
    """Every seed of an episode that a run of the recipe is evaluated or tested on."""
    first = recipe.evaluation.first_seed
    return {*range(first, first + recipe.evaluation.episodes), *final_seeds(recipe)}


def test_trials_and_test_have_the_same_budget(study):
    trial, tuned, own = study.trial_recipe(0, {}), study.tuned_recipe({}), study.own_recipe()
    assert trial.budget == tuned.budget == own.budget
    assert trial.budget.timesteps == 10
    assert trial.seeds == (100, 101)
    assert tuned.seeds == own.seeds == (0, 1, 2)
    assert study.budget == 10 * (6 * 2 + 2 * 3)


@pytest.mark.parametrize("first_seed", [0, 1_000_000, 2**31 - 2 * MAX_EPISODES])
def test_no_trial_is_scored_on_an_episode_of_the_test(study, first_seed):
    moved = study.recipe.evaluation.model_copy(update={"first_seed": first_seed})
    found = replace(study, recipe=study.recipe.model_copy(update={"evaluation": moved}))
    assert not episodes(found.trial_recipe(3, {})) & episodes(found.own_recipe())
    assert episodes(found.own_recipe()) == episodes(found.tuned_recipe({}))


def test_parameters_are_set_where_they_belong_and_the_recipe_stays_as_it_was(study):
    trial = study.trial_recipe(7, {"agent.params.number": 4, "agent.params.style": "bold"})
    assert trial.name == "steady-trial-007"
    assert trial.agent.params == {"number": 4, "style": "bold"}
    assert study.recipe.agent.params == {"number": 2}
    assert study.own_parameters() == {"agent.params.number": 2, "agent.params.style": None}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"trials": 0}, ["--trials must be 1 or more, got 0"]),
        ({"timesteps": 0}, ["--timesteps must be 1 or more"]),
        ({"seed": -1}, ["--sampler-seed must be 0 or more, got -1"]),
        ({"batch": 0}, ["--batch must be 1 or more"]),
        ({"tuning_seeds": ()}, ["--tuning-seeds", "one or more different numbers"]),
        ({"test_seeds": (1, 1)}, ["--test-seeds", "[1, 1]"]),
        ({"test_seeds": (-1,)}, ["--test-seeds", "[-1]"]),
        ({"tuning_seeds": (7, 0)}, ["seed 0 stands in --tuning-seeds and in --test-seeds", "flatters"]),
    ],
)
def test_a_study_that_makes_no_sense_is_refused(study, change, words):
    with pytest.raises(UsageError) as caught:
        replace(study, **change)
    assert all(word in str(caught.value) for word in words), caught.value


def test_a_recipe_without_a_search_space_says_how_to_write_one(study):
    with pytest.raises(UsageError, match=r"steady has no search_space: add one, as search_space: \{agent\.params\."):
        replace(study, recipe=study.recipe.model_copy(update={"search_space": {}}))


def test_some_recipes_are_shipped_with_a_search_space():
    for name in ("reach-ppo", "arithmetic-grpo"):
        assert load_recipe(name).search_space
