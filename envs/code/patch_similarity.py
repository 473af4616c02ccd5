"""How like a patch is to another, by their text alone; no program is run.

The measure of Wei et al., SWE-RL, 2025 (facebookresearch/swe-rl, src/swerl/core/reward.py).
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping

MAX_DIFF_LENGTH = 1_500
"""The longest diff of a file that is compared, in characters: the comparison takes quadratic time."""


def unified_diff(old: str, new: str) -> str:
    """The hunks of the unified diff of two texts, with three lines of context and without file names."""
    lines = difflib.unified_diff(old.splitlines(), new.splitlines(), lineterm="", n=3)
    return "\n".join(list(lines)[2:])


def patch_similarity(before: Mapping[str, str], predicted: Mapping[str, str], oracle: Mapping[str, str]) -> float:
    """The mean similarity of two patches over the files that either of them changes.

    The similarity of a file is that of its two unified diffs as sequences of characters: twice the number of
    characters that `difflib.SequenceMatcher` matches, over the length of both. It is 0 where only one patch changes
    the file, or where the predicted diff is over `MAX_DIFF_LENGTH` characters long.

    Args:
        before: contents by path.
        predicted: contents after the patch that is judged, of all paths of `before`.
        oracle: contents after the right patch, likewise.

    Returns:
        A number in [0, 1]; 1 where the patches have the same effect, also where neither has any.
    """
    changed = [path for path, old in before.items() if predicted[path] != old or oracle[path] != old]
    if not changed:
        return 1.0
    return sum(_similarity(before[path], predicted[path], oracle[path]) for path in changed) / len(changed)


def _similarity(before: str, predicted: str, oracle: str) -> float:
    if predicted == oracle:
        return 1.0
    # a diff is at least as long as the lines it adds
    if len(predicted) > len(before) + MAX_DIFF_LENGTH:
        return 0.0
    diffs = unified_diff(before, predicted), unified_diff(before, oracle)
    if not all(diffs) or len(diffs[0]) > MAX_DIFF_LENGTH:
        return 0.0
    return difflib.SequenceMatcher(None, *diffs, autojunk=False).ratio()
