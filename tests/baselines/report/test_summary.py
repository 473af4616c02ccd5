from palaestra.baselines.report.collect import collect
from palaestra.baselines.report.summary import names_of, progress_of, summary_of
from palaestra.baselines.runs import MetricRow, RunFolder


def test_a_few_recipes_are_told_one_by_one(make_run):
    collection = collect([*(make_run(seed=seed) for seed in range(2)), make_run(recipe="other", algorithm="ppo")])
    assert summary_of(collection).startswith(
        "Trained with grpo on text/GuessNumber-v0 (2 seeds) and ppo on text/GuessNumber-v0 (seed 0). The 3 runs took "
    )


def test_of_many_recipes_the_algorithms_are_told(make_run):
    folders = [
        make_run(env_id=f"test/{env}-v0", recipe=f"{name}-{level}", algorithm=name, kwargs={"level": level})
        for env in "AB"
        for level in range(2)
        for name in ("ppo", "sac")
    ]
    collection = collect(folders)
    assert summary_of(collection).startswith(
        "Trained with ppo and sac in 2 environments (4 settings). The 8 runs took "
    )


def test_a_page_is_called_after_its_environments_or_their_number(make_run):
    folders = [make_run(env_id=f"test/{env}-v0") for env in "ABC"]
    assert names_of(collect(folders[:2])) == ["test/A-v0", "test/B-v0"]
    assert names_of(collect(folders)) == ["3 environments"]


def test_only_a_running_run_has_progress_and_at_first_no_guess(make_run):
    running = make_run(status="running", metrics=[MetricRow(10_000, 0, 50.0, {"train/loss": 1.0})], timesteps=0)
    beginning = make_run(seed=1, status="running", metrics=[], timesteps=0)
    with RunFolder(running).lock(), RunFolder(beginning).lock():
        (going, new) = progress_of(collect([running, beginning, make_run(seed=2)]))
    assert (going.timesteps, going.budget, going.share) == (10_000, 40_000, 0.25)
    assert going.left_s is not None
    assert (new.share, new.left_s) == (0, None)
