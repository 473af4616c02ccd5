"""What a user might bring: good agents and bad ones."""

import json

import numpy as np


def stay(observation):
    return np.zeros(2)


def guess(observation, number=5):
    return str(number)


class Guesser:
    """A class without `learn`."""

    def __init__(self, seed, number=5):
        self.seed, self.number = seed, number

    def predict(self, observation, state=None, episode_start=None, deterministic=False):
        return [str(self.number)] * len(observation), state


class Callable_:
    def __init__(self, number=5):
        self.number = number

    def __call__(self, observation):
        return str(self.number)


class Counter(Guesser):
    """Learns to count: its number is how many episodes it has played."""

    def __init__(self, env, seed, device):
        super().__init__(seed, number=0)
        self.env, self.device = env, device

    def learn(self, total_timesteps, callback):
        self.env.reset()
        for _ in range(total_timesteps):
            *_, terminated, truncated, _info = self.env.step("1")
            if terminated or truncated:
                self.number += 1
                self.env.reset()
            if not callback.on_step():
                break

    def save(self, path):
        path.write_text(json.dumps(self.number))

    @classmethod
    def load(cls, path, seed):
        return Guesser(seed, json.loads(path.read_text()))


class ResumableCounter(Counter):
    def get_training_state(self):
        return {"number": self.number, "rng": self.env.unwrapped.get_state()}

    def set_training_state(self, state):
        self.number = state["number"]
        self.env.reset()
        self.env.unwrapped.set_state(state["rng"])


class PlainLearner:
    """Learns without a callback and saves nothing itself."""

    number = 0

    def predict(self, observation, state=None, episode_start=None, deterministic=False):
        return [str(self.number)] * len(observation), state

    def learn(self, total_timesteps):
        self.number = total_timesteps


class CannotBeSaved(PlainLearner):
    def __init__(self):
        self.generator = (i for i in range(3))


class OneAtATime:
    def predict(self, observation):
        return "5"


class NoState(Guesser):
    def predict(self, observation, state=None, episode_start=None, deterministic=False):
        return ["5"] * len(observation)


class OneForAll(Guesser):
    def predict(self, observation, state=None, episode_start=None, deterministic=False):
        return ["5"], state


class SavesOnly(PlainLearner):
    def save(self, path):
        path.write_text(str(self.number))


class Pedict:
    def pedict(self, observation):
        return "5"


guesser = Guesser(0, 7)
number = 3
