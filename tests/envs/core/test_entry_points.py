import fractions
import sys

import pytest

from palaestra.envs.core.entry_points import EntryPoints, load

TABLE = EntryPoints(
    {"fraction": "fractions:Fraction", "absent": "no_module_of_this_name:Thing", "no_attribute": "fractions:Nothing"},
    unknown="unknown kind {!r}",
)


def test_a_name_leads_to_what_it_stands_for():
    assert TABLE["fraction"] is TABLE.find("fraction") is load("fractions:Fraction") is fractions.Fraction


def test_nothing_is_imported_before_it_is_looked_up(monkeypatch):
    monkeypatch.delitem(sys.modules, "this", raising=False)
    table = EntryPoints({"zen": "this:s"})
    assert (list(table), len(table), "zen" in table, "zazen" in table) == (["zen"], 1, True, False)
    assert "this" not in sys.modules


def test_what_cannot_be_imported_says_so():
    with pytest.raises(ModuleNotFoundError, match="no_module_of_this_name"):
        TABLE.find("absent")
    with pytest.raises(AttributeError, match="Nothing"):
        TABLE.find("no_attribute")


@pytest.mark.parametrize("name", ["fracton", "Fraction", "FRACTION"])
def test_an_unknown_name_is_answered_with_the_nearest(name):
    with pytest.raises(ValueError, match=rf"^unknown kind '{name}'; did you mean fraction\? \(known: absent, fraction"):
        TABLE.find(name)


@pytest.mark.parametrize("name", ["zzz", "", None, 3, ["fraction"]])
def test_a_name_like_no_other_is_refused_without_a_hint(name):
    with pytest.raises(ValueError, match=r"unknown kind .* \(known: "):
        TABLE.find(name)


def test_an_unknown_name_is_a_key_error_to_a_mapping():
    assert TABLE.get("zzz") is None
    with pytest.raises(KeyError):
        TABLE["zzz"]
