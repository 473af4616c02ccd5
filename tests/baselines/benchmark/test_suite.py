import pytest
import yaml

from palaestra.baselines.benchmark.suite import load_suite, shipped_suites
from palaestra.baselines.errors import UsageError
from palaestra.baselines.recipe import load_recipe

SUITE = """\
name: small
seeds: [3, 4]
cells:
  - recipe: reach-ppo
    set: {budget.timesteps: 2000, evaluation.every_timesteps: 1000}
  - environments:
      - {id: robot/Reach-v0, kwargs: {level: 0}}
      - id: robot/Reach-v0
        kwargs: {level: 1}
        name: level-1
    agents:
      ppo: {kind: control, algorithm: ppo, n_envs: 8, params: {n_steps: 128}}
      a2c:
        kind: control
        algorithm: a2c
        params:
          n_steps: 16
        budget: {timesteps: 500}
    budget: {timesteps: 1000}
    evaluation: {every_timesteps: 1000}
"""


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "small.yaml"
    path.write_text(SUITE)
    return path


def refusal(path):
    with pytest.raises(UsageError) as caught:
        load_suite(path)
    message = str(caught.value)
    assert "\n" not in message
    return message


def refusal_of(tmp_path, value):
    path = tmp_path / "suite.yaml"
    path.write_text(yaml.safe_dump(value, sort_keys=False))
    return refusal(path)


def test_a_suite_is_recipes_and_every_environment_with_every_agent(file):
    suite = load_suite(file)
    assert [(recipe.name, recipe.env.kwargs["level"], recipe.budget.timesteps) for recipe in suite.recipes] == [
        ("reach-ppo", 0, 2000),
        ("ppo", 0, 1000),
        ("a2c", 0, 500),
        ("ppo-level-1", 1, 1000),
        ("a2c-level-1", 1, 500),
    ]
    assert {recipe.seeds for recipe in suite.recipes} == {(3, 4)}
    assert [recipe.label for recipe in suite.recipes] == [None, "ppo", "a2c", "ppo", "a2c"]


ABOUT_BODIES = {
    "cad2rl",
    "d5rl",
    "drive",
    "fastrlap",
    "flight",
    "mimic",
    "offline",
    "planning",
    "safe",
    "serl",
    "snapshots",
    "stitching",
}
"""Suites that ask what is claimed of bodies; there three seeds are what two cores have time for."""


@pytest.mark.parametrize("name", sorted(shipped_suites()))
def test_every_shipped_suite_is_right_is_found_by_its_name_and_has_five_seeds_or_about_bodies_three(name):
    suite = load_suite(name)
    assert suite.name == name
    assert suite.description
    assert all(len(recipe.seeds) >= (3 if name in ABOUT_BODIES else 5) for recipe in suite.recipes)


def test_the_shipped_suites_fit_into_one_folder(tmp_path):
    path = tmp_path / "together.yaml"
    path.write_text(f"name: together\ninclude: [{', '.join(shipped_suites())}]")
    assert {recipe.name for recipe in load_suite("all").recipes} <= {recipe.name for recipe in load_suite(path).recipes}


def test_a_recipe_beside_the_suite_is_found_from_anywhere(file, monkeypatch, tmp_path):
    (file.parent / "mine.yaml").write_text(yaml.safe_dump({**load_recipe("reach-ppo").to_config(), "name": "mine"}))
    file.write_text("name: own\ncells: [{recipe: mine.yaml}]")
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    [recipe] = load_suite(file).recipes
    assert (recipe.name, recipe.seeds) == ("mine", (0, 1, 2, 3, 4))


@pytest.mark.parametrize(
    ("wrong", "line", "message"),
    [
        (("seeds: [3, 4]", "sedes: [3, 4]"), 2, "did you mean seeds?"),
        (("seeds: [3, 4]", "seeds: [3, 3]"), 2, "seed 3 stands 2 times"),
        (("seeds: [3, 4]", "seeds: []"), 2, "seeds: tuple should have at least 1 item"),
        (("    set:", "    sett:"), 5, "did you mean cells[0].set?"),
        (("reach-ppo", "reach-poo"), 4, "reach-poo"),
        (("budget.timesteps: 2000", "budget.timestep: 2000"), 4, "did you mean budget.timesteps?"),
        (("evaluation.every_timesteps: 1000}", "seeds: [1]}"), 5, "give them under seeds"),
        (("        name: level-1", "        nam: level-1"), 10, "did you mean cells[1].environments[1].name?"),
        (("  - id: robot/Reach-v0", "  - id: robot/Rech-v0"), 8, "robot/Reach-v0"),
        (("algorithm: a2c", "algorithm: a3c"), 13, "a2c"),
        (("          n_steps: 16", "          n_step: 16"), 13, "did you mean n_steps?"),
        (("budget: {timesteps: 500}", "budget: {timesteps: -5}"), 18, "budget.timesteps"),
        (("    evaluation: {every_timesteps: 1000}\n", ""), 6, "missing key 'evaluation'"),
        (("        name: level-1\n", ""), 6, "two different recipes are named ppo in robot/Reach-v0"),
        (("  - recipe: reach-ppo", "  - receipt: reach-ppo"), 4, "either recipe, or environments and agents"),
    ],
)
def test_what_does_not_fit_is_named_with_its_line(file, wrong, line, message):
    assert SUITE.count(wrong[0]) == 1
    file.write_text(SUITE.replace(*wrong))
    refused = refusal(file)
    assert f"small.yaml:{line}: " in refused
    assert message in refused


def test_included_cells_keep_their_seeds_and_the_same_cell_is_there_once(file, tmp_path):
    more = tmp_path / "more.yaml"
    more.write_text(SUITE.replace("name: small", "name: more").replace("[3, 4]", "[4, 5]"))
    both = tmp_path / "both.yaml"
    both.write_text("name: both\ninclude: [small.yaml, more.yaml]")
    recipes = load_suite(both).recipes
    assert len(recipes) == 5
    assert {recipe.seeds for recipe in recipes} == {(3, 4, 5)}


def test_suites_that_include_each_other_are_refused(tmp_path):
    (tmp_path / "a.yaml").write_text("name: a\ninclude: [b.yaml]")
    (tmp_path / "b.yaml").write_text("name: b\ninclude: [a.yaml]")
    assert "b.yaml:2: a.yaml includes itself" in refusal(tmp_path / "a.yaml")


def test_a_suite_without_cells_or_of_an_unknown_name_is_refused(tmp_path):
    assert "needs cells" in refusal_of(tmp_path, {"name": "empty"})
    assert "did you mean smoke?" in refusal("smok")
    assert "there is no suite file" in refusal(tmp_path / "nothing.yaml")
    assert "must be a mapping" in refusal_of(tmp_path, [1])
    (tmp_path / "torn.yaml").write_text("name: [")
    assert "is not YAML" in refusal(tmp_path / "torn.yaml")
