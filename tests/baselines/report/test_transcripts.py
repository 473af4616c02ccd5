from palaestra.baselines.report.collect import collect
from palaestra.baselines.report.transcripts import CHARACTERS_PER_TEXT, TURNS_PER_EPISODE, choose, sources_of
from palaestra.baselines.store.record import read_run


def episode(seed=0, success=True, step=10, source="agent", **changes):
    turn = {"observation": "hello", "action": "world", "reward": 1.0, "reward_terms": {}}
    base = {"step": step, "source": source, "seed": seed, "level": 0, "episode_return": 1.0, "success": success}
    return base | {"verdict": None, "turns": [turn], "final_observation": None, "animation": None} | changes


def shown(make_run, *episodes):
    (setting,) = collect([make_run(episodes=list(episodes))]).settings
    return sources_of(setting, "x")


def test_policies_come_in_the_order_of_interest(make_run):
    sources = shown(make_run, *(episode(source=name) for name in ("random", "teacher", "oracle", "agent")))
    assert [source.name for source in sources] == ["agent", "oracle", "random", "teacher"]


def test_only_the_last_evaluation_is_shown(make_run):
    (source,) = shown(make_run, episode(seed=1, step=10), episode(seed=2, step=20))
    assert [view.seed for view in source.episodes] == [2]
    assert source.recorded == 2


def test_failures_are_not_crowded_out_by_successes(make_run):
    (source,) = shown(make_run, *(episode(seed=k) for k in range(30)), episode(seed=99, success=False))
    assert 99 in [view.seed for view in source.episodes]


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
    action = source.episodes[0].turns[0].action
    assert len(action.shown) == CHARACTERS_PER_TEXT
    assert action.left_out == 1_000_000 - CHARACTERS_PER_TEXT


def test_an_episode_of_very_many_turns_is_cut_and_says_so(make_run):
    turn = {"observation": None, "action": [0.5], "reward": 0.0, "reward_terms": {}}
    (source,) = shown(make_run, episode(turns=[turn] * 1000))
    assert len(source.episodes[0].turns) == TURNS_PER_EPISODE
    assert source.episodes[0].turns_left_out == 1000 - TURNS_PER_EPISODE


def test_numbers_make_a_body_and_words_a_conversation(make_run, make_body_run):
    (talk,) = shown(make_run, episode())
    assert talk.episodes[0].speaks
    (setting,) = collect([make_body_run()]).settings
    assert not sources_of(setting, "x")[0].episodes[0].speaks


def test_moving_pictures_are_inlined(make_body_run):
    (setting,) = collect([make_body_run()]).settings
    animation = sources_of(setting, "x")[0].episodes[0].animation
    assert animation is not None
    assert animation.startswith("data:image/webp;base64,")


def test_a_picture_outside_the_run_folder_or_missing_is_left_out(make_run, tmp_path):
    (tmp_path / "secret.png").write_bytes(b"secret")
    names = [str(tmp_path / "secret.png"), "../../../secret.png", "animations/none.webp", "config.yaml", "\0.png", 3]
    (source,) = shown(make_run, *(episode(seed=k, animation=name) for k, name in enumerate(names)))
    assert [view.animation for view in source.episodes] == [None] * len(names)
