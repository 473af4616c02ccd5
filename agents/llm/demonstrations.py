"""What the environment's own expert says."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

import gymnasium as gym

from .policy import Policy
from .rollout.stepper import Stepper
from .types import Episode, Segment, Source, StopReason


@dataclass(slots=True)
class Demonstration:
    """An episode that the expert, or whoever wrote a file of episodes, played.

    Attributes:
        observations_K: what was said before each action.
        actions_K: what was answered.
        rewards_K: the reward of each turn.
        success: whether the task was solved.
        seed: of the reset.
    """

    observations_K: list[str]
    actions_K: list[str]
    rewards_K: list[float]
    success: bool
    seed: int

    def texts(self) -> Iterator[str]:
        """Everything that was said."""
        yield from self.observations_K
        yield from self.actions_K

    def as_episode(self, policy: Policy) -> Episode:
        """The demonstration in a policy's tokens, its actions marked as a teacher's."""
        last: Segment | None = None
        for turn, (observation, action) in enumerate(zip(self.observations_K, self.actions_K, strict=True)):
            if turn == 0:
                context = policy.chat.opening(observation)
            else:
                context = policy.chat.following(observation, reply_ended=True)
            last = Segment.turn(context, policy.chat.reply(action), turn=turn, source=Source.TEACHER, parent=last)
        assert last is not None
        terms: list[dict[str, float]] = [{} for _ in self.rewards_K]
        return Episode(
            last, self.rewards_K, terms, self.success, None, StopReason.TERMINATED, self.seed, self.observations_K
        )


def vocabulary_texts(env: gym.Env[str, str], seeds: Sequence[int]) -> list[str]:
    """What an environment and its expert say; without an expert, its prompts and the alphabet of its actions.

    Args:
        env: the environment.
        seeds: of the episodes to listen to, one at least.
    """
    env.reset(seed=seeds[0])
    if env.get_wrapper_attr("oracle")() is None:
        space: Any = env.action_space
        return [*(env.reset(seed=seed)[0] for seed in seeds), *space.characters]
    return [text for demonstration in demonstrate([env], seeds) for text in demonstration.texts()]


def demonstrate(
    envs: Sequence[gym.Env[str, str]],
    seeds: Sequence[int],
    *,
    alter: Callable[[str], str] | None = None,
    stepper: Stepper | None = None,
) -> list[Demonstration]:
    """Have the environment's expert play one episode a seed, as many at a time as there are environments.

    Args:
        envs: the environment, once or more often; where its steps are slow, the episodes wait together.
        seeds: of the resets.
        alter: from the expert's action to the one that is played in its place; None for the very same.
        stepper: takes the steps; who plays often keeps one, so that it is known from the last time how slow they are.

    Raises:
        ValueError: the environment has no expert.
    """
    demonstrations = []
    with nullcontext(stepper) if stepper is not None else Stepper() as taking:
        for start in range(0, len(seeds), len(envs)):
            demonstrations += _play(envs, seeds[start : start + len(envs)], alter, taking)
    return demonstrations


def _play(
    envs: Sequence[gym.Env[str, str]],
    seeds: Sequence[int],
    alter: Callable[[str], str] | None,
    stepper: Stepper,
) -> list[Demonstration]:
    played = [Demonstration([], [], [], False, seed) for seed in seeds]
    going = [(episode, env, env.reset(seed=episode.seed)[0]) for episode, env in zip(played, envs, strict=False)]
    while going:
        for episode, env, observation in going:
            action = _expert_action(env)
            episode.observations_K.append(observation)
            episode.actions_K.append(action if alter is None else alter(action))
        steps = stepper.step([env for _, env, _ in going], [episode.actions_K[-1] for episode, _, _ in going])
        before, going = going, []
        for (episode, env, _), (observation, reward, terminated, truncated, info) in zip(before, steps, strict=True):
            episode.rewards_K.append(reward)
            episode.success = bool(info.get("success", False))
            if not (terminated or truncated):
                going.append((episode, env, observation))
    return played


def _expert_action(env: gym.Env[str, str]) -> str:
    action = env.get_wrapper_attr("oracle")()
    if action is None:
        raise ValueError(
            f"{env.spec.id if env.spec else env} has no oracle to imitate; what does without: "
            "warm_start.target_success=0, no demonstrations, and data that the policy or a file gives"
        )
    return action
