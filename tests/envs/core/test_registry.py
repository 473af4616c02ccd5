import dataclasses

import pytest

from palaestra.envs import ENTRIES, register_all
from palaestra.envs.core import EnvEntry, check_known, entries, find_entry, kind_of_env, register

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


def test_what_others_have_registered_with_gymnasium_is_for_agents_that_move():
    check_known("Pendulum-v1")
    assert kind_of_env("Pendulum-v1") == "body"
    assert kind_of_env("math/Countdown-v0") == "text"


def test_an_id_that_nobody_has_registered_is_unknown():
    with pytest.raises(ValueError, match="did you mean math/Countdown-v0"):
        check_known("math/Countdwn-v0")
    with pytest.raises(ValueError, match="unknown environment id"):
        kind_of_env("Pendulum-v17")
