import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from palaestra.envs.drive.closed_line import (
    LoopShape,
    curvatures,
    directions,
    nearest_stretches,
    random_loop,
    smooth_closed_line,
)


def test_a_line_through_points_of_a_circle_is_the_circle():
    angle = np.linspace(0, 2 * np.pi, 12, endpoint=False)
    line, length = smooth_closed_line(3.0 * np.stack([np.cos(angle), np.sin(angle)], axis=-1), 256)
    np.testing.assert_allclose(np.hypot(*line.T), 3.0, rtol=1e-3)
    assert length == pytest.approx(6 * np.pi, rel=1e-3)
    np.testing.assert_allclose(curvatures(line, length), 1 / 3.0, rtol=0.05)
    np.testing.assert_allclose(np.sum(directions(line) * line, axis=-1), 0.0, atol=0.05)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000))
def test_loops_are_as_wide_and_as_far_apart_as_asked_for(seed):
    shape = LoopShape(radius=5.0, knots=8, wobble=0.25, tightest=1.4, apart=2.6)
    line, length = random_loop(np.random.default_rng(seed), shape, 256)
    assert np.abs(curvatures(line, length)).max() <= 1 / 1.4
    assert nearest_stretches(line, length, beyond=1.8 * 2.6) >= 2.6
    steps = np.hypot(*(np.roll(line, -1, axis=0) - line).T)
    np.testing.assert_allclose(steps, length / 256, rtol=0.02)
