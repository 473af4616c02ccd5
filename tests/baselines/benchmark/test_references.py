import dataclasses

import pytest

from palaestra.baselines.benchmark.measurement import disagreement, measure_reference, settings_of
from palaestra.baselines.benchmark.references import Reference, load_references, write_references
from palaestra.baselines.benchmark.suite import load_suite, shipped_suites
from palaestra.baselines.errors import RunError
from palaestra.baselines.runs import Scores

RANDOM = Scores(0.25, 0.2, 0.3, -1.5, -2.0, -1.0, 1000)
ORACLE = Scores(1.0, 0.99, 1.0, 10.0, 10.0, 10.0, 1000)


def reference(env_id="robot/Reach-v0", oracle: Scores | None = ORACLE, wrappers=(), **kwargs):
    return Reference(env_id, kwargs, wrappers, 500_000, RANDOM, oracle, "palaestra references")


def test_references_are_written_and_read_back_by_setting(tmp_path):
    wrapper = {"name": "length_penalty", "args": {"weight": 0.1}}
    written = [reference(level=1), reference("text/GuessNumber-v0", oracle=None), reference(wrappers=(wrapper,))]
    write_references(written, tmp_path / "references.yaml")
    read = load_references(tmp_path / "references.yaml")
    assert read == {
        ("robot/Reach-v0", "level 1"): written[0],
        ("text/GuessNumber-v0", ""): written[1],
        ("robot/Reach-v0", "length_penalty(weight=0.1)"): written[2],
    }


def test_the_file_does_not_depend_on_the_order_they_were_measured_in(tmp_path):
    references = [reference(level=level) for level in (0, 1, 2)]
    write_references(references, tmp_path / "a.yaml")
    write_references(reversed(references), tmp_path / "b.yaml")
    assert (tmp_path / "a.yaml").read_bytes() == (tmp_path / "b.yaml").read_bytes()


@pytest.mark.parametrize("text", ["", "settings: [", "settings: [{env: 3}]", "settings: {a: 1}"])
def test_a_file_that_holds_no_references_is_refused_in_one_line_that_names_it(tmp_path, text):
    path = tmp_path / "references.yaml"
    path.write_text(text)
    with pytest.raises(RunError, match=r"references\.yaml cannot be read as references") as caught:
        load_references(path)
    assert "\n" not in str(caught.value)


def shipped_settings():
    return settings_of(recipe for name in shipped_suites() for recipe in load_suite(name).recipes)


def test_every_setting_of_every_shipped_suite_has_a_reference_on_episodes_of_its_own():
    references = load_references()
    assert set(references) == set(shipped_settings())
    for key, recipe in shipped_settings().items():
        reference = references[key]
        last = reference.first_seed + reference.random.episodes
        assert reference.random.episodes >= 100
        assert last <= recipe.evaluation.first_seed
        assert reference.command.startswith("palaestra references")


@pytest.mark.parametrize("env_id", ["math/Arithmetic-v0", "text/GuessNumber-v0", "robot/Reach-v0"])
def test_measuring_again_with_fewer_episodes_agrees_with_what_is_shipped(env_id):
    key, recipe = next(item for item in shipped_settings().items() if item[0][0] == env_id)
    measured = measure_reference(recipe, episodes=20)
    assert measured.key == key
    assert disagreement(load_references()[key], measured) is None


def test_a_disagreement_names_the_player_and_both_intervals():
    other = dataclasses.replace(RANDOM, return_mean=5.0, return_low=4.0, return_high=6.0)
    changed = dataclasses.replace(reference(), random=other)
    assert disagreement(reference(), changed) == "random's return: -2 … -1 in the file, now 4 … 6"
    assert disagreement(reference(), reference()) is None
    assert disagreement(reference(), reference(oracle=None)) == "oracle: only the file has one"
