import json
import math

from palaestra.agents.evaluation import EpisodeRecord, TokenRecord, TurnRecord
from palaestra.baselines.runs import RunFolder
from palaestra.baselines.samples import episode_line, write_samples


def spoken(*tokens: TokenRecord) -> EpisodeRecord:
    turn = TurnRecord("lower", "16", 1.0, {"solve": 1.0}, tokens)
    return EpisodeRecord(3, None, 1.0, True, [turn], final_observation="correct")


def test_tokens_stand_in_their_turn_with_advantage_and_logp():
    line = episode_line(spoken(TokenRecord("16", 0.70710678, -0.123456)), "training", 40, None)
    assert (line["source"], line["step"]) == ("training", 40)
    assert line["turns"][0]["tokens"] == [["16", 0.7071, -0.1235]]


def test_a_turn_without_tokens_has_no_such_field():
    assert "tokens" not in episode_line(spoken(), "agent", 40, None)["turns"][0]


def test_a_small_advantage_is_not_rounded_away_and_an_infinite_number_is_none():
    line = episode_line(spoken(TokenRecord("16", 1.23456e-7, -math.inf)), "training", 40, None)
    assert line["turns"][0]["tokens"] == [["16", 1.235e-7, None]]


def test_half_a_character_in_a_token_is_written(tmp_path):
    folder = RunFolder(tmp_path)
    write_samples(folder, "training", 40, [spoken(TokenRecord("\ud800", 1.0, -1.0))], fps=1)
    assert json.loads(folder.episodes_path.read_text())["turns"][0]["tokens"] == [["\ud800", 1.0, -1.0]]
