import copy
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from palaestra.envs.core.bodies.reward import total
from palaestra.envs.robot.reach import ReachEnv
from palaestra.envs.robot.readings import norm, read, sensor_places

NUMBERS = st.floats(-1e6, 1e6, allow_subnormal=False)


@pytest.fixture
def env():
    env = ReachEnv()
    env.reset(seed=0)
    return env


def test_a_sensor_is_read_by_its_name(env):
    readings = read(env.data, sensor_places(env.model))
    np.testing.assert_array_equal(readings["tip"], env.data.site("tip").xpos)
    assert readings["yaw"].shape == (1,)


def test_readings_stay_what_they_were_when_the_simulation_goes_on(env):
    readings = env.readings
    before = copy.deepcopy(readings)
    env.step(np.ones(4))
    np.testing.assert_array_equal(readings.sensors_XS, before.sensors_XS)
    np.testing.assert_array_equal(readings.qpos_XQ, before.qpos_XQ)
    np.testing.assert_array_equal(readings.qvel_XV, before.qvel_XV)
    assert readings.time_X == before.time_X


def test_a_sensor_that_is_not_there_is_named_beside_those_that_are(env):
    with pytest.raises(ValueError, match="no sensor 'nose'; it has yaw, shoulder"):
        env.readings["nose"]


@given(arrays(np.float64, st.tuples(st.integers(1, 5), st.integers(1, 4), st.integers(1, 4)), elements=NUMBERS))
def test_a_length_is_the_same_alone_and_in_a_batch_however_it_lies_in_memory(x_BND):
    lengths_BN = norm(x_BND)
    np.testing.assert_array_equal(lengths_BN, norm(np.asfortranarray(x_BND)))
    np.testing.assert_array_equal(lengths_BN, [[norm(x_D) for x_D in x_ND] for x_ND in x_BND])
    np.testing.assert_allclose(lengths_BN, np.linalg.norm(x_BND, axis=-1), rtol=1e-14, atol=1e-150)


@given(arrays(np.float64, st.tuples(st.integers(1, 6), st.integers(1, 4)), elements=NUMBERS))
def test_a_total_is_the_same_alone_and_in_a_batch(terms_KB):
    names = [str(number) for number in range(len(terms_KB))]
    totals_B = total(dict(zip(names, terms_KB, strict=True)))
    np.testing.assert_array_equal(totals_B, [total(dict(zip(names, term_K, strict=True))) for term_K in terms_KB.T])


@given(st.lists(NUMBERS, max_size=6))
def test_a_total_is_off_by_the_last_bit_at_most(terms):
    found = total({str(number): term for number, term in enumerate(terms)})
    magnitude = math.fsum(map(abs, terms))
    assert abs(found - math.fsum(terms)) <= math.ulp(found) + magnitude * 1e-30


def test_small_terms_are_not_lost_beside_a_large_one():
    assert total({"large": 1e16, "small": 1.0, "opposite": -1e16}) == 1.0
