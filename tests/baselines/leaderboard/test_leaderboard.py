import dataclasses
import random

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from palaestra.baselines.leaderboard import leaderboard
from palaestra.baselines.runs import MetricRow

from .conftest import reference, returned, success

REACH, FAR = ("robot/Reach-v0", ""), ("robot/Reach-v0", "level 1")
REFERENCES = {REACH: reference(), FAR: reference(random=0.0, level=1)}


def kinds(board):
    return {caveat.kind for caveat in board.caveats}


def text(board, kind):
    (caveat,) = [caveat for caveat in board.caveats if caveat.kind == kind]
    return caveat.text


def test_scores_are_normalised_from_random_to_the_expert(make_runs):
    board = leaderboard(make_runs("ppo", [0.2, 0.6, 1.0]), REFERENCES)
    (table,) = board.settings
    assert table.measure == "success"
    assert table.rows[0].score.estimate == pytest.approx(0.6)
    assert table.rows[0].normalised.estimate == pytest.approx(0.5)
    assert board.comparisons[0].entries[0].scores_S_T == pytest.approx(np.array([[0.0], [0.5], [1.0]]))


def test_two_agents_on_two_settings_are_one_comparison_the_better_first(make_runs):
    runs = [
        *make_runs("ppo", [0.4] * 5),
        *make_runs("sac", [0.8] * 5),
        *make_runs("ppo", [0.3] * 5, options="level 1"),
        *make_runs("sac", [0.6] * 5, options="level 1"),
    ]
    board = leaderboard(runs, REFERENCES)
    (comparison,) = board.comparisons
    assert comparison.settings == (REACH, FAR)
    assert [entry.label for entry in comparison.entries] == ["sac", "ppo"]
    # sac: (0.8 - 0.2) / 0.8 = 0.75 and 0.6; ppo: 0.25 and 0.3
    assert comparison.entries[0].aggregates.mean.estimate == pytest.approx(0.675)
    assert comparison.entries[1].aggregates.optimality_gap.estimate == pytest.approx(0.725)
    (pair,) = comparison.pairs
    assert (pair.first, pair.second, pair.improvement.estimate) == ("sac", "ppo", 1)
    assert pair.test.difference == pytest.approx(0.4)
    assert pair.test.p_value == pair.corrected_p == 2 / 2**10
    assert board.caveats == ()


def test_p_values_are_corrected_for_the_number_of_pairs(make_runs):
    runs = [run for label, score in (("a", 0.9), ("b", 0.6), ("c", 0.3)) for run in make_runs(label, [score] * 5)]
    (comparison,) = leaderboard(runs, REFERENCES).comparisons
    assert [(pair.first, pair.second) for pair in comparison.pairs] == [("a", "b"), ("a", "c"), ("b", "c")]
    assert [pair.corrected_p for pair in comparison.pairs] == pytest.approx([3 * 2 / 32] * 3)


def test_the_same_runs_in_another_order_give_the_same_leaderboard(make_runs):
    generator = random.Random(0)
    runs = [
        run
        for label in ("ppo", "sac")
        for options in ("", "level 1")
        for run in make_runs(label, [generator.random() for _ in range(5)], options=options)
    ]
    first = leaderboard(runs, REFERENCES)
    generator.shuffle(runs)
    second = leaderboard(runs, REFERENCES)
    assert (first.settings, first.caveats) == (second.settings, second.caveats)
    assert first.comparisons[0].pairs == second.comparisons[0].pairs
    for one, other in zip(first.comparisons[0].entries, second.comparisons[0].entries, strict=True):
        assert one.aggregates == other.aggregates


def test_final_and_best_checkpoints_are_kept_apart(make_run):
    runs = [make_run(0.5, seed, best=0.9) for seed in range(5)]
    assert leaderboard(runs, REFERENCES).settings[0].rows[0].score.estimate == pytest.approx(0.5)
    best = leaderboard(runs, REFERENCES, checkpoint="best")
    assert best.checkpoint == "best"
    assert best.settings[0].rows[0].score.estimate == pytest.approx(0.9)


def test_a_learning_curve_counts_by_its_area(make_run):
    runs = [make_run(0.9, seed) for seed in range(5)]
    for run in runs:
        run.metrics.extend(
            MetricRow(step, None, 0.0, {"eval/success_rate": rate, "eval/return_mean": 2 * rate})
            for step, rate in [(0, 0.0), (100, 0.8), (400, 0.8)]
        )
    board = leaderboard(runs, REFERENCES, checkpoint="all")
    # 100 steps at 0.4 on average, then 300 at 0.8
    assert board.settings[0].rows[0].seed_scores == pytest.approx([0.7] * 5)
    runs[0].metrics.pop()
    runs[0].metrics.pop()
    assert leaderboard(runs, REFERENCES, checkpoint="all").settings[0].rows[0].unscored == 1


def test_a_run_without_the_checkpoint_is_not_scored_by_another(make_run):
    board = leaderboard([make_run(0.5)], REFERENCES, checkpoint="best")
    row = board.settings[0].rows[0]
    assert (row.score, row.unscored) == (None, 1)
    assert text(board, "unscored") == "ppo: 1 run finished without a score in robot/Reach-v0"
    assert board.comparisons == ()


def test_failed_and_unfinished_runs_are_counted_and_named(make_run, make_runs):
    runs = [
        *make_runs("ppo", [0.4] * 3),
        make_run(None, 3, status="failed"),
        make_run(None, 4, status="failed"),
        make_run(None, 5, status="interrupted"),
    ]
    board = leaderboard(runs, REFERENCES)
    row = board.settings[0].rows[0]
    assert (row.seeds, row.failed, row.unfinished) == ((0, 1, 2), 2, 1)
    assert text(board, "failed") == "ppo: 2 runs failed in robot/Reach-v0"
    assert text(board, "unfinished") == "ppo: 1 run running or interrupted in robot/Reach-v0"
    assert text(board, "few_seeds").startswith("ppo: fewer than 5 seeds in robot/Reach-v0")
    assert row.few_seeds
    assert board.comparisons[0].entries[0].few_seeds


def test_a_score_that_a_failed_run_left_behind_does_not_count(make_run):
    assert leaderboard([make_run(0.9, status="failed")], REFERENCES).settings[0].rows[0].score is None


def test_one_run_alone_keeps_the_interval_over_its_episodes(make_run):
    score = leaderboard([make_run(0.5)], REFERENCES).settings[0].rows[0].score
    assert (score.low, score.high) == pytest.approx((0.45, 0.55))


def test_returns_are_compared_where_the_environment_has_no_success(make_runs):
    runs = make_runs("ppo", [returned(5.0)] * 5, random=returned(0.0), oracle=returned(10.0))
    board = leaderboard(runs, {})
    assert board.settings[0].measure == "return"
    assert board.settings[0].rows[0].normalised.estimate == pytest.approx(0.5)


def test_without_a_reference_the_runs_own_measurements_are_the_scale(make_runs):
    board = leaderboard(make_runs("ppo", [0.6] * 5, random=0.2, oracle=1.0), {})
    assert board.settings[0].rows[0].normalised.estimate == pytest.approx(0.5)
    assert not board.settings[0].shipped_reference
    assert "robot/Reach-v0" in text(board, "own_reference")


@pytest.mark.parametrize("references", [{}, {REACH: reference(oracle=None)}, {REACH: reference(random=1.0)}])
def test_a_setting_without_a_scale_is_shown_but_left_out_of_comparisons(make_runs, references):
    board = leaderboard(make_runs("ppo", [0.6] * 5), references)
    row = board.settings[0].rows[0]
    assert row.score.estimate == pytest.approx(0.6)
    assert row.normalised is None
    assert board.comparisons == ()
    assert "left out" in text(board, "no_reference")


def test_runs_of_other_tools_need_not_be_of_a_known_environment(make_run):
    board = leaderboard([make_run(returned(3000.0), env_id="HalfCheetah-v4"), make_run(env_id="Ant-v4")], REFERENCES)
    assert [str(table.id) for table in board.settings] == ["Ant-v4", "HalfCheetah-v4"]


def test_agents_with_other_seeds_are_paired_on_those_they_share(make_run):
    runs = [make_run(0.4, seed) for seed in range(5)] + [make_run(0.8, seed, "sac") for seed in range(3, 8)]
    board = leaderboard(runs, REFERENCES)
    (pair,) = board.comparisons[0].pairs
    assert pair.test.pairs == 2
    assert "do not all have the same seeds in robot/Reach-v0" in text(board, "other_seeds")


def test_agents_without_a_shared_seed_are_not_tested(make_run):
    board = leaderboard([make_run(0.4, 0), make_run(0.8, 1, "sac")], REFERENCES)
    (pair,) = board.comparisons[0].pairs
    assert (pair.test, pair.corrected_p, pair.improvement.estimate) == (None, None, 1)


def test_two_recipes_of_one_label_are_told_apart_everywhere(make_runs):
    runs = [
        *make_runs("ppo", [0.4] * 5, recipe="small"),
        *make_runs("ppo", [0.8] * 5, recipe="large"),
        *make_runs("ppo", [0.3] * 5, recipe="small", options="level 1"),
        *make_runs("ppo", [0.6] * 5, recipe="other", options="level 1"),
    ]
    board = leaderboard(runs, REFERENCES)
    labels = {str(table.id): [row.label for row in table.rows] for table in board.settings}
    assert labels == {
        "robot/Reach-v0": ["ppo (large)", "ppo (small)"],
        "robot/Reach-v0 (level 1)": ["ppo (other)", "ppo (small)"],
    }


def test_recipes_with_other_names_in_other_settings_are_one_agent(make_runs):
    runs = [
        *make_runs("ppo", [0.4] * 5, recipe="near"),
        *make_runs("ppo", [0.8] * 5, recipe="far", options="level 1"),
    ]
    (comparison,) = leaderboard(runs, REFERENCES).comparisons
    assert comparison.entries[0].scores_S_T.shape == (5, 2)


def test_of_two_runs_with_one_seed_the_later_finished_one_counts(make_run):
    runs = [
        make_run(0.9, created="2026-01-02"),
        make_run(0.1, created="2026-01-01"),
        make_run(None, status="failed", created="2026-01-03"),
    ]
    board = leaderboard(runs, REFERENCES)
    assert board.settings[0].rows[0].seed_scores == (0.9,)
    assert text(board, "duplicate").startswith("ppo: seed 0 ran more than once")


def test_runs_that_were_tested_on_other_episodes_are_named(make_run):
    board = leaderboard([make_run(0.5, 0), make_run(0.5, 1, evaluation=50)], REFERENCES)
    assert "not all tested on the same episodes" in text(board, "other_evaluation")


def test_runs_of_one_recipe_that_were_trained_otherwise_are_named(make_runs):
    def trained(rates):
        runs = make_runs("ppo", [0.4] * len(rates))
        agents = [{"algorithm": "ppo", "params": {"learning_rate": rate}} for rate in rates]
        return [
            dataclasses.replace(run, config=run.config | {"agent": agent, "seeds": [run.info.seed]})
            for run, agent in zip(runs, agents, strict=True)
        ]

    board = leaderboard(trained([1e-3, 1e-3, 1e-4]), REFERENCES)
    assert text(board, "other_config") == (
        "ppo: runs in robot/Reach-v0 count as one agent, and differ in agent.params.learning_rate"
    )
    assert "other_config" not in kinds(leaderboard(trained([1e-3] * 3), REFERENCES))
    foreign = [dataclasses.replace(run, config=run.config | {"imported": {}}) for run in trained([1e-3, 1e-4])]
    assert "other_config" not in kinds(leaderboard(foreign, REFERENCES))


def test_agents_that_were_not_trained_as_long_are_named(make_runs):
    runs = {
        label: [
            dataclasses.replace(run, config=run.config | {"budget": {"timesteps": steps}})
            for run in make_runs(label, [0.4] * 5)
        ]
        for label, steps in (("ppo", 40_000), ("sac", 10_000), ("trpo", 40_000), ("cem", 0))
    }
    board = leaderboard([*runs["ppo"], *runs["sac"], *runs["cem"]], REFERENCES)
    assert text(board, "other_budget") == (
        "robot/Reach-v0: agents were not all trained as long, but for 10,000 to 40,000 steps"
    )
    # an agent that needs no training has no budget to compare
    assert "other_budget" not in kinds(leaderboard([*runs["ppo"], *runs["trpo"], *runs["cem"]], REFERENCES))


def test_where_settings_have_different_numbers_of_seeds_the_fewest_count(make_run, make_runs):
    runs = [
        *make_runs("ppo", [0.2, 0.4, 0.6]),
        make_run(0.3, 1, options="level 1"),
        make_run(0.9, 2, options="level 1"),
    ]
    board = leaderboard(runs, REFERENCES)
    # seeds 1 and 2, which both settings have
    assert board.comparisons[0].entries[0].scores_S_T == pytest.approx(np.array([[0.25, 0.3], [0.5, 0.9]]))
    assert "aggregates may use 2 of them" in text(board, "uneven")


def test_an_agent_that_lacks_a_setting_is_named_and_takes_it_from_nobody(make_runs):
    runs = [
        *make_runs("ppo", [0.4] * 5),
        *make_runs("sac", [0.8] * 5),
        *make_runs("ppo", [0.4] * 5, options="level 1"),
        *make_runs("tqc", [0.5] * 5, options="level 1"),
        *make_runs("tqc", [0.5] * 5),
    ]
    board = leaderboard(runs, REFERENCES)
    found = [(len(c.settings), sorted(entry.label for entry in c.entries)) for c in board.comparisons]
    assert found == [(2, ["ppo", "tqc"]), (1, ["ppo", "sac", "tqc"])]
    assert text(board, "missing").startswith("sac has no score in robot/Reach-v0 (level 1)")


def test_nothing_but_runs_makes_a_leaderboard():
    with pytest.raises(ValueError, match="at least one run"):
        leaderboard([], REFERENCES)


def test_scores_that_are_not_numbers_count_as_none(make_run):
    broken = dataclasses.replace(success(0.5), success_rate=None, return_mean=float("nan"))
    row = leaderboard([make_run(broken)], REFERENCES).settings[0].rows[0]
    assert (row.score, row.unscored) == (None, 1)


def what_it_is(run):
    return run.options, run.info.label, run.info.recipe, run.info.seed


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_run_is_lost_whatever_runs_there_are(make_run, data):
    run = st.builds(
        make_run,
        agent=st.sampled_from([None, 0.1, 0.9, returned(5.0), returned(float("inf"))]),
        seed=st.integers(0, 2),
        label=st.sampled_from(["ppo", "sac"]),
        recipe=st.sampled_from(["small", "large"]),
        options=st.sampled_from(["", "level 1", "level 2"]),
        status=st.sampled_from(["finished", "failed", "running"]),
    )
    runs = data.draw(st.lists(run, min_size=1, max_size=12, unique_by=what_it_is))
    board = leaderboard(runs, REFERENCES)
    rows = [row for table in board.settings for row in table.rows]
    assert sum(len(row.seeds) + row.failed + row.unfinished + row.unscored for row in rows) == len(runs)
    compared = {entry.label for comparison in board.comparisons for entry in comparison.entries}
    assert compared == {row.label for row in rows if row.normalised is not None}
