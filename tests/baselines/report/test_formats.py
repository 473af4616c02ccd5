import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from palaestra.baselines.report.formats import count, duration, hardware, listing, number, percent, printable, signed


@given(st.text(st.characters(codec=None, categories=None)))
def test_printable_text_can_always_be_written_and_holds_no_control_characters(text):
    shown = printable(text)
    shown.encode("utf-8")
    assert not any(ord(c) < 32 and c not in "\t\n" for c in shown)
    assert len(shown) == len(text)


def test_control_characters_are_shown_as_their_pictures():
    assert printable("a\x00b\x1bc\r\n\ud800") == "a␀b␛c␍\n\ufffd"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "–"),
        (math.nan, "–"),
        (math.inf, "–"),
        (0, "0"),
        (-3, "−3"),
        (0.934, "0.93"),
        (0.0123, "0.012"),
        (0.06, "0.060"),
        (-0.00001, "−1.0e-05"),
        (12345.6, "12346"),
        (1e300, "1e+300"),
    ],
)
def test_numbers(value, text):
    assert number(value) == text


def test_rewards_have_signs():
    assert [signed(value) for value in (1.0, 0.0, -0.5, None)] == ["+1", "0", "−0.50", "–"]


def test_shares_counts_and_lists():
    assert percent(0.9345) == "93.5\u202f%"
    assert percent(1.0) == "100\u202f%"
    assert count(1234567) == "1\u202f234\u202f567"
    assert listing(["a", "b", "c"]) == "a, b and c"
    assert listing(["a"]) == "a"
    assert listing([]) == ""


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.25, "0.2 s"), (59.4, "59 s"), (59.6, "1 min"), (192, "3 min 12 s"), (3600, "1 h"), (5460, "1 h 31 min")],
)
def test_durations(seconds, text):
    assert duration(seconds) == text


def test_a_machine():
    machine = {"cpu": "AMD EPYC 9B14", "cores": 2, "memory_gb": 8.2, "gpu": None}
    assert hardware(machine) == "AMD EPYC 9B14, 2 cores, 8 GB, no GPU"
    assert hardware({"gpu": "H200"}) == "H200"
