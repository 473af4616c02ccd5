import re
from itertools import combinations

import pytest

from palaestra.envs.text.twenty_questions_table import load_table, read_table, without_article

SMALL = """
[attributes]
alive = ["is alive", "does live"]
animal = ["is an animal"]
wings = ["has wings"]
[implies]
bird = "animal"
animal = "alive"
[objects]
"a plane / an airplane" = "wings"
"an owl" = "animal wings"
"grass" = "alive"
"""


def truths(table, thing):
    return {attribute.name for attribute in table.attributes if attribute.objects >> thing.index & 1}


def test_a_table_is_read_with_what_goes_without_saying():
    table = read_table(SMALL)
    assert [truths(table, thing) for thing in table.things] == [{"wings"}, {"alive", "animal", "wings"}, {"alive"}]
    assert [thing.name for thing in table.things] == ["plane", "owl", "grass"]
    assert table.named["owl"] is table.things[1]


def test_questions_are_worded_after_the_first_predicate_and_the_usual_name():
    table = read_table(SMALL)
    assert [a.question for a in table.attributes] == ["Is it alive?", "Is it an animal?", "Does it have wings?"]
    assert [t.question for t in table.things] == ["Is it a plane?", "Is it an owl?", "Is it grass?"]


def test_an_unknown_attribute_is_named_with_its_row():
    with pytest.raises(ValueError, match=r"'grass'.*'alvie'"):
        read_table(SMALL.replace('"grass" = "alive"', '"grass" = "alvie"'))


@pytest.mark.parametrize(
    ("name", "bare"), [("a cat", "cat"), ("an axe", "axe"), ("the sun", "sun"), ("anchor", "anchor"), ("a", "a")]
)
def test_articles_are_taken_off(name, bare):
    assert without_article(name) == bare


class TestTheTableOfTheGame:
    def test_it_is_as_large_as_promised(self):
        table = load_table()
        assert (len(table.things), len(table.attributes)) == (160, 75)

    def test_names_are_unique_and_made_of_plain_words(self):
        names = [name for thing in load_table().things for name in thing.names]
        assert len({without_article(name) for name in names}) == len(names)
        assert not [name for name in names if not re.fullmatch(r"[a-z]+([ -][a-z]+)*", name)]

    def test_every_two_objects_differ(self):
        table = load_table()
        rows = [truths(table, thing) for thing in table.things]
        assert not [pair for pair in combinations(range(len(rows)), 2) if rows[pair[0]] == rows[pair[1]]]

    def test_every_attribute_is_true_of_some_and_not_of_all_and_no_two_say_the_same(self):
        columns = [attribute.objects for attribute in load_table().attributes]
        assert all(2 <= column.bit_count() <= 100 for column in columns)
        assert len(set(columns)) == len(columns)

    @pytest.mark.parametrize(
        ("special", "general"),
        [("mammal", "animal"), ("fish", "swim"), ("insect", "small"), ("quadruped", "legs"), ("animal", "alive"),
         ("vehicle", "artificial"), ("fruit", "food"), ("screen", "electric"), ("kitchen", "house")],
    )  # fmt: skip
    def test_special_things_are_general_things(self, special, general):
        columns = {attribute.name: attribute.objects for attribute in load_table().attributes}
        assert columns[special] & ~columns[general] == 0

    @pytest.mark.parametrize(
        ("one", "other"),
        [("alive", "artificial"), ("big", "small"), ("hot", "cold"), ("animal", "plant"), ("fruit", "drink"),
         ("mammal", "eggs"), ("animal", "electric"), ("mammal", "bird")],
    )  # fmt: skip
    def test_opposites_exclude_each_other(self, one, other):
        columns = {attribute.name: attribute.objects for attribute in load_table().attributes}
        assert columns[one] & columns[other] == 0

    @pytest.mark.parametrize(
        ("name", "true", "false"),
        [("penguin", {"bird", "wings", "swim", "eggs"}, {"fly", "mammal"}),
         ("bat", {"mammal", "fly", "wings"}, {"bird", "eggs"}),
         ("whale", {"mammal", "water", "swim", "big"}, {"fish", "legs", "fur"}),
         ("tomato", {"fruit", "red", "round"}, {"sweet", "artificial"}),
         ("bike", {"vehicle", "wheels"}, {"engine", "electric"}),
         ("moon", {"space", "light", "round"}, {"hot", "artificial", "alive"})],
    )  # fmt: skip
    def test_it_knows_what_people_know(self, name, true, false):
        table = load_table()
        truth = truths(table, table.named[name])
        assert true <= truth
        assert not false & truth
