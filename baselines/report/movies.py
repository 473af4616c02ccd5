"""The moving pictures of a page: which episodes have one, and how many of them the page can carry."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Any

from .transcripts import EpisodeView, Source

MOVIES_PER_SOURCE = 3
BYTES_PER_PAGE = 12_000_000
IMAGE_TYPES = {".webp": "image/webp", ".gif": "image/gif", ".png": "image/png"}


@dataclass(frozen=True, slots=True)
class Movie:
    """One moving picture: who plays, which episode, and the picture as a data URI."""

    policy: str
    episode: EpisodeView
    uri: str


def movies_of(sources: list[Source], bytes_left: int = BYTES_PER_PAGE) -> list[Movie]:
    """The moving pictures of a setting, the policies side by side on the same seeds, as far as `bytes_left` allows."""
    by_policy = []
    for source in sources:
        moving = [
            Movie(source.label, episode.view, uri)
            for episode in source.episodes
            if (uri := data_uri(episode.run.path, episode.line.get("animation")))
        ]
        by_policy.append(sorted(moving[:MOVIES_PER_SOURCE], key=lambda movie: movie.episode.seed or 0))
    kept: list[Movie] = []
    for round_ in zip_longest(*by_policy):
        side_by_side = [movie for movie in round_ if movie is not None]
        bytes_left -= sum(len(movie.uri) for movie in side_by_side)
        if bytes_left < 0 and kept:
            break
        kept += side_by_side
    return kept


def data_uri(folder: Path, name: Any) -> str | None:
    """A picture inside the run folder as a data URI; None for anything else that the name may point to."""
    if not isinstance(name, str) or Path(name).suffix not in IMAGE_TYPES:
        return None
    try:
        path = (folder / name).resolve()
        if not path.is_relative_to(folder.resolve()):
            return None
        content = path.read_bytes()
    except (OSError, ValueError):
        return None
    return f"data:{IMAGE_TYPES[path.suffix]};base64,{base64.b64encode(content).decode('ascii')}"
