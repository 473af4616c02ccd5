"""How hyper-parameters change while training goes on."""

from __future__ import annotations

from collections import deque
from dataclasses import asdict, dataclass, fields
from typing import Any

from pydantic import TypeAdapter, ValidationError

from ...envs.core.names import unknown_name
from .config import LLMConfig
from .objectives import needs_of
from .phases import Phase, When

CHANGEABLE = frozenset(
    {
        "advantage", "aggregation", "clip_high", "clip_low", "demonstrations", "divergence", "entropy_coef", "epochs",
        "filters", "final_learning_rate", "group_size", "groups", "importance_cap", "kl_coef", "learning_rate",
        "max_grad_norm", "max_new_tokens", "micro_batch_tokens", "minibatches", "objective", "sampling_rounds",
        "shapers", "temperature", "whiten_advantages",
    }
)  # fmt: skip
"""The hyper-parameters that a schedule may change: those that nothing is built from when training begins."""

_RECENT_UPDATES = 8  # one update's share of successes is too noisy to compare


def learning_rate_at(done: float, config: LLMConfig) -> float:
    """The learning rate once a share of the budget is used up: linear from the first to the final one.

    Args:
        done: the share, 0 to 1; more counts as 1.
        config: without a final learning rate, the first one stays.
    """
    if config.final_learning_rate is None:
        return config.learning_rate
    return config.learning_rate + (config.final_learning_rate - config.learning_rate) * min(1.0, done)


@dataclass(slots=True)
class _Watch:
    """Waits for the moment of a phase.

    Attributes:
        updates: how many there were since it began to wait.
        best: the best success rate since then.
        updates_at_best: how many updates there were when it was reached.
    """

    updates: int = 0
    best: float = 0.0
    updates_at_best: int = 0

    def has_come(self, when: When, *, done: float, success: float | None) -> bool:
        """Whether the moment has come; nothing has stalled, nor succeeds, as long as success is not known."""
        if when.done is not None:
            return done >= when.done
        if when.updates is not None:
            return self.updates >= when.updates
        if when.success is not None:
            return success is not None and success >= when.success
        assert when.stalled is not None
        if success is None:
            self.updates_at_best = self.updates
        elif success > self.best + when.stalled.by:
            self.best, self.updates_at_best = success, self.updates
        return self.updates - self.updates_at_best >= when.stalled.updates


class Schedule:
    """Goes through the phases of a config.

    Phases begin one after the other: each is waited for from the moment that the one before began, and its `updates`
    and `stalled` count from there. Phases that repeat are waited for all along, and count from when they last came.
    Success is that of training episodes, over the latest 8 updates.

    Attributes:
        config: the hyper-parameters of the present phase.
        begun: how many phases, without those that repeat, have begun.
        resets: how many times something was reset.

    Args:
        config: the hyper-parameters to begin with, the schedule among them.

    Raises:
        ValueError: a phase sets what cannot be changed, or to a value that does not fit.
    """

    def __init__(self, config: LLMConfig) -> None:
        self._phases = [phase for phase in config.schedule if not phase.repeat]
        self._repeating = [phase for phase in config.schedule if phase.repeat]
        self.configs = [config]
        for phase in self._phases:
            self.configs.append(_changed(self.configs[-1], phase))
        _check_resets(config)
        self.begun = 0
        self.resets = 0
        self._recent: deque[float] = deque(maxlen=_RECENT_UPDATES)
        self._next = _Watch()
        self._again = [_Watch() for _ in self._repeating]

    @property
    def config(self) -> LLMConfig:
        """The hyper-parameters of the present phase."""
        return self.configs[self.begun]

    def advance(self, *, done: float, success: float | None) -> list[str]:
        """Take note of an update.

        Args:
            done: the share of the budget that is used up.
            success: the share of the update's episodes that succeeded; None where it is not known.

        Returns:
            The parts of the learner to reset, none twice.
        """
        if success is not None:
            self._recent.append(success)
        recent = self._recent_success()
        reset: list[str] = []
        self._next.updates += 1
        while self.begun < len(self._phases):
            phase = self._phases[self.begun]
            if not self._next.has_come(phase.when, done=done, success=recent):
                break
            reset += phase.reset
            self.begun += 1
            self._next = _Watch(best=recent or 0.0)
        for index, phase in enumerate(self._repeating):
            watch = self._again[index]
            watch.updates += 1
            if watch.has_come(phase.when, done=done, success=recent):
                reset += phase.reset
                self._again[index] = _Watch(best=recent or 0.0)
        self.resets += bool(reset)
        return list(dict.fromkeys(reset))

    def metrics(self) -> dict[str, float]:
        """How many phases have begun and how often something was reset, where there is a schedule."""
        if not self._phases and not self._repeating:
            return {}
        return {"schedule/phase": float(self.begun), "schedule/resets": float(self.resets)}

    def get_state(self) -> dict[str, Any]:
        """Everything that the rest of the schedule depends on."""
        return {
            "begun": self.begun,
            "resets": self.resets,
            "recent": list(self._recent),
            "next": asdict(self._next),
            "again": [asdict(watch) for watch in self._again],
        }

    def set_state(self, state: dict[str, Any]) -> None:
        """Return to a state of a schedule of the same config."""
        self.begun, self.resets = state["begun"], state["resets"]
        self._recent = deque(state["recent"], maxlen=_RECENT_UPDATES)
        self._next = _Watch(**state["next"])
        self._again = [_Watch(**watch) for watch in state["again"]]

    def _recent_success(self) -> float | None:
        """The mean over the latest updates; None before there are enough of them."""
        return sum(self._recent) / _RECENT_UPDATES if len(self._recent) == _RECENT_UPDATES else None


def _check_resets(config: LLMConfig) -> None:
    """Refuse phases that need a reference where none is kept."""
    has_reference = config.kl_coef > 0 or needs_of(config.objective).reference
    for phase in config.schedule:
        if "policy" in phase.reset and not has_reference:
            raise ValueError(
                "the schedule resets the policy to a reference, which is only kept where kl_coef is over 0"
            )
        has_reference |= "reference" in phase.reset
        if phase.set.get("kl_coef") and not has_reference:
            raise ValueError("the schedule sets kl_coef where there is no reference: say reset: [reference] with it")
        if "objective" in phase.set and needs_of(phase.set["objective"]).reference and not has_reference:
            raise ValueError(
                "the schedule sets an objective that reads a reference where there is none: say reset: [reference] "
                "with it"
            )


def _changed(config: LLMConfig, phase: Phase) -> LLMConfig:
    """The hyper-parameters of the phase that follows."""
    known = {each.name for each in fields(LLMConfig)}
    for name in phase.set:
        if name not in known:
            raise unknown_name(f"the schedule sets {name!r}, which does not exist", name, known)
        if name not in CHANGEABLE:
            raise ValueError(f"the schedule cannot set {name}: it is fixed when training begins")
    values = {each.name: getattr(config, each.name) for each in fields(LLMConfig)}
    try:
        return TypeAdapter(LLMConfig).validate_python(values | phase.set)
    except ValidationError as error:
        detail = error.errors(include_url=False)[0]
        raise ValueError(f"the schedule sets {', '.join(phase.set)}: {detail['msg']}") from error
