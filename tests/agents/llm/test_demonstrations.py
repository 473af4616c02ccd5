"""The expert's episodes are the same however many are played at a time."""

import gymnasium as gym
import pytest

from palaestra.agents.llm.demonstrations import demonstrate


def guess(level: int = 0) -> gym.Env:
    return gym.make("text/GuessNumber-v0", level=level)


def test_episodes_at_a_time_are_those_one_after_another():
    seeds = [7, 3, 11, 3, 5]
    alone = [demonstrate([guess()], [seed])[0] for seed in seeds]
    assert demonstrate([guess()], seeds) == alone
    assert demonstrate([guess() for _ in range(3)], seeds) == alone
    assert demonstrate([guess() for _ in range(8)], seeds) == alone


def test_an_altered_action_is_the_one_that_is_played():
    [episode] = demonstrate([guess()], [7], alter=lambda action: "nonsense")
    assert set(episode.actions_K) == {"nonsense"}
    assert not episode.success


def test_an_environment_without_an_expert_says_what_does_without_one():
    class Silent(gym.Wrapper):
        def oracle(self):
            return None

    with pytest.raises(ValueError, match="has no oracle to imitate; what does without"):
        demonstrate([Silent(guess())], [0])
