import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from palaestra.envs.text.twenty_questions_parser import MAX_QUESTION_LENGTH, Refusal, phrases_of, read_question
from palaestra.envs.text.twenty_questions_table import Attribute, Thing, load_table, read_table

ATTRIBUTES, THINGS = load_table().attributes, load_table().things


def read(text):
    """The name of what is asked for: `alive`, `a cat`, or the refusal."""
    meaning = read_question(text)
    if isinstance(meaning, Thing):
        return meaning.names[0]
    return meaning.name if isinstance(meaning, Attribute) else meaning


@pytest.mark.parametrize("meaning", [*ATTRIBUTES, *THINGS], ids=lambda meaning: meaning.question)
def test_every_question_of_the_expert_is_understood(meaning):
    assert read_question(meaning.question) is meaning


@pytest.mark.parametrize(
    ("text", "name"),
    [("Is it alive?", "alive"), ("is it a living thing", "alive"), ("Does this object live?", "alive"),
     ("is the thing alive", "alive"), ("alive?", "alive"), ("Is it an animal", "animal"),
     ("is it a kind of animal?", "animal"), ("does it fly?", "fly"), ("Can it fly?", "fly"), ("Could it fly", "fly"),
     ("Is it able to fly?", "fly"), ("Does it have wings?", "wings"), ("Do they have wings?", "wings"),
     ("Has it got wings?", "wings"), ("Does it have any wings?", "wings"), ("Do people eat it?", "food"),
     ("Can you eat it?", "food"), ("Is it something you can eat?", "food"), ("Is it edible?", "food"),
     ("Is it usually red?", "red"), ("is it red in color", "red"), ("IS IT MAN-MADE?", "artificial"),
     ("Is it made of metal?", "metal"), ("Is it made from wood?", "wood"), ("Would you say it is big?", "big"),
     ("Does it have four legs?", "quadruped"), ("Does it have 4 legs?", "quadruped"), ("Does it have legs?", "legs"),
     ("Can I hold it in one hand?", "small"), ("Is it bigger than a person?", "big")],
)  # fmt: skip
def test_attributes_are_asked_for_in_many_wordings(text, name):
    assert read(text) == name


@pytest.mark.parametrize(
    "text",
    ["Is it a cat?", "cat", "Cat.", "a cat", "It's a cat!", "is this a cat", "I guess it is a cat.", "My guess is: cat",
     "The answer is a cat.", "I think it is a cat", "Could it be a cat?", "Are you thinking of a cat?",
     "Do you mean a cat?", "Is it maybe a cat?", "<answer>cat</answer>", "Final answer: a cat", "Is it\ta CAT ??"],
)  # fmt: skip
def test_a_guess_names_an_object(text):
    assert read(text) == "a cat"


@pytest.mark.parametrize(
    ("text", "name"), [("Is it an airplane?", "a plane"), ("Are they scissors?", "scissors"), ("tv", "a television"),
                       ("Is it ice-cream?", "ice cream"), ("Is it the sun?", "the sun"), ("is it sun", "the sun")],
)  # fmt: skip
def test_objects_have_other_names(text, name):
    assert read(text) == name


def test_a_property_is_told_from_an_object_of_a_similar_name():
    assert read("Does it give light?") == "light"
    assert read("Is it a light?") == "a lamp"
    assert read("Is it found in a house?") == "house"
    assert read("Is it a house?") == "a house"


@pytest.mark.parametrize(
    "text",
    ["It was no cat. Is it alive?", "Hmm... is it alive?", "OK, so, is it alive, please?", "My question: is it alive?",
     "Is it alive? Is it alive?", "Is it alive?\nI wonder.", "“Is it alive?”"],
)  # fmt: skip
def test_what_is_said_around_a_question_does_not_matter(text):
    assert read(text) == "alive"


@pytest.mark.parametrize(
    "text",
    ["Is it alive? Is it big?", "Is it alive and big?", "Is it a cat or a dog?", "cat. dog.", "cat\ndog",
     "Is it a cat? Is it a dog? Is it a cow?"],
)  # fmt: skip
def test_several_questions_are_refused(text):
    assert read_question(text) is Refusal.SEVERAL


@pytest.mark.parametrize(
    "text",
    ["Is it not alive?", "Isn't it alive?", "isn’t it alive", "It is not a cat.", "Doesn't it fly?", "Can it not fly?",
     "isnt it red", "does it never move?"],
)  # fmt: skip
def test_negations_are_refused(text):
    assert read_question(text) is Refusal.NEGATION


@pytest.mark.parametrize(
    "text",
    ["", " ", "?", "...", "yes", "no", "What is it?", "Is it?", "it", "is it a dragon?", "is it existential?", "catdog",
     "cat dog", "cat cat dog", "Is it alive big?", "alive animal", "Are they animals?", "17",
     "Ｉｓ　ｉｔ　ａｌｉｖｅ？", "Is it аlive?", "🦊", "\ud800", "\x00", "{}", "is it {}?", "is it is it alive"],
)  # fmt: skip
def test_anything_else_is_not_understood(text):
    assert read_question(text) is Refusal.UNKNOWN


def test_a_long_text_is_not_read():
    assert read_question("Is it alive?".rjust(MAX_QUESTION_LENGTH)).name == "alive"
    assert read_question("Is it alive?".rjust(MAX_QUESTION_LENGTH + 1)) is Refusal.LONG
    assert read_question("cat " * 10**6) is Refusal.LONG


def test_all_the_objects_at_once_are_no_guess():
    names = [thing.name for thing in THINGS[:60]]
    for separator in (" ", ", ", "? ", ". ", "\n", " or ", "-"):
        assert isinstance(read_question(separator.join(names)), Refusal)


@given(st.text(max_size=600))
def test_reading_never_raises(text):
    assert isinstance(read_question(text), Attribute | Thing | Refusal)


@given(
    st.sampled_from([*ATTRIBUTES, *THINGS]),
    st.sampled_from(["", "Hmm. ", "please ", "Well, ", "\n", "So: "]),
    st.sampled_from(["", "!", " ?", "\n\n", "??"]),
    st.sampled_from([str, str.upper, str.lower, str.title]),
)
def test_case_and_politeness_do_not_matter(meaning, before, after, case):
    assert read_question(before + case(meaning.question) + after) is meaning


@given(st.lists(st.sampled_from([*ATTRIBUTES, *THINGS]), min_size=2, max_size=4, unique=True))
def test_no_two_questions_are_answered_at_once(meanings):
    assert read_question(" ".join(meaning.question for meaning in meanings)) is Refusal.SEVERAL


@pytest.mark.parametrize("unit", ["a", " ", "?", "a?", "'", "a'", "<", "</a", ":", "is it ", "\ud800"])
def test_hostile_texts_are_read_in_linear_time(unit):
    text = (unit * MAX_QUESTION_LENGTH)[:MAX_QUESTION_LENGTH]
    began = time.perf_counter()
    read_question(text)
    assert time.perf_counter() - began < 0.05


def test_a_phrase_for_two_things_is_found():
    table = read_table('[attributes]\nball = ["is a ball"]\n[implies]\n[objects]\n"a ball" = "ball"\n')
    with pytest.raises(ValueError, match="'ball' asks for 'Is it a ball"):
        phrases_of(table)
