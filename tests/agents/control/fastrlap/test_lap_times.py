from palaestra.agents.control.fastrlap.laps import LapTimes


def evaluation(laps, lap_time=0.0, collisions=0, interventions=0):
    counts = {"collisions": collisions, "interventions": interventions, "rescues": 0}
    return {"laps": float(laps), "lap_time": lap_time, **counts}


def test_laps_are_counted_on_where_an_episode_begins_anew():
    times = LapTimes()
    times.note(evaluation(0), 1, False)
    times.note(evaluation(1, 9.0, collisions=2), 2, False)
    times.note(evaluation(1, 9.0, collisions=2), 3, True)
    times.note(evaluation(0), 4, False)
    times.note(evaluation(1, 11.0, collisions=1), 5, False)
    assert times.metrics() == {
        "rollout/laps": 2,
        "rollout/collisions": 3,
        "rollout/interventions": 0,
        "rollout/rescues": 0,
        "rollout/last_lap_time": 11.0,
        "rollout/best_lap_time": 9.0,
        "rollout/first_lap_step": 2.0,
        "rollout/first_clean_lap_step": 2.0,
    }


def test_a_lap_is_clean_where_the_recovery_had_no_part_in_it():
    times = LapTimes()
    times.note(evaluation(0, interventions=1), 1, False)
    times.note(evaluation(1, 50.0, interventions=1), 2, False)
    assert times.first_clean_lap_step is None
    times.note(evaluation(2, 12.0, interventions=1), 3, False)
    assert (times.first_lap_step, times.first_clean_lap_step) == (2, 3)


def test_before_the_first_lap_there_is_no_time_of_one():
    assert "rollout/first_lap_step" not in LapTimes().metrics()
