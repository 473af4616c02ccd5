import pytest

from palaestra.baselines.report.collect import collect
from palaestra.baselines.report.standings import standings_of

from .made_up_runs import scores


def result(agent, best=0.9):
    return {"random": scores(0.1, 0), "oracle": scores(0.9, 1), "agent": scores(agent, 0), "best": scores(best, 0)}


@pytest.fixture
def two_agents(make_run):
    """In two environments made for the test, one agent at 70 % and one at 50 %."""
    return [
        make_run(env_id=env, recipe=name, algorithm=name, seed=seed, result=result(success))
        for env in ("test/A-v0", "test/B-v0")
        for name, success in (("strong", 0.7), ("weak", 0.5))
        for seed in range(5)
    ]


def test_one_agent_in_one_setting_has_nothing_beside_it(make_run):
    assert standings_of(collect([make_run(seed=seed) for seed in range(5)])) == []


def test_agents_stand_by_their_normalised_scores(two_agents):
    last, best = standings_of(collect(two_agents))
    (board,) = last.boards
    assert board.settings == ["test/A-v0", "test/B-v0"]
    assert [standing.label for standing in board.standings] == ["strong", "weak"]
    assert [standing.at for standing in board.standings] == pytest.approx([75, 50])
    assert [standing.at for standing in best.boards[0].standings] == pytest.approx([100, 100])


def test_the_matrix_says_who_scores_higher_both_ways_round(two_agents):
    last, _ = standings_of(collect(two_agents))
    (board,) = last.boards
    assert board.matrix[0][0] is None
    assert board.matrix[0][1] is not None
    assert board.matrix[1][0] is not None
    assert (board.matrix[0][1].improvement.estimate, board.matrix[0][1].hue) == (1, "above")
    assert (board.matrix[1][0].improvement.estimate, board.matrix[1][0].hue) == (0, "below")
    assert board.matrix[0][1].p_value == board.matrix[1][0].p_value


def test_runs_that_failed_are_counted_and_an_agent_without_a_score_is_there(two_agents, make_run):
    broken = [
        make_run(env_id="test/A-v0", recipe="strong", algorithm="strong", seed=5, status="failed", result={}),
        make_run(env_id="test/A-v0", recipe="broken", algorithm="broken", status="failed", result={}),
        make_run(env_id="test/A-v0", recipe="broken", algorithm="broken", seed=1, status="interrupted", result={}),
    ]
    last, _ = standings_of(collect([*two_agents, *broken]))
    lost = {standing.label: (standing.failed, standing.unfinished) for standing in last.boards[0].standings}
    assert lost == {"strong": (1, 0), "weak": (0, 0), "broken": (1, 1)}
    assert last.boards[0].standings[-1].entry is None


def test_scores_outside_the_scale_widen_it(two_agents, make_run):
    worse = [
        make_run(env_id=env, recipe="bad", algorithm="bad", seed=seed, result=result(0.02))
        for env in ("test/A-v0", "test/B-v0")
        for seed in range(5)
    ]
    last, _ = standings_of(collect([*two_agents, *worse]))
    assert all(0 < standing.at < 100 for standing in last.boards[0].standings if standing.at is not None)
    assert last.boards[0].ticks[0][0] > 0  # zero has room on its left
