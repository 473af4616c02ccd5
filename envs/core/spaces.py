"""The space of strings that language models read and write."""

from __future__ import annotations

import string
from collections.abc import Sequence
from typing import Any, overload

import numpy as np
from gymnasium import spaces
from gymnasium.spaces.utils import flatten, flatten_space, unflatten
from gymnasium.vector.utils import read_from_shared_memory
from numpy.typing import NDArray

PRINTABLE = string.ascii_letters + string.digits + string.punctuation + " "
_PADDING = 0x110000  # one past the last Unicode code point


class Text(spaces.Text):
    """Any Unicode string of up to `max_length` characters, checked in constant time.

    `gymnasium.spaces.Text` tests every character against a fixed set and knows no blanks by default. Here `charset`
    only says what `sample()` draws from: it is the alphabet a random policy uses, not a limit on what is legal.

    Args:
        max_length: the longest legal string, in characters.
        charset: the characters `sample()` draws from.
        sample_length: the longest string `sample()` returns, in characters.
        seed: the seed of `sample()`.

    Raises:
        ValueError: a length is negative, or `sample_length` exceeds `max_length`.
    """

    def __init__(
        self,
        max_length: int,
        *,
        charset: str = PRINTABLE,
        sample_length: int = 32,
        seed: int | np.random.Generator | None = None,
    ) -> None:
        if max_length < 0:
            raise ValueError(f"max_length must be 0 or more, got {max_length}")
        if sample_length < 0:
            raise ValueError(f"sample_length must be 0 or more, got {sample_length}")
        super().__init__(max_length, min_length=0, charset=charset, seed=seed)
        self.sample_length = min(sample_length, max_length)

    def sample(self, mask: Any = None, probability: Any = None) -> str:
        """Draw a string of at least one and at most `sample_length` characters of the alphabet.

        Args:
            mask: as in `gymnasium.spaces.Text.sample`: an optional length and an optional mask over the alphabet.
            probability: likewise with a probability per character.

        Returns:
            A string of the space.
        """
        if mask is None and probability is None:
            shortest = min(1, self.sample_length)
            mask = (int(self.np_random.integers(shortest, self.sample_length + 1)), None)
        return super().sample(mask, probability)

    def contains(self, x: Any) -> bool:
        """Whether `x` is a string that is not too long."""
        return isinstance(x, str) and len(x) <= self.max_length

    @property
    def is_np_flattenable(self) -> bool:
        """True: a string flattens to its code points."""
        return True

    def __repr__(self) -> str:
        return f"Text(max_length={self.max_length})"

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Text)
            and self.max_length == other.max_length
            and self.sample_length == other.sample_length
            and self.characters == other.characters
        )


# Gymnasium flattens a string to indices into its alphabet; code points keep every string whole. The vector environments
# write observations to shared memory through `flatten`.


@flatten_space.register(Text)
def _flatten_space(space: Text) -> spaces.Box:
    return spaces.Box(low=0, high=_PADDING, shape=(space.max_length,), dtype=np.int32)


@flatten.register(Text)
def _flatten(space: Text, x: str) -> NDArray[np.int32]:
    if len(x) > space.max_length:
        raise ValueError(f"a string of {len(x)} characters does not fit a space of max_length={space.max_length}")
    code_points = np.full(space.max_length, _PADDING, dtype=np.int32)
    code_points[: len(x)] = np.frombuffer(x.encode("utf-32-le", "surrogatepass"), dtype="<i4")
    return code_points


@unflatten.register(Text)
def _unflatten(space: Text, x: NDArray[np.int32]) -> str:
    return _decode(x)


class SharedStrings(Sequence[str]):
    """The strings that the processes of a vector environment last wrote, decoded when they are looked at.

    Gymnasium reads shared memory once, when the vector environment is made, and takes what it got for a view. A copy
    is a plain tuple.

    Args:
        code_points_N_T: a view of the shared memory, int32 of shape (environments, max_length).
    """

    def __init__(self, code_points_N_T: NDArray[np.int32]) -> None:
        self._code_points_N_T = code_points_N_T

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[str, ...]: ...
    def __getitem__(self, index: int | slice) -> str | tuple[str, ...]:
        if isinstance(index, slice):
            return tuple(_decode(code_points_T) for code_points_T in self._code_points_N_T[index])
        return _decode(self._code_points_N_T[index])

    def __len__(self) -> int:
        return len(self._code_points_N_T)

    def __deepcopy__(self, memo: dict[int, Any]) -> tuple[str, ...]:
        return self[:]

    def __repr__(self) -> str:
        return repr(self[:])


@read_from_shared_memory.register(Text)
def _read_from_shared_memory(space: Text, shared_memory: Any, n: int = 1) -> Any:
    return SharedStrings(np.frombuffer(shared_memory.get_obj(), dtype=np.int32).reshape(n, space.max_length))


def _decode(code_points_T: NDArray[np.int32]) -> str:
    length = int(np.argmax(code_points_T == _PADDING)) if (code_points_T == _PADDING).any() else len(code_points_T)
    return code_points_T[:length].astype("<u4").tobytes().decode("utf-32-le", "surrogatepass")
