import pytest

from palaestra.baselines.training_speed.compare import OURS, TRL, Measurement
from palaestra.baselines.training_speed.setting import Setting
from palaestra.baselines.training_speed.turns import Turn


def measured() -> Measurement:
    turns = {
        OURS: [Turn(1.0, 0.8, {"decode": 0.4}), Turn(2.0, 0.9, {"decode": 0.5}), Turn(4.0, 1.0, {"decode": 0.6})],
        TRL: [Turn(3.0, 1.6), Turn(4.0, 2.7), Turn(4.0, 2.0)],
    }
    return Measurement(Setting(), turns, peak=[4e11, 5e11, 3e11])


def test_ratios_are_taken_pair_by_pair():
    assert measured().ratios() == [3.0, 2.0, 1.0]
    assert measured().ratios("processor") == pytest.approx([2.0, 3.0, 2.0])


def test_what_no_part_accounts_for_is_the_rest():
    assert measured().phases() == pytest.approx({"decode": 0.5, "the rest": 0.4})


def test_the_limit_is_the_arithmetic_at_the_best_that_was_seen():
    assert measured().limit() == Setting().flops() / 5e11
