import dataclasses

import pytest

from palaestra.envs import ENTRIES, register_all
from palaestra.envs.core import EnvEntry, entries, find_entry, register

ROW = EnvEntry(
    id="text/GuessNumber-v0", entry_point="somewhere:Else", kind="text", turns="multi", levels=1, summary="another"
)


@pytest.mark.parametrize(
    "id", ["GuessNumber-v0", "text/guess-v0", "text/Guess", "Text/Guess-v0", "text/Guess-v", "a/b/C-v0"]
)
def test_an_id_is_a_domain_a_name_and_a_version(id):
    with pytest.raises(ValueError, match="domain/Name-v0"):
        dataclasses.replace(ROW, id=id)


def test_there_is_at_least_one_level():
    with pytest.raises(ValueError, match="levels"):
        dataclasses.replace(ROW, levels=0)


def test_the_domain_is_what_stands_before_the_slash():
    assert ROW.domain == "text"


def test_registering_again_changes_nothing():
    before = entries()
    register_all()
    assert entries() == before
    assert all(entry in entries() for entry in ENTRIES)


def test_two_rows_cannot_share_an_id():
    with pytest.raises(ValueError, match=r"text/GuessNumber-v0.*guess_number"):
        register(ROW)


def test_rows_are_sorted_by_id():
    assert list(entries()) == sorted(entries(), key=lambda entry: entry.id)


def test_a_row_is_found_by_its_id():
    assert find_entry("math/Countdown-v0").summary == "reach a target from the given numbers"


@pytest.mark.parametrize(
    ("id", "near"),
    [("text/GuesNumber-v0", "text/GuessNumber-v0"), ("guessnumber", "text/GuessNumber-v0"),
     ("Countdown", "math/Countdown-v0"), ("math/countdown-v1", "math/Countdown-v0"), ("reach", "robot/Reach-v0")],
)  # fmt: skip
def test_an_unknown_id_is_answered_with_the_nearest(id, near):
    with pytest.raises(ValueError, match=f"did you mean {near}"):
        find_entry(id)


def test_a_hopeless_id_gets_no_guess():
    with pytest.raises(ValueError, match="palaestra list") as caught:
        find_entry("zzzzzzzz")
    assert "did you mean" not in str(caught.value)


def test_rows_can_stand_in_a_set_also_with_arguments():
    small, large = (dataclasses.replace(ROW, kwargs={"upper": upper}) for upper in (10, 100))
    assert {small, large, dataclasses.replace(small)} == {small, large}
    assert len({small, large, dataclasses.replace(small)}) == 2
