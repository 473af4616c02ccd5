import json

import pytest

from palaestra.agents.evaluation import EpisodeRecord, TurnRecord
from palaestra.agents.llm.buffers.episode_file import read_episodes, write_episodes

TURN = {"observation": "guess", "action": "16", "reward": 0.5}


def test_what_is_written_is_read(tmp_path):
    turns = [TurnRecord("guess", "16", 0.0, {}), TurnRecord("higher", "24", 1.0, {})]
    record = EpisodeRecord(seed=7, level=0, episode_return=1.0, success=True, turns=turns)
    write_episodes(tmp_path / "episodes.jsonl", [record, record])
    first, second = read_episodes(tmp_path / "episodes.jsonl")
    assert first == second
    assert (first.observations_K, first.actions_K, first.rewards_K) == (["guess", "higher"], ["16", "24"], [0.0, 1.0])
    assert (first.success, first.seed) == (True, 7)


def test_a_line_needs_turns_alone(tmp_path):
    file = tmp_path / "episodes.jsonl"
    lines = [{"turns": [TURN], "step": 3, "source": "agent"}, {"turns": [TURN | {"reward": 0}], "seed": 5}]
    file.write_text("\n".join(map(json.dumps, lines)) + "\n\n")
    first, second = read_episodes(file)
    assert (first.success, first.seed) == (True, -1)
    assert (second.success, second.seed) == (False, 5)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "holds no episode; a line is a JSON object with 'turns'"),
        ("{", "episodes.jsonl:1: Invalid JSON"),
        (json.dumps({"seed": 1}), "episodes.jsonl:1: turns: Field required"),
        (json.dumps({"turns": []}), "episodes.jsonl:1: turns: List should have at least 1 item"),
        (
            json.dumps({"turns": [TURN]}) + "\n" + json.dumps({"turns": [TURN, {"action": "1", "reward": 0}]}),
            r"episodes.jsonl:2: turns\.1\.observation: Field required",
        ),
        (
            '{"turns": [{"observation": "", "action": "", "reward": NaN}]}',
            r"turns\.0\.reward: Input should be a finite",
        ),
    ],
)
def test_a_line_that_does_not_fit_is_named(tmp_path, text, message):
    file = tmp_path / "episodes.jsonl"
    file.write_text(text)
    with pytest.raises(ValueError, match=message):
        read_episodes(file)


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(ValueError, match="cannot be read"):
        read_episodes(tmp_path / "nowhere.jsonl")
