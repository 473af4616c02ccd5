import pytest

from palaestra.envs.code.unit_test_quality import CHANNELS, UnitTestQuality, assess_quality

GOOD = """
def test_small():
    assert f(1) == 2
    assert f(2) == 3


def test_negative():
    values = [f(-1)]
    assert values == [0]
"""


def missing(source):
    quality = assess_quality(source, "f")
    return {name for name in CHANNELS if not getattr(quality, name)}


def test_every_channel_holds_of_a_good_test():
    assert missing(GOOD) == set()
    assert missing("assert f(1) == 2") == set()


@pytest.mark.parametrize(
    ("source", "channels"),
    [
        ("", {"assertion", "focal_call", "not_empty"}),
        ("nonsense", {"assertion", "focal_call"}),
        ("f(1)", {"assertion"}),
        ("assert True", {"focal_call"}),
        ("assert f", {"focal_call"}),
        ("assert g.f(1)", {"focal_call"}),
        ("# assert f(1) == 2", {"assertion", "focal_call", "not_empty"}),
        ("'assert f(1) == 2'", {"assertion", "focal_call", "not_empty"}),
        ("assert f(1) == 2\nassert f( 1 )==(2)", {"no_duplicate_assertions"}),
        ("assert f(1) == 2\nassert 2 == f(1)", set()),
        ("if 1:\n    assert f(1) == 2", {"no_conditionals"}),
        ("assert f(1 if 2 else 3) == 2", {"no_conditionals"}),
        ("match 1:\n    case 1:\n        assert f(1) == 2", {"no_conditionals"}),
        ("assert f(1) == 2\nprint(f(1))", {"no_prints"}),
        ("assert f(1) == 2\ndef test_a(): pass", {"not_empty"}),
        ("assert f(1) == 2\ndef test_a():\n    'Tests.'\n    ...", {"not_empty"}),
        ("assert f(1) == 2\ndef helper(): pass", set()),
    ],
)
def test_a_channel_fails_by_itself(source, channels):
    assert missing(source) == channels


@pytest.mark.parametrize(
    "source",
    [
        "assert f(1) ==", "```\nassert f(1)\n```", "\x00", "\ud800", "(" * 3000, "[" * 5999, "-" * 5000 + "1",
        "1+" * 2900 + "1", "a." * 2900 + "a", "not " * 1400 + "1", "lambda:" * 800 + "1", "f(" * 2900, "f'{" * 1900,
        "if a:\n pass\n" + "elif a:\n pass\n" * 400, "a\n" * 5000, "assert f(1)" + " " * 6000,
    ],
)  # fmt: skip
def test_no_channel_holds_of_what_is_no_python_or_beyond_bounds(source):
    assert assess_quality(source, "f") == UnitTestQuality()


def test_a_test_needs_the_required_channels_alone():
    assert assess_quality("print(1)\nassert f(1 if 2 else 3)", "f").is_test
    assert not assess_quality("assert g(1)", "f").is_test
