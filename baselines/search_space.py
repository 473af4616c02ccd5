"""The values among which tuning looks for a hyper-parameter's best one."""

from __future__ import annotations

import math
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, model_validator


class SearchRange(BaseModel):
    """The values a hyper-parameter may have: numbers from `low` to `high`, or one of `choices`.

    `log` draws numbers evenly over their logarithm, `integer` whole ones.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    low: float | None = None
    high: float | None = None
    log: bool = False
    integer: bool = False
    choices: Annotated[tuple[Any, ...], Field(min_length=1)] | None = None

    @model_validator(mode="after")
    def _is_a_range_or_choices(self) -> SearchRange:
        if self.choices is not None:
            if (self.low, self.high, self.log, self.integer) != (None, None, False, False):
                raise ValueError("choices stand alone, without low, high, log or integer")
            return self
        if self.low is None or self.high is None:
            raise ValueError("must have low and high, or choices")
        if not (math.isfinite(self.low) and math.isfinite(self.high) and self.low < self.high):
            raise ValueError(f"low must be less than high, got {self.low:g} and {self.high:g}")
        if self.log and self.low <= 0:
            raise ValueError(f"low must be over 0 with log, got {self.low:g}")
        if self.integer and not (self.low.is_integer() and self.high.is_integer()):
            raise ValueError(f"low and high must be whole numbers with integer, got {self.low:g} and {self.high:g}")
        return self

    def extremes(self) -> tuple[Any, ...]:
        """The values to try whether all fit: both ends, or every choice."""
        if self.choices is not None:
            return self.choices
        assert self.low is not None
        assert self.high is not None
        return (int(self.low), int(self.high)) if self.integer else (self.low, self.high)
