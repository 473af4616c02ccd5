"""Moving pictures of episodes: animated WebP (small enough for a report) or GIF."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

_QUALITIES = (80, 60, 40, 25, 10)


def write_animation(
    frames: Sequence[NDArray[np.uint8]],
    path: Path,
    *,
    fps: float,
    max_side: int = 320,
    max_frames: int = 60,
    max_bytes: int = 150_000,
) -> Path:
    """Write pictures as one moving picture; the suffix says which format, `.webp` or `.gif`.

    Pictures are left out evenly, with the speed kept, until there are `max_frames`; a WebP's quality is lowered until
    it fits `max_bytes`, as far as that goes.

    Args:
        frames: pictures (height, width, 3).
        path: where to write.
        fps: frames a second of the pictures given.
        max_side: the longest side, in pixels.
        max_frames: the most pictures kept.
        max_bytes: the size to stay under.

    Returns:
        The path.

    Raises:
        ValueError: there is no picture, or the suffix is neither.
    """
    if not frames:
        raise ValueError("frames must hold at least one picture, got none")
    if path.suffix not in (".webp", ".gif"):
        raise ValueError(f"path must end with .webp or .gif, got {path.name!r}")
    count = min(max_frames, len(frames))
    chosen = np.linspace(0, len(frames) - 1, count).round().astype(int)
    duration_ms = max(20, round(1000 * len(frames) / (fps * count)))
    pictures = [_shrink(frames[index], max_side) for index in chosen]
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".gif":
        path.write_bytes(_encode(pictures, "GIF", duration_ms, 0))
        return path
    data = b""
    for quality in _QUALITIES:
        data = _encode(pictures, "WEBP", duration_ms, quality)
        if len(data) <= max_bytes:
            break
    path.write_bytes(data)
    return path


def _shrink(frame: NDArray[np.uint8], max_side: int) -> Image.Image:
    picture = Image.fromarray(np.asarray(frame, dtype=np.uint8))
    scale = max_side / max(picture.size)
    if scale >= 1:
        return picture
    return picture.resize((max(1, round(picture.width * scale)), max(1, round(picture.height * scale))))


def _encode(pictures: list[Image.Image], format: str, duration_ms: int, quality: int) -> bytes:
    buffer = io.BytesIO()
    options = {"quality": quality, "method": 4} if format == "WEBP" else {}
    pictures[0].save(buffer, format, save_all=True, append_images=pictures[1:], duration=duration_ms, loop=0, **options)
    return buffer.getvalue()
