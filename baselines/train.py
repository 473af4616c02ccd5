"""Train one recipe with one seed into its run folder, from the beginning or from the last checkpoint."""

from __future__ import annotations

import errno
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from ..agents.callbacks import EvaluationCallback
from ..agents.durable import replace_folder
from ..agents.errors import TrainingDiverged
from ..agents.evaluation import EpisodeRecord, EvaluationSummary
from .agents import TrainableAgent, check_device, kind_of
from .errors import RunError, RunInterrupted, UsageError
from .metrics import run_logger
from .progress import ProgressSink, silent
from .recipe import Recipe, check_environment, evaluation_environment, training_environment
from .run_checkpoint import RunProgress, read_progress, restore_agent, write_checkpoint
from .runs import RunFolder, RunInfo, put_aside, run_path
from .samples import write_samples
from .scoring import SAMPLES, batch_size_of, score_agents
from .stopping import StopRequest
from .trackers import Tracker, open_tracker

if TYPE_CHECKING:
    from ..agents.llm import LLMAgent

_REPORT_INTERVAL_S = 0.25

TRAINING_SAMPLES = 4
"""Episodes of the latest update that a run of an agent that speaks keeps at each evaluation, token by token."""


@dataclass(frozen=True, slots=True)
class TrainRequest:
    """What one process trains.

    Attributes:
        recipe: the recipe, with the one seed.
        out: the folder of all runs.
        device: where the weights are: `auto`, `cpu`, `cuda` …
        force: put a run that is there aside and start afresh.
        tracker: where metrics go besides the run's folder; None for nowhere.
    """

    recipe: Recipe
    out: Path
    device: str = "auto"
    force: bool = False
    tracker: Tracker | None = None

    @property
    def path(self) -> Path:
        """The run's folder."""
        return run_path(self.out, self.recipe.env.id, self.recipe.name, self.seed)

    @property
    def seed(self) -> int:
        """The seed."""
        return self.recipe.seeds[0]

    @property
    def title(self) -> str:
        """What to call the run on the screen."""
        return f"{self.recipe.name} seed {self.seed}"

    def begin(self) -> RunInfo:
        """The info of the run as it starts, now and on this machine."""
        recipe = self.recipe
        return RunInfo.begin(
            recipe=recipe.name,
            env_id=recipe.env.id,
            agent_kind=recipe.agent.kind,
            algorithm=recipe.agent.algorithm,
            label=recipe.label or recipe.agent.algorithm,
            seed=self.seed,
        )


def train(request: TrainRequest, progress: ProgressSink = silent, stop: StopRequest | None = None) -> RunFolder:
    """Train one run to its end, or go on where it stopped; a finished run is left as it is.

    Args:
        request: what to train.
        progress: is told the steps done, the budget and the latest score.
        stop: makes the run stop at the next safe point.

    Returns:
        The run's folder.

    Raises:
        UsageError: the folder holds a run of another configuration, or the environment or the agent cannot be made as
            the recipe says.
        RunInterrupted: it was stopped; it goes on from there when it is trained again.
        RunError: it failed in a way the user can do something about: no such device, a full disk, diverged numbers,
            a damaged
            checkpoint, or another process that writes the folder.
    """
    check_device(request.device)
    check_environment(request.recipe)
    folder = RunFolder(request.path)
    if request.force and folder.exists:
        with folder.lock():
            put_aside(folder.path)
    fresh = not folder.exists
    with folder.lock():
        info = _begin(request, folder)
        if info.status == "finished":
            return folder
        info.status, info.error = "running", None
        folder.write_info(info)
        training = _Training(request, folder, info, progress, stop or StopRequest())
        try:
            training.run()
        except UsageError as error:
            if not fresh:
                raise _close_failed(folder, info, error) from error
            folder.remove()  # nothing was trained, so there is nothing to look at
            raise
        except BaseException as error:
            explained = _close_failed(folder, info, error)
            if explained is error:
                raise
            raise explained from error
        info.status = "finished"
        folder.write_info(info)
        folder.release_reserve()
    return folder


def difference_from(folder: RunFolder, recipe: Recipe) -> str | None:
    """How the run that a folder holds differs from what a recipe would train there.

    Returns:
        The first difference in words; None where there is none, or no run, or one that never came to its first
        checkpoint: it has nothing to lose, and may be begun in another way.

    Raises:
        RunError: the folder cannot be read.
    """
    if not folder.exists or not (folder.last_checkpoint.exists() or folder.read_info().status == "finished"):
        return None
    return _first_difference(folder.read_config(), recipe.to_config())


def _begin(request: TrainRequest, folder: RunFolder) -> RunInfo:
    """The info of the run in the folder, or of a new one."""
    recipe = request.recipe
    if folder.exists:
        folder.recover()
        stored = folder.read_info()
        difference = difference_from(folder, recipe)
        if difference:
            raise UsageError(
                f"{folder.path} holds a run with {difference}: use --force to put it aside and start afresh, "
                "or --out for another folder"
            )
        if stored.status == "finished" or folder.last_checkpoint.exists():
            return stored
    info = request.begin()
    folder.create(info, recipe.to_config())
    return info


def _close_failed(folder: RunFolder, info: RunInfo, error: BaseException) -> BaseException:
    """Mark a run that did not end well, and return what to raise."""
    kept = f"goes on from step {info.timesteps:,}" if folder.last_checkpoint.exists() else "starts again"
    raised: BaseException = error
    if isinstance(error, KeyboardInterrupt | RunInterrupted):
        info.status = "interrupted"
        raised = RunInterrupted(f"{folder.path} was interrupted; the same command {kept}")
    elif isinstance(error, TrainingDiverged):
        info.status = "failed"
        good = folder.best_checkpoint if folder.best_checkpoint.exists() else None
        where = f"; the best agent before is in {good}" if good else ""
        raised = RunError(f"training diverged in {folder.path}: {error}{where}; change the recipe and use --force")
    elif isinstance(error, OSError) and error.errno == errno.ENOSPC:
        info.status = "failed"
        raised = RunError(f"no space left on the disk of {folder.path}: free some, then the same command {kept}")
    else:
        info.status = "failed"
    info.error = " ".join(str(raised).split()) or type(error).__name__
    folder.write_failure(info)
    return raised


class _Training:
    """One run while it is trained."""

    def __init__(
        self, request: TrainRequest, folder: RunFolder, info: RunInfo, progress: ProgressSink, stop: StopRequest
    ) -> None:
        self.request = request
        self.recipe = request.recipe
        self.folder = folder
        self.info = info
        self.progress = progress
        self.stop = stop
        self.kind = kind_of(self.recipe.agent)

    def run(self) -> None:
        import torch

        torch.set_num_threads(self.recipe.threads)
        total = self.recipe.budget.timesteps
        self.progress(0, total, "building the agent")
        agent = self._build()
        done = RunProgress()
        resumed = self.folder.last_checkpoint.exists()
        if resumed:
            done = read_progress(self.folder.last_checkpoint)
            self.folder.cut_after(done.step)
        callback = RunCallback(self, done)
        logger = run_logger(self.folder, callback.wall_time, lambda: getattr(agent, "num_episodes", callback.episodes))
        if self.request.tracker is not None:
            logger.output_formats.append(open_tracker(self.request.tracker, self.folder, self.info))
        agent.set_logger(logger)
        try:
            if resumed:
                # after the logger is there: metrics that were recorded and not yet written are part of a checkpoint
                restore_agent(self.folder.last_checkpoint, self.kind, agent)
            if not done.trained:
                warming_up = self.recipe.agent.kind == "llm" and not resumed
                self.progress(done.step, total, "warm start" if warming_up else "training")
                remaining = max(0, total - agent.num_timesteps)
                try:
                    agent.learn(remaining, callback=callback, reset_num_timesteps=not resumed)
                except ValueError as error:
                    if resumed or callback.n_calls:
                        raise
                    raise self._unusable(error) from error  # it came to light before anything was trained
        finally:
            logger.close()
        self.info.timesteps = agent.num_timesteps
        self.info.scores = score_agents(
            self.recipe, agent, self.folder, self.request.device, step=agent.num_timesteps, progress=self.progress
        )
        self.info.wall_time_s = round(callback.wall_time(), 3)

    def _build(self) -> TrainableAgent:
        recipe = self.recipe
        try:
            return self.kind.build(recipe.agent, training_environment(recipe), self.request.seed, self.request.device)
        except ValueError as error:
            raise self._unusable(error) from error

    def _unusable(self, error: ValueError) -> UsageError:
        return UsageError(f"recipe {self.recipe.name}: {' '.join(str(error).split())}")


class RunCallback(EvaluationCallback):
    """Evaluates, checkpoints and reports a run, and stops it at a safe point when asked to.

    Args:
        training: the run.
        done: what the checkpoint it goes on from knew.
    """

    def __init__(self, training: _Training, done: RunProgress) -> None:
        recipe = training.recipe
        evaluation = recipe.evaluation
        super().__init__(
            evaluation_environment(recipe),
            range(evaluation.first_seed, evaluation.first_seed + evaluation.episodes),
            evaluation.every_timesteps,
            deterministic=evaluation.deterministic,
            batch_size=batch_size_of(recipe.env.id),
        )
        self._training = training
        self._note = "training"
        self._started = time.monotonic() - done.wall_time
        self._reported = 0.0
        self.episodes = done.episodes
        self.last_step, self.best_step, self.best_score = done.last_step, done.best_step, done.best_score

    def wall_time(self) -> float:
        """Seconds of training, those before an interruption included."""
        return time.monotonic() - self._started

    def _on_step(self) -> bool:
        dones = self.locals.get("dones")
        if dones is not None:
            self.episodes = (self.episodes or 0) + int(sum(dones))
        self._report()
        return super()._on_step()

    def _on_rollout_start(self) -> None:
        super()._on_rollout_start()
        if self._training.stop.requested:
            self._checkpoint()
            raise RunInterrupted

    def _on_training_end(self) -> None:
        super()._on_training_end()
        self._checkpoint(trained=True)

    def save_best(self) -> None:
        """Save the agent, in place of the best before."""
        with replace_folder(self._training.folder.best_checkpoint) as folder:
            self.model.save(folder / "agent")
            (folder / "score.json").write_text(json.dumps({"step": self.best_step, "score": self.best_score}))

    def on_evaluated(self, step: int, records: list[EpisodeRecord], summary: EvaluationSummary) -> None:
        """Checkpoint, and show the score."""
        agent = self._training.recipe.agent
        if agent.kind == "llm":
            if step == 0:
                write_samples(self._training.folder, "warm_start", step, records[:SAMPLES], fps=1)
                if agent.model == "tiny":  # a pretrained model can be loaded again, and would fill the disk
                    self._save_start()
            self._keep_training_sample(step)
        rate = summary.success_rate
        shown = f"return {summary.return_mean:.2f}" if rate is None else f"success {rate:.0%}"
        self._note = f"{shown} at step {step:,}"
        self._checkpoint()
        self._report(force=True)

    def _save_start(self) -> None:
        """Keep what training starts from: what an agent has learned is measured against it."""
        with replace_folder(self._training.folder.start_checkpoint) as folder:
            self.model.save(folder / "agent")

    def _keep_training_sample(self, step: int) -> None:
        from ..agents.llm.training_sample import training_sample

        agent = cast("LLMAgent", self.model)
        if agent.trained is not None:
            records = training_sample(agent.trained, agent.policy, TRAINING_SAMPLES)
            write_samples(self._training.folder, "training", step, records, fps=1)

    def _report(self, *, force: bool = False) -> None:
        now = time.monotonic()
        if force or now - self._reported >= _REPORT_INTERVAL_S:
            self._reported = now
            self._training.progress(self.model.num_timesteps, self._training.recipe.budget.timesteps, self._note)

    def _checkpoint(self, *, trained: bool = False) -> None:
        training = self._training
        step = self.model.num_timesteps
        if not trained and not training.kind.can_resume(self.model):
            return
        done = RunProgress(
            step=step,
            wall_time=self.wall_time(),
            episodes=self.episodes,
            trained=trained,
            last_step=self.last_step,
            best_step=self.best_step,
            best_score=self.best_score,
        )
        write_checkpoint(training.folder.last_checkpoint, training.kind, cast(TrainableAgent, self.model), done)
        training.info.timesteps, training.info.wall_time_s = step, round(done.wall_time, 3)
        training.folder.write_info(training.info)


def _first_difference(stored: Any, wanted: Any, path: str = "") -> str | None:
    """The first key in which two configurations differ, in words; None where they are the same."""
    if isinstance(stored, Mapping) and isinstance(wanted, Mapping):
        for key in {**stored, **wanted}:
            inner = f"{path}.{key}" if path else str(key)
            difference = _first_difference(stored.get(key), wanted.get(key), inner)
            if difference:
                return difference
        return None
    # a description or a label names a run and does not change it
    return None if stored == wanted or path in ("description", "label") else f"{path} = {stored!r}, not {wanted!r}"
