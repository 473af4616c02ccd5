"""Episodes that begin where a teacher has been (SnapshotRL and S3RL)."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import gymnasium as gym
import numpy as np
from gymnasium.spaces.utils import flatten
from scipy.cluster.vq import kmeans2

from ...envs.core import EnvState
from ...envs.core.arguments import check_integer
from ..base import Wrapper
from ..snapshot import get_state, set_state

_SAME_WITHIN = 1e-9


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A state that a teacher came through.

    Attributes:
        state: of the environment and what is wrapped around it.
        observation: what is seen there.
        task: of the teacher's episode, where the environment tells it.
    """

    state: tuple[Any, ...]
    observation: Any
    task: Any = None


def record_teacher(
    env: gym.Env, teacher: Callable[[Any], Any], *, episodes: int, best: int, every: int, seed: int
) -> tuple[Snapshot, ...]:
    """The states of a teacher's best episodes.

    Args:
        env: an environment that can be saved; see `wrappers.snapshot`.
        teacher: its action for an observation.
        episodes: how many to play.
        best: how many to keep, those with the highest return.
        every: steps from one snapshot of an episode to the next.
        seed: of the first episode; the others follow on.

    Returns:
        The snapshots, without those of states in which the episode was over.

    Raises:
        ValueError: the teacher knew no action.
    """
    played: list[tuple[float, list[Snapshot]]] = []
    for number in range(episodes):
        observation, info = env.reset(seed=seed + number)
        snapshots, collected, steps, over = [], 0.0, 0, False
        while not over:
            if steps % every == 0:
                snapshots.append(Snapshot(get_state(env), observation, info.get("task")))
            action = teacher(observation)
            if action is None:
                raise ValueError("env must have an oracle that knows an action wherever it comes to")
            observation, reward, terminated, truncated, _ = env.step(action)
            collected, steps, over = collected + float(reward), steps + 1, terminated or truncated
        played.append((collected, snapshots))
    played.sort(key=lambda episode: episode[0], reverse=True)
    return tuple(snapshot for _, snapshots in played[:best] for snapshot in snapshots)


def cluster_snapshots(
    space: gym.Space[Any], snapshots: Sequence[Snapshot], clusters: int, seed: int
) -> tuple[tuple[int, ...], ...]:
    """The numbers of the snapshots in each cluster of what was observed in them.

    k-means on the observations, each number scaled to unit variance (Lloyd's iteration from the starts of k-means++).

    Args:
        space: of the observations.
        snapshots: what to divide.
        clusters: how many; there may be fewer where fewer observations differ.
        seed: of the starts.
    """
    points_ND = np.array([flatten(space, snapshot.observation) for snapshot in snapshots], np.float64)
    spread_D = points_ND.std(axis=0)
    points_ND = (points_ND - points_ND.mean(axis=0)) / np.where(spread_D > _SAME_WITHIN, spread_D, 1.0)
    different = len(np.unique(points_ND, axis=0))
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="One of the clusters is empty")  # then there are fewer
        # SciPy 1.15 named it rng, and goes on understanding seed
        rng: dict[str, Any] = {"seed": np.random.default_rng(seed)}
        _, labels_N = kmeans2(points_ND, min(clusters, different), minit="++", **rng)
    groups = (np.flatnonzero(labels_N == label) for label in range(clusters))
    return tuple(tuple(group.tolist()) for group in groups if len(group))


class TeacherSnapshots(Wrapper):
    """Begins the episodes of an early phase at states that a teacher came through.

    A teacher's states are divided into clusters of like observations; an episode begins in a cluster drawn evenly, at
    one of its states drawn evenly (status classification), and is cut off after some steps (student trajectory
    truncation), so that a student learns about all parts of the teacher's way, and comes back to it. After the phase,
    episodes begin and end as the environment has them. One cluster makes classification do nothing; truncation is off
    where it is None (SnapshotRL; S3RL adds both). The defaults are those of the released code (sdpkjc/snapshotrl).

    A reset whose options name a level or a task is passed on as it is. The environment's generator goes on from where
    it was: what a snapshot brings back is the state of the body or the game alone. Of an episode that begins at a
    snapshot, `info["task"]` is the teacher's, and `info["snapshot"]` the number of the snapshot.

    Args:
        env: an environment that can be saved.
        snapshots: where a teacher has been; None to watch the environment's oracle at the first reset.
        episodes: how many episodes of the oracle to watch.
        best: how many of them to take, those with the highest return.
        every: steps from one snapshot of the oracle to the next.
        clusters: how many clusters the states are divided into.
        phase: how many steps of the student in this environment the early phase lasts.
        truncation: steps after which an episode that begins at a snapshot is cut off, or None.
        seed: of the oracle's episodes and of the clusters.

    Raises:
        ValueError: an argument is out of range; the message names it.
    """

    # the snapshots are not among them: they are the same whenever they are taken
    counters = ("_rng", "_taken", "_left")

    def __init__(
        self,
        env: gym.Env,
        *,
        snapshots: Sequence[Snapshot] | None = None,
        episodes: int = 10,
        best: int = 10,
        every: int = 10,
        clusters: int = 6,
        phase: int = 100_000,
        truncation: int | None = 100,
        seed: int = 0,
    ) -> None:
        if snapshots is not None and not len(snapshots):
            raise ValueError("snapshots must hold one or more, got none")
        check_integer("episodes", episodes, 1)
        check_integer("best", best, 1, episodes)
        check_integer("every", every, 1)
        check_integer("clusters", clusters, 1)
        check_integer("phase", phase, 0)
        if truncation is not None:
            check_integer("truncation", truncation, 1)
        check_integer("seed", seed, 0)
        super().__init__(
            env, snapshots=snapshots, episodes=episodes, best=best, every=every, clusters=clusters, phase=phase,
            truncation=truncation, seed=seed,
        )  # fmt: skip
        self.episodes, self.best, self.every = episodes, best, every
        self.clusters, self.phase, self.truncation, self.seed = clusters, phase, truncation, seed
        self._snapshots = None if snapshots is None else tuple(snapshots)
        self._groups: tuple[tuple[int, ...], ...] = ()
        self._rng: np.random.Generator | None = None
        self._taken = 0
        self._left: int | None = None  # steps until this episode is cut off

    def reset(self, *, seed: int | None = None, options: Mapping[str, Any] | None = None) -> tuple[Any, dict[str, Any]]:
        """Begin an episode: at a snapshot in the early phase, unless the options name a level or a task.

        Raises:
            ValueError: there is no teacher: the environment's oracle knows no action.
        """
        self._left = None
        if seed is not None or self._rng is None:
            self._rng = np.random.default_rng(seed)
        options = dict(options or {})
        if self._taken >= self.phase or "level" in options or options.get("task") is not None:
            return self.env.reset(seed=seed, options=options)
        snapshots = self._known_snapshots()
        _, info = self.env.reset(seed=seed, options=options)
        group = self._groups[self._rng.integers(len(self._groups))]
        number = group[self._rng.integers(len(group))]
        snapshot = snapshots[number]
        set_state(self.env, _with_generator_of(snapshot.state, get_state(self.env)))
        self._left = self.truncation
        return snapshot.observation, {**info, "task": snapshot.task, "snapshot": number}

    def step(self, action: Any) -> tuple[Any, Any, bool, bool, dict[str, Any]]:
        """Step, and cut the episode off where it began at a snapshot and has gone on for long enough."""
        observation, reward, terminated, truncated, info = self.env.step(action)
        self._taken += 1
        if self._left is not None:
            self._left -= 1
            truncated = truncated or (self._left <= 0 and not terminated)
        return observation, reward, terminated, truncated, info

    def _known_snapshots(self) -> tuple[Snapshot, ...]:
        if self._snapshots is None:
            before = get_state(self.env)
            self._snapshots = record_teacher(
                self.env, lambda _: self.oracle(), episodes=self.episodes, best=self.best, every=self.every,
                seed=self.seed,
            )  # fmt: skip
            set_state(self.env, before)
        if not self._groups:
            self._groups = cluster_snapshots(self.observation_space, self._snapshots, self.clusters, self.seed)
        return self._snapshots


def _with_generator_of(state: tuple[Any, ...], other: tuple[Any, ...]) -> tuple[Any, ...]:
    """A state of an environment whose generator is that of another state of it."""
    *layers, innermost = state
    if isinstance(innermost, EnvState) and isinstance(other[-1], EnvState):
        return (*layers, replace(innermost, generator=other[-1].generator))
    return state
