from dataclasses import replace

from palaestra.agents.llm.shaping import SHAPERS, register_shaper, shape
from palaestra.agents.llm.types import Group

from ..made_up import episode_of


def test_what_a_shaper_adds_goes_to_the_last_turn_under_its_name(config, monkeypatch):
    monkeypatch.setattr(SHAPERS, "_functions", dict(SHAPERS._functions))

    @register_shaper("bonus")
    def bonus(groups, config, *, size: float = 0.5):
        return [[size * index for index, _ in enumerate(group.episodes)] for group in groups]

    groups = [Group([episode_of([0.0, 1.0]), episode_of([0.0, 1.0])])]
    shaped = shape(groups, replace(config, shapers=("bonus", {"name": "bonus", "size": 0.25})))
    assert [episode.rewards_K for episode in shaped[0].episodes] == [[0.0, 1.0], [0.0, 1.75]]
    assert shaped[0].episodes[1].reward_terms_K == [{}, {"bonus": 0.25}]
    assert groups[0].episodes[1].rewards_K == [0.0, 1.0]
