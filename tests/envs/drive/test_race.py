import pickle
import warnings

import numpy as np
import pytest
from pettingzoo.test import parallel_api_test

from palaestra.envs.drive.kernels import layout as column
from palaestra.envs.parallel import make_parallel


def test_it_keeps_pettingzoos_contract():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        parallel_api_test(make_parallel("drive/Race-v0", cars=3, pixels=16, episode_steps=60), num_cycles=100)


def test_cars_see_each_other_but_not_themselves():
    race = make_parallel("drive/Race-v0", cars=3, observation="pixels")
    seen, _ = race.reset(seed=100)
    state = race.get_state()
    gone = pickle.loads(pickle.dumps(state))
    gone.episode.rank_N[0] = 1  # the car in front of the last one has left the course
    race.set_state(gone)
    without = race.step({agent: np.zeros(2) for agent in ("car_1", "car_2")})[0]
    race.set_state(state)
    with_it = race.step({agent: np.zeros(2) for agent in race.agents})[0]
    assert not np.array_equal(with_it["car_2"], without["car_2"])
    np.testing.assert_array_equal(with_it["car_0"], seen["car_0"])  # nobody is before it


def test_the_first_to_finish_is_paid_most_and_leaves_the_course():
    race = make_parallel("drive/Race-v0", cars=3, observation="state")
    race.reset(seed=100)
    ranks, order = {}, []
    while race.agents:
        _, _, terminations, truncations, infos = race.step(race.oracle())
        assert not any(truncations.values())
        for agent, is_over in terminations.items():
            if is_over:
                order.append(agent)
                ranks[agent] = infos[agent]["reward_terms"]["rank"]
                assert infos[agent]["success"]
    assert [ranks[agent] for agent in order] == [5.0, 2.5, 0.0]


def test_cars_never_stand_in_each_other():
    race = make_parallel("drive/Race-v0", cars=8, observation="state", laps=5, episode_steps=150)
    race.reset(seed=101)
    rng, nearest = np.random.default_rng(0), []
    while race.agents:
        race.step({agent: np.array([rng.uniform(-0.3, 0.3), 1.0]) for agent in race.agents})
        rows = race.get_state().episode.state_N_S
        places = rows[:, [column.X, column.Y]]
        distances = np.hypot(*np.moveaxis(places[:, None] - places, -1, 0)) + np.eye(8)
        nearest.append(distances.min())
    assert min(nearest) > 0.2
    assert min(nearest) < 0.64, "they touched"


def test_a_snapshot_has_the_same_future():
    race = make_parallel("drive/Race-v0", cars=2, observation="state")
    race.reset(seed=100)
    for _ in range(5):
        race.step(race.oracle())
    state = pickle.loads(pickle.dumps(race.get_state()))
    futures = []
    for _ in range(2):
        futures.append([race.step(race.oracle())[1] for _ in range(5)])
        race.set_state(state)
    assert futures[0] == futures[1]


def test_bad_arguments_are_refused_by_name():
    for name, value in (("cars", 1), ("cars", 9), ("laps", 0), ("level", 3), ("episode_steps", 0)):
        with pytest.raises(ValueError, match=name):
            make_parallel("drive/Race-v0", **{name: value})
    with pytest.raises(ValueError, match="drive/Race-v0"):
        make_parallel("drive/Rice-v0")
    race = make_parallel("drive/Race-v0", cars=2, observation="state")
    race.reset(seed=0)
    with pytest.raises(ValueError, match="actions"):
        race.step({"car_0": np.zeros(2)})
