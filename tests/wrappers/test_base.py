"""What every wrapper of the catalogue keeps, alone and in any order."""

import itertools
import pickle
from functools import reduce

import gymnasium as gym
import pytest

import palaestra  # noqa: F401  (registers the environments)
from palaestra.wrappers import WRAPPERS, Wrapper, WrapperState, make_wrapper

ARGUMENTS = {
    "format_reward": {"pattern": r"\d+", "reward": 0.25},
    "length_penalty": {"soft_limit": 1, "hard_limit": 3, "penalty": 0.5},
    "level_curriculum": {"window": 2, "threshold": 0.5},
    "tools": {"tools": ["calculator"], "cost": 0.5},
}
# what only bodies can wear is tested with bodies, beside the wrapper
FOR_BODIES = {
    "domain_randomization", "early_termination", "forward_backward", "gymnasium_body", "image_classifier",
    "reference_state", "shield", "teacher_snapshots", "vice",
}  # fmt: skip
ORDERS = list(itertools.permutations(ARGUMENTS))
ACTIONS = ["16", "8", "x", "1234", "24", "4", "2", "30", "20", "12"] * 3


def wrapped(names, env=None):
    env = gym.make("text/GuessNumber-v0") if env is None else env
    return reduce(lambda inner, name: make_wrapper(name, inner, **ARGUMENTS[name]), names, env)


def go_on(env, actions, over=False):
    trace = []
    for i, action in enumerate(actions):
        if over:
            trace.append(env.reset())
            over = False
            continue
        # the oracle now and then, so that the curriculum has something to count
        trace.append(env.step(env.oracle() if i % 2 else action))
        over = trace[-1][2] or trace[-1][3]
    return trace


def test_every_wrapper_of_the_catalogue_that_speech_can_wear_is_tested_here():
    assert set(ARGUMENTS) == set(WRAPPERS) - FOR_BODIES


@pytest.mark.parametrize("order", ORDERS, ids="-".join)
class TestInAnyOrder:
    def test_the_terms_add_up_to_the_reward(self, order):
        env = wrapped(order)
        env.reset(seed=1)
        for step in go_on(env, ACTIONS):
            if len(step) == 5:
                reward, terms = step[1], step[4]["reward_terms"]
                assert set(terms) == {"task", "format", "length", "tools"}
                assert sum(terms.values()) == reward

    def test_the_order_changes_nothing_here(self, order):
        env, reference = wrapped(order), wrapped(ORDERS[0])
        assert env.reset(seed=1) == reference.reset(seed=1)
        for ours, theirs in zip(go_on(env, ACTIONS), go_on(reference, ACTIONS), strict=True):
            if len(ours) == 5:
                assert ours[1] == pytest.approx(theirs[1])
                assert ours[4]["reward_terms"] == pytest.approx(theirs[4]["reward_terms"])
                assert (ours[0], ours[2:4]) == (theirs[0], theirs[2:4])
            else:
                assert ours == theirs

    def test_a_snapshot_is_exact(self, order):
        for played in (0, 1, 4, 7):
            env = wrapped(order)
            env.reset(seed=3)
            trace = go_on(env, ACTIONS[:played])
            over = bool(trace) and len(trace[-1]) == 5 and (trace[-1][2] or trace[-1][3])
            state = env.get_state()
            stored = pickle.dumps(state)
            future = go_on(env, ACTIONS, over)
            assert pickle.dumps(state) == stored
            for _ in range(2):
                env.set_state(state)
                assert go_on(env, ACTIONS, over) == future
                env.reset(seed=99, options={"level": 2})
            fresh = wrapped(order)
            fresh.set_state(pickle.loads(stored))
            assert go_on(fresh, ACTIONS, over) == future

    def test_its_spec_makes_it_again(self, order):
        env = wrapped(order)
        again = gym.make(pickle.loads(pickle.dumps(env.spec)))
        assert str(again) == str(env)
        assert again.reset(seed=1) == env.reset(seed=1)
        assert go_on(again, ACTIONS) == go_on(env, ACTIONS)

    def test_it_pickles_in_the_middle_of_an_episode(self, order):
        env = wrapped(order)
        env.reset(seed=1)
        go_on(env, ACTIONS[:3])
        twin = pickle.loads(pickle.dumps(env))
        assert go_on(twin, ACTIONS) == go_on(env, ACTIONS)

    def test_it_works_in_a_vector(self, order):
        vector = gym.vector.SyncVectorEnv([lambda: wrapped(order)] * 2)
        vector.reset(seed=1)
        for action in ACTIONS:
            vector.step((action, action))
        vector.close()


def test_the_oracle_is_heard_through_every_wrapper():
    env = wrapped(ORDERS[0])
    env.reset(seed=1)
    assert env.oracle() == env.unwrapped.oracle() == "16"


def test_the_wrapped_infos_are_not_changed():
    class Shared(gym.Wrapper):
        last = None

        def step(self, action):
            result = super().step(action)
            self.last = result[4]
            return result

    inner = Shared(gym.make("text/GuessNumber-v0"))
    env = wrapped(["format_reward", "length_penalty"], inner)
    env.reset(seed=1)
    env.step("1")
    assert inner.last == {}


class Counter(Wrapper):
    """Counts steps; stands for a wrapper that somebody adds."""

    counters = ("steps",)

    def __init__(self, env, start=0):
        super().__init__(env, start=start)
        self.steps = start

    def step(self, action):
        self.steps += 1
        return super().step(action)


def test_counters_belong_to_the_snapshot():
    env = Counter(gym.make("text/GuessNumber-v0"), start=5)
    env.reset(seed=0)
    env.step("1")
    state = env.get_state()
    env.step("1")
    env.set_state(state)
    assert env.steps == 6
    assert state.own == {"steps": 6}


@pytest.mark.parametrize("state", [None, (), WrapperState((), {}), WrapperState((), {"level": 1})])
def test_a_snapshot_of_something_else_is_refused(state):
    with pytest.raises(ValueError, match="state"):
        Counter(gym.make("text/GuessNumber-v0")).set_state(state)
