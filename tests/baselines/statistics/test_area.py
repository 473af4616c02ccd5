import numpy as np
import pytest

from palaestra.baselines.statistics import Curve, area_under


def test_the_area_is_the_mean_of_a_curve_of_straight_lines_in_any_order():
    compute, scores = np.array([400.0, 0.0, 100.0]), np.array([0.8, 0.0, 0.8])
    assert area_under(Curve(compute, scores)) == pytest.approx((100 * 0.4 + 300 * 0.8) / 400)
    assert area_under(Curve(3 * compute + 7, scores)) == pytest.approx(0.7)


def test_there_is_no_area_under_a_point():
    assert area_under(Curve(np.array([5.0]), np.array([1.0]))) is None
