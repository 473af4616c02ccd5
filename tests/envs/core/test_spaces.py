import pickle
from copy import deepcopy

import gymnasium as gym
import numpy as np
import pytest
from gymnasium.spaces import Dict, Discrete, flatten, flatten_space, unflatten
from gymnasium.vector.utils import (
    batch_space,
    create_shared_memory,
    read_from_shared_memory,
    write_to_shared_memory,
)
from hypothesis import given
from hypothesis import strategies as st

from palaestra.envs.core import Text

ANY = st.text(alphabet=st.characters(), max_size=40)  # surrogates included


@given(ANY)
def test_it_admits_any_string_up_to_its_length(text):
    assert Text(40).contains(text)
    assert Text(len(text)).contains(text)
    assert not text or not Text(len(text) - 1).contains(text)


@pytest.mark.parametrize("other", [None, 3, b"bytes", ["list"], np.array("text")])
def test_it_admits_nothing_but_strings(other):
    assert not Text(10).contains(other)


def test_samples_are_made_of_the_alphabet_and_never_empty():
    space = Text(100, charset="ab", sample_length=3, seed=0)
    samples = [space.sample() for _ in range(200)]
    assert {len(sample) for sample in samples} == {1, 2, 3}
    assert set("".join(samples)) == {"a", "b"}
    assert all(sample in space for sample in samples)


def test_samples_follow_the_seed():
    first, second = Text(50, seed=7), Text(50, seed=7)
    assert [first.sample() for _ in range(5)] == [second.sample() for _ in range(5)]


def test_a_sample_can_be_given_its_length():
    assert len(Text(10, seed=0).sample(mask=(4, None))) == 4


def test_a_space_without_room_samples_the_empty_string():
    assert Text(0, seed=0).sample() == ""


@pytest.mark.parametrize(("arguments", "name"), [((-1,), "max_length"), ((5, -1), "sample_length")])
def test_bad_lengths_are_named(arguments, name):
    with pytest.raises(ValueError, match=name):
        Text(arguments[0], sample_length=arguments[-1])


def test_equality_looks_at_everything_that_matters():
    assert Text(10) == Text(10)
    assert Text(10) != Text(11)
    assert Text(10) != Text(10, charset="ab")
    assert Text(10) != Text(10, sample_length=3)
    assert Text(10) != gym.spaces.Text(10)


def test_pickle_and_copy_keep_it_and_its_generator():
    space = Text(10, charset="abc", seed=3)
    twins = [pickle.loads(pickle.dumps(space)), deepcopy(space)]
    drawn = [space.sample() for _ in range(5)]
    for twin in twins:
        assert twin == space
        assert [twin.sample() for _ in range(5)] == drawn


@given(ANY)
def test_a_flattened_string_comes_back_whole(text):
    space = Text(40)
    flat = flatten(space, text)
    assert flatten_space(space).contains(flat)
    assert unflatten(space, flat) == text


def test_a_string_that_is_too_long_does_not_flatten():
    with pytest.raises(ValueError, match="max_length=3"):
        flatten(Text(3), "four")


@given(st.lists(ANY, min_size=3, max_size=3))
def test_shared_memory_carries_every_string(texts):
    space = Text(40)
    memory = create_shared_memory(space, n=3)
    view = read_from_shared_memory(space, memory, n=3)
    for i, text in enumerate(texts):
        write_to_shared_memory(space, i, text, memory)
    assert list(view) == texts
    assert view[1:] == tuple(texts[1:])
    assert deepcopy(view) == tuple(texts)
    assert repr(view) == repr(tuple(texts))


def test_a_shorter_string_replaces_a_longer_one():
    space = Text(10)
    memory = create_shared_memory(space, n=1)
    view = read_from_shared_memory(space, memory, n=1)
    write_to_shared_memory(space, 0, "🦊" * 10, memory)
    copy = deepcopy(view)
    write_to_shared_memory(space, 0, "é", memory)
    assert view[0] == "é"
    assert copy == ("🦊" * 10,)


def test_a_batch_of_texts_can_be_made():
    batch = batch_space(Text(10), 2)
    assert batch.contains(("a", "🦊"))


class Echo(gym.Env):
    """Says what it is told, and counts."""

    observation_space = Dict({"text": Text(20), "count": Discrete(100)})
    action_space = Text(20)

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self.count = 0
        return {"text": "start \ud800", "count": 0}, {}

    def step(self, action):
        self.count += 1
        return {"text": action, "count": self.count}, 0.0, False, False, {}


@pytest.mark.parametrize("shared_memory", [True, False])
def test_processes_exchange_emoji_and_lone_surrogates(shared_memory):
    vector = gym.vector.AsyncVectorEnv([Echo, Echo], shared_memory=shared_memory)
    try:
        observations, _ = vector.reset()
        assert tuple(observations["text"]) == ("start \ud800",) * 2
        kept = observations["text"]
        for actions in (("🦊 e\u0301", "\udfff"), ("", "plain"), ("\x00\x00", "\U0010ffff" * 20)):
            observations, *_ = vector.step(actions)
            assert tuple(observations["text"]) == actions
        assert tuple(kept) == ("start \ud800",) * 2, "an older observation changed"
    finally:
        vector.close()
