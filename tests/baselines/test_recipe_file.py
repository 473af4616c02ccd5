import pytest

from palaestra.baselines.errors import UsageError
from palaestra.baselines.recipe import load_recipe
from palaestra.baselines.recipe_file import merged, read_recipe_file

BASE = """\
name: base
env: {id: text/GuessNumber-v0, kwargs: {level: 1}}
agent: {kind: llm, algorithm: grpo, params: {groups: 4, group_size: 8}}
budget: {timesteps: 1000}
seeds: [0, 1]
evaluation: {every_timesteps: 100}
search_space:
  agent.params.groups: {choices: [2, 4]}
"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "base.yaml").write_text(BASE)
    return tmp_path


def written(folder, text, name="child.yaml"):
    (folder / name).write_text(text)
    return folder / name


def test_mappings_are_merged_and_everything_else_is_replaced():
    base = {"a": {"b": 1, "c": [1, 2]}, "d": 3}
    assert merged(base, {"a": {"c": [4]}, "e": {"f": 5}}) == {"a": {"b": 1, "c": [4]}, "d": 3, "e": {"f": 5}}
    assert base == {"a": {"b": 1, "c": [1, 2]}, "d": 3}


def test_a_recipe_that_extends_another_says_only_what_differs(folder):
    child = written(folder, "name: child\nextends: base.yaml\nagent: {params: {groups: 6}}\nseeds: [3]\n")
    recipe = load_recipe(child)
    assert (recipe.name, recipe.seeds, recipe.env.kwargs) == ("child", (3,), {"level": 1})
    assert recipe.agent.params == {"groups": 6, "group_size": 8}


def test_a_search_space_is_not_taken_over(folder):
    assert load_recipe(written(folder, "name: child\nextends: base.yaml\n")).search_space == {}


def test_a_chain_of_recipes_and_a_shipped_one_can_be_extended(folder):
    written(folder, "name: middle\nextends: base.yaml\nseeds: [7]\n", "middle.yaml")
    assert load_recipe(written(folder, "name: child\nextends: middle.yaml\n")).seeds == (7,)
    shipped = load_recipe(written(folder, "name: child\nextends: guess-number-grpo\n"))
    assert shipped.env.id == "text/GuessNumber-v0"


def test_an_error_names_the_line_where_the_key_stands(folder):
    child = written(folder, "name: child\nextends: base.yaml\nagent:\n  params:\n    groops: 6\n")
    with pytest.raises(UsageError, match=r"child.yaml:5: .*did you mean agent.params.groups"):
        load_recipe(child)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("extends: nothing", "child.yaml:1: extends: there is no recipe 'nothing'"),
        ("extends: [base.yaml]", "there is no recipe \\['base.yaml'\\]"),
        ("extends: child.yaml", "child.yaml extends this recipe itself"),
    ],
)
def test_a_base_that_does_not_exist_or_goes_in_circles_is_refused(folder, text, message):
    with pytest.raises(UsageError, match=message):
        read_recipe_file(written(folder, text))


def test_a_longer_circle_is_refused(folder):
    written(folder, "extends: child.yaml", "other.yaml")
    with pytest.raises(UsageError, match="extends this recipe itself"):
        read_recipe_file(written(folder, "extends: other.yaml"))
