from palaestra.baselines.leaderboard import leaderboard
from palaestra.baselines.leaderboard.grids import duels, markdown, p_text, scores_by_setting, standings

from .conftest import reference, returned

REFERENCES = {
    ("robot/Reach-v0", ""): reference(),
    ("robot/Reach-v0", "level 1"): reference(random=0.0, level=1),
    ("text/GuessNumber-v0", ""): reference("text/GuessNumber-v0"),
}


def test_a_comparison_lists_its_agents_the_best_first(make_runs):
    board = leaderboard([*make_runs("ppo", [0.4] * 5), *make_runs("sac", [0.6] * 3)], REFERENCES)
    (grid,) = standings(board)
    assert grid.title.startswith("Normalised scores over robot/Reach-v0: 0 random, 1 the expert; last checkpoints")
    assert grid.columns == ("agent", "IQM", "mean", "median", "optimality gap", "seeds")
    assert grid.rows[0] == ("sac", *["0.50 (0.50 … 0.50)"] * 4, "3, too few")
    assert grid.rows[1][::5] == ("ppo", "5")


def test_one_seed_has_no_interval_over_seeds(make_run):
    (grid,) = standings(leaderboard([make_run(0.6)], REFERENCES))
    assert grid.rows == (("ppo", "0.50", "0.50", "0.50", "0.50", "1, too few"),)


def test_settings_are_rows_between_random_and_the_expert(make_runs):
    runs = [*make_runs("ppo", [0.4] * 5), *make_runs("sac", [0.5] * 5), *make_runs("ppo", [0.3] * 5, options="level 1")]
    (grid,) = scores_by_setting(leaderboard(runs, REFERENCES))
    assert grid.columns == ("setting", "random", "ppo", "sac", "expert")
    assert grid.rows == (
        ("robot/Reach-v0", "20%", "40% (35–45)", "50% (45–55)", "100%"),
        ("robot/Reach-v0 (level 1)", "0%", "30% (25–35)", "–", "100%"),
    )


def test_agents_that_share_no_setting_have_tables_of_their_own(make_runs):
    runs = [*make_runs("ppo", [0.4] * 5), *make_runs("grpo", [0.5] * 5, env_id="text/GuessNumber-v0")]
    assert [grid.columns[2:-1] for grid in scores_by_setting(leaderboard(runs, REFERENCES))] == [("grpo",), ("ppo",)]


def test_a_cell_says_what_must_be_known_of_it(make_run, make_runs):
    runs = [
        *make_runs("ppo", [0.4] * 2),
        make_run(None, 3, status="failed"),
        make_run(None, 4, status="interrupted"),
        make_run(None, 5),
    ]
    (grid,) = scores_by_setting(leaderboard(runs, REFERENCES))
    assert grid.rows[0][2] == "40% (35–45), 2 seeds, 1 failed, 1 unfinished, 1 without a score"


def test_a_cell_of_failed_runs_alone_is_not_empty(make_run):
    (grid,) = scores_by_setting(leaderboard([make_run(None, status="failed")], REFERENCES))
    assert grid.rows[0][2] == "1 failed"


def test_returns_are_named_and_an_unknown_scale_is_left_open(make_runs):
    (grid,) = scores_by_setting(leaderboard(make_runs("td3", [returned(9000.0)] * 5, "HalfCheetah-v4"), {}))
    assert grid.rows == (("HalfCheetah-v4: return", "–", "9000.00 (8999.00 … 9001.00)", "–"),)


def test_pairs_say_who_stands_higher(make_runs):
    board = leaderboard([*make_runs("ppo", [0.4] * 5), *make_runs("sac", [0.6] * 5)], REFERENCES)
    (grid,) = duels(board)
    assert grid.rows == (("sac over ppo", "100% (100–100)", "+0.25", "0.062", "5"),)


def test_pairs_with_a_single_seed_have_no_interval(make_run, make_runs):
    (grid,) = duels(leaderboard([make_run(0.4), *make_runs("sac", [0.6] * 5)], REFERENCES))
    assert grid.rows == (("sac over ppo", "100%", "+0.25", "1.000", "1"),)


def test_pairs_without_a_shared_seed_have_no_p_value(make_run):
    (grid,) = duels(leaderboard([make_run(0.4, 0), make_run(0.6, 1, "sac")], REFERENCES))
    assert grid.rows[0][2:] == ("–", "–", "0")


def test_a_p_value_is_never_nothing():
    assert [p_text(p) for p in (0.00001, 0.0009, 0.001, 0.5)] == ["< 0.001", "< 0.001", "0.001", "0.500"]


def test_rounding_does_not_hang_on_the_last_digit_of_a_sum(make_runs):
    for score in (0.125, 0.12500000000000003, 0.12499999999999997):
        (grid,) = scores_by_setting(leaderboard(make_runs("ppo", [score] * 5), REFERENCES))
        assert grid.rows[0][2].startswith("12%")


def test_markdown_holds_standings_scores_and_caveats(make_runs):
    text = markdown(leaderboard(make_runs("ppo", [0.6] * 3), REFERENCES))
    assert "| ppo | 0.50 (0.50 … 0.50) |" in text
    assert "| robot/Reach-v0 | 20% | 60% (55–65), 3 seeds | 100% |" in text
    assert text.splitlines()[-1] == "- ppo: fewer than 5 seeds in robot/Reach-v0, so its intervals there are guesses"
