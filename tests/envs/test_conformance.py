"""The contract of environments, tested for every registered environment: a new one gets this suite for free.

What an environment may differ in stands in `EXPECTATIONS`. Run as a script, the file prints a digest of what every
environment does, for the comparison with another process.
"""

from __future__ import annotations

import asyncio
import dataclasses
import functools
import hashlib
import json
import os
import pickle
import random
import re
import socket
import subprocess
import sys
import threading
import warnings
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import gymnasium as gym
import numpy as np
import pytest
from gymnasium.envs.registration import load_env_creator
from gymnasium.utils.env_checker import check_env
from gymnasium.vector import AutoresetMode

import palaestra  # noqa: F401  (registers the environments)
from palaestra.envs.core import EnvEntry, Status, Text, Verdict, entries, find_entry


@dataclass(frozen=True)
class Expectation:
    """What one environment promises beyond the contract.

    Attributes:
        oracle_instances: how many instances the oracle is given, spread over the levels.
        oracle_success: the least share of them that it solves.
        policy_success: the largest share that a policy which ignores what it sees may solve.
        policy_instances: how many instances such a policy is given.
        steps: how many steps a comparison of trajectories takes.
        may_time_out: whether nonsense may be a program that does not end.
    """

    oracle_instances: int = 1000
    oracle_success: float = 1.0
    policy_success: float = 0.25
    policy_instances: int = 200
    steps: int = 40
    may_time_out: bool = False


EXPECTATIONS = {
    # every program is run in the sandbox, once for each case
    "code/Debug-v0": Expectation(oracle_instances=36, policy_instances=18, steps=4),
    "code/UnitTests-v0": Expectation(oracle_instances=36, policy_instances=18, steps=4),
    "code/Patch-v0": Expectation(oracle_instances=36, policy_instances=18, steps=4),
    "code/Program-v0": Expectation(oracle_instances=120, policy_instances=24, steps=12, may_time_out=True),
    # every answer is two queries in the sandbox
    "code/SQL-v0": Expectation(oracle_instances=150, policy_instances=50, steps=20),
    # a problem of the higher levels takes 20 ms to make
    "code/Skin-v0": Expectation(oracle_instances=300, policy_instances=100, steps=16),
    # an episode is up to 900 pictures
    "drive/Circuit-v0": Expectation(oracle_instances=60, oracle_success=0.95, policy_instances=30, steps=25),
    "drive/Offroad-v0": Expectation(oracle_instances=21, oracle_success=0.95, policy_instances=6, steps=25),
    "drive/Practice-v0": Expectation(oracle_instances=12, oracle_success=0.95, policy_instances=6, steps=25),
    # a floor takes milliseconds to build
    "flight/Corridor-v0": Expectation(oracle_instances=30, oracle_success=0.95, policy_instances=6, steps=25),
    "flight/FreeSpace-v0": Expectation(oracle_instances=30, policy_instances=30, steps=16),
    "flight/Gates-v0": Expectation(oracle_instances=30, oracle_success=0.95, policy_instances=6, steps=25),
    "flight/Rooms-v0": Expectation(oracle_instances=30, oracle_success=0.95, policy_instances=6, steps=25),
    # a linear feedback keeps the body on its feet, but not from every far start of level 2
    "robot/CableRoute-v0": Expectation(oracle_instances=21, oracle_success=0.95, policy_instances=6, steps=25),
    "robot/Drawer-v0": Expectation(oracle_instances=30, oracle_success=0.95, policy_instances=12, steps=25),
    "robot/PegInsert-v0": Expectation(oracle_instances=30, oracle_success=0.95, policy_instances=12, steps=25),
    "robot/PickPlace-v0": Expectation(oracle_instances=30, oracle_success=0.95, policy_instances=12, steps=25),
    "robot/Relocate-v0": Expectation(oracle_instances=30, oracle_success=0.95, policy_instances=12, steps=25),
    "robot/Mimic-v0": Expectation(oracle_instances=30, oracle_success=0.8, policy_instances=12, steps=25),
    # an episode is up to 200 steps of a simulation
    "robot/PointMaze-v0": Expectation(oracle_instances=100, oracle_success=0.95, policy_instances=20, steps=25),
    "robot/SafePoint-v0": Expectation(oracle_instances=30, oracle_success=0.95, policy_instances=20, steps=25),
    "robot/SafeVelocity-v0": Expectation(oracle_instances=20, oracle_success=0.95, policy_instances=40, steps=25),
    "robot/SafeArm-v0": Expectation(oracle_instances=60, oracle_success=0.95, policy_instances=20, steps=25),
    # the oracle is a controller in a simulation, not a solver: a small share may fail
    "robot/Reach-v0": Expectation(oracle_success=0.95, steps=25),
    # chance may make the best policy fail, and any other one succeed: the shares that were found, and three standard
    # errors
    "tabular/BanditTree-v0": Expectation(oracle_success=0.7, policy_success=0.55),
    "tabular/Chain-v0": Expectation(oracle_success=0.46),
    "tabular/CliffWalk-v0": Expectation(oracle_success=0.85),
    "tabular/CombinationLock-v0": Expectation(oracle_success=0.8),
    "tabular/FrozenGrid-v0": Expectation(oracle_success=0.4),
    "tabular/Gambler-v0": Expectation(oracle_success=0.12),
    "tabular/Inventory-v0": Expectation(oracle_success=0.65, policy_success=0.43),
    "tabular/KeyDoor-v0": Expectation(oracle_success=0.98),
    "tabular/Queue-v0": Expectation(oracle_success=0.62, policy_success=0.37),
    "tabular/Racetrack-v0": Expectation(oracle_success=0.6),
    "tabular/Replacement-v0": Expectation(oracle_success=0.98),
    "tabular/RiverSwim-v0": Expectation(oracle_success=0.55),
    "tabular/Signals-v0": Expectation(oracle_success=0.88),
    "tabular/Taxi-v0": Expectation(oracle_success=0.98),
    "tabular/TwentyOne-v0": Expectation(oracle_success=0.55, policy_success=0.42),
}

NONSENSE = [
    "", " ", "\n\t", "nonsense", "None", "[[", "{}", "{0}", "%s%n", "\x00", "\ud800", "\udfff\ud800", "🦊" * 40,
    "١٧", "１７", "Ⅻ", "²", "e\u0301", "\u202e17", "<answer>", "<answer></answer>", "</answer>",
    "<answer>1</answer><answer>2</answer>", "__import__('os').system('true')", "[__import__('os')]", "nan", "inf",
    "-", "+", "1_0", "0x10", "1e1", "1.5", "9**9**9", "1<<10**10", "(" * 5000, "-" * 5000 + "1", "9" * 5000,
]  # fmt: skip
MEGABYTES = ["x", "9", "(", "-", "~", " ", "\ud800", "1+", "17 ", "<answer>", "<answer>1", "</answer>", "1,", "🦊"]
CONSTANTS = ["25", "16", "0", "1", "", "None", "[[", "{}", "yes", "A", "10", "100", "<answer>16</answer>"]
SECTIONS = ["Task", "Observation", "Action", "Reward", "Episode end", "Levels", "Source"]

ALL = entries()
TEXTS = [entry for entry in ALL if entry.kind == "text"]
BODIES = [entry for entry in ALL if entry.kind == "body"]
TABLES = [entry for entry in ALL if entry.kind == "tabular"]


def by_id(chosen: Iterable[EnvEntry] = ALL) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("entry", [pytest.param(entry, id=entry.id) for entry in chosen])


def by_level(chosen: Iterable[EnvEntry] = ALL) -> pytest.MarkDecorator:
    rows = [pytest.param(entry, level, id=f"{entry.id}-{level}") for entry in chosen for level in range(entry.levels)]
    return pytest.mark.parametrize(("entry", "level"), rows)


def expectation(entry: EnvEntry) -> Expectation:
    return EXPECTATIONS.get(entry.id, Expectation())


def make(entry: EnvEntry, **kwargs: Any) -> Any:
    return gym.make(entry.id, disable_env_checker=True, **kwargs).unwrapped


@functools.cache
def can_render(id: str) -> bool:
    """Whether this machine can draw the environment: bodies need a headless OpenGL."""
    entry = find_entry(id)
    env = make(entry, render_mode="ansi" if entry.kind == "text" else "rgb_array")
    env.reset(seed=0)
    try:
        env.render()
    except RuntimeError as error:
        warnings.warn(f"pictures are not tested: {error}", stacklevel=1)
        return False
    finally:
        env.close()
    return True


def plain(value: Any) -> Any:
    """A value that compares and prints the same wherever it comes from, exact to the bit."""
    if isinstance(value, np.ndarray):
        return str(value.dtype), value.shape, value.tobytes().hex()
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return type(value).__name__, [(f.name, plain(getattr(value, f.name))) for f in dataclasses.fields(value)]
    if isinstance(value, dict):
        return sorted((str(key), plain(item)) for key, item in value.items())
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, np.generic):
        return str(value.dtype), value.item()
    return value


class Player:
    """Acts as the oracle does or at random, by a generator of its own, so that episodes end in several ways."""

    def __init__(self, env: Any, seed: int) -> None:
        self.env = env
        self.rng = np.random.default_rng(seed)
        env.action_space.seed(seed)

    def act(self) -> Any:
        action = self.env.oracle() if self.rng.random() < 0.5 else None
        return self.env.action_space.sample() if action is None else action


def go_on(env: Any, steps: int, seed: int, *, over: bool = False) -> list[Any]:
    """Play on for some steps, resetting without a seed where an episode ends."""
    player = Player(env, seed)
    trace: list[Any] = []
    for _ in range(steps):
        if over:
            trace.append(plain(env.reset()))
            over = False
            continue
        observation, reward, terminated, truncated, info = env.step(player.act())
        assert env.observation_space.contains(observation)
        over = terminated or truncated
        trace.append(plain((observation, reward, terminated, truncated, info)))
    return trace


def play(env: Any, seed: int, steps: int, options: dict[str, Any] | None = None) -> list[Any]:
    observation, info = env.reset(seed=seed, options=options)
    assert env.observation_space.contains(observation)
    return [plain((observation, info)), *go_on(env, steps, seed)]


def digest(entry: EnvEntry) -> str:
    trace = [play(make(entry, level=level), 11, expectation(entry).steps) for level in range(entry.levels)]
    return hashlib.sha256(repr(trace).encode("utf-8", "surrogatepass")).hexdigest()


def success_share(entry: EnvEntry, policy: Callable[[Any, Any], Any], instances: int) -> float:
    """The share of instances, spread over the levels, that a policy solves; it sees the environment and the text."""
    env = make(entry)
    env.action_space.seed(0)  # the same random play in every run of the tests
    solved = 0
    for seed in range(instances):
        observation, _ = env.reset(seed=seed, options={"level": seed % entry.levels})
        over, info = False, {}
        while not over:
            observation, _, terminated, truncated, info = env.step(policy(env, observation))
            over = terminated or truncated
        solved += info["success"]
    env.close()
    return solved / instances


class TestGymnasium:
    @by_level()
    def test_the_environment_checker_finds_nothing(self, entry, level):
        skip_render_check = not can_render(entry.id)
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            check_env(make(entry, level=level), skip_render_check=skip_render_check)

    @by_id()
    def test_it_runs_under_every_default_wrapper_without_a_warning(self, entry):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            env = gym.make(entry.id)
            env.reset(seed=0)
            over = False
            while not over:
                _, _, terminated, truncated, _ = env.step(env.action_space.sample())
                over = terminated or truncated
            env.reset()
            env.close()

    @by_id()
    def test_its_spec_makes_it_again(self, entry):
        env = gym.make(entry.id, level=entry.levels - 1)
        again = gym.make(pickle.loads(pickle.dumps(env.spec)))
        assert plain(again.reset(seed=3)) == plain(env.reset(seed=3))

    @by_id()
    def test_stepping_needs_a_reset(self, entry):
        with pytest.raises(gym.error.ResetNeeded):
            gym.make(entry.id).step(make(entry).action_space.sample())

    @by_id(TEXTS)
    def test_stepping_past_the_end_needs_a_reset(self, entry):
        env = make(entry)
        with pytest.raises(gym.error.ResetNeeded):
            env.step("1")
        env.reset(seed=0)
        over = False
        while not over:
            _, _, terminated, truncated, _ = env.step("nonsense")
            over = terminated or truncated
        with pytest.raises(gym.error.ResetNeeded):
            env.step("1")
        assert env.oracle() is None

    @by_id(TEXTS)
    def test_an_action_that_is_no_string_is_refused_by_name(self, entry):
        env = make(entry)
        env.reset(seed=0)
        for action in (None, 3, b"3", ["3"]):
            with pytest.raises(TypeError, match="action"):
                env.step(action)


class TestTheTable:
    @by_id()
    def test_the_row_tells_the_truth(self, entry):
        env = make(entry)
        assert len(env.levels) == entry.levels
        assert [make(entry, level=level).level for level in range(entry.levels)] == list(range(entry.levels))
        assert isinstance(env.action_space, Text) == (entry.kind == "text")
        assert len(set(map(repr, env.levels))) == entry.levels

    @by_id(entry for entry in ALL if entry.turns == "single")
    def test_a_single_turn_ends_the_episode(self, entry):
        env = make(entry)
        env.reset(seed=0)
        assert env.step("nonsense")[2]

    @by_id()
    def test_the_docstring_describes_it(self, entry):
        documentation = load_env_creator(entry.entry_point).__doc__
        missing = [name for name in SECTIONS if not re.search(rf"(?im)^\s*#+\s*{name}", documentation)]
        assert not missing, f"sections missing: {missing}"

    @by_id()
    def test_the_metadata_names_the_render_modes(self, entry):
        metadata = make(entry).metadata
        assert ("ansi" if entry.kind == "text" else "rgb_array") in metadata["render_modes"]
        assert metadata["render_fps"] > 0

    @by_id()
    def test_constructor_errors_name_the_argument(self, entry):
        creator = load_env_creator(entry.entry_point)
        for level in (-1, entry.levels, "0", 0.5, True, None):
            with pytest.raises(ValueError, match=r"\blevel\b"):
                creator(**entry.kwargs, level=level)
        with pytest.raises(ValueError, match="render_mode"):
            creator(**entry.kwargs, render_mode="hologram")


class TestDeterminism:
    @by_level()
    def test_the_same_seed_gives_the_same_trajectory_on_every_instance(self, entry, level):
        steps = expectation(entry).steps
        assert play(make(entry, level=level), 5, steps) == play(make(entry, level=level), 5, steps)

    @by_level()
    def test_another_seed_gives_another_episode(self, entry, level):
        env = make(entry, level=level)
        # the task, not the first observation: a problem may be hidden
        assert len({repr(plain(env.reset(seed=seed)[1]["task"])) for seed in range(20)}) > 10

    @by_id()
    def test_what_was_played_before_does_not_matter(self, entry):
        steps = expectation(entry).steps
        used = make(entry)
        play(used, 1, steps + 3)
        used.reset(options={"level": entry.levels - 1})
        assert play(used, 2, steps) == play(make(entry), 2, steps)

    @by_id()
    def test_instances_do_not_touch_each_other(self, entry):
        steps = expectation(entry).steps
        alone = [play(make(entry), seed, steps) for seed in (1, 2)]
        together = [make(entry), make(entry)]
        traces = [[plain(env.reset(seed=seed))] for env, seed in zip(together, (1, 2), strict=True)]
        players = [Player(env, seed) for env, seed in zip(together, (1, 2), strict=True)]
        over = [False, False]
        for _ in range(steps):
            for i, env in enumerate(together):
                if over[i]:
                    traces[i].append(plain(env.reset()))
                    over[i] = False
                    continue
                result = env.step(players[i].act())
                over[i] = result[2] or result[3]
                traces[i].append(plain(result))
        assert traces == alone

    @by_id()
    def test_threads_change_nothing(self, entry):
        steps = expectation(entry).steps
        with ThreadPoolExecutor(8) as pool:
            threaded = list(pool.map(lambda seed: play(make(entry), seed % 4, steps), range(8)))
        alone = [play(make(entry), seed, steps) for seed in range(4)]
        assert threaded == alone * 2

    @by_id()
    def test_a_running_event_loop_changes_nothing(self, entry):
        async def inside() -> list[Any]:
            return play(make(entry), 1, 10)

        assert asyncio.run(inside()) == play(make(entry), 1, 10)

    def test_another_process_with_another_hash_seed_changes_nothing(self):
        environment = os.environ | {"PYTHONHASHSEED": "271"}
        output = subprocess.run(
            [sys.executable, __file__], env=environment, check=True, capture_output=True, text=True
        ).stdout
        assert json.loads(output) == {entry.id: digest(entry) for entry in ALL}

    @by_id()
    def test_no_global_generator_is_touched_or_read(self, entry):
        steps = expectation(entry).steps
        torch = sys.modules.get("torch")

        def generators() -> Any:
            states = [random.getstate(), np.random.get_state(legacy=False)]  # noqa: NPY002
            return plain([*states, None if torch is None else torch.get_rng_state().numpy()])

        traces = []
        for seed in (1, 2):
            random.seed(seed)
            np.random.seed(seed)  # noqa: NPY002
            before = generators()
            env = make(entry)
            traces.append(play(env, 5, steps))
            env.set_state(env.get_state())
            assert generators() == before
        assert traces[0] == traces[1]

    @by_id()
    def test_no_network_is_used(self, entry, monkeypatch):
        class LocalSocket(socket.socket):
            """Between processes of this machine, as a sandbox needs."""

            def __init__(self, *args: Any, **kwargs: Any) -> None:
                super().__init__(*args, **kwargs)
                if self.family != socket.AF_UNIX:
                    self.close()
                    raise AssertionError("the environment opened a socket")

        monkeypatch.setattr(socket, "socket", LocalSocket)
        play(make(entry), 1, 10)


class TestVectors:
    SEEDS = (21, 22, 23)

    def reference(self, entry: EnvEntry, steps: int) -> tuple[list[Any], list[list[Any]], list[list[Any]]]:
        """What three single environments do: first observations, actions, and (result, observation after a reset)."""
        first, actions, results = [], [], []
        for seed in self.SEEDS:
            env = make(entry)
            first.append(env.reset(seed=seed)[0])
            player = Player(env, seed)
            actions.append([])
            results.append([])
            for _ in range(steps):
                actions[-1].append(player.act())
                result = env.step(actions[-1][-1])
                after = env.reset()[0] if result[2] or result[3] else None
                results[-1].append((result, after))
        return first, actions, results

    @staticmethod
    def batch(entry: EnvEntry, actions: list[Any]) -> Any:
        return tuple(actions) if entry.kind == "text" else np.stack(actions)

    @staticmethod
    def rows(observations: Any, n: int) -> list[Any]:
        if isinstance(observations, dict):
            return [plain({key: value[i] for key, value in observations.items()}) for i in range(n)]
        return [plain(observations[i]) for i in range(n)]

    def vector(self, entry: EnvEntry, mode: str, autoreset: AutoresetMode) -> Any:
        return gym.make_vec(entry.id, num_envs=3, vectorization_mode=mode, vector_kwargs={"autoreset_mode": autoreset})

    @pytest.mark.parametrize("mode", ["sync", "async"])
    @by_id()
    def test_same_step_autoreset_keeps_the_terminal_observation(self, entry, mode):
        steps = expectation(entry).steps
        first, actions, results = self.reference(entry, steps)
        vector = self.vector(entry, mode, AutoresetMode.SAME_STEP)
        try:
            assert self.rows(vector.reset(seed=list(self.SEEDS))[0], 3) == [plain(row) for row in first]
            for t in range(steps):
                observations, rewards, terminated, truncated, infos = vector.step(
                    self.batch(entry, [row[t] for row in actions])
                )
                shown = self.rows(observations, 3)
                for i in range(3):
                    (last, reward, end, cut, info), after = results[i][t]
                    assert (rewards[i], terminated[i], truncated[i]) == (pytest.approx(reward), end, cut)
                    if after is None:
                        assert shown[i] == plain(last)
                    else:
                        assert shown[i] == plain(after)
                        assert plain(infos["final_obs"][i]) == plain(last)
                        assert infos["final_info"]["success"][i] == info["success"]
        finally:
            vector.close()

    @pytest.mark.parametrize("mode", ["sync", "async"])
    @by_id()
    def test_next_step_autoreset_shows_the_terminal_observation_first(self, entry, mode):
        steps = expectation(entry).steps
        first, actions, results = self.reference(entry, steps)
        vector = self.vector(entry, mode, AutoresetMode.NEXT_STEP)
        try:
            assert self.rows(vector.reset(seed=list(self.SEEDS))[0], 3) == [plain(row) for row in first]
            at, pending = [0, 0, 0], [None, None, None]
            for _ in range(steps):
                # on the step after an end the action is ignored; any will do
                acts = [actions[i][min(at[i], steps - 1)] for i in range(3)]
                observations, rewards, terminated, truncated, infos = vector.step(self.batch(entry, acts))
                shown = self.rows(observations, 3)
                for i in range(3):
                    if pending[i] is not None:
                        assert shown[i] == plain(pending[i])
                        assert not terminated[i]
                        assert not truncated[i]
                        pending[i] = None
                        continue
                    (last, reward, end, cut, info), pending[i] = results[i][at[i]]
                    at[i] += 1
                    assert shown[i] == plain(last)
                    assert (rewards[i], terminated[i], truncated[i]) == (pytest.approx(reward), end, cut)
                    if end or cut:
                        assert infos["success"][i] == info["success"]
        finally:
            vector.close()


class TestReset:
    @by_level()
    def test_the_level_option_is_the_level_argument_for_one_episode(self, entry, level):
        env, at_level = make(entry), make(entry, level=level)
        assert plain(env.reset(seed=4, options={"level": level})) == plain(at_level.reset(seed=4))
        assert plain(env.reset(seed=4)) == plain(make(entry).reset(seed=4))

    @by_id()
    def test_unknown_options_are_refused_by_name(self, entry):
        with pytest.raises(ValueError, match="difficulty"):
            make(entry).reset(options={"difficulty": 1})

    @by_id()
    def test_bad_levels_are_refused_by_name(self, entry):
        for level in (-1, entry.levels, "0", 0.5, True, None):
            with pytest.raises(ValueError, match="level"):
                make(entry).reset(options={"level": level})

    @by_id()
    def test_bad_tasks_are_refused_by_name(self, entry):
        for task in (3, "task", {"nonsense": 1}, {}, {"prompt": "p"}):
            with pytest.raises(ValueError, match="task"):
                make(entry).reset(options={"task": task})

    @by_level()
    def test_the_task_in_info_gives_the_episode_back(self, entry, level):
        env, other = make(entry, level=level), make(entry)
        observation, info = env.reset(seed=8)
        state = env.get_state()
        again, same = other.reset(seed=9, options={"task": info["task"]})
        assert plain((again, same["task"])) == plain((observation, info["task"]))
        env.set_state(state)
        for _ in range(10):
            action = env.oracle()
            result = env.step(action)
            assert plain(other.step(action)) == plain(result)
            if result[2] or result[3]:
                break

    @by_level()
    def test_a_task_survives_json(self, entry, level):
        env = make(entry, level=level)
        observation, info = env.reset(seed=8)
        line = json.dumps(dataclasses.asdict(info["task"]), default=lambda array: array.tolist())
        again, same = make(entry).reset(options={"task": json.loads(line)})
        assert plain((again, same["task"])) == plain((observation, info["task"]))

    @by_id()
    def test_a_group_is_one_seed_many_times(self, entry):
        env = make(entry)
        episodes = [plain(env.reset(seed=13)) for _ in range(4)]
        assert episodes == episodes[:1] * 4


class TestSnapshots:
    @by_level()
    def test_a_restored_state_has_the_same_future(self, entry, level):
        steps = expectation(entry).steps
        for played in (0, 1, 2, 5):
            env = make(entry, level=level)
            play(env, 31, 0)
            over = _advance(env, played)
            state = env.get_state()
            stored = pickle.dumps(state)
            future = go_on(env, steps, 7, over=over)
            assert pickle.dumps(state) == stored, "playing on changed the snapshot"

            env.set_state(state)
            assert go_on(env, steps, 7, over=over) == future
            play(env, 99, 5)
            env.set_state(state)
            assert go_on(env, steps, 7, over=over) == future, "the first restoration was aliased"

            fresh = make(entry, level=level)
            fresh.set_state(pickle.loads(stored))
            assert go_on(fresh, steps, 7, over=over) == future

    @by_id()
    def test_a_state_from_before_the_first_reset_can_be_restored(self, entry):
        env = make(entry)
        state = env.get_state()
        play(env, 1, 5)
        env.set_state(state)
        assert play(env, 2, 10) == play(make(entry), 2, 10)

    @by_id()
    def test_taking_a_snapshot_changes_nothing(self, entry):
        env, other = make(entry), make(entry)
        play(env, 3, 2)
        play(other, 3, 2)
        env.get_state()
        env.oracle()
        assert pickle.dumps(env.get_state()) == pickle.dumps(other.get_state())


class TestOracle:
    @by_id()
    def test_the_oracle_solves_what_is_generated(self, entry):
        promise = expectation(entry)
        share = success_share(entry, lambda env, _: env.oracle(), promise.oracle_instances)
        assert share >= promise.oracle_success

    @by_id()
    def test_the_oracle_says_what_the_action_space_admits(self, entry):
        env = make(entry)
        for seed in range(20):
            env.reset(seed=seed, options={"level": seed % entry.levels})
            assert env.action_space.contains(env.oracle())


class TestRewards:
    @by_id()
    def test_success_is_told_at_the_end_and_only_there_is_a_verdict(self, entry):
        env = make(entry)
        for seed in range(5):
            env.reset(seed=seed)
            player = Player(env, seed)
            over = False
            while not over:
                _, reward, terminated, truncated, info = env.step(player.act())
                over = terminated or truncated
                assert type(terminated) is bool
                assert type(truncated) is bool
                assert np.isfinite(reward)
                if "reward_terms" in info:
                    assert sum(info["reward_terms"].values()) == pytest.approx(reward)
                if not over:
                    assert "verdict" not in info
            assert type(info["success"]) is bool
            if "verdict" in info:
                assert isinstance(info["verdict"], Verdict)
                assert info["verdict"].is_correct == info["success"]

    @by_id()
    def test_a_random_policy_scores_low(self, entry):
        promise = expectation(entry)
        share = success_share(entry, lambda env, _: env.action_space.sample(), promise.policy_instances)
        assert share <= promise.policy_success

    @pytest.mark.parametrize("constant", CONSTANTS)
    @by_id(TEXTS)
    def test_a_constant_policy_scores_low(self, entry, constant):
        promise = expectation(entry)
        assert success_share(entry, lambda *_: constant, promise.policy_instances) <= promise.policy_success

    @by_id(TEXTS)
    def test_repeating_the_observation_scores_low(self, entry):
        promise = expectation(entry)
        assert success_share(entry, lambda _, seen: seen, promise.policy_instances) <= promise.policy_success

    @by_id(TEXTS)
    def test_the_answers_of_another_instance_score_low(self, entry):
        promise = expectation(entry)
        other = make(entry)
        other.reset(seed=10_000)

        def borrowed(env: Any, _: Any) -> Any:
            if other.oracle() is None:
                other.reset(options={"level": env.level})
            action = other.oracle()
            other.step(action)
            return action

        assert success_share(entry, borrowed, promise.policy_instances) <= promise.policy_success

    @by_id(BODIES)
    def test_standing_still_scores_low(self, entry):
        promise = expectation(entry)
        still = np.zeros(make(entry).action_space.shape, make(entry).action_space.dtype)
        assert success_share(entry, lambda *_: still.copy(), promise.policy_instances) <= promise.policy_success


class TestAnyAction:
    @by_level(TEXTS)
    def test_nonsense_is_answered_and_never_rewarded(self, entry, level):
        env = make(entry, level=level)
        allowed = {Status.WRONG, Status.UNPARSEABLE} | ({Status.TIMEOUT} if expectation(entry).may_time_out else set())
        for action in [*NONSENSE, *(unit * (1_000_000 // len(unit)) for unit in MEGABYTES)]:
            env.reset(seed=1)
            observation, reward, terminated, _, info = env.step(action)
            assert env.observation_space.contains(observation)
            assert observation
            assert len(observation) < 200, f"{action[:20]!r} is echoed"
            assert reward <= 0
            assert info.get("success", False) is False
            assert terminated == ("success" in info)
            if "verdict" in info:
                assert info["verdict"].status in allowed
                assert len(info["verdict"].detail) < 160

    @by_id(TEXTS)
    def test_nonsense_costs_a_turn_until_the_end(self, entry):
        env = make(entry)
        env.reset(seed=1)
        turns, over = 0, False
        while not over:
            _, _, terminated, truncated, _ = env.step("\ud800 nonsense")
            over, turns = terminated or truncated, turns + 1
            assert turns < 1000

    @by_id(TEXTS)
    def test_any_string_can_be_rendered_and_saved(self, entry):
        env = make(entry, render_mode="ansi")
        env.reset(seed=1)
        env.step("🦊 \ud800")
        pickle.dumps(env.get_state())
        assert "🦊" in env.render()

    @by_id(BODIES)
    def test_an_action_out_of_range_is_clipped_or_refused(self, entry):
        env = make(entry)
        shape, dtype = env.action_space.shape, env.action_space.dtype
        for value in (np.nan, np.inf, -np.inf, 1e30, -1e30):
            env.reset(seed=1)
            try:
                observation, reward, *_ = env.step(np.full(shape, value, dtype))
            except ValueError as error:
                assert "action" in str(error)  # noqa: PT017  (either outcome is right)
                continue
            assert env.observation_space.contains(observation)
            assert np.isfinite(reward)

    @by_id(BODIES)
    def test_an_action_of_another_shape_is_refused_by_name(self, entry):
        env = make(entry)
        env.reset(seed=1)
        (size,) = env.action_space.shape
        with pytest.raises(ValueError, match="action"):
            env.step(np.zeros(size + 1, env.action_space.dtype))

    @by_id(TABLES)
    def test_what_is_no_action_of_the_list_is_refused_by_name(self, entry):
        env = make(entry)
        env.reset(seed=1)
        for action in (-1, env.action_space.n, 0.5, np.nan, "0", None, [0], np.zeros(2, np.int64), True):
            with pytest.raises(ValueError, match="action"):
                env.step(action)


class TestRendering:
    @by_id(TEXTS)
    def test_text_is_rendered_as_a_transcript(self, entry):
        env = make(entry, render_mode="ansi")
        prompt, _ = env.reset(seed=1)
        assert env.render() == prompt
        reply = env.step("7")[0]
        assert env.render() == f"{prompt}\n> 7\n{reply}"

    @by_id(BODIES)
    def test_a_body_is_rendered_as_a_picture(self, entry):
        if not can_render(entry.id):
            pytest.skip("no headless OpenGL on this machine")
        env = make(entry, render_mode="rgb_array")
        env.reset(seed=1)
        first = env.render()
        for _ in range(5):
            env.step(env.action_space.high)
        assert first.dtype == np.uint8
        assert first.ndim == 3
        assert first.shape[2] == 3
        assert first.std() > 1, "the picture is empty"
        assert not np.array_equal(first, env.render())
        env.close()

    @by_id(TABLES)
    def test_a_table_is_rendered_as_text_and_as_a_picture(self, entry):
        shown: dict[str, list[Any]] = {"ansi": [], "rgb_array": []}
        for mode, drawings in shown.items():
            env = make(entry, level=entry.levels - 1, render_mode=mode)
            env.reset(seed=1)
            drawings.append(env.render())
            over = False
            while not over:
                over = any(env.step(env.oracle())[2:4])
                drawings.append(env.render())
        assert all(isinstance(text, str) and text for text in shown["ansi"])
        assert len(set(shown["ansi"])) > 1
        kinds = {(picture.dtype, picture.shape) for picture in shown["rgb_array"]}
        assert kinds == {(np.dtype(np.uint8), (240, 240, 3))}
        assert all(picture.std() > 1 for picture in shown["rgb_array"])
        assert len({picture.tobytes() for picture in shown["rgb_array"]}) > 1

    @by_id()
    def test_without_a_render_mode_there_is_nothing_to_see(self, entry):
        env = make(entry)
        env.reset(seed=1)
        assert env.render() is None


class TestGradingAnywhere:
    @by_id(entry for entry in TEXTS if entry.turns == "single")
    def test_verdicts_are_the_same_off_the_main_thread_and_in_an_event_loop(self, entry):
        env = make(entry)
        task = env.reset(seed=3)[1]["task"]
        answers = [*NONSENSE, env.oracle()]
        expected = [env.grade(task, answer) for answer in answers]
        seen: list[list[Verdict]] = []
        threads = [
            threading.Thread(target=lambda: seen.append([env.grade(task, answer) for answer in answers]))
            for _ in range(32)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert seen == [expected] * 32

        async def inside() -> list[Verdict]:
            return [env.grade(task, answer) for answer in answers]

        assert asyncio.run(inside()) == expected
        assert [verdict.is_correct for verdict in expected] == [False] * len(NONSENSE) + [True]


def _advance(env: Any, steps: int) -> bool:
    """Play at random until just before the end or for some steps; whether the episode is over."""
    for _ in range(steps):
        _, _, terminated, truncated, _ = env.step(env.action_space.sample())
        if terminated or truncated:
            return True
    return False


if __name__ == "__main__":
    print(json.dumps({entry.id: digest(entry) for entry in ALL}))
