"""The page about algorithms lists every one with a recipe that trains it."""

import re
from pathlib import Path

import pytest

from palaestra.agents.llm import ALGORITHMS
from palaestra.baselines.recipe import load_recipe

PAGE = (Path(__file__).parents[2] / "docs" / "algorithms.md").read_text()
ROWS = dict(re.findall(r"^\| `(\w+)` \|.*\| ([^|]*) \|$", PAGE, re.MULTILINE))


def test_every_algorithm_has_its_row():
    assert set(ROWS) == set(ALGORITHMS)


@pytest.mark.parametrize("algorithm", sorted(ALGORITHMS))
def test_every_algorithm_has_a_recipe_that_trains_it(algorithm):
    recipes = re.findall(r"`([\w-]+)`", ROWS[algorithm])
    assert recipes
    assert {load_recipe(recipe).agent.algorithm for recipe in recipes} == {algorithm}
