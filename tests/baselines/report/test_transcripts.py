import pytest

from palaestra.baselines.report.collect import collect
from palaestra.baselines.report.transcripts import (
    CHARACTERS_PER_TEXT,
    TRAINING_EPISODES,
    TRAINING_STEPS,
    TURNS_PER_EPISODE,
    Token,
    choose,
    sources_of,
)
from palaestra.baselines.store.record import read_run


def episode(seed=0, success=True, step=10, source="agent", **changes):
    turn = {"observation": "hello", "action": "world", "reward": 1.0, "reward_terms": {}}
    base = {"step": step, "source": source, "seed": seed, "level": 0, "episode_return": 1.0, "success": success}
    return base | {"verdict": None, "turns": [turn], "final_observation": None, "animation": None} | changes


def shown(make_run, *episodes):
    (setting,) = collect([make_run(episodes=list(episodes))]).settings
    return sources_of(setting, "x", 10)


def test_policies_come_in_the_order_of_interest(make_run):
    sources = shown(make_run, *(episode(source=name) for name in ("random", "teacher", "oracle", "agent")))
    assert [source.name for source in sources] == ["agent", "oracle", "random", "teacher"]


def test_only_the_last_evaluation_is_shown(make_run):
    (source,) = shown(make_run, episode(seed=1, step=10), episode(seed=2, step=20))
    assert [episode.view.seed for episode in source.episodes] == [2]
    assert source.recorded == 2


def test_failures_are_not_crowded_out_by_successes(make_run):
    (source,) = shown(make_run, *(episode(seed=k) for k in range(30)), episode(seed=99, success=False))
    assert 99 in [episode.view.seed for episode in source.episodes]


def test_runs_take_turns_and_seeds_are_not_repeated(make_run):
    episodes = [episode(seed=k) for k in range(3)]
    runs = [read_run(make_run(seed=seed, episodes=episodes)) for seed in range(3)]
    chosen = choose([(run, line) for run in runs for line in run.episodes], 3)
    assert [run.info.seed for run, _ in chosen] == [0, 1, 2]
    assert [line["seed"] for _, line in chosen] == [0, 1, 2]


def test_every_episode_is_chosen_once_when_there_is_room(make_run):
    episodes = [episode(seed=k, success=bool(k % 3)) for k in range(7)]
    run = read_run(make_run(episodes=episodes))
    chosen = choose([(run, line) for line in run.episodes], 100)
    assert sorted(line["seed"] for _, line in chosen) == list(range(7))


def test_a_text_of_a_megabyte_is_cut_and_says_so(make_run):
    turn = {"observation": None, "action": "a" * 1_000_000, "reward": 0.0, "reward_terms": {}}
    (source,) = shown(make_run, episode(turns=[turn]))
    action = source.episodes[0].transcript.turns[0].action
    assert len(action.shown) == CHARACTERS_PER_TEXT
    assert action.left_out == 1_000_000 - CHARACTERS_PER_TEXT


def test_an_episode_of_very_many_turns_is_cut_and_says_so(make_run):
    turn = {"observation": None, "action": [0.5], "reward": 0.0, "reward_terms": {}}
    (source,) = shown(make_run, episode(turns=[turn] * 1000))
    assert len(source.episodes[0].transcript.turns) == TURNS_PER_EPISODE
    assert source.episodes[0].transcript.turns_left_out == 1000 - TURNS_PER_EPISODE


def test_numbers_make_a_body_and_words_a_conversation(make_run, make_body_run):
    (talk,) = shown(make_run, episode())
    assert talk.episodes[0].transcript.speaks
    (setting,) = collect([make_body_run()]).settings
    assert not sources_of(setting, "x", 10)[0].episodes[0].transcript.speaks


def spoken(advantages, **changes):
    tokens = [[f"t{k}", advantage, -0.5] for k, advantage in enumerate(advantages)]
    turn = {"observation": "hello", "action": "t0t1", "reward": 1.0, "reward_terms": {}, "tokens": tokens}
    return episode(source="training", turns=[turn], **changes)


def test_tokens_come_with_their_advantages(make_run):
    (source,) = shown(make_run, spoken([0.5, -1.0]))
    assert source.label == "Training"
    assert source.episodes[0].transcript.turns[0].tokens == [Token("t0", 0.5, -0.5), Token("t1", -1.0, -0.5)]


def test_a_group_shares_its_scale_of_advantages(make_run):
    lines = [spoken([0.5, -1.0], seed=0, step=10), spoken([0.1], seed=1, step=10), spoken([3.0], seed=2, step=20)]
    (source,) = shown(make_run, *lines)
    assert [found.view.scale for found in source.episodes] == [1.0, 1.0, 3.0]


def test_an_episode_without_tokens_has_no_scale(make_run):
    (source,) = shown(make_run, episode())
    assert source.episodes[0].view.scale is None


def test_training_is_shown_at_evenly_spread_steps_with_both_ends(make_run):
    lines = [spoken([1.0], step=step, seed=step + k) for step in range(0, 4000, 100) for k in range(6)]
    (source,) = shown(make_run, *lines)
    steps = [found.view.step for found in source.episodes]
    assert len(set(steps)) == TRAINING_STEPS
    assert len(steps) == TRAINING_STEPS * TRAINING_EPISODES
    assert (min(steps), max(steps)) == (0, 3900)
    assert steps == sorted(steps)


def test_a_line_that_no_run_wrote_does_not_cost_the_others(make_run):
    (source,) = shown(make_run, episode(), {"words": 3})
    assert len(source.episodes) == 1


def test_an_advantage_that_was_not_finite_is_shown_as_unknown(make_run):
    (source,) = shown(make_run, spoken([None, -2.0]))
    assert source.episodes[0].transcript.turns[0].tokens[0].advantage is None
    assert source.episodes[0].view.scale == 2.0


@pytest.mark.parametrize(
    "odd",
    [
        {"step": "last"},
        {"seed": {}},
        {"verdict": "correct"},
        {"turns": 3},
        {"turns": ["hello"]},
        {"turns": [{"action": "a", "reward_terms": [1]}]},
        {"turns": [{"action": "a", "tokens": 1}]},
        {"turns": [{"action": "a", "tokens": [["a"]]}]},
        {"turns": [{"action": "a", "tokens": [["a", "much"]]}]},
    ],
)
def test_a_line_that_is_no_episode_costs_no_other_one_its_place(make_run, odd):
    (source,) = shown(make_run, episode(seed=1), episode(seed=2) | odd)
    assert [found.view.seed for found in source.episodes] == [1]
