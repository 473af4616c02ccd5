from dataclasses import replace
from functools import partial

import gymnasium as gym

import palaestra  # noqa: F401
from palaestra.agents.llm.player import Player

from .killable_run import GUESS


def test_what_comes_before_training_is_of_fresh_tasks_whatever_the_sampler_plays(policy, config):
    player = Player(partial(gym.make, GUESS), policy, replace(config, sampler="single_task"), seed=0)
    assert len(set(player.draw(5))) == 1
    assert len({*player.draw_fresh(5), *player.draw_fresh(5), *player.draw(1)}) == 11


def test_a_pool_holds_none_of_the_tasks_that_came_before_training(policy, config):
    sampler = {"name": "prioritized", "pool": 64}
    player = Player(partial(gym.make, GUESS), policy, replace(config, sampler=sampler), seed=0)
    assert not set(player.draw_fresh(1000)) & set(player.draw(64))


def test_the_sampler_hears_how_it_went_and_what_it_knows_is_logged(policy, config):
    sampler = {"name": "retire_solved", "pool": 4}
    player = Player(partial(gym.make, GUESS), policy, replace(config, sampler=sampler), seed=0)
    player.play(player.draw(2), config)
    metrics = player.take_metrics()
    assert metrics["sampler/tried_fraction"] == 0.5
    assert metrics["sampler/pool"] == 4


def test_few_episodes_at_once_make_few_environments_and_are_as_many_in_the_end(policy, config):
    made: list[gym.Env] = []

    def make() -> gym.Env:
        made.append(gym.make(GUESS))
        return made[-1]

    player = Player(make, policy, replace(config, concurrent_episodes=3), seed=0)
    groups = player.play(player.draw(2), replace(config, concurrent_episodes=3))
    assert len(made) == 3
    assert [len(group.episodes) for group in groups] == [config.group_size] * 2
    assert [len({episode.seed for episode in group.episodes}) for group in groups] == [1, 1]
