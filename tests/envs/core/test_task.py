import dataclasses
from dataclasses import dataclass

import numpy as np
import pytest

from palaestra.envs.core import ResetOptions, Task
from palaestra.envs.core.task import check_level


@dataclass(frozen=True, slots=True, kw_only=True)
class Sum(Task):
    numbers: tuple[int, ...] = ()


def parse(options, **kwargs):
    return ResetOptions.parse(options, **({"default_level": 1, "levels": 3, "task_type": Sum} | kwargs))


def test_a_task_is_read_from_itself_or_from_its_fields():
    task = Sum(prompt="p", answer=3, level=2, numbers=(1, 2))
    assert Sum.parse(task) is task
    assert Sum.parse(dataclasses.asdict(task)) == task
    assert Sum.parse({"prompt": "p", "numbers": [1, 2]}).numbers == (1, 2)


@pytest.mark.parametrize("value", [None, 3, "prompt", ["prompt"], Task(prompt="p")])
def test_what_is_no_task_is_refused_with_the_fields_it_should_have(value):
    with pytest.raises(ValueError, match=r"options.'task'.*Sum.*prompt, answer, level, numbers"):
        Sum.parse(value)


@pytest.mark.parametrize("value", [{}, {"answer": 3}, {"prompt": "p", "nonsense": 1}])
def test_other_fields_are_refused(value):
    with pytest.raises(ValueError, match="prompt, answer, level, numbers"):
        Sum.parse(value)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"prompt": 3}, r"options\['task'\].prompt must be a string, got 3"),
        ({"prompt": "p", "level": 1.0}, r"options\['task'\].level must be an integer, got 1.0"),
        ({"prompt": "p", "numbers": [1, True]}, r"\.numbers must be a sequence, each of it an integer"),
        ({"prompt": "p", "leven": 1}, r"options\['task'\] has no field 'leven'; did you mean level"),
    ],
)
def test_a_field_of_another_type_is_named(fields, message):
    with pytest.raises(ValueError, match=message):
        Sum.parse(fields)


def test_the_fields_of_a_task_itself_are_checked_too():
    with pytest.raises(ValueError, match="numbers must be a sequence"):
        Sum.parse(Sum(prompt="p", numbers=3))


def test_a_task_of_a_level_that_is_not_there_is_refused():
    with pytest.raises(ValueError, match=r"options\['task'\].level must be an integer from 0 to 2, got 3"):
        parse({"task": {"prompt": "p", "level": 3}})


@pytest.mark.parametrize("options", [None, {}])
def test_without_options_the_default_level_is_drawn_at(options):
    assert parse(options) == ResetOptions(1)


def test_options_name_the_level_and_the_task():
    assert parse({"level": 2}) == ResetOptions(2)
    assert parse({"level": np.int64(0)}) == ResetOptions(0)
    assert parse({"task": {"prompt": "p"}}) == ResetOptions(1, Sum(prompt="p"))
    assert parse({"task": None}) == ResetOptions(1)


def test_an_unknown_option_is_named():
    with pytest.raises(ValueError, match=r"'difficulty'.*'level' and 'task'"):
        parse({"difficulty": 1})


@pytest.mark.parametrize("level", [-1, 3, 10**30, "1", 1.0, True, None, [1], np.float64(1)])
def test_a_level_out_of_range_is_named(level):
    with pytest.raises(ValueError, match=r"options\['level'\] must be an integer from 0 to 2"):
        parse({"level": level})


def test_a_level_becomes_an_int():
    assert type(check_level(np.uint8(2), 3)) is int
