import pytest
from stable_baselines3.common.env_util import make_vec_env

from palaestra.baselines.errors import RunError
from palaestra.baselines.store.imports.foreign_run import Scoring
from palaestra.baselines.store.imports.identity import Identity
from palaestra.baselines.store.imports.monitor import find, read


def test_an_episode_is_a_row_and_steps_add_up(write_monitor):
    run = read(write_monitor([(10.0, 5, 1.5), (20.0, 7, 2.25)]), Scoring())
    assert [(row.step, row.episodes, row.wall_time) for row in run.metrics] == [(5, 1, 1.5), (12, 2, 2.25)]
    assert run.metrics[1].values == {
        "rollout/ep_rew_mean": 15.0,
        "rollout/episode_return": 20.0,
        "rollout/episode_length": 7.0,
    }
    assert run.identity == Identity("HalfCheetah-v4", "ppo", 1)
    assert run.started == 1000.0


def test_the_files_of_a_folder_are_environments_side_by_side(write_monitor):
    folder = write_monitor([(1.0, 3, 1.0), (3.0, 3, 3.0)], started=1000.0).parent
    write_monitor([(2.0, 3, 1.0)], name="ppo/HalfCheetah-v4_1/1.monitor.csv", started=1001.0)
    assert find(folder.parents[1]) == [folder]
    run = read(folder, Scoring())
    assert [row.values["rollout/episode_return"] for row in run.metrics] == [1.0, 2.0, 3.0]
    assert [row.wall_time for row in run.metrics] == [1.0, 2.0, 3.0]


def test_the_score_is_the_mean_of_the_last_hundred_episodes(write_monitor):
    file = write_monitor([(-1000.0, 1, 0.1)] * 50 + [(float(number), 1, 1.0) for number in range(1, 101)])
    scores = read(file, Scoring()).scores
    assert (scores.return_mean, scores.episodes, scores.success_rate) == (50.5, 100, None)
    assert scores.return_low < 50.5 < scores.return_high
    assert read(file, Scoring(last=10)).scores.return_mean == 95.5


def test_successes_are_scored_where_they_were_kept(write_monitor):
    file = write_monitor([])
    file.write_text('#{"t_start": 0, "env_id": "FetchReach-v3"}\nr,l,t,is_success\n-5,50,1,False\n-1,50,2,True\n')
    assert read(file, Scoring()).scores.success_rate == 0.5


def test_a_torn_last_line_is_left_out(write_monitor):
    run = read(write_monitor([(10.0, 5, 1.5)], end="20.0,7,2"), Scoring())
    assert len(run.metrics) == 1


def test_files_of_stable_baselines_itself_are_read(tmp_path):
    env = make_vec_env("CartPole-v1", n_envs=2, seed=0, monitor_dir=str(tmp_path / "dqn" / "CartPole-v1_7"))
    env.reset()
    for _ in range(60):
        env.step([0, 1])
    env.close()
    run = read(tmp_path / "dqn" / "CartPole-v1_7", Scoring())
    assert run.identity == Identity("CartPole-v1", "dqn", 7)
    assert all(row.values["rollout/episode_return"] == row.values["rollout/episode_length"] for row in run.metrics)
    assert sum(row.values["rollout/episode_length"] for row in run.metrics) == run.metrics[-1].step <= 120


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("r,l,t\n1,2,3\n", r"0\.monitor\.csv:1: a monitor file begins with #"),
        ("", "a monitor file begins with"),
        ('#{"env_id": "X"}\nr,l,t\n', "a monitor file begins with"),
        ('#{"t_start": 0}\nr,l,t\n', "no episode that came to its end"),
        ('#{"t_start": 0}\nr,l,t\n1,2,3\n1,two,3\n1,2,3\n', r"csv:4: expected r,l,t of an episode, got '1,two,3'"),
        ('#{"t_start": 0}\nreward\n1\n', r"csv:3: expected r,l,t"),
        ('#{"t_start": 0}\nr,l,t\n1,2,3\n' + "x" * 200_000 + ",2,3\n", r"csv:4: expected r,l,t of an episode, got 'xx"),
        ('#{"t_start": 0}\nr,l,t\nnan,2,3\ninf,2,4\n', "no finite return among its last 2 episodes"),
        ('#{"t_start": 1e16}\nr,l,t\n1,2,3\n', "began 1e\\+16 s after 1970, which is no time"),
        ('#{"t_start": NaN}\nr,l,t\n1,2,3\n', "which is no time"),
    ],
)
def test_what_is_no_monitor_file_is_refused_by_its_line(write_monitor, content, words):
    file = write_monitor([])
    file.write_text(content)
    with pytest.raises(RunError, match=words) as caught:
        read(file, Scoring())
    assert "\n" not in str(caught.value)
