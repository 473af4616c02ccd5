"""Chooses runs by a line such as `env=robot/* algo=ppo,sac seed=0..4 agent.params.learning_rate>1e-4`."""

from __future__ import annotations

import fnmatch
import json
import operator
import re
import shlex
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from ...envs.core.names import nearest
from ..errors import UsageError
from .record import Run

SHORT_KEYS = {
    "env": "env_id",
    "algo": "algorithm",
    "kind": "agent_kind",
    "steps": "timesteps",
    "wall_time": "wall_time_s",
}
"""Short names of a run's fields."""

_TERM = re.compile(r"(?P<key>[^=!<>\s]+)(?P<sign>!=|<=|>=|=|<|>)(?P<value>.*)", re.DOTALL)
_ORDERS: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


@dataclass(frozen=True, slots=True)
class Term:
    """One condition on a run.

    Attributes:
        key: what is compared, as it was written.
        sign: `=`, `!=`, `<`, `<=`, `>` or `>=`.
        value: what it is compared with.
    """

    key: str
    sign: str
    value: str

    def __str__(self) -> str:
        return f"{self.key}{self.sign}{self.value}"

    def holds(self, values: Mapping[str, Any]) -> bool:
        """Whether a run with these values meets the condition; one that lacks the key meets `!=` alone.

        Raises:
            UsageError: a number is ordered against something that is none, or a range lacks an end.
        """
        key = SHORT_KEYS.get(self.key, self.key)
        if key not in values:
            return self.sign == "!="
        if self.sign in _ORDERS:
            return self._is_ordered(values[key])
        # what text is compared with may have commas itself, as the options of a setting do
        equal = values[key] == self.value or any(_equals(values[key], part) for part in self.value.split(","))
        return equal == (self.sign == "=")

    def _is_ordered(self, value: Any) -> bool:
        if _is_number(value):
            limit = _number(self.value)
            if limit is None:
                raise UsageError(f"--filter {self}: {self.key} is a number, and {self.value!r} is none")
            return _ORDERS[self.sign](value, limit)
        # text is ordered as text, which is right for dates and never true of what is not there
        return isinstance(value, str) and _ORDERS[self.sign](value, self.value)


@dataclass(frozen=True, slots=True)
class RunFilter:
    """Conditions that must all hold.

    Attributes:
        terms: the conditions.
    """

    terms: tuple[Term, ...]

    @classmethod
    def parse(cls, text: str) -> RunFilter:
        """The filter that a line of conditions stands for.

        Conditions are separated by spaces; a value with spaces is put into quotes. `=` and `!=` take text with `*`,
        `?` and `[…]`, a range of numbers (`0..4`, both ends included), or several of these with commas between them;
        `<`, `<=`, `>` and `>=` compare numbers, or text (dates, say) in alphabetical order.

        A key is a field of `run.json` (`env`, `algo` and other short names will do), `path`, `options`, one of its
        entries (`versions.torch`, `hardware.cpu`, `scores.agent.return_mean`), or a key of the configuration
        (`agent.params.learning_rate`, `env.kwargs.level`).

        Raises:
            UsageError: a condition is none.
        """
        try:
            parts = shlex.split(text)
        except ValueError as error:
            raise UsageError(f"--filter {text!r} cannot be read: {str(error).lower()}") from error
        return cls(tuple(_parse_term(part) for part in parts))

    def choose(self, runs: Iterable[Run]) -> list[Run]:
        """The runs that meet every condition, in their order.

        Raises:
            UsageError: a key is known to none of the runs, or does not fit what it is compared with.
        """
        runs = list(runs)
        values = [filter_values(run) for run in runs]
        known = list(dict.fromkeys([*SHORT_KEYS, *(key for of_run in values for key in of_run)]))
        for term in self.terms:
            if runs and term.key not in known:
                raise UsageError(f"--filter {term}: {_unknown_key(term.key, known)}")
        return [run for run, of_run in zip(runs, values, strict=True) if all(term.holds(of_run) for term in self.terms)]


def filter_values(run: Run) -> dict[str, Any]:
    """All that a run can be chosen by: its configuration, its fields and their entries, by dotted keys."""
    fields = asdict(run.info) | {"status": run.status, "options": run.options, "path": str(run.path)}
    return flat(run.config) | flat(fields)


def flat(value: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """The values of nested mappings by dotted keys; what is neither text nor number is JSON text."""
    found: dict[str, Any] = {}
    for key, item in value.items():
        if isinstance(item, Mapping) and item:
            found |= flat(item, f"{prefix}{key}.")
        else:
            plain = isinstance(item, str) or _is_number(item)
            found[f"{prefix}{key}"] = item if plain else json.dumps(item, ensure_ascii=False, default=str)
    return found


def _parse_term(text: str) -> Term:
    match = _TERM.fullmatch(text)
    if match is None:
        raise UsageError(f"--filter takes KEY=VALUE (or !=, <, <=, >, >=), got {text!r}")
    if not match["value"] and match["sign"] in _ORDERS:
        raise UsageError(f"--filter {text}: there is nothing to compare {match['key']} with")
    return Term(match["key"], match["sign"], match["value"])


def _equals(value: Any, wanted: str) -> bool:
    if _is_number(value):
        start, dots, end = wanted.partition("..")
        low, high = _number(start), _number(end)
        if low is not None and high is not None:
            return low <= value <= high
        if dots:
            raise UsageError(f"--filter: {wanted!r} is no range of numbers; both ends are named, as in 0..4")
        number = _number(wanted)
        if number is not None:
            return value == number
    return fnmatch.fnmatchcase(value if isinstance(value, str) else json.dumps(value), wanted)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _unknown_key(key: str, known: Sequence[str]) -> str:
    near = nearest(key, known) or nearest(key, [name.rpartition(".")[2] for name in known])
    if near is not None and near not in known:  # the last part of a longer key was meant
        near = next(name for name in known if name.endswith(f".{near}"))
    hint = f"did you mean {near}?" if near else f"try one of {', '.join([*SHORT_KEYS, 'seed', 'status', 'recipe'])}"
    return f"no run has a key {key!r}; {hint}"
