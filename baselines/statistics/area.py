"""How good an agent was over all of its training."""

from __future__ import annotations

import numpy as np

from .scaling import Curve


def area_under(curve: Curve) -> float | None:
    """The area under a learning curve over its length, which is the mean score of training: (1 / C) ∫ R dC.

    Scores are joined by straight lines (the trapezoidal rule), so that points need not be equally far apart.

    Args:
        curve: in any order.

    Returns:
        The mean, in the unit of the scores; None of fewer than two points, under which there is no area.
    """
    if len(curve) < 2:
        return None
    order = np.argsort(curve.compute_N)
    compute_N, scores_N = curve.compute_N[order], curve.scores_N[order]
    return float(np.trapezoid(scores_N, compute_N) / (compute_N[-1] - compute_N[0]))
