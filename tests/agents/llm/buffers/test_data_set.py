import json

import pytest
import torch
from pydantic import TypeAdapter, ValidationError

from palaestra.agents.llm import LLMConfig, Policy
from palaestra.agents.llm.buffers.data_set import DataConfig, DataSet
from palaestra.agents.llm.player import Player
from palaestra.agents.llm.types import Source
from palaestra.envs.text.guess_number import GuessNumberEnv


@pytest.fixture
def player(policy, config) -> Player:
    return Player(GuessNumberEnv, policy, config, seed=3)


def filled(data: DataConfig, player: Player, policy: Policy, config: LLMConfig, seed: int = 3) -> DataSet:
    data_set = DataSet(data, seed)
    data_set.fill(player, policy, config)
    return data_set


def test_an_expert_always_wins_and_one_with_slips_does_not(policy, config, player):
    expert = filled(DataConfig(tasks=40, expert=1), player, policy, config)
    noisy = filled(DataConfig(tasks=40, noisy_expert=1, noise=0.5), player, policy, config)
    assert expert.return_E.mean() == 1
    assert 0 < noisy.return_E.mean() < 1


def test_shares_say_who_plays_how_many_and_only_the_policys_turns_are_counted(policy, config, player):
    data_set = filled(DataConfig(tasks=10, per_task=2, expert=3, policy=1), player, policy, config)
    sources = [episode.last.source for episode in data_set.episodes]
    assert sources.count(Source.TEACHER) == 15
    played = [episode for episode in data_set.episodes if episode.last.source is Source.POLICY]
    assert len(played) == player.num_episodes == 5
    assert player.num_timesteps == sum(len(episode.rewards_K) for episode in played)
    assert all(len({episode.seed for episode in group.episodes}) == 1 for group in data_set.groups)


def test_the_same_seed_collects_the_same_episodes(policy, config):
    tokens = []
    for _ in range(2):
        player = Player(GuessNumberEnv, policy, config, seed=3)
        data_set = filled(DataConfig(tasks=6, noisy_expert=1, policy=1), player, policy, config)
        tokens.append([episode.last.tokens_T.tolist() for episode in data_set.episodes])
    assert tokens[0] == tokens[1]


def test_a_file_is_read_and_lines_of_one_seed_are_one_task(policy, config, player, tmp_path):
    turn = {"observation": "Guess my number from 1 to 31. You have 5 guesses.", "action": "16", "reward": 1}
    lines = [{"seed": 1, "turns": [turn]}, {"seed": 2, "turns": [turn]}, {"seed": 1, "turns": [turn, turn]}]
    file = tmp_path / "episodes.jsonl"
    file.write_text("\n".join(map(json.dumps, lines)))
    data_set = filled(DataConfig(file=str(file)), player, policy, config)
    assert [len(group.episodes) for group in data_set.groups] == [2, 1]
    assert data_set.return_E.tolist() == [1, 2, 1]
    assert player.num_timesteps == 0


def test_draws_go_by_weight_and_go_on_after_a_checkpoint(policy, config, player):
    data_set = filled(DataConfig(tasks=4, expert=1), player, policy, config)
    weight_E = torch.tensor([0.0, 1.0, 3.0, 0.0])
    drawn = data_set.draw(4000, weight_E)
    assert set(drawn) == {1, 2}
    assert drawn.count(2) / 4000 == pytest.approx(0.75, abs=0.03)
    state = data_set.get_state()
    following = data_set.draw(20, weight_E)
    again = DataSet(DataConfig(tasks=4, expert=1), 99)
    again.set_state(state)
    assert again.draw(20, weight_E) == following
    assert again.return_E.tolist() == data_set.return_E.tolist()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({}, "data must name either a file, or who plays"),
        ({"file": "episodes.jsonl", "expert": 1}, "data must name either a file, or who plays"),
        ({"tasks": 0, "expert": 1}, "data.tasks must be 1 or more, got 0"),
        ({"expert": -1}, "data.expert must be 0 or more, got -1"),
        ({"expert": 1, "noise": 2}, r"data.noise must lie in \[0, 1\], got 2"),
    ],
)
def test_data_that_nobody_can_provide_is_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        DataConfig(**arguments)


def test_a_key_of_a_recipe_that_does_not_exist_is_refused():
    with pytest.raises(ValidationError, match="task"):
        TypeAdapter(DataConfig).validate_python({"task": 3, "expert": 1})
