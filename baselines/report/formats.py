"""How numbers, times and foreign text are written."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from typing import Any

import yaml

from ..statistics import Interval

MISSING = "–"
MINUS = "−"
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def printable(text: str) -> str:
    """The text with what HTML cannot hold made visible: control characters as pictures, lone surrogates as U+FFFD."""
    return _UNPRINTABLE.sub(_picture, text)


def _picture(match: re.Match[str]) -> str:
    code = ord(match.group())
    if code < 0x20:
        return chr(0x2400 + code)
    return "\u2421" if code == 0x7F else "\ufffd"


def number(value: Any) -> str:
    """A number short enough for a table: two or three decimals below 100, none above."""
    if not isinstance(value, int | float) or not math.isfinite(value):
        return MISSING
    size = abs(value)
    if size >= 1e6:
        text = f"{size:.3g}"
    elif size == int(size) or size >= 100:
        text = f"{size:.0f}"
    elif size >= 0.001:
        text = f"{size:.2f}" if size >= 0.1 else f"{size:.3f}"
    else:
        text = f"{size:.1e}"
    return f"{MINUS}{text}" if value < 0 else text


def tick(value: float, step: float) -> str:
    """A round value on an axis, with as many decimals as `step`, the distance to the next one, needs."""
    if not 1e-4 < step < 1e5:
        return number(value)
    decimals = next(digits for digits in range(8) if math.isclose(round(step, digits), step, rel_tol=1e-6))
    text = f"{abs(value):.{decimals}f}"
    return f"{MINUS}{text}" if value < 0 and float(text) else text


def signed(value: Any) -> str:
    """A number with its sign, as rewards are written."""
    text = number(value)
    return f"+{text}" if text != MISSING and value > 0 else text


def percent(value: Any) -> str:
    """A share in percent, one decimal unless it is a whole number."""
    if not isinstance(value, int | float) or not math.isfinite(value):
        return MISSING
    return f"{100 * value:.1f}".removesuffix(".0") + "\u202f%"


def success_interval(interval: Interval | None) -> str:
    """The bounds of a success rate, e.g. `91.2–95.0 %`; nothing where they are unknown."""
    if interval is None:
        return ""
    return f"{percent(interval.low).removesuffix(chr(0x202F) + '%')}–{percent(interval.high)}"


def return_interval(interval: Interval | None) -> str:
    """The bounds of a mean return, e.g. `−3.1 to 2.0`; nothing where they are unknown."""
    if interval is None:
        return ""
    return f"{number(interval.low)} to {number(interval.high)}"


def decimals(value: Any) -> str:
    """A normalised score: two decimals always, so that a column of them lines up."""
    if not isinstance(value, int | float) or not math.isfinite(value):
        return MISSING
    text = f"{abs(value):.2f}"
    return f"{MINUS}{text}" if value < 0 and float(text) else text


def span(interval: Interval) -> str:
    """The bounds of a normalised score, e.g. `0.61 to 0.72`."""
    return f"{decimals(interval.low)} to {decimals(interval.high)}"


def p_value(value: float) -> str:
    """A p-value with three decimals, or that it is smaller."""
    return f"= {value:.3f}" if value >= 0.001 else "< 0.001"


def duration(seconds: Any) -> str:
    """A stretch of time in the two units that matter, e.g. `3 min 12 s`."""
    if not isinstance(seconds, int | float) or not math.isfinite(seconds):
        return MISSING
    if seconds < 10:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s" if whole % 60 else f"{whole // 60} min"
    minutes = round(seconds / 60)
    return f"{minutes // 60} h {minutes % 60} min" if minutes % 60 else f"{minutes // 60} h"


def count(value: Any) -> str:
    """A whole number with thin spaces between thousands."""
    if not isinstance(value, int | float) or not math.isfinite(value):
        return MISSING
    return f"{round(value):,}".replace(",", "\u202f")


def listing(items: list[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return " and ".join(filter(None, [", ".join(items[:-1]), *items[-1:]]))


def hardware(machine: Mapping[str, Any]) -> str:
    """A machine in a few words, e.g. `AMD EPYC 9B14, 2 cores, 8 GB, no GPU`."""
    parts = [str(machine["cpu"])] if machine.get("cpu") else []
    if machine.get("cores"):
        parts.append(f"{machine['cores']} cores")
    if isinstance(machine.get("memory_gb"), int | float):
        parts.append(f"{machine['memory_gb']:.0f} GB")
    parts.append(str(machine.get("gpu") or "no GPU"))
    return ", ".join(parts)


def by_prefix(keys: list[str]) -> list[tuple[str, list[str]]]:
    """Metric names by what stands before their first slash."""
    groups: dict[str, list[str]] = {}
    for key in keys:
        groups.setdefault(key.split("/")[0] if "/" in key else "other", []).append(key)
    return list(groups.items())


def yaml_text(value: Any) -> str:
    """A value as YAML, in the order in which it was made."""
    return yaml.safe_dump(value, sort_keys=False, allow_unicode=True)


FILTERS: dict[str, Callable[..., Any]] = {
    "by_prefix": by_prefix,
    "hardware": hardware,
    "yaml": yaml_text,
    "number": number,
    "signed": signed,
    "percent": percent,
    "success_interval": success_interval,
    "return_interval": return_interval,
    "decimals": decimals,
    "span": span,
    "p_value": p_value,
    "duration": duration,
    "count": count,
    "listing": listing,
}
