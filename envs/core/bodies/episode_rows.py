"""Episodes side by side: a frozen dataclass whose fields are arrays with a leading axis, one row for each body."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

EpisodeT = TypeVar("EpisodeT")


def stack_rows(episodes: Sequence[EpisodeT]) -> EpisodeT:
    """Episodes of single bodies as one of arrays."""
    return _mapped(episodes[0], lambda name: np.stack([np.asarray(getattr(each, name)) for each in episodes]))


def row_of(episodes: EpisodeT, body: int) -> EpisodeT:
    """The episode of one body, which shares nothing with the others."""
    return _mapped(episodes, lambda name: _alone(getattr(episodes, name)[body]))


def with_rows(episodes: EpisodeT, bodies: Sequence[int], rows: Sequence[Any]) -> EpisodeT:
    """Episodes with those of some bodies put in the place of theirs; the arrays are new ones."""

    def changed(name: str) -> NDArray[Any]:
        new = np.stack([np.asarray(getattr(row, name)) for row in rows])
        # an episode may begin with a whole number where it goes on with a fraction
        column = getattr(episodes, name).astype(np.result_type(getattr(episodes, name), new))
        column[bodies] = new
        return column

    return _mapped(episodes, changed)


def chosen_rows(is_new_B: NDArray[np.bool_], new: EpisodeT, old: EpisodeT) -> EpisodeT:
    """Of each body the new episode or the old one."""

    def chosen(name: str) -> NDArray[Any]:
        column = np.asarray(getattr(new, name))
        return np.where(is_new_B.reshape(-1, *[1] * (column.ndim - 1)), column, getattr(old, name))

    return _mapped(new, chosen)


def _mapped(episode: EpisodeT, value_of: Any) -> EpisodeT:
    names = [field.name for field in fields(episode)]  # pyright: ignore[reportArgumentType]
    return replace(episode, **{name: value_of(name) for name in names})  # pyright: ignore[reportArgumentType]


def _alone(value: Any) -> Any:
    return value.item() if np.ndim(value) == 0 else value.copy()
