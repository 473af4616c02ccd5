import json

import pytest

from palaestra.agents.llm.advantages import ADVANTAGES
from palaestra.baselines.agents import kind_of
from palaestra.baselines.errors import UsageError
from palaestra.baselines.recipe import load_recipe, recipe_from_config

MEDIAN = """\
from palaestra.agents.llm.advantages import register_advantage

@register_advantage("median_of_a_test")
def median(batch, config):
    return batch.own_B_T.float()
"""
RECIPE = """\
name: mine
extends: guess-number-grpo
agent: {source: SOURCE, params: {advantage: median_of_a_test}}
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(ADVANTAGES, "_functions", dict(ADVANTAGES._functions))
    (tmp_path / "mine.py").write_text(MEDIAN)
    return tmp_path


def recipe_file(folder, source="mine.py:median"):
    (folder / "mine.yaml").write_text(RECIPE.replace("SOURCE", source))
    return folder / "mine.yaml"


def test_a_recipe_may_name_stages_that_its_source_registers(folder):
    recipe = load_recipe(recipe_file(folder))
    kind_of(recipe.agent).check(recipe.agent)
    assert recipe.agent.source == f"{folder / 'mine.py'}:median"
    assert recipe_from_config(json.loads(json.dumps(recipe.to_config())), "config.yaml") == recipe


def test_a_source_that_has_changed_is_noticed(folder):
    config = load_recipe(recipe_file(folder)).to_config()
    (folder / "mine.py").write_text(MEDIAN + "\n# better\n")
    with pytest.raises(UsageError, match="has changed: its SHA-256 was"):
        recipe_from_config(config, "config.yaml")


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("mine.py:media", "mine.py has no 'media'; did you mean median"),
        ("yours.py:median", "names the file yours.py, which is not there"),
        ("owner/model", "must be file.py:NAME or module:NAME"),
    ],
)
def test_a_source_that_is_not_there_or_is_no_code_is_refused(folder, source, message):
    with pytest.raises(UsageError, match=message):
        load_recipe(recipe_file(folder, source))


def test_a_recipe_without_a_source_does_not_speak_of_one():
    assert set(load_recipe("guess-number-grpo").to_config()["agent"]) == {"kind", "algorithm", "model", "params"}
